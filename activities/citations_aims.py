"""How goals, objectives, areas and recommendations are cited: in words, in RIS and in BibTeX."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.apps import apps
from django.conf import settings
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from activities.citations import bibtex_of, ris_of
from activities.models import ExternalReference, Goal, Objective, ProgrammeArea, Recommendation
from members.enums import DatePrecision
from members.models import Process
from members.models.base import today
from members.partial_dates import format_partial


@dataclass(frozen=True)
class Cited:
    """What a citation names: reference, title, permanent address without language, and the day of this version."""

    reference: str
    title: str
    address: str
    version: date


def _version_of(row: Any) -> date:
    """The day of the newest change that the history holds. One query."""
    events: Any = apps.get_model("activities", f"{type(row).__name__}Event")._default_manager
    newest = events.filter(pgh_obj_id=row.pk).order_by("-pgh_created_at").values_list("pgh_created_at", flat=True).first()
    return newest.date() if newest else today()


def address_of_row(row: Any) -> str:
    """The permanent address, which carries no language."""
    with override(settings.LANGUAGE_CODE):
        return f"{settings.ORIGIN}{row.get_absolute_url()}"


def cited_aim(row: Goal | Objective | ProgrammeArea) -> Cited:
    return Cited(row.code, row.title, address_of_row(row), _version_of(row))


def cited_recommendation(row: Recommendation) -> Cited:
    return Cited(row.reference, row.text, address_of_row(row), _version_of(row))


def cited_external_reference(row: ExternalReference) -> Cited:
    return Cited(row.code, f"{row.referrer}: {row.title}", address_of_row(row), _version_of(row))


def process_name() -> str:
    """What the process is called, as the author of its record."""
    found = Process.objects.first()
    return found.name if found else ""


def citation_of(cited: Cited, process: Process | None = None) -> str:
    """One sentence with permanent address and the day of this version. One query unless `process` is at hand."""
    return _("%(process)s, “%(title)s”, record %(reference)s, version of %(version)s. %(address)s") % {
        "process": process.name if process else process_name(),
        "title": cited.title,
        "reference": cited.reference,
        "version": format_partial(cited.version, DatePrecision.DAY, get_language() or "en"),
        "address": cited.address,
    }


def ris_of_aim(cited: Cited) -> str:
    """The record in RIS. TY is GEN: an aim is neither a meeting nor a publication."""
    version = cited.version
    return ris_of(
        [
            ("TY", "GEN"),
            ("AU", process_name()),
            ("TI", cited.title),
            ("PY", str(version.year)),
            ("DA", f"{version:%Y/%m/%d}/"),
            ("ID", cited.reference),
            ("M1", cited.reference),
            ("UR", cited.address),
        ]
    )


def bibtex_of_aim(cited: Cited) -> str:
    version = format_partial(cited.version, DatePrecision.DAY, "en")
    return bibtex_of(
        cited.reference,
        author=process_name(),
        texts={
            "title": cited.title,
            "year": str(cited.version.year),
            "note": f"Record {cited.reference}, version of {version}",
        },
        address=cited.address,
    )
