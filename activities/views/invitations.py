"""Invitations and attendance at the desk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.db.models import Count, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from activities.enums import DelegateAnswer, InvitationState, NominationState
from activities.forms import InviteForm
from activities.models import Activity, Invitation, InvitationCopy, InvitationRule, Nomination
from activities.permissions import get_activity_at_desk
from activities.selectors_audience import Invitee, audience
from activities.selectors_delegations import changes_to_decide
from activities.services import invitations as service
from activities.services.nominations import confirm_delegate
from members.audit import record_access
from members.enums import AccessAction
from members.errors import DomainError
from members.models import Participant, User
from members.models.base import today
from members.selectors_recipients import for_participants

COUNTED = Q(nominations__state__in=[NominationState.SUBMITTED, NominationState.CONFIRMED])


@dataclass(frozen=True)
class InviteChoice:
    """One participant on the sheet of whom to invite."""

    invitee: Invitee
    is_invited: bool
    is_reachable: bool
    is_ticked: bool
    doubts: str

    @property
    def remarks(self) -> list[str]:
        """What stands in brackets behind the name."""
        if self.is_invited:
            said = [_("invited")]
        else:
            said = [] if self.is_reachable else [_("no address known")]
            said.append(self.invitee.words)
        return [words for words in (*said, self.doubts) if words]


def _record_reading(request: HttpRequest, activity: Activity, invitees: list[Invitee]) -> None:
    """The preview shows what participants said in private: that it was opened is written down."""
    if any(row.words for row in invitees):
        record_access(
            by=request.user, action=AccessAction.OPENED, label="preview of recipients", ref=activity.reference, request=request
        )


@require_http_methods(["GET", "HEAD", "POST"])
def activity_invitations(request: HttpRequest, reference: str) -> HttpResponse:
    """Who is invited, who has answered, and whom to invite now."""
    activity = get_activity_at_desk(request.user, reference)
    ticking = request.method == "POST" and "tick_all" in request.POST  # fills in the sheet and changes nothing
    initial: dict[str, Any] = {"reply_by": activity.reply_by, "quota": activity.quota}
    if ticking:
        initial = {name: request.POST.get(name, "") for name in initial}
    form = InviteForm(request.POST if request.method == "POST" and not ticking else None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            new = service.issue_invitations(
                activity=activity,
                participants=form.cleaned_data["participants"],
                reply_by=form.cleaned_data["reply_by"],
                quota=form.cleaned_data["quota"],
                by=cast("User", request.user),
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            said = ngettext("%(number)d invitation is issued.", "%(number)d invitations are issued.", len(new)) % {
                "number": len(new)
            }
            messages.success(request, said)
            return redirect("activities:activity_invitations", reference)
    invitations = activity.invitations.select_related("participant", "activity").annotate(
        named=Count("nominations", filter=COUNTED, distinct=True),
        waiting=Count("nominations", filter=Q(nominations__state=NominationState.WAITING), distinct=True),
        not_coming=Count("nominations", filter=COUNTED & Q(nominations__answer=DelegateAnswer.NOT_COMING), distinct=True),
    )
    copies = InvitationCopy.objects.select_related("delivery__official", "delivery__office").order_by("pk")
    invitations = invitations.prefetch_related(Prefetch("copies", copies), "reminders")
    issued = {invitation.participant_id for invitation in invitations if invitation.issued_at and not invitation.withdrawn_at}
    reachable: dict[int, str] = {}
    for recipient in for_participants(Participant.objects.all()):
        if recipient.is_reachable:
            known = reachable.get(recipient.participant.pk, "")
            reachable[recipient.participant.pk] = known or recipient.doubt_words
    own = Nomination.objects.visible_to(request.user).filter(invitation__activity=activity)
    waiting = own.filter(state=NominationState.SUBMITTED)
    invitees = audience(activity, request.user)
    _record_reading(request, activity, invitees)
    chosen = {row.participant.pk for row in invitees if row.is_in and row.participant.pk in reachable} - issued
    ticked = {*request.POST.getlist("participants"), *(str(key) for key in chosen if ticking)}
    context = {
        "activity": activity,
        "form": form,
        "invitations": invitations,
        "late_changes": changes_to_decide(request.user).filter(invitation__activity=activity),
        "waiting_list": own.waiting().select_related("official", "invitation__participant"),
        "choices": [
            InviteChoice(
                row,
                is_invited=row.participant.pk in issued,
                is_reachable=row.participant.pk in reachable,
                is_ticked=str(row.participant.pk) in ticked,
                doubts=reachable.get(row.participant.pk, ""),
            )
            for row in invitees
        ],
        "rule": InvitationRule.objects.filter(activity=activity).first(),
        "runs": activity.issue_runs.annotate(participants=Count("items"))[:5],
        "may_remind": any(row.state == InvitationState.ISSUED for row in invitations),
        "to_confirm": waiting.select_related("official", "invitation__participant") if activity.confirm_delegates else [],
    }
    return render(request, "activities/activity_invitations.html", context, status=422 if form.errors else 200)


def _invitation(request: HttpRequest, reference: str, pk: int) -> Invitation:
    activity = get_activity_at_desk(request.user, reference)
    return get_object_or_404(Invitation.objects.visible_to(request.user).filter(activity=activity), pk=pk)


@require_POST
def invitation_withdraw(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    invitation = _invitation(request, reference, pk)
    try:
        service.withdraw_invitation(invitation=invitation, by=cast("User", request.user))
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The invitation is withdrawn."))
    return redirect("activities:activity_invitations", reference)


@require_POST
def invitation_remind(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    invitation = _invitation(request, reference, pk)
    try:
        number = service.remind(invitation=invitation, by=cast("User", request.user), today=today())
    except DomainError as error:
        messages.error(request, error.message)
    else:
        none = _("It was reminded today already, or nobody can be written to.")
        messages.success(request, _("A reminder is on its way.") if number else none)
    return redirect("activities:activity_invitations", reference)


@require_POST
def nomination_confirm(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    activity = get_activity_at_desk(request.user, reference)
    nomination = get_object_or_404(Nomination.objects.visible_to(request.user).filter(invitation__activity=activity), pk=pk)
    try:
        confirm_delegate(nomination=nomination, by=cast("User", request.user), accept=request.POST.get("answer") != "no")
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Saved."))
    return redirect("activities:activity_invitations", reference)
