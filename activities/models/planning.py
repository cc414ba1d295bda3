"""Before an activity has a date: proposals, and what participants contribute or need."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from activities.enums import OutreachDirection, ProposalState
from activities.models.lifecycles import PROPOSAL_TRANSITIONS
from activities.models.visibility import OwnWordsQuerySet, SteeringGroupQuerySet
from members.enums import AccessClass, DatePrecision
from members.models.base import Sourced, Versioned, VisibleQuerySet, paired


def _step_guard() -> str:
    pairs = ", ".join(f"('{old}', '{new}')" for old, after in PROPOSAL_TRANSITIONS.items() for new in sorted(after))
    return f"""
        IF NEW.state IS DISTINCT FROM OLD.state AND (OLD.state, NEW.state) NOT IN ({pairs}) THEN
            RAISE EXCEPTION 'proposal_transition: % cannot follow %', NEW.state, OLD.state USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """


@pghistory.track()
class Proposal(Versioned):
    """An activity before it has a date: idea, considered, then endorsed, declined or referred [30, 31, 41-48].

    `earliest` and `latest` are the first and the last day that the partial dates may mean; `country` is an ISO 3166 code
    of two letters.
    """

    title = models.CharField(_("title"), max_length=250)
    kind = models.ForeignKey("activities.ActivityKind", models.PROTECT, null=True, blank=True, related_name="+")
    proposed_by = models.ForeignKey("members.Participant", models.PROTECT, null=True, blank=True, related_name="proposals")
    added_value = models.TextField(_("added value"), blank=True)
    priority_needs = models.TextField(_("priority needs"), blank=True)
    overlap_check = models.TextField(_("what was checked for overlap"), blank=True)
    objectives = models.ManyToManyField("activities.Objective", blank=True, related_name="proposals")
    areas = models.ManyToManyField("activities.ProgrammeArea", blank=True, related_name="proposals")
    portfolios = models.ManyToManyField("members.Portfolio", blank=True, related_name="+", verbose_name=_("portfolios wanted"))
    topics = models.ManyToManyField("members.Topic", blank=True, related_name="+", verbose_name=_("topics"))
    needs = models.ManyToManyField("activities.PriorityNeed", blank=True, related_name="proposals")
    coordinator = models.ForeignKey(
        "members.Seat", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("coordinator")
    )
    funding_guideline = models.CharField(_("symbol of the funding guideline"), max_length=40, blank=True)
    funded = models.TextField(_("who is funded"), blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    earliest = models.DateField(_("not before"), null=True, blank=True)
    earliest_precision = models.CharField(_("date known to the"), max_length=8, choices=DatePrecision, default=DatePrecision.DAY)
    latest = models.DateField(_("not after"), null=True, blank=True)
    latest_precision = models.CharField(_("date known to the"), max_length=8, choices=DatePrecision, default=DatePrecision.DAY)
    state = models.CharField(max_length=12, choices=ProposalState, default=ProposalState.IDEA)
    referred_to = models.ForeignKey("members.Forum", models.PROTECT, null=True, blank=True, related_name="+")
    activity = models.ForeignKey("activities.Activity", models.PROTECT, null=True, blank=True, related_name="proposals")
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = SteeringGroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal")
        ordering = ["-recorded_at"]
        constraints = [
            models.CheckConstraint(name="ck_proposal_state", condition=Q(state__in=ProposalState.values)),
            models.CheckConstraint(
                name="ck_proposal_referred_has_forum",
                condition=Q(state=ProposalState.REFERRED, referred_to__isnull=False)
                | (~Q(state=ProposalState.REFERRED) & Q(referred_to__isnull=True)),
            ),
            models.CheckConstraint(
                name="ck_proposal_dates",
                condition=Q(earliest__isnull=True) | Q(latest__isnull=True) | Q(latest__gte=F("earliest")),
            ),
            models.CheckConstraint(name="ck_proposal_country", condition=Q(country="") | Q(country__regex=r"^[A-Z]{2}$")),
            models.CheckConstraint(
                name="ck_proposal_activity_endorsed", condition=Q(activity__isnull=True) | Q(state=ProposalState.ENDORSED)
            ),
        ]
        triggers = [
            pgtrigger.Trigger(name="proposal_transition", when=pgtrigger.Before, operation=pgtrigger.Update, func=_step_guard())
        ]

    def __str__(self) -> str:
        return self.title


@dataclass(frozen=True)
class DateSpan:
    """First and last day, as far as they are known."""

    start: date | None
    end: date | None
    date_precision: DatePrecision


class _DatedFact(Versioned, Sourced):
    """Something that is dated, as far as it is known."""

    title = models.CharField(max_length=250)
    summary = models.TextField(blank=True)
    date = models.DateField(null=True, blank=True)
    date_precision = models.CharField(max_length=8, choices=DatePrecision, default=DatePrecision.DAY)

    class Meta:
        abstract = True
        ordering = ["-date", "-pk"]

    def __str__(self) -> str:
        return self.title


class _GroupFact(_DatedFact):
    """A dated fact, of a participant or of nobody, that the steering group reads."""

    participant = models.ForeignKey("members.Participant", models.PROTECT, null=True, blank=True, related_name="+")

    objects = SteeringGroupQuerySet.as_manager()

    class Meta(_DatedFact.Meta):
        abstract = True


@pghistory.track()
class Contribution(_GroupFact):
    """What a participant contributes to an activity, or offers to a proposal: money for something, or something in kind [33]."""

    activity = models.ForeignKey("activities.Activity", models.PROTECT, null=True, blank=True, related_name="contributions")
    proposal = models.ForeignKey(Proposal, models.PROTECT, null=True, blank=True, related_name="contributions")
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)  # ISO 4217

    class Meta(_GroupFact.Meta):
        verbose_name = _("contribution")
        constraints = [
            models.CheckConstraint(
                name="ck_contribution_amount",
                condition=Q(amount__isnull=True, currency="") | Q(amount__gt=0, currency__regex=r"^[A-Z]{3}$"),
            ),
        ]


@pghistory.track()
class PriorityNeed(_GroupFact):
    """A need that a participant calls a priority [38]."""

    area = models.ForeignKey("activities.ProgrammeArea", models.PROTECT, null=True, blank=True, related_name="needs")

    class Meta(_GroupFact.Meta):
        verbose_name = _("priority need")


@pghistory.track(exclude=["key"])
class ForeignActivity(_GroupFact):
    """An activity of another body, known so that work is not done twice [32].

    `date` is its first day, `end` its last, as far as they are known; `country` is an ISO 3166 code of two letters.
    `organiser`, `topics_said` and `portfolios_said` are words of a list that name no record of ours; `key` is the SHA-256 of what
    makes a row of a list the same row again, "" for one that was entered by hand.
    """

    forum = models.ForeignKey("members.Forum", models.PROTECT, null=True, blank=True, related_name="foreign_activities")
    organiser = models.CharField(_("organiser"), max_length=250, blank=True)
    end = models.DateField(_("last day"), null=True, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    topics = models.ManyToManyField("members.Topic", blank=True, related_name="+", verbose_name=_("topics"))
    topics_said = models.CharField(_("other topics"), max_length=400, blank=True)
    portfolios = models.ManyToManyField("members.Portfolio", blank=True, related_name="+", verbose_name=_("portfolios"))
    portfolios_said = models.CharField(_("other portfolios"), max_length=400, blank=True)
    url = models.URLField(_("web address"), max_length=600, blank=True)
    key = models.CharField(max_length=64, blank=True, editable=False)

    class Meta(_GroupFact.Meta):
        verbose_name = _("activity of another body")
        constraints = [
            models.CheckConstraint(
                name="ck_foreign_activity_ends_after_starts",
                condition=Q(end__isnull=True) | Q(date__isnull=False, end__gte=F("date")),
            ),
            models.CheckConstraint(name="ck_foreign_activity_country", condition=Q(country="") | Q(country__regex=r"^[A-Z]{2}$")),
            models.UniqueConstraint(fields=["key"], name="uniq_foreign_activity_key", condition=~Q(key="")),
        ]

    @property
    def span(self) -> DateSpan:
        """Its dates as a page words them."""
        return DateSpan(self.date, self.end, DatePrecision(self.date_precision))

    @property
    def organised_by(self) -> str:
        """The forum on record, or else the words of the list."""
        return str(self.forum) if self.forum else self.organiser


@pghistory.track()
class Outreach(_GroupFact):
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

    class Meta(_GroupFact.Meta):
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
    link = models.CharField(
        max_length=600, blank=True
    )  # its source, title and where it can be read, as text: no address is fetched
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
