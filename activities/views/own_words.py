"""What participants say of their own legislation, and the public notes of exchanges, for everybody."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from activities.selectors_exchanges import public_exchanges
from activities.selectors_objectives import legislation_said
from members.audit import record_access
from members.enums import AccessAction, AccessClass
from members.export import Column, export_response, is_export
from members.partial_dates import iso_partial

PAGE_SIZE = 50
LEGISLATION_COLUMNS = (
    Column("participant", "Participant", lambda row: row.participant.name),
    Column("words", "In its own words", lambda row: row.title),
    Column("words_id", "In its own words, in Bahasa Indonesia", lambda row: row.title_id),
    Column("summary", "More words", lambda row: row.summary),
    Column("summary_id", "More words, in Bahasa Indonesia", lambda row: row.summary_id),
    Column("date", "Day", lambda row: iso_partial(row.date, row.date_precision)),
    Column("source", "Source named by the participant", lambda row: row.link),
    Column("objective", "Objective", lambda row: row.objective.code if row.objective else ""),
    Column("entered", "Entered by the participant on", lambda row: row.entered_at.date().isoformat() if row.entered_at else ""),
)
EXCHANGE_COLUMNS = (
    Column("title", "Meeting or occasion", lambda row: row.title),
    Column("date", "Day", lambda row: iso_partial(row.date, row.date_precision)),
    Column("direction", "Who went to whom", lambda row: row.direction),
    Column("forum", "Forum", lambda row: row.forum.code if row.forum else ""),
    Column("place", "Place", lambda row: row.place),
    Column("note", "Note", lambda row: row.public_note),
    Column("confidence", "Confidence", lambda row: row.confidence),
)


@require_safe
@login_not_required
def legislation_public(request: HttpRequest) -> HttpResponse:
    """What participants say of their own legislation, in the order of names: no comparison, no count, no gap shown [39, 75]."""
    rows = legislation_said(request.user).select_related("objective")
    if is_export(request):
        for key in rows.exclude(access_class=AccessClass.PUBLIC).order_by("pk").values_list("pk", flat=True):
            record_access(by=request.user, action=AccessAction.EXPORTED, label="legislation", ref=str(key), request=request)
        return export_response(request, LEGISLATION_COLUMNS, rows, "legislation")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "activities/legislation_public.html", {"page": page})


@require_safe
@login_not_required
def exchange_list(request: HttpRequest) -> HttpResponse:
    """Exchanges with other processes that are marked for the public: the public note, and nothing that is for the group."""
    rows = public_exchanges()
    if is_export(request):
        return export_response(request, EXCHANGE_COLUMNS, rows, "exchanges")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "activities/exchange_list.html", {"page": page})
