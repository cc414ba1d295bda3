"""The thread from promise to result: a page in plain words, and a picture of it with a table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from activities.models import Goal, Objective, ProgrammeArea
from activities.selectors_cited import cited_documents
from activities.selectors_thread import MOST_RECOMMENDATIONS, Thread, thread_of, thread_of_area, thread_of_recommendation
from members.charts_lineage import Box, folded, lineage
from members.partial_dates import format_partial, format_span
from members.symbols import symbols_in
from reports.models import Document
from reports.selectors import documents_for


@require_safe
@login_not_required
def objective_thread(request: HttpRequest, code: str) -> HttpResponse:
    """The thread of an objective or a goal."""
    return _page(request, thread_of(request.user, code))


@require_safe
@login_not_required
def programme_area_thread(request: HttpRequest, code: str) -> HttpResponse:
    """The thread of a programme area."""
    return _page(request, thread_of_area(request.user, code))


@require_safe
@login_not_required
def recommendation_thread(request: HttpRequest, code: str) -> HttpResponse:
    """The thread of a recommendation."""
    return _page(request, thread_of_recommendation(request.user, code))


def _page(request: HttpRequest, thread: Thread | None) -> HttpResponse:
    if thread is None:
        raise Http404
    wanted = [activity.pk for activity in thread.activities]
    cited = [row.document_symbol for review in thread.reviews for row in _evidence(review) if row.document_symbol]
    rows = documents_for(request.user)
    of_these = rows.filter(activity__in=wanted).select_related("activity", "current_version")
    documents = list(of_these.order_by(F("date").asc(nulls_last=True), "symbol"))
    in_words = [symbol for mandate in thread.mandates for symbol in symbols_in(mandate.paragraph)]
    in_words += [symbol for update in thread.follow_ups for symbol in symbols_in(update.evidence)]
    of_symbol = cited_documents(request.user, [*thread.symbols, *cited, *in_words])
    named = list(rows.filter(symbol__in=[*thread.symbols, *cited]))
    of_activity: defaultdict[int, list[Document]] = defaultdict(list)
    for document in documents:
        of_activity[document.activity_id or 0].append(document)
    steps = _steps(thread, documents, named)
    context = {
        "thread": thread,
        "subject": thread.subject,
        "name": getattr(thread.subject, "code", "") or thread.subject.reference,
        "words": getattr(thread.subject, "title", "") or thread.subject.text,
        "kind": thread.subject._meta.model_name,
        "list_url": _list_of(thread.subject),
        "done": [(activity, of_activity[activity.pk]) for activity in thread.activities],
        "documents": documents,
        "cited": of_symbol,
        "steps": steps,
        "picture": _picture(thread, steps, documents),
        "archive": _archive_of(thread.subject),
        "all_recommendations": _all_recommendations(thread),
    }
    return render(request, "portal/thread.html", context)


def _evidence(review: Any) -> list[Any]:
    """Evidence that was read with the reviews of an objective or goal."""
    return list(review.evidence.all()) if "evidence" in getattr(review, "_prefetched_objects_cache", {}) else []


def _list_of(subject: Any) -> str:
    if isinstance(subject, Goal | Objective):
        return reverse("activities:objective_list")
    return reverse("activities:programme_area_list" if isinstance(subject, ProgrammeArea) else "activities:recommendation_list")


def _all_recommendations(thread: Thread) -> str:
    """The list of all recommendations on this objective or area, where the page may not hold them all."""
    name = {Objective: "objective", ProgrammeArea: "area"}.get(type(thread.subject))
    if not name or len(thread.recommendations) < MOST_RECOMMENDATIONS:
        return ""
    return f"{reverse('activities:recommendation_list')}?{name}={thread.subject.code}"


def _archive_of(subject: Any) -> str:
    """The archive under the filter of this objective or area; empty for others."""
    name = {Objective: "objective", ProgrammeArea: "area"}.get(type(subject))
    return f"{reverse('activity_list')}?{name}={subject.code}" if name else ""


type Step = tuple[str, str, list[tuple[Box, str]]]  # heading, what to say of those not drawn, boxes each with its date


def _steps(thread: Thread, documents: Sequence[Document], named: Sequence[Document]) -> list[Step]:
    """The columns of the picture, which are the parts of the table."""
    more = _("and %(number)s more")
    subject = getattr(thread.subject, "title", "") or f"{thread.subject.reference}: {thread.subject.text}"
    return [
        (_("Who set it"), more, _origins(thread, named)),
        (_("The promise"), more, [(Box("subject", subject, thread.subject.get_absolute_url()), "")]),
        (_("What was done"), more, [(_box(activity, "activity"), _when(activity)) for activity in thread.activities]),
        (_("What came out"), more, _results(thread, documents)),
        (_("Where it went next"), more, _next(thread)),
    ]


def _box(row: Any, prefix: str) -> Box:
    return Box(f"{prefix}-{row.pk}", str(getattr(row, "title", "") or row), row.get_absolute_url())


def _when(activity: Any) -> str:
    return format_span(activity.start, activity.end, activity.date_precision, get_language() or "en") or _("Not dated")


def _origins(thread: Thread, named: Sequence[Document]) -> list[tuple[Box, str]]:
    language = get_language() or "en"
    found: list[tuple[Box, str]] = []
    for mandate in thread.mandates:
        if mandate.activity:
            found.append((_box(mandate.activity, "origin"), _when(mandate.activity)))
        else:
            when = format_partial(mandate.decided, mandate.decided_precision, language)
            found.append((Box(f"mandate-{mandate.pk}", mandate.authority or mandate.get_act_display()), when))
    if thread.meeting:
        found.append((_box(thread.meeting, "origin"), _when(thread.meeting)))
    found += [(_box(document, "origin-document"), "") for document in named if document.symbol in thread.symbols]
    is_area = isinstance(thread.subject, ProgrammeArea)
    found += [(_box(row, "objective"), "") for row in thread.objectives if is_area or not hasattr(thread.subject, "code")]
    return found


def _results(thread: Thread, documents: Sequence[Document]) -> list[tuple[Box, str]]:
    language = get_language() or "en"
    found: list[tuple[Box, str]] = []
    for review in thread.reviews:
        words = f"{review.get_outcome_display()}, {review.status_qualifier}" if review.status_qualifier else ""
        box = Box(f"review-{review.pk}", words or review.get_outcome_display(), review.meeting.get_absolute_url())
        found.append((box, _when(review.meeting)))
    found += [(_box(row, "document"), format_partial(row.date, row.date_precision, language)) for row in documents]
    found += [
        (Box(f"update-{row.pk}", row.text), format_partial(row.recorded_at.date(), "day", language)) for row in thread.follow_ups
    ]
    return found


def _next(thread: Thread) -> list[tuple[Box, str]]:
    found = [(_box(area, "area"), "") for area in thread.areas]
    found += [(Box(f"forum-{forum.pk}", str(forum), reverse("members:forum_list")), "") for forum in thread.forums]
    if thread.is_bilateral:
        found.append((Box("bilateral", _("Bilateral work between governments")), ""))
    found += [(Box(f"rec-{row.pk}", row.text, row.get_absolute_url()), "") for row in thread.recommendations]
    found += [(Box(f"challenge-{row.pk}", row.text), _("open challenge")) for row in thread.challenges]
    return found


def _picture(thread: Thread, steps: Sequence[Step], documents: Sequence[Document]) -> str:
    """Lines: what set it, what was done for it, what came out of which activity, and where the finding led."""
    columns = [folded(heading, [box for box, _when in boxes], more) for heading, more, boxes in steps]
    keys = [[box.key for box, _when in boxes] for _heading, _more, boxes in steps]
    lines = [(key, "subject") for key in keys[0]] + [("subject", key) for key in keys[2]]
    lines += [(f"activity-{document.activity_id}", f"document-{document.pk}") for document in documents]
    lines += [(f"activity-{review.meeting_id}", f"review-{review.pk}") for review in thread.reviews]
    lines += [(f"review-{review.pk}", key) for review in thread.reviews for key in keys[4]]
    lines += [(f"activity-{row.activity_id}", f"update-{row.pk}") for row in thread.follow_ups]
    if not keys[2]:
        lines += [("subject", key) for key in keys[3]]
    name = getattr(thread.subject, "code", "") or thread.subject.reference
    return lineage(columns, lines, title=_("%(name)s from promise to result") % {"name": name})
