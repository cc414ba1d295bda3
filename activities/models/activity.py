"""Activities: one table for conferences, meetings and workshops."""

from __future__ import annotations

from typing import Any

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from activities.enums import ActivityStatus, HostingPart, MappingBasis
from activities.models.visibility import ActivityQuerySet, ContentQuerySet, OfActivityQuerySet
from members.enums import AccessClass, DatePrecision
from members.models.base import Sourced, Versioned, Vocabulary, VocabularyQuerySet, paired


@pghistory.track()
class ActivityKind(Vocabulary):
    """Ministerial conference, workshop, ...; staff can add kinds."""

    report_due_days = models.PositiveSmallIntegerField(
        _("days until its report is due"), null=True, blank=True, default=30, help_text=_("Empty where no report is expected.")
    )

    objects = VocabularyQuerySet.as_manager()

    class Meta(Vocabulary.Meta):
        verbose_name = _("kind of activity")


class LastDay(models.Func):
    """Last day an activity may cover: its end, or the last day of the month or year its start is known to."""

    output_field = models.DateField()
    template = """(CASE WHEN "end" IS NOT NULL THEN "end"
        WHEN date_precision = 'month' THEN (date_trunc('month', start::timestamp) + interval '1 month' - interval '1 day')::date
        WHEN date_precision = 'year' THEN (date_trunc('year', start::timestamp) + interval '1 year' - interval '1 day')::date
        ELSE start END)"""

    def __init__(self, *expressions: Any, **extra: Any) -> None:
        super().__init__(*(expressions or (F("start"), F("end"), F("date_precision"))), **extra)

    def as_sql(self, compiler: Any, connection: Any, *_names: Any, **_context: Any) -> Any:  # noqa: ARG002 - Django's signature
        return self.template, ()


class FindableOutcome(models.Func):
    """The outcome where everybody who sees the activity may read it; closed content is found by nobody's words [99]."""

    output_field = models.TextField()
    template = "(CASE WHEN content_class = 'public' THEN outcome ELSE '' END)"

    def __init__(self, *expressions: Any, **extra: Any) -> None:
        super().__init__(*(expressions or (F("content_class"), F("outcome"))), **extra)

    def as_sql(self, compiler: Any, connection: Any, *_names: Any, **_context: Any) -> Any:  # noqa: ARG002 - Django's signature
        return self.template, ()


# What a calendar shows of an activity: a change of any of it makes entries that were taken earlier outdated.
_SEQUENCE_RAISED = """
    IF NEW.calendar_sequence > OLD.calendar_sequence THEN
        RAISE EXCEPTION 'calendar_sequence_kept: the number of a calendar entry is given by the database' USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.title, NEW.status, NEW.start, NEW."end", NEW.date_precision, NEW.starts_at, NEW.ends_at, NEW.time_zone, NEW.city,
        NEW.country, NEW.venue) IS DISTINCT FROM (OLD.title, OLD.status, OLD.start, OLD."end", OLD.date_precision, OLD.starts_at,
        OLD.ends_at, OLD.time_zone, OLD.city, OLD.country, OLD.venue) THEN
        NEW.calendar_sequence = greatest(OLD.calendar_sequence + 1, NEW.version - 1);
    ELSE
        NEW.calendar_sequence = OLD.calendar_sequence;
    END IF;
    RETURN NEW;
"""


