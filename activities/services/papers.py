"""Papers with names on them: attendance sheets, badges, certificates. Who takes one is written down."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from activities.models import Activity, Certificate, Delegate
from activities.rendering_papers import ASSETS, badges_html, certificate_html, person_of, sheet_html
from activities.selectors_attendance import Place, delegates_at
from activities.selectors_delegations import attends_on, days_of
from members.audit import record_access
from members.enums import AccessAction
from members.errors import DomainError
from members.models import Process, User
from members.models.base import today
from members.permissions import check_can
from members.rendering import RenderingError, render_pdf
from members.roles import Permission
from members.signing import make_token

BADGE = "badge"
_SECONDS = 40.0


def attendance_sheet(*, activity: Activity, place: Place, language: str, by: User, request: HttpRequest) -> bytes:
    """The PDF of one day's or session's sheet; who is to come on other days only stands at its end. Raises DomainError where there is nobody to list, or no PDF comes out."""
    people = _people(activity, by)
    with override(language):
        words, title = place.words, _("Attendance sheet")
    days = days_of(activity)
    here = [row for row in people if attends_on(row.nomination, place.day, days)]
    others = [row for row in people if not attends_on(row.nomination, place.day, days)]
    html = sheet_html(activity, here, others=others, place=words, process=_process(language), language=language)
    record_access(by=by, action=AccessAction.DOWNLOADED, label="attendance sheet", ref=activity.reference, request=request)
    return _pdf(html, language, f"{title} {activity.reference}")


def name_badges(*, activity: Activity, language: str, by: User, request: HttpRequest) -> bytes:
    """The PDF of all badges; the square on each opens that delegate's row for signed-in staff."""
    people = _people(activity, by)
    with override(language):
        title, label = _("Name badges"), _("For the secretariat at the door")
        cards = [
            person_of(
                row,
                language,
                address=f"{settings.ORIGIN}{reverse('badge', args=[make_token(BADGE, row.pk)])}",
                label=label,
            )
            for row in people
        ]
    html = badges_html(activity, cards, process=_process(language), language=language)
    record_access(by=by, action=AccessAction.DOWNLOADED, label="name badges", ref=activity.reference, request=request)
    return _pdf(html, language, f"{title} {activity.reference}")


def certificate_pdf(certificate: Certificate) -> bytes:
    """The PDF of a certificate from its frozen facts: the same bytes each time. Raises DomainError once it is withdrawn."""
    if not certificate.holds:
        raise DomainError(_("This certificate is withdrawn."))
    process = Process.objects.first()
    names = {
        "en": (process.full_name_en or process.name_en) if process else "",
        "id": (process.full_name_id or process.full_name_en or process.name_en) if process else "",
    }
    with override("en"):
        address = f"{settings.ORIGIN}{reverse('activities:certificate_check', args=[certificate.code])}"
    day = certificate.issued_at.date()
    html = certificate_html(certificate.facts, code=certificate.code, issued=day, process=names, address=address)
    title = f"Certificate of attendance {certificate.code}"
    try:
        return render_pdf(html, assets=ASSETS, language="en", title=title, created=day, seconds=_SECONDS)
    except RenderingError as error:
        raise DomainError(_("The PDF could not be made now. Try again in a minute.")) from error


def _people(activity: Activity, by: User) -> list[Delegate]:
    check_can(by, Permission.RECORD_ATTENDANCE)
    rows = delegates_at(activity).select_related("official", "participant", "nomination")
    found = list(rows.order_by("participant__name", "official__name", "pk"))
    if not found:
        raise DomainError(_("No delegate is registered."))
    return found


def _process(language: str) -> str:
    process = Process.objects.first()
    with override(language):
        return process.name if process else ""


def _pdf(html: str, language: str, title: str) -> bytes:
    try:
        return render_pdf(html, assets=ASSETS, language=language, title=title, created=today(), seconds=_SECONDS)
    except RenderingError as error:
        raise DomainError(_("The PDF could not be made now. Try again in a minute.")) from error
