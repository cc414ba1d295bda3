"""How a document is cited: in words, in RIS and in BibTeX."""

from __future__ import annotations

from activities.citations import bibtex_of, ris_of
from activities.citations_aims import Cited, address_of_row, process_name
from members.enums import DatePrecision
from members.partial_dates import format_partial
from reports.models import Document


def cited_document(row: Document) -> Cited:
    """Symbol, title, permanent address, and the day of the record's last change."""
    return Cited(row.symbol, row.title, address_of_row(row), row.changed_at.date())


def authors_of(row: Document) -> list[str]:
    """Who wrote it as far as the record says; the process where it does not."""
    return [str(author) for author in (*row.authors.all(), *row.author_bodies.all())] or [process_name()]


def ris_of_document(row: Document) -> str:
    """The record in RIS. A date says no more than is known."""
    pairs = [("TY", "RPRT"), *(("AU", author) for author in authors_of(row)), ("TI", row.title)]
    pairs += [("PY", str(row.date.year) if row.date else ""), ("DA", _date(row)), ("PB", process_name())]
    symbol = row.symbol
    return ris_of([*pairs, ("LA", row.language), ("ID", symbol), ("M1", symbol), ("UR", address_of_row(row))])


def bibtex_of_document(row: Document) -> str:
    """The record in BibTeX."""
    version = format_partial(row.changed_at.date(), DatePrecision.DAY, "en")
    texts = {"title": row.title, "year": str(row.date.year) if row.date else ""}
    texts["note"] = f"Document {row.symbol}, record as of {version}"
    return bibtex_of(row.symbol, author=" and ".join(authors_of(row)), texts=texts, address=address_of_row(row))


def _date(row: Document) -> str:
    if row.date is None:
        return ""
    parts = row.date.isoformat().split("-")
    known = {DatePrecision.YEAR: 1, DatePrecision.MONTH: 2}.get(DatePrecision(row.date_precision), 3)
    return "/".join([*parts[:known], *[""] * (4 - known)])
