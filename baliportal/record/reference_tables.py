"""Loaders of what makes this process and not another: its name, vocabularies, bodies and sources."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from django.db import models

from activities.models import ActivityKind
from baliportal.record.lookups import Lookups
from baliportal.record.rows import Row, RowError
from baliportal.record.store import Loader, Written
from members.enums import Confidence
from members.models import Body, ForumKind, Portfolio, Process, Region, SeatRole, Source, StandingItem, Topic

_TIMES = {"once": 1, "twice": 2, "three times": 3, "four times": 4}
_OFTEN = re.compile(rf"(?:about )?({'|'.join(_TIMES)}) a year")
VOCABULARY = ("key", "name_en", "name_id", "order")
CONFIDENCE = {str(value): str(value) for value in Confidence.values}


def _find[M: models.Model](model: type[M]) -> Callable[[Row], M | None]:
    return lambda row: model._default_manager.filter(key=row.text("key")).first()


def _vocabulary(row: Row) -> dict[str, object]:
    return {
        "key": row.text("key", required=True, most=40),
        "name_en": row.text("name_en", required=True, most=120),
        "name_id": row.text("name_id", most=120),
        "order": row.number("order", required=True, most=32_000),
    }


def vocabulary_loader(file: str, model: type[models.Model]) -> Loader:
    """A file of key, names and order."""
    return Loader(
        file, model, VOCABULARY, lambda row: row.text("key"), _find(model), lambda row: Written(fields=_vocabulary(row))
    )


def _process(row: Row) -> Written:
    if row.line > 2:  # noqa: PLR2004 - the header and one row
        raise RowError("there is one process.")
    return Written(
        fields={
            "name_en": row.text("name_en", required=True, most=120),
            "name_id": row.text("name_id", most=120),
            "full_name_en": row.text("full_name_en", required=True, most=250),
            "full_name_id": row.text("full_name_id", most=250),
            "prefix": row.text("prefix", required=True, most=8),
            "languages": "; ".join(row.parts("languages")),
            "since": row.year("since"),
        }
    )


def _seat_role(row: Row) -> Written:
    return Written(
        fields=_vocabulary(row)
        | {
            "is_member": row.flag("is_member"),
            "approves": row.flag("approves"),
            "permission_set": row.text("permission_set", most=40),
        }
    )


def months_between(words: str) -> int | None:
    """Months between two meetings where a cadence says how often a year: 6 for "about twice a year"; else None."""
    found = _OFTEN.fullmatch(" ".join(words.casefold().split()))
    return 12 // _TIMES[found[1]] if found else None


def _standing_item(row: Row, bodies: Mapping[str, Body]) -> Written:
    return Written(
        fields={
            "body": row.required_reference("body", bodies),
            "order": row.number("order", required=True, least=1, most=1000),
            "title_en": row.text("title_en", required=True, most=250),
            "title_id": row.text("title_id", most=250),
            "note": row.text("note"),
        }
    )


def _source(row: Row) -> Written:
    names = ("title", "kind", "import_test", "note")
    fields: dict[str, object] = {name: row.text(name, required=name == "title") for name in names}
    return Written(fields=fields | {"key": row.text("key", required=True, most=12), "url": row.url("url")})


def loaders(lookups: Lookups) -> list[Loader]:
    """In the order in which files build on one another."""

    def _body(row: Row) -> Written:
        fields = _vocabulary(row) | {
            name: row.text(name) for name in ("mandate", "mandate_paragraph", "cadence", "activity_kind")
        }
        kind = row.text("activity_kind")
        if kind and kind not in lookups.kinds:
            raise RowError(f"activity_kind names “{kind}”, which the record does not have.")
        return Written(
            fields={**fields, "confidence": row.choice("confidence", CONFIDENCE)},
            initial={"cadence_months": months_between(row.text("cadence"))},
            links={"source": [*row.references("source", lookups.sources)]},
        )

    return [
        Loader(
            "process.csv",
            Process,
            ("name_en", "name_id", "full_name_en", "full_name_id", "prefix", "languages", "since"),
            lambda row: row.text("prefix"),
            lambda _row: Process.objects.first(),
            _process,
        ),
        Loader(
            "sources.csv",
            Source,
            ("key", "title", "kind", "url", "import_test", "note"),
            lambda row: row.text("key"),
            _find(Source),
            _source,
        ),
        Loader(
            "portfolios.csv",
            Portfolio,
            VOCABULARY,
            lambda row: row.text("key"),
            _find(Portfolio),
            # Which ministry letters go through is the secretariat's to change; the file says what it is at first [18].
            lambda row: Written(fields=_vocabulary(row), initial={"is_channel": row.flag("is_channel")}),
            optional=("is_channel",),
        ),
        vocabulary_loader("topics.csv", Topic),
        vocabulary_loader("regions.csv", Region),
        vocabulary_loader("forum_kinds.csv", ForumKind),
        vocabulary_loader("activity_kinds.csv", ActivityKind),
        Loader(
            "seat_roles.csv",
            SeatRole,
            ("key", "name_en", "name_id", "is_member", "permission_set", "approves", "order"),
            lambda row: row.text("key"),
            _find(SeatRole),
            _seat_role,
        ),
        Loader(
            "bodies.csv",
            Body,
            (*VOCABULARY, "mandate", "mandate_paragraph", "cadence", "activity_kind", "source", "confidence"),
            lambda row: row.text("key"),
            _find(Body),
            _body,
        ),
        Loader(
            "agenda_items.csv",
            StandingItem,
            ("body", "order", "title_en", "title_id", "note"),
            lambda row: f"{row.text('body')}/{row.text('order')}",
            lambda row: StandingItem.objects.filter(body__key=row.text("body"), order=row.number("order") or 0).first(),
            lambda row: _standing_item(row, lookups.bodies),
            is_optional=True,
        ),
    ]
