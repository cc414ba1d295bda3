"""Certificates of attendance: issued and withdrawn at the desk, taken by focal points, checked by anybody."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activities.forms_attendance import CertificateWithdrawForm
from activities.models import Certificate, Delegate
from activities.permissions import get_activity_at_desk, get_invitation_for
from activities.selectors_certificates import attested_in, certificate_by_code
from activities.services import certificates as service
from activities.services.papers import certificate_pdf
from activities.views.attendance_papers import papers_context, pdf_or_back
from members import limits
from members.audit import record_access
from members.enums import AccessAction
from members.errors import DomainError
from members.permissions import has_permission
from members.roles import Permission
from members.views.shared import me, show_error

MOST_MISSES = 30  # codes that are not ours, from one network in a minute


@require_POST
def certificates_issue(request: HttpRequest, reference: str) -> HttpResponse:
    """Certificates for all that were there; each is told by mail, once."""
    activity = get_activity_at_desk(request.user, reference)
    try:
        number = service.issue_all(activity=activity, by=me(request))
    except DomainError as error:
        messages.error(request, error.message)
    else:
        said = ngettext("%(number)d letter is on its way.", "%(number)d letters are on their way.", number)
        messages.success(request, said % {"number": number})
    return redirect("activities:attendance_papers", reference)


def _certificate(request: HttpRequest, reference: str, pk: int) -> Certificate:
    activity = get_activity_at_desk(request.user, reference)
    return get_object_or_404(Certificate.objects.visible_to(request.user).filter(delegate__activity=activity), pk=pk)


@never_cache
@require_safe
def certificate_file(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """The PDF of a certificate at the desk."""
    certificate = _certificate(request, reference, pk)
    back = reverse("activities:attendance_papers", args=[reference])
    return _file(request, certificate, back)


def _file(request: HttpRequest, certificate: Certificate, back: str) -> HttpResponse:
    """The PDF, whose taking is written down; or the page before, where there is none."""
    answer = pdf_or_back(request, lambda: certificate_pdf(certificate), name=f"certificate-{certificate.code}", back=back)
    if answer.status_code == HTTPStatus.OK:
        record_access(by=request.user, action=AccessAction.DOWNLOADED, label="certificate", ref=certificate.code, request=request)
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def certificate_withdraw(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Withdraw a certificate and say why."""
    certificate = _certificate(request, reference, pk)
    form = CertificateWithdrawForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            service.withdraw_certificate(certificate=certificate, reason=form.cleaned_data["reason"], by=me(request))
        except DomainError as error:
            show_error(form, error)
        else:
            messages.success(request, _("The certificate is withdrawn. Its address says why."))
            return redirect("activities:attendance_papers", reference)
    context = papers_context(request, certificate.delegate.activity) | {"form": form, "withdrawing": certificate}
    return render(request, "activities/certificate_withdraw.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_certificate(request: HttpRequest, slug: str, pk: int, delegate: int) -> HttpResponse:
    """A focal point takes the certificate of one of its own delegation: one button makes it, then it can be opened."""
    invitation = get_invitation_for(request.user, slug, pk)
    if not has_permission(request.user, Permission.NOMINATE, participant=invitation.participant):
        raise Http404
    own = Delegate.objects.visible_to(request.user).select_related("official", "participant", "activity")
    found = get_object_or_404(own, pk=delegate, activity=invitation.activity, participant=invitation.participant)
    address = reverse("activities:own_certificate", args=[slug, pk, delegate])
    held = Certificate.objects.visible_to(request.user).filter(delegate=found, withdrawn_at__isnull=True).first()
    if request.method != "POST" and held and "file" in request.GET:
        return _file(request, held, address)
    error = ""
    if request.method == "POST":
        try:
            held = service.issue_certificate(delegate=found, by=me(request))
        except DomainError as problem:
            error = problem.message
        else:
            return redirect(f"{address}?file=1")
    context = {"delegate": found, "activity": found.activity, "invitation": invitation, "certificate": held, "error": error}
    return render(request, "activities/own_certificate.html", context, status=422 if error else 200)


@login_not_required
@never_cache
@require_safe
def certificate_check(request: HttpRequest, code: str) -> HttpResponse:
    """Is this certificate ours? Shows what is on it and nothing else; 404 for a code that is not ours, 410 once withdrawn."""
    if limits.is_over(request, "certificate", MOST_MISSES):
        return render(request, "429.html", status=429)
    found = certificate_by_code(code)
    if found is None:
        limits.count(request, "certificate")
        return render(request, "activities/certificate_unknown.html", status=404)
    if not found.holds:
        return render(request, "activities/certificate_withdrawn.html", {"certificate": found}, status=410)
    said = attested_in(found.facts, get_language() or "en")
    return render(request, "activities/certificate_check.html", {"certificate": found, "facts": found.facts, "said": said})
