"""Who came, in numbers: per activity, participant and year as given; by portfolio with small numbers suppressed.

A split is published for whole calendar years alone, once the year is over, and under no filter: years have no activity in
common, so that no two published numbers can be taken from each other to find a hidden one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import ExtractYear
from django.utils.translation import gettext as _

from activities.enums import ActivityStatus, AttendanceStatus
from activities.models import Activity, Delegate
from activities.selectors import archive_base
from activities.suppression import publishable
from members.models import Ministry, Participant, Portfolio
from members.models.base import today

_CAME = Q(attendance__status__in=[AttendanceStatus.PRESENT, AttendanceStatus.REMOTE], withdrawn_at__isnull=True)
SEVERAL, UNKNOWN = "several", "unknown"  # keys of cells beside the portfolios


def public_activities() -> QuerySet[Activity]:
    """What these figures are of: held, and open to everybody. The same for whoever asks, so that no two answers differ."""
    return archive_base(AnonymousUser()).filter(status=ActivityStatus.HELD, start__isnull=False)


@dataclass(frozen=True)
class Attended:
    """A participant at an activity: how many of its delegates came."""

    reference: str
    title: str
    year: int
    participant: str
    slug: str
    delegates: int


def attended_rows() -> list[Attended]:
    """Every delegation of which somebody came, the newest activity first. One query."""
    rows = _came().values_list(
        "activity__reference", "activity__title", ExtractYear("activity__start"), "participant__name", "participant__slug"
    )
    counted = rows.annotate(number=Count("pk", distinct=True))
    return [Attended(*row) for row in counted.order_by("-activity__start", "-activity__reference", "participant__name")]


def _came() -> QuerySet[Delegate]:
    return Delegate.objects.filter(_CAME, activity__in=public_activities().order_by().values("pk")).order_by()


def attended_by(participant: Participant, day: date | None = None) -> list[tuple[Activity, int]]:
    """Activities at which delegates of a participant were present, the newest first, with their number. One query.

    With a day, those that had begun by then.
    """
    rows = Activity.objects.filter(pk__in=public_activities().order_by().values("pk"))
    if day:
        rows = rows.filter(start__lte=day)
    came = Q(
        delegate_rows__participant=participant,
        delegate_rows__withdrawn_at__isnull=True,
        delegate_rows__attendance__status__in=[AttendanceStatus.PRESENT, AttendanceStatus.REMOTE],
    )
    counted = rows.filter(came).annotate(came=Count("delegate_rows", distinct=True)).select_related("kind")
    return [(row, row.came) for row in counted.order_by(F("start").desc(), "-reference")]


@dataclass
class Year:
    """One calendar year: activities with attendance, delegates and participants that came; and what sources counted."""

    year: int
    activities: set[str] = field(default_factory=set)
    participants: set[str] = field(default_factory=set)
    delegates: int = 0
    source_activities: int = 0  # activities without attendance here, of which a source gives a count
    source_delegates: int = 0


def years(rows: list[Attended]) -> list[Year]:
    """The years of `rows` and of counts that sources give, the latest first. One query."""
    found: defaultdict[int, Year] = defaultdict(lambda: Year(0))
    for row in rows:
        year = found[row.year]
        year.year = row.year
        year.activities.add(row.reference)
        year.participants.add(row.slug)
        year.delegates += row.delegates
    known = {row.reference for row in rows}
    counted = public_activities().filter(delegates__isnull=False).order_by()
    for reference, year_of, number in counted.values_list("reference", ExtractYear("start"), "delegates"):
        if reference not in known:
            found[year_of].year = year_of
            found[year_of].source_activities += 1
            found[year_of].source_delegates += number
    return sorted(found.values(), key=lambda year: -year.year)


@dataclass(frozen=True)
class Cell:
    """One published number; None stands for one that is not published."""

    year: int
    key: str
    name: str
    delegates: int | None


def split_by_portfolio(*, closed_only: bool = True) -> dict[int, dict[str, int]]:
    """Delegates that came, by year and portfolio of their ministry, unsuppressed: never to be published. Three queries.

    Each delegate stands in one cell: a ministry of several portfolios, or of none that is known, has a cell of its own.
    """
    keys = [*Portfolio.objects.order_by("order", "key").values_list("key", flat=True), SEVERAL, UNKNOWN]
    of_ministry: defaultdict[int, list[str]] = defaultdict(list)
    for ministry, key in Ministry.portfolios.through._default_manager.values_list("ministry_id", "portfolio__key"):
        of_ministry[ministry].append(key)
    found: defaultdict[int, Counter[str]] = defaultdict(Counter)
    rows = _came().annotate(year=ExtractYear("activity__start")).values_list("year", "official__ministry")
    for year, ministry, number in rows.annotate(number=Count("pk", distinct=True)):
        held = of_ministry.get(ministry or 0, [])
        found[year][held[0] if len(held) == 1 else SEVERAL if held else UNKNOWN] += number
    last = today().year - 1 if closed_only else today().year
    return {year: {key: counts[key] for key in keys} for year, counts in sorted(found.items(), reverse=True) if year <= last}


def published_split() -> list[Cell]:
    """The split by portfolio as it may be published: whole years that are over, small numbers and their complements hidden."""
    names = {row.key: row.name for row in Portfolio.objects.all()}
    names |= {SEVERAL: _("Several portfolios"), UNKNOWN: _("Not known")}
    return [
        Cell(year, key, names[key], number)
        for year, counts in split_by_portfolio().items()
        for key, number in publishable(counts).items()
    ]
