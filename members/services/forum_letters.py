"""Letters to posts of other forums: written at the desk, sent by the outbox, once [89, 90]."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from members.audit import acting
from members.errors import DomainError
from members.mail import render_mail
from members.models import Delivery, ForumContact, Letter, Process, User
from members.models.base import today
from members.permissions import check_can
from members.roles import Permission
from members.services.outbox import queue_delivery, recipient_key


@dataclass(frozen=True)
class Words:
    """What a letter says, per language; Bahasa Indonesia is left empty where it is written in English only."""

    subject_en: str
    body_en: str
    subject_id: str = ""
    body_id: str = ""
    form_of_address: str = ""
    signatories: str = ""  # one office a line


def letter_mail(contact: ForumContact, words: Words, *, language: str, reference: str = "") -> tuple[str, str, str]:
    """Subject, text and HTML as they reach the post, `language` first."""
    context = {
        **asdict(words),
        "recipient": contact,
        "forum": contact.forum,
        "bodies": {"en": words.body_en, "id": words.body_id},
        "signatories": words.signatories.splitlines(),
        "reference": reference,
    }
    return render_mail("forum_letter", context, language)


def check_can_be_written_to(contact: ForumContact) -> None:
    """Raise DomainError for a post that is past or has no address on record."""
    if not contact.holds_on(today()):
        raise DomainError(_("This contact is past. Write to one that is current."))
    if not contact.email:
        raise DomainError(_("%(recipient)s has no e-mail address.") % {"recipient": contact})


@transaction.atomic
def write_to_contact(*, contact: ForumContact, words: Words, language: str, token: str, by: User) -> Delivery:
    """Store the letter with its reference number and queue it to the post's address as recorded; its row of the outbox.

    `token` is the form's own: sent twice, the letter that exists is returned. Raises DomainError where the post cannot
    be written to, or where the token was used for other words.
    """
    check_can(by, Permission.MANAGE_CONTACTS)
    locked = ForumContact.objects.select_for_update(of=("self",)).select_related("forum").get(pk=contact.pk)
    key = f"forum-letter:{token}:{recipient_key(locked)}"
    if sent := Delivery.objects.filter(key=key).select_related("letter").first():
        return _same(sent, words)
    check_can_be_written_to(locked)
    with acting(by=by, verb="write_to_forum"):
        letter = Letter.objects.create(reference=_next_reference(), written_by=by, **asdict(words))
    subject, text, html = letter_mail(locked, words, language=language, reference=letter.reference)
    return queue_delivery(
        kind="forum_letter",
        to=locked,
        key=key,
        subject=subject,
        text=text,
        html=html,
        language=language,
        letter=letter,
        is_automatic=False,
        by=by,
    )


def _same(sent: Delivery, words: Words) -> Delivery:
    if sent.letter is None or any(getattr(sent.letter, name) != value for name, value in asdict(words).items()):
        raise DomainError(_("This letter was sent already. Begin a new one for other words."))
    return sent


def _next_reference() -> str:
    """The next number of a letter this year, such as BP-L-2027-03. The process's row is locked, so that none is given twice."""
    process = Process.objects.select_for_update().first()
    stem = f"{process.prefix if process else 'XX'}-L-{today().year}-"
    return f"{stem}{Letter.objects.filter(reference__startswith=stem).count() + 1:02}"
