"""What a meeting recommended and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.enums import FollowUpKind
from members.enums import AccessClass
from members.models.base import Versioned, VisibleQuerySet
from members.models.visibility import rights_of

if TYPE_CHECKING:
    from members.models.user import AnyUser


class ByAccessClassQuerySet[M: models.Model](VisibleQuerySet[M]):
    """Rows with an access class of their own."""

    def visible_to(self, user: AnyUser) -> Self:
        return self.filter(access_class__in=rights_of(user).access)


class OfRecommendationQuerySet[M: models.Model](VisibleQuerySet[M]):
    def visible_to(self, user: AnyUser) -> Self:
        return self.filter(recommendation__access_class__in=rights_of(user).access)


@pghistory.track()
class Recommendation(Versioned):
    """A recommendation, cited by document symbol and paragraph as text."""

    reference = models.CharField(max_length=24, unique=True)
    text = models.TextField(_("text"))
    document_symbol = models.CharField(max_length=40, blank=True)
    paragraph = models.CharField(max_length=40, blank=True)
    activity = models.ForeignKey("activities.Activity", models.PROTECT, null=True, blank=True, related_name="recommendations")
    objective = models.ForeignKey("activities.Objective", models.PROTECT, null=True, blank=True, related_name="recommendations")
    addressees = models.CharField(_("addressed to"), max_length=250, blank=True)
    due = models.DateField(null=True, blank=True)
    as_appropriate = models.BooleanField(default=False)  # the text names no day: "as appropriate"
    document_version = models.PositiveSmallIntegerField(null=True, blank=True)
    area = models.ForeignKey("activities.ProgrammeArea", models.PROTECT, null=True, blank=True, related_name="recommendations")
    coordinator = models.CharField(_("coordinator"), max_length=250, blank=True)  # an office, not a person
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    access_class = models.CharField(max_length=16, choices=AccessClass, default=AccessClass.PUBLIC)

    objects = ByAccessClassQuerySet.as_manager()

    class Meta:
        verbose_name = _("recommendation")
        ordering = ["reference"]
        constraints = [
            models.CheckConstraint(
                name="ck_recommendation_due_or_as_appropriate",
                condition=Q(due__isnull=True) | Q(as_appropriate=False),
                violation_error_message=_("Give a day, or say “as appropriate”, not both."),
            )
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("activities:recommendation_detail", args=[self.reference])


@pghistory.track()
class Addressee(models.Model):
    """To whom a recommendation is addressed: a participant, a portfolio in every government, or a body."""

    recommendation = models.ForeignKey(Recommendation, models.CASCADE, related_name="addressee_rows")
    participant = models.ForeignKey("members.Participant", models.PROTECT, null=True, blank=True, related_name="+")
    portfolio = models.ForeignKey("members.Portfolio", models.PROTECT, null=True, blank=True, related_name="+")
    body = models.ForeignKey("members.Body", models.PROTECT, null=True, blank=True, related_name="+")

    objects = OfRecommendationQuerySet.as_manager()

    class Meta:
        verbose_name = _("addressee")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="ck_addressee_one_party",
                condition=Q(participant__isnull=False, portfolio__isnull=True, body__isnull=True)
                | Q(participant__isnull=True, portfolio__isnull=False, body__isnull=True)
                | Q(participant__isnull=True, portfolio__isnull=True, body__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["recommendation", "participant", "portfolio", "body"], name="uniq_addressee_party", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return str(self.participant or self.portfolio or self.body)


@pghistory.track()
class FollowUp(Versioned):
    """A dated update on a recommendation, with its evidence."""

    recommendation = models.ForeignKey(Recommendation, models.PROTECT, related_name="follow_ups")
    text = models.TextField(_("what was done"))
    evidence = models.CharField(max_length=250, blank=True)
    kind = models.CharField(max_length=14, choices=FollowUpKind, default=FollowUpKind.UPDATE)
    activity = models.ForeignKey("activities.Activity", models.PROTECT, null=True, blank=True, related_name="takes_forward")
    is_closed = models.BooleanField(default=False)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = OfRecommendationQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-up")
        ordering = ["recorded_at"]
        constraints = [
            models.CheckConstraint(
                name="ck_followup_forward_names_activity",
                condition=~Q(kind=FollowUpKind.TAKEN_FORWARD) | Q(activity__isnull=False),
                violation_error_message=_("Name the activity that takes it forward."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.recommendation}: {self.recorded_at:%Y-%m-%d}"
