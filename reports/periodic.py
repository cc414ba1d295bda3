"""What beat starts: work that the queue forgot."""

from __future__ import annotations

from celery import shared_task

from reports import tasks


@shared_task(ignore_result=True)
def resume_renderings() -> int:
    """Wake renderings that wait, or whose worker died; how many."""
    found = tasks.waiting()
    for rendering_id in found:
        tasks.wake_rendering(rendering_id)
    return len(found)
