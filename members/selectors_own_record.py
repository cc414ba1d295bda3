"""A participant's own record, as far as this app keeps it: what it was sent, its seats, and who held its places."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from members.models import Appointment, Delivery, Seat

if TYPE_CHECKING:
    from members.models import AnyUser, Participant

# Addresses that let whoever holds them act without signing in; they were for the one recipient.
_SIGNED = re.compile(r"https?://\S*/r/\S+")


def messages_to(participant: Participant, user: AnyUser) -> QuerySet[Delivery]:
    """Messages to the officials and offices of a participant, newest first."""
    own = Q(official__participant=participant) | Q(office__participant=participant)
    rows = Delivery.objects.visible_to(user).filter(own)
    return rows.select_related("official", "office").prefetch_related("attachments").order_by("-queued_at", "-pk")


def message_text(delivery: Delivery) -> str:
    """The text as it was sent, without links that were for the one recipient; empty once it is not kept any more."""
    return _SIGNED.sub(f"[{_('a personal link, in the message itself only')}]", delivery.text)


def seats_held(participant: Participant, user: AnyUser) -> QuerySet[Seat]:
    """Every seat of a participant, past ones too."""
    rows = Seat.objects.visible_to(user).filter(participant=participant)
    return rows.select_related("body", "role").order_by("-period_from", "-pk")


def places_held(participant: Participant, user: AnyUser) -> QuerySet[Appointment]:
    """Every appointment in a place of a participant, former holders with the title of their day."""
    rows = Appointment.objects.visible_to(user).filter(Q(participant=participant) | Q(seat__participant=participant))
    return rows.select_related("official", "office", "topic", "seat__body", "seat__role").order_by("-period_from", "-pk")
