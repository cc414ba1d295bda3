"""What an activity holds beside its basic facts, as far as one person may read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce, JSONObject
from django.utils.translation import get_language

from activities.models import Activity, PracticalText, Session, StatusChange
from activities.models.visibility import content_q
from members.models.visibility import rights_of

if TYPE_CHECKING:
    from members.models import AnyUser


@dataclass(frozen=True)
class ProgrammePart:
    """A part of the programme as a page shows it; times are in the activity's zone."""

    title: str
    day: date
    starts_at: time | None
    ends_at: time | None
    chairs: list[str]


@dataclass(frozen=True)
class Content:
    """Programme by day, practical information in the reader's language, and whether some of the content is closed to it."""

    days: list[tuple[date, list[ProgrammePart]]] = field(default_factory=list)
    practical: str = ""
    changes: list[StatusChange] = field(default_factory=list)
    is_open: bool = True


def programme_of(activity: Activity) -> list[Session]:
    """All parts with their chairs, for the desk. Four queries at most."""
    return list(activity.sessions.prefetch_related("chair_rows__participant", "chair_rows__forum"))


def with_content_marks(rows: QuerySet[Activity], user: AnyUser) -> QuerySet[Activity]:
    """Say of each activity whether there is anything beside it (`has_more`), and whether `user` may read its content."""
    readable = Activity.objects.filter(content_q(rights_of(user)), pk=OuterRef("pk"))
    more = (model._default_manager.filter(activity=OuterRef("pk")) for model in (Session, PracticalText, StatusChange))
    has_more: Any = None
    for one in more:
        has_more = Exists(one) if has_more is None else has_more | Exists(one)
    return rows.annotate(has_more=has_more, may_read_content=Exists(readable))


def content_of(activity: Activity, user: AnyUser) -> Content:
    """What `user` may read beside the facts. One query, none where there is nothing; needs `with_content_marks`."""
    is_open: bool = activity.may_read_content  # type: ignore[attr-defined] # annotated
    if not activity.has_more:  # type: ignore[attr-defined] # annotated
        return Content(is_open=is_open)
    found: dict[str, list[dict[str, Any]]] = {"part": [], "practical": [], "change": []}
    legs = [_parts(activity, user), _practical(activity, user), _changes(activity)]
    for kind, data in legs[0].union(*legs[1:], all=True).order_by():
        found[kind].append(data)
    parts = sorted((_part(row) for row in found["part"]), key=lambda part: part[0])
    return Content(
        days=[(day, [part for _key, part in rows]) for day, rows in groupby(parts, key=lambda part: part[1].day)],
        practical=in_language(found["practical"]),
        changes=[_change(activity, row) for row in sorted(found["change"], key=lambda row: row["made_at"], reverse=True)],
        is_open=is_open,
    )


def _leg(rows: QuerySet[Any], leg: str, /, **data: Any) -> QuerySet[Any, Any]:
    named = rows.order_by().annotate(_kind=Value(leg, output_field=CharField()), _data=JSONObject(**data))
    found: QuerySet[Any, Any] = named.values_list("_kind", "_data")
    return found


def _parts(activity: Activity, user: AnyUser) -> QuerySet[Any, Any]:
    rows = Session.objects.filter(pk__in=Session.objects.visible_to(user).filter(activity=activity).order_by().values("pk"))
    party = Coalesce("chair_rows__participant__name", "chair_rows__forum__full_name")
    chairs = ArrayAgg(party, filter=Q(chair_rows__isnull=False), order_by=["chair_rows__order", "chair_rows__pk"])
    names = ("title", "day", "starts_at", "ends_at", "order", "pk")
    return _leg(rows.annotate(_chairs=chairs), "part", chairs=F("_chairs"), **{name: F(name) for name in names})


def _practical(activity: Activity, user: AnyUser) -> QuerySet[Any, Any]:
    rows = PracticalText.objects.visible_to(user).filter(activity=activity).order_by()
    return _leg(PracticalText.objects.filter(pk__in=rows.values("pk")), "practical", language=F("language"), text=F("text"))


def _changes(activity: Activity) -> QuerySet[Any, Any]:
    """Whoever sees the activity sees why its dates changed."""
    names = ("kind", "reason_en", "reason_id", "made_at", "old_status", *_OLD_DATES)
    return _leg(StatusChange.objects.filter(activity=activity), "change", **{name: F(name) for name in names})


_OLD_DATES = ("old_start", "old_end", "old_precision", "new_start", "new_end", "new_precision")


def _part(row: dict[str, Any]) -> tuple[tuple[Any, ...], ProgrammePart]:
    """A part with what it is sorted by: as sessions are, those without a time last of their day."""
    starts, ends = (time.fromisoformat(row[name]) if row[name] else None for name in ("starts_at", "ends_at"))
    part = ProgrammePart(row["title"], date.fromisoformat(row["day"]), starts, ends, row["chairs"] or [])
    return (part.day, starts or time.max, row["order"], row["pk"]), part


def practical_for_delegate(activity: Activity) -> str:
    """Practical information in the language in force, for a nominated person, who has no account and a signed link instead."""
    return in_language(PracticalText.objects.filter(activity=activity).values("language", "text"))


def in_language(rows: Iterable[Mapping[str, Any]]) -> str:
    """Of texts (language, text) that in the language in force, else the English one, else any; "" of none."""
    texts = {row["language"]: row["text"] for row in rows}
    return texts.get(get_language() or "en") or texts.get("en") or next(iter(texts.values()), "")


def _change(activity: Activity, row: dict[str, Any]) -> StatusChange:
    dates = {name: date.fromisoformat(row[name]) if row[name] else None for name in _OLD_DATES if not name.endswith("precision")}
    made_at = datetime.fromisoformat(row["made_at"])
    return StatusChange(**(row | dates | {"made_at": made_at}), activity=activity)


__all__ = [
    "Content",
    "ProgrammePart",
    "content_of",
    "in_language",
    "practical_for_delegate",
    "programme_of",
    "with_content_marks",
]
