"""What a meeting recommended and what became of it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.enums import FollowUpKind, FollowUpOrigin
from activities.models.activity import Activity
from members.enums import AccessClass, DatePrecision
from members.models.base import Versioned, VisibleQuerySet, paired
from members.models.visibility import SecretariatQuerySet, rights_of

if TYPE_CHECKING:
    from members.models.user import AnyUser


NEWEST_NEWS = ("-day", "-recorded_at", "-pk")


class NewsDay(models.Func):
    """The day that an update counts from: the last that its fact may have, else the day it was recorded, never a later one."""

    output_field = models.DateField()
    template = """LEAST((recorded_at AT TIME ZONE 'UTC')::date, CASE happened_on_precision
        WHEN 'month' THEN (date_trunc('month', happened_on::timestamp) + interval '1 month' - interval '1 day')::date
        WHEN 'year' THEN (date_trunc('year', happened_on::timestamp) + interval '1 year' - interval '1 day')::date
        ELSE happened_on END)"""

    def __init__(self, *expressions: Any, **extra: Any) -> None:
        super().__init__(*(expressions or (F("recorded_at"), F("happened_on"), F("happened_on_precision"))), **extra)

    def as_sql(self, compiler: Any, connection: Any, *_names: Any, **_context: Any) -> Any:  # noqa: ARG002 - Django's signature
        return self.template, ()


class ByAccessClassQuerySet[M: models.Model](VisibleQuerySet[M]):
    """Rows with an access class of their own."""

    def visible_to(self, user: AnyUser) -> Self:
        return self.filter(access_class__in=rights_of(user).access)


class RecommendationQuerySet[M: models.Model](ByAccessClassQuerySet[M]):
    """Recommendations."""

    def still_open(self, news: models.QuerySet[Any]) -> Self:
        """Those that none of `news` (updates) completes, as `completes` has it, nor carries on outside the process."""
        own = news.filter(recommendation=OuterRef("pk"))
        after = Q(recorded_at__gt=OuterRef("recorded_at")) | Q(recorded_at=OuterRef("recorded_at"), pk__gt=OuterRef("pk"))
        taken_up = news.filter(after, recommendation=OuterRef("recommendation"), is_closed=False, day__gte=OuterRef("day"))
        completed = Exists(own.filter(~Exists(taken_up), is_closed=True))
        return self.exclude(completed | Exists(own.filter(kind=FollowUpKind.SPIN_OFF)))


class OfRecommendationQuerySet[M: models.Model](VisibleQuerySet[M]):
    def visible_to(self, user: AnyUser) -> Self:
        return self.filter(recommendation__access_class__in=rights_of(user).access)


class FollowUpQuerySet[M: models.Model](VisibleQuerySet[M]):
    """Updates: what an addressee sends stays between it and the secretariat until the secretariat decides who reads it."""

    def visible_to(self, user: AnyUser) -> Self:
        rights = rights_of(user)
        if rights.is_secretariat:
            return self.all()
        decided = Q(origin=FollowUpOrigin.DESK) | Q(decided_at__isnull=False)
        own = Q(participant__in=rights.belongs_to)
        return self.filter(decided & Q(access_class__in=rights.access) | own, recommendation__access_class__in=rights.access)

    def in_record(self) -> Self:
        """Those that count: of the desk or decided by it, and not withdrawn."""
        return self.filter(Q(origin=FollowUpOrigin.DESK) | Q(decided_at__isnull=False), withdrawn_at__isnull=True)

    def counted_for(self, user: AnyUser) -> Self:
        """Those in the record that `user` may read: none about an activity that the archive does not show `user`."""
        seen = Activity.objects.visible_to(user).live().order_by().values("pk")
        return self.visible_to(user).in_record().filter(Q(activity__isnull=True) | Q(activity__in=seen))

    def waiting(self) -> Self:
        """From addressees, not decided yet and not withdrawn."""
        return self.exclude(origin=FollowUpOrigin.DESK).filter(decided_at__isnull=True, withdrawn_at__isnull=True)


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
    office = models.ForeignKey("members.Office", models.PROTECT, null=True, blank=True, related_name="+")  # of the coordinator
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    access_class = models.CharField(max_length=16, choices=AccessClass, default=AccessClass.PUBLIC)

    objects = RecommendationQuerySet.as_manager()

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


@pghistory.track(exclude=["day"])
class FollowUp(Versioned):
    """A dated update on a recommendation with its evidence, how it came and from whom [72, 73].

    `happened_on` is the first day that the partial date of the fact may mean, where it is known; `day` is kept by the database.
    `office` is the ministry or post that an addressee reported in, never a name. One that is withdrawn keeps its row.
    """

    recommendation = models.ForeignKey(Recommendation, models.PROTECT, related_name="follow_ups")
    text = models.TextField(_("what was done"))
    evidence = models.CharField(max_length=250, blank=True)
    kind = models.CharField(max_length=14, choices=FollowUpKind, default=FollowUpKind.UPDATE)
    activity = models.ForeignKey("activities.Activity", models.PROTECT, null=True, blank=True, related_name="takes_forward")
    is_closed = models.BooleanField(default=False)
    happened_on = models.DateField(null=True, blank=True)
    happened_on_precision = models.CharField(max_length=8, choices=DatePrecision, default=DatePrecision.UNKNOWN)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    day = models.GeneratedField(expression=NewsDay(), output_field=models.DateField(), db_persist=True)

    origin = models.CharField(max_length=14, choices=FollowUpOrigin, default=FollowUpOrigin.DESK)
    participant = models.ForeignKey("members.Participant", models.PROTECT, null=True, blank=True, related_name="+")
    office = models.CharField(max_length=250, blank=True)
    news_request = models.ForeignKey("activities.NewsRequest", models.PROTECT, null=True, blank=True, related_name="answers")
    access_class = models.CharField(max_length=16, choices=AccessClass, default=AccessClass.PUBLIC)
    decided_at = models.DateTimeField(null=True, blank=True)  # who may read an addressee's update
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_reason = models.CharField(max_length=400, blank=True)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-up")
        ordering = ["recorded_at"]
        constraints = [
            models.CheckConstraint(
                name="ck_followup_forward_names_activity",
                condition=~Q(kind=FollowUpKind.TAKEN_FORWARD) | Q(activity__isnull=False),
                violation_error_message=_("Name the activity that takes it forward."),
            ),
            models.CheckConstraint(
                name="ck_followup_from_desk_or_participant",
                condition=Q(origin=FollowUpOrigin.DESK, participant__isnull=True)
                | (~Q(origin=FollowUpOrigin.DESK) & Q(participant__isnull=False)),
            ),
            models.CheckConstraint(
                name="ck_followup_by_link_names_letter",
                condition=Q(news_request__isnull=False) | ~Q(origin=FollowUpOrigin.SIGNED_LINK),
            ),
            models.CheckConstraint(
                name="ck_followup_withdrawn_says_why",
                condition=Q(withdrawn_at__isnull=True) | Q(decided_at__isnull=True) | ~Q(withdrawn_reason=""),
                violation_error_message=_("Say why you withdraw it."),
            ),
            models.CheckConstraint(
                name="ck_followup_happened_precision",
                condition=Q(happened_on__isnull=True, happened_on_precision=DatePrecision.UNKNOWN)
                | (Q(happened_on__isnull=False) & ~Q(happened_on_precision=DatePrecision.UNKNOWN)),
            ),
            models.CheckConstraint(
                name="ck_followup_happened_before_recorded",
                condition=Q(happened_on__isnull=True) | Q(recorded_at__date__gte=F("happened_on")),
                violation_error_message=_("Name a day that has passed."),
            ),
            paired("followup", "decided"),
            paired("followup", "withdrawn"),
        ]

    def __str__(self) -> str:
        return f"{self.recommendation}: {self.recorded_at:%Y-%m-%d}"

    @property
    def known_day(self) -> date:
        """First day that the date of the fact may mean; where it is not known, the day it was recorded."""
        return self.happened_on or self.recorded_at.date()

    @property
    def known_to(self) -> str:
        """To what `known_day` is known."""
        return self.happened_on_precision if self.happened_on else DatePrecision.DAY

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None


@pghistory.track()
class NewsRequest(models.Model):
    """The desk asked one official or office of a participant for news on a recommendation; its letter holds a signed link."""

    recommendation = models.ForeignKey(Recommendation, models.PROTECT, related_name="news_requests")
    participant = models.ForeignKey("members.Participant", models.PROTECT, related_name="+")
    official = models.ForeignKey("members.Official", models.PROTECT, null=True, blank=True, related_name="+")
    office = models.ForeignKey("members.Office", models.PROTECT, null=True, blank=True, related_name="+")
    asked_on = models.DateField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = SecretariatQuerySet.as_manager()

    class Meta:
        verbose_name = _("question for news")
        ordering = ["-asked_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="ck_news_request_one_recipient",
                condition=Q(official__isnull=False, office__isnull=True) | Q(official__isnull=True, office__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["recommendation", "official", "office", "asked_on"],
                name="uniq_news_request_recipient_day",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recommendation}: {self.participant}"
