"""Web sessions of a person: which are open, and ending them at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from members.devices import browser_of, network_of, system_of
from members.enums import AccountEventKind
from members.models import User
from members.services.account_events import record_event


@dataclass(frozen=True)
class OpenSession:
    """One open session. `pk` is that of allauth's row, None for a session that began before it was kept."""

    pk: int | None
    browser: str
    system: str
    network: str
    started: datetime | None
    last_seen: datetime
    is_this: bool


def _live() -> Iterator[Session]:
    return Session.objects.filter(expire_date__gt=timezone.now()).iterator()


def open_sessions(user: User, this_key: str) -> list[OpenSession]:
    """Sessions in which `user` is signed in, this one first. Two queries; reading changes nothing.

    Every request saves its session, so that "last seen" is the moment it would expire, less the idle time.
    """
    rows = {row.session_key: row for row in UserSession.objects.filter(user=user)}
    live = Session.objects.filter(session_key__in=[*rows, this_key], expire_date__gt=timezone.now()).order_by("-expire_date")
    found = [_described(session, rows.get(session.session_key), this_key) for session in live]
    return sorted(found, key=lambda session: not session.is_this)


def _described(session: Session, row: UserSession | None, this_key: str) -> OpenSession:
    agent = row.user_agent if row else ""
    return OpenSession(
        pk=row.pk if row else None,
        browser=browser_of(agent),
        system=system_of(agent),
        network=network_of(row.ip) if row else "",
        started=row.created_at if row else None,
        last_seen=session.expire_date - timedelta(seconds=settings.SESSION_COOKIE_AGE),
        is_this=session.session_key == this_key,
    )


@transaction.atomic
def end_session(*, pk: int, by: User, request: HttpRequest) -> bool:
    """End one of one's own other sessions; whether there was such a one."""
    row = UserSession.objects.filter(user=by, pk=pk).exclude(session_key=request.session.session_key).first()
    if row is None:
        return False
    row.end()
    record_event(user=by, kind=AccountEventKind.SESSIONS_ENDED, detail="one", by=by, request=request)
    return True


@transaction.atomic
def end_other_sessions(*, by: User, request: HttpRequest) -> int:
    """End all sessions of the person but the one that asks; how many that were."""
    ended = end_sessions_of(by, keep=request.session.session_key or "")
    record_event(user=by, kind=AccountEventKind.SESSIONS_ENDED, detail="others", by=by, request=request)
    return ended


def end_sessions_of(user: User, *, keep: str = "") -> int:
    """End every session in which `user` is signed in, but `keep`. Reads all live ones, so that none is overlooked.

    A request that runs in an ended session cannot bring it back: Django saves only a session that still exists.
    """
    own = [
        session.session_key
        for session in _live()
        if session.session_key != keep and session.get_decoded().get(SESSION_KEY) == str(user.pk)
    ]
    UserSession.objects.filter(user=user).exclude(session_key=keep).delete()
    Session.objects.filter(session_key__in=own).delete()
    return len(own)


def forget_ended_sessions() -> int:
    """Delete allauth's rows, which hold addresses, of sessions that are over; how many that were."""
    live = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    gone: int
    gone, _by_model = UserSession.objects.exclude(session_key__in=live).delete()
    Session.objects.filter(expire_date__lte=timezone.now()).delete()
    return gone
