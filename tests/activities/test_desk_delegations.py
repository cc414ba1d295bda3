"""The delegations of one activity at the desk: who comes, what the host needs, as page and file; days at the door."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from activities.enums import ActivityStatus, AttendanceMode, DelegatePart
from activities.models import Activity, Attendance, Delegate, Nomination
from activities.services.attendance import record_attendance
from activities.services.nominations import Nominee, withdraw_nominee
from members.models import AccessRecord, Official, Participant
from members.models.base import today
from tests.activities.delegations import PEOPLE, activity_of, invitation_of, submit
from tests.activities.test_certificates import words_of
from tests.cast import World, client_for, make_world

MOST_QUERIES = 12
FIRST, SECOND, WEEK = today() - timedelta(days=1), today(), timedelta(days=7)
DEWI = replace(PEOPLE[0], part=DelegatePart.ADVISER, meal="Halal", days=(SECOND,), visa_letter=True)
BUDI = replace(PEOPLE[1], part=DelegatePart.HEAD, meal=" halal", access_needs="A ramp", name_own_script="ບຸດີ")
SRI = replace(PEOPLE[2], meal="Vegetarian", mode=AttendanceMode.ONLINE, visa_letter=True)
OF_B = Nominee("Bo Bland", "Clerk", "bo@bland.example", meal="=1+1")


@pytest.fixture
def world(db: None) -> World:
    """Two days, yesterday and today; three people of A and one of B, who named B's before the first day."""
    made = make_world()
    ahead = Activity.objects.filter(reference=made.activity)
    ahead.update(start=FIRST + WEEK, end=SECOND + WEEK)
    submit(made, [replace(DEWI, days=(SECOND + WEEK,)), BUDI, SRI])
    submit(made, [OF_B], side="b")
    Nomination.objects.filter(official__email=DEWI.email).update(days=[SECOND])
    ahead.update(start=FIRST, end=SECOND, status=ActivityStatus.HELD)
    return made


@pytest.fixture
def desk(world: World) -> Client:
    return client_for(world, "secretariat")


def address(world: World, query: str = "") -> str:
    return f"/desk/activities/{world.activity}/delegations/{query}"


def shown(client: Client, url: str) -> str:
    response: Any = client.get(url)
    assert response.status_code == 200
    return " ".join(unescape(response.content.decode()).split())


def names(text: str) -> list[str]:
    """Names of the four that stand in the text, in its order."""
    known = [person.name for person in (DEWI, BUDI, SRI, OF_B)]
    found = [(text.find(f'<th scope="row">{name}'), name) for name in known]
    return [name for where, name in sorted(found) if where >= 0]


def csv_rows(client: Client, url: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(client.get(url).content.decode("utf-8-sig"))))


def test_each_delegation_is_a_section_with_the_head_first_and_the_adviser_last(world: World, desk: Client) -> None:
    text = shown(desk, address(world))
    assert names(text) == ["Budi Santoso", "Sri Wahyuni", "Dewi Lestari", "Bo Bland"]
    assert text.index(">Aland</h2>") < text.index("Dewi Lestari") < text.index(">Bland</h2>") < text.index("Bo Bland")
    assert [word in text for word in ("ບຸດີ", "A ramp", "Online", "No answer yet")] == [True] * 4


def test_the_host_reads_how_many_meals_letters_and_access_needs(world: World, desk: Client) -> None:
    text = shown(desk, address(world))
    figures = {
        "People": "3",  # Sri takes part online
        "Meal: Halal": "2",
        "Meal: =1+1": "1",
        "Nothing said about the meal": "0",
    }
    for words, number in figures.items():
        assert f"<dt>{words}</dt><dd>{number}</dd>" in text
    assert "Meal: Vegetarian" not in text
    assert '<dt>Letter for the visa</dt><dd><a href="?need=visa">1<' in text


