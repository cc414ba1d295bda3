"""Making PDF files. The row holds the work; a task takes its id, claims it, renders, records. Running it twice does no harm."""

from __future__ import annotations

import hashlib
import io
import logging
import secrets
from datetime import timedelta

import pikepdf
from celery import shared_task
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from members.audit import acting
from members.models import User
from members.rendering import RenderingError, render_pdf
from reports.enums import RenderingState
from reports.models import Rendering
from reports.models.lifecycles import RENDERING_TRANSITIONS, check_transition
from reports.rendering import ASSETS, created_on, report_html, report_title

logger = logging.getLogger(__name__)
LEASE = timedelta(seconds=150)  # longer than one rendering may take
_STEPS = {  # what the engine says -> per cent, words for the page
    "Step 1": (20, gettext_noop("Reading the document")),
    "Step 2": (25, gettext_noop("Reading the styles")),
    "Step 3": (30, gettext_noop("Applying the styles")),
    "Step 4": (40, gettext_noop("Laying out the text")),
    "Step 5": (50, gettext_noop("Breaking it into pages")),
    "Step 6": (75, gettext_noop("Writing the pages")),
    "Step 7": (85, gettext_noop("Writing the file")),
}


@shared_task(ignore_result=True)
def render_report(rendering_id: int) -> None:
    """Make the file of one rendering, unless it is done or another worker is at it."""
    run_rendering(rendering_id)


def wake_rendering(rendering_id: int) -> None:
    """Tell a worker. A queue that is down is only logged: the periodic task finds the row anyway."""
    try:
        render_report.apply_async((rendering_id,), retry=False)
    except Exception as error:  # noqa: BLE001 - whatever the broker's client raises, the row is committed
        logger.warning("the queue cannot be woken; the rendering waits", extra={"error": type(error).__name__})


def waiting() -> list[int]:
    """Ids of renderings that wait, or whose worker died."""
    stale = Q(state=RenderingState.RUNNING, lease_until__lt=timezone.now())
    return list(Rendering.objects.filter(Q(state=RenderingState.PENDING) | stale).order_by("pk").values_list("pk", flat=True))


def run_rendering(rendering_id: int) -> Rendering | None:
    """Claim, render, record. None where there is nothing to do."""
    rendering = claim(rendering_id)
    if rendering is None:
        return None
    report = rendering.report
    try:
        _tell(rendering, 10, gettext_noop("Collecting figures and texts"))
        html = report_html(report, language=rendering.language, is_final=rendering.is_final)
        pdf = render_pdf(
            html,
            assets=ASSETS,
            language=rendering.language,
            title=report_title(report, rendering.language),
            created=created_on(report),
            progress=lambda words: _hear(rendering, words),
        )
        with pikepdf.open(io.BytesIO(pdf)) as document:
            pages = len(document.pages)
    except RenderingError as error:
        return _finish(rendering, error=str(error))
    except Exception as error:
        logger.exception("a rendering failed", extra={"rendering": rendering.pk})
        return _finish(rendering, error=f"The report could not be laid out ({type(error).__name__}).")
    return _finish(rendering, pdf=pdf, pages=pages)


@transaction.atomic
def claim(rendering_id: int) -> Rendering | None:
    """Take the row for this worker, with a lease; None where it is done, failed or taken."""
    now = timezone.now()
    free = Q(state=RenderingState.PENDING) | Q(state=RenderingState.RUNNING, lease_until__lt=now)
    rows = Rendering.objects.filter(free, pk=rendering_id).select_for_update(of=("self",), skip_locked=True)
    rendering = rows.select_related("report__document", "report__meeting").first()
    if rendering is None:
        return None
    if rendering.state == RenderingState.RUNNING:
        check_transition(RENDERING_TRANSITIONS, rendering.state, RenderingState.PENDING)
        rendering.state = RenderingState.PENDING
    check_transition(RENDERING_TRANSITIONS, rendering.state, RenderingState.RUNNING)
    rendering.state, rendering.progress, rendering.error = RenderingState.RUNNING, 5, ""
    rendering.lease_until = now + LEASE
    with acting(by=User.objects.service_account(), verb="render_report"):
        rendering.save(update_fields=["state", "progress", "error", "lease_until"])
    return rendering


def _hear(rendering: Rendering, words: str) -> None:
    """Write the step down."""
    for start, (share, told) in _STEPS.items():
        if words.startswith(start):
            _tell(rendering, share, told)


def _tell(rendering: Rendering, share: int, words: str) -> None:
    own = Rendering.objects.filter(pk=rendering.pk, state=RenderingState.RUNNING, lease_until=rendering.lease_until)
    own.update(progress=share, progress_step=words)


@transaction.atomic
def _finish(claimed: Rendering, *, pdf: bytes = b"", pages: int = 0, error: str = "") -> Rendering | None:
    """Record the file or why there is none, if the row is still this worker's."""
    rendering = Rendering.objects.select_for_update(of=("self",)).select_related("report__document").get(pk=claimed.pk)
    if rendering.state != RenderingState.RUNNING or rendering.lease_until != claimed.lease_until:
        return None
    state = RenderingState.FAILED if error else RenderingState.DONE
    check_transition(RENDERING_TRANSITIONS, rendering.state, state)
    rendering.state, rendering.lease_until, rendering.progress_step = state, None, ""
    if error:
        rendering.error = error[:400]
    else:
        rendering.storage_name = default_storage.save(f"renderings/{secrets.token_hex(16)}", ContentFile(pdf))
        rendering.sha256, rendering.size, rendering.pages = hashlib.sha256(pdf).hexdigest(), len(pdf), pages
        rendering.progress, rendering.done_at = 100, timezone.now()
    with acting(by=User.objects.service_account(), verb="render_report"):
        rendering.save()
    return rendering
