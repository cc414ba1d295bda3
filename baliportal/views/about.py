"""Pages about the portal."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

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


@require_safe
@login_not_required
def data(request: HttpRequest) -> HttpResponse:
    """What can be downloaded, and how."""
    return render(request, "portal/data.html")
