"""The HTML of a progress report: a pure function of what is stored in its row. No clock, no query, no user."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import segno
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activities.enums import ActivityStatus, ReviewOutcome
from members.charts_bars import bars
from members.partial_dates import format_partial, format_span
from members.rendering import line_break
from reports.models import ProgressReport
from reports.selectors_progress import figure_labels

ASSETS = Path(settings.BASE_DIR) / "static"


@dataclass(frozen=True)
class Block:
    """A paragraph, or the items of a list, of a written text."""

    paragraph: str = ""
    items: tuple[str, ...] = ()


def report_html(report: ProgressReport, *, language: str, is_final: bool) -> str:
    """The document in `language`, from `report.snapshot` and `report.sections` alone."""
    with translation.override(language):
        return render_to_string("pdf/progress_report.html", report_context(report, language=language, is_final=is_final))


def report_title(report: ProgressReport, language: str) -> str:
    """The title in the document's metadata."""
    return _in(report.snapshot, "title", language)


def created_on(report: ProgressReport) -> date:
    """The day the figures were taken: the document's only date."""
    return date.fromisoformat(report.snapshot["taken_at"][:10])


def report_context(report: ProgressReport, *, language: str, is_final: bool) -> dict[str, Any]:
    """What the template shows. The language must be active."""
    shot = report.snapshot
    symbol, version = shot["document"]["symbol"], shot["document"]["version"]
    texts = {
        row["key"].replace("-", "_"): _text(row, language) for row in report.sections if not row["key"].startswith("objective-")
    }
    written = {row["key"]: _text(row, language) for row in report.sections}
    address = f"{shot['origin']}/reports/{symbol}/"
    objectives = [_objective(row, language, written.get(f"objective-{row['code']}")) for row in shot["objectives"]]
    taken = created_on(report)
    return {
        "language": language,
        "is_final": is_final,
        "process_name": _in(shot["process"], "name", language, plain="name_en"),
        "process_full": _in(shot["process"], "full_name", language, plain="full_name_en"),
        "title": _in(shot, "title", language),
        "meeting": _meeting(shot["meeting"], language),
        "period": format_span(*_days(shot["period"]), "day", language)
        .replace(" ", "\u00a0")
        .replace("\u00a0–\u00a0", " –\u00a0"),
        "presented_by": _joined(shot["presented_by"]),
        "number": _("%(symbol)s, version %(version)d") % {"symbol": symbol, "version": version},
        "foot": _("%(symbol)s, version %(version)d, %(language)s")
        % {"symbol": symbol, "version": version, "language": language_name(language)},
        "spoken": ", ".join(_spoken(code) for code in shot["languages"]),
        "address": address,
        "address_shown": address.split("://", 1)[1].rstrip("/"),
        "qr": _qr(address),
        "points": _points(shot["totals"]),
        "texts": texts,
        "objectives": objectives,
        "chart": _chart(objectives),
        "totals": [(label, shot["totals"][key]["value"]) for key, label in figure_labels() if key in shot["totals"]],
        "unconfirmed": shot["totals"]["unconfirmed"],
        "without_objective": shot["totals"]["without_objective"],
        "activities": [_activity(row, language) for row in shot["activities"]],
        "taken": format_partial(taken, "day", language),
    }


def _in(row: dict[str, Any], name: str, language: str, *, plain: str = "") -> str:
    own = row.get(f"{name}_id", "") if language == "id" else ""
    return line_break(str(own or row.get(plain or name, "")), language)


def language_name(language: str) -> str:
    """The name of a language in the active one."""
    return {"en": _("English"), "id": _("Bahasa Indonesia")}.get(language, language)


def _spoken(code: str) -> str:
    return _("English (authoritative)") if code == "en" else language_name(code)


