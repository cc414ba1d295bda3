"""The HTML of attendance sheets, name badges and certificates: pure functions of what they are given. No query, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import segno
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from activities.models import Activity, Delegate
from activities.selectors_certificates import LANGUAGES, attested_in
from members.partial_dates import format_partial, format_span
from members.rendering import line_break

ASSETS = Path(settings.BASE_DIR) / "static"
A_PAGE = 8  # badges on a sheet of A4
_LONG, _LONGER = 22, 36  # letters of a name from which it is set smaller


@dataclass(frozen=True)
class Person:
    """A delegate as printed; texts may break where their script allows it."""

    name: str
    own_script: str
    position: str
    participant: str
    part: str
    size: str
    qr: str = ""


@dataclass
class Group:
    """The delegates of one participant."""

    participant: str
    people: list[tuple[int, Person]] = field(default_factory=list)


def person_of(delegate: Delegate, language: str, *, address: str = "", label: str = "") -> Person:
    """A delegate in the words of `language`; with `address`, its QR."""
    official, length = delegate.official, len(delegate.official.name)
    return Person(
        name=line_break(official.name, language),
        own_script=line_break(official.name_own_script, language),
        position=line_break(delegate.title or official.position, language),
        participant=line_break(delegate.participant.name, language),
        part=str(delegate.get_part_display()),
        size="xs" if length > _LONGER else "s" if length > _LONG else "m",
        qr=qr(address, label) if address else "",
    )


def sheet_html(  # noqa: PLR0913 - keyword-only
    activity: Activity,
    delegates: Sequence[Delegate],
    *,
    place: str,
    process: str,
    language: str,
    others: Sequence[Delegate] = (),
) -> str:
    """One day's or session's sheet, delegations in English order, with a line to sign on.

    `others` are delegates who are to come on other days: they stand at the end.
    """
    with translation.override(language):
        parts = [_groups(delegates, language, first=1), _groups(others, language, first=len(delegates) + 1)]
        context = _about(activity, process, language) | {"place": place, "parts": parts}
        return render_to_string("pdf/attendance_sheet.html", context)


def _groups(delegates: Iterable[Delegate], language: str, *, first: int) -> list[Group]:
    groups: list[Group] = []
    for number, delegate in enumerate(delegates, start=first):
        person = person_of(delegate, language)
        if not groups or groups[-1].participant != person.participant:
            groups.append(Group(person.participant))
        groups[-1].people.append((number, person))
    return groups


def badges_html(activity: Activity, people: Sequence[Person], *, process: str, language: str) -> str:
    """Name badges, eight on a page."""
    with translation.override(language):
        sheets = [people[n : n + A_PAGE] for n in range(0, len(people), A_PAGE)]
        return render_to_string("pdf/badges.html", _about(activity, process, language) | {"sheets": sheets})


def certificate_html(facts: dict[str, Any], *, code: str, issued: date, process: dict[str, str], address: str) -> str:
    """A certificate in all languages of the portal, from its frozen facts. `process` gives its full name per language."""
    parts = []
    for language in LANGUAGES:
        said = attested_in(facts, language)
        parts.append(
            {
                "said": said,
                "title": line_break(said.title, language),
                "process": process[language],
                "issued": format_partial(issued, "day", language),
            }
        )
    with translation.override("en"):
        context = {
            "parts": parts,
            "facts": facts,
            "name": line_break(facts["name"], "en"),
            "own_script": line_break(facts["name_own_script"], "en"),
            "participant": line_break(facts["participant"], "en"),
            "code": code,
            "address": address,
            "address_shown": address.split("://", 1)[1],
            "qr": qr(address, "Address at which this certificate is checked"),
        }
        return render_to_string("pdf/certificate.html", context)


def _about(activity: Activity, process: str, language: str) -> dict[str, Any]:
    own = activity.title_id if language == "id" else ""
    return {
        "language": language,
        "process": process,
        "title": line_break(own or activity.title, language),
        "reference": activity.reference,
        "when": format_span(activity.start, activity.end, activity.date_precision, language),
        "where": ", ".join(part for part in (activity.venue, activity.city, activity.country) if part),
    }


def qr(address: str, label: str) -> SafeString:
    """The QR of an address as SVG, with words for those who cannot see it."""
    drawn = segno.make(address, error="m", micro=False).svg_inline(border=0, omitsize=True, svgclass=None, lineclass=None)
    return mark_safe(drawn.replace("<svg ", format_html('<svg role="img" aria-label="{}" ', label), 1))  # noqa: S308 - drawn by segno
