"""The agenda of a participant's next coordination meeting, from all apps [34-36]."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from activities.forms_national import AgendaItemForm
from activities.selectors_national import Line, agenda, meetings_of, since_meeting, with_agenda
from members.permissions import get_participant_for, has_permission
from members.roles import Permission
from reports.models import Document

MOST = 50


def new_documents(request: HttpRequest, last: date | None) -> list[Line]:
    """Documents that the person may read and that were published since the participant's last meeting, on the day `last`."""
    rows = Document.objects.visible_to(request.user).live().filter(published_at__gte=since_meeting(last))
    return [Line(row.title, row.get_absolute_url(), row.symbol) for row in rows.order_by("-published_at", "symbol")[:MOST]]


@require_safe
def national_agenda(request: HttpRequest, slug: str) -> HttpResponse:
    """Five headings, each drawn from the record and added to by hand; the meetings below."""
    participant: Any = get_participant_for(request.user, slug, with_agenda(request.user))
    context = {
        "participant": participant,
        "sections": agenda(participant, request.user, new_documents(request, participant.last_meeting_day)),
        "meetings": meetings_of(participant),
        "item_form": AgendaItemForm(),
        "may_edit": has_permission(request.user, Permission.COORDINATE, participant=participant),
    }
    return render(request, "activities/national_agenda.html", context)
