"""Lists in other forms: one function per format. No other code writes such files."""

from __future__ import annotations

import csv
import io
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

ROWS_A_PAGE = 1000  # of JSON; the sheets hold the whole list
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
FORMATS = ("json", "csv", "xlsx")


@dataclass(frozen=True)
class Column:
    """A column: key in JSON, heading in plain words, and how a row gives its value (text, number, list or None)."""

    key: str
    heading: str
    value: Callable[[Any], Any]


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
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(headings)
    writer.writerows([safe_text(cell) for cell in row] for row in table)
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def as_xlsx(headings: Sequence[str], table: Iterable[Sequence[str]], name: str) -> HttpResponse:
    """One sheet whose cells are all text, so that none is a formula."""
    book = Workbook(write_only=False)
    sheet = book.active
    if sheet is None:  # pragma: no cover - a new workbook has a sheet
        raise RuntimeError
    for number, cells in enumerate([headings, *table], start=1):
        for place, text in enumerate(cells, start=1):
            cell = sheet.cell(number, place)
            cell.value = text
            cell.data_type = "s"
    content = io.BytesIO()
    book.save(content)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = HttpResponse(content.getvalue(), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
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
