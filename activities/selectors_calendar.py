"""Activities for calendars: the agenda by month, what has no month yet, and files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from activities.enums import ActivityStatus, StatusChangeKind
from activities.models import Activity, StatusChange
from members.enums import DatePrecision
from members.models.base import today
from members.partial_dates import months_later

COMING = (ActivityStatus.PLANNED, ActivityStatus.UNDER_CONSIDERATION, ActivityStatus.POSTPONED)
FAR = 36  # months from now: what begins later stands apart, so that the next months are not lost among years
type Months = list[tuple[date | None, list[Activity]]]


@dataclass(frozen=True)
class Agenda:
    """Activities by the month in which they begin, those known to the year only last, under None; what stands apart."""

    months: Months
    going_on: dict[date, list[Activity]] = field(default_factory=dict)  # month -> those that began in an earlier one
    far: list[Activity] = field(default_factory=list)
    undated: list[Activity] = field(default_factory=list)
    called_off: list[Activity] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.months or self.far or self.undated or self.called_off)

    @property
    def blocks(self) -> list[tuple[date | None, list[Activity], list[Activity]]]:
        """Month, what goes on in it, what begins in it; in the order of time, the year only last."""
        begins = {month: rows for month, rows in self.months if month is not None}
        known = sorted({*begins, *self.going_on})
        found: list[tuple[date | None, list[Activity], list[Activity]]] = [
            (month, self.going_on.get(month, []), begins.get(month, [])) for month in known
        ]
        return found + [(None, [], rows) for month, rows in self.months if month is None]


def coming_agenda(rows: QuerySet[Activity]) -> Agenda:
    """What lies ahead in `rows`, by month from this one on. One query."""
    ahead = Q(status__in=COMING) & (Q(last_day__gte=today()) | Q(start__isnull=True))
    off = Q(status=ActivityStatus.CANCELLED, last_day__gte=today())
    found = list(rows.filter(ahead | off).select_related("kind").order_by("start", "reference"))
    coming = [row for row in found if row.status != ActivityStatus.CANCELLED]
    first = today().replace(day=1)
    horizon = months_later(first, FAR)
    near = [row for row in coming if row.start is not None and row.start < horizon]
    return Agenda(
        by_month(near),
        _going_on(near, first, horizon),
        far=[row for row in coming if row.start is not None and row.start >= horizon],
        undated=[row for row in coming if row.start is None],
        called_off=[row for row in found if row.status == ActivityStatus.CANCELLED],
    )


def year_agenda(rows: QuerySet[Activity], year: int) -> Agenda:
    """One year by month. What began the year before and is not over stands first. One query."""
    found = list(of_year(rows, year).select_related("kind"))
    return Agenda(by_month(found), _going_on(found, date(year, 1, 1), date(year + 1, 1, 1)))


def of_year(rows: QuerySet[Activity], year: int) -> QuerySet[Activity]:
    """What takes place in a year, also in part, the earliest first."""
    return rows.filter(start__lte=date(year, 12, 31), last_day__gte=date(year, 1, 1)).order_by(F("start"), "reference")


def by_month(rows: Iterable[Activity]) -> Months:
    """Activities by the month in which they begin; those known to the year only come last, under None."""
    months: defaultdict[date | None, list[Activity]] = defaultdict(list)
    for row in rows:
        known = row.start is not None and row.date_precision != DatePrecision.YEAR
        months[row.start.replace(day=1) if known and row.start else None].append(row)
    return sorted(months.items(), key=lambda pair: pair[0] or date.max)


def _going_on(rows: Iterable[Activity], first: date, end: date) -> dict[date, list[Activity]]:
    """Months from `first` to before `end` in which an activity that began in an earlier one goes on."""
    found: defaultdict[date, list[Activity]] = defaultdict(list)
    for row in rows:
        if row.start is None or row.last_day is None or row.date_precision == DatePrecision.YEAR:
            continue
        month = max(months_later(row.start.replace(day=1), 1), first)
        while month <= row.last_day and month < end:
            found[month].append(row)
            month = months_later(month, 1)
    return dict(found)


def for_calendar(rows: QuerySet[Activity]) -> QuerySet[Activity]:
    """Activities with what a calendar file says of them; of a postponed one without dates, those that it had. Two queries."""
    last = StatusChange.objects.filter(activity=OuterRef("pk"), kind=StatusChangeKind.POSTPONED, old_start__isnull=False)
    newest = last.order_by("-made_at", "-pk")
    return (
        rows.select_related("kind")
        .prefetch_related("objectives")
        .annotate(
            put_off_start=Subquery(newest.values("old_start")[:1]),
            put_off_end=Subquery(newest.values("old_end")[:1]),
            put_off_precision=Subquery(newest.values("old_precision")[:1]),
        )
    )


def with_a_day(rows: QuerySet[Activity]) -> QuerySet[Activity]:
    """Of `for_calendar`, those that a calendar can hold, the newest first."""
    dated = rows.filter(Q(start__isnull=False) | Q(status=ActivityStatus.POSTPONED, put_off_start__isnull=False))
    return dated.order_by(Coalesce("start", "put_off_start").desc(), "-reference")
