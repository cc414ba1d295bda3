"""A participant's own pages: its invitations, its history, its attendance. The delegation has views of its own."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from activities.models import Invitation
from activities.selectors_invited import with_surroundings
from activities.selectors_national import open_calls, with_overview
from activities.views.delegation_done import is_open
from activities.views.invitation_files import about
from members.models import Participant
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
        with_surroundings(request.user)
        .visible_to(request.user)
        .filter(participant=participant)
        .select_related("activity__kind", "participant")
    )
    rows = rows.order_by("activity__start", "pk")
    open_ones: list[Invitation] = []
    past: list[Invitation] = []
    for row in rows:
        (open_ones if is_open(row) else past).append(row)
    context = {
        "participant": participant,
        "open": [(row, about(row)) for row in open_ones],
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
