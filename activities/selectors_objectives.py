"""Reading goals, objectives and programme areas as of any day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch, Q, QuerySet

from activities.models import Activity, Goal, Objective, ProgrammeArea, Review
from activities.selectors import archive_base

if TYPE_CHECKING:
    from members.models import AnyUser


def _reviews(user: AnyUser, day: date | None) -> Prefetch[Any]:
    """Reviews by meetings that had ended on `day`, the latest first."""
    reviews = Review.objects.filter(meeting__in=Activity.objects.visible_to(user).live())
    if day:
        reviews = reviews.filter(Q(meeting__last_day__lte=day))
    ordered = reviews.select_related("meeting", "moved_to_forum").prefetch_related("continued_in", "source")
    return Prefetch("reviews", ordered.order_by("-meeting__start", "-pk"), to_attr="reviews_then")


def _mandate(user: AnyUser, day: date | None) -> Prefetch[Any]:
    activities = archive_base(user).order_by("start", "reference")
    return Prefetch("mandate", activities.filter(last_day__lte=day) if day else activities, to_attr="mandate_then")


def goals(user: AnyUser, day: date | None = None) -> QuerySet[Goal]:
    return Goal.objects.visible_to(user).prefetch_related(_reviews(user, day), _mandate(user, day), "theme", "source")


def objectives(user: AnyUser, day: date | None = None) -> QuerySet[Objective]:
    """Objectives with what was set and found by `day`; active as of the last mandate: `is_active(row, day)`."""
    activities = archive_base(user).filter(start__isnull=False).select_related("kind").order_by("start", "reference")
    held = Prefetch("activities", activities.filter(start__lte=day) if day else activities, to_attr="activities_then")
    return Objective.objects.visible_to(user).prefetch_related(
        _reviews(user, day), _mandate(user, day), held, "theme", "source", "linked_programme_areas"
    )


def programme_areas(user: AnyUser) -> QuerySet[ProgrammeArea]:
    activities = archive_base(user).select_related("kind").order_by("start", "reference")
    return (
        ProgrammeArea.objects.visible_to(user)
        .select_related("agreed_at")
        .prefetch_related("related_objectives", "theme", "source", Prefetch("activities", activities, to_attr="activities_then"))
    )


def latest_review(row: Any) -> Review | None:
    """The last review by the day asked for, of a row with `reviews_then`."""
    return row.reviews_then[0] if row.reviews_then else None


def is_active(row: Any) -> bool:
    """Whether the objective had been set by the day asked for; where no mandate is known, always."""
    return bool(row.mandate_then) or not row.mandate.all()
