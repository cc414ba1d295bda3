"""Figures of a progress report. Each comes with the references of the rows behind it, and with nothing that is not public."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Prefetch, Q

from activities.enums import ActivityStatus, AttendanceStatus
from activities.models import Activity, Attendance, Delegate, Objective, Recommendation, Review
from activities.selectors import archive_base
from activities.selectors_followup import follow_ups_in_record
from members.enums import AccessClass

type Figure = dict[str, Any]  # {"value": int, "rows": [references or slugs]}
_CAME = (AttendanceStatus.PRESENT, AttendanceStatus.REMOTE)


def figure(rows: Iterable[str], value: int | None = None) -> Figure:
    """A figure and the rows behind it, sorted, each once; by default it is their number."""
    known = sorted(set(rows))
    return {"value": len(known) if value is None else value, "rows": known}


def activities_of_period(period_from: date, period_to: date) -> list[Activity]:
    """Public activities of which some day may lie in the period: a partial date counts from its first to its last day."""
    delegates = Delegate.objects.filter(withdrawn_at__isnull=True).select_related("participant")
    came = Prefetch("attendance", Attendance.objects.filter(status__in=_CAME), to_attr="came")
    rows = (
        archive_base(AnonymousUser())
        .filter(start__lte=period_to, last_day__gte=period_from, status__in=[ActivityStatus.HELD, ActivityStatus.PLANNED])
        .select_related("kind", "joint_with")
        .prefetch_related(
            "objectives",
            "programme_areas",
            "source",
            "hostings__participant",
            "hostings__forum",
            Prefetch("delegate_rows", delegates.prefetch_related(came), to_attr="registered"),
        )
    )
    return list(rows.order_by("start", "reference"))


def progress_by_objective(period_from: date, period_to: date) -> dict[str, Any]:
    """Activities held and planned, delegates, participants, reviews and recommendations, per objective and in all.

    {"objectives": [...], "totals": {...}, "activities": [...]}, all plain values that JSON can hold and in a fixed order.
    Unconfirmed activities are counted apart, in no other figure.
    """
    activities = activities_of_period(period_from, period_to)
    known = {activity.pk: activity for activity in activities}
    reviews = list(
        Review.objects.filter(meeting__in=known)
        .select_related("objective", "goal", "moved_to_forum")
        .prefetch_related("continued_in")
    )
    recommendations = list(
        Recommendation.objects.filter(activity__in=known, access_class=AccessClass.PUBLIC).select_related("objective", "activity")
    )
    by_then = _recommendations_by(period_to)
    objectives = []
    for objective in Objective.objects.order_by("order"):
        own = [activity for activity in activities if objective in activity.objectives.all()]
        found = [review for review in reviews if review.objective_id == objective.pk]
        asked = [row for row in recommendations if row.objective_id == objective.pk]
        recorded = [row for row in by_then if row.objective_id == objective.pk]
        objectives.append(
            {
                "code": objective.code,
                "title": objective.short_title,
                "title_id": objective.short_title_id,
                **_figures(own, found, asked, known),
                **_followed_up(recorded),
                "findings": [
                    _finding(review, known) for review in sorted(found, key=lambda r: (known[r.meeting_id].start, r.pk))
                ],
            }
        )
    without = [activity for activity in activities if not activity.objectives.all()]
    return {
        "objectives": objectives,
        "totals": {
            **_figures(activities, reviews, recommendations, known),
            **_followed_up(by_then),
            "without_objective": figure(a.reference for a in without),
        },
        "activities": [_activity(activity) for activity in activities],
    }


def _figures(
    activities: list[Activity], reviews: list[Review], recommendations: list[Recommendation], known: dict[int, Activity]
) -> dict[str, Figure]:
    sure = [activity for activity in activities if not activity.is_unconfirmed]
    held = [activity for activity in sure if activity.status == ActivityStatus.HELD]
    counted = {activity.reference: count for activity in held if (count := delegates_counted(activity)) is not None}
    return {
        "held": figure(activity.reference for activity in held),
        "planned": figure(activity.reference for activity in sure if activity.status == ActivityStatus.PLANNED),
        "unconfirmed": figure(activity.reference for activity in activities if activity.is_unconfirmed),
        "delegates": figure(counted, sum(counted.values())),
        "participants": figure(slug for activity in held for slug in _participants(activity)),
        "reviews": figure(f"{known[review.meeting_id].reference}/{_aim(review)}" for review in reviews),
        "recommendations": figure(row.reference for row in recommendations),
    }


def _recommendations_by(day: date) -> list[Recommendation]:
    """Public recommendations on record by the end of `day`, with `has_news`: public news of facts by then. One made at a meeting
    counts from the meeting's day, another from the day it was recorded."""
    public, nobody = archive_base(AnonymousUser()).order_by(), AnonymousUser()
    news = follow_ups_in_record(nobody).filter(recommendation=OuterRef("pk"), day__lte=day)
    made = Q(activity__start__lte=day) | Q(activity__isnull=True, recorded_at__date__lte=day)
    rows = Recommendation.objects.visible_to(nobody).filter(made, Q(activity__isnull=True) | Q(activity__in=public.values("pk")))
    return list(rows.annotate(has_news=Exists(news)).order_by("reference"))


