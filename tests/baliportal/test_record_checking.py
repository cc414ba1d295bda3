"""`check_record` finds each planted breach and changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from activities.enums import ActivityStatus
from activities.models import Objective, Recommendation
from members.enums import AppointmentRole, ParticipantKind
from members.models import Appointment, Body, Ministry, Official, Participant, Seat, SeatRole, Topic, User
from members.models.base import today
from reports.enums import DocumentKind, Held
from reports.models import Document, DocumentVersion
from tests.baliportal.records import activity, objective, participant, process

pytestmark = pytest.mark.django_db


def said() -> str:
    """What the command prints, whether or not it found something."""
    out = StringIO()
    try:
        call_command("check_record", stdout=out)
    except CommandError as error:
        out.write(str(error))
    return out.getvalue()


def counts() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


def seat(**fields: Any) -> Seat:
    body = Body.objects.get_or_create(key="steering-group", defaults={"name_en": "Steering group"})[0]
    role = SeatRole.objects.get_or_create(key="co-chair", defaults={"name_en": "Co-chair", "approves": True})[0]
    return Seat.objects.create(body=body, participant=participant("Fiji"), role=role, **fields)


def official(of: Participant, name: str = "Somebody") -> Official:
    return Official.objects.create(participant=of, name=name)


def cites_nothing_known() -> str:
    Recommendation.objects.create(reference="XX-REC-2010-01", text="Do it", document_symbol="XX-R-1999-01", paragraph="4")
    return "XX-REC-2010-01 cites XX-R-1999-01, which the record does not have."


def unknown_zone() -> str:
    activity("XX-2010-01", time_zone="Asia/Atlantis")
    return "XX-2010-01 has the unknown time zone Asia/Atlantis."


def held_ahead() -> str:
    activity("XX-2030-01", start=today() + timedelta(days=9), end=None, status=ActivityStatus.HELD)
    return "XX-2030-01 is marked as held, but its first day is ahead."


def no_source() -> str:
    Objective.objects.filter(pk=objective().pk).update(confidence="public")
    return "OBJ-01 names no source and is not marked as unconfirmed."


def differing_without_note() -> str:
    activity("XX-2010-01", source_says="April")
    return "XX-2010-01 says what another source states, but has no public note."


def held_longer_than_seat() -> str:
    made = seat(period_from=date(2002, 1, 1), period_to=date(2010, 1, 1))
    Appointment.objects.create(role=AppointmentRole.SEAT, seat=made, official=official(participant("Fiji")))
    return "is held longer than it exists."


def held_by_a_stranger() -> str:
    made = seat()
    Appointment.objects.create(role=AppointmentRole.SEAT, seat=made, official=official(participant("Tonga")))
    return "is held by somebody of another participant."


def nobody_approves() -> str:
    seat(period_to=date(2010, 1, 1))
    return "steering group has no seat that approves reports today."


def version(content: bytes | None, sha256: str) -> None:
    document = Document.objects.create(
        symbol="XX-R-2010-01", kind=DocumentKind.REPORT, title="A report", date=date(2010, 1, 1), held=Held.FILE
    )
    name = default_storage.save("test/a.pdf", ContentFile(content)) if content is not None else "test/none.pdf"
    DocumentVersion.objects.create(
        document=document,
        number=1,
        storage_name=name,
        filename="a.pdf",
        media_type="application/pdf",
        size=3,
        sha256=sha256,
        added_by=User.objects.service_account(),
    )


def lost_file() -> str:
    version(None, "0" * 64)
    return "has lost its file."


def changed_file() -> str:
    version(b"new", hashlib.sha256(b"old").hexdigest())
    return "has another file than the one whose hash was taken."


def deputy_elsewhere() -> str:
    fiji, topic = participant("Fiji"), Topic.objects.create(key="a", name_en="A")
    first = Appointment.objects.create(
        role=AppointmentRole.FOCAL_POINT, participant=fiji, topic=topic, official=official(fiji, "One")
    )
    Appointment.objects.create(role=AppointmentRole.MINISTRY, participant=fiji, official=official(fiji, "Two"), acting_for=first)
    return "acts for somebody in another place."


def agency_in_a_circle() -> str:
    fiji = participant("Fiji", kind=ParticipantKind.GOVERNMENT)
    above = Ministry.objects.create(code="FJI-M01", participant=fiji, name="Above")
    below = Ministry.objects.create(code="FJI-M02", participant=fiji, name="Below", part_of=above)
    Ministry.objects.filter(pk=above.pk).update(part_of=below)
    return "is an agency of its own agency."


BREACHES: tuple[Callable[[], str], ...] = (
    cites_nothing_known,
    unknown_zone,
    held_ahead,
    no_source,
    differing_without_note,
    held_longer_than_seat,
    held_by_a_stranger,
    nobody_approves,
    lost_file,
    changed_file,
    deputy_elsewhere,
    agency_in_a_circle,
)


@pytest.mark.parametrize("breach", BREACHES, ids=lambda breach: breach.__name__)
def test_breach_is_named_and_left_as_it_is(breach: Callable[[], str]) -> None:
    process()
    wanted = breach()
    before = counts()
    found = said()
    assert wanted in found
    assert "nothing was changed" in found
    assert counts() == before
