"""Progress reports: compiled from the record, written, frozen; a frozen one renders to the same bytes for ever."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from activities.models import Activity
from activities.selectors_progress import progress_by_objective
from members.audit import acting
from members.errors import Conflict, DomainError
from members.models import Process, Seat, User
from reports import tasks
from reports.enums import DocumentKind, RenderingState, ReportState
from reports.models import ProgressReport, Rendering
from reports.models.lifecycles import RENDERING_TRANSITIONS, REPORT_TRANSITIONS, check_transition
from reports.services.documents import draft_document

FIXED_SECTIONS = ("in-brief", "introduction")
LAST_SECTION = "further-directions"
LONGEST_TEXT = 20_000  # characters a section


@transaction.atomic
def compile_report(  # noqa: PLR0913 - keyword-only
    *, meeting: Activity, period_from: date, period_to: date, by: User, title: str = "", title_id: str = ""
) -> ProgressReport:
    """A draft report to `meeting` on the inclusive period, with its document's symbol and figures of now. Raises DomainError."""
    if period_to < period_from:
        raise DomainError(_("The period must not end before it starts."), field="period_to")
    if not meeting.is_published or meeting.is_withdrawn:
        raise DomainError(_("Choose a meeting that is in the published record."), field="meeting")
    title = title.strip() or f"Progress report: {meeting.title}"[:250]
    document = draft_document(
        kind=DocumentKind.REPORT,
        title=title,
        title_id=title_id,
        form="progress report",
        by=by,
        on=meeting.start,
        date_precision=meeting.date_precision,
        activity=meeting,
    )
    with acting(by=by, verb="compile_report"):
        report = ProgressReport(
            meeting=meeting, document=document, title=title, period_from=period_from, period_to=period_to, compiled_by=by
        )
        report.snapshot = take_snapshot(report)
        report.sections = [_section(key) for key in section_keys(report.snapshot)]
        report.save()
    return report


def _section(key: str) -> dict[str, Any]:
    return {"key": key, "text": "", "text_id": ""}


def section_keys(snapshot: dict[str, Any]) -> list[str]:
    """Keys of the sections in order: in brief, introduction, one per objective, further directions."""
    return [*FIXED_SECTIONS, *(f"objective-{row['code']}" for row in snapshot["objectives"]), LAST_SECTION]


def take_snapshot(report: ProgressReport, languages: Sequence[str] = ("en", "id")) -> dict[str, Any]:
    """All that the PDF shows besides the written sections, read from the record now. Plain values in a fixed order."""
    process, meeting = Process.objects.get(), report.meeting
    chairs = Seat.objects.current().filter(role__approves=True).select_related("participant", "forum")
    return {
        "process": {name: getattr(process, name) for name in ("name_en", "name_id", "full_name_en", "full_name_id", "prefix")},
        "document": {"symbol": report.document.symbol, "version": 1},
        "languages": list(languages),
        "origin": settings.ORIGIN,
        "meeting": {
            "reference": meeting.reference,
            "title": meeting.title,
            "title_id": meeting.title_id,
            "start": meeting.start.isoformat() if meeting.start else "",
            "end": meeting.end.isoformat() if meeting.end else "",
            "date_precision": meeting.date_precision,
            "city": meeting.city,
            "country": meeting.country,
        },
        "period": {"from": report.period_from.isoformat(), "to": report.period_to.isoformat()},
        "title": report.title,
        "title_id": report.document.title_id,
        "presented_by": sorted(str(seat.holder) for seat in chairs),
        "taken_at": timezone.now().replace(microsecond=0).isoformat(),
        **progress_by_objective(report.period_from, report.period_to),
    }


def locked_report(report: ProgressReport, expected_version: int | None = None) -> ProgressReport:
    """The row, locked. Raises DomainError once frozen, Conflict when somebody changed it since `expected_version`."""
    current = ProgressReport.objects.select_for_update(of=("self",)).select_related("meeting", "document").get(pk=report.pk)
    if current.is_frozen:
        raise DomainError(_("The report is frozen: it does not change any more."))
    if expected_version is not None and current.version != expected_version:
        raise Conflict(_("Somebody else changed this report in the meantime."), current=current)
    return current


