"""Reading the thread from a promise to its result, for objectives, goals, areas, recommendations, activities and documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q

from activities.models import Activity, FollowUp, Goal, Mandate, Objective, OpenChallenge, ProgrammeArea, Recommendation, Review
from activities.selectors import archive_base
from activities.selectors_cited import came_of
from activities.selectors_followup import follow_ups_in_record, recommendations_on, recommended_by, with_standing
from activities.selectors_objectives import (
    activities_of,
    goals,
    is_set,
    objectives,
    open_challenges,
    programme_areas,
    reviews_by,
)

if TYPE_CHECKING:
    from members.models import AnyUser

MOST_ACTIVITIES = 200  # listed in words; the archive has them all
MOST_RECOMMENDATIONS = 50  # listed in words; the list of recommendations has them all


@dataclass(frozen=True)
class Thread:
    """Who set it, what was done, what came out, where it went next. Holds what `user` may see, and nothing else."""

    subject: Any
    is_set: bool = True  # by the day asked for
    mandates: Sequence[Mandate] = ()
    activities: Sequence[Activity] = ()
    activity_count: int = 0
    reviews: Sequence[Review] = ()
    recommendations: Sequence[Recommendation] = ()
    follow_ups: Sequence[FollowUp] = ()
    challenges: Sequence[OpenChallenge] = ()
    objectives: Sequence[Objective] = ()  # that it comes from
    areas: Sequence[ProgrammeArea] = ()  # in which it goes on
    forums: Sequence[Any] = ()
    is_bilateral: bool = False
    meeting: Activity | None = None
    symbols: Sequence[str] = field(default_factory=tuple)
    serves: Sequence[ProgrammeArea] = ()  # areas that an activity, or the activity of a document, is held for
    carried: Sequence[Recommendation] = ()  # that an activity takes forward
    acts: Sequence[Mandate] = ()  # by which a meeting or a document set, amended or reaffirmed an aim


def thread_of(user: AnyUser, code: str, day: date | None = None) -> Thread | None:
    """The thread of an objective or a goal, by its code: today's, or what was there on `day`."""
    row: Any = objectives(user, day).filter(code=code).first()
    if row:
        return _of_aim(user, row, day, recommended_by(user, day).filter(objective=row), linked=list(row.areas_then))
    goal: Any = goals(user, day).filter(code=code).first()
    return _of_aim(user, goal, day, Recommendation.objects.none(), objectives=list(goal.objectives_then)) if goal else None


def thread_of_area(user: AnyUser, code: str, day: date | None = None) -> Thread | None:
    """The thread of a programme area, by its code: today's, or what was there on `day`."""
    row: Any = programme_areas(user, day, also_later=True).filter(code=code).first()
    if row is None:
        return None
    return _of_aim(user, row, day, recommended_by(user, day).filter(area=row), objectives=list(row.objectives_then))


def _of_aim(
    user: AnyUser, row: Any, day: date | None, recommendations: Any, *, linked: Sequence[ProgrammeArea] = (), **more: Any
) -> Thread:
    found = activities_of(row, user, day) if not isinstance(row, Goal) else Activity.objects.none()
    is_area = isinstance(row, ProgrammeArea)
    reviews: list[Review] = row.reviews_then
    continued = [] if is_area else [area for review in reviews for area in review.continued_in.all()]
    target = {"review__goal" if isinstance(row, Goal) else "review__objective": row.pk}
    return Thread(
        subject=row,
        is_set=is_set(row),
        mandates=row.mandates_then,
        activities=list(found[:MOST_ACTIVITIES]),
        activity_count=found.count(),
        reviews=reviews,
        recommendations=with_standing(recommendations[:MOST_RECOMMENDATIONS]),
        challenges=[] if is_area else list(open_challenges(user, day).filter(**target)),
        areas=list({area.pk: area for area in [*continued, *linked]}.values()),
        forums=[] if is_area else list({r.moved_to_forum_id: r.moved_to_forum for r in reviews if r.moved_to_forum}.values()),
        is_bilateral=not is_area and any(review.moved_bilaterally for review in reviews),
        **more,
    )


