"""A delegate's own page behind a signed link: say that one was there, take the certificate."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from activities.enums import AttendanceRecordedBy, AttendanceStatus
from activities.models import Attendance, Certificate, Delegate
from activities.selectors_attendance import marks_of_delegates
from activities.selectors_delegations import days_of
from activities.services import attendance as service
from activities.services.attendance import SELF_STATUSES, Where
from activities.services.certificates import delegate_of, issue_certificate
from activities.services.nominations import local_day
from activities.services.papers import certificate_pdf
from activities.views.attendance_papers import pdf_or_back
from members import limits
from members.errors import DomainError
from members.models import User
from members.signing import TokenError

MOST_FILES = 20  # for one network in a minute: each is made anew


def _delegate(token: str) -> Delegate | None:
    """The delegate behind a link; None for a wrong or old one, or where the person is not on the delegation any more."""
    try:
        return delegate_of(token)
    except TokenError:
        return None


def _language(delegate: Delegate) -> str:
    return delegate.official.language or delegate.participant.language or "en"


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def attended(request: HttpRequest, token: str) -> HttpResponse:
    """Reading changes nothing; one button says on which days one was there, another makes the certificate."""
    delegate = _delegate(token)
    if delegate is None:
        return render(request, "members/still_right_closed.html", status=404)
    with override(_language(delegate)):
        error = ""
        if request.method == "POST":
            try:
                return _act(request, delegate, token)
            except DomainError as problem:
                error = problem.message
        return render(
            request, "activities/attended.html", _context(delegate, token) | {"error": error}, status=422 if error else 200
        )


def _act(request: HttpRequest, delegate: Delegate, token: str) -> HttpResponse:
    address = reverse("attended", args=[token])
    if "certificate" in request.POST:
        issue_certificate(delegate=delegate, by=User.objects.service_account())
        return redirect("attended_certificate", token)
    marks: dict[Where, str] = {}
    for day in days_of(delegate.activity):
        if answer := request.POST.get(f"day-{day:%Y%m%d}", ""):
            marks[day] = answer
    if not marks:
        raise DomainError(_("Choose an answer for at least one day."))
    service.declare_attendance(delegate=delegate, marks=marks)
    return redirect(f"{address}?saved=1")


def _context(delegate: Delegate, token: str) -> dict[str, object]:
    activity = delegate.activity
    closed = ""
    try:
        service.check_window(activity)
    except DomainError as error:
        closed = error.message
    marks: dict[object, Attendance] = {mark.day: mark for mark in marks_of_delegates([delegate.pk]) if mark.day}
    today = local_day(activity)
    days = [(f"day-{day:%Y%m%d}", day, marks.get(day)) for day in days_of(activity) if day <= today]
    return {
        "delegate": delegate,
        "activity": activity,
        "token": token,
        "closed": closed,
        "days": days,
        "open": [row for row in days if row[2] is None or row[2].how == AttendanceRecordedBy.SELF],
        "self": AttendanceRecordedBy.SELF,
        "answers": [(status.value, AttendanceStatus(status).label) for status in SELF_STATUSES],
        "window_ends": service.window_ends(activity),
        "certificate": Certificate.objects.filter(delegate=delegate, withdrawn_at__isnull=True).first(),
    }


@login_not_required
@never_cache
@require_safe
def attended_certificate(request: HttpRequest, token: str) -> HttpResponse:
    """The PDF of the certificate that was made."""
    delegate = _delegate(token)
    held = Certificate.objects.filter(delegate=delegate, withdrawn_at__isnull=True).first() if delegate else None
    if held is None:
        return render(request, "members/still_right_closed.html", status=404)
    if limits.is_over(request, "certificate-file", MOST_FILES):
        return render(request, "429.html", status=429)
    limits.count(request, "certificate-file")
    back = reverse("attended", args=[token])
    return pdf_or_back(request, lambda: certificate_pdf(held), name=f"certificate-{held.code}", back=back)
