"""Documents as other records cite them: by symbol, with the files of each version."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import Prefetch
from django.urls import reverse

from activities.selectors_cited import CitedDocument, CitedFile
from reports.models import Document, DocumentVersion
from reports.selectors import documents_for

if TYPE_CHECKING:
    from members.models import AnyUser


def register(user: AnyUser, symbols: Iterable[str]) -> dict[str, CitedDocument]:
    """The documents of `symbols` that `user` may see and that are not withdrawn, by symbol. Two queries."""
    fields = ("document_id", "number", "language", "filename")
    files = DocumentVersion.objects.only(*fields).order_by("number", "language")
    rows = documents_for(user).filter(symbol__in=set(symbols)).prefetch_related(Prefetch("versions", files))
    return {row.symbol: _cited(row) for row in rows}


def _cited(row: Document) -> CitedDocument:
    files = tuple(_file(row.symbol, version) for version in row.versions.all())
    return CitedDocument(row.symbol, row.title, row.get_absolute_url(), files)


def _file(symbol: str, version: DocumentVersion) -> CitedFile:
    parts = (version.number, version.language, version.extension)
    return CitedFile(*parts, reverse("document_file", args=[symbol, *parts]))
