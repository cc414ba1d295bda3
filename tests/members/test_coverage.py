"""Who speaks for whom on what: holes, doubtful entries, the contact's own word, and the way of the founding paper."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from members.enums import DeliveryState
from members.errors import DomainError
from members.models import Appointment, ContactRemark, Delivery, Office, Official, Participant, Topic, User
from members.models.base import today
from members.selectors_coverage import BOUNCED, EXPIRING, NO_ADDRESS, STALE, Wanted, coverage
from members.selectors_recipients import for_participants
from members.services.confirmation import PURPOSE, ask_for_name, ask_whether_right, confirm_contact
from members.services.outbox import queue_delivery
from members.signing import TokenError, make_token
from tests.cast import World, client_for, make_world


@pytest.fixture
def world(db: None) -> World:
    made = make_world()
    for participant in Participant.objects.filter(slug__in=["aland", "bland", "cland"]):
        participant.standings.create(standing="member", period_from=date(2002, 1, 1))
    return made


def lines() -> dict[str, Any]:
    return {line.participant.slug: line for line in coverage(Wanted())}


def state(to: str, value: str) -> None:
    """The last message to an address ended so."""
    official = Official.objects.get(email=to)
    delivery = queue_delivery(
        kind="test", to=official, key=f"t:{to}:{value}", subject="S", text="T", by=User.objects.service_account()
    )
    path = {
        DeliveryState.ACCEPTED: [DeliveryState.SENDING, DeliveryState.ACCEPTED],
        DeliveryState.BOUNCED: [DeliveryState.SENDING, DeliveryState.ACCEPTED, DeliveryState.BOUNCED],
    }[DeliveryState(value)]
    for step in path:
        Delivery.objects.filter(pk=delivery.pk).update(state=step, accepted_at=timezone.now(), bounced_at=timezone.now())


def test_holes_are_where_nobody_can_be_written_to(world: World) -> None:
    found = lines()
    assert [slug for slug, line in found.items() if line.holes] == ["cland"]
    Official.objects.filter(user=world.users["focal_point_b"]).update(email="")
    assert NO_ADDRESS in lines()["bland"].doubts
    assert lines()["bland"].holes


def test_address_that_bounced_is_a_hole_until_a_message_arrives(world: World) -> None:
    state("focal-point-a@cast.example", DeliveryState.BOUNCED)
    line = lines()["aland"]
    assert (BOUNCED in line.doubts, bool(line.holes)) == (True, True)
    state("focal-point-a@cast.example", DeliveryState.ACCEPTED)
    assert BOUNCED not in lines()["aland"].doubts


def test_old_entries_and_terms_that_end_are_doubtful_and_say_so_where_one_writes(world: World) -> None:
    Appointment.objects.filter(pk=world.appointment_a).update(period_to=today() + timedelta(days=30))
    assert {STALE, EXPIRING} <= lines()["aland"].doubts
    recipient = for_participants([Participant.objects.get(slug="aland")])[0]
    assert set(recipient.doubts) == {STALE, EXPIRING}
    page = client_for(world, "secretariat").get(f"/desk/activities/{world.activity}/invitations/").content.decode()
    assert "not confirmed for 90 days" in page


def test_every_contact_is_asked_once_in_fourteen_days_and_confirms_with_one_button(world: World) -> None:
    service = User.objects.service_account()
    number = ask_whether_right(by=service)
    assert number == Delivery.objects.filter(kind="still_right").count() > 0
    assert ask_whether_right(by=service) == 0
    delivery = Delivery.objects.get(kind="still_right", email="focal-point-a@cast.example")
    address = next(word for word in delivery.text.split() if "/r/still-right/" in word)
    path = address[address.index("/r/") :]
    client = Client()
    assert client.get(path).status_code == 200
    assert Appointment.objects.get(pk=world.appointment_a).confirmed_at is None  # reading confirms nothing
    assert client.post(path).status_code == 200
    assert Appointment.objects.get(pk=world.appointment_a).confirmed_at is not None
    assert STALE not in lines()["aland"].doubts


def test_what_changed_reaches_the_desk_and_is_emptied_when_settled(world: World) -> None:
    official = Official.objects.get(user=world.users["focal_point_a"])
    path = f"/r/still-right/{make_token(PURPOSE, f'official-{official.pk}')}/"
    assert Client().post(path, {"changed": "1", "remark": " "}).status_code == 422
    assert Client().post(path, {"changed": "1", "remark": "CANARY new address"}).status_code == 200
    desk = client_for(world, "secretariat")
    assert "CANARY new address" in desk.get("/desk/contacts/").content.decode()
    for name in ("focal_point_a", "co_chair", "steering_group_member"):
        assert client_for(world, name).get("/desk/contacts/").status_code == 404
    remark = ContactRemark.objects.get(text__startswith="CANARY")
    assert desk.post(f"/desk/contacts/remarks/{remark.pk}/settle/").status_code == 302
    remark.refresh_from_db()
    assert (remark.text, remark.settled_by) == ("", world.users["secretariat"])


def test_link_is_closed_once_the_place_ended_or_the_token_is_another_purpose(world: World) -> None:
    official = Official.objects.get(user=world.users["focal_point_a"])
    token = make_token(PURPOSE, f"official-{official.pk}")
    Appointment.objects.filter(pk=world.appointment_a).update(ended_at=timezone.now(), period_to=today())
    with pytest.raises(TokenError):
        confirm_contact(token=token)
    for wrong in (token, make_token("other", f"official-{official.pk}"), "official-1", "x" * 3000):
        assert Client().get(f"/r/still-right/{wrong}/").status_code == 404


def test_staff_ask_for_a_name_once_a_day_through_who_can_be_written_to(world: World) -> None:
    cland, topic, by = Participant.objects.get(slug="cland"), Topic.objects.get(), world.users["secretariat"]
    with pytest.raises(DomainError, match="Nobody at Cland"):
        ask_for_name(participant=cland, topic=topic, by=by)
    Office.objects.create(participant=cland, title="Foreign ministry", email="mfa@cland.example")
    desk = client_for(world, "secretariat")
    for _time in range(2):
        answer = {"participant": "cland", "topic": topic.key, "next": "//evil.example/"}
        response = desk.post("/desk/contacts/coverage/ask/", answer)
        assert (response.status_code, response["Location"]) == (302, "/desk/contacts/coverage/")
    assert Delivery.objects.filter(kind="ask_for_name", email="mfa@cland.example").count() == 1


@pytest.mark.parametrize("form", ["json", "csv", "xlsx"])
def test_matrix_is_taken_along_in_other_forms(world: World, form: str) -> None:
    assert client_for(world, "secretariat").get("/desk/contacts/coverage/", {"format": form}).status_code == 200
    assert client_for(world, "co_chair").get("/desk/contacts/coverage/", {"format": form}).status_code == 404


@pytest.mark.parametrize(
    "query", ["topic=%00", "topic=none&portfolio=%00", "kind=x&standing=y&show=z", "portfolio=" + "x" * 5000]
)
def test_hostile_choices_never_break_the_matrix(world: World, query: str) -> None:
    assert client_for(world, "secretariat").get(f"/desk/contacts/coverage/?{query}").status_code == 200
