"""The calendar: an agenda by month."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import groupby

from django.contrib.auth.decorators import login_not_required
from django.db.models import F
from django.db.models.functions import ExtractYear
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from activities.models import Activity
from activities.selectors import archive_base, coming_activities, with_parts
from baliportal.views.activity import ACTIVITY_COLUMNS
from members.enums import DatePrecision
from members.export import export_response, is_export
from members.models import AnyUser

FIRST_YEAR, LAST_YEAR = 1900, 2200  # years that a calendar can mean


@require_safe
@login_not_required
def calendar(request: HttpRequest) -> HttpResponse:
    """What is coming, by month; earlier years by their links."""
    rows = coming_activities(request.user)
    if is_export(request):
        return export_response(request, ACTIVITY_COLUMNS, with_parts(rows), "calendar")
    context = {"year": None, "years": _years(request.user), "months": _by_month(rows.select_related("kind"))}
    return render(request, "portal/calendar.html", context)


@require_safe
@login_not_required
def calendar_year(request: HttpRequest, year: int) -> HttpResponse:
    """One year by month. What began the year before and is not over stands first. Raises Http404 for a year of no calendar."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
    rows = archive_base(request.user).filter(start__lte=date(year, 12, 31), last_day__gte=date(year, 1, 1))
    rows = rows.order_by(F("start"), "reference")
    if is_export(request):
        return export_response(request, ACTIVITY_COLUMNS, with_parts(rows), f"calendar-{year}")
    context = {"year": year, "years": _years(request.user), "months": _by_month(rows.select_related("kind"))}
    return render(request, "portal/calendar.html", context)


def _years(user: AnyUser) -> list[int]:
    """Years in which an activity begins, the latest first."""
    found = (
        archive_base(user).filter(start__isnull=False).order_by().annotate(of=ExtractYear("start")).values_list("of", flat=True)
    )
    return sorted(set(found.distinct()), reverse=True)


def _by_month(rows: Iterable[Activity]) -> list[tuple[date | None, list[Activity]]]:
    """Activities by the month in which they begin; those known to the year only come last, under None."""
    known = list(rows)
    of_year = [row for row in known if row.date_precision == DatePrecision.YEAR]
    dated = [row for row in known if row.date_precision != DatePrecision.YEAR]
    months = [
        (month, list(found)) for month, found in groupby(dated, key=lambda row: row.start.replace(day=1) if row.start else None)
    ]
    return [*months, (None, of_year)] if of_year else months
