"""Lists of invented contacts, the same at each run: 500 of them, with planted errors and duplicates."""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass, field
from typing import Any

from openpyxl import Workbook

from members.models import Ministry, Official, Participant, Topic

HEADINGS = ["Nama", "Negara", "Kementerian", "Jabatan", "Surel", "Telepon", "Nama dalam aksara", "Topik", "Sampai"]
PLACES = ["Avaria", "Borduria", "Cascara", "Drachia", "Elbonia", "Florin", "Genovia", "Hyrkania", "Illyria", "Jolanda"]
FIRST = [
    "Alexandrina",
    "Benjamin",
    "Chandrika",
    "Dominique",
    "Ekaterina",
    "Fitriyani",
    "Gulmira",
    "Hendrawan",
    "Ikhsanuddin",
    "Jaroslav",
    "Krisztina",
    "Lakshmana",
    "Mohammed",
    "Nguyenphuc",
    "Oluwaseun",
    "Parvaneh",
    "Qudratullah",
    "Rosalinda",
    "Siddhartha",
    "Tsheringma",
    "Ubaidillah",
    "Veronika",
    "Wickrema",
    "Xiaofeng",
    "Yevgeniya",
]
LAST = [
    "Abramovic",
    "Bhattarai",
    "Castellano",
    "Dissanayake",
    "Ehrlichman",
    "Fonoti",
    "Gunawan",
    "Hakimzadah",
    "Iskandarov",
    "Jayawardena",
    "Kiribati",
    "Lumumba",
    "Moctezuma",
    "Nakamura",
    "Ostrowski",
    "Pereira",
    "Quispe",
    "Rakhmonov",
    "Sukarnoputro",
    "Tupouniua",
    "Utamadilaga",
    "Villanueva",
    "Wongsuwan",
    "Yamashiro",
    "Zulkifli",
]
SCRIPTS = ["田中太郎", "สมชาย ใจดี", "محمد حسن", "Олег Сидоров"]


@dataclass
class ContactList:
    """500 rows, and what was planted at which line of the file (the headings are line 1)."""

    rows: list[list[str]]
    errors: dict[int, str] = field(default_factory=dict)
    duplicates: dict[int, str] = field(default_factory=dict)

    def as_text(self, delimiter: str = "\t") -> str:
        text = io.StringIO()
        csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows([HEADINGS, *self.rows])
        return text.getvalue()

    def as_xlsx(self) -> bytes:
        book = Workbook()
        sheet: Any = book.active
        for number, row in enumerate([HEADINGS, *self.rows], start=1):
            for column, text in enumerate(row, start=1):
                cell = sheet.cell(number, column)
                cell.value = text.replace("\x07", "\u2400")  # a sheet of Excel cannot hold the sign itself
                cell.data_type = "s"
        content = io.BytesIO()
        book.save(content)
        return content.getvalue()


def make_directory() -> None:
    """Ten participants with a ministry each, a topic, and officials who are on record already."""
    Topic.objects.get_or_create(key="people-smuggling", defaults={"name_en": "People smuggling", "order": 1})
    for number, name in enumerate(PLACES):
        place = Participant.objects.create(name=name, slug=name.lower(), kind="government", iso3=name[:3].upper())
        Ministry.objects.create(code=f"{place.iso3}-M01", participant=place, name=f"Ministry of Justice of {name}")
        Official.objects.create(
            participant=place,
            name=f"Recorded {FIRST[number]}wise {LAST[-1 - number]}son",
            email=f"recorded{number}@{place.slug}.example",
            name_own_script=SCRIPTS[number % 4] if number < 4 else "",
            position="Director",
        )


def make_list(seed: int = 20050404) -> ContactList:
    """The list: 450 clean rows, 20 with an error of ten kinds, 30 that repeat somebody in six ways."""
    dice = random.Random(seed)
    pairs = [(first, last) for first in FIRST for last in LAST]
    dice.shuffle(pairs)
    rows = [_clean(number, *pair) for number, pair in enumerate(pairs[:500])]
    made = ContactList(rows)
    lines = dice.sample(range(60, 500), 50)  # what they repeat stands above
    for number, place in enumerate(lines[:20]):
        kind = list(ERRORS)[number % len(ERRORS)]
        ERRORS[kind](rows[place])
        made.errors[place + 2] = kind
    for number, place in enumerate(lines[20:]):
        kind = list(DUPLICATES)[number % len(DUPLICATES)]
        DUPLICATES[kind](rows[place], rows[number], number // len(DUPLICATES))
        made.duplicates[place + 2] = kind
    return made


def _clean(number: int, first: str, last: str) -> list[str]:
    place = PLACES[number % 10]
    address = f"{first}.{last}.{number}@{place}.example".lower()
    return [
        f"{first} {last}",
        place,
        f"Ministry of Justice of {place}",
        "Deputy Director",
        address,
        f"+62 21 {1000 + number}",
        "",
        "",
        "",
    ]


def _set(column: int, text: str) -> Any:
    def change(row: list[str]) -> None:
        row[column] = text

    return change


ERRORS: dict[str, Any] = {
    "e-mail": _set(4, "not an address"),
    "participant": _set(1, "Bordurja"),
    "ministry": _set(2, "Ministry of Silly Walks"),
    "topic": _set(7, "basket weaving"),
    "date": _set(8, "soon"),
    "long": _set(3, "Director " * 40),
    "name": _set(0, ""),
    "formula": _set(3, '=HYPERLINK("http://x.example")'),
    "control": _set(0, "Nobody\x07 Atall"),
    "zawgyi": _set(6, "ျမန္မာ"),
}


def _same_email_in_list(row: list[str], above: list[str], _number: int) -> None:
    row[4] = above[4].upper()


def _same_email_on_record(row: list[str], _above: list[str], number: int) -> None:
    row[1], row[2] = PLACES[number], f"Ministry of Justice of {PLACES[number]}"
    row[4] = f"Recorded{number}@{PLACES[number].lower()}.example"


def _same_name_in_list(row: list[str], above: list[str], _number: int) -> None:
    first, last = above[0].split()
    row[0], row[1], row[2] = f"Dr {last.upper()}, {first.replace('a', 'á')}", above[1], above[2]


def _same_name_on_record(row: list[str], _above: list[str], number: int) -> None:
    name = f"Recorded {FIRST[number + 5]}wise {LAST[-1 - number - 5]}son"
    row[0], row[1], row[2] = name.casefold(), PLACES[number + 5], f"Ministry of Justice of {PLACES[number + 5]}"


def _near_name_in_list(row: list[str], above: list[str], _number: int) -> None:
    row[0], row[1], row[2] = above[0].replace("a", "aa", 1), above[1], above[2]


def _same_script_on_record(row: list[str], _above: list[str], number: int) -> None:
    row[6] = SCRIPTS[number % 4]


DUPLICATES: dict[str, Any] = {
    "same-email-list": _same_email_in_list,
    "same-email-record": _same_email_on_record,
    "same-name-list": _same_name_in_list,
    "same-name-record": _same_name_on_record,
    "near-name-list": _near_name_in_list,
    "same-script-record": _same_script_on_record,
}
