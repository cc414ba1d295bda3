"""A participant's own pages: its invitations, its delegation on one sheet, its attendance."""

from __future__ import annotations

import secrets
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from activities.enums import DelegatePart, InvitationState, NominationState
from activities.forms import MOST_DELEGATES, DeclineForm, DelegationFormSet, DelegationSheet
from activities.forms_consultation import CommentForm
from activities.models import Invitation
from activities.permissions import get_invitation_for
from activities.selectors_national import comments_on, open_calls, with_overview
from activities.services import nominations as service
from members.errors import DomainError
from members.models import Participant, User
from members.models.base import today
from members.models.visibility import rights_of
from members.permissions import get_participant_for, has_permission
from members.public_history import own_appointment_changes, participant_changes
from members.roles import Permission


@require_safe
def national_choice(request: HttpRequest) -> HttpResponse:
    """Which participant: a person may speak for two."""
    rights = rights_of(request.user)
    own = list(Participant.objects.filter(pk__in=rights.belongs_to))
    if not own:
        raise Http404
    if len(own) == 1:
        return redirect("activities:national_space", own[0].slug)
    return render(request, "activities/national_choice.html", {"participants": own})


@require_safe
def national_space(request: HttpRequest, slug: str) -> HttpResponse:
    """What waits for the participant, and its earlier invitations; who was named stands in its record."""
    participant = get_participant_for(request.user, slug, with_overview(request.user))
    rows = (
        Invitation.objects.visible_to(request.user)
        .filter(participant=participant)
        .select_related("activity__kind", "participant")
    )
    rows = rows.order_by("activity__start", "pk")
    open_ones: list[Invitation] = []
    past: list[Invitation] = []
    for row in rows:
        (open_ones if _is_open(row) else past).append(row)
    context = {
        "participant": participant,
        "open": open_ones,
        "past": past,
        "may_nominate": has_permission(request.user, Permission.NOMINATE, participant=participant),
        "calls": open_calls(participant),
    }
    return render(request, "activities/national_space.html", context)


@require_safe
def national_history(request: HttpRequest, slug: str) -> HttpResponse:
    """What changed in the record of the reader's own participant: the public facts, and its people by their titles."""
    participant = get_participant_for(request.user, slug)
    context = {
        "participant": participant,
        "changes": participant_changes(participant),
        "places": own_appointment_changes(participant, request.user),
    }
    return render(request, "activities/national_history.html", context)


