"""Entry points of the clock for activities."""

from __future__ import annotations

from celery import shared_task

from activities.services import foreign, review_dates
from members.models import User
from members.periodic import only_one


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
