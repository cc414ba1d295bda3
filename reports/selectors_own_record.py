"""A participant's own record, as far as this app keeps it: what it wrote, and what it acknowledged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F, QuerySet

from members.selectors_own_record import messages_to
from reports.models import Acknowledgement, Document

if TYPE_CHECKING:
    from members.models import AnyUser, Participant


def written_by(participant: Participant, user: AnyUser) -> QuerySet[Document]:
    """Documents whose author a participant is."""
    rows = Document.objects.visible_to(user).live().filter(authors=participant).select_related("activity", "current_version")
    return rows.order_by(F("date").desc(nulls_last=True), "symbol")


def acknowledgements_of(participant: Participant, user: AnyUser) -> QuerySet[Acknowledgement]:
    """Copies whose arrival a participant's officials or offices confirmed."""
    own = messages_to(participant, user).order_by().values("pk")
    rows = Acknowledgement.objects.filter(delivery__in=own).select_related("delivery__official", "delivery__office")
    return rows.order_by("-acknowledged_at", "-pk")
