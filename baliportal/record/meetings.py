"""Loaders of activities, documents and references to the process."""

from __future__ import annotations

import re
from typing import Any

from django.utils import timezone

from activities.enums import ActivityStatus, HostingPart, MappingBasis
from activities.models import Activity, ExternalReference, Hosting
from baliportal.record.directory import PROVENANCE, provenance
from baliportal.record.lookups import Lookups
from baliportal.record.rows import Row, RowError
from baliportal.record.store import Loader, Written
from members.enums import DatePrecision
from members.models import Body, Forum, Participant, Process
from reports.enums import SYMBOL_LETTERS, DocumentKind, DocumentState, Held
from reports.models import Document

STATUSES = {str(value): str(value) for value in ActivityStatus.values}
BASES = {"stated": MappingBasis.STATED, "editorial": MappingBasis.EDITORIAL, "": MappingBasis.NONE}
DOCUMENT_KINDS = {str(value): str(value) for value in DocumentKind.values}
HELD = {"file": Held.FILE, "elsewhere": Held.ELSEWHERE, "not held": Held.NOT_HELD}
PARTIES = (("hosts", HostingPart.HOST), ("co_hosts", HostingPart.CO_HOST), ("chairs", HostingPart.CHAIR))
# A staff note that a copy carries names of persons: no link to it until somebody has looked and says otherwise.
NAMES_PERSONS = re.compile(r"\bcarries\b.*\bnames\b", re.IGNORECASE)
ACTIVITY_COLUMNS = (
    *("code", "title", "kind", "status", "start_date", "end_date", "date_precision", "city", "country", "hosts"),
    *("co_hosts", "chairs", "host_basis", "joint_with", "objectives", "programme_areas", "mapping_basis", "delegates"),
    *("countries", "organisations", "source_says", "public_note"),
)
DOCUMENT_COLUMNS = (
    *("symbol", "title", "kind", "form", "date", "date_precision", "authors", "activity", "labels", "language"),
    *("held", "url"),
)


