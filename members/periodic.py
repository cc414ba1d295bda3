"""Entry points of the clock: each takes a lock of its own, so that two clocks do the work once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from zlib import crc32

from celery import shared_task
from django.db import connection

from members import tasks
from members.models import User
from members.services import account_events, confirmation, contact, imports, kept_forms, outbox, sessions


@contextmanager
def only_one(job: str) -> Iterator[bool]:
    """Whether this process alone does `job` now; held until the block ends, and lost with the connection."""
    key = crc32(f"baliportal.{job}".encode())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        row = cursor.fetchone()
    is_mine = bool(row and row[0])
    try:
        yield is_mine
    finally:
        if is_mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


@shared_task(ignore_result=True)
def drain_outbox() -> int:
    """Send what is due; several may run at once, since each claims its own rows."""
    return tasks.drain_outbox()


@shared_task(ignore_result=True)
def mark_in_doubt() -> int:
    """Put deliveries whose sender died in doubt, for a person or the mail server's log to settle."""
    with only_one("mark_in_doubt") as is_mine:
        return outbox.mark_in_doubt(by=User.objects.service_account()) if is_mine else 0


@shared_task(ignore_result=True)
def empty_old_messages() -> int:
    """Empty messages from the contact page that were settled more than a year ago."""
    with only_one("empty_old_messages") as is_mine:
        return contact.empty_old_messages(by=User.objects.service_account()) if is_mine else 0


@shared_task(ignore_result=True)
def empty_old_texts() -> int:
    """Empty the texts of messages settled long ago; their ledger and the SHA-256 of the text stay."""
    with only_one("empty_old_texts") as is_mine:
        return outbox.empty_old_texts(by=User.objects.service_account()) if is_mine else 0


@shared_task(ignore_result=True)
def ask_whether_right() -> int:
    """Ask contacts whose entry nobody confirmed for 90 days whether it is still right."""
    with only_one("ask_whether_right") as is_mine:
        return confirmation.ask_whether_right(by=User.objects.service_account()) if is_mine else 0


@shared_task(ignore_result=True)
def forget_old() -> int:
    """Take away kept forms after an hour, rows of ended sessions, and events of accounts after twelve months."""
    with only_one("forget_old") as is_mine:
        if not is_mine:
            return 0
        return kept_forms.forget_old_forms() + sessions.forget_ended_sessions() + account_events.forget_events()


@shared_task(ignore_result=True)
def forget_imports() -> int:
    """Delete lists of contacts that are older than a day, imported or not."""
    with only_one("forget_imports") as is_mine:
        return imports.forget_outdated(by=User.objects.service_account()) if is_mine else 0
