"""The co-chairs' approvals in the steering group's room."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activities.permissions import require_room
from members.errors import DomainError
from members.models.visibility import rights_of
from members.permissions import check_can
from members.roles import Permission
from members.views.shared import me, show_error
from reports.enums import RenderingState, ReportState
from reports.forms import ApproveForm
from reports.models import ProgressReport
from reports.selectors_progress import approval_rows, latest_renderings, reports_for
from reports.services.approval import approve, withdraw_approval


@require_safe
def approval_list(request: HttpRequest) -> HttpResponse:
    """Frozen reports, those waiting for approval first."""
    require_room(request.user)
    if not (rights_of(request.user).approving_seats or rights_of(request.user).is_secretariat):
        check_can(request.user, Permission.APPROVE_REPORTS)
    reports = reports_for(request.user).filter(frozen_at__isnull=False)
    context = {
        "waiting": [report for report in reports if report.state == ReportState.FROZEN],
        "done": [report for report in reports if report.state != ReportState.FROZEN],
    }
    return render(request, "reports/approval_list.html", context)


def _get(request: HttpRequest, symbol: str) -> ProgressReport:
    return get_object_or_404(reports_for(request.user).filter(frozen_at__isnull=False), document__symbol=symbol)


@require_http_methods(["GET", "HEAD", "POST"])
def approval_detail(request: HttpRequest, symbol: str) -> HttpResponse:
    """One report: its files with their hashes, who has approved, and the button."""
    report = _get(request, symbol)
    form = ApproveForm(request.POST if request.method == "POST" else None)
    files = latest_renderings(report)
    if request.method == "POST":
        check_can(request.user, Permission.APPROVE_REPORTS)
        if form.is_valid():
            read = {file.language: request.POST.get(f"sha256_{file.language}", "") for file in files}
            try:
                approve(report=report, sha256=read, by=me(request))
            except DomainError as error:
                show_error(form, error)
            else:
                messages.success(request, _("Your approval is recorded."))
                return redirect("reports:approval_detail", symbol)
    return render(
        request, "reports/approval_detail.html", _context(request, report, files, form), status=422 if form.errors else 200
    )


def _context(request: HttpRequest, report: ProgressReport, files: list[Any], form: ApproveForm) -> dict[str, Any]:
    own = rights_of(request.user).approving_seats
    rows = approval_rows(files)
    mine = [row for row in rows if row["seat"].pk in own]
    open_now = report.state in {ReportState.FROZEN, ReportState.APPROVED}
    return {
        "report": report,
        "files": files,
        "ready": bool(files) and all(file.state == RenderingState.DONE for file in files),
        "approvals": rows,
        "form": form,
        "may_approve": open_now and any(row["approval"] is None for row in mine),
        "may_withdraw": open_now and any(row["approval"] for row in mine),
    }


@require_POST
def approval_withdraw(request: HttpRequest, symbol: str) -> HttpResponse:
    """Take an approval back, before circulation."""
    report = _get(request, symbol)
    check_can(request.user, Permission.APPROVE_REPORTS)
    try:
        withdraw_approval(report=report, by=me(request))
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Your approval is withdrawn."))
    return redirect("reports:approval_detail", symbol)
