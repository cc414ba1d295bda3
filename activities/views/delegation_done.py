"""What became of the delegation: who is on it, taking one off with an undo, and taking a late change back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from activities.enums import NominationState
from activities.models import Invitation, LateChange, Nomination
from activities.permissions import get_invitation_for
from activities.selectors_delegations import everybody, is_late, off_sheet, on_sheet, open_change
from activities.selectors_invited import with_surroundings
from activities.services import late_changes as late
from activities.services import nominations as service
from activities.services.places import waiting_places
from activities.views.invitation_files import about
from members.errors import DomainError
from members.permissions import has_permission
from members.roles import Permission
from members.views.shared import me


@require_safe
def delegation_done(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What is registered, with the reference and the ways to change it."""
    invitation = get_invitation_for(request.user, slug, pk, with_surroundings(request.user))
    everyone = everybody(invitation)
    nominations = on_sheet(invitation, everyone)
    for row in nominations:
        row.invitation = invitation
    may = has_permission(request.user, Permission.NOMINATE, participant=invitation.participant)
    waiting = waiting_places(invitation.activity, nominations)
    context = {
        "invitation": invitation,
        "activity": invitation.activity,
        "participant": invitation.participant,
        "about": about(invitation),
        "rows": [(row, waiting.get(row.pk)) for row in nominations],
        "gone": [row for row in off_sheet(everyone) if row.state == NominationState.WITHDRAWN],
        "is_open": may and is_open(invitation),
        "is_late": is_late(invitation),
        "change": open_change(invitation),
    }
    return render(request, "activities/delegation_done.html", context)


def is_open(invitation: Invitation) -> bool:
    """Whether the delegation can be changed without asking."""
    try:
        service.check_open(invitation)
    except DomainError:
        return False
    return True


def _nomination(request: HttpRequest, invitation: Invitation, number: int) -> Nomination:
    rows = Nomination.objects.visible_to(request.user).filter(invitation=invitation).select_related("invitation", "official")
    return get_object_or_404(rows, pk=number)


@require_POST
def nomination_withdraw(request: HttpRequest, slug: str, pk: int, number: int) -> HttpResponse:
    """Take one person off the delegation. It can be undone on the page that follows."""
    found = _nomination(request, get_invitation_for(request.user, slug, pk), number)
    try:
        service.withdraw_nominee(nomination=found, by=me(request))
    except DomainError as error:
        messages.error(request, error.message)
    else:
        said = _("%(name)s is withdrawn. You can undo this below.")
        messages.success(request, said % {"name": found.official.name})
    return redirect("activities:delegation_done", slug, pk)


@require_POST
def nomination_restore(request: HttpRequest, slug: str, pk: int, number: int) -> HttpResponse:
    """Undo it."""
    found = _nomination(request, get_invitation_for(request.user, slug, pk), number)
    try:
        back = service.restore_nominee(nomination=found, by=me(request))
    except DomainError as error:
        messages.error(request, error.message)
    else:
        waits = back.state == NominationState.WAITING
        said = _("%(name)s is on the waiting list again.") if waits else _("%(name)s is on the delegation again.")
        messages.success(request, said % {"name": back.official.name})
    return redirect("activities:delegation_done", slug, pk)


@require_POST
def late_change_take_back(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The focal point does not ask any more."""
    invitation = get_invitation_for(request.user, slug, pk)
    rows = LateChange.objects.visible_to(request.user).filter(invitation=invitation).select_related("invitation__participant")
    change = rows.order_by("-asked_at", "-pk").first()
    if change is None:
        messages.error(request, _("Nothing is asked for."))
        return redirect("activities:delegation", slug, pk)
    try:
        late.take_back_late_change(change=change, by=me(request))
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Nothing is asked for any more. The delegation stays as it is."))
    return redirect("activities:delegation", slug, pk)
