"""Who takes part: participants, their standing, ministries and national mechanisms."""

from __future__ import annotations

from datetime import date

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from members.enums import ParticipantKind, Standing
from members.models.base import Dated, DatedQuerySet, Sourced, Versioned, VisibleQuerySet, period_range


@pghistory.track()
class Participant(Versioned, Sourced):
    """A participating government or organisation; never a person."""

    name = models.CharField(_("name"), max_length=160, unique=True)
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    iso2 = models.CharField(max_length=2, blank=True)
    iso3 = models.CharField(max_length=3, blank=True)
    kind = models.CharField(_("kind"), max_length=30, choices=ParticipantKind)
    is_special_administrative_region = models.BooleanField(default=False)  # a government, never called a state
    region = models.ForeignKey("members.Region", models.PROTECT, null=True, blank=True, related_name="participants")
    forum = models.OneToOneField("members.Forum", models.PROTECT, null=True, blank=True, related_name="participant")
    joined = models.PositiveSmallIntegerField(null=True, blank=True)
    joined_basis = models.CharField(max_length=250, blank=True)
    documented_from = models.PositiveSmallIntegerField(null=True, blank=True)
    alt_names = models.TextField(blank=True)  # for search and import only; some are not fit for display
    role_2002 = models.CharField(max_length=160, blank=True)
    role_2005 = models.CharField(max_length=160, blank=True)  # staff note: mostly presumed
    ad_hoc_group_2009_on = models.CharField(max_length=160, blank=True)  # staff note
    language = models.CharField(max_length=5, default="en")  # of letters to this participant
    name_then: str  # set by pages that ask for a day
    documented_then: int | None

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("participant")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("participant_detail", args=[self.slug])

    def name_on(self, day: date) -> str:
        """The name in official use on `day`, as far as earlier names are recorded. Prefetch `names` for lists."""
        return next((row.name for row in self.names.all() if row.holds_on(day)), self.name)


@pghistory.track()
class ParticipantName(Dated, Versioned, Sourced):
    """A name that was in official use before the present one, with the days it held.

    The name of today is the participant's own, so an earlier one always has an end.
    """

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="names")
    name = models.CharField(_("name"), max_length=160)

    objects = DatedQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = _("earlier name")
        ordering = ["participant__name", "period_to", "pk"]
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                name="ck_participant_name_has_end",
                condition=models.Q(period_to__isnull=False),
                violation_error_message=_("Say until when it was the name. The name of today is the participant's own."),
            ),
            ExclusionConstraint(
                name="excl_participant_name_period",
                expressions=[("participant", RangeOperators.EQUAL), (period_range(), RangeOperators.OVERLAPS)],
                violation_error_message=_("Another earlier name of this participant covers part of this period."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class StandingPeriod(Dated):
    """Member, observer or other participating, since when; dates are "documented since", not accession."""

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="standings")
    standing = models.CharField(max_length=24, choices=Standing)
    basis = models.CharField(max_length=250, blank=True)
    start_known = models.BooleanField(default=True)

    objects = DatedQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = _("standing")
        ordering = ["participant", "period_from"]
        constraints = [
            *Dated.Meta.constraints,
            ExclusionConstraint(
                name="excl_standing_period",
                expressions=[("participant", RangeOperators.EQUAL), (period_range(), RangeOperators.OVERLAPS)],
                violation_error_message=_("Another standing of this participant covers part of this period."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant}: {self.get_standing_display()}"


@pghistory.track()
class Ministry(Dated, Versioned, Sourced):
    """A ministry or agency under the name it had in a period; a renamed one is a successor."""

    code = models.CharField(max_length=24, unique=True)
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="ministries")
    name = models.CharField(_("name"), max_length=250)
    name_in_source = models.CharField(max_length=250, blank=True)
    portfolios = models.ManyToManyField("members.Portfolio", blank=True, related_name="ministries")
    focal_topic = models.ManyToManyField("members.Topic", blank=True, related_name="ministries")
    role = models.CharField(max_length=400, blank=True)
    period = models.CharField(max_length=60, blank=True)  # in words, as the source gives it
    part_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="agencies")
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="predecessors")

    objects = DatedQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = _("ministry")
        ordering = ["participant__name", "name"]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class NationalMechanism(Versioned, Sourced):
    """How a participant coordinates at home [13-18, 34-36]."""

    code = models.CharField(max_length=24, unique=True)
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="mechanisms")
    name = models.CharField(max_length=250)
    chair = models.CharField(max_length=250, blank=True)  # an office, never a person
    lead = models.ForeignKey(Ministry, models.PROTECT, null=True, blank=True, related_name="led_mechanisms")
    members = models.ManyToManyField(Ministry, blank=True, related_name="mechanisms")
    other_members = models.CharField(max_length=400, blank=True)
    topic = models.ManyToManyField("members.Topic", blank=True, related_name="mechanisms")
    cadence = models.CharField(max_length=160, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("national mechanism")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name
