"""Reading the history of all records at the desk: one list, the latest first, page by page from a place in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import F, IntegerField, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from members.history_words import verb_words
from members.models import Official, User
from members.tracked import Tracked, of_kinds

if TYPE_CHECKING:
    from members.models import AnyUser

PAGE_SIZE = 50
_MOST_KINDS = 1000
_COLUMNS = ("h_at", "h_kind", "h_event", "h_object", "h_action", "h_said")


@dataclass(frozen=True)
class Place:
    """A place in the list: everything after it is older."""

    at: datetime
    kind: int
    event: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.kind}~{self.event}"


@dataclass(frozen=True)
class Asked:
    """What the list is narrowed to. `of` are (kind, primary key) of records; None asks for all."""

    kind: str = ""
    person: int | None = None
    verb: str = ""
    since: date | None = None
    until: date | None = None
    of: frozenset[tuple[str, int]] | None = None
    after: Place | None = None


@dataclass
class Entry:
    """One change of one row: when, who did what, and which record it is about."""

    at: datetime
    tracked: Tracked
    event: int
    object: int
    action: str  # insert, update, delete: what the database saw
    user: int | None
    verb: str
    reason: str
    who: str = ""
    label: str = ""
    key: str = ""

    @property
    def did(self) -> str:
        return verb_words(self.verb, self.action)


@dataclass(frozen=True)
class HistoryPage:
    """One page of the list; `following` is the place where the next one goes on, None on the last."""

    entries: list[Entry] = field(default_factory=list)
    following: Place | None = None


def parse_place(given: str) -> Place:
    """The place that `str(place)` gave. Raises ValueError for anything else."""
    at, kind, event = given.split("~")
    moment = datetime.fromisoformat(at)
    if timezone.is_naive(moment):
        raise ValueError(given)
    place = Place(moment, int(kind), int(event))
    if not 0 <= place.kind < _MOST_KINDS or not 0 <= place.event < 2**31:
        raise ValueError(given)
    return place


def history_page(kinds: Sequence[Tracked], asked: Asked, user: AnyUser, people: dict[int, str]) -> HistoryPage:
    """The list from a place on, at most 50 entries. Two queries for any number of rows: the events, and what records are called."""
    branches = [_branch(number, tracked, asked, user) for number, tracked in enumerate(kinds) if _holds(tracked, asked, user)]
    if not branches:
        return HistoryPage()
    rows = branches[0].union(*branches[1:], all=True) if len(branches) > 1 else branches[0]
    if len(branches) > 1:
        rows = rows.order_by("-h_at", "h_kind", "-h_event")[: PAGE_SIZE + 1]
    found = list(rows)
    entries = [_entry(kinds[row[1]], row) for row in found[:PAGE_SIZE]]
    last = found[PAGE_SIZE - 1] if len(found) > PAGE_SIZE else None
    _name(entries, kinds, user, people)
    return HistoryPage(entries, Place(last[0], last[1], last[2]) if last else None)


def _holds(tracked: Tracked, asked: Asked, user: AnyUser) -> bool:
    """Whether any event of this kind can be in the list: kinds that the reader may not read are not even asked."""
    if not tracked.is_read_by(user) or (asked.kind and asked.kind != tracked.kind):
        return False
    return asked.of is None or any(tracked.kind == kind or (tracked.part_of or ("",))[0] == kind for kind, _pk in asked.of)


def _branch(number: int, tracked: Tracked, asked: Asked, user: AnyUser) -> QuerySet[Any]:
    """The newest events of one kind, by its own index, so that the whole list sorts a few thousand rows at most."""
    events = tracked.events(user).filter(_narrowed(tracked, asked), _after(number, asked.after))
    named = events.annotate(
        h_at=F("pgh_created_at"),
        h_kind=Value(number, output_field=IntegerField()),
        h_event=F("pgh_id"),
        h_object=F("id"),
        h_action=F("pgh_label"),
        h_said=F("pgh_context"),
    )
    return named.order_by("-pgh_created_at", "-pgh_id").values_list(*_COLUMNS)[: PAGE_SIZE + 1]  # type: ignore[no-any-return]


def _narrowed(tracked: Tracked, asked: Asked) -> Q:
    found = Q()
    if asked.person is not None:
        found &= Q(pgh_context__user=asked.person)
    if asked.verb:
        found &= Q(pgh_context__verb=asked.verb)
    if asked.since:
        found &= Q(pgh_created_at__gte=_midnight(asked.since))
    if asked.until and asked.until < date.max:
        found &= Q(pgh_created_at__lt=_midnight(asked.until + timedelta(days=1)))
    if asked.of is not None:
        own = [pk for kind, pk in asked.of if kind == tracked.kind]
        of = Q(**{f"{_object_field(tracked)}__in": own})
        if tracked.part_of:
            of |= Q(**{f"{tracked.part_of[1]}__in": [pk for kind, pk in asked.of if kind == tracked.part_of[0]]})
        found &= of
    return found


def _object_field(tracked: Tracked) -> str:
    """The indexed column of the row that an event is about."""
    return "pgh_obj_id" if hasattr(tracked.event_model, "pgh_obj_id") else "id"


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=timezone.get_default_timezone())


def _after(number: int, place: Place | None) -> Q:
    """Events of one kind that come after `place`: the list is sorted by time, then kind, then event."""
    if place is None:
        return Q()
    older = Q(pgh_created_at__lt=place.at)
    if number < place.kind:
        return older
    same = Q(pgh_created_at=place.at)
    return older | (same if number > place.kind else same & Q(pgh_id__lt=place.event))


def _entry(tracked: Tracked, row: Sequence[Any]) -> Entry:
    said = row[5] if isinstance(row[5], dict) else {}
    user = said.get("user")
    return Entry(
        at=row[0],
        tracked=tracked,
        event=row[2],
        object=row[3],
        action=row[4],
        user=user if isinstance(user, int) else None,
        verb=str(said.get("verb") or ""),
        reason=str(said.get("reason") or ""),
    )


def _name(entries: list[Entry], kinds: Sequence[Tracked], user: AnyUser, people: dict[int, str]) -> None:
    names = labels({(entry.tracked.kind, entry.object) for entry in entries}, kinds, user)
    for entry in entries:
        entry.who = people.get(entry.user, _("An account that is no more")) if entry.user else _("Not recorded")
        entry.label, entry.key = names.get((entry.tracked.kind, entry.object), ("", str(entry.object)))


def labels(wanted: Iterable[tuple[str, int]], kinds: Sequence[Tracked], user: AnyUser) -> dict[tuple[str, int], tuple[str, str]]:
    """What the records (kind, primary key) are called, and their keys in addresses, as far as `user` sees them. One query."""
    known = of_kinds(kinds)
    by_kind: dict[str, set[int]] = {}
    for kind, pk in wanted:
        by_kind.setdefault(kind, set()).add(pk)
    branches = []
    for number, (kind, keys) in enumerate(by_kind.items()):
        tracked = known[kind]
        rows = tracked.rows(user).filter(pk__in=keys).order_by()
        named = rows.annotate(
            l_kind=Value(number, output_field=IntegerField()), l_label=tracked.label, l_key=Cast(F(tracked.key), TextField())
        )
        branches.append(named.values_list("l_kind", "pk", "l_label", "l_key"))
    if not branches:
        return {}
    order = list(by_kind)
    rows = branches[0].union(*branches[1:], all=True).order_by() if len(branches) > 1 else branches[0]
    return {(order[number], pk): (label, key) for number, pk, label, key in rows}


def people_of_history() -> dict[int, str]:
    """Accounts by the name of their official as of now; "record" stands for loading and the portal's own tasks. One query."""
    named = Official.objects.filter(user=OuterRef("pk")).order_by(F("period_to").desc(nulls_first=True), "-pk").values("name")[:1]
    rows = User.objects.annotate(person=Subquery(named)).order_by("person", "email")
    return {row.pk: row.person or row.email for row in rows}


def records_named(given: str, kinds: Sequence[Tracked], user: AnyUser) -> frozenset[tuple[str, int]]:
    """Records whose reference, symbol, code, key or address is `given`, whatever its case. One query."""
    branches = []
    for number, tracked in enumerate(kinds):
        if tracked.key == "pk" or not tracked.is_read_by(user):
            continue
        rows = tracked.rows(user).filter(**{f"{tracked.key}__iexact": given}).order_by()
        branches.append(rows.annotate(l_kind=Value(number, output_field=IntegerField())).values_list("l_kind", "pk"))
    if not branches:
        return frozenset()
    return frozenset((kinds[number].kind, pk) for number, pk in branches[0].union(*branches[1:], all=True).order_by())
