"""What an appointment gives ends with it: on the next request of a session that is open, and for mail not yet sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client

from members.entitlement import why_withheld
from members.enums import AccessClass
from members.models import Appointment, Official, Seat, User
from members.models.base import today
from members.services.outbox import queue_delivery
from tests.cast import World, add_reports, client_for, make_world

pytestmark = pytest.mark.django_db
# Person of the cast -> what only the appointment opens, by attributes of World.
ONLY_BY_APPOINTMENT = {
    "focal_point_a": ("/national/{participant_a}/", "/national/{participant_a}/invitations/{invitation_a}/"),
    "focal_point_b": ("/national/{participant_b}/",),
    "ministry_official_a": ("/national/{participant_a}/",),
    "steering_group_member": ("/steering-group/room/", "/reports/{restricted_document}/v1/en.pdf"),
    "co_chair": ("/steering-group/room/approvals/", "/steering-group/room/approvals/{frozen_report}/"),
    "partner_invited": ("/steering-group/room/", "/reports/{restricted_document}/"),
    "secretariat": ("/desk/", "/desk/contacts/", "/activities/{draft_activity}/", "/desk/deliveries/{delivery}/"),
    "administrator": ("/desk/", "/desk/progress-reports/{progress_report}/"),
}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock():
        made = make_world()
        add_reports(made)
    yield made
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)


def noon() -> datetime:
    """Today at 12:00:00 by the portal's clock."""
    day = today()
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def status(client: Client, address: str) -> int:
    response: Any = client.get(address)
    if response.streaming:
        b"".join(response)
    return int(response.status_code)


def own_appointments(user: User) -> Any:
    return Appointment.objects.filter(official__user=user)


@pytest.mark.parametrize("person", sorted(ONLY_BY_APPOINTMENT))
def test_appointment_ended_at_noon_gives_nothing_a_second_later(world: World, person: str) -> None:
    addresses = [address.format(**vars(world)) for address in ONLY_BY_APPOINTMENT[person]]
    own_appointments(world.users[person]).update(ended_at=noon(), period_to=today())
    with time_machine.travel(noon() - timedelta(seconds=1), tick=False):
        client = client_for(world, person)
        assert {address: status(client, address) for address in addresses} == dict.fromkeys(addresses, 200)
    with time_machine.travel(noon() + timedelta(seconds=1), tick=False):
        assert {address: status(client, address) for address in addresses} == dict.fromkeys(addresses, 404)
        assert status(client, "/") == 200  # the session itself goes on: the public record stays open


@pytest.mark.parametrize("person", ["steering_group_member", "co_chair", "partner_invited"])
def test_seat_that_ended_yesterday_gives_nothing_though_the_appointment_goes_on(world: World, person: str) -> None:
    client, address = client_for(world, person), "/steering-group/room/"
    assert status(client, address) == 200
    Seat.objects.filter(appointments__official__user=world.users[person]).update(period_to=today() - timedelta(days=1))
    assert status(client, address) == 404


@pytest.mark.parametrize("person", sorted(ONLY_BY_APPOINTMENT))
def test_account_that_was_closed_is_signed_out_at_once(world: World, person: str) -> None:
    client = client_for(world, person)
    address = ONLY_BY_APPOINTMENT[person][0].format(**vars(world))
    assert status(client, address) == 200
    User.objects.filter(pk=world.users[person].pk).update(is_active=False)
    assert status(client, address) in {302, 404}


def test_mail_for_the_steering_group_is_held_back_once_the_seat_is_given_up(world: World) -> None:
    to = Official.objects.get(user=world.users["steering_group_member"])
    words = {"subject": "For the steering group", "text": "Text", "by": world.users["secretariat"]}
    delivery = queue_delivery(kind="test", to=to, key="test:revoked", access_class=AccessClass.STEERING_GROUP, **words)
    assert why_withheld(delivery) == ""
    own_appointments(world.users["steering_group_member"]).update(ended_at=noon(), period_to=today())
    with time_machine.travel(noon() - timedelta(seconds=1), tick=False):
        assert why_withheld(delivery) == ""
    with time_machine.travel(noon() + timedelta(seconds=1), tick=False):
        assert why_withheld(delivery) == "The recipient may not see this class of documents any more."
