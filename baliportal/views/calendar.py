"""The calendar: an agenda by month, under the archive's filters."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from activities.filters import NAMES
from activities.selectors import Archive, coming_activities, with_parts
from activities.selectors_calendar import Agenda, coming_agenda, of_year, year_agenda
from baliportal.filters import calendar_archive, refused
from baliportal.views.activity import ACTIVITY_COLUMNS
from members.export import export_response, is_export

FIRST_YEAR, LAST_YEAR = 1900, 2200  # years that a calendar can mean
_FIELDS = ("kind", "objective", "area", "portfolio", "participant")


@require_safe
@login_not_required
def calendar(request: HttpRequest) -> HttpResponse:
    """What is coming, by month; what has no date yet and what was called off apart; earlier years by their links."""
    found, years = calendar_archive(request.user, request.GET)
    if is_export(request):
        rows = coming_activities(request.user).filter(pk__in=found.rows.order_by().values("pk"))
        return (
            export_response(request, ACTIVITY_COLUMNS, with_parts(rows), "calendar") if found.filter.is_good else refused(found)
        )
    return _agenda(request, found, years, coming_agenda(found.rows))


@require_safe
@login_not_required
def calendar_year(request: HttpRequest, year: int) -> HttpResponse:
    """One year by month. What began the year before and is not over stands first. Raises Http404 for a year of no calendar."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
    found, years = calendar_archive(request.user, request.GET)
    if is_export(request):
        rows = of_year(found.rows, year)
        return (
            export_response(request, ACTIVITY_COLUMNS, with_parts(rows), f"calendar-{year}")
            if found.filter.is_good
            else refused(found)
        )
    return _agenda(request, found, years, year_agenda(found.rows, year), year)


def _agenda(request: HttpRequest, found: Archive, years: list[int], agenda: Agenda, year: int | None = None) -> HttpResponse:
    query = request.GET.copy()
    for name in ("format", "page", "sort"):
        query.pop(name, None)
    context: dict[str, Any] = {
        "year": year,
        "years": years,
        "agenda": agenda,
        "months": agenda.months,
        "filter": found.filter,
        "fields": [_choice(found, name) for name in _FIELDS],
        "is_filtered": any(query.getlist(name) for name in NAMES),
        "query": query.urlencode(),
    }
    return render(request, "portal/calendar.html", context, status=200 if found.filter.is_good else 422)


def _choice(found: Archive, name: str) -> dict[str, Any]:
    """One filter of the calendar as a list to choose from; no counts, which belong to the archive."""
    language, chosen = get_language() or "en", found.filter.data.getlist(name)
    terms = found.vocabulary[name].values()
    options = [(term.key, term.name(language), term.key in chosen) for term in terms]
    return {"name": name, "label": found.filter.form.fields[name].label, "options": options}
