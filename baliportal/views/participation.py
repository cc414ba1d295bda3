"""Who came, in numbers that anybody may have."""

from __future__ import annotations

from collections import defaultdict

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from activities.selectors_participation import Cell, attended_rows, published_split, years
from activities.suppression import SMALLEST
from members.export import Column, export_response, is_export

ATTENDED_COLUMNS = (
    Column("reference", "Reference", lambda row: row.reference),
    Column("title", "Title", lambda row: row.title),
    Column("year", "Year", lambda row: row.year),
    Column("participant", "Participant", lambda row: row.participant),
    Column("participant_key", "Key", lambda row: row.slug),
    Column("delegates", "Delegates who came", lambda row: row.delegates),
    Column("url", "Address", lambda row: f"{settings.ORIGIN}{reverse('activity_detail', args=[row.reference])}"),
)
PORTFOLIO_COLUMNS = (
    Column("year", "Year", lambda row: row.year),
    Column("portfolio", "Portfolio", lambda row: row.name),
    Column("portfolio_key", "Key", lambda row: row.key),
    Column("delegates", "Delegates who came", lambda row: row.delegates),
    Column("withheld", "Withheld", lambda row: row.delegates is None),
)


@require_safe
@login_not_required
def participation(request: HttpRequest) -> HttpResponse:
    """By year, and by portfolio with small numbers withheld; `?format=` gives a row per activity and participant."""
    rows = attended_rows()
    if is_export(request):
        return export_response(request, ATTENDED_COLUMNS, rows, "participation")
    split: defaultdict[int, list[Cell]] = defaultdict(list)
    for cell in published_split():
        split[cell.year].append(cell)
    context = {"years": years(rows), "split": dict(split), "smallest": SMALLEST}
    return render(request, "portal/participation.html", context)


@require_safe
@login_not_required
def portfolios(request: HttpRequest) -> HttpResponse:
    """The split by portfolio as a file; without `?format=` the page that shows it. No other parameter changes the answer."""
    if is_export(request):
        return export_response(request, PORTFOLIO_COLUMNS, published_split(), "participation-by-portfolio")
    return redirect(f"{reverse('participation')}#portfolios")
