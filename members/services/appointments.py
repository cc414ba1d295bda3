"""Appointments: who holds which place, from when until when."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from members.audit import acting
from members.enums import AppointmentRole
from members.errors import DomainError
from members.models import Appointment, Official, Participant, Seat, Topic, User
from members.models.base import today


@transaction.atomic
def appoint(  # noqa: PLR0913 - one appointment has these parts
    *,
    official: Official,
    role: AppointmentRole,
    by: User,
    participant: Participant | None = None,
    topic: Topic | None = None,
    seat: Seat | None = None,
    from_day: date | None = None,
) -> Appointment:
    """Put `official` in one place from `from_day` (today). Raises DomainError where somebody holds it [14]."""
    appointment = Appointment(
        official=official,
        role=role,
        participant=participant,
        topic=topic,
        seat=seat,
        official_email=official.email,
        period_from=from_day or today(),
    )
    try:
        appointment.full_clean()
    except ValidationError as error:
        raise DomainError(" ".join(error.messages)) from error
    with acting(by=by, verb="appoint"):
        appointment.save()
    return appointment


@transaction.atomic
def end_appointment(*, appointment: Appointment, by: User, last_day: date | None = None) -> Appointment:
    """End an appointment; rights stop with the next request. Without `last_day` yesterday was the last."""
    found = Appointment.objects.select_for_update().get(pk=appointment.pk)
    day = last_day or today() - timedelta(days=1)
    if found.period_from and day < found.period_from:
        day = found.period_from if last_day is None else day
        if last_day is not None:
            raise DomainError(_("The appointment cannot end before it starts."), field="last_day")
    found.period_to = day
    found.version += 1
    with acting(by=by, verb="end_appointment"):
        found.save()
    return found
