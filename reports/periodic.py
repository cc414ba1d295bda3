"""What beat starts: work that the queue forgot, and reminders."""

from __future__ import annotations

from celery import shared_task

from members.models import User
from members.periodic import only_one
from reports import tasks
from reports.services import due


@shared_task(ignore_result=True)
def resume_renderings() -> int:
    """Wake renderings that wait, or whose worker died; how many."""
    found = tasks.waiting()
    for rendering_id in found:
        tasks.wake_rendering(rendering_id)
    return len(found)


@shared_task(ignore_result=True)
def remind_of_reports() -> int:
    """Remind hosts of reports that are due, each stage once."""
    with only_one("remind_of_reports") as is_mine:
        return due.remind_of_reports(by=User.objects.service_account()) if is_mine else 0
