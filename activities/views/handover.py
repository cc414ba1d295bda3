"""What a successor takes over: the note of the one before, and everything of the participant that is open."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from activities.enums import ConsultationAudience
from activities.models import Invitation
from activities.selectors_handover import activities_ahead, open_corrections, open_questions
from activities.services.nominations import check_open
from members.errors import DomainError
from members.models import Handover, Participant, User
from members.models.visibility import rights_of
from members.services.appointments import read_handover


@require_http_methods(["GET", "HEAD", "POST"])
def handover(request: HttpRequest, pk: int) -> HttpResponse:
    """The successor's page. Invitations and delegations belong to the participant, so all that is open stands here."""
    rows = Handover.objects.visible_to(request.user).select_related(
        *("outgoing__official", "outgoing__office", "outgoing__participant", "outgoing__topic"),
        *("outgoing__seat__body", "outgoing__seat__role", "outgoing__seat__participant", "incoming__official"),
    )
    found = get_object_or_404(rows, pk=pk)
    if request.method == "POST":
        try:
            read_handover(handover=found, by=cast("User", request.user))
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, _("Noted that you have read it."))
        return redirect("activities:handover", pk)
    place = found.outgoing.participant or (found.outgoing.seat.participant if found.outgoing.seat else None)
    is_successor = bool(found.incoming and found.incoming.official and found.incoming.official.user_id == request.user.pk)
    context = {
        "handover": found,
        "outgoing": found.outgoing,
        "participant": place,
        "may_read": is_successor and found.read_at is None,
        **(_open_work(place, request) if place else {}),
    }
    return render(request, "activities/handover.html", context)


def _open_work(place: Participant, request: HttpRequest) -> dict[str, Any]:
    """What waits for the participant. Drafts and corrections are seen by those of its people who may read them."""
    user = request.user
    invitations = Invitation.objects.visible_to(user).filter(participant=place).select_related("activity", "participant")
    questions = open_questions(place, user)
    return {
        "open": [row for row in invitations.order_by("reply_by", "pk") if _is_open(row)],
        "calls": [row for row in questions if row.consultation.audience == ConsultationAudience.PARTICIPANTS],
        "room_questions": [row for row in questions if row.consultation.audience == ConsultationAudience.STEERING_GROUP],
        "corrections": open_corrections(place, user),
        "in_space": place.pk in rights_of(user).belongs_to,
        "ahead": activities_ahead(place, user),
    }


def _is_open(invitation: Invitation) -> bool:
    try:
        check_open(invitation)
    except DomainError:
        return False
    return True
