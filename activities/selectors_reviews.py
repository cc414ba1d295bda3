"""Reading for the review of goals and objectives at a meeting."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Prefetch, Q, QuerySet

from activities.models import Activity, Goal, Objective, Review
from activities.selectors import archive_base
from activities.selectors_objectives import goals, is_set, objectives

if TYPE_CHECKING:
    from members.models import AnyUser

REVIEWING_KINDS = ("senior-officials-meeting", "ministerial-conference")


def review_meetings(user: AnyUser) -> QuerySet[Activity]:
    """Meetings that review, and all that did, the latest first, each with `found`: the number of its reviews."""
    return (
        archive_base(user)
        .annotate(found=Count("reviews", distinct=True))
        .filter(Q(kind__key__in=REVIEWING_KINDS) | Q(found__gt=0))
        .select_related("kind")
        .order_by(F("start").desc(nulls_last=True), "-reference")
    )


def aims_for(user: AnyUser, meeting: Activity) -> list[tuple[Goal | Objective, Review | None]]:
    """Goals and objectives that had been set when the meeting ended, each with what the meeting found about it so far."""
    day: date | None = meeting.last_day or meeting.start
    own = Prefetch(
        "reviews",
        Review.objects.filter(meeting=meeting).prefetch_related("continued_in", "evidence__activity", "challenges"),
        to_attr="own_reviews",
    )
    rows: list[Any] = [*goals(user, day).prefetch_related(own), *objectives(user, day).prefetch_related(own)]
    return [(row, row.own_reviews[0] if row.own_reviews else None) for row in rows if is_set(row) or row.own_reviews]
