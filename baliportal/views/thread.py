"""The thread from promise to result: a page in plain words, and a picture of it with a table."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from activities.models import Activity, Goal, Objective, ProgrammeArea, Recommendation
from activities.selectors_cited import cited_documents
from activities.selectors_thread import (
    MOST_RECOMMENDATIONS,
    Thread,
    thread_of,
    thread_of_activity,
    thread_of_area,
    thread_of_document,
    thread_of_recommendation,
)
from baliportal.thread_picture import name_of, picture_of, rows_of, steps_of
from baliportal.views.activity import withdrawn_response
from baliportal.views.errors import gone
from members.as_of import AsOfForm, as_of_form
from members.audit import record_access
from members.enums import AccessAction, AccessClass
from members.export import Column, export_response, is_export
from members.models.visibility import rights_of
from members.symbols import symbols_in
from reports.models import Document
from reports.selectors import documents_by, documents_for

THREAD_COLUMNS = (
    Column("step", "Step", lambda row: row.step),
    Column("record", "Record", lambda row: row.words),
    Column("date", "Date", lambda row: row.when),
    Column("url", "Address", lambda row: f"{settings.ORIGIN}{row.url}" if row.url else ""),
)


@require_safe
@login_not_required
def objective_thread(request: HttpRequest, code: str) -> HttpResponse:
    """The thread of an objective or a goal, as of any day."""
    form = as_of_form(request.GET)
    return _page(request, thread_of(request.user, code, form.day), form)


@require_safe
@login_not_required
def programme_area_thread(request: HttpRequest, code: str) -> HttpResponse:
    """The thread of a programme area, as of any day."""
    form = as_of_form(request.GET)
    return _page(request, thread_of_area(request.user, code, form.day), form)


@require_safe
@login_not_required
def recommendation_thread(request: HttpRequest, code: str) -> HttpResponse:
    """The thread of a recommendation: always that of today, and it says so where a day is asked for."""
    return _page(request, thread_of_recommendation(request.user, code))


@require_safe
@login_not_required
def activity_thread(request: HttpRequest, reference: str) -> HttpResponse:
    """The thread of an activity: what it is held for, what came out of it. A withdrawn one says why (410)."""
    rows = Activity.objects.visible_to(request.user).select_related("kind")
    activity = get_object_or_404(rows.prefetch_related("objectives", "programme_areas"), reference=reference)
    if withdrawn := withdrawn_response(request, activity):
        return withdrawn
    thread = thread_of_activity(request.user, activity)
    wanted = [activity.pk, *(row.pk for row in thread.activities)]
    documents = list(_in_order(documents_for(request.user).filter(activity__in=wanted)))
    crumb = (_("Activities"), reverse("activity_list"))
    return _page_of_record(request, thread, documents, crumb)


@require_safe
@login_not_required
def document_thread(request: HttpRequest, symbol: str) -> HttpResponse:
    """The thread of a document: the activity it is of, what cites it. A withdrawn one says why (410)."""
    document = get_object_or_404(Document.objects.visible_to(request.user), symbol=symbol)
    if document.withdrawn_at and not rights_of(request.user).is_secretariat:
        return gone(request, document.withdrawn_reason, document.title)
    thread = thread_of_document(request.user, document, symbol, document.activity_id)
    wanted = [row.pk for row in thread.activities]
    documents = list(_in_order(documents_for(request.user).filter(activity__in=wanted).exclude(pk=document.pk)))
    crumb = (_("Reports"), reverse("reports:document_list"))
    return _page_of_record(request, thread, documents, crumb)


def _in_order(rows: QuerySet[Document]) -> QuerySet[Document]:
    return rows.select_related("activity", "current_version").order_by(F("date").asc(nulls_last=True), "symbol")


def _page_of_record(request: HttpRequest, thread: Thread, documents: list[Document], crumb: tuple[str, str]) -> HttpResponse:
    """The page of an activity's or a document's thread."""
    if is_export(request):
        return _export(request, thread, documents, [])
    steps = steps_of(thread, documents, [])
    context = {
        "thread": thread,
        "subject": thread.subject,
        "name": name_of(thread.subject),
        "crumb": crumb,
        "is_activity": isinstance(thread.subject, Activity),
        "documents": documents,
        "steps": steps,
        "picture": picture_of(thread, steps, documents),
    }
    return render(request, "portal/thread_record.html", context)


def _page(request: HttpRequest, thread: Thread | None, form: AsOfForm | None = None) -> HttpResponse:
    if thread is None:
        raise Http404
    day = form.day if form else None
    wanted = [activity.pk for activity in thread.activities]
    cited = [row.document_symbol for review in thread.reviews for row in _evidence(review) if row.document_symbol]
    rows = documents_by(request.user, day)
    documents = list(_in_order(rows.filter(activity__in=wanted)))
    in_words = [symbol for mandate in thread.mandates for symbol in symbols_in(mandate.paragraph)]
    in_words += [symbol for update in thread.follow_ups for symbol in symbols_in(update.evidence)]
    of_symbol = cited_documents(request.user, [*thread.symbols, *cited, *in_words])
    named = list(rows.filter(symbol__in=[*thread.symbols, *cited]))
    if is_export(request):
        return _export(request, thread, documents, named, day)
    of_activity: defaultdict[int, list[Document]] = defaultdict(list)
    for document in documents:
        of_activity[document.activity_id or 0].append(document)
    steps = steps_of(thread, documents, named, day)
    context = {
        "thread": thread,
        "subject": thread.subject,
        "name": name_of(thread.subject),
        "words": getattr(thread.subject, "title", "") or thread.subject.text,
        "kind": thread.subject._meta.model_name,
        "list_url": _list_of(thread.subject),
        "done": [(activity, of_activity[activity.pk]) for activity in thread.activities],
        "documents": documents,
        "cited": of_symbol,
        "steps": steps,
        "picture": picture_of(thread, steps, documents),
        "archive": _archive_of(thread.subject, day),
        "form": form,
        "asked": day,
        "is_todays_alone": form is None and "as_of" in request.GET,
        "all_recommendations": _all_recommendations(thread),
    }
    return render(request, "portal/thread.html", context, status=422 if form and not form.is_valid() else 200)


def _export(
    request: HttpRequest, thread: Thread, documents: list[Document], named: list[Document], day: date | None = None
) -> HttpResponse:
    """The thread as a table, step by step, as the picture has it. What is restricted in it leaves a trace."""
    rows = [thread.subject] if isinstance(thread.subject, Recommendation | Document) else []
    for row in (*rows, *thread.recommendations, *thread.carried):
        if row.access_class != AccessClass.PUBLIC:
            label = str(row._meta.model_name)
            record_access(by=request.user, action=AccessAction.EXPORTED, label=label, ref=name_of(row), request=request)
    with override(settings.LANGUAGE_CODE):
        table = rows_of(steps_of(thread, documents, named, day))
    return export_response(request, THREAD_COLUMNS, table, f"{name_of(thread.subject)}-thread")


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


def _archive_of(subject: Any, day: date | None) -> str:
    """The archive under the filter of this objective or area, to `day`; empty for others."""
    name = {Objective: "objective", ProgrammeArea: "area"}.get(type(subject))
    until = f"&to={day.isoformat()}" if day else ""
    return f"{reverse('activity_list')}?{name}={subject.code}{until}" if name else ""
