"""What a late change would change of a delegation, in words: who joins, who leaves, and whose answers become others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from activities.enums import AttendanceMode, DelegatePart
from activities.models import Nomination
from members.enums import DatePrecision
from members.partial_dates import format_partial

type Person = Mapping[str, Any]
_ABOUT = ("name", "position", "email", "name_own_script")  # kept with the official, all else with the nomination


@dataclass(frozen=True)
class Change:
    """One answer of a person that becomes another, or that one who joins gives; before and after as a reader reads them."""

    label: str
    before: str
    after: str
    is_new: bool = False

    @property
    def words(self) -> str:
        said = {"label": self.label, "before": self.before, "after": self.after}
        if self.is_new:
            return _("%(label)s: %(after)s") % said
        if not self.before:
            return _("%(label)s: “%(after)s” is added") % said
        if not self.after:
            return _("%(label)s: “%(before)s” is taken away") % said
        return _("%(label)s: from “%(before)s” to “%(after)s”") % said


@dataclass(frozen=True)
class Difference:
    """One person of whom a late change says something new: joins, leaves, or answers otherwise."""

    name: str
    position: str
    what: str
    changes: list[Change] = field(default_factory=list)


def differences(standing: Sequence[Nomination], people: Sequence[Person]) -> list[Difference]:
    """What a sheet of `people` (as a late change keeps them) would change of the delegation that stands (`on_sheet`)."""
    by_key = {row.official_id: row for row in standing}
    by_email = {row.official.email.casefold(): row for row in standing}
    names = {row.pk: row.official.name for row in standing}
    found, kept = [], set()
    for person in people:
        row = by_key.get(person.get("official") or 0) or by_email.get(str(person["email"]).casefold())
        if row is None:
            found.append(Difference(person["name"], person["position"], _("joins"), list(_given(person, names))))
            continue
        kept.add(row.pk)
        if changes := list(_changes(row, person, names)):
            found.append(Difference(row.official.name, row.official.position, _("changes"), changes))
    gone = [Difference(row.official.name, row.official.position, _("leaves")) for row in standing if row.pk not in kept]
    return [*found, *gone]


def _as_typed(value: Any) -> str:
    return str(value or "")


def _yes_or_no(value: Any) -> str:
    return _("yes") if value else _("no")


def _days(value: Any) -> str:
    if not value:
        return _("All days")
    days = sorted(date.fromisoformat(str(day)) for day in value)
    return "; ".join(format_partial(day, DatePrecision.DAY, get_language() or "en") for day in days)


_ANSWERS: dict[str, tuple[Promise | str, Callable[[Any], str]]] = {
    "name": (gettext_lazy("Full name"), _as_typed),
    "name_own_script": (gettext_lazy("Name in own script"), _as_typed),
    "position": (gettext_lazy("Position and ministry"), _as_typed),
    "email": (gettext_lazy("Email address"), _as_typed),
    "part": (gettext_lazy("Part in the delegation"), lambda value: str(DelegatePart(value).label)),
    "mode": (gettext_lazy("Attending"), lambda value: str(AttendanceMode(value).label)),
    "days": (gettext_lazy("Days attending"), _days),
    "meal": (gettext_lazy("Meal"), _as_typed),
    "access_needs": (gettext_lazy("Access needs"), _as_typed),
    "visa_letter": (gettext_lazy("Needs a letter for the visa"), _yes_or_no),
}


def _changes(row: Nomination, person: Person, names: Mapping[int, str]) -> Iterator[Change]:
    """The answers that differ. An empty name in own script leaves the one that is known."""
    for key, (label, words) in _ANSWERS.items():
        before = getattr(row.official if key in _ABOUT else row, key)
        after = person.get(key, before)
        if (key == "name_own_script" and not after) or words(before) == words(after):
            continue
        yield Change(str(label), words(before), words(after))
    yield from _in_place_of(person, names, row.replaces_id)


def _given(person: Person, names: Mapping[int, str]) -> Iterator[Change]:
    """What somebody who joins says beside name, position and address, which stand at the head of the row."""
    for key, (label, words) in _ANSWERS.items():
        if key not in {"name", "position"} and person.get(key):
            yield Change(str(label), "", words(person[key]), is_new=True)
    yield from _in_place_of(person, names, None)


def _in_place_of(person: Person, names: Mapping[int, str], now: int | None) -> Iterator[Change]:
    replaced = person.get("replaces")
    if replaced and replaced != now and replaced in names:
        yield Change(_("Comes in place of"), "", names[replaced], is_new=True)