class MeetingLoaders:
    """The loaders share the lookups of one loading."""

    def __init__(self, lookups: Lookups) -> None:
        self.lookups = lookups
        process = Process.objects.first()
        self.prefix = process.prefix if process else ""

    def activity(self, row: Row) -> Written:
        start = row.dated("start_date", "date_precision")
        end = row.partial("end_date")
        if end.first and (not start.first or end.precision != start.precision):
            raise RowError("end_date is not as fine as start_date.")
        if end.last and start.first and end.last < start.first:
            raise RowError("end_date is before start_date.")
        if row.text("source_says") and not row.text("public_note"):
            raise RowError("source_says needs a public_note.")
        objectives = row.references("objectives", self.lookups.objectives)
        areas = row.references("programme_areas", self.lookups.areas)
        basis = row.choice("mapping_basis", BASES, required=False)
        if bool(objectives or areas) != bool(basis):
            raise RowError("mapping_basis belongs with objectives or programme_areas, and is needed there.")
        words = {"title": 250, "city": 120, "country": 120, "host_basis": 250, "source_says": 2000, "public_note": 2000}
        return Written(
            fields=provenance(row)
            | {name: row.text(name, most=most, required=name == "title") for name, most in words.items()}
            | {name: row.number(name, most=100_000) for name in ("delegates", "countries", "organisations")}
            | {
                "reference": self._reference(row, start.first.year if start.first else None),
                "kind": row.required_reference("kind", self.lookups.kinds),
                "status": row.choice("status", STATUSES),
                "start": start.first,
                "end": end.last,
                "date_precision": start.precision,
                "joint_with": row.reference("joint_with", self.lookups.forums),
                "mapping_basis": basis,
            },
            initial={"published_at": timezone.now(), "published_by": self.lookups.by},
            links={
                "source": [*row.references("source", self.lookups.sources)],
                "objectives": [*objectives],
                "programme_areas": [*areas],
            },
            children=lambda activity: self._hostings(activity, self._parties(row)),
        )

    def _reference(self, row: Row, year: int | None) -> str:
        code = row.text("code", required=True, most=24)
        found = re.fullmatch(rf"{re.escape(self.prefix)}-(\d{{4}}|UNDT)-\d{{2,3}}", code)
        if not found:
            raise RowError(f"code is “{code}”, not {self.prefix}-<year>-<nn>.")
        if found[1] != "UNDT" and year is not None and int(found[1]) != year:
            raise RowError(f"code is “{code}”, but the activity starts in {year}.")
        if found[1] != "UNDT" and year is None:
            raise RowError(f"code is “{code}”, but no year is known: use UNDT.")
        return code

    def _parties(self, row: Row) -> list[tuple[HostingPart, Participant | Forum]]:
        return [(part, party) for column, part in PARTIES for party in row.references(column, self.lookups.parties)]

    def _hostings(self, activity: Activity, parties: list[tuple[HostingPart, Participant | Forum]]) -> None:
        activity.hostings.all().delete()
        for order, (part, party) in enumerate(parties):
            Hosting.objects.create(
                activity=activity,
                part=part,
                order=order,
                participant=party if isinstance(party, Participant) else None,
                forum=party if isinstance(party, Forum) else None,
            )

    def document(self, row: Row) -> Written:
        kind, date = row.choice("kind", DOCUMENT_KINDS), row.dated("date", "date_precision")
        authors = row.references("authors", {**self.lookups.participants, **self.lookups.bodies_by_name})
        words = {"title": 250, "form": 60, "labels": 250, "language": 5}
        return Written(
            fields=provenance(row)
            | {name: row.text(name, most=most, required=name == "title") for name, most in words.items()}
            | {
                "symbol": self._symbol(row, kind, date.first.year if date.first else None),
                "kind": kind,
                "date": date.first,
                "date_precision": date.precision,
                "activity": row.reference("activity", self.lookups.activities),
                "held": row.choice("held", HELD),
                "url": row.url("url"),
            },
            initial={
                "state": DocumentState.PUBLISHED,
                "link_withheld": bool(NAMES_PERSONS.search(row.text("notes"))),
                "published_at": timezone.now(),
                "published_by": self.lookups.by,
            },
            links={
                "source": [*row.references("source", self.lookups.sources)],
                "authors": [author for author in authors if isinstance(author, Participant)],
                "author_bodies": [author for author in authors if isinstance(author, Body)],
            },
        )

    def _symbol(self, row: Row, kind: str, year: int | None) -> str:
        symbol = row.text("symbol", required=True, most=40)
        found = re.fullmatch(rf"{re.escape(self.prefix)}-([RSAGD])-(\d{{4}})-\d{{2,3}}(\.(Add|Corr|Rev)\d)?", symbol)
        if not found:
            raise RowError(f"symbol is “{symbol}”, not {self.prefix}-<letter>-<year>-<nn>.")
        if found[1] != SYMBOL_LETTERS[kind]:
            raise RowError(f"symbol is “{symbol}”, but {kind} has the letter {SYMBOL_LETTERS[kind]}.")
        if year is not None and int(found[2]) != year:
            raise RowError(f"symbol is “{symbol}”, but the document is of {year}.")
        return symbol

    def reference(self, row: Row) -> Written:
        date = row.dated("date", "date_precision")
        fields: dict[str, Any] = {name: row.text(name, most=2000) for name in ("code", "referrer", "title", "kind", "summary")}
        return Written(
            fields=provenance(row)
            | fields
            | {
                "forum": row.reference("forum", self.lookups.forums),
                "date": date.first,
                "date_precision": date.precision or DatePrecision.UNKNOWN,
                "url": row.url("url"),
            },
            links={"source": [*row.references("source", self.lookups.sources)]},
        )


def loaders(lookups: Lookups) -> tuple[list[Loader], list[Loader]]:
    """Activities; then documents and references, which name activities."""
    of = MeetingLoaders(lookups)
    activities = Loader(
        "activities.csv",
        Activity,
        (*ACTIVITY_COLUMNS, *PROVENANCE),
        lambda row: row.text("code"),
        lambda row: Activity.objects.filter(reference=row.text("code")).first(),
        of.activity,
        ("hostings",),
    )
    documents = Loader(
        "documents.csv",
        Document,
        (*DOCUMENT_COLUMNS, *PROVENANCE),
        lambda row: row.text("symbol"),
        lambda row: Document.objects.filter(symbol=row.text("symbol")).first(),
        of.document,
    )
    references = Loader(
        "external_references.csv",
        ExternalReference,
        ("code", "referrer", "forum", "title", "kind", "date", "date_precision", "summary", "url", *PROVENANCE),
        lambda row: row.text("code"),
        lambda row: ExternalReference.objects.filter(code=row.text("code")).first(),
        of.reference,
    )
    return [activities], [documents, references]
