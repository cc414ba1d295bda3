"""Is the list still right? Each contact is asked every 90 days and answers with one button behind a signed link."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from members.audit import acting
from members.errors import DomainError
from members.mail import render_mail
from members.models import Appointment, ContactRemark, Office, Official, Participant, Topic, User
from members.models.base import today
from members.permissions import check_can
from members.roles import Permission
from members.selectors_coverage import CONFIRM_EVERY, CONFIRMED_ROLES
from members.selectors_recipients import for_matter
from members.services.outbox import queue_delivery, recipient_key
from members.signing import TokenError, make_token, read_token

PURPOSE = "still-right"
LINK_HOLDS = timedelta(days=60)
ASK_AGAIN = timedelta(days=14)


def current_places(holder: Official | Office) -> list[Appointment]:
    """Places of a contact that it is asked about: focal point, national lead, seat."""
    own = Q(official=holder) if isinstance(holder, Official) else Q(office=holder)
    rows = Appointment.objects.current().filter(own, role__in=CONFIRMED_ROLES)
    return list(rows.select_related("participant", "topic", "seat__body", "seat__role", "seat__participant").order_by("pk"))


def contact_of(token: str) -> Official | Office:
    """The contact behind a link. Raises TokenError for a wrong or old one, or where the contact holds no place any more."""
    kind, _dash, key = read_token(PURPOSE, token, max_age=LINK_HOLDS).partition("-")
    rows = Official.objects.current() if kind == "official" else Office.objects.current()
    holder: Official | Office | None = rows.filter(pk=key).select_related("participant", "ministry").first()
    if holder is None or not current_places(holder):
        raise TokenError
    return holder


@transaction.atomic
def ask_whether_right(*, by: User) -> int:
    """Write to every contact whose places nobody confirmed for 90 days, at most once in 14. Returns the number of letters."""
    now = timezone.now()
    due = (
        Appointment.objects.current()
        .filter(role__in=CONFIRMED_ROLES)
        .filter(Q(confirmed_at__isnull=True) | Q(confirmed_at__lt=now - CONFIRM_EVERY))
        .filter(Q(confirmed_at__isnull=False) | Q(period_from__isnull=True) | Q(period_from__lt=today() - CONFIRM_EVERY))
        .filter(Q(asked_at__isnull=True) | Q(asked_at__lt=now - ASK_AGAIN))
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("official__participant", "office__participant")
        .order_by("pk")
    )
    asked: dict[str, list[Appointment]] = {}
    for row in due:
        holder = row.official or row.office
        if holder is not None and holder.email and holder.holds_on(today()):
            asked.setdefault(recipient_key(holder), []).append(row)
    with acting(by=by, verb="ask_whether_right"):
        for key, rows in asked.items():
            holder = rows[0].official or rows[0].office
            if holder is None:  # pragma: no cover - ck_appointment_one_holder
                continue
            _ask(holder, key, by)
            Appointment.objects.filter(pk__in=[row.pk for row in rows]).update(asked_at=now)
    return len(asked)


def _ask(holder: Official | Office, key: str, by: User) -> None:
    language = _language(holder)
    link = f"{settings.ORIGIN}{reverse('still_right', args=[make_token(PURPOSE, key)])}"
    context = {"recipient": holder, "places": current_places(holder), "link": link, "days": CONFIRM_EVERY.days}
    subject, text, html = render_mail("still_right", context, language)
    queue_delivery(
        kind="still_right",
        to=holder,
        key=f"still_right:{today():%Y-%m-%d}:{key}",
        subject=subject,
        text=text,
        html=html,
        language=language,
        by=by,
    )


def _language(holder: Official | Office) -> str:
    own = holder.language if isinstance(holder, Official) else ""
    return own or (holder.participant.language if holder.participant else "en")


@transaction.atomic
def confirm_contact(*, token: str) -> Official | Office:
    """The contact says that its entry is still right. Raises TokenError for a link that holds no more."""
    holder = contact_of(token)
    by = User.objects.service_account()
    with acting(by=by, verb="confirm_contact"):
        keys = [row.pk for row in current_places(holder)]
        Appointment.objects.filter(pk__in=keys).update(confirmed_at=timezone.now())
    return holder


@transaction.atomic
def say_what_changed(*, token: str, remark: str) -> ContactRemark:
    """The contact says what is not right any more; the desk changes it. Raises TokenError, or DomainError without words."""
    holder = contact_of(token)
    if not remark.strip():
        raise DomainError(_("Say what has changed."), field="remark")
    by = User.objects.service_account()
    with acting(by=by, verb="say_what_changed"):
        return ContactRemark.objects.create(
            official=holder if isinstance(holder, Official) else None,
            office=holder if isinstance(holder, Office) else None,
            text=remark.strip(),
        )


@transaction.atomic
def settle_remark(*, remark: ContactRemark, by: User) -> ContactRemark:
    """The desk has done what a contact asked for; its text is emptied, since it may hold names and addresses."""
    check_can(by, Permission.MANAGE_CONTACTS)
    found = ContactRemark.objects.select_for_update().get(pk=remark.pk)
    if found.settled_at is None:
        with acting(by=by, verb="settle_remark"):
            found.settled_at, found.settled_by, found.text = timezone.now(), by, ""
            found.save()
    return found


@transaction.atomic
def confirm_by_desk(*, appointment: Appointment, by: User) -> Appointment:
    """Staff heard by telephone or letter that an entry is still right."""
    check_can(by, Permission.MANAGE_CONTACTS)
    found = Appointment.objects.select_for_update().get(pk=appointment.pk)
    with acting(by=by, verb="confirm_contact"):
        found.confirmed_at = timezone.now()
        found.version += 1
        found.save()
    return found


@transaction.atomic
def ask_for_name(*, participant: Participant, topic: Topic, by: User) -> int:
    """Ask a participant whom it names for a topic, through whoever of it can be written to. Returns the number of letters.

    Once a day and topic. Raises DomainError where nobody can be written to [37].
    """
    check_can(by, Permission.MANAGE_CONTACTS)
    reached = [recipient for recipient in for_matter([participant], topic=topic) if recipient.is_reachable]
    if not reached:
        raise DomainError(
            _("Nobody at %(participant)s can be written to. Enter an office first, such as its foreign ministry.")
            % {"participant": participant}
        )
    for recipient in reached:
        if recipient.to is None:  # pragma: no cover - reachable
            continue
        context = {"recipient": recipient.to, "participant": participant, "topic": topic, "copy_of": recipient.copy_of}
        subject, text, html = render_mail("ask_for_name", context, recipient.language)
        queue_delivery(
            kind="ask_for_name",
            to=recipient.to,
            key=f"ask_for_name:{topic.pk}:{today():%Y-%m-%d}:{recipient_key(recipient.to)}",
            subject=subject,
            text=text,
            html=html,
            language=recipient.language,
            by=by,
        )
    return len(reached)
