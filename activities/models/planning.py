"""Before an activity has a date: proposals, and what participants contribute or need."""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from activities.enums import OutreachDirection, ProposalState
from activities.models.visibility import OwnWordsQuerySet, SteeringGroupQuerySet
from members.enums import AccessClass, DatePrecision
from members.models.base import Sourced, Versioned, VisibleQuerySet, paired


@pghistory.track()
class Proposal(Versioned):
    """An activity before it has a date: idea, considered, then endorsed, declined or referred [41-48]."""

    title = models.CharField(_("title"), max_length=250)
    kind = models.ForeignKey("activities.ActivityKind", models.PROTECT, null=True, blank=True, related_name="+")
    proposed_by = models.ForeignKey("members.Participant", models.PROTECT, null=True, blank=True, related_name="proposals")
    added_value = models.TextField(_("added value"), blank=True)
    priority_needs = models.TextField(_("priority needs"), blank=True)
    overlap_check = models.TextField(_("what was checked for overlap"), blank=True)
    objectives = models.ManyToManyField("activities.Objective", blank=True, related_name="proposals")
    areas = models.ManyToManyField("activities.ProgrammeArea", blank=True, related_name="proposals")
    state = models.CharField(max_length=12, choices=ProposalState, default=ProposalState.IDEA)
    referred_to = models.ForeignKey("members.Forum", models.PROTECT, null=True, blank=True, related_name="+")
    activity = models.ForeignKey("activities.Activity", models.PROTECT, null=True, blank=True, related_name="proposals")
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = SteeringGroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal")
        ordering = ["-recorded_at"]

    def __str__(self) -> str:
        return self.title


class _DatedFact(Versioned, Sourced):
    """A dated fact about a participant."""

    participant = models.ForeignKey("members.Participant", models.PROTECT, null=True, blank=True, related_name="+")
    title = models.CharField(max_length=250)
    summary = models.TextField(blank=True)
    date = models.DateField(null=True, blank=True)
    date_precision = models.CharField(max_length=8, choices=DatePrecision, default=DatePrecision.DAY)

    objects = SteeringGroupQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["-date", "-pk"]

    def __str__(self) -> str:
        return self.title


@pghistory.track()
class Contribution(_DatedFact):
    """What a participant contributed to an activity or area [33]."""

    activity = models.ForeignKey("activities.Activity", models.PROTECT, null=True, blank=True, related_name="contributions")

    class Meta(_DatedFact.Meta):
        verbose_name = _("contribution")


@pghistory.track()
class PriorityNeed(_DatedFact):
    """A need that a participant calls a priority [38]."""

    area = models.ForeignKey("activities.ProgrammeArea", models.PROTECT, null=True, blank=True, related_name="needs")

    class Meta(_DatedFact.Meta):
        verbose_name = _("priority need")


@pghistory.track()
class ForeignActivity(_DatedFact):
    """An activity of another body, known so that work is not done twice [32]."""

    forum = models.ForeignKey("members.Forum", models.PROTECT, null=True, blank=True, related_name="foreign_activities")

    class Meta(_DatedFact.Meta):
        verbose_name = _("activity of another body")


@pghistory.track()
class Outreach(_DatedFact):
    """An exchange with another process: ours at their meeting, or theirs at ours, with its lessons [21, 43-46].

    `participant` is who represented this process, `represented_by` the office. `public_note` is all that the public reads,
    and only where the row is marked.
    """

    forum = models.ForeignKey("members.Forum", models.PROTECT, null=True, blank=True, related_name="outreach")
    direction = models.CharField(max_length=8, choices=OutreachDirection, default=OutreachDirection.OURS)
    activity = models.ForeignKey("activities.Activity", models.PROTECT, null=True, blank=True, related_name="outreach")
    place = models.CharField(max_length=160, blank=True)
    represented_by = models.CharField(max_length=250, blank=True)  # an office, not a person
    lessons = models.TextField(blank=True)
    is_public = models.BooleanField(default=False)
    public_note = models.TextField(blank=True)

    class Meta(_DatedFact.Meta):
        verbose_name = _("outreach")
        constraints = [
            models.CheckConstraint(
                name="ck_outreach_public_says_what",
                condition=Q(is_public=False) | ~Q(public_note=""),
                violation_error_message=_("Write what the public may read."),
            )
        ]


@pghistory.track()
class LegislationStatus(_DatedFact):
    """Where a participant says its legislation stands, in its own words [75]. Voluntary; no scores, no comparison."""

    participant = models.ForeignKey("members.Participant", models.PROTECT, related_name="legislation")
    title_id = models.CharField(max_length=250, blank=True)
    summary_id = models.TextField(blank=True)
    link = models.CharField(max_length=600, blank=True)  # where it can be read, as text: no address is fetched
    objective = models.ForeignKey("activities.Objective", models.PROTECT, null=True, blank=True, related_name="legislation")
    access_class = models.CharField(max_length=16, choices=AccessClass, default=AccessClass.PARTICIPANTS)
    entered_at = models.DateTimeField(null=True, blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = OwnWordsQuerySet.as_manager()

    class Meta(_DatedFact.Meta):
        verbose_name = _("legislation")
        constraints = [
            models.CheckConstraint(
                name="ck_legislation_public_or_participants",
                condition=Q(access_class__in=[AccessClass.PUBLIC, AccessClass.PARTICIPANTS]),
            ),
            paired("legislation", "entered"),
            paired("legislation", "withdrawn"),
        ]

    @property
    def words(self) -> str:
        """What it says of itself in the active language, in English where that is missing."""
        return (self.title_id if get_language() == "id" else "") or self.title

    @property
    def text(self) -> str:
        """The longer words in the active language, in English where they are missing."""
        return (self.summary_id if get_language() == "id" else "") or self.summary


@pghistory.track()
class ExternalReference(Versioned, Sourced):
    """Who cited the process [89]."""

    code = models.CharField(max_length=24, unique=True)
    referrer = models.CharField(max_length=250)
    forum = models.ForeignKey("members.Forum", models.PROTECT, null=True, blank=True, related_name="references")
    title = models.CharField(max_length=250)
    kind = models.CharField(max_length=60, blank=True)
    date = models.DateField(null=True, blank=True)
    date_precision = models.CharField(max_length=8, choices=DatePrecision, default=DatePrecision.DAY)
    summary = models.TextField(blank=True)
    url = models.URLField(max_length=600, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("reference to the process")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("external_reference", args=[self.code])
