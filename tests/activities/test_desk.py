"""The desk: references, drafts, publishing, two people at one record, bad input, attendance."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from activities.enums import ActivityStatus
from activities.forms import ActivityForm
from activities.models import Activity, ActivityKind, Attendance, Delegate
from activities.services.activities import (
    Content,
    change_status,
    edit_activity,
    publish_activity,
    record_activity,
    withdraw_activity,
)
from activities.services.attendance import record_attendance
from activities.services.nominations import Nominee, submit_delegation
from members.errors import Conflict, DomainError
from members.models.base import today
from tests.activities.test_delegations import invitation_of
from tests.cast import World, client_for, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def desk(world: World) -> Client:
    return client_for(world, "secretariat")


def content(**fields: Any) -> Content:
    kind = ActivityKind.objects.get(key="workshop")
    return Content({"title": "New", "kind": kind, "start": date(2027, 3, 1), "date_precision": "day"} | fields)


def answers(**more: Any) -> dict[str, Any]:
    kind = ActivityKind.objects.get(key="workshop").pk
    return {"title": "New workshop", "kind": kind, "start": "10 March 2027", "access_class": "public"} | more


def test_references_count_up_and_are_never_given_again(world: World) -> None:
    by = world.users["secretariat"]
    first, second = (record_activity(content=content(), by=by) for _n in range(2))
    assert (first.reference, second.reference) == ("XX-2027-01", "XX-2027-02")
    second.delete()
    assert record_activity(content=content(), by=by).reference == "XX-2027-03"
    assert record_activity(content=content(start=None, date_precision="unknown"), by=by).reference == "XX-UNDT-01"


def test_reference_stays_when_a_date_is_found(world: World) -> None:
    by = world.users["secretariat"]
    undated = record_activity(content=content(start=None, date_precision="unknown"), by=by)
    dated = edit_activity(activity=undated, content=content(), expected_version=undated.version, by=by)
    assert dated.reference == "XX-UNDT-01"


@pytest.mark.parametrize("who", ["focal_point_a", "co_chair", "former_focal_point"])
def test_only_the_desk_records(world: World, who: str) -> None:
    with pytest.raises(PermissionDenied):
        record_activity(content=content(), by=world.users[who])


def test_draft_is_nowhere_until_it_is_published(world: World, desk: Client) -> None:
    desk.post("/desk/activities/new/", answers(title="Canary e5f1"))
    made = Activity.objects.get(title="Canary e5f1")
    visitor = Client()
    places = [
        "/",
        "/activities/",
        "/activities/?q=Canary",
        "/search/?q=Canary",
        "/calendar/2027/",
        "/activities/?format=json",
        "/feeds/activities.atom",
    ]
    assert [place for place in places if "e5f1" in visitor.get(place).content.decode()] == []
    assert visitor.get(f"/activities/{made.reference}/").status_code == 404
    desk.post(f"/desk/activities/{made.reference}/publish/")
    assert "e5f1" in visitor.get("/activities/").content.decode()


def test_two_editors_see_both_texts_and_nothing_is_overwritten(world: World, desk: Client) -> None:
    address = f"/desk/activities/{world.draft_activity}/edit/"
    activity = Activity.objects.get(reference=world.draft_activity)
    mine = answers(title="Mine", version=activity.version)
    client_for(world, "administrator").post(address, answers(title="Theirs", version=activity.version))
    response = desk.post(address, mine)
    text = response.content.decode()
    assert response.status_code == 409
    assert ("Mine" in text, "Theirs" in text) == (True, True)
    activity.refresh_from_db()
    assert activity.title == "Theirs"
    desk.post(address, mine | {"version": activity.version})
    activity.refresh_from_db()
    assert activity.title == "Mine"


def test_service_refuses_an_old_version(world: World) -> None:
    activity = Activity.objects.get(reference=world.activity)
    with pytest.raises(Conflict):
        edit_activity(activity=activity, content=content(), expected_version=0, by=world.users["secretariat"])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": ""}, "This field is required."),
        ({"title": "x" * 251}, "at most 250 characters"),
        ({"title": "a\x00b"}, "Null characters are not allowed"),
        ({"kind": "999999"}, "Select a valid choice"),
        ({"start": "31 February 2027"}, "Enter a year, a month or a day"),
        ({"start": "", "end": "2027"}, "Give the first day too."),
        ({"end": "2026-01-01"}, "The last day is before the first."),
        ({"end": "2027"}, "Give the last day as exactly as the first."),
        ({"time_zone": "Mars/Olympus"}, "Enter a time zone by region and city"),
        ({"quota": "-1"}, "greater than or equal to 1"),
        ({"capacity": "many"}, "Enter a whole number."),
        ({"reply_by": "soon"}, "Enter a valid date."),
        ({"access_class": "everybody"}, "Select a valid choice"),
        ({"hosts": ["999999"]}, "Select a valid choice"),
        ({"source_says": "Something else"}, "Say in a public note that sources differ."),
    ],
)
def test_bad_input_is_said_next_to_the_field_and_kept(desk: Client, wrong: dict[str, Any], said: str) -> None:
    before = Activity.objects.count()
    response = desk.post("/desk/activities/new/", answers(city="Suva Canary") | wrong)
    text = response.content.decode()
    assert response.status_code == 422
    assert said in text
    assert "There is a problem" in text
    assert "Suva Canary" in text
    assert Activity.objects.count() == before


def test_fields_that_are_not_on_the_form_change_nothing(world: World, desk: Client) -> None:
    forged = {"reference": "XX-1999-01", "status": "held", "published_by": "1", "notes": "x", "confidence": "paper", "id": "1"}
    desk.post("/desk/activities/new/", answers(title="Forged") | forged)
    made = Activity.objects.get(title="Forged")
    assert (made.reference, made.status, made.published_by, made.notes) == ("XX-2027-01", "planned", None, "")


def test_copy_takes_the_content_and_not_the_dates(world: World, desk: Client) -> None:
    text = desk.get(f"/desk/activities/new/?copy={world.activity}").content.decode()
    assert 'value="Published"' in text
    assert str(today().year) not in text.split('id="id_start"')[0].rsplit("<input", 1)[1]
    assert desk.get("/desk/activities/new/?copy=XX-1900-01").status_code == 404


def test_status_follows_the_lifecycle(world: World) -> None:
    by, activity = world.users["secretariat"], Activity.objects.get(reference=world.activity)
    for status in (ActivityStatus.CANCELLED, ActivityStatus.POSTPONED):
        with pytest.raises(DomainError, match="Say why"):
            change_status(activity=activity, status=status, by=by)
    Activity.objects.filter(pk=activity.pk).update(status=ActivityStatus.CANCELLED)
    with pytest.raises(DomainError, match="cannot follow"):
        change_status(activity=activity, status=ActivityStatus.HELD, by=by)


def test_withdrawn_activity_keeps_its_address_and_says_why(world: World) -> None:
    by, activity = world.users["secretariat"], Activity.objects.get(reference=world.activity)
    with pytest.raises(DomainError, match="Say why"):
        withdraw_activity(activity=activity, reason=" ", by=by)
    withdraw_activity(activity=activity, reason="Recorded twice", by=by)
    response = Client().get(f"/activities/{world.activity}/")
    assert response.status_code == 410
    assert "Recorded twice" in response.content.decode()
    with pytest.raises(DomainError, match="not published"):
        publish_activity(activity=activity, by=by)


def came(world: World) -> list[Delegate]:
    nominees = [Nominee(f"P{n}", "Director", f"p{n}@x.example") for n in range(2)]
    submit_delegation(invitation=invitation_of(world), nominees=nominees, token="t", by=world.users["focal_point_a"])
    Activity.objects.filter(reference=world.activity).update(start=today() - timedelta(days=1), end=today())
    return list(Delegate.objects.order_by("pk"))


def test_attendance_is_recorded_from_the_first_day_and_repeating_is_harmless(world: World) -> None:
    nominees = [Nominee("P", "Director", "p@x.example")]
    submit_delegation(invitation=invitation_of(world), nominees=nominees, token="t", by=world.users["focal_point_a"])
    activity, by = Activity.objects.get(reference=world.activity), world.users["secretariat"]
    marks = {(Delegate.objects.get().pk, activity.start or today()): "present"}
    with pytest.raises(DomainError, match="from the first day"):
        record_attendance(activity=activity, marks=marks, by=by)
    delegates = came(world)
    activity.refresh_from_db()
    marks = {(row.pk, today()): "present" for row in delegates}
    assert record_attendance(activity=activity, marks=marks, by=by) == len(delegates)
    assert record_attendance(activity=activity, marks=marks, by=by) == 0
    assert {row.how for row in Attendance.objects.all()} == {"desk"}


def test_focal_point_records_its_own_delegation_only(world: World) -> None:
    delegates = came(world)
    activity, marks = Activity.objects.get(reference=world.activity), {(delegates[0].pk, today()): "remote"}
    record_attendance(activity=activity, marks=marks, by=world.users["focal_point_a"])
    assert Attendance.objects.get().how == "focal-point"
    with pytest.raises(DomainError, match="your own delegation"):
        record_attendance(activity=activity, marks={(delegates[1].pk, today()): "absent"}, by=world.users["focal_point_b"])


def test_attendance_sheet_takes_marks_and_refuses_nonsense(world: World, desk: Client) -> None:
    delegates = came(world)
    address, field = f"/desk/activities/{world.activity}/attendance/", f"d{delegates[0].pk}-{today():%Y%m%d}"
    assert desk.post(address, {field: "on the moon"}).status_code == 422
    assert desk.post(address, {field: "absent", "all": "1"}).status_code == 302
    assert sorted(Attendance.objects.values_list("status", flat=True)) == ["absent", "present", "present", "present"]


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_ask_as_often_with_one_row_as_with_three(world: World, rows: int, django_assert_num_queries: Any) -> None:
    for _number in range(rows):
        record_activity(content=content(), by=world.users["secretariat"])
    desk = client_for(world, "secretariat")
    desk.get("/about/")
    with django_assert_num_queries(9):
        desk.get("/desk/activities/")


def test_form_offers_what_the_record_holds(world: World) -> None:
    activity = Activity.objects.get(reference=world.activity)
    assert ActivityForm.initial_of(activity)["start"] == f"{activity.start:%Y-%m-%d}"
