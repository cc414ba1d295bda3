"""The first page."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from activities.selectors import for_list, next_activity
from baliportal.filters import archive_for
from baliportal.views.activity import archive_context
from reports.selectors import document_count, latest_document

NEWEST = 8


@require_safe
@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    """Purpose, search, next activity, latest report, then the newest of the archive."""
    found = archive_for(request.user, QueryDict())
    rows = for_list(found.rows).annotate(document_count=document_count(request.user))
    context = archive_context(found) | {
        "activities": rows[:NEWEST],
        "next_activity": next_activity(request.user),
        "latest": latest_document(request.user),
        "level": 2,
    }
    return render(request, "portal/home.html", context)
