"""Storing rows: what is new is made, what changed in the file is changed, what was edited in the portal is kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, models, transaction

from baliportal.record.rows import Problem, Row, RowError
from members.models import LoadedRow, User

_VOLATILE = {"changed_at", "recorded_at", "search", "last_day", "calendar_sequence", "id", "published_at", "published_by"}


@dataclass
class Report:
    """What a loading did, per row; `kept` lists rows that were edited in the portal since."""

    made: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass
class Written:
    """What a row says, ready to be stored: plain fields, many-to-many links, and rows that hang on the record."""

    fields: dict[str, Any]
    links: dict[str, list[models.Model]] = field(default_factory=dict)
    children: Callable[[Any], None] | None = None
    initial: dict[str, Any] = field(default_factory=dict)  # set when the record is made, then the portal's own


@dataclass(frozen=True)
class Loader:
    """How the rows of one file become records of one model. `children` names relations that belong to the record."""

    file: str
    model: type[models.Model]
    columns: tuple[str, ...]
    key: Callable[[Row], str]
    find: Callable[[Row], models.Model | None]
    write: Callable[[Row], Written]
    children: tuple[str, ...] = ()
    name: str = ""  # where one file is read twice, the second reading has a name of its own
    is_optional: bool = False  # the file may be absent
    optional: tuple[str, ...] = ()  # columns that a file may leave out

    @property
    def label(self) -> str:
        return self.name or self.file


def state_of(record: models.Model, children: Iterable[str]) -> str:
    """SHA-256 of what is stored: fields, links and children. An edit anywhere in it shows."""
    parts: list[Any] = [_fields_of(record)]
    for relation in record._meta.many_to_many:
        linked = getattr(record, relation.name).order_by("pk").values_list("pk", flat=True)
        parts.append([relation.name, list(linked)])
    for name in children:
        rows = getattr(record, name).order_by("pk")
        parts.append([name, [_fields_of(row) for row in rows]])
    return hashlib.sha256(json.dumps(parts, default=str, sort_keys=True).encode()).hexdigest()


def _fields_of(record: models.Model) -> dict[str, Any]:
    """What is stored and says something: values at their default are left out, so that a new column changes no hash."""
    found = {f: f.value_from_object(record) for f in record._meta.concrete_fields if f.name not in _VOLATILE}
    return {f.attname: value for f, value in found.items() if value not in ("", None) and value != f.get_default()}


class Storer:
    """Applies loaders inside one transaction and remembers what it did."""

    def __init__(self, *, by: User, overwrite: frozenset[str]) -> None:
        self.by = by
        self.overwrite = overwrite
        self.report = Report()
        self.seen: set[tuple[str, str]] = set()
        self.loaded = {(row.file, row.key): row for row in LoadedRow.objects.all()}
        self.touched: dict[tuple[str, Any], list[tuple[Loader, Row, models.Model]]] = {}

    def store(self, loader: Loader, row: Row) -> None:
        """Store one row in a savepoint; a broken one becomes a problem and leaves nothing behind."""
        try:
            with transaction.atomic():
                self._store(loader, row)
                with connection.cursor() as cursor:  # deferred rules speak now, while the line is known
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        except RowError as error:
            self._refuse(row, str(error))
        except ValidationError as error:
            self._refuse(row, " ".join(_messages(error)))
        except DatabaseError as error:
            self._refuse(row, _reason(loader.model, error))

    def _refuse(self, row: Row, reason: str) -> None:
        self.report.problems.append(Problem(row.file, row.line, reason))

    def _store(self, loader: Loader, row: Row) -> None:
        key = loader.key(row)
        if (loader.label, key) in self.seen:
            raise RowError(f"“{key}” stands twice in this file.")
        self.seen.add((loader.label, key))
        written = loader.write(row)
        record = loader.find(row)
        known = self.loaded.get((loader.label, key))
        touched = record is not None and (record._meta.label, record.pk) in self.touched
        if record is not None and not touched and key not in self.overwrite:
            if known is None or known.state != state_of(record, loader.children):
                self.report.kept.append(f"{loader.label} {key}")
                return
            if known.digest == row.digest():
                self.report.unchanged.append(f"{loader.label} {key}")
                return
        (self.report.made if record is None else self.report.changed).append(f"{loader.label} {key}")
        self._write(loader, row, record, written)

    def _write(self, loader: Loader, row: Row, record: models.Model | None, written: Written) -> None:
        fields = written.fields
        if record is None:
            record = loader.model(**fields, **written.initial)
        else:
            for name, value in fields.items():
                setattr(record, name, value)
        new = record.pk is None
        record.full_clean(validate_constraints=False)  # the database asks them all, once, when the row is stored
        record.save()
        for name, linked in written.links.items():
            relation = getattr(record, name)
            if not new:
                relation.set(linked)
            elif linked:
                relation.add(*linked)
        if written.children:
            written.children(record)
        self.touched.setdefault((record._meta.label, record.pk), []).append((loader, row, record))

    def remember(self) -> None:
        """Note what each stored record looks like, after all files: one file may add to the records of another."""
        for rows in self.touched.values():
            loader, _row, record = rows[-1]
            record.refresh_from_db()
            state = state_of(record, loader.children)
            for said, row, _record in rows:
                LoadedRow.objects.update_or_create(
                    file=said.label, key=said.key(row), defaults={"digest": row.digest(), "state": state}
                )


def _messages(error: ValidationError) -> list[str]:
    if hasattr(error, "error_dict"):
        return [
            message if name == "__all__" else f"{name}: {message}"
            for name, found in error.message_dict.items()
            for message in found
        ]
    return list(error.messages)


def _reason(model: type[models.Model], error: DatabaseError) -> str:
    """What a rule of the database says, in the words of the rule that was broken."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    for known in (model, *(relation.related_model for relation in model._meta.related_objects)):
        for constraint in getattr(known, "_meta", model._meta).constraints:
            if name and constraint.name == name:
                return f"{constraint.get_violation_error_message()} ({name})"
    return str(error).split("\n", maxsplit=1)[0]
