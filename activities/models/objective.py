"""What ministers set and senior officials agreed: goals, objectives, programme areas, and reviews of them."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from activities.enums import Interest, Origin, ReviewOutcome
from activities.models.visibility import OwnParticipantQuerySet
from members.enums import DatePrecision
from members.models.base import Sourced, Versioned, VisibleQuerySet


class _Aim(Versioned, Sourced):
    """Title and text are our own neutral paraphrase; the official wording is entered by the secretariat."""

    code = models.CharField(max_length=16)
    order = models.PositiveSmallIntegerField(_("number"))
    short_title = models.CharField(_("short title"), max_length=160)
    short_title_id = models.CharField(_("short title in Bahasa Indonesia"), max_length=160, blank=True)
    summary = models.TextField(_("summary"), blank=True)
    summary_id = models.TextField(_("summary in Bahasa Indonesia"), blank=True)
    official_wording = models.TextField(_("official wording"), blank=True)
    theme = models.ManyToManyField("members.Topic", blank=True, related_name="+")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["order"]

    def __str__(self) -> str:
        return f"{self.code}: {self.short_title}"


@pghistory.track()
class Goal(_Aim):
    """An overarching goal [55-57]."""

    mandate = models.ManyToManyField("activities.Activity", blank=True, related_name="goals_set")
    mandate_paragraph = models.CharField(max_length=60, blank=True)
    status_basis = models.CharField(max_length=120, blank=True)
    objectives = models.ManyToManyField("activities.Objective", blank=True, related_name="goals")

    class Meta(_Aim.Meta):
        verbose_name = _("goal")
        constraints = [
            models.UniqueConstraint(fields=["code"], name="uniq_goal_code"),
            models.UniqueConstraint(fields=["order"], name="uniq_goal_number"),
        ]


@pghistory.track()
class Objective(_Aim):
    """An objective set by ministers; active as of the last activity of its mandate."""

    mandate = models.ManyToManyField("activities.Activity", blank=True, related_name="objectives_set")
    mandate_paragraph = models.CharField(max_length=60, blank=True)
    status_basis = models.CharField(max_length=120, blank=True)
    linked_programme_areas = models.ManyToManyField("activities.ProgrammeArea", blank=True, related_name="related_objectives")

    class Meta(_Aim.Meta):
        verbose_name = _("objective")
        constraints = [
            models.UniqueConstraint(fields=["code"], name="uniq_objective_code"),
            models.UniqueConstraint(fields=["order"], name="uniq_objective_mandate_number"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("activities:objective_detail", args=[self.code])


@pghistory.track()
class ProgrammeArea(_Aim):
    """An area agreed by a senior officials' meeting, with its lineage to objectives."""

    agreed = models.DateField(null=True, blank=True)
    agreed_precision = models.CharField(max_length=8, choices=DatePrecision, default=DatePrecision.MONTH)
    agreed_at = models.ForeignKey("activities.Activity", models.PROTECT, null=True, blank=True, related_name="areas_agreed")
    origin = models.CharField(max_length=24, choices=Origin, default=Origin.CONTINUES)

    class Meta(_Aim.Meta):
        verbose_name = _("programme area")
        constraints = [
            models.UniqueConstraint(fields=["code"], name="uniq_programme_area_code"),
            models.UniqueConstraint(fields=["order"], name="uniq_programme_area_number"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("activities:programme_area_detail", args=[self.code])


_CONTINUED_HAS_AREA = """
    IF NEW.outcome = 'continued' AND NEW.objective_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM activities_review_continued_in WHERE review_id = NEW.id
    ) AND EXISTS (SELECT 1 FROM activities_review WHERE id = NEW.id AND outcome = 'continued') THEN
        RAISE EXCEPTION 'review_continued_has_area: a continued objective names the area it continues in'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""


@pghistory.track()
class Review(Versioned, Sourced):
    """What a meeting found about one objective or goal [58-71]."""

    meeting = models.ForeignKey("activities.Activity", models.PROTECT, related_name="reviews")
    objective = models.ForeignKey(Objective, models.PROTECT, null=True, blank=True, related_name="reviews")
    goal = models.ForeignKey(Goal, models.PROTECT, null=True, blank=True, related_name="reviews")
    outcome = models.CharField(max_length=12, choices=ReviewOutcome)
    finding = models.TextField(blank=True)
    status_qualifier = models.CharField(max_length=400, blank=True)
    moved_to_forum = models.ForeignKey("members.Forum", models.PROTECT, null=True, blank=True, related_name="objectives_taken")
    moved_bilaterally = models.BooleanField(default=False)
    accepted_by_forum = models.CharField(max_length=250, blank=True)
    continued_in = models.ManyToManyField(ProgrammeArea, blank=True, related_name="reviews")
    status_basis = models.CharField(max_length=120, blank=True)
    rationale = models.TextField(blank=True)
    authority = models.CharField(max_length=250, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        ordering = ["meeting__start", "pk"]
        constraints = [
            models.CheckConstraint(
                name="ck_review_one_target",
                condition=Q(objective__isnull=False, goal__isnull=True) | Q(objective__isnull=True, goal__isnull=False),
            ),
            models.CheckConstraint(
                name="ck_review_qualifier",
                condition=~Q(outcome=ReviewOutcome.COMPLETED) | ~Q(status_qualifier=""),
                violation_error_message=_("Say in which sense the objective was completed."),
            ),
            models.CheckConstraint(
                name="ck_review_moved_forum_or_bilateral",
                condition=Q(outcome=ReviewOutcome.MOVED, moved_to_forum__isnull=False, moved_bilaterally=False)
                | Q(outcome=ReviewOutcome.MOVED, moved_to_forum__isnull=True, moved_bilaterally=True)
                | (~Q(outcome=ReviewOutcome.MOVED) & Q(moved_to_forum__isnull=True, moved_bilaterally=False)),
                violation_error_message=_("Say where the objective was moved: to one forum, or bilaterally."),
            ),
            models.UniqueConstraint(fields=["meeting", "objective"], name="uniq_review_meeting_objective"),
            models.UniqueConstraint(fields=["meeting", "goal"], name="uniq_review_meeting_goal"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="review_continued_has_area",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                timing=pgtrigger.Deferred,
                func=_CONTINUED_HAS_AREA,
            )
        ]

    def __str__(self) -> str:
        return f"{self.objective or self.goal}: {self.get_outcome_display()}"


@pghistory.track()
class AreaInterest(Versioned):
    """How far a participant wants to take part in an area: private, changeable any day [39, 40]."""

    participant = models.ForeignKey("members.Participant", models.PROTECT, related_name="area_interests")
    area = models.ForeignKey(ProgrammeArea, models.PROTECT, related_name="interests")
    interest = models.CharField(max_length=12, choices=Interest)

    objects = OwnParticipantQuerySet.as_manager()

    class Meta:
        verbose_name = _("interest in an area")
        constraints = [models.UniqueConstraint(fields=["participant", "area"], name="uniq_area_interest")]

    def __str__(self) -> str:
        return f"{self.participant}: {self.area}"
