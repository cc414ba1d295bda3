"""Messages from the contact page: kept for the desk, confirmed by mail, settled, and emptied after a year."""

from __future__ import annotations

from datetime import timedelta

from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone

from members.audit import acting
from members.mail import render_mail
from members.models import ContactMessage, User
from members.permissions import check_can
from members.roles import Permission

KEPT_FOR = timedelta(days=365)


@transaction.atomic
def write_to_secretariat(*, values: dict[str, str], token: str, language: str) -> ContactMessage:
    """Keep a message; the same `token` again gives the first one. The writer gets a short confirmation after commit.

    The confirmation repeats nothing that was written, so that nobody can send words of their own to others with it.
    """
    with acting(by=User.objects.service_account(), verb="write_to_secretariat"):
        message, is_new = ContactMessage.objects.get_or_create(submit_token=token, defaults={**values, "language": language})
    if is_new:
        transaction.on_commit(lambda: _confirm(message), robust=True)
    return message


def _confirm(message: ContactMessage) -> None:
    """Outside the outbox, whose recipients are officials and offices."""
    context = {"number": message.pk, "topic": message.get_topic_display}
    subject, text, html = render_mail("contact_confirmation", context, message.language)
    send_mail(subject, text, None, [message.email], html_message=html)


@transaction.atomic
def settle_message(*, message: ContactMessage, by: User) -> ContactMessage:
    """Say that a message was answered. Twice does no harm."""
    check_can(by, Permission.SEE_DESK)
    found = ContactMessage.objects.select_for_update().get(pk=message.pk)
    if found.settled_at is None:
        with acting(by=by, verb="settle_message"):
            found.settled_at, found.settled_by = timezone.now(), by
            found.save(update_fields=["settled_at", "settled_by"])
    return found


@transaction.atomic
def empty_old_messages(*, by: User) -> int:
    """Empty name, address and text of messages settled more than a year ago. Returns how many."""
    old = ContactMessage.objects.filter(settled_at__lt=timezone.now() - KEPT_FOR).exclude(text="", email="", name="", record="")
    with acting(by=by, verb="empty_old_messages"):
        return old.update(text="", email="", name="", record="")
