"""Appointments: who holds which place, from when until when, and who comes after."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from members.audit import acting
from members.enums import AppointmentRole, DatePrecision
from members.errors import DomainError
from members.mail import render_mail
from members.models import Appointment, Handover, Office, Official, Participant, Seat, Topic, User
from members.models.base import today
from members.permissions import check_can
from members.roles import Permission
from members.services.last_administrator import administrator_remains
from members.services.outbox import queue_delivery, recipient_key


@transaction.atomic
def appoint(  # noqa: PLR0913 - one appointment has these parts
    *,
    role: AppointmentRole,
    by: User,
    official: Official | None = None,
    office: Office | None = None,
    participant: Participant | None = None,
    topic: Topic | None = None,
    seat: Seat | None = None,
    from_day: date | None = None,
    until: date | None = None,
    acting_for: Appointment | None = None,
    basis: str = "",
    verb: str = "appoint",
) -> Appointment:
    """Put an official, or an office alone, in one place from `from_day` (today) to `until` (open) [14, 16].

    The title is that of the day and stays. A deputy acts for the holder of the same place. Raises DomainError where
    somebody holds the place, or where holder and place do not belong together.
    """
    holder = official or office
    appointment = Appointment(
        official=official,
        office=office,
        role=role,
        participant=participant,
        topic=topic,
        seat=seat,
        acting_for=acting_for,
        basis=basis,
        title=(official.position if official else office.title if office else "")[:250],
        official_email=holder.email if holder else "",
        period_from=from_day or today(),
        period_to=until,
    )
    _check_belongs(appointment)
    try:
        appointment.full_clean()
    except ValidationError as error:
        raise DomainError(" ".join(error.messages)) from error
    with acting(by=by, verb=verb):
        appointment.save()
    return appointment


def _check_belongs(appointment: Appointment) -> None:
    """A holder speaks for its own government or organisation only; a deputy stands in the place it acts for."""
    holder = appointment.official or appointment.office
    place = appointment.participant or (appointment.seat.participant if appointment.seat else None)
    if holder is not None and place is not None and holder.participant_id not in {None, place.pk}:
        raise DomainError(
            _("%(name)s belongs to %(participant)s.") % {"name": holder, "participant": holder.participant}, field="official"
        )
    other = appointment.acting_for
    if other is not None and _place(other) != _place(appointment):
        raise DomainError(_("A deputy acts for the holder of the same place."), field="acting_for")


def _place(appointment: Appointment) -> tuple[str, int | None, int | None, int | None]:
    return appointment.role, appointment.participant_id, appointment.topic_id, appointment.seat_id


@transaction.atomic
def end_appointment(*, appointment: Appointment, by: User, last_day: date | None = None, reason: str = "") -> Appointment:
    """End an appointment. Without `last_day` it gives nothing from this moment on, in sessions that are open too.

    With a `last_day` ahead it holds to the end of that day. Raises DomainError for a day before it began, and where no
    administrator who can sign in would be left.
    """
    with administrator_remains(appointment):
        return _end(appointment, by=by, last_day=last_day, reason=reason)


def _end(appointment: Appointment, *, by: User, last_day: date | None = None, reason: str = "") -> Appointment:
    found = Appointment.objects.select_for_update().get(pk=appointment.pk)
    if found.ended_at or (found.period_to and found.period_to < today()):
        raise DomainError(_("This appointment has ended already."))
    if last_day is None or last_day < today():
        day = last_day or today() - timedelta(days=1)
        if found.period_from and day < found.period_from:
            if last_day is not None:
                raise DomainError(_("The appointment cannot end before it starts."), field="last_day")
            day = found.period_from  # begun and ended today
        found.ended_at = timezone.now()
    else:
        day = last_day
        if found.period_from and day < found.period_from:
            raise DomainError(_("The appointment cannot end before it starts."), field="last_day")
    found.period_to, found.period_to_precision = day, DatePrecision.DAY
    found.ended_reason = reason[:250]
    found.version += 1
    with acting(by=by, verb="end_appointment"):
        found.save()
    return found


@transaction.atomic
def extend_appointment(*, appointment: Appointment, until: date | None, by: User) -> Appointment:
    """Give a current appointment another last day, or none.

    Raises DomainError where a successor stands in the way, or where no administrator who can sign in would be left.
    """
    check_can(by, Permission.MANAGE_CONTACTS)
    with administrator_remains(appointment):
        return _extend(appointment, until, by)


def _extend(appointment: Appointment, until: date | None, by: User) -> Appointment:
    found = Appointment.objects.select_for_update().get(pk=appointment.pk)
    if found.ended_at:
        raise DomainError(_("This appointment has ended already."))
    found.period_to, found.period_to_precision = until, DatePrecision.DAY
    found.version += 1
    try:
        found.full_clean()
    except ValidationError as error:
        raise DomainError(" ".join(error.messages), field="until") from error
    with acting(by=by, verb="extend_appointment"):
        found.save()
    return found


@transaction.atomic
def hand_over(  # noqa: PLR0913 - one handover has these parts
    *,
    appointment: Appointment,
    by: User,
    last_day: date | None = None,
    reason: str = "",
    note: str = "",
    successor: Official | None = None,
    until: date | None = None,
    leaves: bool = False,
) -> Handover:
    """End an appointment and put `successor`, where one is known, in the same place from the day after [16].

    What was open belongs to the participant and stays open. With `leaves` the official leaves all other places too, and
    the list of officials. Raises DomainError; then nothing is changed.
    """
    check_can(by, Permission.MANAGE_CONTACTS)
    if successor is not None and successor.pk == appointment.official_id:
        raise DomainError(_("Name somebody else as the successor."), field="successor")
    leaving = [appointment.official] if leaves and appointment.official else []
    with administrator_remains(appointment, *leaving):
        ended = _end(appointment, by=by, last_day=last_day, reason=reason)
        made = Handover(outgoing=ended, incoming=_follow(ended, successor, until, by), note=note, handed_over_by=by)
        with acting(by=by, verb="hand_over"):
            made.save()
        if leaves and ended.official:
            _leave(ended.official, ended.period_to or today(), by)
    _tell_successor(made, by)
    return made


def _follow(ended: Appointment, successor: Official | None, until: date | None, by: User) -> Appointment | None:
    """The successor's appointment, from the day after, in the place that became free; None where nobody is named."""
    if successor is None:
        return None
    first_day = max(ended.period_to + timedelta(days=1), today()) if ended.period_to and not _cut_short(ended) else today()
    return appoint(
        official=successor,
        role=AppointmentRole(ended.role),
        participant=ended.participant,
        topic=ended.topic,
        seat=ended.seat,
        from_day=first_day,
        until=until,
        by=by,
    )


