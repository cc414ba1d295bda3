"""Search over activities, documents and participants."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from activities.search import found_activities, similar_activities
from activities.selectors import archive_base
from members.selectors import participants_named
from members.words import clean_words
from reports.search import found_documents

MOST = 10


@require_safe
@login_not_required
def search(request: HttpRequest) -> HttpResponse:
    """The best of each; the archives have the rest. Where nothing is found, what is spelt alike."""
    words = clean_words(request.GET.get("q", ""))
    context: dict[str, object] = {"words": words}
    if words:
        base = archive_base(request.user)
        activities = found_activities(base, words, most=MOST)
        documents = found_documents(request.user, words, most=MOST)
        participants = list(participants_named(words)[:MOST])
        nothing = not activities and not documents and not participants
        context |= {
            "activities": activities,
            "documents": documents,
            "participants": participants,
            "similar": similar_activities(base, words, most=MOST) if nothing else [],
            "fewer": _fewer(words) if nothing else [],
        }
    return render(request, "portal/search.html", context)


def _fewer(words: str) -> list[str]:
    """The search with one word left out, for each of its words."""
    parts = words.split()[:6]
    return [" ".join([*parts[:place], *parts[place + 1 :]]) for place in range(len(parts))] if len(parts) > 1 else []
