"""Lists in other forms: one function per format. No other code writes such files."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, override
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

ROWS_A_PAGE = 1000  # of JSON; the sheets hold the whole list
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_NOT_IN_SHEETS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")  # characters that the form of a workbook cannot hold
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LONGEST_CELL = 32_767  # characters that a cell of a workbook holds
FORMATS = ("json", "csv", "xlsx")
SHEETS_FORMATS = ("json", "xlsx", "zip")


@dataclass(frozen=True)
class Column:
    """A column: key in JSON, heading in plain words, and how a row gives its value (text, number, list or None)."""

    key: str
    heading: str
    value: Callable[[Any], Any]


@dataclass(frozen=True)
class Sheet:
    """One of several tables that belong together: file name, title in plain words, columns and rows."""

    key: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Any]

    @property
    def headings(self) -> list[str]:
        return [column.heading for column in self.columns]

    @property
    def table(self) -> list[list[str]]:
        return [[_cell(column.value(row)) for column in self.columns] for row in self.rows]


def is_export(request: HttpRequest) -> bool:
    """Whether the list is asked for in another form."""
    return "format" in request.GET


def export_response(
    request: HttpRequest, columns: Sequence[Column], rows: QuerySet[Any] | Sequence[Any], name: str
) -> HttpResponse:
    """The list in the form that `?format=` names. These addresses carry no language. Raises Http404 for another form."""
    wanted = request.GET.get("format", "")
    if wanted not in FORMATS:
        raise Http404
    if get_language() != settings.LANGUAGE_CODE:
        prefix = f"/{get_language()}"
        return redirect(request.get_full_path().removeprefix(prefix))
    with override("en"):
        if wanted == "json":
            return as_json(request, columns, rows)
        table = [[_cell(column.value(row)) for column in columns] for row in rows]
        headings = [column.heading for column in columns]
        return as_csv(headings, table, name) if wanted == "csv" else as_xlsx(headings, table, name)


def as_json(request: HttpRequest, columns: Sequence[Column], rows: QuerySet[Any] | Sequence[Any]) -> JsonResponse:
    """{"count", "results", "next"} with 1,000 rows a page, in the order of the page."""
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    following = None
    if page.has_next():
        query = request.GET.copy()
        query["page"] = str(page.next_page_number())
        following = f"{settings.ORIGIN}{request.path}?{query.urlencode()}"
    results = [{column.key: column.value(row) for column in columns} for row in page.object_list]
    return JsonResponse(
        {"count": page.paginator.count, "results": results, "next": following}, json_dumps_params={"ensure_ascii": False}
    )


def as_csv(headings: Sequence[str], table: Iterable[Sequence[str]], name: str) -> HttpResponse:
    """UTF-8 with a byte order mark for spreadsheets; text that looks like a formula starts with an apostrophe."""
    return _file(csv_text(headings, table).encode(), "text/csv; charset=utf-8", f"{name}.csv")


def csv_text(headings: Sequence[str], table: Iterable[Sequence[str]]) -> str:
    """The table as text of a CSV file, with the byte order mark before it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(headings)
    writer.writerows([safe_text(cell) for cell in row] for row in table)
    return "\ufeff" + text.getvalue()


def as_xlsx(headings: Sequence[str], table: Iterable[Sequence[str]], name: str) -> HttpResponse:
    """One sheet whose cells are all text, so that none is a formula."""
    book = Workbook(write_only=False)
    sheet = book.active
    if sheet is None:  # pragma: no cover - a new workbook has a sheet
        raise RuntimeError
    _fill(sheet, headings, table)
    return _file(_saved(book), _XLSX, f"{name}.xlsx")


def sheets_response(wanted: str, sheets: Sequence[Sheet], name: str, readme: str) -> HttpResponse:
    """Several tables in one answer: a workbook with a sheet each, an archive of CSV files with `readme`, or JSON.

    Raises Http404 for another form. Call it with English active: files carry no language.
    """
    if wanted == "xlsx":
        book = Workbook(write_only=False)
        for number, part in enumerate(sheets):
            sheet = book.active if number == 0 else book.create_sheet()
            if isinstance(sheet, Worksheet):
                sheet.title = part.title[:31]
                _fill(sheet, part.headings, part.table)
        return _file(_saved(book), _XLSX, f"{name}.xlsx")
    if wanted == "zip":
        return _file(_zipped(sheets, readme), "application/zip", f"{name}.zip")
    if wanted == "json":
        parts = {part.key: _as_dicts(part) for part in sheets}
        response = JsonResponse({"about": readme, "parts": parts}, json_dumps_params={"ensure_ascii": False})
        response["Content-Disposition"] = f'attachment; filename="{name}.json"'
        return response
    raise Http404


def _as_dicts(part: Sheet) -> dict[str, Any]:
    rows = [{column.key: column.value(row) for column in part.columns} for row in part.rows]
    return {"count": len(rows), "results": rows}


def _zipped(sheets: Sequence[Sheet], readme: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", readme)
        for part in sheets:
            archive.writestr(f"{part.key}.csv", csv_text(part.headings, part.table))
    return content.getvalue()


def _fill(sheet: Worksheet, headings: Sequence[str], table: Iterable[Sequence[str]]) -> None:
    for number, cells in enumerate([headings, *table], start=1):
        for place, text in enumerate(cells, start=1):
            cell = sheet.cell(number, place)
            cell.value = _NOT_IN_SHEETS.sub(" ", text)[:_LONGEST_CELL]
            cell.data_type = "s"


def _saved(book: Workbook) -> bytes:
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _file(content: bytes, media_type: str, filename: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def safe_text(cell: str) -> str:
    """The text, with an apostrophe before what a spreadsheet would run as a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return "; ".join(str(part) for part in value)
    return str(value)
