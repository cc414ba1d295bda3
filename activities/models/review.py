"""What a meeting found about goals and objectives, on which evidence, and what it left open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from activities.enums import ReviewOutcome
from activities.models.visibility import activity_q
from members.models.base import Sourced, Versioned, VisibleQuerySet
from members.models.visibility import rights_of

if TYPE_CHECKING:
    from members.models.user import AnyUser

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
    objective = models.ForeignKey("activities.Objective", models.PROTECT, null=True, blank=True, related_name="reviews")
    goal = models.ForeignKey("activities.Goal", models.PROTECT, null=True, blank=True, related_name="reviews")
    outcome = models.CharField(max_length=12, choices=ReviewOutcome)
    finding = models.TextField(blank=True)
    status_qualifier = models.CharField(max_length=400, blank=True)
    moved_to_forum = models.ForeignKey("members.Forum", models.PROTECT, null=True, blank=True, related_name="objectives_taken")
    moved_bilaterally = models.BooleanField(default=False)
    accepted_by_forum = models.CharField(max_length=250, blank=True)
    continued_in = models.ManyToManyField("activities.ProgrammeArea", blank=True, related_name="reviews")
    status_basis = models.CharField(max_length=120, blank=True)
    rationale = models.TextField(blank=True)
    authority = models.CharField(max_length=250, blank=True)  # who changed it, where another than the meeting [59]

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

    @property
    def aim(self) -> models.Model | None:
        """The objective or goal that was reviewed."""
        return self.objective or self.goal


_CONTINUED_KEEPS_AREA = """
    IF EXISTS (SELECT 1 FROM activities_review r WHERE r.id = OLD.review_id AND r.outcome = 'continued' AND r.objective_id IS NOT NULL)
        AND NOT EXISTS (SELECT 1 FROM activities_review_continued_in WHERE review_id = OLD.review_id) THEN
        RAISE EXCEPTION 'review_continued_keeps_area: a continued objective names the area it continues in'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""


class ReviewArea(Review.continued_in.through):  # type: ignore[name-defined,misc]
    """The links from reviews to areas: the last one of a continued objective cannot be taken away."""

    class Meta:
        proxy = True
        triggers = [
            pgtrigger.Trigger(
                name="review_continued_keeps_area",
                when=pgtrigger.After,
                operation=pgtrigger.Delete | pgtrigger.Update,
                timing=pgtrigger.Deferred,
                func=_CONTINUED_KEEPS_AREA,
            )
        ]


class OfReviewQuerySet[M: models.Model](VisibleQuerySet[M]):
    """What hangs on a review is seen by those who see the meeting that made it."""

    def visible_to(self, user: AnyUser) -> Self:
        return self.filter(activity_q(rights_of(user), "review__meeting__")).distinct()


@pghistory.track()
class ReviewEvidence(models.Model):
    """What a finding rests on [60]: an activity, a document by symbol and paragraph, or a figure in words."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="evidence")
    activity = models.ForeignKey("activities.Activity", models.PROTECT, null=True, blank=True, related_name="cited_by_reviews")
    document_symbol = models.CharField(max_length=40, blank=True)
    paragraph = models.CharField(max_length=60, blank=True)
    text = models.CharField(max_length=400, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    objects = OfReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence of a review")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                name="ck_review_evidence_says_something",
                condition=Q(activity__isnull=False) | ~Q(document_symbol="") | ~Q(text=""),
            )
        ]

    def __str__(self) -> str:
        named = self.activity.reference if self.activity else self.document_symbol
        return " ".join(part for part in (named, self.paragraph, self.text) if part)


@pghistory.track()
class OpenChallenge(Versioned):
    """What a review left open [74]: carried to the agenda of each later review until a meeting settles it."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="challenges")
    text = models.TextField()
    settled_at = models.ForeignKey(
        "activities.Activity", models.PROTECT, null=True, blank=True, related_name="challenges_settled"
    )
    settlement = models.TextField(blank=True)

    objects = OfReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("open challenge")
        ordering = ["review__meeting__start", "pk"]
        constraints = [
            models.CheckConstraint(
                name="ck_open_challenge_settled_says_how",
                condition=Q(settled_at__isnull=True, settlement="") | (Q(settled_at__isnull=False) & ~Q(settlement="")),
                violation_error_message=_("Say how the challenge was settled."),
            )
        ]

    def __str__(self) -> str:
        return self.text
