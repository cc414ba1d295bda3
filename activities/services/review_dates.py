"""Reminding the secretariat of proposals and undated activities whose day to look again has come [42]."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse

from activities.models import ReviewBy
from activities.selectors_planning import due_reviews
from members.audit import acting
from members.enums import AppointmentRole
from members.mail import render_mail
from members.models import Appointment, Official, User
from members.models.base import today
from members.services.outbox import queue_delivery, recipient_key


def _staff() -> list[Official]:
    """Officials of the secretariat today who can be written to, each once."""
    roles = (AppointmentRole.SECRETARIAT, AppointmentRole.ADMINISTRATOR)
    rows = Appointment.objects.current().filter(role__in=roles, official__isnull=False).exclude(official__email="")
    rows = rows.exclude(official__user__is_active=False)
    found = {row.official_id: row.official for row in rows.select_related("official").order_by("official_id")}
    return [official for official in found.values() if official and official.holds_on(today())]


@transaction.atomic
def remind_of_reviews(*, by: User) -> int:
    """One letter to each of the secretariat that lists what came due since the last one. Returns the number of letters.

    Each day to look again is reminded of once, whatever the number of runs; where nobody can be written to it waits.
    """
    waiting = Q(reminded_for__isnull=True) | ~Q(reminded_for=F("day"))
    rows = list(due_reviews(ReviewBy.objects.filter(waiting)).select_for_update(of=("self",), skip_locked=True))
    staff = _staff()
    if not rows or not staff:
        return 0
    with acting(by=by, verb="remind_of_reviews"):
        for official in staff:
            _write(official, rows, by)
        for row in rows:
            row.reminded_for = row.day
            row.save(update_fields=["reminded_for"])
    return len(staff)


def _write(official: Official, rows: list[ReviewBy], by: User) -> None:
    language = official.language or "en"
    context = {
        "recipient": official,
        "items": [(row.proposal or row.activity, row.day) for row in rows],
        "number": len(rows),
        "url": f"{settings.ORIGIN}{reverse('desk')}",
    }
    subject, text, html = render_mail("review_due", context, language)
    key = f"review_due:{today():%Y-%m-%d}:{rows[0].pk}:{recipient_key(official)}"
    queue_delivery(kind="review_due", to=official, key=key, subject=subject, text=text, html=html, language=language, by=by)
