"""Certificates of attendance: issued on the record's word, withdrawn when the record changes, checked by their code."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from activities.enums import ActivityStatus, CertificateEnd
from activities.models import Activity, Attendance, Certificate, Delegate
from activities.selectors_attendance import days_present, delegates_at, marks_of_delegates, window_ends
from activities.selectors_certificates import ALPHABET, CODE_LENGTH, facts_of, spelled
from activities.selectors_delegations import days_of, local_day
from members.audit import acting
from members.errors import DomainError
from members.mail import render_mail
from members.models import Delivery, User
from members.permissions import check_can, has_permission
from members.roles import Permission
from members.services.outbox import queue_delivery
from members.signing import TokenError, bound_value, key_of, make_token, read_token

LINK = "attended"  # the purpose of a delegate's signed link
LINK_HOLDS = timedelta(days=5 * 365)


def new_code() -> str:
    """A code of 16 signs out of 31: about 79 bits, so that none is found by trying."""
    return spelled("".join(secrets.choice(ALPHABET) for _number in range(CODE_LENGTH)))


def link_of(delegate: Delegate) -> str:
    """The address of a delegate's own page.

    It dies when the delegate is another person's entry and when the e-mail address is another: whoever has a mail that went
    astray can answer for nobody.
    """
    return f"{settings.ORIGIN}{reverse('attended', args=[make_token(LINK, _value(delegate))])}"


def _value(delegate: Delegate) -> str:
    return bound_value(delegate.pk, delegate.official_id, delegate.official.email)


def delegate_of(token: str) -> Delegate:
    """The delegate behind a link, while on the delegation of an activity of the record. Raises TokenError."""
    value = read_token(LINK, token, max_age=LINK_HOLDS)
    rows = Delegate.objects.select_related("activity", "official", "participant")
    rows = rows.filter(withdrawn_at__isnull=True, activity__withdrawn_at__isnull=True)
    found = rows.filter(pk=key_of(value)).first()
    if found is None or _value(found) != value:
        raise TokenError
    return found


def check_over(activity: Activity) -> None:
    """Raise DomainError while certificates are too early, or where there are none: cancelled, withdrawn, days not known."""
    days = days_of(activity)
    if activity.withdrawn_at or activity.status == ActivityStatus.CANCELLED or not days:
        raise DomainError(_("There are no certificates for this activity."))
    if local_day(activity) < days[-1]:
        raise DomainError(_("Certificates are made from the last day on."))


@transaction.atomic
def issue_certificate(*, delegate: Delegate, by: User) -> Certificate:
    """The certificate of a delegate who was there: the one that holds, or a new one where the facts have changed.

    By the desk, a focal point of the participant, or the delegate through the signed link (the service account). Raises
    DomainError where nobody but the delegate says that he or she was there.
    """
    locked = Delegate.objects.select_for_update(of=("self",)).select_related("activity", "official", "participant")
    found = locked.get(pk=delegate.pk)
    if not by.is_service and not has_permission(by, Permission.RECORD_ATTENDANCE):
        check_can(by, Permission.NOMINATE, participant=found.participant)
    check_over(found.activity)
    facts = facts_of(found, marks_of_delegates([found.pk]))
    if found.withdrawn_at or not (facts["days"] or facts["online"]):
        raise DomainError(_("The secretariat or the focal point has not recorded that this delegate was there."))
    held = Certificate.objects.filter(delegate=found, withdrawn_at__isnull=True).select_for_update().first()
    if held and held.facts == facts:
        return held
    with acting(by=by, verb="issue_certificate"):
        if held:
            _end(held, CertificateEnd.REPLACED, by)
        return Certificate.objects.create(code=new_code(), delegate=found, facts=facts, issued_by=by)


@transaction.atomic
def issue_all(*, activity: Activity, by: User) -> int:
    """Certificates for all that were there, each told by mail where an address is known. Returns the number of letters.

    Nobody is written to twice about the same certificate.
    """
    check_can(by, Permission.RECORD_ATTENDANCE)
    check_over(activity)
    told = 0
    for delegate in _attested(activity):
        certificate = issue_certificate(delegate=delegate, by=by)
        told += _tell(delegate, certificate, by)
    return told


def _attested(activity: Activity) -> list[Delegate]:
    rows = delegates_at(activity).select_related("activity", "official", "participant").order_by("pk")
    found = {row.pk: row for row in rows}
    marks: dict[int, list[Attendance]] = {key: [] for key in found}
    for mark in marks_of_delegates(found):
        marks[mark.delegate_id].append(mark)
    return [row for key, row in found.items() if days_present(marks[key], confirmed_only=True)]


def _tell(delegate: Delegate, certificate: Certificate, by: User) -> int:
    return write_to_delegate("certificate", f"certificate:{certificate.pk}", delegate, by)


def write_to_delegate(kind: str, key: str, delegate: Delegate, by: User) -> int:
    """One letter with the delegate's link, in his or her language; 0 where it is written already, or no address is known."""
    official = delegate.official
    key = f"{key}:official-{official.pk}"
    if not official.email or Delivery.objects.filter(key=key).exists():
        return 0
    language = official.language or delegate.participant.language
    until = window_ends(delegate.activity)
    context = {"recipient": official, "activity": delegate.activity, "link": link_of(delegate), "until": until}
    subject, text, html = render_mail(kind, context, language)
    queue_delivery(kind=kind, to=official, key=key, subject=subject, text=text, html=html, language=language, by=by)
    return 1


