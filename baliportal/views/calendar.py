"""The calendar: an agenda by month, and a feed."""

from __future__ import annotations

from itertools import groupby

from activities.selectors import archive, archive_base
from django.contrib.auth.decorators import login_not_required
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from members.models.base import today
from members.partial_dates import DatePrecision

from baliportal.calendars import calendar_response
from baliportal.filters import archive_filter

MOST_EVENTS = 2000


@require_safe
@login_not_required
def calendar(request: HttpRequest, year: int | None = None) -> HttpResponse:
    """One year as a list by month: this one, or the last that has activities."""
    base = archive_base(request.user).filter(start__isnull=False)
    years = sorted({when.year for when in base.order_by().values_list("start", flat=True).distinct() if when})
    shown = year or (today().year if today().year in years or not years else years[-1])
    if year is not None and not 1900 <= year <= 2200:  # noqa: PLR2004 - years a calendar can mean
        raise Http404
    rows = base.filter(start__year=shown).select_related("kind").order_by(F("start"), "reference")
    months = [
        (key, list(found)) for key, found in groupby(rows, key=lambda a: a.start.replace(day=1) if a.date_precision != DatePrecision.YEAR else None)
    ]
    return render(request, "portal/calendar.html", {"year": shown, "years": years, "months": months})


@require_safe
@login_not_required
def calendar_feed(request: HttpRequest) -> HttpResponse:
    """Everything known to the day, under the archive's filters."""
    found = archive(request.user, request.GET, filter_class=archive_filter(request.user))
    return calendar_response(found.filter.qs.prefetch_related("objectives")[:MOST_EVENTS], "calendar.ics")