@pghistory.track(exclude=["search", "last_day", "calendar_sequence"])
class Activity(Versioned, Sourced):
    """A conference, meeting or workshop, planned or held, with its permanent reference."""

    reference = models.CharField(_("reference"), max_length=24)
    kind = models.ForeignKey(ActivityKind, models.PROTECT, related_name="activities", verbose_name=_("kind"))
    status = models.CharField(_("status"), max_length=20, choices=ActivityStatus, default=ActivityStatus.PLANNED)
    title = models.CharField(_("title"), max_length=250)
    title_id = models.CharField(_("title in Bahasa Indonesia"), max_length=250, blank=True)
    start = models.DateField(_("start"), null=True, blank=True)  # first day that the partial date may mean
    end = models.DateField(_("end"), null=True, blank=True)  # last day that the partial date may mean
    date_precision = models.CharField(_("date known to the"), max_length=8, choices=DatePrecision, default=DatePrecision.DAY)
    last_day = models.GeneratedField(expression=LastDay(), output_field=models.DateField(null=True), db_persist=True)
    starts_at = models.TimeField(_("starts at"), null=True, blank=True)  # clock time in `time_zone`
    ends_at = models.TimeField(_("ends at"), null=True, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    country = models.CharField(_("country"), max_length=120, blank=True)
    venue = models.CharField(_("venue"), max_length=250, blank=True)
    host_basis = models.CharField(max_length=250, blank=True)
    joint_with = models.ForeignKey("members.Forum", models.PROTECT, null=True, blank=True, related_name="joint_activities")
    coordinator = models.CharField(_("coordinator"), max_length=250, blank=True)  # an office
    scope = models.TextField(_("scope"), blank=True)
    portfolios = models.ManyToManyField("members.Portfolio", blank=True, related_name="+", verbose_name=_("portfolios wanted"))
    objectives = models.ManyToManyField("activities.Objective", blank=True, related_name="activities")
    programme_areas = models.ManyToManyField("activities.ProgrammeArea", blank=True, related_name="activities")
    mapping_basis = models.CharField(max_length=12, choices=MappingBasis, default=MappingBasis.NONE, blank=True)
    added_value = models.TextField(_("added value"), blank=True)
    outcome = models.TextField(_("outcome"), blank=True)
    capacity = models.PositiveSmallIntegerField(_("places in all"), null=True, blank=True)
    quota = models.PositiveSmallIntegerField(_("places per participant"), null=True, blank=True)
    confirm_delegates = models.BooleanField(_("the secretariat confirms delegates"), default=False)
    reply_by = models.DateField(_("reply by"), null=True, blank=True)
    waiting_list = models.BooleanField(_("people over the places wait for one"), default=False)
    registration_closes = models.DateField(_("registration closes on"), null=True, blank=True)  # the last day it is open
    access_class = models.CharField(_("access"), max_length=16, choices=AccessClass, default=AccessClass.PUBLIC)
    content_class = models.CharField(
        _("who may read the content"), max_length=16, choices=AccessClass, default=AccessClass.PUBLIC
    )
    calendar_sequence = models.PositiveIntegerField(default=0, editable=False)  # kept by a trigger; see RFC 5545, SEQUENCE
    release_at = models.DateTimeField(_("public from"), null=True, blank=True)
    delegates = models.PositiveIntegerField(_("delegates as a source counts them"), null=True, blank=True)
    countries = models.PositiveIntegerField(_("countries as a source counts them"), null=True, blank=True)
    organisations = models.PositiveIntegerField(_("organisations as a source counts them"), null=True, blank=True)
    source_says = models.TextField(_("what another source says"), blank=True)
    public_note = models.TextField(_("public note"), blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_reason = models.CharField(max_length=400, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    search = models.GeneratedField(
        expression=SearchVector(
            *("title", "title_id", "city", "country", "reference", "public_note"), FindableOutcome(), config="english"
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = [F("start").desc(nulls_last=True), "-reference"]
        indexes = [
            GinIndex(fields=["search"], name="activity_search"),
            models.Index(F("start").desc(nulls_last=True), F("reference").desc(), name="activity_newest"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["reference"], name="uniq_activity_reference"),
            models.CheckConstraint(
                name="ck_activity_ends_after_starts",
                condition=Q(start__isnull=True) | Q(end__isnull=True) | Q(end__gte=F("start")),
                violation_error_message=_("The end must not be before the start."),
            ),
            models.CheckConstraint(
                name="ck_activity_precision",
                condition=Q(date_precision=DatePrecision.UNKNOWN, start__isnull=True, end__isnull=True)
                | (~Q(date_precision=DatePrecision.UNKNOWN) & Q(start__isnull=False)),
            ),
            models.CheckConstraint(
                name="ck_activity_zone_if_clock_times",
                condition=Q(starts_at__isnull=True, ends_at__isnull=True) | ~Q(time_zone=""),
                violation_error_message=_("Give the time zone of the clock times."),
            ),
            models.CheckConstraint(name="ck_activity_status", condition=Q(status__in=ActivityStatus.values)),
            models.CheckConstraint(name="ck_activity_access_class", condition=Q(access_class__in=AccessClass.values)),
            models.CheckConstraint(name="ck_activity_content_class", condition=Q(content_class__in=AccessClass.values)),
            paired("activity", "published"),
            paired("activity", "withdrawn"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="calendar_sequence_kept", when=pgtrigger.Before, operation=pgtrigger.Update, func=_SEQUENCE_RAISED
            )
        ]

    def __str__(self) -> str:
        return f"{self.reference}: {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("activity_detail", args=[self.reference])

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None


# As proxies, since triggers are installed for models that have a migration of their own only.
@pghistory.track(obj_field=None, model_name="ActivityObjectiveEvent")
class ActivityObjective(Activity.objectives.through):  # type: ignore[name-defined,misc] # made by the field
    """A link from an activity to an objective, with its history."""

    class Meta:
        proxy = True
        verbose_name = _("link from an activity to an objective")


@pghistory.track(obj_field=None, model_name="ActivityAreaEvent")
class ActivityArea(Activity.programme_areas.through):  # type: ignore[name-defined,misc] # made by the field
    """A link from an activity to a programme area, with its history."""

    class Meta:
        proxy = True
        verbose_name = _("link from an activity to a programme area")


@pghistory.track()
class Hosting(models.Model):
    """A host, co-host or chair of an activity: a participant or a forum."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="hostings")
    part = models.CharField(max_length=8, choices=HostingPart)
    participant = models.ForeignKey("members.Participant", models.PROTECT, null=True, blank=True, related_name="hostings")
    forum = models.ForeignKey("members.Forum", models.PROTECT, null=True, blank=True, related_name="hostings")
    order = models.PositiveSmallIntegerField(default=0)

    objects = OfActivityQuerySet.as_manager()

    class Meta:
        verbose_name = _("host")
        ordering = ["part", "order", "pk"]
        constraints = [
            models.CheckConstraint(
                name="ck_hosting_one_party",
                condition=Q(participant__isnull=False, forum__isnull=True) | Q(participant__isnull=True, forum__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["activity", "part", "participant", "forum"], name="uniq_hosting_part_party", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party}: {self.get_part_display()}"

    @property
    def party(self) -> models.Model | None:
        return self.participant or self.forum


_SESSION_INSIDE = """
    PERFORM 1 FROM activities_activity a WHERE a.id = NEW.activity_id
        AND (a.start IS NULL OR NEW.day BETWEEN a.start AND coalesce(a.last_day, a.start));
    IF NOT FOUND THEN
        RAISE EXCEPTION 'session_inside_activity: a session lies within the days of its activity' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""


@pghistory.track()
class Session(Versioned):
    """A part of an activity's programme; clock times are in the activity's zone."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="sessions")
    title = models.CharField(_("title"), max_length=250)
    day = models.DateField(_("day"))
    starts_at = models.TimeField(_("starts at"), null=True, blank=True)
    ends_at = models.TimeField(_("ends at"), null=True, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    objects = ContentQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        ordering = ["day", "starts_at", "order", "pk"]
        triggers = [
            pgtrigger.Trigger(
                name="session_inside_activity",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                timing=pgtrigger.Deferred,
                func=_SESSION_INSIDE,
            )
        ]

    def __str__(self) -> str:
        return self.title