def _is_open(invitation: Invitation) -> bool:
    try:
        service.check_open(invitation)
    except DomainError:
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def delegation(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The delegation on one sheet, with every button a plain submit so that it works without a script."""
    invitation = get_invitation_for(request.user, slug, pk)
    may = has_permission(request.user, Permission.NOMINATE, participant=invitation.participant)
    if request.method != "POST":
        return _sheet(request, invitation, DelegationSheet(initial=_initial(invitation)), may=may)
    if not may:
        return _sheet(
            request,
            invitation,
            DelegationSheet(initial=_initial(invitation)),
            may=may,
            error=_("Only the focal point registers."),
            status=403,
        )
    if "reuse" in request.POST or "add" in request.POST or "take_out" in request.POST:
        return _sheet(request, invitation, _changed(request, invitation), may=may)
    if "decline" in request.POST:
        return _decline(request, invitation)
    return _register(request, invitation)


def _initial(invitation: Invitation) -> list[dict[str, Any]]:
    named = invitation.nominations.exclude(state=NominationState.WITHDRAWN).select_related("official").order_by("pk")
    return [
        _person(row.official)
        | {"part": row.part, "mode": row.mode, "meal": row.meal, "access_needs": row.access_needs, "visa_letter": row.visa_letter}
        for row in named
    ] or [{}]


def _person(official: Any) -> dict[str, Any]:
    return {
        "official": official.pk,
        "name": official.name,
        "position": official.position,
        "email": official.email,
        "name_own_script": official.name_own_script,
    }


def _changed(request: HttpRequest, invitation: Invitation) -> Any:
    """The sheet with one person more or fewer, or those of last time; what was typed stays."""
    typed = DelegationSheet(request.POST)
    fields = ("official", "name", "position", "email", "mode", "part", "name_own_script", "meal", "access_needs", "visa_letter")
    people: list[dict[str, Any]] = []
    for form in typed.forms[:MOST_DELEGATES]:
        answers = {name: form[name].value() for name in fields}
        if any(answers[name] for name in ("name", "position", "email")):
            people.append(answers)
    if "reuse" in request.POST:
        known = {str(person.get("email", "")).casefold() for person in people}
        people += [_person(o) for o in service.last_delegation(invitation) if o.email.casefold() not in known]
    taken_out = request.POST.get("take_out", "")
    if taken_out.isdigit() and int(taken_out) < len(people):
        del people[int(taken_out)]
    if "add" in request.POST or not people:
        people.append({})
    return DelegationSheet(initial=people)


def _register(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    sheet = cast("DelegationFormSet", DelegationSheet(request.POST))
    if not sheet.is_valid():
        return _sheet(request, invitation, sheet, may=True, status=422)
    nominees = [form.nominee() for form in sheet.filled()]
    token = request.POST.get("token", "")[:40]
    try:
        made = service.submit_delegation(invitation=invitation, nominees=nominees, token=token, by=cast("User", request.user))
    except DomainError as error:
        return _sheet(request, invitation, sheet, may=True, error=error.message, status=422)
    messages.success(request, _("Registered: %(names)s.") % {"names": ", ".join(row.official.name for row in made)})
    return redirect("activities:delegation_done", invitation.participant.slug, invitation.pk)


def _decline(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    form = DeclineForm(request.POST)
    sheet = _changed(request, invitation)  # names typed on the sheet stay too
    if not form.is_valid():
        return _sheet(request, invitation, sheet, may=True, declining=form, status=422)
    try:
        service.decline_invitation(invitation=invitation, note=form.cleaned_data["note"], by=cast("User", request.user))
    except DomainError as error:
        return _sheet(request, invitation, sheet, may=True, error=error.message, status=422)
    messages.success(
        request,
        _("The secretariat sees that your participant will not take part. You can change this until the day to reply by."),
    )
    return redirect("activities:national_space", invitation.participant.slug)


def _sheet(  # noqa: PLR0913 - what the one page needs
    request: HttpRequest,
    invitation: Invitation,
    sheet: Any,
    *,
    may: bool,
    error: str = "",
    declining: DeclineForm | None = None,
    status: int = 200,
) -> HttpResponse:
    closed = ""
    try:
        service.check_open(invitation)
    except DomainError as problem:
        closed = problem.message
    context = {
        "invitation": invitation,
        "activity": invitation.activity,
        "participant": invitation.participant,
        "sheet": sheet,
        "error": error,
        "closed": closed,
        "may_nominate": may and not closed,
        "token": request.POST.get("token") or secrets.token_urlsafe(16),
        "has_last": bool(service.last_delegation(invitation)),
        "decline_form": declining or DeclineForm(initial={"note": request.POST.get("note", "")}),
        "heads": DelegatePart,
        "declined": invitation.state == InvitationState.DECLINED,
        "comments": comments_on(invitation.participant, invitation=invitation),
        "comment_form": CommentForm(auto_id="comment_%s"),
    }
    return render(request, "activities/delegation.html", context, status=status)


@require_safe
def delegation_done(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What is registered, with the reference and the way to change it."""
    invitation = get_invitation_for(request.user, slug, pk)
    named = invitation.nominations.exclude(state=NominationState.WITHDRAWN).select_related("official").order_by("pk")
    context = {
        "invitation": invitation,
        "activity": invitation.activity,
        "nominations": named,
        "is_open": _is_open(invitation),
        "day": today(),
    }
    return render(request, "activities/delegation_done.html", context)
