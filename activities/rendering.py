"""The HTML of an invitation's letter or note verbale to one recipient. No clock, no user; what it needs is handed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from members.models import Office, Official
from members.partial_dates import format_partial, format_span
from members.rendering import line_break

if TYPE_CHECKING:
    from activities.models import Activity
    from members.models import Letter, Participant, Process
    from members.selectors_recipients import Recipient

ASSETS = Path(settings.BASE_DIR) / "static"


@dataclass(frozen=True)
class LetterParts:
    """All that one letter shows. `number` is its own, `day` its date, `url` the page where the participant answers.

    A draft says so on each page; its number and its address are not settled yet.
    """

    letter: Letter
    number: str
    day: date
    process: Process
    activity: Activity
    participant: Participant
    recipient: Recipient
    is_note_verbale: bool
    is_open: bool
    reply_by: date | None
    quota: int | None
    url: str
    is_draft: bool = False


def letter_language(recipient: Recipient) -> str:
    """The language of the letter: the recipient's, English where the portal does not speak it."""
    return recipient.language if recipient.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def letter_html(parts: LetterParts) -> str:
    """The document in the recipient's language."""
    language = letter_language(parts.recipient)
    with translation.override(language):
        return render_to_string("pdf/letter.html", letter_context(parts, language))


def letter_title(parts: LetterParts) -> str:
    """The title in the document's metadata."""
    return f"{parts.number}: {parts.letter.subject(letter_language(parts.recipient))}"


def letter_context(parts: LetterParts, language: str) -> dict[str, Any]:
    """What the template shows. The language must be active."""
    activity, letter = parts.activity, parts.letter
    addressed = parts.recipient.copy_of or parts.recipient.to
    written_in = language if language == "en" or letter.body_id else "en"
    subject_in = language if language == "en" or letter.subject_id else "en"
    return {
        "language": language,
        "parts": parts,
        "process_name": line_break(parts.process.name, language),
        "process_full": line_break(parts.process.full_name, language),
        "number": parts.number,
        "day": format_partial(parts.day, "day", language),
        "addressee": [line_break(line, language) for line in address_lines(addressed, parts)],
        "addressed_to": _addressed_to(addressed, parts),
        "salutation": getattr(addressed, "salutation", ""),
        "copy_for": ", ".join(address_lines(parts.recipient.to, parts)) if parts.recipient.copy_of else "",
        "subject": line_break(letter.subject(language), subject_in),
        "subject_language": subject_in,
        "paragraphs": [line_break(text, written_in) for text in _paragraphs(letter.body(language))],
        "written_in": written_in,
        "participant": parts.participant.name_on(parts.day),
        "title": (activity.title_id if language == "id" else "") or activity.title,
        "facts": _facts(parts, language),
        "co_chairs": _joined(letter.signatories.splitlines()),
        "url": parts.url,
    }


def address_lines(to: Official | Office | None, parts: LetterParts) -> list[str]:
    """Name or title, position, ministry and participant, each on a line and none twice, as they are on the letter's day."""
    if to is None:
        return []
    ministry = to.ministry.name if to.ministry and to.ministry.holds_on(parts.day) else ""
    if isinstance(to, Official):
        first = " ".join(part for part in (to.form_of_address, to.name) if part)
        lines = [first, to.position, "" if ministry and ministry in to.position else ministry]
    else:
        first = to.title if not to.form_of_address else f"{to.form_of_address} {to.title}"
        lines = [first, "" if ministry == to.title else ministry]
    return [line for line in dict.fromkeys([*lines, parts.participant.name_on(parts.day)]) if line]


def _addressed_to(to: Official | Office | None, parts: LetterParts) -> str:
    """Whom a note verbale presents its compliments to: a ministry or an office, never a person."""
    name = parts.participant.name_on(parts.day)
    if to is not None and to.ministry:
        return _("%(ministry)s of %(participant)s") % {"ministry": to.ministry.name, "participant": name}
    if isinstance(to, Office):
        return _("%(ministry)s of %(participant)s") % {"ministry": to.title, "participant": name}
    return _("focal point of %(participant)s") % {"participant": name}


def _joined(names: list[str]) -> str:
    if len(names) < 2:  # noqa: PLR2004 - nothing to join
        return "".join(names)
    return _("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


def _paragraphs(text: str) -> list[str]:
    parts = (" ".join(part.split()) for part in text.replace("\r\n", "\n").split("\n\n"))
    return [part for part in parts if part]


def _facts(parts: LetterParts, language: str) -> list[tuple[str, str]]:
    activity = parts.activity
    when = format_span(activity.start, activity.end, activity.date_precision, language) or _("Not dated")
    if activity.starts_at:
        clock = "–".join(f"{time:%H:%M}" for time in (activity.starts_at, activity.ends_at) if time)
        when = f"{when}, {clock} ({activity.time_zone})"
    wanted = ", ".join(portfolio.name for portfolio in activity.portfolios.all())
    place = ", ".join(part for part in (activity.venue, activity.city, activity.country) if part)
    rows = [
        (_("When"), when),
        (_("Where"), place),
        (_("Ministries wanted"), wanted),
        (_("Scope"), " ".join(activity.scope.split())),
        (_("Reply by"), format_partial(parts.reply_by, "day", language) if parts.reply_by else ""),
        (_("Places"), str(parts.quota) if parts.quota else ""),
        (_("Reference"), activity.reference),
    ]
    return [(label, value) for label, value in rows if value]
