"""Which meeting set, amended or reaffirmed a goal, an objective or an area, and in which paragraph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import pghistory
from django.db import models
from django.db.models import Q
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from activities.enums import MandateAct
from activities.models.visibility import activity_q
from members.enums import DatePrecision
from members.models.base import Versioned, VisibleQuerySet
from members.models.visibility import rights_of

if TYPE_CHECKING:
    from members.models.user import AnyUser


class MandateQuerySet[M: models.Model](VisibleQuerySet[M]):
    """Mandates with `in_force`, the day from which they count."""

    def visible_to(self, user: AnyUser) -> Self:
        """Those whose meeting `user` may see, and those without one."""
        seen = activity_q(rights_of(user), "activity__") & Q(activity__withdrawn_at__isnull=True)
        return self.filter(Q(activity__isnull=True) | seen).distinct()

    def dated(self) -> Any:
        """With `in_force`: the meeting's last day, or the day of a decision that came later; None where neither is known."""
        return self.annotate(in_force=Greatest("activity__last_day", "decided"))


@pghistory.track()
class Mandate(Versioned):
    """One act on a goal, an objective or an area [58]. `authority` is who decided where the meeting only advised [59]."""

    goal = models.ForeignKey("activities.Goal", models.CASCADE, null=True, blank=True, related_name="mandates")
    objective = models.ForeignKey("activities.Objective", models.CASCADE, null=True, blank=True, related_name="mandates")
    area = models.ForeignKey("activities.ProgrammeArea", models.CASCADE, null=True, blank=True, related_name="mandates")
    act = models.CharField(max_length=10, choices=MandateAct, default=MandateAct.SET)
    activity = models.ForeignKey("activities.Activity", models.PROTECT, null=True, blank=True, related_name="mandates")
    paragraph = models.CharField(max_length=60, blank=True)
    decided = models.DateField(null=True, blank=True)  # first day it may mean
    decided_precision = models.CharField(max_length=8, choices=DatePrecision, default=DatePrecision.DAY)
    authority = models.CharField(max_length=250, blank=True)
    what_changed = models.TextField(blank=True)

    objects = MandateQuerySet.as_manager()

    class Meta:
        verbose_name = _("mandate")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="ck_mandate_one_aim",
                condition=Q(goal__isnull=False, objective__isnull=True, area__isnull=True)
                | Q(goal__isnull=True, objective__isnull=False, area__isnull=True)
                | Q(goal__isnull=True, objective__isnull=True, area__isnull=False),
            ),
            models.CheckConstraint(
                name="ck_mandate_meeting_or_day",
                condition=Q(activity__isnull=False) | Q(decided__isnull=False),
                violation_error_message=_("Name the meeting, or the day of the decision."),
            ),
            models.UniqueConstraint(
                fields=["goal", "objective", "area", "activity", "act"],
                condition=Q(activity__isnull=False),
                name="uniq_mandate_aim_meeting_act",
                nulls_distinct=False,
                violation_error_message=_("This act of this meeting is recorded already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.aim}: {self.get_act_display()}"

    @property
    def aim(self) -> models.Model | None:
        """What was set, amended or reaffirmed."""
        return self.goal or self.objective or self.area
