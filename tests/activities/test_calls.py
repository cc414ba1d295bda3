"""The log of calls: recorded, edited and withdrawn at the desk, read and exported by the steering group."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from activities.models import Activity, CallRecord
from activities.services.calls import edit_call, record_call, withdraw_call
from members.errors import Conflict, DomainError
from members.models import AccessRecord, Seat
from members.models.base import today
from tests.cast import World, client_for, make_world

DESK = "/desk/steering-group/calls/"
ROOM = "/steering-group/room/calls/"


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def desk(world: World) -> Client:
    return client_for(world, "secretariat")


def answers(world: World, **changes: Any) -> dict[str, Any]:
    return {
        "subject": "Next workshop",
        "held_on": "2020-05-04",
        "starts_at": "09:30",
        "time_zone": "Asia/Jakarta",
        "seats": [world.seat],
        "others": "IOM, Jakarta office",
        "summary": "Talked it over",
        "agreed": "The secretariat drafts the letter",
    } | changes


def test_call_is_recorded_edited_and_withdrawn(world: World, desk: Client) -> None:
    activity = Activity.objects.get(reference=world.activity)
    assert desk.post(f"{DESK}new/", answers(world, activity=activity.pk)).status_code == 302
    call = CallRecord.objects.get(subject="Next workshop")
    assert (call.held_on, call.starts_at, call.time_zone) == (date(2020, 5, 4), time(9, 30), "Asia/Jakarta")
    assert [seat.pk for seat in call.seats.all()] == [world.seat]
    assert (call.activity, call.recorded_by) == (activity, world.users["secretariat"])
    changed = answers(world, subject="Next two workshops", seats=[], version=call.version)
    assert desk.post(f"{DESK}{call.pk}/", changed).status_code == 302
    call.refresh_from_db()
    assert (call.subject, call.version, call.seats.count(), call.activity) == ("Next two workshops", 2, 0, None)
    member = client_for(world, "steering_group_member")
    text = member.get(f"{ROOM}{call.pk}/").content.decode()
    assert "4 May 2020, 09:30 Asia/Jakarta" in text
    assert "The secretariat drafts the letter" in text
    assert desk.post(f"{DESK}{call.pk}/withdraw/", {"reason": ""}).status_code == 302
    call.refresh_from_db()
    assert call.withdrawn_at is None
    desk.post(f"{DESK}{call.pk}/withdraw/", {"reason": "Entered twice"})
    gone = member.get(f"{ROOM}{call.pk}/")
    assert (gone.status_code, "Entered twice" in gone.content.decode()) == (410, True)
    assert "Talked it over" not in gone.content.decode()
    assert "Next two workshops" not in member.get(ROOM).content.decode()
    assert "Next two workshops" not in member.get("/steering-group/room/").content.decode()
    with pytest.raises(DomainError, match="not edited"):
        edit_call(call=call, fields={}, seats=[], expected_version=3, by=world.users["secretariat"])


def test_two_editors_of_a_call(world: World, desk: Client) -> None:
    call, by = CallRecord.objects.get(pk=world.call), world.users["administrator"]
    old = call.version
    edit_call(call=call, fields={"subject": "Theirs"}, seats=Seat.objects.filter(pk=world.seat), expected_version=old, by=by)
    answer = desk.post(f"{DESK}{call.pk}/", answers(world, subject="Mine", version=old))
    assert answer.status_code == 409
    differing = {str(label): (mine, theirs) for label, mine, theirs in answer.context["rows"]}
    assert differing["Subject"] == ("Mine", "Theirs")
    assert "Seats that took part" not in differing
    assert CallRecord.objects.get(pk=call.pk).subject == "Theirs"
    with pytest.raises(Conflict):
        edit_call(call=call, fields={}, seats=[], expected_version=old, by=by)
    assert desk.post(f"{DESK}{call.pk}/", answers(world, subject="Mine", version=old + 1)).status_code == 302


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"subject": ""}, "Enter the subject."),
        ({"subject": "a\x00b"}, "Null characters are not allowed."),
        ({"held_on": str(today() + timedelta(days=2))}, "This day is still to come."),
        ({"held_on": "1899-01-01"}, "before the process began"),
        ({"held_on": "04/05"}, "Enter a valid date."),
        ({"starts_at": "25:00"}, "Enter a valid time."),
        ({"time_zone": "Jakarta"}, "Enter a time zone by region and city"),
        ({"seats": [], "others": ""}, "Say who took part."),
        ({"seats": ["999999999"]}, "Select a valid choice."),
        ({"seats": ["x"]}, "is not a valid value"),
        ({"proposal": "9" * 30}, "Select a valid choice."),
        ({"activity": "\x00"}, "Null characters are not allowed."),
        ({"summary": "x" * 10_001}, "at most 10000 characters"),
    ],
)
def test_bad_input_is_said_next_to_its_field_and_answers_are_kept(
    world: World, desk: Client, changes: dict[str, Any], said: str
) -> None:
    answer = desk.post(f"{DESK}new/", answers(world, **changes))
    assert answer.status_code == 422
    text = answer.content.decode()
    assert said in text
    assert "The secretariat drafts the letter" in text
    assert CallRecord.objects.count() == 1


def test_list_export_and_their_records(world: World, desk: Client) -> None:
    desk.post(f"{DESK}new/", answers(world))
    chair = client_for(world, "co_chair")
    found = chair.get(f"{ROOM}?format=json").json()
    assert (found["count"], found["next"]) == (2, None)
    row = next(row for row in found["results"] if row["subject"] == "Next workshop")
    assert (row["date"], row["time"], row["time_zone"]) == ("2020-05-04", "09:30", "Asia/Jakarta")
    assert (row["took_part"], row["agreed"]) == (["Cland: co-chair"], "The secretariat drafts the letter")
    assert [row["subject"] for row in chair.get(f"{ROOM}?format=json&q=letter").json()["results"]] == ["Next workshop"]
    for form in ("csv", "xlsx"):
        assert chair.get(f"{ROOM}?format={form}").status_code == 200
    assert chair.get(f"{ROOM}?format=song").status_code == 404
    exported = AccessRecord.objects.filter(object_label="calls", action="exported", actor_id=world.users["co_chair"].pk)
    assert exported.count() == 4
    chair.get(f"{ROOM}{world.call}/")
    opened = AccessRecord.objects.filter(object_label="call", action="opened").values_list("object_ref", "actor_id")
    assert list(opened) == [(str(world.call), world.users["co_chair"].pk)]


def test_a_call_that_looks_like_a_formula_stays_text(world: World) -> None:
    CallRecord.objects.update(subject="=1+1")
    text = client_for(world, "co_chair").get(f"{ROOM}?format=csv").content.decode("utf-8-sig")
    assert ",'=1+1," in text


def test_lists_ask_the_same_number_of_questions_for_any_number_of_rows(world: World, desk: Client) -> None:
    chair = client_for(world, "co_chair")

    def questions() -> list[int]:
        counted = []
        for client, url in ((chair, ROOM), (desk, DESK), (chair, f"{ROOM}?format=csv")):
            with CaptureQueriesContext(connection) as seen:
                assert client.get(url).status_code == 200
            counted.append(len(seen))
        return counted

    before = questions()
    activity = Activity.objects.get(reference=world.activity)
    for number in range(3):
        fields = {"held_on": date(2020, 1, 1), "starts_at": time(9), "time_zone": "Asia/Jakarta", "subject": f"C{number}"}
        record_call(fields=fields | {"activity": activity}, seats=Seat.objects.all(), by=world.users["secretariat"])
    assert questions() == before


def test_history_of_a_call_holds_who_took_part(world: World) -> None:
    by = world.users["secretariat"]
    fields = {"held_on": date(2020, 1, 1), "starts_at": time(9), "time_zone": "Asia/Jakarta", "subject": "Budget"}
    call = record_call(fields=fields, seats=Seat.objects.filter(pk=world.seat), by=by)
    edit_call(call=call, fields={}, seats=[], expected_version=1, by=by)
    withdraw_call(call=call, reason="Twice", by=by)
    events = apps.get_model("activities", "CallSeatEvent")._default_manager.filter(call_id=call.pk).order_by("pk")
    assert [(row.pgh_label, row.seat_id, row.pgh_context["verb"]) for row in events] == [
        ("insert", world.seat, "record_call"),
        ("delete", world.seat, "edit_call"),
    ]
    verbs = apps.get_model("activities", "CallRecordEvent")._default_manager.filter(pgh_obj_id=call.pk).order_by("pk")
    assert [row.pgh_context["verb"] for row in verbs] == ["record_call", "edit_call", "withdraw_call"]
    assert {row.pgh_context["user"] for row in verbs} == {by.pk}
