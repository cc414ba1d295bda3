"""Reading CSV files: cells become values, and what is wrong with one is said with file, line and column."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from django.db import models

from members.enums import DatePrecision
from members.partial_dates import last_day, parse_partial

MOST_BYTES = 50_000_000  # a file beyond this is no record


class RowError(Exception):
    """One thing that is wrong with a row, in words for whoever keeps the file."""


@dataclass(frozen=True)
class Problem:
    """Where and why a row was refused. `line` counts from 1 with the header as line 1."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.reason}"


@dataclass(frozen=True)
class PartialDate:
    """A date as known: the first and the last day it may mean."""

    first: date | None
    last: date | None
    precision: DatePrecision


@dataclass(frozen=True)
class Row:
    """One line of a file. Readers strip blanks and raise RowError with the column's name."""

    file: str
    line: int
    cells: Mapping[str, str]

    def digest(self) -> str:
        """SHA-256 of the cells."""
        return hashlib.sha256(json.dumps(dict(self.cells), sort_keys=True).encode()).hexdigest()

    def text(self, column: str, *, required: bool = False, most: int = 2000) -> str:
        value = self.cells[column].strip()
        if required and not value:
            raise RowError(f"{column} is empty.")
        if len(value) > most:
            raise RowError(f"{column} is longer than {most} characters.")
        if any(ord(character) < 32 and character not in "\t\n" for character in value):  # noqa: PLR2004 - control characters
            raise RowError(f"{column} holds a control character.")
        return value

    def parts(self, column: str) -> list[str]:
        """Values separated by "; ". Raises RowError for an empty or repeated one."""
        value = self.text(column)
        found = [part.strip() for part in value.split(";")] if value else []
        if "" in found:
            raise RowError(f"{column} has an empty value between semicolons.")
        if len(set(found)) != len(found):
            raise RowError(f"{column} names something twice.")
        return found

    def number(self, column: str, *, least: int = 0, most: int = 1_000_000, required: bool = False) -> int | None:
        value = self.text(column, required=required)
        if not value:
            return None
        if not (value.isascii() and value.isdigit() and least <= int(value) <= most):
            raise RowError(f"{column} is “{value}”, not a whole number from {least} to {most}.")
        return int(value)

    def year(self, column: str, *, least: int = 1800) -> int | None:
        return self.number(column, least=least, most=2200)

    def choice(self, column: str, choices: Mapping[str, str], *, required: bool = True) -> str:
        value = self.text(column, required=required)
        if value and value not in choices:
            raise RowError(f"{column} is “{value}”; it must be one of: {', '.join(choices)}.")
        return choices.get(value, "")

    def flag(self, column: str) -> bool:
        return self.choice(column, {"yes": "yes", "no": "", "": ""}, required=False) == "yes"

    def url(self, column: str) -> str:
        value = self.text(column, most=600)
        if value and (urlsplit(value).scheme not in {"http", "https"} or not urlsplit(value).hostname or " " in value):
            raise RowError(f"{column} is “{value}”, not a web address.")
        return value

    def partial(self, column: str) -> PartialDate:
        """The date in `column`, as far as it is known; precision unknown where the cell is blank."""
        value = self.text(column)
        if not value:
            return PartialDate(None, None, DatePrecision.UNKNOWN)
        try:
            first, precision = parse_partial(value)
        except ValueError as error:
            raise RowError(f"{column} is “{value}”, not a date such as 2004, 2004-05 or 2004-05-14.") from error
        return PartialDate(first, last_day(first, precision), DatePrecision(precision))

    def dated(self, column: str, precision_column: str) -> PartialDate:
        """The date in `column`, whose form must be as fine as `precision_column` says. Raises RowError."""
        found = self.partial(column)
        said = self.choice(precision_column, {str(value): str(value) for value in DatePrecision.values})
        if said != found.precision:
            raise RowError(f"{column} is “{self.text(column)}” but {precision_column} says {said}.")
        return found

    def reference[M: models.Model](self, column: str, found: Mapping[str, M], *, required: bool = False) -> M | None:
        """The record that the cell names."""
        value = self.text(column, required=required)
        if not value:
            return None
        if value not in found:
            raise RowError(f"{column} names “{value}”, which the record does not have.")
        return found[value]

    def required_reference[M: models.Model](self, column: str, found: Mapping[str, M]) -> M:
        record = self.reference(column, found, required=True)
        if record is None:  # pragma: no cover - required above
            raise RowError(f"{column} is empty.")
        return record

    def references[M: models.Model](self, column: str, found: Mapping[str, M]) -> list[M]:
        """The records that the cell names, in its order."""
        values = self.parts(column)
        missing = [value for value in values if value not in found]
        if missing:
            raise RowError(f"{column} names “{missing[0]}”, which the record does not have.")
        return [found[value] for value in values]


def read_rows(path: Path, columns: tuple[str, ...], optional: tuple[str, ...] = ()) -> Iterator[Row | Problem]:
    """Rows of one file; an optional column that it does not have is empty. A file that cannot be read gives one problem."""
    try:
        if path.stat().st_size > MOST_BYTES:
            yield Problem(path.name, 1, f"the file is larger than {MOST_BYTES} bytes.")
            return
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        yield Problem(path.name, 1, "the file is missing.")
        return
    except UnicodeDecodeError as error:
        yield Problem(path.name, path.read_bytes()[: error.start].count(b"\n") + 1, "the file is not UTF-8.")
        return
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        yield from _checked_rows(path.name, reader, columns, optional)
    except csv.Error as error:
        yield Problem(path.name, reader.line_num, f"the line cannot be read: {error}.")


def _checked_rows(
    file: str, reader: Iterator[list[str]], columns: tuple[str, ...], optional: tuple[str, ...]
) -> Iterator[Row | Problem]:
    header = next(reader, [])
    missing, unknown = [c for c in columns if c not in header], [c for c in header if c not in (*columns, *optional)]
    if missing or unknown or len(set(header)) != len(header):
        said = [f"column {name} is missing" for name in missing] + [f"column {name} is not known" for name in unknown]
        yield Problem(file, 1, ("; ".join(said) or "a column stands twice") + ".")
        return
    for cells in reader:
        line: int = getattr(reader, "line_num", 0)
        if not any(cells):
            continue
        if len(cells) != len(header):
            yield Problem(file, line, f"the row has {len(cells)} cells where the header has {len(header)}.")
            continue
        yield Row(file, line, dict.fromkeys(optional, "") | dict(zip(header, cells, strict=True)))
