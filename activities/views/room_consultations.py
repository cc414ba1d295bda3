"""Questions to the steering group, as its members answer them in their room [29]."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from activities.enums import ConsultationAudience
from activities.models import Consultation, ConsultationAddressee, Reply
from activities.permissions import get_call_for
from activities.views.replies import Desk, answer_page, submit_page, versions_page
from members.models import Participant
from members.models.visibility import rights_of


@require_safe
def room_consultations(request: HttpRequest) -> HttpResponse:
    """Questions to the steering group with the answers of the person's own seat; the desk reads them at its own pages."""
    rights = rights_of(request.user)
    if not (rights.in_steering_group or rights.is_secretariat):
        raise Http404
    calls = Consultation.objects.visible_to(request.user).filter(
        audience=ConsultationAudience.STEERING_GROUP, opened_at__isnull=False
    )
    own = ConsultationAddressee.objects.filter(participant__in=rights.sits_for).select_related("participant")
    replies = {
        (row.consultation_id, row.participant_id): row
        for row in Reply.objects.filter(participant__in=rights.sits_for, consultation__in=calls)
    }
    places: dict[int, list[tuple[Participant, Reply | None]]] = {}
    for row in own.filter(consultation__in=calls):
        place = (row.participant, replies.get((row.consultation_id, row.participant_id)))
        places.setdefault(row.consultation_id, []).append(place)
    rows = [(call, places.get(call.pk, [])) for call in calls.order_by("closed_at", "deadline", "-opened_at", "pk")[:200]]
    return render(request, "activities/room_consultations.html", {"rows": rows})


def _desk(request: HttpRequest, pk: int) -> Desk:
    """The seat that answers: the one that `?for=` names, else the only one the person holds among those asked."""
    seats = Participant.objects.filter(pk__in=rights_of(request.user).sits_for).order_by("name")
    asked = seats.filter(pk__in=ConsultationAddressee.objects.filter(consultation=pk).values("participant"))
    wanted = request.GET.get("for", "")
    participant = next((row for row in asked if not wanted or row.slug == wanted), None)
    if participant is None:
        raise Http404
    found = get_call_for(request.user, participant, pk, ConsultationAudience.STEERING_GROUP)
    return Desk(participant, found, in_room=True)


@require_http_methods(["GET", "HEAD", "POST"])
def room_consultation(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft of one seat's answer, or what it submitted."""
    return answer_page(request, _desk(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
def room_consultation_submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Read the draft once more, then give it."""
    return submit_page(request, _desk(request, pk))


@require_safe
def room_consultation_versions(request: HttpRequest, pk: int) -> HttpResponse:
    """Every text that was saved for this seat."""
    return versions_page(request, _desk(request, pk))
