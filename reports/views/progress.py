"""The desk's pages of progress reports: compile, write beside figures, preview, freeze, make the files."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activities.models import Activity
from members.audit import record_access
from members.enums import AccessAction
from members.errors import Conflict, DomainError
from members.models.visibility import rights_of
from members.permissions import check_can, require_desk
from members.roles import Permission
from members.selectors import meeting_kinds
from members.views.shared import me, show_error
from reports.enums import RenderingState
from reports.forms import CompileForm, FreezeForm, SectionForm
from reports.models import ProgressReport, Rendering
from reports.rendering import report_context
from reports.selectors_progress import approval_rows, latest_renderings, reports_for, section_rows
from reports.services.approval import request_approvals
from reports.services.progress import compile_report, edit_section, freeze_report, refresh_figures, request_rendering


def get_report(request: HttpRequest, pk: int) -> ProgressReport:
    """A report at the desk. Raises Http404 for everybody who does not work there."""
    require_desk(request.user)
    return get_object_or_404(reports_for(request.user), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def progress_report_list(request: HttpRequest) -> HttpResponse:
    """All progress reports, and the form that compiles a new one."""
    require_desk(request.user)
    form = CompileForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        check_can(request.user, Permission.COMPILE_REPORTS)
        if form.is_valid():
            try:
                report = compile_report(
                    meeting=form.cleaned_data["meeting"],
                    period_from=form.cleaned_data["first"],
                    period_to=form.cleaned_data["last"],
                    title=form.cleaned_data["title"],
                    title_id=form.cleaned_data["title_id"],
                    by=me(request),
                )
            except DomainError as error:
                show_error(form, error)
            else:
                messages.success(
                    request, _("The report is compiled. Its number is %(symbol)s.") % {"symbol": report.document.symbol}
                )
                return redirect("reports:progress_report_detail", report.pk)
    meetings, kinds = Activity.objects.visible_to(request.user).live(), meeting_kinds()
    meetings = meetings.filter(kind__key__in=kinds) if kinds else meetings
    context = {"reports": reports_for(request.user), "form": form, "meetings": meetings.select_related("kind")[:60]}
    return render(request, "reports/desk/progress_report_list.html", context, status=422 if form.errors else 200)


@require_safe
def progress_report_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The builder: sections beside figures, files and approvals."""
    report = get_report(request, pk)
    return render(request, "reports/desk/progress_report.html", _context(report))


def _context(report: ProgressReport) -> dict[str, Any]:
    files = latest_renderings(report)
    running = any(row.state in {RenderingState.PENDING, RenderingState.RUNNING} for row in files)
    return {
        "report": report,
        "sections": section_rows(report, get_language() or "en"),
        "files": files,
        "running": running,
        "ready": bool(files) and all(row.state == RenderingState.DONE for row in files),
        "approvals": approval_rows(files) if report.is_frozen else [],
        "circulations": report.circulations.all(),
        "unconfirmed": report.snapshot["totals"]["unconfirmed"],
    }


