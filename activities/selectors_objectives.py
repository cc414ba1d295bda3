"""Reading goals, objectives and programme areas as of any day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, TruncMonth

from activities.enums import MandateAct, ReviewOutcome
from activities.models import (
    Activity,
    Goal,
    LegislationStatus,
    Mandate,
    Objective,
    OpenChallenge,
    ProgrammeArea,
    Review,
    ReviewEvidence,
)
from activities.selectors import archive_base, shape_of

if TYPE_CHECKING:
    from members.models import AnyUser

MOST_PLACES = 80  # on the line of one objective
_DONE = (ReviewOutcome.MET, ReviewOutcome.COMPLETED, ReviewOutcome.MOVED)
_NEWEST = F("start").desc(nulls_last=True)


def reviews_by(user: AnyUser, day: date | None) -> QuerySet[Review]:
    """Reviews by meetings that `user` may see and that had ended on `day`, the latest first."""
    reviews = Review.objects.filter(meeting__in=archive_base(user).order_by().values("pk"))
    if day:
        reviews = reviews.filter(meeting__last_day__lte=day)
    return reviews.select_related("meeting", "moved_to_forum").order_by("-meeting__start", "-pk")


def _reviews(user: AnyUser, day: date | None) -> Prefetch[Any]:
    evidence: QuerySet[Any] = ReviewEvidence.objects.filter(
        Q(activity__isnull=True) | Q(activity__in=archive_base(user).order_by().values("pk"))
    ).select_related("activity")
    challenges: QuerySet[Any] = OpenChallenge.objects.select_related("settled_at")
    parts: list[Any] = ["continued_in", "source", Prefetch("evidence", evidence), Prefetch("challenges", challenges)]
    found = reviews_by(user, day).prefetch_related(*parts)
    return Prefetch("reviews", found, to_attr="reviews_then")


def _mandates(user: AnyUser, day: date | None) -> tuple[Prefetch[Any], Prefetch[Any]]:
    """Acts that counted on `day`, earliest first; and those that set it only later."""
    seen: QuerySet[Any] = (
        Mandate.objects.visible_to(user).dated().select_related("activity").order_by(F("in_force").asc(nulls_first=True), "pk")
    )
    ahead = seen.filter(act=MandateAct.SET, in_force__gt=day) if day else seen.none()
    by_then = seen.filter(Q(in_force__lte=day) | Q(in_force__isnull=True)) if day else seen
    return Prefetch("mandates", by_then, to_attr="mandates_then"), Prefetch("mandates", ahead, to_attr="sets_ahead")


def activities_by(user: AnyUser, day: date | None) -> QuerySet[Activity]:
    """Activities of the archive; with a day, those that had begun."""
    activities = archive_base(user)
    return activities.filter(start__lte=day) if day else activities


def _number(through: Any, field: str, user: AnyUser, day: date | None) -> Coalesce:
    """Number of linked activities of the outer row, counted by the database."""
    seen = activities_by(user, day).order_by().values("pk")
    links = through._default_manager.filter(**{field: OuterRef("pk")}, activity__in=seen)
    counted = links.order_by().values(field).annotate(n=Count("activity", distinct=True)).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def goals(user: AnyUser, day: date | None = None) -> QuerySet[Goal]:
    """Goals with acts and reviews by `day`."""
    linked = Prefetch("objectives", _set_by(Objective.objects.visible_to(user), user, day), to_attr="objectives_then")
    return Goal.objects.visible_to(user).prefetch_related(_reviews(user, day), *_mandates(user, day), "theme", "source", linked)


def objectives(user: AnyUser, day: date | None = None) -> QuerySet[Objective]:
    """Objectives with what was set and found by `day`, and `activity_count`. See `is_set` and `is_active`."""
    number = _number(Activity.objectives.through, "objective", user, day)
    areas = Prefetch("linked_programme_areas", _agreed_areas(user, day), to_attr="areas_then")
    linked = Prefetch("goals", _set_by(Goal.objects.visible_to(user), user, day), to_attr="goals_then")
    return (
        Objective.objects.visible_to(user)
        .annotate(activity_count=number)
        .prefetch_related(_reviews(user, day), *_mandates(user, day), areas, "theme", "source", linked)
    )


def _agreed_areas(user: AnyUser, day: date | None) -> QuerySet[ProgrammeArea]:
    return _set_by(ProgrammeArea.objects.visible_to(user), user, day)


def _set_by[M: (Goal, Objective, ProgrammeArea)](rows: QuerySet[M], user: AnyUser, day: date | None) -> QuerySet[M]:
    """Those of `rows` that no meeting set only after `day`, as `is_set` has it for one."""
    if day is None:
        return rows
    link = {Goal: "goal", Objective: "objective", ProgrammeArea: "area"}[rows.model]
    ahead = Mandate.objects.visible_to(user).dated().filter(**{link: OuterRef("pk")}, act=MandateAct.SET, in_force__gt=day)
    return rows.exclude(Exists(ahead))


def programme_areas(user: AnyUser, day: date | None = None, *, also_later: bool = False) -> QuerySet[ProgrammeArea]:
    """Areas that had been agreed by `day`; `also_later` for a page that says that one had not."""
    rows = ProgrammeArea.objects.visible_to(user) if also_later else _agreed_areas(user, day)
    number = _number(Activity.programme_areas.through, "programmearea", user, day)
    reviews = Prefetch("reviews", reviews_by(user, day).select_related("objective", "goal", "meeting"), to_attr="reviews_then")
    linked = Prefetch("related_objectives", _set_by(Objective.objects.visible_to(user), user, day), to_attr="objectives_then")
    return rows.annotate(activity_count=number).prefetch_related(*_mandates(user, day), reviews, linked, "theme", "source")


def activities_of(row: Objective | ProgrammeArea, user: AnyUser, day: date | None = None) -> QuerySet[Activity]:
    """Activities on an objective or area that had begun by `day`, earliest first; undated ones last, where no day is asked."""
    link = "objectives" if isinstance(row, Objective) else "programme_areas"
    linked = getattr(Activity, link).through._default_manager.filter(**{f"{row._meta.model_name}": row.pk}).values("activity")
    rows = activities_by(user, day).filter(pk__in=linked)
    return rows.select_related("kind").order_by(F("start").asc(nulls_last=True), "reference")


def latest_review(row: Any) -> Review | None:
    """The last review by the day asked for, of a row with `reviews_then`."""
    return row.reviews_then[0] if row.reviews_then else None


def is_set(row: Any) -> bool:
    """Whether the last of the acts that set it counted on the day asked for; where none is known, always."""
    return not row.sets_ahead


def is_active(row: Any) -> bool:
    """Set by the day asked for, and by then found neither met nor completed nor moved. "Not stated" is not "dropped"."""
    review = latest_review(row)
    return is_set(row) and not (review and review.outcome in _DONE)


def agreed_mandate(row: Any) -> Mandate | None:
    """The act that set an area, of a row with `mandates_then`."""
    return next((mandate for mandate in row.mandates_then if mandate.act == MandateAct.SET), None)


def open_challenges(user: AnyUser, day: date | None = None, *, before: Activity | None = None) -> QuerySet[OpenChallenge]:
    """Challenges that no meeting had settled by `day`; with `before`, those carried to that meeting's agenda [74]."""
    rows = OpenChallenge.objects.filter(review__in=reviews_by(user, day).order_by().values("pk"))
    settled = Q(settled_at__isnull=False)
    if day:
        settled &= Q(settled_at__last_day__lte=day)
    if before is not None:
        rows = rows.exclude(review__meeting=before)
        settled &= ~Q(settled_at=before)
        if before.start:
            rows = rows.filter(Q(review__meeting__start__lte=before.start) | Q(review__meeting__start__isnull=True))
    return rows.exclude(settled).select_related("review__meeting", "review__objective", "review__goal", "settled_at")


