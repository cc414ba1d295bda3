"""What is recorded of an activity is read where people decide: on its page, in its letter, in what it says of who came."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest
from django.test import Client

from activities.enums import AttendanceStatus
from activities.models import Activity
from activities.rendering import _facts
from activities.selectors import participation
from activities.services.attendance import record_attendance
from members.models import Portfolio
from members.models.base import today
from tests.activities.test_attendance import held, who
from tests.cast import World, client_for, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def desk(world: World) -> Client:
    return client_for(world, "secretariat")


def described(world: World) -> Activity:
    activity = Activity.objects.get(reference=world.activity)
    activity.venue, activity.scope, activity.added_value = "Hall of Examples", "Regional", "Nobody else brings the two together."
    activity.starts_at, activity.ends_at, activity.time_zone = time(9), time(17, 30), "Asia/Jakarta"
    activity.save()
    activity.portfolios.add(Portfolio.objects.create(key="labour", name_en="Labour", name_id="Ketenagakerjaan"))
    return activity


def test_page_says_when_exactly_where_exactly_for_whom_and_what_it_adds(world: World) -> None:
    activity = described(world)
    text = Client().get(f"/activities/{activity.reference}/").content.decode()
    for words in ("09:00–17:30 (Asia/Jakarta)", "Hall of Examples", "Regional", "Nobody else brings the two together.", "Labour"):
        assert words in text


def test_letter_says_the_hours_the_ministries_and_the_scope(world: World) -> None:
    class Parts:
        activity, reply_by, quota = described(world), None, None

    facts = dict(_facts(Parts(), "en"))  # type: ignore[arg-type]
    assert facts["When"].endswith(", 09:00–17:30 (Asia/Jakarta)")
    assert (facts["Ministries wanted"], facts["Scope"]) == ("Labour", "Regional")
    assert facts["Where"].startswith("Hall of Examples")


def test_who_came_is_told_apart_from_who_is_not_recorded(world: World) -> None:
    activity = held(world)
    assert participation(activity).came is False
    page = f"/activities/{activity.reference}/"
    assert "Who came is not recorded." in Client().get(page).content.decode()
    by = world.users["secretariat"]
    record_attendance(activity=activity, marks={(who("Bo Bland").pk, today()): AttendanceStatus.PRESENT}, by=by)
    found = participation(activity)
    assert (found.delegations, found.came, found.unrecorded) == ([("Bland", 1)], True, ["Aland"])
    text = Client().get(page).content.decode()
    assert "1 delegate took part." in text
    assert "Registered, but not recorded as present or absent: Aland." in text
    record_attendance(activity=activity, marks={(who("Ana Aland").pk, today()): AttendanceStatus.ABSENT}, by=by)
    assert participation(activity).unrecorded == []
    record_attendance(activity=activity, marks={(who("Bo Bland").pk, today()): AttendanceStatus.ABSENT}, by=by)
    record_attendance(activity=activity, marks={(who("Cai Bland").pk, today()): AttendanceStatus.ABSENT}, by=by)
    assert "Nobody was recorded as present." in Client().get(page).content.decode()


def counts(activity: Activity) -> tuple[int | None, ...]:
    return activity.delegates, activity.countries, activity.organisations


def sheet(activity: Activity, **more: Any) -> dict[str, Any]:
    known = {
        "title": activity.title,
        "kind": activity.kind_id,
        "start": "2010",
        "access_class": "public",
        "version": activity.version,
    }
    return known | more


def test_numbers_of_a_source_are_entered_corrected_and_taken_away(world: World, desk: Client) -> None:
    activity = Activity.objects.get(reference=world.activity)
    url = f"/desk/activities/{activity.reference}/edit/"
    assert desk.post(url, sheet(activity, delegates="120", countries="38")).status_code == 302
    activity.refresh_from_db()
    assert counts(activity) == (120, 38, None)
    assert "120 delegates" in Client().get(f"/activities/{activity.reference}/").content.decode()
    refused = desk.post(url, sheet(activity, delegates="-1", countries="many", organisations="9" * 30))
    assert refused.status_code == 422
    assert all(f'id="id_{name}_error"' in refused.content.decode() for name in ("delegates", "countries", "organisations"))
    copied = desk.get(f"/desk/activities/new/?copy={activity.reference}").content.decode()
    assert 'name="delegates"' in copied
    assert 'value="120"' not in copied  # it was counted at the other meeting
    assert 'value="120"' in desk.get(url).content.decode()
    assert desk.post(url, sheet(activity)).status_code == 302
    activity.refresh_from_db()
    assert counts(activity) == (None, None, None)


def test_refused_withdrawal_keeps_the_reason_and_says_what_is_wrong(world: World, desk: Client) -> None:
    url = f"/desk/activities/{world.activity}/withdraw/"
    refused = desk.post(url, {"reason": "x" * 401})
    text = refused.content.decode()
    assert (refused.status_code, "x" * 401 in text, 'id="id_reason_error"' in text) == (422, True, True)
    assert Activity.objects.get(reference=world.activity).withdrawn_at is None
    assert desk.post(url, {"reason": "Recorded twice."}).status_code == 302
    assert Activity.objects.get(reference=world.activity).withdrawn_reason == "Recorded twice."
