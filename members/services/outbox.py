"""The outbox: queue a message to one recipient, and settle what the mail server left open.

A row is written in the transaction of the decision it follows from; the queue is only woken, after commit.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from members import tasks
from members.audit import acting
from members.delivery import header_value
from members.enums import AccessClass, DeliveryState
from members.errors import DomainError
from members.models import Appointment, Delivery, DeliveryAttachment, ForumContact, Letter, Office, Official, User
from members.models.lifecycles import TransitionError, transition

logger = logging.getLogger(__name__)
SETTLED_AS = frozenset({DeliveryState.ACCEPTED, DeliveryState.FAILED, DeliveryState.QUEUED})
_EMPTIED_AT_ONCE = 1000  # messages; the rest has its turn the next day
_SETTLED = (DeliveryState.ACCEPTED, DeliveryState.BOUNCED, DeliveryState.FAILED, DeliveryState.WITHHELD)
_UNSENT = (DeliveryState.QUEUED, DeliveryState.DEFERRED)
_QUIET_SECONDS = 10.0  # after a wake-up that failed, none is tried for so long: the loop drains anyway


@dataclass(frozen=True)
class Enclosure:
    """A file in the storage by name, with the SHA-256 (hexadecimal) that it must still have when it is sent."""

    storage_name: str
    filename: str
    sha256: str
    media_type: str = "application/pdf"


type Recipient = Official | Office | ForumContact
_FIELDS: dict[type, str] = {Official: "official", Office: "office", ForumContact: "forum_contact"}


def recipient_key(to: Recipient) -> str:
    """The recipient's part of a delivery's key: `official-<id>`, `office-<id>` or `forum-contact-<id>`."""
    return f"{_FIELDS[type(to)].replace('_', '-')}-{to.pk}"


@transaction.atomic
def queue_delivery(  # noqa: PLR0913 - a message has these parts
    *,
    kind: str,
    to: Recipient,
    key: str,
    subject: str,
    text: str,
    by: User,
    html: str = "",
    language: str = "en",
    attachments: Sequence[Enclosure] = (),
    send_after: datetime | None = None,
    access_class: str = AccessClass.PUBLIC,
    letter: Letter | None = None,
    email: str = "",
    is_automatic: bool = True,
) -> Delivery:
    """Queue one message to one recipient and return its row; the same `key` again returns the row that exists.

    `email` stands for the recipient's own address where an appointment names another one. Sent after `send_after`, at
    once by default. Raises DomainError where there is no address, or a header holds line ends.
    """
    address = email or to.email
    if not address:
        raise DomainError(_("%(recipient)s has no e-mail address.") % {"recipient": to}, field="email")
    try:
        for value in (subject, address, *(enclosure.filename for enclosure in attachments)):
            header_value(value)
    except ValueError as error:
        raise DomainError(_("Subjects and file names are one line, without control characters."), field="subject") from error
    with acting(by=by, verb="queue_delivery"):
        delivery, is_new = Delivery.objects.get_or_create(
            key=key,
            defaults={
                "kind": kind,
                _FIELDS[type(to)]: to,
                "letter": letter,
                "access_class": access_class,
                "email": address,
                "language": language,
                "subject": subject,
                "text": text,
                "html": html,
                "message_id": f"<{secrets.token_hex(16)}@{settings.MAIL_DOMAIN}>",
                "is_automatic": is_automatic,
                "send_after": send_after or timezone.now(),
                "queued_by": by,
            },
        )
        if is_new:
            DeliveryAttachment.objects.bulk_create(
                DeliveryAttachment(
                    delivery=delivery,
                    storage_name=enclosure.storage_name,
                    filename=enclosure.filename,
                    media_type=enclosure.media_type,
                    sha256=enclosure.sha256,
                    order=number,
                )
                for number, enclosure in enumerate(attachments)
            )
            wake_on_commit()
    return delivery


@transaction.atomic
def settle_delivery(*, delivery: Delivery, outcome: DeliveryState, evidence: str, by: User) -> Delivery:
    """Say what became of a delivery in doubt: accepted, failed, or queued again on proof that nothing left.

    Raises DomainError where it is not in doubt, where `outcome` is another state, or without `evidence`.
    """
    if outcome not in SETTLED_AS:
        raise DomainError(_("Choose whether it was sent, was not sent, or is to be sent again."), field="outcome")
    if not evidence.strip():
        raise DomainError(_("Say how you know, such as a line from the mail server's log."), field="evidence")
    locked = _locked(delivery)
    if locked.state != DeliveryState.IN_DOUBT:
        raise DomainError(_("This delivery is not in doubt any more."))
    now = timezone.now()
    locked.reason = evidence.strip()[:400]
    if outcome == DeliveryState.ACCEPTED:
        locked.accepted_at = now
    if outcome == DeliveryState.QUEUED:
        locked.send_after = now
    _move(locked, outcome, by=by, verb="settle_delivery", fields=["reason", "accepted_at", "send_after"])
    if outcome == DeliveryState.QUEUED:
        wake_on_commit()
    return locked


@transaction.atomic
def withhold_delivery(*, delivery: Delivery, reason: str, by: User) -> Delivery:
    """Hold back a message that has not left. Raises DomainError where it has, or is leaving now."""
    locked = _locked(delivery)
    locked.reason = reason[:400]
    _move(locked, DeliveryState.WITHHELD, by=by, verb="withhold_delivery", fields=["reason"], only_from=_UNSENT)
    return locked


@transaction.atomic
def recall_unsent(*, deliveries: QuerySet[Delivery], reason: str, by: User) -> int:
    """Hold back those of `deliveries` that have not left yet; how many that were."""
    unsent = deliveries.filter(state__in=_UNSENT).order_by("pk").select_for_update(of=("self",))
    recalled = 0
    for delivery in unsent:
        delivery.reason = reason[:400]
        _move(delivery, DeliveryState.WITHHELD, by=by, verb="recall_unsent", fields=["reason"])
        recalled += 1
    return recalled


def _address_of(delivery: Delivery) -> str:
    """The recipient's address as it is now: an official's in the place that he or she holds goes before the own one."""
    if delivery.official is not None:
        places = Appointment.objects.current().filter(official=delivery.official).exclude(official_email="").order_by("pk")
        if found := places.values_list("official_email", flat=True).first():
            return found
    return delivery.recipient.email


@transaction.atomic
def send_again(*, delivery: Delivery, by: User) -> Delivery:
    """Queue a failed or bounced message again, to the recipient's address as it is now; same text, same Message-ID.

    Raises DomainError where it neither failed nor bounced, or the recipient has no address.
    """
    locked = _locked(delivery)
    if locked.text_sha256:
        raise DomainError(_("The text of this message is not kept any more. Write a new one."))
    email = _address_of(locked)
    if not email:
        raise DomainError(_("The recipient has no e-mail address."), field="email")
    locked.email = email
    locked.send_after = timezone.now()
    locked.first_tried_at = locked.accepted_at = locked.bounced_at = None
    locked.reason = ""
    _move(
        locked,
        DeliveryState.QUEUED,
        by=by,
        verb="send_again",
        fields=["email", "send_after", "first_tried_at", "accepted_at", "bounced_at", "reason"],
        only_from=(DeliveryState.FAILED, DeliveryState.BOUNCED),
    )
    wake_on_commit()
    return locked


@transaction.atomic
def record_bounce(*, message_id: str, reply: str, by: User) -> Delivery | None:
    """Note that the message with this Message-ID came back; None for a message that is not ours.

    One in doubt had left, then. Bounces that come twice, or for messages never accepted, change nothing.
    """
    delivery = Delivery.objects.select_for_update().filter(message_id=message_id).first()
    if delivery is None or delivery.state not in {DeliveryState.ACCEPTED, DeliveryState.IN_DOUBT}:
        return delivery
    now = timezone.now()
    if delivery.state == DeliveryState.IN_DOUBT:
        delivery.accepted_at = now
        _move(delivery, DeliveryState.ACCEPTED, by=by, verb="record_bounce", fields=["accepted_at"])
    delivery.bounced_at, delivery.reason = now, reply[:400]
    _move(delivery, DeliveryState.BOUNCED, by=by, verb="record_bounce", fields=["bounced_at", "reason"])
    return delivery


@transaction.atomic
def mark_in_doubt(*, by: User) -> int:
    """Put deliveries whose sender died or went silent in doubt; they are never sent again by themselves. How many."""
    stale = Delivery.objects.filter(state=DeliveryState.SENDING, lease_until__lt=timezone.now())
    marked = 0
    for delivery in stale.order_by("pk").select_for_update(skip_locked=True):
        delivery.reason = "The sender stopped before the mail server's answer was recorded."
        _move(delivery, DeliveryState.IN_DOUBT, by=by, verb="mark_in_doubt", fields=["reason"])
        marked += 1
    if marked:
        logger.error("deliveries are in doubt", extra={"count": marked})
    return marked


def _locked(delivery: Delivery) -> Delivery:
    return Delivery.objects.select_for_update().get(pk=delivery.pk)


def _move(  # noqa: PLR0913 - keyword-only
    delivery: Delivery,
    state: DeliveryState,
    *,
    by: User,
    verb: str,
    fields: list[str],
    only_from: Sequence[DeliveryState] | None = None,
) -> None:
    """Change the state of a locked row and save `fields` with it. Raises DomainError."""
    if only_from is not None and delivery.state not in only_from:
        message = _("A delivery that is “%(state)s” cannot become “%(new)s”.")
        raise DomainError(message % {"state": delivery.get_state_display(), "new": state.label})
    try:
        transition(delivery, state)
    except TransitionError as error:
        raise DomainError(str(error)) from error
    with acting(by=by, verb=verb):
        delivery.save(update_fields=["state", *fields])


_silent_until = 0.0


def wake_on_commit() -> None:
    """Wake the drain when this transaction is committed; once, however many messages it queues."""
    if any(registered[1] is wake for registered in connection.run_on_commit):
        return
    transaction.on_commit(wake, robust=True)


def wake() -> None:
    """Tell a worker that there is mail. A queue that is down costs a second at most and is only logged."""
    global _silent_until  # noqa: PLW0603 - how this process last found the queue
    if time.monotonic() < _silent_until:
        return
    try:
        tasks.drain.apply_async(retry=False)
    except Exception as error:  # noqa: BLE001 - whatever the broker's client raises, the decision is committed
        _silent_until = time.monotonic() + _QUIET_SECONDS
        logger.warning("the queue cannot be woken; mail waits for the next round", extra={"error": type(error).__name__})


@transaction.atomic
def empty_old_texts(*, by: User) -> int:
    """Empty the text of messages that were settled and queued more than DELIVERY_TEXT_DAYS ago, some at a time; how many.

    What was sent to whom, when, and the SHA-256 of its text stay, so that whoever has the message can prove it.
    """
    before = timezone.now() - timedelta(days=settings.DELIVERY_TEXT_DAYS)
    old = Delivery.objects.filter(state__in=_SETTLED, queued_at__lt=before).exclude(text="", html="")
    emptied = 0
    with acting(by=by, verb="empty_old_texts"):
        for delivery in old.order_by("pk").select_for_update(of=("self",))[:_EMPTIED_AT_ONCE]:
            said = f"{delivery.text}\0{delivery.html}".encode()
            delivery.text_sha256, delivery.text, delivery.html = hashlib.sha256(said).hexdigest(), "", ""
            delivery.save(update_fields=["text_sha256", "text", "html"])
            emptied += 1
    return emptied
