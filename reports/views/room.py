"""The steering group's room: its front page, and the agendas of its meetings."""

from __future__ import annotations

import logging

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from activities.permissions import require_room
from activities.selectors_group import agendas_for
from members.audit import record_access
from members.enums import AccessAction
from members.models import Process
from members.rendering import RenderingError
from reports.rendering_agenda import agenda_pdf
from reports.selectors_room import room_sections

logger = logging.getLogger(__name__)


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


@require_safe
def agenda_file(request: HttpRequest, reference: str, language: str) -> HttpResponse:
    """The same agenda as a PDF, for whoever may open its page; the download is written down."""
    require_room(request.user)
    agenda = get_object_or_404(agendas_for(request.user), activity__reference=reference.replace("\x00", "?"))
    process = Process.objects.first()
    if process is None or language not in process.language_codes or language not in dict(settings.LANGUAGES):
        raise Http404
    ref = f"{reference} {language}"
    try:
        content = agenda_pdf(agenda, list(agenda.items.all()), process, language=language)
    except RenderingError:
        logger.exception("an agenda was not laid out", extra={"agenda": agenda.pk})
        messages.error(request, _("The PDF could not be made. Print this page instead."))
        return redirect("reports:agenda_detail", reference)
    record_access(by=request.user, action=AccessAction.DOWNLOADED, label="agenda", ref=ref, request=request)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{reference}-agenda-{language}.pdf"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