def _followed_up(rows: list[Recommendation]) -> dict[str, Figure]:
    """The follow-up rate as two figures with their rows, never per government [38, 39]."""
    return {
        "recorded": figure(row.reference for row in rows),
        "followed_up": figure(row.reference for row in rows if row.has_news),  # type: ignore[attr-defined] # annotated
    }


def _aim(review: Review) -> str:
    aim = review.objective or review.goal
    return aim.code if aim else ""


def delegates_counted(activity: Activity) -> int | None:
    """Delegates who came by the attendance list, else as a source counts them; None where nobody counted."""
    came = len([delegate for delegate in activity.registered if delegate.came])  # type: ignore[attr-defined]
    return came or activity.delegates


def _participants(activity: Activity) -> set[str]:
    """Slugs of hosts, co-hosts, chairs and participants with delegates who came."""
    hosts = {hosting.participant.slug for hosting in activity.hostings.all() if hosting.participant}
    return hosts | {delegate.participant.slug for delegate in activity.registered if delegate.came}  # type: ignore[attr-defined]


def _finding(review: Review, known: dict[int, Activity]) -> dict[str, Any]:
    meeting = known[review.meeting_id]
    return {
        "meeting": meeting.reference,
        "outcome": review.outcome,
        "qualifier": review.status_qualifier,
        "finding": review.finding,
        "moved_to": str(review.moved_to_forum or ""),
        "bilaterally": review.moved_bilaterally,
        "continued_in": sorted(area.code for area in review.continued_in.all()),
        "confidence": review.confidence,
    }


def _activity(activity: Activity) -> dict[str, Any]:
    return {
        "reference": activity.reference,
        "title": activity.title,
        "title_id": activity.title_id,
        "kind": activity.kind.key,
        "kind_en": activity.kind.name_en,
        "kind_id": activity.kind.name_id,
        "status": activity.status,
        "start": activity.start.isoformat() if activity.start else "",
        "end": activity.end.isoformat() if activity.end else "",
        "date_precision": activity.date_precision,
        "city": activity.city,
        "country": activity.country,
        "hosts": [str(hosting.party) for hosting in activity.hostings.all()],
        "objectives": sorted(objective.code for objective in activity.objectives.all()),
        "areas": sorted(area.code for area in activity.programme_areas.all()),
        "delegates": delegates_counted(activity),
        "participants": sorted(_participants(activity)),
        "sources": sorted(source.key for source in activity.source.all()),
        "unconfirmed": activity.is_unconfirmed,
    }
