"""Feeds of the archive, under its filters. These addresses carry no language."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import override
from django.views.decorators.http import require_safe

from activities.calendars import address_of, calendar_of
from activities.models import Activity
from baliportal.filters import archive_for, refused
from baliportal.views.activity import process
from members.partial_dates import format_partial, format_span
from reports.models import Document
from reports.selectors import documents_asked

MOST_EVENTS = 1000
MOST_ENTRIES = 50


def _parts(rows: QuerySet[Activity]) -> QuerySet[Activity]:
    return rows.select_related("kind").prefetch_related("objectives")


@require_safe
@login_not_required
def calendar_feed(request: HttpRequest) -> HttpResponse:
    """The newest activities with a date, as a calendar to subscribe to."""
    found = archive_for(request.user, request.GET)
    if not found.filter.is_good:
        return refused(found)
    rows = _parts(found.rows.filter(start__isnull=False))[:MOST_EVENTS]
    with override("en"):
        content = calendar_of(rows, name=process().name)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="calendar.ics"'
    return response


@require_safe
@login_not_required
def activities_feed(request: HttpRequest) -> HttpResponse:
    """What was recorded or changed last, as an Atom feed."""
    found = archive_for(request.user, request.GET)
    if not found.filter.is_good:
        return refused(found)
    rows = _parts(found.rows.order_by("-changed_at", "-reference"))[:MOST_ENTRIES]
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    with override("en"):
        feed = Atom1Feed(
            title=f"{process().name}: activities",
            link=f"{settings.ORIGIN}{reverse('activity_list')}{query}",
            description="",
            language="en",
            feed_url=f"{settings.ORIGIN}{request.path}{query}",
        )
        for activity in rows:
            _add(feed, activity)
        content = feed.writeString("utf-8")
    return HttpResponse(content, content_type="application/atom+xml; charset=utf-8")


@require_safe
@login_not_required
def reports_feed(request: HttpRequest) -> HttpResponse:
    """The documents that were published or changed last, under the filters of their archive, as an Atom feed."""
    rows = documents_asked(request.user, request.GET).order_by("-changed_at", "symbol")[:MOST_ENTRIES]
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    with override("en"):
        feed = Atom1Feed(
            title=f"{process().name}: reports",
            link=f"{settings.ORIGIN}{reverse('reports:document_list')}{query}",
            description="",
            language="en",
            feed_url=f"{settings.ORIGIN}{request.path}{query}",
        )
        for document in rows:
            _add_document(feed, document)
        content = feed.writeString("utf-8")
    return HttpResponse(content, content_type="application/atom+xml; charset=utf-8")


def _add_document(feed: Atom1Feed, document: Document) -> None:
    when = format_partial(document.date, document.date_precision, "en") or "Not dated"
    facts = [document.symbol, str(document.get_kind_display()), when, str(document.get_held_display()), document.public_note]
    feed.add_item(
        title=document.title,
        link=f"{settings.ORIGIN}{document.get_absolute_url()}",
        description=". ".join(fact for fact in facts if fact).strip(". ") + ".",
        unique_id=f"{settings.ORIGIN}{document.get_absolute_url()}",
        pubdate=document.published_at or document.recorded_at,
        updateddate=document.changed_at,
        categories=[str(document.get_kind_display())],
    )


def _add(feed: Atom1Feed, activity: Activity) -> None:
    when = format_span(activity.start, activity.end, activity.date_precision) or "Not dated"
    facts = [activity.kind.name, when, activity.city, activity.country, activity.get_status_display()]
    feed.add_item(
        title=activity.title,
        link=address_of(activity),
        description=". ".join([*(fact for fact in facts if fact), activity.public_note]).strip(". ") + ".",
        unique_id=address_of(activity),
        pubdate=activity.published_at or activity.recorded_at,
        updateddate=activity.changed_at,
        categories=[objective.short_title for objective in activity.objectives.all()],
    )
