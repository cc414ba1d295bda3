"""What becomes of a proposal: its steps, what was decided about overlaps, when to look again; lists of others' activities."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.enums import ProposalState
from activities.enums_planning import OverlapChoice
from activities.models.visibility import ReviewByQuerySet, SteeringGroupQuerySet
from members.enums import SheetKind
from members.models.base import Versioned, VisibleQuerySet, append_only, paired, today
from members.models.visibility import rights_of

if TYPE_CHECKING:
    from members.models import AnyUser

LIST_KEPT_FOR = timedelta(hours=24)


class ProposalStep(models.Model):
    """One step of a proposal: from which state to which, decided on which day, at which meeting and why. Never changed."""

    proposal = models.ForeignKey("activities.Proposal", models.PROTECT, related_name="steps")
    from_state = models.CharField(max_length=12, choices=ProposalState)
    to_state = models.CharField(max_length=12, choices=ProposalState)
    decided_on = models.DateField(_("decided on"), default=today)
    meeting = models.ForeignKey("activities.Activity", models.PROTECT, null=True, blank=True, related_name="+")
    forum = models.ForeignKey("members.Forum", models.PROTECT, null=True, blank=True, related_name="+")  # referred to
    reason = models.TextField(_("reason"), blank=True)
    undecided = models.PositiveSmallIntegerField(default=0)  # likely overlaps that nobody had decided about when it was endorsed
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = SteeringGroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of a proposal")
        ordering = ["proposal", "recorded_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="ck_proposal_step_reason",
                condition=~Q(to_state__in=[ProposalState.DECLINED, ProposalState.REFERRED]) | ~Q(reason=""),
            ),
        ]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.proposal_id}: {self.get_to_state_display()}"


@pghistory.track()
class OverlapDecision(Versioned):
    """What was decided about a proposal and one other activity, of another body or of ours, and why [32]."""

    proposal = models.ForeignKey("activities.Proposal", models.PROTECT, related_name="overlap_decisions")
    foreign = models.ForeignKey("activities.ForeignActivity", models.PROTECT, null=True, blank=True, related_name="decisions")
    activity = models.ForeignKey("activities.Activity", models.PROTECT, null=True, blank=True, related_name="overlap_decisions")
    choice = models.CharField(_("decision"), max_length=10, choices=OverlapChoice)
    reason = models.TextField(_("reason"))
    acceptance = models.CharField(_("the other's acceptance"), max_length=400, blank=True)
    decided_at = models.DateTimeField(_("decided on"), default=timezone.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = SteeringGroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision about an overlap")
        ordering = ["proposal", "pk"]
        constraints = [
            models.CheckConstraint(
                name="ck_overlap_one_other",
                condition=Q(foreign__isnull=False, activity__isnull=True) | Q(foreign__isnull=True, activity__isnull=False),
            ),
            models.CheckConstraint(name="ck_overlap_choice", condition=Q(choice__in=OverlapChoice.values)),
            models.CheckConstraint(name="ck_overlap_has_reason", condition=~Q(reason="")),
            models.UniqueConstraint(fields=["proposal", "foreign"], name="uniq_overlap_proposal_foreign"),
            models.UniqueConstraint(fields=["proposal", "activity"], name="uniq_overlap_proposal_activity"),
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id}: {self.get_choice_display()}"


@pghistory.track()
class ReviewBy(Versioned):
    """The day by which a proposal, or an activity without a date, is looked at again [42]."""

    proposal = models.OneToOneField("activities.Proposal", models.CASCADE, null=True, blank=True, related_name="review_by")
    activity = models.OneToOneField("activities.Activity", models.CASCADE, null=True, blank=True, related_name="review_by")
    day = models.DateField(_("look at it again by"))
    reminded_for = models.DateField(_("reminded of"), null=True, blank=True)  # the day that the secretariat was reminded of

    objects = ReviewByQuerySet.as_manager()

    class Meta:
        verbose_name = _("day to look at it again")
        ordering = ["day", "pk"]
        constraints = [
            models.CheckConstraint(
                name="ck_review_by_one_subject",
                condition=Q(proposal__isnull=False, activity__isnull=True) | Q(proposal__isnull=True, activity__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day}"


class ForeignListQuerySet[M: models.Model](VisibleQuerySet[M]):
    def outdated(self) -> Self:
        """Lists that are older than a day; they are gone for everybody, deleted or not."""
        return self.filter(started_at__lte=timezone.now() - LIST_KEPT_FOR)

    def visible_to(self, user: AnyUser) -> Self:
        """A person's own lists of the last day, while that person works at the secretariat."""
        if not rights_of(user).is_secretariat:
            return self.none()
        return self.filter(owner=user.pk, started_at__gt=timezone.now() - LIST_KEPT_FOR)


# Without a history: it is deleted after a day, and what it adds to the register is in that history.
class ForeignList(Versioned):
    """A list of others' activities between upload and Confirm: its cells as text, as {"line": number, "cells": {column: text}}."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=SheetKind)
    filename = models.CharField(max_length=160, blank=True)
    encoding = models.CharField(max_length=20, blank=True)
    rows: Any = models.JSONField(default=list)
    started_at = models.DateTimeField(default=timezone.now)
    added = models.PositiveIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ForeignListQuerySet.as_manager()

    class Meta:
        verbose_name = _("list of others' activities")
        ordering = ["-started_at", "-pk"]
        constraints = [paired("foreign_list", "confirmed")]

    def __str__(self) -> str:
        return self.filename or str(self.get_kind_display())
