"""How a record is cited: in words, and for programs that keep references."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from activities.calendars import address_of
from activities.models import Activity
from members.enums import DatePrecision
from members.models import Process
from members.partial_dates import format_partial, format_span

_BIBTEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"} | {c: f"\\{c}" for c in "{}%&#_$"}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def citation(activity: Activity, process: Process) -> str:
    """One sentence with permanent address and the day of this version."""
    language = get_language() or "en"
    when = format_span(activity.start, activity.end, activity.date_precision, language)
    facts = ", ".join(part for part in (activity.city or activity.country, when) if part)
    return _("%(process)s, “%(title)s”, %(facts)s, record %(reference)s, version of %(version)s. %(address)s") % {
        "process": process.name,
        "title": activity.title,
        "facts": facts or _("not dated"),
        "reference": activity.reference,
        "version": format_partial(activity.changed_at.date(), DatePrecision.DAY, language),
        "address": address_of(activity),
    }


def ris(activity: Activity, process: Process) -> str:
    """The record in RIS; lines end with CR LF. A date says no more than is known."""
    pairs = [
        ("TY", "CONF"),
        ("AU", process.name),
        ("TI", activity.title),
        ("PY", str(activity.start.year) if activity.start else ""),
        ("DA", _ris_date(activity)),
        ("CY", _place(activity)),
        ("N1", activity.public_note),
        ("ID", activity.reference),
        ("M1", activity.reference),
        ("UR", address_of(activity)),
    ]
    return ris_of(pairs)


def ris_of(pairs: list[tuple[str, str]]) -> str:
    """Tags and texts as one RIS record; empty texts are left out, lines end with CR LF."""
    lines = [f"{tag}  - {_one_line(text)}" for tag, text in pairs if text]
    return "\r\n".join([*lines, "ER  - ", ""])


def bibtex(activity: Activity, process: Process) -> str:
    """The record in BibTeX; characters that TeX reads as commands are written out."""
    version = format_partial(activity.changed_at.date(), DatePrecision.DAY, "en")
    fields = {
        "author": f"{{{_tex(process.name)}}}",
        "title": f"{{{_tex(activity.title)}}}",
        "howpublished": _tex(_place(activity)),
        "year": str(activity.start.year) if activity.start else "",
        "note": _tex(f"Record {activity.reference}, version of {version}"),
        "url": address_of(activity),
    }
    lines = [f"  {name} = {{{text}}}," for name, text in fields.items() if text]
    if activity.start and activity.date_precision in {DatePrecision.DAY, DatePrecision.MONTH}:
        lines.append(f"  month = {_MONTHS[activity.start.month - 1]},")
    return "\n".join([f"@misc{{{activity.reference},", *lines, "}", ""])


def bibtex_of(key: str, *, author: str, texts: dict[str, str], address: str) -> str:
    """One @misc entry; characters that TeX reads as commands are written out."""
    fields = {"author": f"{{{_tex(author)}}}"} | {name: _tex(text) for name, text in texts.items()} | {"url": address}
    lines = [f"  {name} = {{{text}}}," for name, text in fields.items() if text]
    return "\n".join([f"@misc{{{key},", *lines, "}", ""])


def _place(activity: Activity) -> str:
    return ", ".join(part for part in (activity.city, activity.country) if part)


def _ris_date(activity: Activity) -> str:
    if activity.start is None:
        return ""
    parts = activity.start.isoformat().split("-")
    known = {DatePrecision.YEAR: 1, DatePrecision.MONTH: 2}.get(DatePrecision(activity.date_precision), 3)
    return "/".join([*parts[:known], *[""] * (4 - known)])


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _tex(text: str) -> str:
    return "".join(_BIBTEX.get(c, c) for c in _one_line(text))
