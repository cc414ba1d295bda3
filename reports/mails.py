"""What goes out by mail about reports, as subject, text and HTML."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date

from members.mail import render_mail
from members.models import Letter


@dataclass(frozen=True)
class Mail:
    """One message as it is queued."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class CoveringLetter:
    """One recipient's letter with a circulation; `files` are names and bytes of the enclosures."""

    letter: Letter | None
    title: str
    form_of_address: str
    participant: str
    deadline: date | None
    link: str
    online: str
    files: list[tuple[str, int]] = field(default_factory=list)


@dataclass(frozen=True)
class ApprovalRequest:
    """A request to a co-chair; `files` are names, bytes and SHA-256."""

    title: str
    symbol: str
    form_of_address: str
    link: str
    files: list[tuple[str, int, str]] = field(default_factory=list)


def covering_letter(parts: CoveringLetter, *, language: str) -> Mail:
    """The letter in the recipient's language."""
    letter = parts.letter
    context = {
        "title": parts.title,
        "form_of_address": parts.form_of_address,
        "participant": parts.participant,
        "deadline": parts.deadline,
        "link": parts.link,
        "online": parts.online,
        "files": parts.files,
        "bodies": {"en": letter.body_en, "id": letter.body_id} if letter else {},
        "body": letter.body(language) if letter else "",
        "reference": letter.reference if letter else "",
        "signatories": letter.signatories.splitlines() if letter else [],
    }
    return Mail(*render_mail("circulation", context, language))


def approval_request(parts: ApprovalRequest, *, language: str) -> Mail:
    """The request in the holder's language."""
    return Mail(*render_mail("approval_request", asdict(parts), language))
