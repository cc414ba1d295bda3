"""Who may be the same person: by address, by name within a participant, by name in own script, by a near name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models import Official
from members.models.base import today
from members.names import NearNames, close_key, name_key

if TYPE_CHECKING:
    from members.models import AnyUser

SAME_EMAIL, SAME_NAME, SAME_SCRIPT, NEAR_NAME = "same-email", "same-name", "same-script", "near-name"
REASONS: dict[str, Any] = {
    SAME_EMAIL: _("Same e-mail address"),
    SAME_NAME: _("Same name and participant"),
    SAME_SCRIPT: _("Same name in own script"),
    NEAR_NAME: _("Near name, same participant"),
}
MOST_MATCHES = 5


@dataclass(frozen=True)
class Entry:
    """A person to compare: an official on record, or a row of a list. `who` is the official, `line` the row."""

    participant: int | None
    name: str
    own_script: str = ""
    email: str = ""
    who: Official | None = None
    line: int = 0
    key: str = field(init=False)
    script_key: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", name_key(self.name))
        object.__setattr__(self, "script_key", close_key(self.own_script))


@dataclass(frozen=True)
class Match:
    """Somebody who may be the same person, and why."""

    reason: str
    entry: Entry

    @property
    def words(self) -> Any:
        return REASONS[self.reason]


class Index:
    """Entries by what makes them alike. Comparing takes no query."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = list(entries)
        self._email: dict[str, list[int]] = defaultdict(list)
        self._name: dict[tuple[int | None, str], list[int]] = defaultdict(list)
        self._script: dict[str, list[int]] = defaultdict(list)
        by_participant: dict[int | None, list[tuple[int, str]]] = defaultdict(list)
        for place, entry in enumerate(self.entries):
            if entry.email:
                self._email[entry.email.casefold()].append(place)
            self._name[entry.participant, entry.key].append(place)
            by_participant[entry.participant].append((place, entry.key))
            if entry.script_key:
                self._script[entry.script_key].append(place)
                self._name[entry.participant, name_key(entry.own_script)].append(place)
        self._near = {participant: NearNames(names) for participant, names in by_participant.items()}

    def matches(self, entry: Entry, before: int | None = None) -> list[Match]:
        """Others like `entry`, the strongest reason first, each once; only those that stand `before` a place, if it is given."""
        found: dict[int, str] = {}

        def is_wanted(place: int) -> bool:
            return before is None or place < before

        def add(places: Iterable[int], reason: str) -> None:
            for place in places:
                if is_wanted(place):
                    found.setdefault(place, reason)

        if entry.email:
            add(self._email.get(entry.email.casefold(), ()), SAME_EMAIL)
        own = [entry.key, *([name_key(entry.own_script)] if entry.script_key else [])]
        for key in filter(None, own) if entry.participant is not None else ():
            add(self._name.get((entry.participant, key), ()), SAME_NAME)
        if entry.script_key:
            add(self._script.get(entry.script_key, ()), SAME_SCRIPT)
        if entry.participant is not None and entry.participant in self._near:
            add((place for _likeness, place in self._near[entry.participant].near(entry.key, is_wanted)), NEAR_NAME)
        return [Match(reason, self.entries[place]) for place, reason in found.items()]


def entry_of(official: Official) -> Entry:
    return Entry(official.participant_id, official.name, official.name_own_script, official.email, official)


def officials_on_record(user: AnyUser) -> list[Official]:
    """Everybody who has not left and was not merged into another. One query."""
    rows = Official.objects.visible_to(user).apart().filter(Q(period_to__isnull=True) | Q(period_to__gte=today()))
    return list(rows.select_related("participant", "ministry").order_by("participant__name", "name", "pk"))


def likely_duplicates(user: AnyUser) -> list[tuple[Official, Official, Any]]:
    """Pairs of officials of one participant who may be one person, with the reason in words. One query."""
    index = Index(entry_of(official) for official in officials_on_record(user))
    pairs: list[tuple[Official, Official, Any]] = []
    for entry in index.entries:
        for match in index.matches(entry):
            one, other = entry.who, match.entry.who
            if one and other and one.participant_id == other.participant_id and one.pk < other.pk:
                pairs.append((one, other, match.words))
    return pairs


def strongest(matches: Sequence[Match]) -> list[Match]:
    """At most five, the strongest reasons first."""
    order = list(REASONS)
    return sorted(matches, key=lambda match: order.index(match.reason))[:MOST_MATCHES]
