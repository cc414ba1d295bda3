"""Reading activities, for the pages that show them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, Count, Exists, F, IntegerField, OuterRef, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat, ExtractMonth, ExtractYear
from django.http import QueryDict
from django.utils.functional import Promise

from activities.enums import ActivityStatus, AttendanceStatus, HostingPart
from activities.filters import ActivityFilter, Term, attended_q, record_includes
from activities.models import Activity, ActivityKind, Delegate, Hosting, Objective, ProgrammeArea
from members.models import Participant, Portfolio
from members.models.base import today

if TYPE_CHECKING:
    from members.models import AnyUser

PAGE_SIZE = 25
MOST_OPTIONS, COMMON_OPTIONS = 10, 8  # a facet longer than the first shows the second
MOST_DOTS = 400  # beyond this the timeline says nothing
_SHAPES = {
    "ministerial-conference": "m",
    "senior-officials-meeting": "s",
    "workshop": "w",
    "joint-workshop": "w",
    "training": "w",
}
_COMING = (ActivityStatus.PLANNED, ActivityStatus.UNDER_CONSIDERATION, ActivityStatus.POSTPONED)


@dataclass(frozen=True)
class Option:
    """One choice of a facet with the number of activities it would show."""

    term: Term
    count: int
    selected: bool
    is_folded: bool = False  # among the rarer ones of a long facet, which a page shows on request

    @property
    def key(self) -> str:
        return self.term.key


@dataclass(frozen=True)
class Archive:
    """The filtered archive: form, list in order, options per facet, number of rows, dots of the timeline.

    `facets` and `dots` are read when first asked for, in one query; `total` comes with them.
    """

    filter: ActivityFilter
    vocabulary: Mapping[str, Mapping[str, Term]]

    @property
    def rows(self) -> QuerySet[Activity]:
        """The list in order, without its parts: add `for_list` or `for_export`."""
        return self.filter.qs

    @cached_property
    def _counts(self) -> dict[str, dict[str, int]]:
        return _count_all(self.filter)

    @property
    def total(self) -> int:
        """Rows under all filters."""
        return self._counts.get("total", {}).get("", 0)

    @property
    def everything(self) -> int:
        """Rows without any filter, in the same visibility."""
        return self._counts.get("all", {}).get("", 0)

    @cached_property
    def facets(self) -> dict[str, list[Option]]:
        """Options per facet, each counted under the other filters. Those that nothing has are left out."""
        chosen = {name: self.filter.data.getlist(name) for name in (*self.vocabulary, "has", "year")}
        found = {}
        for name, terms in self.vocabulary.items():
            counts = self._counts.get(name, {})
            options = [Option(term, counts.get(key, 0), key in chosen[name]) for key, term in terms.items()]
            found[name] = _folded([option for option in options if option.count or option.selected])
        found["has"] = [
            Option(Term(key, str(label)), self._counts.get("has", {}).get(key, 0), key in chosen["has"])
            for key, (label, _condition) in self.filter.has.items()
        ]
        years = self._counts.get("year", {})
        found["year"] = [Option(Term(year, year), years[year], year in chosen["year"]) for year in sorted(years, reverse=True)]
        return found

    @property
    def dots(self) -> list[tuple[date, str]]:
        """A dot per dated activity: first day of its month, mark of its kind. Empty where there are too many."""
        found = []
        for key, number in self._counts.get("month", {}).items():
            month, kind = key.split(" ", 1)
            year, _dash, of_year = month.partition("-")
            found += [(date(int(year), int(of_year), 1), shape_of(kind))] * min(number, MOST_DOTS + 1)
        return found if len(found) <= MOST_DOTS else []


def shape_of(kind: str) -> str:
    """The mark of a kind on charts and lists: m(inisterial), s(enior officials), w(orkshop) or x (other)."""
    return _SHAPES.get(kind, "x")


def archive_base(user: AnyUser) -> QuerySet[Activity]:
    """What the archive may show `user`: lists, counts, feeds and exports all start here."""
    return Activity.objects.visible_to(user).live()


def archive(user: AnyUser, data: QueryDict, *, has: Mapping[str, tuple[str | Promise, Q]] | None = None) -> Archive:
    """The archive under the filters of `data`. One query now; list and counts come from one visibility.

    `has` adds conditions that only other apps know ("report"), each with its label.
    """
    return _archive(user, data, _vocabulary(), has or {})


def archive_with_years(
    user: AnyUser, data: QueryDict, *, has: Mapping[str, tuple[str | Promise, Q]]
) -> tuple[Archive, list[int]]:
    """The archive, and every year in which an activity that `user` may see begins, the latest first. One query now."""
    words = _vocabulary(_plain_base(user))
    years = sorted((int(key) for key in words.pop(_YEARS)), reverse=True)
    return _archive(user, data, words, has), years


def _plain_base(user: AnyUser) -> QuerySet[Activity]:
    return Activity.objects.filter(pk__in=archive_base(user).order_by().values("pk"))


def _archive(
    user: AnyUser, data: QueryDict, vocabulary: Mapping[str, Mapping[str, Term]], has: Mapping[str, tuple[str | Promise, Q]]
) -> Archive:
    includes = {**has, **record_includes(user)}
    return Archive(ActivityFilter(data, archive_base(user), vocabulary=vocabulary, has=includes), vocabulary)


def _folded(options: list[Option]) -> list[Option]:
    """A long facet with its rarer options folded: the common ones and those that are on stay in sight, in the record's order."""
    if len(options) <= MOST_OPTIONS:
        return options
    common = sorted(options, key=lambda option: -option.count)[:COMMON_OPTIONS]
    return [option if option in common or option.selected else replace(option, is_folded=True) for option in options]


