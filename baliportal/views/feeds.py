"""Feeds of the archive, under its filters. These addresses carry no language."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, time
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Greatest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import override
from django.views.decorators.http import require_safe

from activities.calendars import address_of, calendar_of
from activities.citations_aims import address_of_row
from activities.models import Activity, ExternalReference, FollowUp, Mandate, Recommendation, Review
from activities.selectors_calendar import for_calendar, with_a_day
from activities.selectors_exchanges import external_references
from activities.selectors_followup import recommendations, standing_of
from activities.selectors_objectives import agreed_mandate, programme_areas, reviews_by
from baliportal.filters import archive_for, refused
from baliportal.views.activity import process
from members.models import AnyUser
from members.partial_dates import format_partial, format_span
from reports.models import Document
from reports.selectors import documents_asked

MOST_EVENTS = 1000
MOST_ENTRIES = 50


def _parts(rows: QuerySet[Activity]) -> QuerySet[Activity]:
    return rows.select_related("kind").prefetch_related("objectives")


@require_safe
@login_not_required
def calendar_feed(request: HttpRequest) -> HttpResponseBase:
    """The newest activities with a date, as a calendar to subscribe to; 304 where the reader has it as it is."""
    found = archive_for(request.user, request.GET)
    if not found.filter.is_good:
        return refused(found)
    rows = with_a_day(for_calendar(found.rows))[:MOST_EVENTS]
    with override("en"):
        content = calendar_of(rows, name=process().name)
    return calendar_response(request, content, disposition='inline; filename="calendar.ics"')


def calendar_response(request: HttpRequest, content: bytes, *, disposition: str) -> HttpResponseBase:
    """A calendar file with a hash of its content as ETag. Never kept by caches between: it depends on who asks."""
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = disposition
    response["ETag"] = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    patch_vary_headers(response, ["Cookie"])
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


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


def _changed(name: str) -> Subquery:
    """When the history last saw the outer row change."""
    events: Any = apps.get_model("activities", f"{name}Event")._default_manager
    newest = events.filter(pgh_obj_id=OuterRef("pk")).order_by().values("pgh_obj_id").annotate(at=Max("pgh_created_at"))
    return Subquery(newest.values("at"))


def _feed(request: HttpRequest, words: str, page: str) -> Atom1Feed:
    return Atom1Feed(
        title=f"{process().name}: {words}",
        link=f"{settings.ORIGIN}{reverse(page)}",
        description="",
        language="en",
        feed_url=f"{settings.ORIGIN}{request.path}",
    )


@require_safe
@login_not_required
def objectives_feed(request: HttpRequest) -> HttpResponse:
    """What meetings found about goals and objectives, the last changed first, as an Atom feed."""
    rows = reviews_by(request.user, None).select_related("objective", "goal", "meeting", "moved_to_forum")
    rows = rows.annotate(changed=_changed("Review")).order_by("-changed", "-pk")[:MOST_ENTRIES]
    with override("en"):
        feed = _feed(request, "reviews of goals and objectives", "activities:objective_list")
        for review in rows:
            _add_review(feed, review)
        content = feed.writeString("utf-8")
    return HttpResponse(content, content_type="application/atom+xml; charset=utf-8")


def _add_review(feed: Atom1Feed, review: Review) -> None:
    aim: Any = review.aim
    found = [review.get_outcome_display(), review.status_qualifier, str(review.moved_to_forum or ""), review.finding]
    ended = review.meeting.last_day or review.meeting.start
    feed.add_item(
        title=f"{aim.code} {aim.title}: {review.get_outcome_display()}",
        link=address_of_row(aim),
        description=". ".join([*(words for words in found if words), review.meeting.title]) + ".",
        unique_id=f"{address_of_row(aim)}#review-{review.meeting.reference}",
        pubdate=datetime.combine(ended, time(), UTC) if ended else None,
        updateddate=review.changed,  # type: ignore[attr-defined]  # annotated
    )


@require_safe
@login_not_required
def areas_feed(request: HttpRequest) -> HttpResponse:
    """Programme areas with who agreed them, the last changed first, as an Atom feed."""
    rows = programme_areas(request.user).annotate(changed=Greatest(_changed("ProgrammeArea"), _acts_changed(request.user)))
    with override("en"):
        feed = _feed(request, "programme areas", "activities:programme_area_list")
        for area in rows.order_by("-changed", "code")[:MOST_ENTRIES]:
            _add_area(feed, area)
        content = feed.writeString("utf-8")
    return HttpResponse(content, content_type="application/atom+xml; charset=utf-8")


def _acts_changed(user: AnyUser) -> Subquery:
    """When an act on the outer area that `user` may see was last recorded or changed."""
    events: Any = apps.get_model("activities", "MandateEvent")._default_manager
    seen = Mandate.objects.visible_to(user).order_by().values("pk")
    newest = events.filter(area_id=OuterRef("pk"), pgh_obj_id__in=seen).order_by().values("area_id")
    return Subquery(newest.annotate(at=Max("pgh_created_at")).values("at"))


def _add_area(feed: Atom1Feed, area: Any) -> None:
    agreed = agreed_mandate(area)
    meeting = agreed.activity.title if agreed and agreed.activity else ""
    facts = [area.text, str(area.get_origin_display()), f"Agreed: {meeting}" if meeting else ""]
    feed.add_item(
        title=f"{area.code} {area.title}",
        link=address_of_row(area),
        description=". ".join(fact.strip(". ") for fact in facts if fact) + ".",
        unique_id=address_of_row(area),
        updateddate=area.changed,
        categories=[objective.code for objective in area.objectives_then],
    )


@require_safe
@login_not_required
def recommendations_feed(request: HttpRequest) -> HttpResponse:
    """Recommendations and their latest news, as an Atom feed. Restricted ones never leave by a feed."""
    rows = recommendations(AnonymousUser())[:MOST_ENTRIES]
    with override("en"):
        feed = _feed(request, "recommendations", "activities:recommendation_list")
        for row in rows:
            _add_recommendation(feed, row)
        content = feed.writeString("utf-8")
    return HttpResponse(content, content_type="application/atom+xml; charset=utf-8")


def _add_recommendation(feed: Atom1Feed, row: Recommendation) -> None:
    updates = row.updates  # type: ignore[attr-defined]  # prefetched
    feed.add_item(
        title=f"{row.reference}: {standing_of(row).words}",
        link=address_of_row(row),
        description=" ".join([row.text, *(_dated(update) for update in updates[:1])]),
        unique_id=address_of_row(row),
        pubdate=row.recorded_at,
        updateddate=max([row.recorded_at, *(update.recorded_at for update in updates)]),
    )


def _dated(update: FollowUp) -> str:
    return f"{format_partial(update.known_day, update.known_to, 'en')}: {update.text}"


@require_safe
@login_not_required
def references_feed(request: HttpRequest) -> HttpResponse:
    """Where others refer to the process, the last changed first, as an Atom feed."""
    rows = external_references(request.user).annotate(changed=_changed("ExternalReference"))
    with override("en"):
        feed = _feed(request, "references to the process", "external_reference_list")
        for row in rows.order_by("-changed", "-code")[:MOST_ENTRIES]:
            _add_reference(feed, row)
        content = feed.writeString("utf-8")
    return HttpResponse(content, content_type="application/atom+xml; charset=utf-8")


def _add_reference(feed: Atom1Feed, row: ExternalReference) -> None:
    when = format_partial(row.date, row.date_precision, "en") or "Not dated"
    feed.add_item(
        title=f"{row.referrer}: {row.title}",
        link=address_of_row(row),
        description=". ".join(words.strip(". ") for words in (row.kind, when, row.summary) if words) + ".",
        unique_id=address_of_row(row),
        updateddate=row.changed,  # type: ignore[attr-defined]  # annotated
    )
