"""The register of others' activities, and what each row of a list would add to it [32]."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activities.models import ForeignActivity, ForeignList
from activities.radar_words import read_words
from activities.selectors_places import country_codes
from members.enums import DatePrecision
from members.forms_fields import FIRST_YEAR, LAST_YEAR
from members.models import Forum, Portfolio, Topic
from members.names import plain
from members.partial_dates import iso_partial, last_day, parse_partial

if TYPE_CHECKING:
    from members.models import AnyUser

NEW, KNOWN, TWICE, OUT = "new", "known", "twice", "out"
_LOOK_AT = 10  # rows among which the headings are sought
_FORMULA = ("=", "+", "@", "-", "\t")
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\u2400\ufffd]")
# Column → its label, its longest text, and the headings by which it is known.
COLUMNS: dict[str, tuple[Any, int, tuple[str, ...]]] = {
    "title": (gettext_lazy("Title"), 250, ("title", "activity", "event", "name", "judul", "kegiatan", "acara", "nama kegiatan")),
    "from": (
        gettext_lazy("From"),
        40,
        ("from", "start", "start date", "date", "begins", "dari", "mulai", "tanggal", "tanggal mulai"),
    ),
    "to": (gettext_lazy("To"), 40, ("to", "end", "end date", "until", "ends", "sampai", "hingga", "selesai", "tanggal selesai")),
    "country": (gettext_lazy("Country"), 120, ("country", "negara")),
    "city": (gettext_lazy("City"), 120, ("city", "place", "kota", "tempat")),
    "forum": (gettext_lazy("Forum"), 250, ("forum", "organiser", "organizer", "body", "organisation", "penyelenggara")),
    "topics": (gettext_lazy("Topics"), 400, ("topics", "topic", "topik", "tema")),
    "portfolios": (
        gettext_lazy("Portfolios"),
        400,
        ("portfolios", "portfolio", "ministries", "ministry", "bidang", "kementerian"),
    ),
    "url": (gettext_lazy("Web address"), 600, ("url", "link", "web", "web address", "website", "tautan", "alamat web")),
}
_BY_WORD = {word: key for key, (_label, _longest, words) in COLUMNS.items() for word in words}


def foreign_activities(user: AnyUser, words: str = "") -> QuerySet[ForeignActivity]:
    """The register, the latest first, those without a date last; found by words of title, place and forum."""
    rows = ForeignActivity.objects.visible_to(user).select_related("forum").prefetch_related("topics", "portfolios")
    if words:
        rows = rows.filter(
            Q(title__unaccent__icontains=words)
            | Q(city__unaccent__icontains=words)
            | Q(organiser__unaccent__icontains=words)
            | Q(forum__full_name__unaccent__icontains=words)
            | Q(forum__short_name__unaccent__icontains=words)
        )
    return rows.order_by(F("date").desc(nulls_last=True), "title", "pk")


def own_lists(user: AnyUser) -> QuerySet[ForeignList]:
    """A person's own lists of the last day."""
    return ForeignList.objects.visible_to(user).defer("rows")[:20]


def columns_of(headings: Sequence[str]) -> list[str]:
    """The column that each heading means, "" for none; of two with one meaning the first counts."""
    found: list[str] = []
    for heading in headings:
        key = _BY_WORD.get(plain(heading.replace("_", " ")), "")
        found.append("" if key in found else key)
    return found


def rows_of(table: Sequence[tuple[int, list[str]]]) -> list[dict[str, Any]] | None:
    """Rows below the headings as {"line", "cells"}; None where no row of headings names the title."""
    for place, (_line, cells) in enumerate(table[:_LOOK_AT]):
        columns = columns_of(cells)
        if "title" in columns:
            return [{"line": line, "cells": _cells(columns, row)} for line, row in table[place + 1 :]]
    return None


def _cells(columns: Sequence[str], row: Sequence[str]) -> dict[str, str]:
    return {key: " ".join(text.split()) for key, text in zip(columns, row, strict=False) if key}


@dataclass
class Row:
    """One row of a list: what it says, what is wrong with which cell, and what would come of it."""

    line: int
    cells: dict[str, str]
    problems: dict[str, list[str]] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    topics: list[Topic] = field(default_factory=list)
    portfolios: list[Portfolio] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    outcome: str = OUT

    def wrong(self, column: str, said: str) -> None:
        self.problems.setdefault(column, []).append(said)

    @property
    def shown(self) -> list[tuple[Any, str, list[str]]]:
        """Label, text and problems of each column."""
        return [(COLUMNS[key][0], self.cells.get(key, ""), self.problems.get(key, [])) for key in COLUMNS]


def key_of(record: ForeignActivity) -> str:
    """What makes a row the same again: title, dates, country, city and who organises it, whatever the letters' case and accents."""
    start, end = iso_partial(record.date, record.date_precision), str(record.end or "")
    parts = (plain(record.title), start, end, record.country, plain(record.city), plain(record.organised_by))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