_YEARS = "years"


def _vocabulary(dated: QuerySet[Activity] | None = None) -> dict[str, dict[str, Term]]:
    """Names of all that filters can choose from, in the order of the record; and the years of `dated`. One query."""
    text, none = CharField(), Value("", output_field=CharField())
    short = ("short_title", "short_title_id", "order")
    legs: list[tuple[str, Any, str, tuple[Any, Any, Any]]] = [
        ("kind", ActivityKind, "key", ("name_en", "name_id", "order")),
        ("objective", Objective, "code", short),
        ("area", ProgrammeArea, "code", short),
        ("portfolio", Portfolio, "key", ("name_en", "name_id", "order")),
        ("participant", Participant, "slug", ("name", none, Value(0))),
    ]
    queries = [
        model.objects.order_by()
        .annotate(
            _facet=Value(name, output_field=text),
            _key=Cast(key, text),
            _en=Cast(fields[0], text),
            _id=Cast(fields[1], text),
            _rank=Cast(fields[2], IntegerField()),
        )
        .values_list("_facet", "_key", "_en", "_id", "_rank")
        for name, model, key, fields in legs
    ]
    found: dict[str, dict[str, Term]] = {name: {} for name, *_rest in legs}
    if dated is not None:
        queries.append(_years_leg(dated))
        found[_YEARS] = {}
    for facet, key, name_en, name_id, _rank in queries[0].union(*queries[1:], all=True).order_by("_rank", "_en"):
        found[facet][key] = Term(key, name_en, name_id)
    return found


def _years_leg(dated: QuerySet[Activity]) -> QuerySet[Any, Any]:
    text, year = CharField(), ExtractYear("start")
    named = dated.filter(start__isnull=False).order_by().annotate(_facet=Value(_YEARS, output_field=text), _key=Cast(year, text))
    empty = Value("", output_field=text)
    found: QuerySet[Any, Any] = named.annotate(_en=empty, _id=empty, _rank=Cast(year, IntegerField())).values_list(
        "_facet", "_key", "_en", "_id", "_rank"
    )
    return found.distinct()


def _count_all(chosen: ActivityFilter) -> dict[str, dict[str, int]]:
    """Every count of the archive's page, by facet and key, in one query."""
    queries = _legs(chosen)
    found: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for facet, key, number in queries[0].union(*queries[1:], all=True).order_by():
        found[facet][key] += number
    return {facet: dict(counts) for facet, counts in found.items()}


def _legs(chosen: ActivityFilter) -> list[QuerySet[Any, Any]]:
    every, objectives, areas = chosen.without(), Activity.objectives.through, Activity.programme_areas.through
    without_has = chosen.without("has")
    return [
        _counted(Activity.objects.filter(pk__in=chosen.queryset.order_by().values("pk")), "all", Value("")),
        _counted(every, "total", Value("")),
        _counted(chosen.without("kind"), "kind", F("kind__key")),
        _counted(_linked(objectives, chosen.without("objective")), "objective", F("objective__code")),
        _counted(_linked(areas, chosen.without("area")), "area", F("programmearea__code")),
        _counted(_linked(Activity.portfolios.through, chosen.without("portfolio")), "portfolio", F("portfolio__key")),
        *_participant_legs(chosen.without("participant")),
        *_year_legs(chosen.without("year")),
        _counted(_newest(every), "month", _month_and_kind()),
        *(_counted(without_has.filter(condition), "has", Value(key)) for key, (_label, condition) in chosen.has.items()),
    ]


def _newest(rows: QuerySet[Activity]) -> QuerySet[Activity]:
    """One more than the timeline can show, so that it knows when to say nothing."""
    dated = rows.filter(start__isnull=False).order_by(F("start").desc(nulls_last=True), F("reference").desc())
    return Activity.objects.filter(pk__in=dated.values("pk")[: MOST_DOTS + 1])


def _linked(through: Any, rows: QuerySet[Activity]) -> QuerySet[Any]:
    """Links of these activities; a link stands once, so its rows count activities."""
    found: QuerySet[Any] = through._default_manager.filter(activity__in=rows.values("pk"))
    return found


def _participant_legs(rows: QuerySet[Activity]) -> list[QuerySet[Any, Any]]:
    """Who hosted or chaired; and, not counted twice, who had delegates."""
    hosted = Hosting.objects.filter(activity__in=rows.values("pk"), participant__isnull=False)
    same = Hosting.objects.filter(activity=OuterRef("activity"), participant=OuterRef("participant"))
    attended = Delegate.objects.filter(attended_q(), ~Exists(same), activity__in=rows.values("pk"))
    return [_counted(found, "participant", F("participant__slug"), "activity_id") for found in (hosted, attended)]