def test_who_cannot_come_waits_or_is_withdrawn_is_not_provided_for(world: World, desk: Client) -> None:
    now = timezone.now()
    Nomination.objects.filter(official__email=BUDI.email).update(answer="not-coming", answered_at=now)
    Nomination.objects.filter(official__email=OF_B.email).update(state="waiting", waiting_since=now)
    text = shown(desk, address(world))
    assert [words in text for words in ("Cannot come", "On the waiting list, number 1")] == [True, True]
    assert "<dt>People</dt><dd>1</dd>" in text
    assert names(shown(desk, address(world, "?need=access"))) == []
    Activity.objects.filter(reference=world.activity).update(start=FIRST + WEEK, end=SECOND + WEEK, status=ActivityStatus.PLANNED)
    sri = Nomination.objects.get(official__email=SRI.email)
    withdraw_nominee(nomination=sri, by=world.users["focal_point_a"])
    assert "Sri Wahyuni" not in shown(desk, address(world))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?participant=bland", ["Bo Bland"]),
        ("?need=visa", ["Dewi Lestari"]),
        ("?need=meal", ["Budi Santoso", "Dewi Lestari", "Bo Bland"]),
        ("?need=access", ["Budi Santoso"]),
        (f"?day={FIRST:%Y-%m-%d}", ["Budi Santoso", "Sri Wahyuni", "Bo Bland"]),
        (f"?day={SECOND:%Y-%m-%d}&participant=aland&need=meal", ["Budi Santoso", "Dewi Lestari"]),
        (f"?day={FIRST:%Y-%m-%d}&participant=bland&need=access", []),
        ("?participant=%00&need=x&day=9999-99-99", ["Budi Santoso", "Sri Wahyuni", "Dewi Lestari", "Bo Bland"]),
    ],
)
def test_page_and_file_show_the_people_asked_for(world: World, desk: Client, query: str, found: list[str]) -> None:
    assert names(shown(desk, address(world, query))) == found
    rows = csv_rows(desk, address(world, f"{query}&format=csv"))
    assert [row[1] for row in rows[1:]] == found


def test_the_needs_are_those_of_the_day_asked_for(world: World, desk: Client) -> None:
    assert "<dt>Meal: halal</dt><dd>1</dd>" in shown(desk, address(world, f"?day={FIRST:%Y-%m-%d}"))
    assert "<dt>Meal: Halal</dt><dd>2</dd>" in shown(desk, address(world, f"?day={SECOND:%Y-%m-%d}&participant=aland"))


def test_the_file_holds_no_formula_and_who_takes_it_is_written_down(world: World, desk: Client) -> None:
    rows = csv_rows(desk, address(world, "?format=csv"))
    assert rows[0] == [
        *("Participant", "Name", "Name in own script", "Position", "Part in the delegation", "Days attending", "Attending"),
        *("Standing", "Answer of the delegate", "Meal", "Access needs", "Letter for the visa"),
    ]
    assert rows[3] == [
        *("Aland", "Dewi Lestari", "", "Director, Ministry", "Adviser", f"{SECOND:%Y-%m-%d}", "In person"),
        *("Registered", "", "Halal", "", "yes"),
    ]
    assert rows[4][9] == "'=1+1"
    book = load_workbook(io.BytesIO(desk.get(address(world, "?format=xlsx")).content))
    assert [(cell.value, cell.data_type) for cell in book.worksheets[0]["J"]][-1] == ("=1+1", "s")
    written = AccessRecord.objects.filter(object_label="delegations").order_by("pk").values_list("action", "object_ref")
    assert list(written) == [("exported", world.activity)] * 2
    assert desk.get(address(world, "?format=json")).status_code == 404
    led = desk.get(f"/id{address(world, '?format=csv')}")
    assert (led.status_code, led.headers["Location"]) == (302, address(world, "?format=csv"))
    assert AccessRecord.objects.filter(object_label="delegations").count() == 2


def test_who_opens_the_page_is_written_down(world: World, desk: Client) -> None:
    desk.get(address(world))
    row = AccessRecord.objects.get(object_label="delegations")
    assert (row.action, row.object_ref, row.actor_id) == ("opened", world.activity, world.users["secretariat"].pk)


@pytest.mark.parametrize("who", ["focal_point_a", "focal_point_b", "co_chair", "ministry_official_a"])
def test_nobody_outside_the_desk_sees_the_page_or_the_file(world: World, who: str) -> None:
    client = client_for(world, who)
    assert [client.get(address(world, query)).status_code for query in ("", "?format=csv")] == [404, 404]


