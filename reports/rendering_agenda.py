"""The agenda of a meeting as a PDF [28]: the same items as its page, in the look of the reports."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from activities.enums import AgendaItemKind
from activities.models import Agenda, AgendaItem
from members.models import Process
from members.partial_dates import format_partial, format_span
from members.rendering import RenderingError, line_break, render_pdf
from reports.rendering import ASSETS, blocks, language_name

SECONDS = 20.0  # a person waits for it
_KEPT = 16  # files of this process: every member of the group fetches the same one
_one_at_a_time = threading.Lock()


def agenda_pdf(agenda: Agenda, items: Sequence[AgendaItem], process: Process, *, language: str) -> bytes:
    """The tagged PDF of an agenda in `language`; the same agenda gives the same bytes. Raises RenderingError."""
    with translation.override(language):
        title = _("Agenda: %(meeting)s") % {"meeting": _title(agenda, language)}
        html = agenda_html(agenda, items, process, language=language)
    return _laid_out(html, language, title, (agenda.published_at or agenda.made_at).date())


@lru_cache(maxsize=_KEPT)
def _laid_out(html: str, language: str, title: str, created: date) -> bytes:
    if not _one_at_a_time.acquire(timeout=SECONDS):
        raise RenderingError("Other documents are being made.")
    try:
        return render_pdf(html, assets=ASSETS, language=language, title=title, created=created, seconds=SECONDS)
    finally:
        _one_at_a_time.release()


def agenda_html(agenda: Agenda, items: Sequence[AgendaItem], process: Process, *, language: str) -> str:
    """The document in `language`: a function of what it is given, without clock, query or user."""
    with translation.override(language):
        return render_to_string("pdf/agenda.html", _context(agenda, items, process, language))


def _context(agenda: Agenda, items: Sequence[AgendaItem], process: Process, language: str) -> dict[str, Any]:
    meeting = agenda.activity
    address = f"{settings.ORIGIN}{reverse('reports:agenda_detail', args=[meeting.reference])}"
    place = ", ".join(part for part in (meeting.city, meeting.country) if part)
    when = format_span(meeting.start, meeting.end, meeting.date_precision, language) or _("Not dated")
    published = agenda.published_at
    return {
        "language": language,
        "process_name": line_break(process.name, language),
        "process_full": line_break(process.full_name, language),
        "title": line_break(_title(agenda, language), language),
        "body": line_break(agenda.body.name, language),
        "when": f"{when}, {place}" if place else when,
        "is_draft": published is None,
        "published": format_partial(published.date(), "day", language) if published else "",
        "foot": _("%(reference)s, agenda, version %(version)d, %(language)s")
        % {"reference": meeting.reference, "version": agenda.version, "language": language_name(language)},
        "items": [_item(item, language) for item in items],
        "address": address,
        "address_shown": address.split("://", 1)[1].rstrip("/"),
    }


def _title(agenda: Agenda, language: str) -> str:
    return (agenda.activity.title_id if language == "id" else "") or agenda.activity.title


def _item(item: AgendaItem, language: str) -> dict[str, Any]:
    """One item: its words, what it is about in a line, and where that can be read."""
    address = {
        AgendaItemKind.DOCUMENT.value: "reports:document_detail",
        AgendaItemKind.OBJECTIVE.value: "activities:objective_detail",
    }.get(item.kind)
    plain = item.kind in {AgendaItemKind.STANDING, AgendaItemKind.OTHER}
    return {
        "title": line_break(item.title, language),
        "kind": "" if plain else str(item.get_kind_display()),
        "reference": item.reference if address else "",
        "address": f"{settings.ORIGIN}{reverse(address, args=[item.reference])}" if address and item.reference else "",
        "blocks": blocks(line_break(item.note, language)),
    }