def _year_legs(rows: QuerySet[Activity]) -> list[QuerySet[Any, Any]]:
    """By the year of the start; an activity that lasts into the next year counts there too."""
    later = rows.annotate(_last_year=ExtractYear("last_day")).filter(_last_year__gt=ExtractYear("start"))
    return [
        _counted(rows.filter(start__isnull=False), "year", ExtractYear("start")),
        _counted(later, "year", F("_last_year")),
    ]


def _month_and_kind() -> Any:
    month = Cast(ExtractMonth("start"), CharField())
    return Concat(
        Cast(ExtractYear("start"), CharField()), Value("-"), month, Value(" "), F("kind__key"), output_field=CharField()
    )


def _counted(rows: QuerySet[Any], facet: str, key: Any, unit: str = "pk") -> QuerySet[Any, Any]:
    """Rows of (facet, key, number of activities)."""
    text, number = CharField(), Count(unit, distinct=unit != "pk")
    named = rows.order_by().annotate(_facet=Value(facet, output_field=text), _key=Cast(key, text))
    found: QuerySet[Any, Any] = named.values("_facet", "_key").annotate(_number=number).values_list("_facet", "_key", "_number")
    return found


def for_list(rows: QuerySet[Activity]) -> QuerySet[Activity]:
    """Rows with what a line of a list shows. One query more."""
    return rows.select_related("kind", "joint_with").prefetch_related("objectives")


def with_parts(rows: QuerySet[Activity]) -> QuerySet[Activity]:
    """Rows with all that a page or an export shows of them. Four queries more, whatever their number."""
    hostings = Hosting.objects.select_related("participant", "forum").order_by("order", "pk")
    return rows.select_related("kind", "joint_with").prefetch_related(
        Prefetch("hostings", hostings), "objectives", "programme_areas", "source"
    )


def parties(activity: Activity, part: HostingPart) -> list[str]:
    """Names of hosts, co-hosts or chairs, in the record's order. Reads the prefetched rows."""
    return [str(hosting.party) for hosting in activity.hostings.all() if hosting.part == part]


def coming_activities(user: AnyUser) -> QuerySet[Activity]:
    """Activities that are not over yet and not called off, soonest first."""
    return archive_base(user).filter(status__in=_COMING, last_day__gte=today()).order_by("start", "reference")


def next_activity(user: AnyUser) -> Activity | None:
    """The next activity that is planned and not over yet."""
    return coming_activities(user).filter(status=ActivityStatus.PLANNED).select_related("kind").first()


def same_objective(user: AnyUser, activity: Activity, objectives: Iterable[int]) -> list[Activity]:
    """Up to two activities before and two after, on any of the same objectives, with the activity between. One query."""
    if activity.start is None:
        return []
    through = Activity.objectives.through._default_manager.filter(objective__in=list(objectives)).values("activity_id")
    others = Activity.objects.filter(pk__in=archive_base(user).order_by().values("pk")).filter(
        pk__in=through, start__isnull=False
    )
    earlier = Q(start__lt=activity.start) | Q(start=activity.start, reference__lt=activity.reference)
    later = Q(start__gt=activity.start) | Q(start=activity.start, reference__gt=activity.reference)
    before = others.filter(earlier).order_by("-start", "-reference")[:2]
    after = others.filter(later).order_by("start", "reference")[:2]
    around = sorted([*before.union(after, all=True).order_by(), activity], key=lambda a: (a.start or date.max, a.reference))
    return around if len(around) > 1 else []


@dataclass(frozen=True)
class Participation:
    """Delegations of an activity in English alphabetical order: participant and number of delegates.

    `came` says whether the numbers are of people recorded as present, or only of those registered. `unrecorded` are delegations
    of which nobody's attendance is recorded, where others' is.
    """

    delegations: list[tuple[str, int]]
    came: bool
    unrecorded: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(number for _name, number in self.delegations)


def participation(activity: Activity) -> Participation:
    """Who took part in an activity that was held; names of delegates are never public. One query.

    Total and number per participant are public as given; a split by anything else would need suppression below five.
    """
    if activity.status != ActivityStatus.HELD:
        return Participation([], came=False)
    present = Q(attendance__status__in=[AttendanceStatus.PRESENT, AttendanceStatus.REMOTE])
    rows = activity.delegate_rows.filter(withdrawn_at__isnull=True).values("participant__name").order_by("participant__name")
    counted = rows.annotate(
        registered=Count("pk", distinct=True),
        marked=Count("pk", filter=Q(attendance__isnull=False), distinct=True),
        present=Count("pk", filter=present, distinct=True),
    )
    found = list(counted.values_list("participant__name", "registered", "marked", "present"))
    if not any(marked for _name, _registered, marked, _present in found):
        return Participation([(name, registered) for name, registered, _marked, _present in found], came=False)
    return Participation(
        [(name, number) for name, _registered, _marked, number in found if number],
        came=True,
        unrecorded=[name for name, _registered, marked, _present in found if not marked],
    )