@transaction.atomic
def edit_section(  # noqa: PLR0913 - keyword-only
    *, report: ProgressReport, key: str, text: str, text_id: str, expected_version: int, by: User
) -> ProgressReport:
    """Write one section. Raises DomainError for an unknown section or too long a text, Conflict."""
    current = locked_report(report, expected_version)
    section = next((row for row in current.sections if row["key"] == key), None)
    if section is None:
        raise DomainError(_("The report has no such section."))
    if max(len(text), len(text_id)) > LONGEST_TEXT:
        raise DomainError(_("A section holds 20,000 characters at most."), field="text")
    section["text"], section["text_id"] = text.strip(), text_id.strip()
    current.version += 1
    with acting(by=by, verb="edit_section"):
        current.save(update_fields=["sections", "version", "changed_at"])
    return current


@transaction.atomic
def refresh_figures(*, report: ProgressReport, by: User) -> ProgressReport:
    """Read all figures from the record again; texts stay, sections of new objectives are added."""
    current = locked_report(report)
    current.snapshot = take_snapshot(current)
    written = {row["key"]: row for row in current.sections}
    current.sections = [written.get(key) or _section(key) for key in section_keys(current.snapshot)]
    current.version += 1
    with acting(by=by, verb="refresh_figures"):
        current.save(update_fields=["snapshot", "sections", "version", "changed_at"])
    return current


@transaction.atomic
def freeze_report(*, report: ProgressReport, languages: Sequence[str], expected_version: int, by: User) -> ProgressReport:
    """End the drafts: figures are read a last time, nothing changes from now on, and the final files are made.

    Raises DomainError where no language is chosen or the report is frozen, Conflict.
    """
    wanted = [code for code, _name in settings.LANGUAGES if code in languages]
    if "en" not in wanted:
        raise DomainError(_("The English file is the authoritative one and always made."), field="languages")
    current = locked_report(report, expected_version)
    check_transition(REPORT_TRANSITIONS, current.state, ReportState.FROZEN)
    current.snapshot = take_snapshot(current, wanted)
    current.state, current.frozen_at, current.frozen_by = ReportState.FROZEN, timezone.now(), by
    current.version += 1
    with acting(by=by, verb="freeze_report"):
        current.save()
    for language in wanted:
        request_rendering(report=current, language=language, by=by)
    return current


@transaction.atomic
def request_rendering(*, report: ProgressReport, language: str, by: User) -> Rendering:
    """Ask for a PDF: a draft one while the report is a draft, the final one once frozen.

    One that waits or runs is returned as it is, a final one that failed is tried again, a final one that is done stays.
    Raises DomainError for a language that the portal does not have.
    """
    if language not in dict(settings.LANGUAGES):
        raise DomainError(_("Choose a language of the portal."), field="language")
    current = ProgressReport.objects.select_for_update().get(pk=report.pk)
    same = current.renderings.filter(language=language, is_final=current.is_frozen)
    rendering = same.select_for_update().order_by("-number").first()
    with acting(by=by, verb="request_rendering"):
        if rendering and rendering.state == RenderingState.FAILED:
            check_transition(RENDERING_TRANSITIONS, rendering.state, RenderingState.PENDING)
            rendering.state, rendering.error, rendering.progress = RenderingState.PENDING, "", 0
            rendering.requested_at, rendering.requested_by = timezone.now(), by
            rendering.save()
        elif rendering is None or (rendering.state == RenderingState.DONE and not current.is_frozen):
            highest = current.renderings.filter(language=language).aggregate(n=Max("number"))["n"] or 0
            rendering = Rendering.objects.create(
                report=current, language=language, number=highest + 1, is_final=current.is_frozen, requested_by=by
            )
    chosen = rendering
    transaction.on_commit(lambda: tasks.wake_rendering(chosen.pk), robust=True)
    return chosen