class Known:
    """What a list is compared with; read once for all of its rows. Five queries."""

    def __init__(self) -> None:
        self.countries = country_codes()
        self.topics, self.portfolios = list(Topic.objects.offered()), list(Portfolio.objects.offered())
        self.keys = set(ForeignActivity.objects.exclude(key="").values_list("key", flat=True))
        self.forums: dict[str, Forum] = {}
        for forum in Forum.objects.all():
            for name in (forum.code, forum.full_name, forum.short_name):
                self.forums.setdefault(plain(name), forum)


def assess_rows(rows: Iterable[dict[str, Any]], known: Known) -> list[Row]:
    """What each row of a list would add. A row that repeats one before it, or one on record, adds nothing."""
    seen: set[str] = set()
    return [_assess(Row(row["line"], row["cells"]), known, seen) for row in rows]


def _assess(row: Row, known: Known, seen: set[str]) -> Row:
    for column, text in row.cells.items():
        _check_cell(row, column, text)
    start, end = _dates(row)
    country = _country(row, known)
    forum = known.forums.get(plain(row.cells.get("forum", "")))
    row.topics, topics_said = match_vocabulary(row.cells.get("topics", ""), known.topics)
    row.portfolios, portfolios_said = match_vocabulary(row.cells.get("portfolios", ""), known.portfolios)
    row.values = {
        "title": row.cells.get("title", ""),
        "date": start[0] if start else None,
        "date_precision": start[1] if start else DatePrecision.UNKNOWN,
        "end": end,
        "country": country,
        "city": row.cells.get("city", ""),
        "forum": forum,
        "organiser": "" if forum else row.cells.get("forum", ""),
        "topics_said": topics_said,
        "portfolios_said": portfolios_said,
        "url": row.cells.get("url", ""),
    }
    _add_hints(row)
    if not row.problems:
        key = row.values["key"] = key_of(ForeignActivity(**row.values))
        row.outcome = KNOWN if key in known.keys else TWICE if key in seen else NEW
        seen.add(key)
    return row


def _add_hints(row: Row) -> None:
    if row.values["organiser"]:
        row.hints.append(_("No forum on record has this name: it is kept as text."))
    if row.values["topics_said"]:
        row.hints.append(_("Kept as words: %(words)s") % {"words": row.values["topics_said"]})
    if row.values["portfolios_said"]:
        row.hints.append(_("Kept as words: %(words)s") % {"words": row.values["portfolios_said"]})


def _check_cell(row: Row, column: str, text: str) -> None:
    _label, longest, _words = COLUMNS[column]
    if len(text) > longest:
        row.wrong(column, _("Shorten it to %(number)d letters.") % {"number": longest})
    if _NOT_TEXT.search(text):
        row.wrong(column, _("It holds signs that are no text: perhaps the encoding is another one."))
    if text.startswith(_FORMULA) and len(text) > 1:
        row.wrong(column, _("It begins like a formula. Take the first sign away."))
    if column == "title" and not any(sign.isalpha() for sign in text):
        row.wrong(column, _("Write the title."))
    if column == "url" and text:
        try:
            URLValidator(schemes=["http", "https"])(text)
        except ValidationError:
            row.wrong(column, _("Write the whole address, beginning with https://"))


def _dates(row: Row) -> tuple[tuple[date, DatePrecision] | None, date | None]:
    start, end = _date(row, "from"), _date(row, "to")
    if end and not start and "from" not in row.problems:
        row.wrong("from", _("Give the first day too."))
    last = last_day(*end) if end else None
    if start and last and last < start[0]:
        row.wrong("to", _("The last day is before the first."))
    return start, last


def _date(row: Row, column: str) -> tuple[date, DatePrecision] | None:
    text = row.cells.get(column, "")
    if not text:
        return None
    try:
        found = parse_partial(text)
    except ValueError:
        row.wrong(column, _("Write it as 2027-05-14, 14 May 2027, May 2027 or 2027."))
        return None
    if not FIRST_YEAR <= found[0].year <= LAST_YEAR:
        row.wrong(column, _("Enter a year between %(first)s and %(last)s.") % {"first": str(FIRST_YEAR), "last": str(LAST_YEAR)})
        return None
    return found


def _country(row: Row, known: Known) -> str:
    text = row.cells.get("country", "")
    code = known.countries.get(plain(text), "") if text else ""
    if text and not code:
        row.wrong(
            "country", _("No country or territory has this name. Write its name or its code of two letters, or leave it empty.")
        )
    return code


def match_vocabulary[R: (Topic, Portfolio)](text: str, rows: Sequence[R]) -> tuple[list[R], str]:
    """Rows that a cell names, and the words that name none. Parts stand between semicolons, bars or commas.

    A part names a row by its key, by its name in either language, or where it is about the same: "human trafficking" names
    "Trafficking in persons".
    """
    found: dict[int, R] = {}
    left = []
    for part in (part.strip() for part in re.split(r"[;|,]", text) if part.strip()):
        row = next((row for row in rows if plain(part) in {plain(row.key), plain(row.name_en), plain(row.name_id)}), None)
        about = set(read_words(part).subjects)
        row = row or next((row for row in rows if about and set(read_words(row.name_en).subjects) == about), None)
        if row:
            found.setdefault(row.pk, row)
        else:
            left.append(part)
    return list(found.values()), "; ".join(left)