def end_certificates(*, delegates: Collection[Delegate], by: User) -> None:
    """Withdraw certificates that say more than is recorded now. Called inside the change that it follows from.

    Whoever is not on the delegation any more was there on no day.
    """
    gone = {row.pk for row in delegates if row.withdrawn_at is not None}
    held = {
        row.delegate_id: row
        for row in Certificate.objects.filter(delegate__in=list(delegates), withdrawn_at__isnull=True).select_for_update()
    }
    marks: dict[int, list[Attendance]] = {key: [] for key in held}
    for mark in marks_of_delegates(held) if held else []:
        marks[mark.delegate_id].append(mark)
    for key, certificate in held.items():
        own = {} if key in gone else days_present(marks[key], confirmed_only=True)
        days = {f"{day:%Y-%m-%d}": how for day, how in own.items()}
        said = dict.fromkeys(certificate.facts["days"], "present") | dict.fromkeys(certificate.facts["online"], "remote")
        if not days:
            _end(certificate, CertificateEnd.GONE if key in gone else CertificateEnd.ABSENT, by)
        elif any(days.get(day) != how for day, how in said.items()):
            _end(certificate, CertificateEnd.DAYS, by)


def end_certificates_of(*, activity: Activity, by: User) -> None:
    """Withdraw every certificate of an activity that is called off or taken out of the record. Called inside that change."""
    rows = Certificate.objects.filter(delegate__activity=activity, withdrawn_at__isnull=True).select_for_update(of=("self",))
    for certificate in rows.order_by("pk"):
        _end(certificate, CertificateEnd.OFF, by)


def _end(certificate: Certificate, why: CertificateEnd, by: User, reason: str = "") -> None:
    certificate.withdrawn_at, certificate.withdrawn_by = timezone.now(), by
    certificate.why, certificate.withdrawn_reason = why, reason
    certificate.save()


@transaction.atomic
def withdraw_certificate(*, certificate: Certificate, reason: str, by: User) -> Certificate:
    """The desk withdraws a certificate and says why; its address says so from then on."""
    check_can(by, Permission.RECORD_ATTENDANCE)
    if not reason.strip():
        raise DomainError(_("Say why the certificate is withdrawn."), field="reason")
    found = Certificate.objects.select_for_update().get(pk=certificate.pk)
    if found.withdrawn_at is not None:
        raise DomainError(_("This certificate is withdrawn already."))
    with acting(by=by, verb="withdraw_certificate"):
        _end(found, CertificateEnd.DESK, by, reason.strip()[:400])
    return found