def legislation_said(user: AnyUser, *, day: date | None = None, **of: Any) -> QuerySet[LegislationStatus]:
    """What participants say of their own legislation, as `user` may read it, in the order of names; `of` is one
    objective or one participant. With `day`, without what is dated later. Withdrawn entries are shown nowhere here."""
    rows = LegislationStatus.objects.visible_to(user).filter(withdrawn_at__isnull=True, **of)
    if day:
        rows = rows.filter(Q(date__isnull=True) | Q(date__lte=day))
    return rows.select_related("participant").order_by("participant__name", "-date", "-pk")


@dataclass
class Dots:
    """When the activities on one objective were: their number, and places on a line, (day, shape), at most MOST_PLACES or one a year."""

    number: int = 0
    places: set[tuple[date, str]] = field(default_factory=set)

    def add(self, month: date, shape: str, number: int) -> None:
        self.number += number
        self.places.add((month, shape))

    @property
    def shown(self) -> list[tuple[date, str]]:
        if len(self.places) <= MOST_PLACES:
            return sorted(self.places)
        return sorted({(date(month.year, 7, 1), shape) for month, shape in self.places})


def dots_by_objective(user: AnyUser, day: date | None = None) -> dict[int, Dots]:
    """Months and shapes of dated activities by the objective's key; with a day, of those begun by then. One query."""
    seen = activities_by(user, day).order_by().filter(start__isnull=False).values("pk")
    links = Activity.objectives.through._default_manager.filter(activity__in=seen)
    counted = links.values("objective_id", "activity__kind__key", month=TruncMonth("activity__start")).annotate(n=Count("pk"))
    found: dict[int, Dots] = {}
    for row in counted.order_by():
        dots = found.setdefault(row["objective_id"], Dots())
        dots.add(row["month"], shape_of(row["activity__kind__key"]), row["n"])
    return found
