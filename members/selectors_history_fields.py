"""What each change of one record changed: fields old and new. The history keeps new values; the old come from the event before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from members.enums import DatePrecision
from members.history_words import UNTOLD, field_words
from members.models import User
from members.partial_dates import format_partial
from members.selectors_history import Entry, labels
from members.tracked import Tracked

if TYPE_CHECKING:
    from members.models import AnyUser

_PRECISION = {"start": "date_precision", "end": "date_precision", "date": "date_precision"}


@dataclass(frozen=True)
class FieldChange:
    """One field of one change, in words; empty where there was nothing."""

    words: str
    old: str
    new: str


@dataclass(frozen=True)
class Detail:
    """One change with what it changed. `note` says why nothing is listed; `why` is the reason given for it."""

    entry: Entry
    fields: list[FieldChange]
    note: str = ""
    why: str = ""


def details(entries: Sequence[Entry], kinds: Sequence[Tracked], user: AnyUser, people: dict[int, str]) -> list[Detail]:
    """The changes with their fields, in the order given. Two queries a kind among them, and one for what records are called."""
    events = _events_with_before(entries, user)
    compared = [(entry, *events[entry.tracked.kind, entry.event]) for entry in entries]
    by_model = {tracked.model: tracked.kind for tracked in kinds}
    wanted = {
        (by_model[field.related_model], value)
        for entry, event, before in compared
        for field, old, new in _differing(entry, event, before)
        for value in (old, new)
        if field.is_relation and value is not None and field.related_model in by_model
    }
    names = {key: label for key, (label, _key) in labels(wanted, kinds, user).items()}
    return [_detail(entry, event, before, _Words(names, people, by_model)) for entry, event, before in compared]


def _events_with_before(entries: Sequence[Entry], user: AnyUser) -> dict[tuple[str, int], tuple[Any, Any]]:
    """(kind, event) to the event and the one before it of the same row, if there is one that may be read."""
    found: dict[tuple[str, int], tuple[Any, Any]] = {}
    for tracked in {entry.tracked.kind: entry.tracked for entry in entries}.values():
        readable = tracked.events(user)
        column = "pgh_obj_id" if hasattr(tracked.event_model, "pgh_obj_id") else "id"
        earlier = readable.filter(**{column: OuterRef(column)}, pgh_id__lt=OuterRef("pgh_id"))
        wanted = [entry.event for entry in entries if entry.tracked.kind == tracked.kind]
        rows = list(
            readable.filter(pgh_id__in=wanted).annotate(h_before=Subquery(earlier.order_by("-pgh_id").values("pgh_id")[:1]))
        )
        before = tracked.event_model._default_manager.in_bulk({row.h_before for row in rows if row.h_before})
        found |= {(tracked.kind, row.pgh_id): (row, before.get(row.h_before)) for row in rows}
    return found


def told_fields(tracked: Tracked) -> list[models.Field[Any, Any]]:
    """Fields of the model whose values the history keeps and pages tell."""
    kept = {field.name for field in tracked.event_model._meta.concrete_fields} - UNTOLD
    return [field for field in tracked.model._meta.concrete_fields if field.name in kept]


def untold_personal(tracked: Tracked) -> bool:
    """Whether the model has values that its history leaves out, such as a person's name."""
    kept = {field.name for field in tracked.event_model._meta.concrete_fields}
    return any(field.name not in kept and not field.generated for field in tracked.model._meta.concrete_fields)


def _differing(entry: Entry, event: Any, before: Any) -> list[tuple[models.Field[Any, Any], Any, Any]]:
    """(field, old, new) of what this change changed; all that was there for a row that was made or taken away."""
    found = []
    skip = entry.tracked.part_of[1].removesuffix("_id") if entry.tracked.part_of else ""
    for field in told_fields(entry.tracked):
        new = getattr(event, field.attname)
        if entry.action == "update":
            old = getattr(before, field.attname) if before else new
        else:
            if field.name == skip:
                continue
            old, new = (new, None) if entry.action == "delete" else (None, new)
        if old != new and not (old in {None, ""} and new in {None, ""} if _plain(old, new) else False):
            found.append((field, old, new))
    return found


def _plain(*values: Any) -> bool:
    """Whether the values can be members of a set: those of JSON cannot."""
    return not any(isinstance(value, dict | list) for value in values)


def _detail(entry: Entry, event: Any, before: Any, words: _Words) -> Detail:
    differing = _differing(entry, event, before)
    fields = [
        FieldChange(field_words(field), words.say(field, old, before or event), words.say(field, new, event))
        for field, old, new in differing
    ]
    given = [str(new) for field, _old, new in differing if field.name in entry.tracked.why and new]
    note = ""
    if not fields and entry.action == "update":
        if before is None:
            note = _("What it was before is not known.")
        elif untold_personal(entry.tracked):
            note = _("Personal details changed. The history keeps that, when and by whom, not what they were.")
        else:
            note = _("Saved again without a change.")
    return Detail(entry, fields, note, "; ".join([part for part in (entry.reason, *given) if part]))


@dataclass(frozen=True)
class _Words:
    """Turns stored values into words of the page's language."""

    names: dict[tuple[str, int], str]
    people: dict[int, str]
    by_model: dict[type[models.Model], str]

    def say(self, field: models.Field[Any, Any], value: Any, event: Any) -> str:
        """The value of `field` as a person reads it; a date no finer than `event` knows it."""
        if value is None or value == "":
            return ""
        if field.is_relation:
            return self._relation(field, value)
        if field.choices:
            return str(dict(field.flatchoices).get(value, value))
        if isinstance(field, models.JSONField):
            return _("Too long to show here: see the record itself.")
        precision = getattr(event, _PRECISION.get(field.name, f"{field.name}_precision"), DatePrecision.DAY)
        return _plain_words(value, precision)

    def _relation(self, field: models.Field[Any, Any], value: int) -> str:
        if field.related_model is User:
            return self.people.get(value, _("An account that is no more"))
        kind = self.by_model.get(field.related_model, "")  # type: ignore[arg-type] # a class, once the apps are loaded
        return self.names.get((kind, value)) or _("number %(number)s") % {"number": value}


def _plain_words(value: Any, precision: str) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return moment_words(value)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    if isinstance(value, date):
        return format_partial(value, precision, get_language() or "en") or value.isoformat()
    return str(value)


def moment_words(value: datetime) -> str:
    """A moment in words: "14 May 2004, 09:12 UTC"."""
    utc = timezone.localtime(value, timezone.get_default_timezone())
    return f"{format_partial(utc.date(), DatePrecision.DAY, get_language() or 'en')}, {utc:%H:%M} UTC"