def _joined(names: list[str]) -> str:
    if len(names) < 2:  # noqa: PLR2004 - nothing to join
        return "".join(names)
    return _("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


def _text(row: dict[str, Any], language: str) -> dict[str, Any]:
    """Blocks of a section and their language: the written one, English where it was not translated."""
    own = row.get("text_id", "") if language == "id" else ""
    text = own or row.get("text", "")
    spoken = language if (own or language == "en") else "en"
    return {"blocks": blocks(line_break(text, spoken)), "language": spoken}


def blocks(text: str) -> list[Block]:
    """The paragraphs and lists of a written text: an empty line ends a paragraph, lines with a dash are a list."""
    found: list[Block] = []
    for part in text.replace("\r\n", "\n").split("\n\n"):
        lines = [line.strip() for line in part.splitlines() if line.strip()]
        if lines and all(line.startswith(("- ", "* ")) for line in lines):
            found.append(Block(items=tuple(line[2:] for line in lines)))
        elif lines:
            found.append(Block(paragraph=" ".join(lines)))
    return found


def _meeting(row: dict[str, Any], language: str) -> dict[str, str]:
    place = ", ".join(part for part in (row["city"], row["country"]) if part)
    return {"title": _in(row, "title", language), "place": place, "when": _when(row, language), "reference": row["reference"]}


def _days(period: dict[str, str]) -> tuple[date, date]:
    return date.fromisoformat(period["from"]), date.fromisoformat(period["to"])


def _when(row: dict[str, Any], language: str) -> str:
    start, end = (date.fromisoformat(row[name]) if row[name] else None for name in ("start", "end"))
    return format_span(start, end, row["date_precision"], language) or _("Not dated")


def _qr(address: str) -> SafeString:
    drawn = segno.make(address, error="m").svg_inline(border=0, omitsize=True, svgclass=None, lineclass=None)
    words = _("Address of this report")
    return mark_safe(drawn.replace("<svg ", f'<svg role="img" aria-label="{words}" ', 1))  # noqa: S308 - drawn by segno


def _points(totals: dict[str, Any]) -> list[str]:
    """What the figures say, one sentence each."""
    held, planned = totals["held"]["value"], totals["planned"]["value"]
    points = [ngettext("%(n)d activity was held.", "%(n)d activities were held.", held) % {"n": held}]
    if planned:
        points.append(ngettext("%(n)d activity is planned.", "%(n)d activities are planned.", planned) % {"n": planned})
    count, of = totals["delegates"]["value"], len(totals["delegates"]["rows"])
    if of:
        points.append(
            ngettext(
                "%(count)d delegates were counted at the %(n)d activity with a count.",
                "%(count)d delegates were counted at the %(n)d activities with a count.",
                of,
            )
            % {"count": count, "n": of}
        )
    followed_up = totals.get("followed_up", {}).get("value", 0)
    if followed_up:
        said = ngettext(
            "%(n)d of the recommendations on record has news.", "%(n)d of the recommendations on record have news.", followed_up
        )
        points.append(said % {"n": followed_up})
    reviews = totals["reviews"]["value"]
    if reviews:
        points.append(ngettext("Meetings made %(n)d review.", "Meetings made %(n)d reviews.", reviews) % {"n": reviews})
    return points


def _objective(row: dict[str, Any], language: str, text: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "code": row["code"],
        "title": _in(row, "title", language),
        "figures": [(label, row[key]["value"], row[key]["rows"]) for key, label in figure_labels() if key in row],
        "held": row["held"]["value"],
        "planned": row["planned"]["value"],
        "delegates": row["delegates"]["value"],
        "delegates_known": bool(row["delegates"]["rows"]),
        "participants": row["participants"]["value"],
        "unconfirmed": row["unconfirmed"]["value"],
        "references": row["held"]["rows"] + row["planned"]["rows"],
        "findings": [_finding(found) for found in row["findings"]],
        "text": text or {"blocks": [], "language": language},
    }


def _finding(row: dict[str, Any]) -> str:
    outcome = str(ReviewOutcome(row["outcome"]).label)
    if row["qualifier"]:
        outcome = f"{outcome} ({row['qualifier']})"
    if row["moved_to"] or row["bilaterally"]:
        outcome = _("%(outcome)s: %(where)s") % {"outcome": outcome, "where": row["moved_to"] or _("bilaterally")}
    if row["continued_in"]:
        outcome = _("%(outcome)s in %(areas)s") % {"outcome": outcome, "areas": ", ".join(row["continued_in"])}
    return _("%(meeting)s found: %(outcome)s.") % {"meeting": row["meeting"], "outcome": outcome}


def _chart(objectives: list[dict[str, Any]]) -> SafeString:
    rows = [(row["code"], row["held"], row["planned"]) for row in objectives]
    return bars(rows, title=_("Activities by objective"), first=_("Activities held"), second=_("Activities planned"))


def _activity(row: dict[str, Any], language: str) -> dict[str, Any]:
    kind = (row["kind_id"] if language == "id" else "") or row["kind_en"]
    place = ", ".join(part for part in (row["city"], row["country"]) if part)
    return {
        **row,
        "shown_title": _in(row, "title", language),
        "shown_kind": kind,
        "when": _when(row, language),
        "place": place,
        "shown_status": str(ActivityStatus(row["status"]).label),
        "shown_objectives": ", ".join(row["objectives"]),
        "shown_sources": ", ".join(row["sources"]),
    }
