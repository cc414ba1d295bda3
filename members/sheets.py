"""Reading a list that somebody pasted or uploaded: text, CSV or XLSX in, a table of plain text out.

Reads bytes, gives text; knows neither models nor requests. Nothing in a file is run: formulas give the value that was
stored with them, or nothing.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from members.enums import SheetKind

MOST_BYTES = 2 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS, MOST_CELL = 2000, 40, 5000
MOST_UNPACKED, MOST_PARTS = 20 * 1024 * 1024, 500
_BLANK_RUN = 1000  # so many empty rows in a row end a sheet
_NUL_SIGN = "\u2400"  # stands for NUL, which no table can hold; the preview marks it
ENCODINGS = {"utf-8": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252"}
_UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, InvalidFileException, SyntaxError, KeyError, ValueError, TypeError, IndexError),
    *(AttributeError, OSError, EOFError, OverflowError, RecursionError, NotImplementedError),
)


class SheetError(Exception):
    """The list is not taken; the text says why in plain words."""


@dataclass(frozen=True)
class Sheet:
    """A list as text: (line in the file from 1, cells) of each row that holds something, all of one width."""

    kind: SheetKind
    rows: list[tuple[int, list[str]]]
    encoding: str = ""


def read_paste(text: str) -> Sheet:
    """A list pasted from a spreadsheet or a mail: tab, semicolon or comma between cells. Raises SheetError."""
    if len(text.encode("utf-8", "replace")) > MOST_BYTES:
        raise SheetError(_("The text is longer than 2 MB. Paste it in parts."))
    return Sheet(SheetKind.PASTE, _table(_csv_rows(text)))


def read_upload(name: str, content: bytes, encoding: str = "") -> Sheet:
    """An uploaded CSV or XLSX file. `encoding` is a key of ENCODINGS, or "" to find it out. Raises SheetError."""
    if len(content) > MOST_BYTES:
        raise SheetError(_("The file is larger than 2 MB. Split it, or take away what does not belong in the list."))
    if not content.strip():
        raise SheetError(_("The file is empty."))
    extension = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if content.startswith(b"PK\x03\x04"):
        if extension != "xlsx":
            raise SheetError(_("The file is not what its name says. Save it as CSV or XLSX."))
        return Sheet(SheetKind.XLSX, _table(_xlsx_rows(content)))
    if extension not in {"csv", "txt", "tsv"}:
        raise SheetError(_("Choose a CSV or XLSX file. Old Excel files (XLS): save them as XLSX first."))
    if content.startswith((b"\xd0\xcf\x11\xe0", b"%PDF", b"\x7fELF", b"\x89PNG", b"\xff\xd8\xff")):
        raise SheetError(_("The file is not what its name says. Save it as CSV or XLSX."))
    text, found = decode(content, encoding)
    return Sheet(SheetKind.CSV, _table(_csv_rows(text)), found)


def decode(content: bytes, encoding: str = "") -> tuple[str, str]:
    """The text of a file and the encoding it was read with. Raises SheetError where it does not fit."""
    wanted = encoding or _guess(content)
    codec = {"utf-8": "utf-8-sig", "utf-16": "utf-16"}.get(wanted, wanted)
    if codec == "utf-16" and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        codec = "utf-16-be" if content[:1] == b"\x00" else "utf-16-le"
    try:
        return content.decode(codec), wanted
    except UnicodeDecodeError:
        if encoding:
            said = _("The file is not in %(encoding)s. Choose another encoding, or save the file as “CSV UTF-8”.")
            raise SheetError(said % {"encoding": ENCODINGS[encoding]}) from None
        raise SheetError(_("The encoding of the file could not be found out. Save the file as “CSV UTF-8”.")) from None


def _guess(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    sample = content[:2000]
    if sample.count(0) > len(sample) * 0.3:
        return "utf-16"
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def storable(text: str) -> str:
    """The text without what a database cannot hold: NUL becomes its sign, a half of a surrogate the replacement sign."""
    return re.sub("[\ud800-\udfff]", "\ufffd", text.replace("\x00", _NUL_SIGN))


def _csv_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    delimiter = _delimiter(text)
    try:
        yield from enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1)
    except csv.Error:
        raise SheetError(_("The list cannot be split into rows: perhaps a quotation mark is not closed.")) from None


def _delimiter(text: str) -> str:
    """Tab, semicolon or comma: whichever splits the first rows into most cells, evenly."""
    best, most = ",", (0, 1)
    for delimiter in ("\t", ";", ","):
        widths: list[int] = []
        try:
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
                if any(cell.strip() for cell in row):
                    widths.append(len(row))
                if len(widths) == 20:  # noqa: PLR2004 - enough to see how a list is built
                    break
        except csv.Error:
            continue
        usual = max(set(widths), key=widths.count, default=1)
        found = (widths.count(usual) * usual if usual > 1 else 0, usual)
        if found > most:
            best, most = delimiter, found
    return best


def _table(rows: Iterable[tuple[int, Sequence[str]]]) -> list[tuple[int, list[str]]]:
    """Rows that hold something, checked against the limits and brought to one width."""
    kept: list[tuple[int, list[str]]] = []
    for line, row in rows:
        cells = [storable(cell) for cell in row]
        while cells and not cells[-1].strip():
            cells.pop()
        if not cells:
            continue
        if len(cells) > MOST_COLUMNS:
            raise SheetError(_("Row %(row)d has more than 40 columns.") % {"row": line})
        if any(len(cell) > MOST_CELL for cell in cells):
            said = _("Row %(row)d has a cell with more than 5,000 letters: perhaps a quotation mark is not closed.")
            raise SheetError(said % {"row": line})
        kept.append((line, cells))
        if len(kept) > MOST_ROWS + 1:  # one of them may be the headings
            raise SheetError(_("The list has more than 2,000 rows. Import it in parts."))
    if not kept:
        raise SheetError(_("The list is empty."))
    width = max(len(cells) for _line, cells in kept)
    return [(line, [*cells, *[""] * (width - len(cells))]) for line, cells in kept]


def _xlsx_rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    _check_archive(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        try:
            sheet = next((sheet for sheet in book.worksheets if sheet.sheet_state == "visible"), None)
            if sheet is None:
                raise SheetError(_("The file has no sheet."))
            sheet.reset_dimensions()  # what a file says of its own size is not believed
            yield from _filled(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS + 1))
        finally:
            book.close()
    except _UNREADABLE:
        raise SheetError(_("The file cannot be read. Open it in Excel, save it again and retry.")) from None


def _filled(rows: Iterable[Sequence[Any]]) -> Iterator[tuple[int, list[str]]]:
    blank = 0
    for line, row in enumerate(rows, start=1):
        cells = [_text(value) for value in row]
        blank = 0 if any(cells) else blank + 1
        if blank > _BLANK_RUN:
            return
        if not blank:
            yield line, cells


def _text(value: Any) -> str:
    """A cell's stored value as text: a date in ISO form, a whole number without a fraction."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:  # noqa: PLR2004 - exact in a float
        return str(int(value))
    return str(value)


def _check_archive(content: bytes) -> None:
    """Refuse what unpacks to more than a list holds, has odd parts, or carries a document type. Raises SheetError."""
    too_large = SheetError(_("The file unpacks to far more than a list holds."))
    unreadable = SheetError(_("The file cannot be read. Open it in Excel, save it again and retry."))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_PARTS or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
                raise too_large
            names = {entry.filename for entry in entries}
            if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names or len(names) != len(entries):
                raise unreadable
            for entry in entries:
                _check_part(archive, entry)
    except _UNREADABLE:
        raise unreadable from None


def _check_part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    if entry.flag_bits & 1:
        raise SheetError(_("The file is locked with a password. Save it without one."))
    if re.search(r"vbaproject|activex|/embeddings/|macrosheets", entry.filename, re.IGNORECASE):
        raise SheetError(_("The file contains macros or enclosed objects. Save it without them."))
    if entry.filename.endswith((".xml", ".rels")):
        with archive.open(entry) as stream:  # gives no more than the part declares, which was counted
            body = stream.read()
        if b"<!DOCTYPE" in body or b"<!ENTITY" in body or body.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise SheetError(_("The file cannot be read. Open it in Excel, save it again and retry."))
