"""The steering group's room: its front page, and the agendas of its meetings."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from activities.permissions import require_room
from activities.selectors_group import agendas_for
from members.audit import record_access
from members.enums import AccessAction
from reports.selectors_room import room_sections


@require_safe
def steering_group_room(request: HttpRequest) -> HttpResponse:
    """What members of the steering group have here, section by section."""
    require_room(request.user)
    return render(request, "reports/steering_group_room.html", {"sections": room_sections(request.user, request.GET)})


@require_safe
def agenda_detail(request: HttpRequest, reference: str) -> HttpResponse:
    """The agenda of one meeting, to read and to print. Opening it is written down."""
    require_room(request.user)
    agenda = get_object_or_404(agendas_for(request.user), activity__reference=reference.replace("\x00", "?"))
    record_access(by=request.user, action=AccessAction.OPENED, label="agenda", ref=reference, request=request)
    return render(request, "reports/agenda_detail.html", {"agenda": agenda, "items": agenda.items.all()})
