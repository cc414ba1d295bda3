"""A form changes what it shows and nothing else: forged fields beside its own make no difference to any row."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import connection, models, transaction
from django.test import Client
from django.utils import timezone

from tests.forms.portal import Portal

APPS = ("members", "activities", "reports")
TABLES = [model for model in apps.get_models() if model._meta.app_label in APPS and not model.__name__.endswith("Event")]
# Random, or made of numbers that an attempt gives anew. Of a message, what it says follows from its kind and recipient.
FRESH = {"message_id", "token_hash", "submit_token", "storage_name"}
KEYS_MADE = {"officials", "ministries", "appointments"}  # of an import
FRESH_IN_MESSAGES = {"key", "text", "html"}
MOST_FIELDS = 700  # in one request, beside the form's own; it takes a thousand
MODEL_OF = {model._meta.db_table: model for model in TABLES}
MOMENT = timezone.now() + timedelta(minutes=5)
Rows = set[tuple[str, str]]


def forged_fields() -> dict[str, list[str]]:
    """Every field of every model with a value of its kind that would show, and keys of rows that are another's."""
    found: dict[str, list[str]] = {"pk": ["1"], "id": ["1"]}
    for model in TABLES:
        for column in model._meta.concrete_fields:
            for name in {column.name, column.attname}:
                found[name] = [_forged(column)]
    return found


def _forged(column: Any) -> str:
    if isinstance(column, models.ForeignKey):
        last = column.related_model._base_manager.order_by("-pk").values_list("pk", flat=True).first()
        return str(last or 1)
    if column.choices:
        return str(list(column.choices)[-1][0])
    kinds = {models.BooleanField: "on", models.DateTimeField: "2001-01-01 00:00", models.DateField: "2001-01-01"}
    for kind, value in kinds.items():
        if isinstance(column, kind):
            return value
    return "7" if isinstance(column, models.IntegerField) else "forged"


def _all_rows() -> Rows:
    parts = [f"SELECT '{model._meta.db_table}', to_jsonb(t)::text FROM {model._meta.db_table} t" for model in TABLES]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return set(cursor.fetchall())


def _comparable(changed: Rows, known: set[tuple[str, int]]) -> list[str]:
    """Rows as text, without what every attempt makes anew."""
    return sorted(f"{table} {json.dumps(_lasting(table, json.loads(row), known), sort_keys=True)}" for table, row in changed)


def _lasting(table: str, row: dict[str, Any], known: set[tuple[str, int]]) -> dict[str, Any]:
    """The row with "new" for keys of rows that the attempt made, and "now" for the time of the attempt."""
    fresh = FRESH | (FRESH_IN_MESSAGES if table == "members_delivery" else set())
    now = tuple(f"{time:%Y-%m-%dT}" for time in (MOMENT, timezone.now()))  # the database has its own clock
    kept = {name: value for name, value in row.items() if name not in fresh}
    for column in MODEL_OF[table]._meta.concrete_fields:
        related = column.related_model._meta.db_table if isinstance(column, models.ForeignKey) else table
        value = kept.get(column.attname)
        is_key = column.primary_key or isinstance(column, models.ForeignKey)
        if is_key and value is not None and (related, value) not in known:
            kept[column.attname] = "new"
        else:
            kept[column.attname] = _comparable_value(value, now)
    return kept


def _comparable_value(value: Any, now: tuple[str, ...]) -> Any:
    """The value with "now" for times of today and "new" for keys of rows made, also inside of what is kept as JSON."""
    if isinstance(value, dict):
        return {name: len(part) if name in KEYS_MADE else _comparable_value(part, now) for name, part in value.items()}
    if isinstance(value, list):
        return [_comparable_value(part, now) for part in value]
    return "now" if isinstance(value, str) and value.startswith(now) else value


def _effect(
    client: Client, address: str, data: dict[str, list[Any]], before: Rows, known: set[tuple[str, int]]
) -> tuple[int, list[str]]:
    """What posting changes, and takes back; at one moment, since what ends in seven days is not known by its beginning."""
    with transaction.atomic(), time_machine.travel(MOMENT, tick=False):
        response = client.post(address, data)
        changed = _all_rows() ^ before
        transaction.set_rollback(True)
    return response.status_code, _comparable(changed, known)


def _attacks(form: Any, data: dict[str, list[Any]], forged: dict[str, list[str]]) -> Iterator[dict[str, list[Any]]]:
    """The form's own answers with all that it does not ask for, also under the names of its rows, in as few as will pass."""
    own = {*form.names, *data}
    first = sorted({f"{name.rpartition('-')[0]}-" for name in own if "-" in name})[:1]
    extra = {f"{place}{name}": value for place in ("", *first) for name, value in forged.items()}
    names = [name for name in extra if name not in own]
    for start in range(0, len(names), MOST_FIELDS):
        yield {**{name: extra[name] for name in names[start : start + MOST_FIELDS]}, **data}


def _answers(form: Any) -> dict[str, list[Any]]:
    """What the page would send, with something in each text that stands empty, so that new records are made too."""
    data = form.changed({})
    for name in form.typed:
        if not any(data.get(name, [])):
            data[name] = ["A word"]
    return data


@pytest.mark.django_db
def test_forged_fields_change_nothing(portal: Portal) -> None:
    forged, before = forged_fields(), _all_rows()
    known = {(table, json.loads(row)["id"]) for table, row in before}
    wrong, changing = [], 0
    for person, route, form in portal.forms:
        for data in (form.changed({}), _answers(form)):
            honest = _effect(portal.clients[person], form.action, data, before, known)
            changing += bool(honest[1])
            for attack in _attacks(form, data, forged):
                attacked = _effect(portal.clients[person], form.action, attack, before, known)
                if honest != attacked:
                    lines = sorted(set(honest[1]) ^ set(attacked[1]))
                    wrong.append(f"{route} as {person}: {honest[0]} {attacked[0]}\n   " + "\n   ".join(lines[:4]))
    assert not wrong, "\n".join(wrong)
    assert changing > 100  # else little was proved
