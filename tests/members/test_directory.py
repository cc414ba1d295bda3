"""The directory at the desk: forms, two editors, renaming a ministry, who belongs where."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from members.enums import AppointmentRole, Channel, DatePrecision
from members.errors import DomainError
from members.models import (
    Appointment,
    Ministry,
    Office,
    Official,
    Participant,
    Portfolio,
    Seat,
    Topic,
)
from members.models.base import today
from members.services.appointments import appoint
from members.services.directory import remove_record, rename_ministry
from tests.cast import World, client_for, make_world

DESK = "/desk/contacts/"


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def desk(world: World) -> Client:
    return client_for(world, "secretariat")


def ministry(world: World) -> Ministry:
    return Ministry.objects.get(pk=world.ministry_a)


def test_official_is_recorded_edited_and_found(world: World, desk: Client) -> None:
    answers = {
        "name": "Ñandú 田中",
        "name_own_script": "田中",
        "position": "Director",
        "email": "n@a.example",
        "channel": "direct",
    }
    response = desk.post(f"{DESK}participants/aland/official/new/", answers)
    assert (response.status_code, response["Location"]) == (302, f"{DESK}participants/aland/")
    official = Official.objects.get(email="n@a.example")
    assert (official.name, official.participant.slug if official.participant else "") == ("Ñandú 田中", "aland")
    edited = answers | {"position": "Head", "expected_version": official.version, "ends": "2030-05"}
    assert desk.post(f"{DESK}records/official/{official.pk}/", edited).status_code == 302
    official.refresh_from_db()
    assert (official.position, official.period_to, official.period_to_precision) == (
        "Head",
        date(2030, 5, 31),
        DatePrecision.MONTH,
    )
    for words in ("nandu", "田中", "aland head"):
        assert (
            "n@a.example" in desk.get(DESK, {"q": words}).content.decode()
            or "Ñandú" in desk.get(DESK, {"q": words}).content.decode()
        )


@pytest.mark.parametrize(
    ("kind", "answers", "said"),
    [
        ("official", {"name": "", "channel": "direct"}, "This field is required."),
        ("official", {"name": "A", "email": "not an address", "channel": "direct"}, "Enter a valid email address."),
        ("official", {"name": "A", "channel": "direct", "starts": "soon"}, "Enter a year, a month or a day"),
        ("official", {"name": "A", "channel": "direct", "starts": "2005", "ends": "2004"}, "must not end before it starts"),
        ("official", {"name": "A", "channel": "direct", "email": "focal-point-a@cast.example"}, "has this e-mail address"),
        ("official", {"name": "A", "channel": "direct", "ministry": "999999"}, "Select a valid choice"),
        ("ministry", {"name": "M", "confidence": "public"}, "This field is required."),
        ("office", {"title": "", "rank": "other", "channel": "direct"}, "This field is required."),
        ("standing", {"standing": "friend"}, "Select a valid choice"),
    ],
)
def test_bad_answers_are_said_at_their_field_and_kept(
    world: World, desk: Client, kind: str, answers: dict[str, str], said: str
) -> None:
    response = desk.post(f"{DESK}participants/aland/{kind}/new/", answers)
    assert response.status_code == 422
    page = response.content.decode()
    assert said in page
    for name, value in answers.items():
        assert not value or name in {"ministry", "standing"} or value in page  # what no list offers cannot be shown in it


@pytest.mark.parametrize("hostile", ["\x00", "x" * 100_000, "<script>alert(1)</script>", "'; DROP TABLE x; --"])
def test_hostile_names_never_break_the_page(world: World, desk: Client, hostile: str) -> None:
    response = desk.post(f"{DESK}participants/aland/official/new/", {"name": hostile, "channel": "direct"})
    assert response.status_code in {302, 422}
    assert desk.get(DESK, {"q": hostile[:2000]}).status_code == 200
    assert "<script>alert" not in desk.get(f"{DESK}participants/aland/").content.decode()


def test_second_editor_sees_both_texts_and_overwrites_nothing(world: World, desk: Client) -> None:
    official = Official.objects.get(pk=world.official_a)
    base = {"name": "One", "channel": "direct", "expected_version": official.version, "position": "First"}
    assert desk.post(f"{DESK}records/official/{official.pk}/", base).status_code == 302
    response = desk.post(f"{DESK}records/official/{official.pk}/", base | {"position": "Second"})
    assert response.status_code == 409
    page = response.content.decode()
    assert "First" in page
    assert "Second" in page
    official.refresh_from_db()
    assert official.position == "First"


def test_ministry_has_a_portfolio_and_no_circle_above_it(world: World, desk: Client) -> None:
    portfolio = Portfolio.objects.create(key="justice", name_en="Justice", order=1)
    above = ministry(world)
    answers: dict[str, Any] = {"name": "Agency", "portfolios": [portfolio.pk], "part_of": above.pk, "confidence": "public"}
    assert desk.post(f"{DESK}participants/aland/ministry/new/", answers).status_code == 302
    agency = Ministry.objects.get(name="Agency")
    assert (agency.part_of, agency.code) == (above, "ALAND-M02")
    back: dict[str, Any] = {
        "name": "Above",
        "portfolios": [portfolio.pk],
        "part_of": agency.pk,
        "confidence": "public",
        "expected_version": above.version,
    }
    response = desk.post(f"{DESK}records/ministry/{above.pk}/", back)
    assert response.status_code == 422
    assert "agency of its own agency" in response.content.decode()


def test_renamed_ministry_is_a_successor_and_the_past_keeps_its_name(world: World) -> None:
    old = ministry(world)
    official = Official.objects.get(pk=world.official_a)
    kept = appoint(
        official=official,
        role=AppointmentRole.MINISTRY,
        participant=old.participant,
        by=world.users["secretariat"],
        from_day=date(2020, 1, 1),
    )
    new = rename_ministry(ministry=old, name="Ministry of New Aland", from_day=date(2026, 1, 1), by=world.users["secretariat"])
    old.refresh_from_db()
    official.refresh_from_db()
    assert (old.period_to, old.successor, old.name) == (date(2025, 12, 31), new, "Ministry of Aland")
    assert official.ministry == new
    assert Appointment.objects.get(pk=kept.pk).title == kept.title
    with pytest.raises(DomainError):
        rename_ministry(ministry=old, name="Third", from_day=date(2027, 1, 1), by=world.users["secretariat"])


def test_what_others_refer_to_cannot_be_taken_away(world: World, desk: Client) -> None:
    by = world.users["secretariat"]
    with pytest.raises(DomainError):
        remove_record(record=Official.objects.get(pk=world.official_a), by=by)
    alone = Official.objects.create(participant=Participant.objects.get(slug="aland"), name="Typed by mistake")
    assert desk.post(f"{DESK}records/official/{alone.pk}/remove/").status_code == 302
    assert not Official.objects.filter(pk=alone.pk).exists()


def test_nobody_speaks_for_another_government(world: World) -> None:
    stranger = Official.objects.get(user=world.users["focal_point_b"])
    with pytest.raises(DomainError, match="belongs to"):
        appoint(
            official=stranger,
            role=AppointmentRole.FOCAL_POINT,
            participant=Participant.objects.get(slug="aland"),
            topic=Topic.objects.get(),
            by=world.users["secretariat"],
        )


def test_deputy_acts_beside_the_holder_of_the_same_place(world: World) -> None:
    aland, by = Participant.objects.get(slug="aland"), world.users["secretariat"]
    principal = Appointment.objects.get(pk=world.appointment_a)
    deputy = Official.objects.create(participant=aland, name="Deputy", email="deputy@a.example")
    place: dict[str, Any] = {"role": AppointmentRole.FOCAL_POINT, "participant": aland, "topic": principal.topic, "by": by}
    with pytest.raises(DomainError, match="already"):
        appoint(official=deputy, **place)
    made = appoint(official=deputy, acting_for=principal, **place)
    assert made.acting_for == principal
    with pytest.raises(DomainError, match="same place"):
        appoint(official=deputy, role=AppointmentRole.MINISTRY, participant=aland, acting_for=principal, by=by)


def test_seat_is_made_filled_and_past(world: World, desk: Client) -> None:
    body = f"{DESK}bodies/steering-group/"
    seat = Seat.objects.get(pk=world.seat)
    assert desk.post(f"{body}new/", {"role": seat.role_id, "confidence": "public"}).status_code == 422
    aland = Participant.objects.get(slug="aland")
    answers = {"participant": aland.pk, "role": seat.role_id, "confidence": "public", "starts": "2026", "represents": "ministers"}
    assert desk.post(f"{body}new/", answers).status_code == 302
    made = Seat.objects.get(participant=aland)
    assert desk.post(f"{body}new/", answers).status_code == 422  # nobody has the same seat twice at one time
    holder = f"official-{Official.objects.get(user=world.users['focal_point_a']).pk}"
    appointed = desk.post(f"{body}{made.pk}/appoint/", {"holder": holder, "starts": f"{today():%Y-%m-%d}"})
    assert appointed.status_code == 302
    assert Appointment.objects.get(seat=made).official_id == int(holder.partition("-")[2])
    page = desk.get(body).content.decode()
    assert "Person focal_point_a" in page
    assert "On behalf of ministers" in page


def test_list_costs_the_same_with_one_row_and_with_three(world: World, desk: Client) -> None:
    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert desk.get(path).status_code == 200
        return len(found)

    aland, topic = Participant.objects.get(slug="aland"), Topic.objects.get()
    pages = (DESK, f"{DESK}participants/aland/", f"{DESK}coverage/", f"{DESK}bodies/steering-group/", f"{DESK}?q=person")
    aland.standings.create(standing="member", period_from=date(2002, 1, 1))
    before = {path: queries(path) for path in pages}
    for number in range(3):
        other = Participant.objects.create(name=f"Other {number}", slug=f"other-{number}", kind="government")
        other.standings.create(standing="member", period_from=date(2002, 1, 1))
        owner = Ministry.objects.create(code=f"O{number}", participant=aland, name=f"Ministry {number}")
        official = Official.objects.create(
            participant=aland, ministry=owner, name=f"Person {number}", email=f"p{number}@a.example"
        )
        Office.objects.create(participant=aland, title=f"Office {number}", channel=Channel.MISSION, email=f"o{number}@a.example")
        Appointment.objects.create(
            official=official,
            role=AppointmentRole.FOCAL_POINT,
            participant=aland,
            topic=topic,
            period_from=date(2010 + number, 1, 1),
            period_to=date(2010 + number, 6, 1),
        )
        Appointment.objects.create(
            official=official, role=AppointmentRole.MINISTRY, participant=aland, period_from=today() - timedelta(days=100)
        )
    assert {path: queries(path) for path in pages} == before
