"""Abstract parts that the models of all apps share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from members.enums import Confidence, DatePrecision
from members.partial_dates import last_day

if TYPE_CHECKING:
    from members.models.user import AnyUser


def today() -> date:
    """The day by the portal's clock (UTC); rights and standings are read as of it."""
    return timezone.now().date()


class DateRange(models.Func):
    """PostgreSQL's daterange(from, to, '[]'): inclusive on both ends, open where a date is missing."""

    function = "daterange"
    template = "%(function)s(%(expressions)s, '[]')"

    def __init__(self, *expressions: Any, **extra: Any) -> None:
        from django.contrib.postgres.fields import DateRangeField

        super().__init__(*expressions, output_field=DateRangeField(), **extra)


def period_range() -> DateRange:
    """The period of a row as a date range, for exclusion constraints."""
    return DateRange("period_from", "period_to")


class VisibleQuerySet[M: models.Model](models.QuerySet[M]):
    """A queryset that answers who may see its rows; models override `visible_to` where not all is public."""

    def visible_to(self, user: AnyUser) -> Self:  # noqa: ARG002 - models with restricted rows read it
        """Rows that `user` may see. By default everything: the directory and the reference tables are public."""
        return self.all()


class DatedQuerySet[M: models.Model](VisibleQuerySet[M]):
    """Rows that hold for a period; partial dates were widened to first and last day when they were stored."""

    def as_of(self, day: date) -> Self:
        """Rows whose period holds `day`."""
        return self.filter(
            Q(period_from__isnull=True) | Q(period_from__lte=day),
            Q(period_to__isnull=True) | Q(period_to__gte=day),
        )

    def current(self) -> Self:
        """Rows whose period holds today."""
        return self.as_of(today())


class Dated(models.Model):
    """A period, inclusive on both ends: a successor starts the day after."""

    period_from = models.DateField(_("from"), null=True, blank=True)
    period_from_precision = models.CharField(max_length=8, choices=DatePrecision, default=DatePrecision.DAY)
    period_to = models.DateField(_("until"), null=True, blank=True)
    period_to_precision = models.CharField(max_length=8, choices=DatePrecision, default=DatePrecision.DAY)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="ck_%(class)s_period",
                condition=Q(period_from__isnull=True) | Q(period_to__isnull=True) | Q(period_to__gte=F("period_from")),
                violation_error_message=_("The period must not end before it starts."),
            )
        ]

    def holds_on(self, day: date) -> bool:
        """Whether the period holds `day`."""
        return (self.period_from is None or self.period_from <= day) and (self.period_to is None or self.period_to >= day)


class Versioned(models.Model):
    """Optimistic locking: an edit names the version it started from and is refused when another came between."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True


class Sourced(models.Model):
    """Where a fact comes from and how sure it is. `notes` are for staff only and never shown to others."""

    source = models.ManyToManyField("members.Source", blank=True, related_name="+", verbose_name=_("sources"))
    confidence = models.CharField(_("confidence"), max_length=20, choices=Confidence, default=Confidence.PUBLIC)
    notes = models.TextField(_("staff notes"), blank=True)

    class Meta:
        abstract = True

    @property
    def is_unconfirmed(self) -> bool:
        return self.confidence == Confidence.GENERAL_KNOWLEDGE


def over_by(day: date, field: str = "date") -> Q:
    """Partial dates in `field` and `<field>_precision` whose last day is `day` or earlier; undated rows are not among them."""
    month, year = day.replace(day=1), date(day.year, 1, 1)
    months = "lte" if last_day(month, DatePrecision.MONTH) == day else "lt"
    years = "lte" if last_day(year, DatePrecision.YEAR) == day else "lt"
    known = f"{field}_precision"
    return (
        Q(**{known: DatePrecision.DAY, f"{field}__lte": day})
        | Q(**{known: DatePrecision.MONTH, f"{field}__{months}": month})
        | Q(**{known: DatePrecision.YEAR, f"{field}__{years}": year})
    )


def paired(table: str, verb: str) -> models.CheckConstraint:
    """`<verb>_at` and `<verb>_by` are both set or both empty."""
    both = Q(**{f"{verb}_at__isnull": False, f"{verb}_by__isnull": False})
    neither = Q(**{f"{verb}_at__isnull": True, f"{verb}_by__isnull": True})
    return models.CheckConstraint(name=f"ck_{table}_{verb}_pair", condition=both | neither)


class VocabularyQuerySet[M: models.Model](VisibleQuerySet[M]):
    """Rows that staff can edit."""

    def offered(self, *, chosen: Iterable[Any] = ()) -> Self:
        """Rows that may be chosen: those not retired, and those `chosen` (primary keys) already, so that an edit keeps them."""
        return self.filter(Q(retired_at__isnull=True) | Q(pk__in=list(chosen)))


class Vocabulary(Versioned):
    """A row that staff can edit: a key that never changes and a name per language.

    A retired row is offered no longer; records that have it go on showing it.
    """

    key = models.SlugField(_("key"), max_length=40, unique=True)
    name_en = models.CharField(_("name in English"), max_length=120)
    name_id = models.CharField(_("name in Bahasa Indonesia"), max_length=120, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    retired_at = models.DateTimeField(null=True, blank=True, editable=False)
    retired_by = models.ForeignKey("members.User", models.PROTECT, null=True, blank=True, related_name="+", editable=False)

    class Meta:
        abstract = True
        ordering = ["order", "key"]
        constraints = [paired("%(class)s", "retired")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the active language, in English where it is missing."""
        return (self.name_id if get_language() == "id" else "") or self.name_en


def append_only() -> pgtrigger.Protect:
    """Refuse UPDATE and DELETE for good: what was written stays."""
    return pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


def effective_end() -> Coalesce:
    """Last day of a period, or the end of time."""
    return Coalesce(F("period_to"), models.Value(date.max))
