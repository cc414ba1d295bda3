"""The secretariat's own figures of activities [38]: what they cost, what they answered, how full they were."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from activities.enums import ActivityStatus, AttendanceStatus
from activities.models import Activity, ActivityCost, Attendance, Delegate, Proposal

if TYPE_CHECKING:
    from members.models import AnyUser


@dataclass
class Figures:
    """One activity: delegates registered and present, days that they were there in all, needs that it is for and those answered.

    A need is answered where somebody of the participant that has it was there.
    """

    activity: Activity
    registered: int = 0
    delegates: set[int] = field(default_factory=set)
    participants: set[int] = field(default_factory=set)
    days: int = 0
    needs: int = 0
    answered: int = 0

    @property
    def came(self) -> int:
        return len(self.delegates)

    @property
    def cost_a_day(self) -> Decimal | None:
        """Cost per day of one delegate; None where either is not known."""
        cost = getattr(self.activity, "cost", None)
        return (cost.amount / self.days).quantize(Decimal("0.01")) if cost and self.days else None


def activities_for_figures(user: AnyUser) -> QuerySet[Activity]:
    """Activities held, the newest first, that have delegates or a cost, each with the number registered."""
    here = Delegate.objects.filter(activity=OuterRef("pk"), withdrawn_at__isnull=True)
    number = here.order_by().values("activity").annotate(number=Count("pk")).values("number")
    rows = Activity.objects.visible_to(user).filter(status=ActivityStatus.HELD, withdrawn_at__isnull=True)
    wanted = Exists(here) | Exists(ActivityCost.objects.filter(activity=OuterRef("pk")))
    counted = rows.filter(wanted).annotate(registered=Coalesce(Subquery(number, output_field=IntegerField()), 0))
    return counted.select_related("cost").order_by(F("start").desc(nulls_last=True), "-reference")


def figures_of(activities: Iterable[Activity]) -> list[Figures]:
    """Figures of rows of `activities_for_figures`, for the desk. Two queries, whatever their number."""
    found = {row.pk: Figures(row, getattr(row, "registered", 0)) for row in activities}
    for activity, delegate, participant, _day in _present(found):
        figures = found[activity]
        figures.delegates.add(delegate)
        figures.participants.add(participant)
        figures.days += 1
    for activity, of in _needs(found):
        found[activity].needs += 1
        found[activity].answered += of in found[activity].participants
    return list(found.values())


def _present(keys: Iterable[int]) -> QuerySet[Attendance, tuple[int, int, int, object]]:
    """Activity, delegate, participant and day of each day on which a delegate was there: a session stands for its day."""
    came = Q(status__in=[AttendanceStatus.PRESENT, AttendanceStatus.REMOTE], delegate__withdrawn_at__isnull=True)
    rows = Attendance.objects.filter(came, delegate__activity__in=list(keys)).order_by()
    on = rows.annotate(on=Coalesce("day", "session__day"))
    return on.values_list("delegate__activity", "delegate", "delegate__participant", "on").distinct()


def _needs(keys: Iterable[int]) -> list[tuple[int, int | None]]:
    """Activity and participant of each priority need that these activities are for.

    Those that the proposal names which an activity comes from, and those in its areas; a need counts once. One query.
    """
    wanted = list(keys)
    named = Proposal.needs.through._default_manager.filter(proposal__activity__in=wanted)
    near = Activity.programme_areas.through._default_manager.filter(activity__in=wanted, programmearea__needs__isnull=False)
    rows = named.values_list("proposal__activity", "priorityneed", "priorityneed__participant").union(
        near.values_list("activity_id", "programmearea__needs", "programmearea__needs__participant")
    )
    found: dict[tuple[int, int], int | None] = {(activity, need): participant for activity, need, participant in rows}
    return [(activity, participant) for (activity, _need), participant in found.items()]