def thread_of_recommendation(user: AnyUser, reference: str) -> Thread | None:
    """The thread of a recommendation: the document and meeting it comes from, and what took it forward."""
    rows = Recommendation.objects.visible_to(user).select_related("objective", "area", "activity__kind")
    row = rows.filter(reference=reference).first()
    if row is None:
        return None
    updates = list(
        follow_ups_in_record(user).filter(recommendation=row).select_related("activity__kind", "participant").reverse()
    )
    seen = {update.activity.pk: update.activity for update in updates if update.activity}
    meeting = archive_base(user).filter(pk=row.activity_id).first() if row.activity_id else None
    activities = sorted(seen.values(), key=lambda activity: (activity.start is None, activity.start, activity.reference))
    return Thread(
        subject=row,
        activities=activities,
        activity_count=len(activities),
        follow_ups=updates,
        objectives=[row.objective] if row.objective else [],
        areas=[row.area] if row.area else [],
        meeting=meeting,
        symbols=[row.document_symbol] if row.document_symbol else [],
    )


def thread_of_activity(user: AnyUser, activity: Activity) -> Thread:
    """The thread of one activity that `user` may see: what it is held for, what it set, found and recommended, what took that on."""
    made, forward = recommendations_on(user, activity)
    acts = Mandate.objects.visible_to(user).filter(activity=activity).select_related("goal", "objective", "area", "activity")
    reviews = _reviews(user, Q(meeting=activity))
    following = [row for row in _forward(user, made) if row.pk != activity.pk]
    return Thread(
        subject=activity,
        activities=following,
        activity_count=len(following),
        reviews=reviews,
        recommendations=made[:MOST_RECOMMENDATIONS],
        objectives=list(activity.objectives.all()),
        serves=list(activity.programme_areas.all()),
        carried=forward[:MOST_RECOMMENDATIONS],
        acts=list(acts.order_by("pk")),
        **_next(reviews),
    )


def thread_of_document(user: AnyUser, document: Any, symbol: str, activity: int | None) -> Thread:
    """The thread of a document that `user` may see, by its symbol; `activity` is the key of the one that it is of."""
    came = came_of(user, symbol)
    meeting = archive_base(user).filter(pk=activity).first() if activity else None
    reviews = _reviews(user, Q(pk__in=[row.review_id for row in came.evidence]))
    following = _forward(user, came.recommendations)
    return Thread(
        subject=document,
        activities=following,
        activity_count=len(following),
        reviews=reviews,
        recommendations=came.recommendations[:MOST_RECOMMENDATIONS],
        objectives=list(meeting.objectives.all()) if meeting else [],
        serves=list(meeting.programme_areas.all()) if meeting else [],
        acts=came.mandates,
        meeting=meeting,
        **_next(reviews),
    )


def _reviews(user: AnyUser, which: Q) -> list[Review]:
    rows = reviews_by(user, None).filter(which).select_related("meeting", "moved_to_forum", "objective", "goal")
    return list(rows.prefetch_related("continued_in").order_by("meeting__start", "goal__order", "objective__order", "pk"))


def _forward(user: AnyUser, rows: Sequence[Recommendation]) -> list[Activity]:
    """Activities that take any of `rows` forward, the earliest first."""
    news = follow_ups_in_record(user).filter(recommendation__in=[row.pk for row in rows]).order_by().values("activity")
    found = archive_base(user).filter(pk__in=news).select_related("kind")
    return list(found.order_by(F("start").asc(nulls_last=True), "reference")[:MOST_ACTIVITIES])


def _next(reviews: Sequence[Review]) -> dict[str, Any]:
    """Where reviews say that their aims went on."""
    areas = {area.pk: area for review in reviews for area in review.continued_in.all()}
    forums = {review.moved_to_forum_id: review.moved_to_forum for review in reviews if review.moved_to_forum}
    bilateral = any(review.moved_bilaterally for review in reviews)
    return {"areas": list(areas.values()), "forums": list(forums.values()), "is_bilateral": bilateral}
