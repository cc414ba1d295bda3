"""The secretariat's figures of its own work, and participation without anything withheld."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from activities.selectors_figures import activities_for_figures, figures_of
from activities.selectors_participation import SEVERAL, UNKNOWN, split_by_portfolio
from members.models import Portfolio
from members.permissions import require_desk
from reports.selectors_due import days_to_report

PAGE_SIZE = 25


@require_safe
def desk_figures(request: HttpRequest) -> HttpResponse:
    """Days from an activity to its report, needs answered, cost per day of one delegate [38]; for the secretariat only."""
    require_desk(request.user)
    page = Paginator(activities_for_figures(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    activities = list(page.object_list)
    reported = days_to_report(activities)
    rows = [(figures, reported.get(figures.activity.pk)) for figures in figures_of(activities)]
    return render(request, "portal/desk_figures.html", {"page": page, "rows": rows})


@require_safe
def desk_portfolios(request: HttpRequest) -> HttpResponse:
    """Delegates who came by year and portfolio, nothing withheld; for the secretariat only."""
    require_desk(request.user)
    names = {row.key: row.name for row in Portfolio.objects.all()}
    names |= {SEVERAL: _("Several portfolios"), UNKNOWN: _("Not known")}
    split = split_by_portfolio(closed_only=False)
    shown = {year: [(names[key], number) for key, number in counts.items() if number] for year, counts in split.items()}
    return render(request, "portal/desk_portfolios.html", {"split": shown})
