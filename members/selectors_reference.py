"""Reading the reference tables at the desk: their rows, and by how many records each is used."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pghistory.models
from django.db.models import Count, IntegerField, ManyToOneRel, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.text import capfirst

from members.models import Appointment, Seat, SeatRole
from members.models.base import Vocabulary

type TextUses = tuple[tuple[type[Model], str], ...]


@dataclass(frozen=True)
class Use:
    """How many records of one kind use a row."""

    words: str
    number: int


def used_by(model: type[Vocabulary], texts: TextUses = ()) -> dict[str, tuple[str, Any]]:
    """Name of an annotation to (words, subquery that counts) for each kind of record that can use a row of `model`.

    Links of many to many count by their own rows: deleting would take them along without a word. `texts` name models and
    fields that hold a row's key as text.
    """
    found: dict[str, tuple[str, Any]] = {}
    relations = [field for field in model._meta.get_fields(include_hidden=True) if isinstance(field, ManyToOneRel)]
    for relation in relations:
        user: Any = relation.related_model
        if issubclass(user, pghistory.models.Event) or user._meta.proxy:
            continue
        owner = user._meta.auto_created or user
        found[f"used_{len(found)}"] = (_words(owner), _count(user, relation.field.name, "pk"))
    for user, field in texts:
        found[f"used_{len(found)}"] = (_words(user), _count(user, field, "key"))
    return found


def _words(model: type[Model]) -> str:
    return str(capfirst(str(model._meta.verbose_name)))


def _count(model: Any, field: str, outer: str) -> Coalesce:
    rows = model._base_manager.filter(**{field: OuterRef(outer)}).order_by().values(field).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(rows, output_field=IntegerField()), 0)


def rows_with_uses(model: type[Vocabulary], texts: TextUses = ()) -> list[tuple[Vocabulary, list[Use]]]:
    """All rows of a table in their order, each with its uses. One query."""
    counted = used_by(model, texts)
    rows: QuerySet[Any] = model._default_manager.annotate(**{name: count for name, (_w, count) in counted.items()})
    return [(row, _uses(row, counted)) for row in rows]


def uses_of(row: Vocabulary, texts: TextUses = ()) -> list[Use]:
    """The uses of one row. One query."""
    counted = used_by(type(row), texts)
    found: Any = type(row)._default_manager.annotate(**{name: count for name, (_w, count) in counted.items()}).get(pk=row.pk)
    return _uses(found, counted)


def _uses(row: Any, counted: dict[str, tuple[str, Any]]) -> list[Use]:
    numbers: dict[str, int] = {}
    for name, (words, _count_of) in counted.items():
        numbers[words] = numbers.get(words, 0) + getattr(row, name)
    return [Use(words, number) for words, number in sorted(numbers.items()) if number]


def people_in_role(role: SeatRole) -> int:
    """How many people's rights come from this role now: holders of current seats in it."""
    seats = Seat.objects.current().filter(role=role)
    holders = Appointment.objects.current().filter(Q(seat__in=seats), official__isnull=False)
    return holders.order_by().values("official").distinct().count()


def numbers_of_rows(models: Iterable[type[Vocabulary]]) -> dict[type[Vocabulary], int]:
    """How many rows each table has. One query a table."""
    return {model: model._default_manager.count() for model in models}
