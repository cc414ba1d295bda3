"""The steering group's room, and the co-chairs' approvals in it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.errors import DomainError
from members.models.visibility import rights_of
from members.permissions import check_can
from members.roles import Permission
from reports.enums import RenderingState, ReportState
from reports.forms import ApproveForm
from reports.models import Document, ProgressReport
from reports.selectors_progress import approval_rows, latest_renderings, reports_for
from reports.services.approval import approve, withdraw_approval
from reports.views.problems import add_error, me


def _require_room(request: HttpRequest) -> None:
    rights = rights_of(request.user)
    if not (rights.in_steering_group or rights.is_secretariat):
        raise Http404


@require_safe
def steering_group_room(request: HttpRequest) -> HttpResponse:
    """What the steering group's members have here: documents for them, and for co-chairs the reports to approve."""
    _require_room(request)
    documents = Document.objects.visible_to(request.user).live().filter(access_class="steering-group")
    reports = reports_for(request.user).filter(frozen_at__isnull=False)[:20]
    context = {"documents": documents[:50], "reports": reports, "approves": bool(rights_of(request.user).approving_seats)}
    return render(request, "reports/steering_group_room.html", context)


@require_safe
def approval_list(request: HttpRequest) -> HttpResponse:
    """Frozen reports, those waiting for approval first."""
    _require_room(request)
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
                add_error(form, error)
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
