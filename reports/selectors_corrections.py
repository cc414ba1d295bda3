"""What an author may ask to have corrected in a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import override

from activities.enums import CorrectedField, CorrectedRecord
from activities.selectors_corrections import Fact, Subject
from members.partial_dates import format_partial
from reports.models import Document

if TYPE_CHECKING:
    from members.models import AnyUser, Participant


def document_subject(symbol: str, user: AnyUser) -> Subject | None:
    """Facts of a document on its page, in English; None where `user` may not see it."""
    row = Document.objects.visible_to(user).filter(symbol=symbol).first()
    if row is None:
        return None
    edit = reverse("reports:desk_document", args=[row.symbol])
    with override("en"):
        facts = [
            Fact(CorrectedField.TITLE, row.title, edit),
            Fact(CorrectedField.FORM, row.form, edit),
            Fact(CorrectedField.DATES, format_partial(row.date, row.date_precision, "en"), edit),
            Fact(CorrectedField.LABELS, row.labels, edit),
            Fact(CorrectedField.NOTE, row.public_note, edit),
        ]
    return Subject(CorrectedRecord.DOCUMENT, row.symbol, row.title, facts, row.get_absolute_url())


def is_own_document(symbol: str, participant: Participant) -> bool:
    """Whether a participant is an author of the document."""
    return Document.objects.filter(symbol=symbol, authors=participant).exists()
