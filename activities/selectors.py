"""Reading activities, for the pages that show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Prefetch, QuerySet, Value
from django.db.models.functions import ExtractYear
from django.http import QueryDict
from members.models.base import today
from members.templatetags.portal import kind_shape

from activities.enums import ActivityStatus, HostingPart
from activities.filters import ActivityFilter
from activities.models import Activity, Hosting

if TYPE_CHECKING:
    from members.models import AnyUser

PAGE_SIZE = 25
MOST_DOTS = 1500  # beyond this the timeline says nothing
FACETS = ("kind", "objective", "area", "participant", "year")



@dataclass(frozen=True)
class Option:
    """One choice of a facet with the number of activities it would show."""

    key: str
    name_en: str
    name_id: str
    count: int
    selected: bool


@dataclass(frozen=True)
class Archive:
    """The filtered archive: form, list in order, options per facet, dots of the timeline."""

    filter: ActivityFilter
    rows: QuerySet[Activity]
    facets: dict[str, list[Option]] = field(default_factory=dict)
    dots: list[tuple[date, str]] = field(default_factory=list)


def shape_of(kind: str) -> str:
    """The mark of a kind on charts and lists: m(inisterial), s(enior officials), w(orkshop) or x (other)."""
    return kind_shape(kind)


def archive_base(user: AnyUser) -> QuerySet[Activity]:
    """What the archive may show `user`: lists, counts, feeds and exports all start here."""
    return Activity.objects.visible_to(user).live()


def with_parts(rows: QuerySet[Activity]) -> QuerySet[Activity]:
    """Rows with all that a list or an export shows of them. Four queries more, whatever their number."""
    hostings = Hosting.objects.select_related("participant", "forum").order_by("order", "pk")
    return rows.select_related("kind", "joint_with").prefetch_related(
        Prefetch("hostings", hostings), "objectives", "programme_areas", "source"
    )


def archive(user: AnyUser, data: QueryDict, *, filter_class: type[ActivityFilter] = ActivityFilter) -> Archive:
    """The archive under the filters of `data`. List and counts come from one visibility."""
    base = archive_base(user)
    chosen = filter_class(data, base)
    dots = [(start, shape_of(kind)) for start, kind in chosen.qs.order_by().values_list("start", "kind__key")[: MOST_DOTS + 1] if start]
    return Archive(chosen, with_parts(chosen.qs), _facets(base, data, filter_class), dots if len(dots) <= MOST_DOTS else [])


def _facets(base: QuerySet[Activity], data: QueryDict, filter_class: type[ActivityFilter]) -> dict[str, list[Option]]:
    """Options of each facet, counted under the other filters. One query."""
    queries = [_facet_query(name, _without(base, data, filter_class, name)) for name in FACETS]
    found: dict[str, list[Option]] = {name: [] for name in FACETS}
    for name, key, name_en, name_id, _order, count in queries[0].union(*queries[1:], all=True).order_by("facet", "rank", "label"):
        selected = str(key) in data.getlist(name)
        found[name].append(Option(str(key), str(name_en), str(name_id), count, selected))
    found["year"].reverse()
    return found


def _without(base: QuerySet[Activity], data: QueryDict, filter_class: type[ActivityFilter], name: str) -> QuerySet[Activity]:
    others = data.copy()
    for gone in (name, "sort", "page"):
        others.pop(gone, None)
    return base.filter(pk__in=filter_class(others, base).qs.order_by().values("pk"))


def _facet_query(name: str, rows: QuerySet[Activity]) -> QuerySet[Any, Any]:
    from django.db.models import CharField, IntegerField
    from django.db.models.functions import Cast

    empty = Value("", output_field=CharField())
    fields: dict[str, tuple[Any, Any, Any, Any]] = {
        "kind": (F("kind__key"), F("kind__name_en"), F("kind__name_id"), F("kind__order")),
        "objective": (F("objectives__code"), F("objectives__short_title"), F("objectives__short_title_id"), F("objectives__order")),
        "area": (
            F("programme_areas__code"),
            F("programme_areas__short_title"),
            F("programme_areas__short_title_id"),
            F("programme_areas__order"),
        ),
        "participant": (F("hostings__participant__slug"), F("hostings__participant__name"), empty, Value(0)),
        "year": (Cast(ExtractYear("start"), CharField()), Cast(ExtractYear("start"), CharField()), empty, ExtractYear("start")),
    }
    key, label, label_id, rank = fields[name]
    found = rows.order_by().annotate(
        facet=Value(name, output_field=CharField()),
        key=Cast(key, CharField()),
        label=Cast(label, CharField()),
        label_id=Cast(label_id, CharField()),
        rank=Cast(rank, IntegerField()),
    )
    return (
        found.filter(key__isnull=False)
        .values("facet", "key", "label", "label_id", "rank")
        .annotate(number=Count("pk", distinct=True))
        .values_list("facet", "key", "label", "label_id", "rank", "number")
    )


def parties(activity: Activity, part: HostingPart) -> list[str]:
    """Names of hosts, co-hosts or chairs, in the record's order. Reads the prefetched rows."""
    return [str(hosting.party) for hosting in activity.hostings.all() if hosting.part == part]


def next_activity(user: AnyUser) -> Activity | None:
    """The next planned activity that has not begun."""
    planned = archive_base(user).filter(status=ActivityStatus.PLANNED, start__gte=today())
    return planned.select_related("kind").order_by("start", "reference").first()


def same_objective(user: AnyUser, activity: Activity, objectives: Iterable[int]) -> list[Activity]:
    """Up to two activities before and two after, on any of the same objectives, with the activity between."""
    if activity.start is None:
        return []
    through = Activity.objectives.through._default_manager.filter(objective__in=list(objectives)).values("activity")
    others = archive_base(user).filter(pk__in=through).exclude(pk=activity.pk).filter(start__isnull=False)
    before = others.filter(start__lt=activity.start).order_by("-start", "-reference")[:2]
    after = others.filter(start__gte=activity.start).order_by("start", "reference")[:2]
    around = [*reversed(before), activity, *after]
    return around if len(around) > 1 else []


def delegates_by_participant(activity: Activity) -> list[tuple[str, int]]:
    """Number of delegates per participant; names of delegates are never public."""
    rows = activity.delegate_rows.filter(withdrawn_at__isnull=True)
    return list(rows.values("participant__name").annotate(n=Count("pk")).order_by("participant__name").values_list("participant__name", "n"))
