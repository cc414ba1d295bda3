"""What ministers set and senior officials agreed: goals, objectives, programme areas."""

from __future__ import annotations

import pghistory
from django.db import models
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from activities.enums import Interest, Origin
from activities.models.visibility import OwnParticipantQuerySet
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
    official_wording_id = models.TextField(_("official wording in Bahasa Indonesia"), blank=True)
    theme = models.ManyToManyField("members.Topic", blank=True, related_name="+")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["order"]

    def __str__(self) -> str:
        return f"{self.code}: {self.title}"

    @property
    def title(self) -> str:
        """The short title in the active language, in English where it is missing."""
        return self._said("short_title")

    @property
    def text(self) -> str:
        """The summary in the active language, in English where it is missing."""
        return self._said("summary")

    @property
    def wording(self) -> str:
        """The official wording in the active language, in English where it is missing."""
        return self._said("official_wording")

    def _said(self, name: str) -> str:
        own: str = getattr(self, f"{name}_id") if get_language() == "id" else ""
        return own or getattr(self, name)


@pghistory.track()
class Goal(_Aim):
    """An overarching goal [55-57]."""

    status_basis = models.CharField(max_length=120, blank=True)
    objectives = models.ManyToManyField("activities.Objective", blank=True, related_name="goals")

    class Meta(_Aim.Meta):
        verbose_name = _("goal")
        constraints = [
            models.UniqueConstraint(fields=["code"], name="uniq_goal_code"),
            models.UniqueConstraint(fields=["order"], name="uniq_goal_number"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("activities:objective_detail", args=[self.code])


@pghistory.track()
class Objective(_Aim):
    """An objective set by ministers: from the last of the mandates that set it [58]."""

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
    """An area agreed by a senior officials' meeting, as its mandate says, with its lineage to objectives [64-70]."""

    origin = models.CharField(max_length=24, choices=Origin, default=Origin.CONTINUES)

    class Meta(_Aim.Meta):
        verbose_name = _("programme area")
        constraints = [
            models.UniqueConstraint(fields=["code"], name="uniq_programme_area_code"),
            models.UniqueConstraint(fields=["order"], name="uniq_programme_area_number"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("activities:programme_area_detail", args=[self.code])


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
