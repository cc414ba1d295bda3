"""Approval of the very files that will be circulated, by the holder of every seat whose role approves."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from members.audit import acting
from members.errors import DomainError
from members.models import Seat, User
from members.models.visibility import rights_of
from members.services.outbox import queue_delivery, recipient_key
from reports.enums import RenderingState, ReportState
from reports.mails import ApprovalRequest, approval_request
from reports.models import Approval, ProgressReport, Rendering
from reports.models.lifecycles import REPORT_TRANSITIONS, check_transition
from reports.services.documents import store_version
from reports.uploads import PDF, pdf_text


def approving_seats() -> QuerySet[Seat]:
    """Seats that must approve, as of today."""
    return Seat.objects.current().filter(role__approves=True).select_related("participant", "forum", "role").order_by("pk")


def final_files(report: ProgressReport) -> list[Rendering]:
    """The final rendering of each language, English first. Raises DomainError while one is missing or not ready."""
    rows = list(report.renderings.filter(is_final=True).order_by("language", "-number"))
    latest = {row.language: row for row in reversed(rows)}
    if not latest or any(row.state != RenderingState.DONE for row in latest.values()):
        raise DomainError(_("The files are not ready yet."))
    return [latest[language] for language in sorted(latest)]


@transaction.atomic
def approve(*, report: ProgressReport, sha256: Mapping[str, str], by: User) -> list[Approval]:
    """Approve all final files for every approving seat that `by` holds; `sha256` names them as they were read, by language.

    When each seat has approved, the files become the document's version. Repeating it changes nothing.
    Raises DomainError where `by` holds no such seat, a file is not ready, or another file was read.
    """
    current = _locked(report)
    seats = [seat for seat in approving_seats() if seat.pk in rights_of(by).approving_seats]
    if not seats:
        raise DomainError(_("Only the holder of a seat that approves can approve."))
    if current.state not in {ReportState.FROZEN, ReportState.APPROVED}:
        raise DomainError(_("This report is not up for approval."))
    files = final_files(current)
    for file in files:
        if sha256.get(file.language) != file.sha256:
            raise DomainError(_("The file has changed since you read it. Read it again before approving."))
    approvals = []
    with acting(by=by, verb="approve"):
        for seat in seats:
            for file in files:
                approval, _made = Approval.objects.get_or_create(
                    rendering=file,
                    seat=seat,
                    defaults={"sha256": file.sha256, "approved_by": by, "holder_label": _label(seat, by)},
                )
                approvals.append(approval)
        if not missing_seats(current) and current.state == ReportState.FROZEN:
            check_transition(REPORT_TRANSITIONS, current.state, ReportState.APPROVED)
            current.state = ReportState.APPROVED
            current.version += 1
            current.save(update_fields=["state", "version", "changed_at"])
            _keep_files(current, files, by=by)
    return approvals


def _label(seat: Seat, by: User) -> str:
    official = by.officials.filter(appointments__seat=seat).first()
    return f"{official or by.email}, {seat}"[:250]


def missing_seats(report: ProgressReport) -> list[Seat]:
    """Seats that have not approved every final file; all of them where no file is ready."""
    try:
        files = final_files(report)
    except DomainError:
        return list(approving_seats())
    given = set(Approval.objects.filter(rendering__in=files).values_list("seat", "rendering", "sha256"))
    return [seat for seat in approving_seats() if any((seat.pk, file.pk, file.sha256) not in given for file in files)]


def _keep_files(report: ProgressReport, files: list[Rendering], *, by: User) -> None:
    """The approved bytes become the version: the same stored file, after its hash was compared."""
    for file in sorted(files, key=lambda row: row.language == "en"):
        if report.document.versions.filter(sha256=file.sha256, language=file.language).exists():
            continue
        with default_storage.open(file.storage_name, "rb") as stream:
            content: bytes = stream.read()
        if hashlib.sha256(content).hexdigest() != file.sha256:
            raise DomainError(_("The stored file is not the one that was approved."))
        store_version(
            document=report.document,
            content=content,
            extension="pdf",
            media_type=PDF,
            language=file.language,
            pages=file.pages,
            text=pdf_text(content),
            storage_name=file.storage_name,
            number=report.snapshot["document"]["version"],
            by=by,
        )


@transaction.atomic
def withdraw_approval(*, report: ProgressReport, by: User) -> int:
    """Take back what `by` approved, before circulation; how many approvals that were. Raises DomainError."""
    current = _locked(report)
    if current.state == ReportState.CIRCULATED:
        raise DomainError(_("The report has been circulated; an approval cannot be withdrawn any more."))
    own = Approval.objects.filter(rendering__report=current, seat__in=rights_of(by).approving_seats)
    count = own.count()
    if not count:
        raise DomainError(_("You have not approved this report."))
    with acting(by=by, verb="withdraw_approval"):
        own.delete()
        if current.state == ReportState.APPROVED:
            check_transition(REPORT_TRANSITIONS, current.state, ReportState.FROZEN)
            current.state = ReportState.FROZEN
            current.version += 1
            current.save(update_fields=["state", "version", "changed_at"])
    return count


def _locked(report: ProgressReport) -> ProgressReport:
    return ProgressReport.objects.select_for_update(of=("self",)).select_related("document").get(pk=report.pk)


@transaction.atomic
def request_approvals(*, report: ProgressReport, by: User) -> int:
    """Write to the holder of each seat that has not approved yet; how many. One request per person and set of files.

    Raises DomainError while the files are not ready.
    """
    files = final_files(report)
    asked = 0
    for seat in missing_seats(report):
        for appointment in seat.appointments.current().filter(official__isnull=False).select_related("official"):
            official = appointment.official
            if official is None or not official.email:
                continue
            mail = approval_request(
                ApprovalRequest(
                    title=report.title,
                    symbol=report.document.symbol,
                    form_of_address=official.form_of_address or official.name,
                    link=f"{settings.ORIGIN}{reverse('reports:approval_detail', args=[report.document.symbol])}",
                    files=[(f"{report.document.symbol}-v1-{file.language}.pdf", file.size or 0, file.sha256) for file in files],
                ),
                language=official.language or "en",
            )
            queue_delivery(
                kind="approval_request",
                to=official,
                key=f"approval:{report.pk}:{files[0].pk}:{recipient_key(official)}",
                subject=mail.subject,
                text=mail.text,
                html=mail.html,
                language=official.language or "en",
                by=by,
            )
            asked += 1
    return asked
