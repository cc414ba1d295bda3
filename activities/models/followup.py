"""What a meeting recommended and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import pghistory
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

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
    access_class = models.CharField(max_length=16, choices=AccessClass, default=AccessClass.PUBLIC)

    objects = ByAccessClassQuerySet.as_manager()

    class Meta:
        verbose_name = _("recommendation")
        ordering = ["reference"]

    def __str__(self) -> str:
        return self.reference


@pghistory.track()
class FollowUp(Versioned):
    """A dated update on a recommendation, with its evidence."""

    recommendation = models.ForeignKey(Recommendation, models.PROTECT, related_name="follow_ups")
    text = models.TextField(_("what was done"))
    evidence = models.CharField(max_length=250, blank=True)
    is_closed = models.BooleanField(default=False)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = OfRecommendationQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-up")
        ordering = ["recorded_at"]

    def __str__(self) -> str:
        return f"{self.recommendation}: {self.recorded_at:%Y-%m-%d}"
