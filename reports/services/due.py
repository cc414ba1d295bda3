"""Reminders of reports that are due: to the hosts' focal points, each stage once [82]."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import override

from activities.enums import HostingPart
from activities.models import Activity
from members.audit import acting
from members.mail import render_mail
from members.models import Delivery, Participant, User
from members.selectors_recipients import Recipient, for_participants
from members.services.outbox import queue_delivery, recipient_key
from reports.selectors_due import Due, due_of

# Days after the day it was due -> name of the stage in the keys of messages.
STAGES = ((0, "due"), (14, "second"), (42, "third"))


@transaction.atomic
def remind_of_reports(*, by: User) -> int:
    """Write to the hosts of activities whose report is due. Returns the number of letters.

    A stage is written once: one that was missed while the portal stood still is not made up for when a later one is there.
    """
    told = 0
    with acting(by=by, verb="remind_of_reports"):
        for due in due_of(Activity.objects.all()):
            Activity.objects.select_for_update(of=("self",)).get(pk=due.activity.pk)  # two clocks write once
            told += _remind(due, by)
    return told


def _remind(due: Due, by: User) -> int:
    stage = [name for days, name in STAGES if due.late >= days][-1]
    prefix = f"report_due:{due.activity.pk}:{stage}:"
    if Delivery.objects.filter(key__startswith=prefix).exists():
        return 0
    reached = [recipient for recipient in for_participants(_hosts(due.activity)) if recipient.is_reachable]
    for recipient in reached:
        _write(due, recipient, prefix, by)
    return len(reached)


def _hosts(activity: Activity) -> list[Participant]:
    parts = (HostingPart.HOST, HostingPart.CO_HOST)
    return list(Participant.objects.filter(hostings__activity=activity, hostings__part__in=parts).distinct().order_by("name"))


def _write(due: Due, recipient: Recipient, prefix: str, by: User) -> None:
    if recipient.to is None:  # pragma: no cover - reachable
        return
    with override("en"):
        link = f"{settings.ORIGIN}{reverse('activity_detail', args=[due.activity.reference])}"
    context = {"recipient": recipient.to, "activity": due.activity, "due": due.day, "late": due.late, "link": link}
    subject, text, html = render_mail("reminder-report", context, recipient.language)
    queue_delivery(
        kind="reminder-report",
        to=recipient.to,
        key=f"{prefix}{recipient_key(recipient.to)}",
        subject=subject,
        text=text,
        html=html,
        language=recipient.language,
        email=recipient.email,
        by=by,
    )
