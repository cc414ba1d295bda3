"""Pages about the portal."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import override
from django.views.decorators.http import require_safe

from baliportal.data_catalogue import CALENDARS, FEEDS, LISTS, SINGLES
from members.selectors import earlier_names

PAGES = ("accessibility", "privacy", "names-and-maps", "citing", "corrections", "help")


@require_safe
@login_not_required
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/about.html")


@require_safe
@login_not_required
def about_page(request: HttpRequest, page: str) -> HttpResponse:
    """One of the plain pages. Raises Http404 for another name."""
    if page not in PAGES:
        raise Http404
    context = {"earlier_names": earlier_names()} if page == "names-and-maps" else {}
    return render(request, f"portal/about_{page.replace('-', '_')}.html", context)


def _page_of(route: str) -> str:
    """The page of a list; the splits of participation have a part of one."""
    return f"{reverse('participation')}#portfolios" if route == "participation_portfolios" else reverse(route)


@require_safe
@login_not_required
def data(request: HttpRequest) -> HttpResponse:
    """What can be downloaded, and how."""
    with override(settings.LANGUAGE_CODE):  # files carry no language
        addresses = [reverse(row.route) for row in LISTS]
    lists = [
        {"words": row.words, "page": _page_of(row.route), "address": address}
        for row, address in zip(LISTS, addresses, strict=True)
    ]
    context = {"lists": lists, "singles": SINGLES, "calendars": CALENDARS, "feeds": FEEDS}
    return render(request, "portal/data.html", context)
