"""What beat starts for activities."""

from __future__ import annotations

from celery import shared_task

from activities.services.drafts import forget_old_drafts


@shared_task(ignore_result=True)
def forget_drafts() -> int:
    """Take away unsaved text that nobody came back to for 90 days; how many. Doing it twice does no harm."""
    return forget_old_drafts()
