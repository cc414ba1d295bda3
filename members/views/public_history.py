"""How a public history is shown: as a page, or as JSON, CSV or a sheet."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from members.export import Column, export_response, is_export
from members.partial_dates import iso_partial
from members.public_history import Change

HISTORY_COLUMNS = (
    Column("date", "Date (UTC)", lambda row: iso_partial(row.at.date(), "day")),
    Column("record", "Record", lambda row: row.subject),
    Column("what", "What changed", lambda row: [_("recorded")] if row.is_first else [str(kind) for kind in row.kinds]),
)
Crumb = tuple[str, str]  # words and address


def history_response(
    request: HttpRequest, changes: Sequence[Change], *, title: str, name: str, crumbs: Sequence[Crumb]
) -> HttpResponse:
    """The history of `title`; `name` is that of the file, `crumbs` lead back to the record."""
    if is_export(request):
        return export_response(request, HISTORY_COLUMNS, changes, f"{name}-history")
    context = {
        "changes": changes,
        "title": title,
        "name": name,
        "crumbs": crumbs,
        "with_subject": any(change.subject for change in changes),
    }
    return render(request, "members/public_history.html", context)
