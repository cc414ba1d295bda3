"""Papers of attendance at the desk: sheets to sign, badges, the list as a file, letters to delegates."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext, override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from activities.forms_attendance import CertificateWithdrawForm
from activities.models import Activity, Certificate
from activities.permissions import get_activity_at_desk
from activities.selectors_attendance import delegates_at, marks_of_delegates, places_of
from activities.services import certificates as certificate_service
from activities.services import papers as service
from activities.services.attendance import ask_delegates
from members.audit import record_access
from members.enums import AccessAction
from members.errors import DomainError
from members.export import as_csv, as_xlsx
from members.permissions import check_can
from members.roles import Permission
from members.views.shared import me


@require_safe
def attendance_papers(request: HttpRequest, reference: str) -> HttpResponse:
    """What can be printed, taken or sent for one activity, and its certificates."""
    activity = get_activity_at_desk(request.user, reference)
    return render(request, "activities/attendance_papers.html", papers_context(request, activity))


def papers_context(request: HttpRequest, activity: Activity) -> dict[str, object]:
    """What the page of papers shows."""
    rows = Certificate.objects.visible_to(request.user).filter(delegate__activity=activity)
    early = ""
    try:
        certificate_service.check_over(activity)
    except DomainError as error:
        early = error.message
    return {
        "activity": activity,
        "places": places_of(activity),
        "delegates": delegates_at(activity).count(),
        "certificates": rows.select_related("delegate__participant", "delegate__official"),
        "early": early,
        "form": CertificateWithdrawForm(),
    }


@never_cache
@require_safe
def attendance_sheet(request: HttpRequest, reference: str, place: str) -> HttpResponse:
    """The sheet to sign of one day or session, as a PDF in the page's language."""
    activity = get_activity_at_desk(request.user, reference)
    chosen = next((row for row in places_of(activity) if row.key == place), None)
    if chosen is None:
        raise Http404
    language = get_language() or "en"
    return pdf_or_back(
        request,
        lambda: service.attendance_sheet(activity=activity, place=chosen, language=language, by=me(request), request=request),
        name=f"{activity.reference}-attendance-{chosen.key}",
        back=reverse("activities:attendance_papers", args=[reference]),
    )


@never_cache
@require_safe
def attendance_badges(request: HttpRequest, reference: str) -> HttpResponse:
    """All name badges as a PDF in the page's language."""
    activity, language = get_activity_at_desk(request.user, reference), get_language() or "en"
    return pdf_or_back(
        request,
        lambda: service.name_badges(activity=activity, language=language, by=me(request), request=request),
        name=f"{activity.reference}-badges",
        back=reverse("activities:attendance_papers", args=[reference]),
    )


def pdf_or_back(request: HttpRequest, make: Callable[[], bytes], *, name: str, back: str) -> HttpResponse:
    """The PDF; or the page before, which says why there is none."""
    try:
        content = make()
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(back)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


@never_cache
@require_safe
def attendance_list(request: HttpRequest, reference: str) -> HttpResponse:
    """The list with a column for each day and session, as CSV or Excel: what can be filled in and imported again."""
    activity = get_activity_at_desk(request.user, reference)
    check_can(request.user, Permission.RECORD_ATTENDANCE)
    wanted = request.GET.get("format", "csv")
    if wanted not in {"csv", "xlsx"}:
        raise Http404
    rows = delegates_at(activity).select_related("official", "participant")
    people = list(rows.order_by("participant__name", "official__name", "pk"))
    marks = {(m.delegate_id, m.session or m.day): m.status for m in marks_of_delegates(row.pk for row in people)}
    with override("en"):
        places = places_of(activity)
        headings = ["Name", "E-mail", "Participant", *(f"{p.day:%Y-%m-%d}" if not p.session else p.words for p in places)]
        table = [
            [row.official.name, row.official.email, row.participant.name]
            + [marks.get((row.pk, p.session or p.day), "") for p in places]
            for row in people
        ]
    record_access(by=request.user, action=AccessAction.EXPORTED, label="attendance list", ref=activity.reference, request=request)
    make = as_csv if wanted == "csv" else as_xlsx
    return make(headings, table, f"{activity.reference}-attendance")


@require_POST
def attendance_ask(request: HttpRequest, reference: str) -> HttpResponse:
    """Write to the delegates of whom nothing is recorded."""
    activity = get_activity_at_desk(request.user, reference)
    try:
        number = ask_delegates(activity=activity, by=me(request))
    except DomainError as error:
        messages.error(request, error.message)
    else:
        said = ngettext("%(number)d letter is on its way.", "%(number)d letters are on their way.", number)
        messages.success(request, said % {"number": number})
    return redirect("activities:attendance_papers", reference)
