"""People of a trial: accounts with generated passwords, and one labelled, invented contact per participant."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from members.audit import acting
from members.enums import AppointmentRole, Channel
from members.models import Appointment, Office, Official, Participant, Seat, Topic, User
from members.models.base import today

CONTACT_TITLE = "Trial contact (invented)"


@dataclass(frozen=True)
class Person:
    """One account of a trial. `seat` is a role key in the steering group, `topic` a focal point's."""

    role: str
    email: str
    name: str
    appointment: AppointmentRole
    participant: str = ""
    topic: str = ""
    seat: str = ""
    waived: bool = True


PEOPLE = (
    Person("Secretariat", "secretariat@trial.example", "Trial Secretariat (invented)", AppointmentRole.SECRETARIAT),
    Person(
        "Secretariat administrator",
        "administrator@trial.example",
        "Trial Administrator (invented)",
        AppointmentRole.ADMINISTRATOR,
    ),
    Person(
        "Focal point of Indonesia, people smuggling",
        *("indonesia.smuggling@trial.example", "Trial Focal Point A (invented)", AppointmentRole.FOCAL_POINT),
        *("indonesia", "people-smuggling"),
    ),
    Person(
        "Focal point of Indonesia, trafficking",
        *("indonesia.trafficking@trial.example", "Trial Focal Point B (invented)", AppointmentRole.FOCAL_POINT),
        *("indonesia", "trafficking-in-persons"),
    ),
    Person(
        "Focal point of Fiji",
        *("fiji@trial.example", "Trial Focal Point C (invented)", AppointmentRole.FOCAL_POINT, "fiji", "people-smuggling"),
    ),
    Person(
        "Ministry official of Indonesia",
        *("indonesia.ministry@trial.example", "Trial Ministry Official (invented)", AppointmentRole.MINISTRY, "indonesia"),
    ),
    Person(
        "Co-chair, Australia",
        *("cochair.australia@trial.example", "Trial Co-chair A (invented)", AppointmentRole.SEAT, "australia", "", "co-chair"),
    ),
    Person(
        "Co-chair, Indonesia",
        *("cochair.indonesia@trial.example", "Trial Co-chair B (invented)", AppointmentRole.SEAT, "indonesia", "", "co-chair"),
    ),
    Person(
        "Partner agency, IOM",
        *("iom@trial.example", "Trial Partner (invented)", AppointmentRole.SEAT),
        *("international-organization-for-migration", "", "partner-agency"),
    ),
    Person(
        "Secretariat, second factor needed",
        *("secretariat.full@trial.example", "Trial Secretariat Two (invented)", AppointmentRole.SECRETARIAT, "", "", "", False),
    ),
)


def ensure(known: Path | None = None) -> list[dict[str, str]]:
    """Make what is missing and return the accounts; passwords found in the file `known` stay.

    Raises ImproperlyConfigured in production: nobody is invented there.
    """
    if not settings.TRIAL_DATA_ALLOWED:
        raise ImproperlyConfigured("Trial accounts are made in trial mode only.")
    passwords = _passwords(known)
    service = User.objects.service_account()
    with transaction.atomic(), acting(by=service, verb="trial_people"):
        accounts = [_account(person, passwords.get(person.email) or secrets.token_urlsafe(12)) for person in PEOPLE]
        _contacts()
    return accounts


def _passwords(known: Path | None) -> dict[str, str]:
    if known is None or not known.exists():
        return {}
    found: dict[str, Any] = json.loads(known.read_text())
    return {account["email"]: account["password"] for account in found.get("accounts", [])}


def _account(person: Person, password: str) -> dict[str, str]:
    user = User.objects.filter(email=person.email).first()
    if user is None:
        user = User.objects.create_user(person.email, password, second_factor_waived=person.waived)
    elif not user.check_password(password):
        user.set_password(password)
        user.save(update_fields=["password"])
    EmailAddress.objects.get_or_create(user=user, email=person.email, defaults={"verified": True, "primary": True})
    participant = Participant.objects.filter(slug=person.participant).first()
    official, _made = Official.objects.get_or_create(
        user=user, defaults={"participant": participant, "name": person.name, "email": person.email, "is_invented": True}
    )
    if not official.appointments.exists() and (participant or not person.participant):
        _appoint(person, official, participant)
    return {"email": person.email, "password": password, "role": person.role}


def _appoint(person: Person, official: Official, participant: Participant | None) -> None:
    seat = Seat.objects.current().filter(body__key="steering-group", participant=participant, role__key=person.seat).first()
    is_focal_point = person.appointment == AppointmentRole.FOCAL_POINT
    at_home = is_focal_point or person.appointment == AppointmentRole.MINISTRY
    appointment = Appointment(
        role=person.appointment,
        official=official,
        seat=seat if person.seat else None,
        participant=participant if at_home else None,
        topic=Topic.objects.get(key=person.topic) if is_focal_point else None,
        official_email=person.email,
        period_from=today(),
        basis="invented for a trial",
    )
    appointment.full_clean()
    appointment.save()


def _contacts() -> None:
    """Somebody to write to at each participant, under an address that can reach nobody."""
    have = set(Office.objects.filter(is_invented=True).values_list("participant", flat=True))
    for participant in Participant.objects.exclude(pk__in=have):
        Office.objects.create(
            participant=participant,
            title=CONTACT_TITLE,
            channel=Channel.DIRECT,
            email=f"contact@{participant.slug[:60].rstrip('-')}.example",  # a label of a host name holds 63 characters
            is_invented=True,
        )