def test_meals_and_access_needs_are_never_in_the_history(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM activities_nominationevent t WHERE t::text ~* 'halal|ramp'")
        assert cursor.fetchone() == (0,)


def test_who_is_on_the_list_without_being_named_stands_in_it(world: World, desk: Client) -> None:
    bland = Participant.objects.get(slug="bland")
    official = Official.objects.create(participant=bland, name="Zed Bland", position="Clerk")
    Delegate.objects.create(activity=activity_of(world), official=official, participant=bland, title="Envoy")
    rows = csv_rows(desk, address(world, "?participant=bland&format=csv"))
    assert [(row[1], row[3], row[7]) for row in rows[1:]] == [
        ("Bo Bland", "Clerk", "Registered"),
        ("Zed Bland", "Envoy", "Not named by the participant."),
    ]


def test_an_empty_list_says_so_and_who_is_invited(db: None) -> None:
    made = make_world()
    text = shown(client_for(made, "secretariat"), address(made))
    said = ("No delegate is registered.", "Invited, and nobody is named yet", "Aland: Issued", "Bland: Issued")
    assert [words in text for words in said] == [True] * 4
    assert "For the host" not in text


def test_the_page_is_led_to_from_where_the_activity_is_worked_on(world: World, desk: Client) -> None:
    for place in ("", "invitations/", "attendance/papers/"):
        assert f'href="{address(world)}"' in desk.get(f"/desk/activities/{world.activity}/{place}").content.decode()


def test_the_page_and_the_file_ask_as_often_for_one_as_for_three(world: World, desk: Client) -> None:
    Delegate.objects.all().delete()
    Nomination.objects.exclude(official__email=OF_B.email).delete()
    desk.get(address(world))
    counted = []
    for _time in range(2):
        for query in ("", "?format=csv"):
            with CaptureQueriesContext(connection) as seen:
                desk.get(address(world, query))
            counted.append(len(seen))
        for side in "ab":
            invitation = invitation_of(world, side)
            official = Official.objects.create(participant=invitation.participant, name=f"One more of {side}")
            Nomination.objects.create(invitation=invitation, official=official, submitted_by=world.users["secretariat"])
    assert (counted[:2], max(counted) <= MOST_QUERIES) == (counted[2:], True)


# --- days attending, at the door and on the sheet to sign -------------------------------------------------------------


def door(world: World, more: str = "") -> str:
    return f"/desk/activities/{world.activity}/attendance/{more}"


def test_who_is_there_on_the_second_day_only_stands_at_the_end_of_the_first(world: World, desk: Client) -> None:
    first = shown(desk, door(world, f"?place={FIRST:%Y%m%d}"))
    assert first.index("Sri Wahyuni") < first.index("Not expected on this day") < first.index("Dewi Lestari")
    assert "0 of 3 were there; 3 not recorded." in first
    second = shown(desk, door(world, f"?place={SECOND:%Y%m%d}"))
    assert ("Not expected on this day" in second, "0 of 4 were there; 4 not recorded." in second) == (False, True)
    table = shown(desk, door(world, f"?place={FIRST:%Y%m%d}&as=table"))
    assert table.index("Bo Bland") < table.index("Not expected on this day")


def test_everybody_present_leaves_out_who_is_not_expected_who_can_still_come(world: World, desk: Client) -> None:
    desk.post(door(world), {"place": f"{FIRST:%Y%m%d}", "all": "1"})
    there = Attendance.objects.filter(day=FIRST).values_list("delegate__official__name", flat=True)
    assert sorted(there) == ["Bo Bland", "Budi Santoso", "Sri Wahyuni"]
    dewi = Delegate.objects.get(official__name="Dewi Lestari")
    record_attendance(activity=activity_of(world), marks={(dewi.pk, FIRST): "present"}, by=world.users["secretariat"])
    assert "4 of 4 were there; 0 not recorded." in shown(desk, door(world, f"?place={FIRST:%Y%m%d}"))


def test_days_that_are_the_activitys_no_more_keep_nobody_from_the_list(world: World, desk: Client) -> None:
    Nomination.objects.filter(official__email=DEWI.email).update(days=[FIRST - timedelta(days=30)])
    assert "Not expected on this day" not in shown(desk, door(world, f"?place={FIRST:%Y%m%d}"))
    assert "Dewi Lestari" in names(shown(desk, address(world, f"?day={FIRST:%Y-%m-%d}")))


def test_on_the_sheet_to_sign_they_stand_at_the_end_too(world: World, desk: Client) -> None:
    said = words_of(desk.get(door(world, f"papers/sheet/{FIRST:%Y%m%d}/")).content)
    assert said.index("Bo Bland") < said.index("Not expected on this day") < said.index("Dewi Lestari")
    assert "Not expected on this day" not in words_of(desk.get(door(world, f"papers/sheet/{SECOND:%Y%m%d}/")).content)