@require_http_methods(["GET", "HEAD", "POST"])
def progress_report_section(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """One section: its text beside its figures. A second editor sees both texts."""
    report = get_report(request, pk)
    rows = section_rows(report, get_language() or "en")
    section = next((row for row in rows if row["key"] == key), None)
    if section is None:
        raise Http404
    if report.is_frozen:
        messages.error(request, _("The report is frozen: it does not change any more."))
        return redirect("reports:progress_report_detail", report.pk)
    form = SectionForm(request.POST if request.method == "POST" else None, initial={**section, "version": report.version})
    other: dict[str, Any] | None = None
    if request.method == "POST" and form.is_valid():
        check_can(request.user, Permission.COMPILE_REPORTS)
        values = form.cleaned_data
        try:
            edit_section(
                report=report,
                key=key,
                text=values["text"],
                text_id=values["text_id"],
                expected_version=values["version"],
                by=me(request),
            )
        except Conflict as conflict:
            other = next((row for row in conflict.current.sections if row["key"] == key), None)
            form = SectionForm(initial={**values, "version": conflict.current.version})
        except DomainError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect(f"{_address(report)}#{key}")
    context = {"report": report, "section": section, "form": form, "other": other}
    status = 409 if other else 422 if form.errors else 200
    return render(request, "reports/desk/progress_report_section.html", context, status=status)


def _address(report: ProgressReport) -> str:
    return redirect("reports:progress_report_detail", report.pk).url


@require_POST
def progress_report_refresh(request: HttpRequest, pk: int) -> HttpResponse:
    """Read the figures again."""
    report = get_report(request, pk)
    check_can(request.user, Permission.COMPILE_REPORTS)
    try:
        refresh_figures(report=report, by=me(request))
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The figures were taken from the record again."))
    return redirect("reports:progress_report_detail", report.pk)


@require_safe
def progress_report_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The report as a page, from the template of the PDF; `?language=` chooses the language."""
    report = get_report(request, pk)
    language = request.GET.get("language", "en")
    from django.conf import settings
    from django.utils import translation

    if language not in dict(settings.LANGUAGES):
        raise Http404
    with translation.override(language):
        context = report_context(report, language=language, is_final=report.is_frozen)
        context |= {"report": report, "images": static("img/"), "preview": True}
        return render(request, "reports/desk/progress_report_preview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def progress_report_freeze(request: HttpRequest, pk: int) -> HttpResponse:
    """The question before freezing, then freezing."""
    report = get_report(request, pk)
    if report.is_frozen:
        messages.info(request, _("The report is frozen already."))
        return redirect("reports:progress_report_detail", report.pk)
    form = FreezeForm(
        request.POST if request.method == "POST" else None, initial={"version": report.version, "languages": ["en", "id"]}
    )
    status = 200
    if request.method == "POST":
        check_can(request.user, Permission.COMPILE_REPORTS)
        if form.is_valid():
            values = form.cleaned_data
            try:
                freeze_report(report=report, languages=values["languages"], expected_version=values["version"], by=me(request))
            except Conflict as conflict:
                form = FreezeForm(initial={"version": conflict.current.version, "languages": values["languages"]})
                messages.error(request, _("Somebody else changed this report in the meantime. Read it again before freezing."))
                status = 409
            except DomainError as error:
                show_error(form, error)
            else:
                messages.success(request, _("The report is frozen. Its files are being made."))
                return redirect("reports:progress_report_detail", report.pk)
    context = {
        "report": report,
        "form": form,
        "empty": [row for row in section_rows(report, get_language() or "en") if not row["text"]],
    }
    return render(request, "reports/desk/progress_report_freeze.html", context, status=422 if form.errors else status)


@require_POST
def progress_report_render(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the PDF in one language."""
    report = get_report(request, pk)
    check_can(request.user, Permission.COMPILE_REPORTS)
    try:
        request_rendering(report=report, language=request.POST.get("language", "en")[:5], by=me(request))
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("reports:progress_report_detail", report.pk)


@require_safe
def progress_report_files(request: HttpRequest, pk: int) -> HttpResponse:
    """The files and how far they are, alone: what the builder asks for every two seconds."""
    return render(request, "reports/desk/_files.html", _context(get_report(request, pk)))


@require_POST
def progress_report_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Write to the co-chairs who have not approved."""
    report = get_report(request, pk)
    check_can(request.user, Permission.COMPILE_REPORTS)
    try:
        asked = request_approvals(report=report, by=me(request))
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Approval was asked for: %(n)d letters.") % {"n": asked})
    return redirect("reports:progress_report_detail", report.pk)


@require_safe
def rendering_file(request: HttpRequest, pk: int) -> FileResponse:
    """One PDF, for the desk and for those who approve; opening it is written down."""
    rights = rights_of(request.user)
    rows = Rendering.objects.visible_to(request.user).select_related("report__document")
    rendering = get_object_or_404(rows if rights.is_secretariat else rows.filter(is_final=True), pk=pk, state=RenderingState.DONE)
    if not default_storage.exists(rendering.storage_name):
        raise Http404
    symbol = rendering.report.document.symbol
    record_access(
        by=request.user, action=AccessAction.DOWNLOADED, label="rendering", ref=f"{symbol} {rendering.language}", request=request
    )
    draft = "" if rendering.is_final else "-draft"
    name = f"{symbol}-v{rendering.report.snapshot['document']['version']}-{rendering.language}{draft}.pdf"
    response = FileResponse(
        default_storage.open(rendering.storage_name), as_attachment=True, filename=name, content_type="application/pdf"
    )
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
