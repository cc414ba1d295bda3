"""The drain of the outbox: claims one delivery at a time, hands it to the mail server, records what happened.

The database holds the work. `sending` is committed before the first word to the mail server and the outcome after the
last, so that a process may be killed at any point: at worst one message is in doubt, and none is sent twice.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta

from celery import shared_task
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from members.audit import acting
from members.delivery import Connection, Message, Outcome, build_message, encode_enclosure
from members.entitlement import why_withheld
from members.enums import DeliveryState
from members.models import Delivery, DeliveryAttachment, User
from members.models.lifecycles import DELIVERY_TRANSITIONS, may_follow, transition

logger = logging.getLogger(__name__)
GIVE_UP_AFTER = timedelta(hours=24)
SHORTEST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=2)
BATCH_SECONDS = 300.0  # then another worker may take over; well below the queue's visibility timeout
_KEPT_ENCLOSURES = 16
_RECORD_ATTEMPTS = 5


class EnclosureError(Exception):
    """An enclosure is missing or not what was queued: nothing is sent without it or with another file."""


class Enclosures:
    """Encoded enclosures of a batch: read, checked and encoded once for all recipients."""

    def __init__(self) -> None:
        self._encoded: OrderedDict[tuple[str, str, str], bytes] = OrderedDict()

    def encode(self, attachment: DeliveryAttachment) -> bytes:
        """MIME part of an enclosure. Raises EnclosureError, ValueError, OSError."""
        key = (attachment.sha256, attachment.filename, attachment.media_type)
        if key not in self._encoded:
            self._encoded[key] = encode_enclosure(attachment.filename, attachment.media_type, self._read(attachment))
            if len(self._encoded) > _KEPT_ENCLOSURES:
                self._encoded.popitem(last=False)
        self._encoded.move_to_end(key)
        return self._encoded[key]

    def _read(self, attachment: DeliveryAttachment) -> bytes:
        try:
            with default_storage.open(attachment.storage_name, "rb") as file:
                content: bytes = file.read()
        except FileNotFoundError:
            raise EnclosureError(f"The enclosure {attachment.filename} is missing.") from None
        if hashlib.sha256(content).hexdigest() != attachment.sha256:
            raise EnclosureError(f"The enclosure {attachment.filename} is not the file that was queued.")
        return content


@shared_task(ignore_result=True)
def drain() -> int:
    """Send what is due. Woken after each commit that queues mail, and every half minute; running it twice does no harm."""
    return drain_outbox()


def drain_outbox(*, seconds: float = BATCH_SECONDS, should_stop: Callable[[], bool] = bool) -> int:
    """Send what is due over one connection, for at most `seconds`; the number of deliveries that were handled.

    Stops early where `should_stop` says so between two messages, or where the mail server cannot be used: the rest stays
    queued for the next round.
    """
    until, handled, enclosures = time.monotonic() + seconds, 0, Enclosures()
    service = User.objects.service_account()
    with Connection() as smtp:
        while time.monotonic() < until and not should_stop():
            delivery = claim(by=service)
            if delivery is None:
                break
            handled += 1
            if delivery.state == DeliveryState.WITHHELD:
                continue
            outcome = attempt(delivery, smtp, enclosures)
            _record_surely(delivery, outcome, by=service)
            if isinstance(outcome, Outcome) and outcome.is_connection_lost:
                break
    return handled


@transaction.atomic
def claim(*, by: User) -> Delivery | None:
    """Take the next due delivery for this process: it comes back in `sending`, or in `withheld` when it may not go.

    None where nothing is due. Rows that others work on are skipped.
    """
    now = timezone.now()
    due = Delivery.objects.filter(state__in=[DeliveryState.QUEUED, DeliveryState.DEFERRED], send_after__lte=now)
    delivery = due.select_for_update(skip_locked=True).order_by("send_after", "pk").first()
    if delivery is None:
        return None
    with acting(by=by, verb="send_delivery"):
        reason = why_withheld(delivery)
        if reason:
            transition(delivery, DeliveryState.WITHHELD)
            delivery.reason = reason
            delivery.save(update_fields=["state", "reason"])
            return delivery
        if delivery.state == DeliveryState.DEFERRED:
            transition(delivery, DeliveryState.QUEUED)
            delivery.save(update_fields=["state"])
        transition(delivery, DeliveryState.SENDING)
        delivery.attempts += 1
        delivery.first_tried_at = delivery.first_tried_at or now
        delivery.lease_until = now + timedelta(seconds=settings.DELIVERY_LEASE_SECONDS)
        delivery.smtp_code, delivery.smtp_reply, delivery.reason = None, "", ""
        delivery.save(update_fields=["state", "attempts", "first_tried_at", "lease_until", "smtp_code", "smtp_reply", "reason"])
    return delivery


class NotSent(Exception):
    """The message never got as far as the mail server."""

    def __init__(self, state: DeliveryState, reason: str) -> None:
        super().__init__(reason)
        self.state, self.reason = state, reason


def attempt(delivery: Delivery, smtp: Connection, enclosures: Enclosures) -> Outcome | NotSent:
    """Build the message and hand it over. Writes nothing and raises nothing that belongs to one message."""
    try:
        message = _build(delivery, enclosures)
    except (EnclosureError, ValueError) as error:
        return NotSent(DeliveryState.FAILED, str(error))
    except OSError as error:
        logger.warning("enclosures cannot be read", extra={"delivery": delivery.pk, "error": type(error).__name__})
        return NotSent(DeliveryState.DEFERRED, "The enclosures cannot be read at present.")
    return smtp.send(message)


def _build(delivery: Delivery, enclosures: Enclosures) -> Message:
    return build_message(
        message_id=delivery.message_id,
        to=delivery.email,
        subject=delivery.subject,
        text=delivery.text,
        html=delivery.html,
        language=delivery.language,
        sent_at=delivery.queued_at,
        enclosures=[enclosures.encode(attachment) for attachment in delivery.attachments.all()],
        is_automatic=delivery.is_automatic,
    )


def _record_surely(delivery: Delivery, outcome: Outcome | NotSent, *, by: User) -> None:
    """Record, and try again while the database restarts: what is not recorded ends in doubt."""
    for number in range(1, _RECORD_ATTEMPTS + 1):
        try:
            record_outcome(delivery, outcome, by=by)
        except (OperationalError, InterfaceError):
            if number == _RECORD_ATTEMPTS or connection.in_atomic_block:
                raise
            connection.close()
            time.sleep(number)
        else:
            return


@transaction.atomic
def record_outcome(claimed: Delivery, outcome: Outcome | NotSent, *, by: User) -> None:
    """Write what happened to the attempt that `claimed` stands for.

    When the lease ran out meanwhile and the delivery is in doubt, a clear answer still settles it; when a person has
    settled it already, or another attempt was made, nothing is changed.
    """
    delivery = Delivery.objects.select_for_update().get(pk=claimed.pk)
    state = outcome.state
    if delivery.state == DeliveryState.IN_DOUBT and state == DeliveryState.DEFERRED:
        state = DeliveryState.QUEUED  # proof that nothing left
    is_ours = delivery.attempts == claimed.attempts and delivery.state in {DeliveryState.SENDING, DeliveryState.IN_DOUBT}
    if not is_ours or not may_follow(DELIVERY_TRANSITIONS, delivery.state, state):
        logger.warning("a late outcome was not recorded", extra={"delivery": claimed.pk, "outcome": outcome.state.value})
        return
    now = timezone.now()
    if state == DeliveryState.DEFERRED and _is_overdue(delivery, now):
        state = DeliveryState.FAILED
        delivery.reason = "The mail server did not take it for 24 hours."
    if isinstance(outcome, NotSent):
        delivery.reason = delivery.reason or outcome.reason[:400]
    else:
        delivery.smtp_code, delivery.smtp_reply = _positive(outcome.code), outcome.reply
    if state in {DeliveryState.DEFERRED, DeliveryState.QUEUED}:
        delivery.send_after = now + back_off(delivery, now)
    if state == DeliveryState.ACCEPTED:
        delivery.accepted_at = now
    delivery.lease_until = None
    with acting(by=by, verb="record_outcome"):
        transition(delivery, state)
        delivery.save(
            update_fields=["state", "smtp_code", "smtp_reply", "reason", "send_after", "accepted_at", "lease_until"],
        )


def _positive(code: int | None) -> int | None:
    return code if code is not None and code >= 0 else None


def _is_overdue(delivery: Delivery, now: datetime) -> bool:
    return delivery.first_tried_at is not None and now - delivery.first_tried_at >= GIVE_UP_AFTER


def back_off(delivery: Delivery, now: datetime) -> timedelta:
    """How long to wait before the next attempt: as long as it has been tried already, between one minute and two hours."""
    tried_for = now - (delivery.first_tried_at or now)
    return min(max(tried_for, SHORTEST_WAIT), LONGEST_WAIT)
