"""Earlier names of participants: kept with their days, shown for the day asked for, entered at the desk."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from members.errors import DomainError
from members.models import Participant, ParticipantName
from members.models.base import today
from members.services.directory import rename_participant
from tests.cast import World, client_for, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def aland(world: World) -> Participant:
    return Participant.objects.get(slug="aland")


def earlier(participant: Participant, name: str = "Olland", until: date = date(2005, 6, 30), **fields: Any) -> ParticipantName:
    return ParticipantName.objects.create(participant=participant, name=name, period_to=until, **fields)


def test_name_of_the_day_is_shown_where_one_asks_for_it(aland: Participant, client: Client) -> None:
    earlier(aland)
    for asked, name in (("2004", "Olland"), ("30 June 2005", "Olland"), ("1 July 2005", "Aland"), ("", "Aland")):
        text = client.get("/participants/aland/", {"as_of": asked}).content.decode()
        assert f"<h1>{name}</h1>" in text
        assert ("The name in official use on that day. Today: Aland." in text) == (name == "Olland")
        row = next(r for r in client.get("/participants/", {"as_of": asked}).context["groups"][0][1] if r.slug == "aland")
        assert row.name_then == name


def test_names_and_maps_lists_earlier_names(aland: Participant, client: Client) -> None:
    earlier(aland, period_from=date(1999, 1, 1), period_from_precision="year")
    text = client.get("/about/names-and-maps/").content.decode()
    assert "Olland" in text
    assert "1999 to 30 June 2005" in text


def test_participant_is_found_by_an_earlier_name(aland: Participant, client: Client) -> None:
    earlier(aland)
    groups = client.get("/participants/?q=olland").context["groups"]
    assert [row.slug for _label, rows in groups for row in rows] == ["aland"]
    assert client.get("/search/?q=aland").status_code == 200


def test_lists_ask_as_often_with_one_earlier_name_as_with_three(aland: Participant, client: Client) -> None:
    counts: dict[str, list[int]] = {"/participants/": [], "/about/names-and-maps/": []}
    for number in range(3):
        earlier(
            aland,
            f"Name {number}",
            date(2000 + number, 12, 31),
            period_from=date(2000 + number, 1, 1),
        )
        for path, found in counts.items():
            with CaptureQueriesContext(connection) as queries:
                client.get(path)
            found.append(len(queries))
    assert all(found[0] == found[2] for found in counts.values())


def test_desk_adds_edits_and_takes_away_an_earlier_name(world: World, aland: Participant) -> None:
    desk = client_for(world, "secretariat")
    new = "/desk/contacts/participants/aland/name/new/"
    answers = {"name": "Olland", "starts": "1990", "ends": "June 2005", "confidence": "public"}
    assert desk.post(new, answers).status_code == 302
    row = ParticipantName.objects.get()
    assert (row.name, row.period_from, row.period_to, row.period_to_precision) == (
        "Olland",
        date(1990, 1, 1),
        date(2005, 6, 30),
        "month",
    )
    assert "1990 to June 2005" in desk.get("/desk/contacts/participants/aland/").content.decode()
    edit = f"/desk/contacts/records/name/{row.pk}/"
    assert desk.post(edit, answers | {"name": "Oldland", "expected_version": "1"}).status_code == 302
    assert desk.post(edit, answers | {"name": "Other", "expected_version": "1"}).status_code == 409
    assert desk.post(f"{edit}remove/").status_code == 302
    assert not ParticipantName.objects.exists()
    assert desk.get(f"/desk/history/earlier-name/{row.pk}/").status_code == 200


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"name": "X", "ends": ""}, "This field is required"),
        ({"name": "", "ends": "2004"}, "This field is required"),
        ({"name": "X", "ends": "sometime"}, "Enter a year, a month or a day"),
        ({"name": "X", "starts": "2005", "ends": "2004"}, "The period must not end before it starts"),
        ({"name": "X", "ends": "2004"}, "Another earlier name of this participant covers part of this period"),
        ({"name": "X\x00", "ends": "2014"}, "Null characters"),
    ],
)
def test_bad_names_are_refused_in_words(world: World, aland: Participant, answers: dict[str, str], said: str) -> None:
    earlier(aland)
    response = client_for(world, "secretariat").post(
        "/desk/contacts/participants/aland/name/new/", {"confidence": "public"} | answers
    )
    assert response.status_code == 422
    assert said in response.content.decode()
    assert ParticipantName.objects.count() == 1


def test_renaming_keeps_the_old_name_for_the_days_before(world: World, aland: Participant) -> None:
    desk = client_for(world, "secretariat")
    path = "/desk/contacts/participants/aland/rename/"
    assert desk.post(path, {"name": "Newland", "from_day": "2022-06-01"}).status_code == 302
    aland.refresh_from_db()
    row = ParticipantName.objects.get()
    assert (aland.name, aland.slug, row.name, row.period_from, row.period_to) == (
        "Newland",
        "aland",
        "Aland",
        None,
        date(2022, 5, 31),
    )
    assert aland.name_on(date(2022, 5, 31)) == "Aland"
    assert aland.name_on(date(2022, 6, 1)) == "Newland"
    rename_participant(participant=aland, name="Newestland", from_day=date(2024, 1, 1), by=world.users["secretariat"])
    second = ParticipantName.objects.get(name="Newland")
    assert (second.period_from, second.period_to) == (date(2022, 6, 1), date(2023, 12, 31))


@pytest.mark.parametrize(
    ("name", "day", "said"),
    [
        ("Aland", date(2022, 1, 1), "its name already"),
        ("X", today() + timedelta(days=1), "must not be in the future"),
        ("X", date(2005, 6, 30), "must begin after the old one did"),
    ],
)
def test_renaming_is_refused_in_words(world: World, aland: Participant, name: str, day: date, said: str) -> None:
    earlier(aland)
    with pytest.raises(DomainError, match=said):
        rename_participant(participant=aland, name=name, from_day=day, by=world.users["secretariat"])
    response = client_for(world, "secretariat").post(
        "/desk/contacts/participants/aland/rename/", {"name": name, "from_day": day.isoformat()}
    )
    assert response.status_code == 422
    assert said in response.content.decode()


def test_name_of_another_participant_is_refused(world: World, aland: Participant) -> None:
    response = client_for(world, "secretariat").post(
        "/desk/contacts/participants/aland/rename/", {"name": "Bland", "from_day": "2022-06-01"}
    )
    assert response.status_code == 422
    aland.refresh_from_db()
    assert aland.name == "Aland"
    assert not ParticipantName.objects.exists()
