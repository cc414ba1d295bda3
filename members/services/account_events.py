"""The history of an account: every event is written down, logged without names and, where it matters, told by mail."""

from __future__ import annotations

import logging

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import F
from django.http import HttpRequest

from members.devices import browser_of, network_of, system_of
from members.enums import AccountEventKind
from members.errors import DomainError
from members.mail import render_mail
from members.models import AccountEvent, Official, User
from members.services.outbox import queue_delivery

logger = logging.getLogger(__name__)
NOTICE = "account-notice"
# What an attacker would do: the person hears of it at once, at the address on record.
TOLD = frozenset(
    {
        AccountEventKind.FACTOR_ADDED,
        AccountEventKind.FACTOR_REMOVED,
        AccountEventKind.RECOVERY_CODES_MADE,
        AccountEventKind.RECOVERY_CODE_USED,
        AccountEventKind.PASSWORD_CHANGED,
        AccountEventKind.PASSWORD_RESET,
        AccountEventKind.ADDRESS_CHANGED,
        AccountEventKind.DEACTIVATED,
        AccountEventKind.REACTIVATED,
        AccountEventKind.RESET_STARTED,
        AccountEventKind.RESET_STOPPED,
        AccountEventKind.RESET_CONFIRMED,
    }
)


@transaction.atomic
def record_event(  # noqa: PLR0913 - keyword-only
    *,
    user: User | None,
    kind: AccountEventKind,
    request: HttpRequest | None = None,
    detail: str = "",
    by: User | None = None,
    tell: str = "",
) -> AccountEvent:
    """Write that `kind` happened to `user` (None: an address without an account), and mail it where the kind asks for it.

    `tell` is another address for the mail, such as the one before a change. `request` gives the device, in two words,
    and the network; only where the person concerned acts itself.
    """
    agent = request.headers.get("User-Agent", "") if request else ""
    event = AccountEvent.objects.create(
        user=user,
        kind=kind,
        detail=detail[:40],
        by=by,
        browser=browser_of(agent),
        system=system_of(agent),
        network=network_of(_address_of(request)) if request else "",
        request_id=getattr(request, "request_id", "")[:64],
    )
    logger.info("account event", extra={"kind": str(kind), "account": user.pk if user else None, "by": by.pk if by else None})
    if user is not None and kind in TOLD:
        _tell(event, user, tell or user.email)
    return event


def _address_of(request: HttpRequest) -> str:
    try:
        return str(get_adapter().get_client_ip(request))
    except PermissionDenied:
        return ""


def official_of(user: User) -> Official | None:
    """The official to whom mail about the account goes: one in office first, else the newest."""
    return user.officials.order_by(F("period_to").desc(nulls_first=True), "-pk").first()


def _tell(event: AccountEvent, user: User, address: str) -> None:
    """Queue the mail. Through the outbox: a mail server that is down must not undo what happened to the account."""
    official = official_of(user)
    if official is None:
        logger.warning("an account without an official cannot be written to", extra={"account": user.pk})
        return
    subject, text, html = render_mail("account_notice", {"event": event, "name": official.name}, user.language)
    try:
        queue_delivery(
            kind=NOTICE,
            to=official,
            key=f"{NOTICE}:{event.pk}",
            subject=subject,
            text=text,
            html=html,
            language=user.language,
            by=event.by or user,
            email=address,
        )
    except DomainError:
        logger.warning("an account's address cannot be written to", extra={"account": user.pk})


def forget_events() -> int:
    """Take away events older than 12 months, by the one function that may; how many that were."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.members_forget_account_events()")
        row = cursor.fetchone()
    gone = int(row[0]) if row else 0
    if gone:
        logger.info("events of accounts were forgotten", extra={"count": gone})
    return gone
