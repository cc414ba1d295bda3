"""The letter to one recipient as it would go out today, to be read before anything is issued."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from activities.models import Activity
from activities.rendering import ASSETS, LetterParts, letter_html, letter_language, letter_title
from activities.selectors_invitations import Basis, basis_of, is_by_note, recipients_of
from activities.services.issuing import new_letter, rule_of
from members.enums import LetterKind
from members.errors import DomainError
from members.models import Participant, Process, User
from members.models.base import today
from members.permissions import check_can
from members.rendering import RenderingError, render_pdf
from members.roles import Permission


def draft_letter(*, activity: Activity, participant: Participant, number: int, by: User) -> bytes:
    """The PDF for the participant's recipient `number`, counted from 1, marked as a draft. Nothing is stored or queued.

    Raises DomainError where there is no rule, where it does not name the participant or no such recipient, or where the
    letter cannot be laid out.
    """
    check_can(by, Permission.ISSUE_INVITATIONS)
    rule = rule_of(activity)
    basis = basis_of(rule, participant) if rule.pk else None
    recipients = recipients_of(rule, [participant]).get(participant.pk, []) if basis else []
    if not 0 < number <= len(recipients):
        raise DomainError(_("The list has changed since you opened it. Read it again."))
    recipient = recipients[number - 1]
    kind = LetterKind.NOTE_VERBALE if is_by_note(rule, recipient) else LetterKind.LETTER
    letter = new_letter(activity, rule, kind, by)
    space = reverse("activities:national_space", args=[participant.slug])
    parts = LetterParts(
        letter=letter,
        number=letter.reference,
        day=today(),
        process=Process.objects.get(),
        activity=activity,
        participant=participant,
        recipient=recipient,
        is_note_verbale=kind == LetterKind.NOTE_VERBALE,
        is_open=basis == Basis.OPEN,
        reply_by=rule.reply_by or activity.reply_by,
        quota=rule.quota or activity.quota,
        url=f"{settings.ORIGIN}{space}",
        is_draft=True,
    )
    title, language = letter_title(parts), letter_language(recipient)
    try:
        return render_pdf(letter_html(parts), assets=ASSETS, language=language, title=title, created=parts.day)
    except RenderingError as error:
        raise DomainError(_("The letter could not be laid out.")) from error
