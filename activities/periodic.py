"""What the clock does for activities."""

from __future__ import annotations

from celery import shared_task

from activities import tasks
from activities.services import foreign, retention, review_dates
from activities.services.drafts import forget_old_drafts
from activities.services.due_reminders import remind_coordinators as remind_of_recommendations
from activities.services.reminders import remind_before_deadline
from members.models import User
from members.models.base import today
from members.periodic import only_one


@shared_task(ignore_result=True)
def forget_drafts() -> int:
    """Take away unsaved text that nobody came back to for 90 days; how many. Doing it twice does no harm."""
    return forget_old_drafts()


@shared_task(ignore_result=True)
def forget_needs() -> int:
    """Empty meals, access needs and late changes left open, of activities that are over for 30 days; how many rows."""
    with only_one("forget_needs") as is_mine:
        return retention.forget_needs(by=User.objects.service_account(), today=today()) if is_mine else 0


@shared_task(ignore_result=True)
def remind_coordinators() -> int:
    """Write to the offices that coordinate recommendations whose day comes within two weeks, once for each day."""
    with only_one("remind_coordinators") as is_mine:
        return remind_of_recommendations(by=User.objects.service_account()) if is_mine else 0


@shared_task(ignore_result=True)
def resume_issues() -> int:
    """Wake issues of invitations that wait, or whose worker died; how many."""
    found = tasks.waiting()
    for run_id in found:
        tasks.wake_issue(run_id)
    return len(found)


@shared_task(ignore_result=True)
def remind_unanswered_invitations() -> int:
    """Remind participants that have not answered, on the days before the deadline that their activity's rule names."""
    with only_one("remind_unanswered_invitations") as is_mine:
        return remind_before_deadline(by=User.objects.service_account(), today=today()) if is_mine else 0


@shared_task(ignore_result=True)
def remind_of_reviews() -> int:
    """Remind the secretariat of what is to be looked at again today."""
    with only_one("remind_of_reviews") as is_mine:
        return review_dates.remind_of_reviews(by=User.objects.service_account()) if is_mine else 0


@shared_task(ignore_result=True)
def forget_foreign_lists() -> int:
    """Delete lists of others' activities that are older than a day, confirmed or not."""
    with only_one("forget_foreign_lists") as is_mine:
        return foreign.forget_lists(by=User.objects.service_account()) if is_mine else 0
