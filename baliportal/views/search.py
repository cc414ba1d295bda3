"""Search over activities, documents and participants."""

from __future__ import annotations

from activities.selectors import archive, shape_of
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe
from members.selectors import participants_named
from reports.selectors import documents_matching

from baliportal.filters import archive_filter

MOST = 20


@require_safe
@login_not_required
def search(request: HttpRequest) -> HttpResponse:
    """Newest first, a bounded number of each; the archive has the rest."""
    words = "".join(c if c.isprintable() else " " for c in request.GET.get("q", ""))[:200].strip()
    context: dict[str, object] = {"words": words, "shape_of": shape_of}
    if words:
        data = QueryDict(mutable=True)
        data["q"] = words
        found = archive(request.user, data, filter_class=archive_filter(request.user))
        context |= {
            "activities": found.rows[:MOST],
            "activities_total": found.rows.count(),
            "documents": documents_matching(request.user, words)[:MOST],
            "participants": participants_named(words)[:MOST],
        }
    return render(request, "portal/search.html", context)
