"""May this copy still leave? Asked for each delivery at the moment of sending, after everything that changed since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q
from django.utils.module_loading import import_string

from members.enums import AccessClass
from members.models import Appointment, Delivery, ForumContact, Office, Official, Seat
from members.models.base import today
from members.roles import Permission

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_NEEDED = {AccessClass.STEERING_GROUP: Permission.SEE_STEERING_GROUP, AccessClass.SECRETARIAT: Permission.SEE_DESK}

_ABOUT_ONESELF = frozenset({"account-notice"})  # what happened to one's account is told also after one's term


def why_withheld(delivery: Delivery) -> str:
    """Why this delivery must not be sent any more, in words for the desk; empty where it may go.

    Asks about the recipient's term, then about the access class of what is sent, then the gate that
    `settings.DELIVERY_GATES` names for this kind of message: a function of the delivery in an app above, which knows
    whether a document was reclassified or a circulation recalled.
    """
    if delivery.kind in _ABOUT_ONESELF:
        return ""
    recipient = delivery.recipient
    if not recipient.holds_on(today()):
        return "The recipient's term ended before the message left."
    participant = None if isinstance(recipient, ForumContact) else recipient.participant
    if participant is not None and participant.standings.exists() and not participant.standings.current().exists():
        return "The recipient's government or organisation does not take part any more."
    if not may_be_sent(recipient, delivery.access_class):
        return "The recipient may not see this class of documents any more."
    gates: Mapping[str, str] = settings.DELIVERY_GATES
    named = gates.get(delivery.kind) or gates.get(delivery.kind.partition("-")[0])  # "reminder-20270504" is a reminder
    if named:
        gate: Callable[[Delivery], str] = import_string(named)
        return gate(delivery)
    return ""


def may_be_sent(recipient: Official | Office | ForumContact, access_class: str) -> bool:
    """Whether material of a class may be sent to somebody, by current appointments."""
    needed = _NEEDED.get(AccessClass(access_class))
    return needed is None or _holds(recipient, needed)


def _holds(recipient: Official | Office | ForumContact, permission: Permission) -> bool:
    """Whether a current appointment of the recipient gives `permission`; a post of another forum has none."""
    if isinstance(recipient, ForumContact):
        return False
    own = Q(official=recipient) if isinstance(recipient, Official) else Q(office=recipient)
    current = Appointment.objects.current().filter(own).select_related("seat__role")
    seats = current.filter(Q(seat__isnull=True) | Q(seat__in=Seat.objects.current()))
    return any(permission in appointment.permissions for appointment in seats)
