"""What the clock does for activities."""

from __future__ import annotations

from celery import shared_task

from activities.services import reminders
from activities.services.drafts import forget_old_drafts
from members.models import User
from members.periodic import only_one


@shared_task(ignore_result=True)
def forget_drafts() -> int:
    """Take away unsaved text that nobody came back to for 90 days; how many. Doing it twice does no harm."""
    return forget_old_drafts()


@shared_task(ignore_result=True)
def remind_coordinators() -> int:
    """Write to the offices that coordinate recommendations whose day comes within two weeks, once for each day."""
    with only_one("remind_coordinators") as is_mine:
        return reminders.remind_coordinators(by=User.objects.service_account()) if is_mine else 0