def _tell_successor(handover: Handover, by: User) -> None:
    """A letter to the successor with the page of what is taken over; it asks for a sign-in."""
    incoming = handover.incoming
    if incoming is None or incoming.official is None or not incoming.official.email:
        return
    official = incoming.official
    language = official.language or (official.participant.language if official.participant else "en")
    context = {
        "recipient": official,
        "place_words": place_words(incoming, language),
        "first_day": incoming.period_from,
        "link": f"{settings.ORIGIN}{reverse('activities:handover', args=[handover.pk])}",
    }
    subject, text, html = render_mail("handover", context, language)
    queue_delivery(
        kind="handover",
        to=official,
        key=f"handover:{handover.pk}:{recipient_key(official)}",
        subject=subject,
        text=text,
        html=html,
        language=language,
        send_after=max(timezone.now(), datetime.combine(incoming.period_from or today(), time.min, tzinfo=UTC)),
        by=by,
    )


def place_words(appointment: Appointment, language: str) -> str:
    """The place in words, such as "Focal point, Fiji: people smuggling"."""
    with override(language):
        return render_to_string("members/_place.txt", {"place": appointment}).strip()


def _cut_short(appointment: Appointment) -> bool:
    return appointment.ended_at is not None and appointment.period_to == appointment.period_from


def _leave(official: Official, last_day: date, by: User) -> None:
    for other in official.appointments.current():
        _end(other, by=by, last_day=last_day if last_day >= today() else None)
    found = Official.objects.select_for_update().get(pk=official.pk)
    found.period_to, found.period_to_precision = max(last_day, found.period_from or last_day), DatePrecision.DAY
    found.version += 1
    with acting(by=by, verb="leave"):
        found.save()


@transaction.atomic
def read_handover(*, handover: Handover, by: User) -> Handover:
    """The successor says that the page was read; once."""
    found = Handover.objects.select_for_update(of=("self",)).select_related("incoming__official").get(pk=handover.pk)
    if found.incoming is None or found.incoming.official is None or found.incoming.official.user_id != by.pk:
        raise DomainError(_("Only the successor says that it was read."))
    if found.read_at is None:
        with acting(by=by, verb="read_handover"):
            found.read_at, found.read_by = timezone.now(), by
            found.version += 1
            found.save()
    return found
