"""What a column of a list of contacts may hold, and the words by which its heading is known in English and Indonesian."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from members.names import plain

TOPIC_PREFIX = "topic:"  # a column of its own for one topic, marked with yes
_LOOK_AT = 10  # rows among which the headings are sought


@dataclass(frozen=True)
class Field:
    """A field of a contact: its label, its longest text, and the headings that mean it."""

    key: str
    label: Any
    longest: int
    words: tuple[str, ...]


FIELDS: dict[str, Field] = {
    field.key: field
    for field in (
        Field(
            "name", _("Full name"), 200, ("name", "full name", "nama", "nama lengkap", "name of official", "official", "contact")
        ),
        Field("own_script", _("Name in own script"), 200, ("own script", "name in own script", "aksara", "nama dalam aksara")),
        Field(
            "participant",
            _("Participant"),
            160,
            *[("participant", "peserta", "country", "negara", "government", "pemerintah", "organisation", "organization")],
        ),
        Field(
            "ministry", _("Ministry or agency"), 250, ("ministry", "kementerian", "agency", "lembaga", "department", "instansi")
        ),
        Field("position", _("Position"), 250, ("position", "jabatan", "title", "job title", "designation", "post")),
        Field("email", _("E-mail"), 254, ("email", "e mail", "mail", "surel", "email address", "alamat surel", "alamat email")),
        Field("phone", _("Phone"), 40, ("phone", "telephone", "telepon", "tel", "mobile", "ponsel", "hp", "nomor telepon")),
        Field(
            "form_of_address", _("Form of address"), 120, ("form of address", "sapaan", "honorific", "gelar", "sebutan", "prefix")
        ),
        Field("salutation", _("Salutation"), 160, ("salutation", "salam", "salam pembuka")),
        Field("language", _("Language"), 40, ("language", "bahasa")),
        Field("topic", _("Topic as focal point"), 250, ("topic", "topik", "focal point for", "narahubung untuk")),
        Field("role", _("Place"), 60, ("role", "place", "peran", "tugas", "kedudukan")),
        Field("starts", _("From"), 40, ("from", "dari", "mulai", "start", "since", "sejak", "start date", "tanggal mulai")),
        Field("ends", _("Until"), 40, ("until", "sampai", "hingga", "end", "to", "berakhir", "end date", "tanggal berakhir")),
    )
}
_BY_WORD = {word: field.key for field in FIELDS.values() for word in field.words}


def known_heading(text: str, topics: Iterable[tuple[str, str]] = ()) -> str:
    """The field that a heading means, or ""; `topics` are (key, name) pairs, since a topic may have its own column."""
    words = re.sub(r"\s*\d+$", "", plain(text.replace("_", " ")))
    if words in _BY_WORD:
        return _BY_WORD[words]
    for key, name in topics:
        if words and words in {plain(name), plain(key)}:
            return f"{TOPIC_PREFIX}{key}"
    for word in sorted(_BY_WORD, key=len, reverse=True):
        if len(word) > 3 and (words.startswith(f"{word} ") or words.endswith(f" {word}")):  # noqa: PLR2004 - "to", "hp" are too short
            return _BY_WORD[word]
    return ""


def find_columns(
    rows: Sequence[tuple[int, list[str]]], topics: Iterable[tuple[str, str]]
) -> tuple[list[str], list[str], list[tuple[int, list[str]]]]:
    """(headings, field of each column, rows below). Without a row of headings all columns are for a person to assign."""
    pairs = list(topics)
    for place, (_line, cells) in enumerate(rows[:_LOOK_AT]):
        found = [known_heading(cell, pairs) for cell in cells]
        named = {key for key in found if key}
        if "name" in named and not any("@" in cell for cell in cells) and (len(named) > 1 or len(cells) == 1):
            return cells, _once(found), list(rows[place + 1 :])
    width = len(rows[0][1]) if rows else 0
    return [""] * width, _guessed(rows, width), list(rows)


def _once(found: Sequence[str]) -> list[str]:
    """Each field once, except topics: of two columns with one heading the first counts."""
    seen: set[str] = set()
    result = []
    for key in found:
        result.append("" if key in seen and key != "topic" else key)
        seen.add(key)
    return result


def _guessed(rows: Sequence[tuple[int, list[str]]], width: int) -> list[str]:
    """Without headings: only what cannot be anything else, addresses by their @ sign."""
    counts = [sum("@" in cells[column] for _line, cells in rows) for column in range(width)]
    best = max(counts, default=0)
    return ["email" if best and column == counts.index(best) else "" for column in range(width)]
