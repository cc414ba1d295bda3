"""Changes after the last day: asked for, agreed to or declined with a word, and nothing kept of those who did not come."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from activities.enums import AttendanceMode, DelegatePart
from activities.models import Activity, Delegate, Invitation, LateChange, Nomination
from activities.services.late_changes import agree_late_change, ask_late_change, decline_late_change, take_back_late_change
from activities.services.nominations import Nominee
from members.errors import Conflict, DomainError
from members.models import AccessRecord, Appointment, Delivery
from members.models.base import today
from members.partial_dates import format_partial
from tests.activities.delegations import PEOPLE, invitation_of, page, sheet, states, submit
from tests.cast import World, client_for, make_world


@pytest.fixture
def world(db: None) -> World:
    """A delegation of one, and the day to reply by has passed."""
    made = make_world()
    submit(made, PEOPLE[:1])
    Invitation.objects.update(reply_by=today() - timedelta(days=1))
    return made


def ask(world: World, people: list[Nominee], **more: object) -> LateChange:
    by = world.users["focal_point_a"]
    return ask_late_change(invitation=invitation_of(world), nominees=people, token="", by=by, **more)  # type: ignore[arg-type]


def address(world: World, change: LateChange) -> str:
    return f"/desk/activities/{world.activity}/changes/{change.pk}/"


def test_a_late_sheet_is_a_request_that_both_sides_see(world: World) -> None:
    client, url = page(world)
    assert "Ask the secretariat for this change" in client.get(url).content.decode()
    response = client.post(url, sheet({"email": PEOPLE[0].email}, {"name": "Budi Santoso"}), follow=True)
    assert "The change is asked for" in response.content.decode()
    assert states(world) == {"Dewi Lestari": "submitted"}
    seen = client.get(url).content.decode()
    assert ("Asked for, not yet agreed" in seen, "Budi Santoso: joins" in seen) == (True, True)
    desk = client_for(world, "secretariat")
    change = LateChange.objects.get()
    for place in ("/desk/", f"/desk/activities/{world.activity}/invitations/"):
        assert address(world, change) in desk.get(place).content.decode()
    shown = desk.get(address(world, change)).content.decode()
    assert ("Budi Santoso" in shown, "joins" in shown) == (True, True)
    told = Delivery.objects.get(kind="late_change_request")
    assert (told.email, address(world, change) in told.text) == ("secretariat@cast.example", True)


def test_agreed_the_delegation_is_as_asked_and_the_asker_is_told(world: World) -> None:
    change = ask(world, [replace(PEOPLE[1], meal="Halal"), PEOPLE[2]])
    desk = client_for(world, "secretariat")
    answers = {"version": change.version, "word": "Welcome.", "answer": "agree"}
    assert desk.post(address(world, change), answers).status_code == 302
    assert states(world) == {"Dewi Lestari": "withdrawn", "Budi Santoso": "submitted", "Sri Wahyuni": "submitted"}
    assert Delegate.objects.filter(withdrawn_at=None).count() == 2
    nomination = invitation_of(world).nominations.get(official__name="Budi Santoso")
    assert (nomination.meal, nomination.submitted_by) == ("Halal", world.users["focal_point_a"])
    told = Delivery.objects.get(kind="late_change")
    assert (told.email, "Welcome." in told.text, "is now as you asked" in told.text) == ("focal-point-a@cast.example", True, True)


def test_declined_it_stays_with_a_word_and_the_asker_is_told(world: World) -> None:
    change = ask(world, PEOPLE[:2])
    desk = client_for(world, "secretariat")
    bare = desk.post(address(world, change), {"version": change.version, "word": " ", "answer": "decline"})
    assert (bare.status_code, "Say why the delegation stays as it is." in bare.content.decode()) == (422, True)
    said = {"version": change.version, "word": "The room is full.", "answer": "decline"}
    assert desk.post(address(world, change), said).status_code == 302
    assert states(world) == {"Dewi Lestari": "submitted"}
    assert "The room is full." in Delivery.objects.get(kind="late_change").text
    assert "The room is full." in desk.get(address(world, change)).content.decode()
    assert "answered already" in desk.post(address(world, change), said).content.decode()


def test_nothing_of_the_people_is_kept_once_it_is_answered_nor_ever_in_the_history(world: World) -> None:
    change = ask(world, PEOPLE[:2])
    assert "Budi Santoso" in json.dumps(LateChange.objects.get().people)
    decline_late_change(change=change, word="No", by=world.users["secretariat"], expected_version=change.version)
    assert (LateChange.objects.get().people, LateChange.objects.get().number) == ([], 2)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM activities_latechangeevent t WHERE t::text ~ 'Santoso'")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM activities_latechangeevent")
        assert cursor.fetchone() == (2,)


def test_one_request_at_a_time_says_what_was_asked_last(world: World) -> None:
    first = ask(world, PEOPLE[:2])
    second = ask(world, [PEOPLE[0], PEOPLE[2]])
    assert (second.pk, LateChange.objects.count()) == (first.pk, 1)
    staff = world.users["secretariat"]
    with pytest.raises(Conflict):
        agree_late_change(change=first, by=staff, expected_version=first.version)
    stale = client_for(world, "secretariat").post(address(world, first), {"version": first.version, "answer": "agree"})
    assert (stale.status_code, "Sri Wahyuni" in stale.content.decode()) == (409, True)
    agree_late_change(change=second, by=staff, expected_version=second.version)
    assert states(world) == {"Dewi Lestari": "submitted", "Sri Wahyuni": "submitted"}


def test_a_request_is_taken_back(world: World) -> None:
    change = ask(world, PEOPLE[:2])
    client, url = page(world)
    response = client.post(f"{url}change/take-back/", follow=True)
    assert "Nothing is asked for any more." in response.content.decode()
    assert LateChange.objects.get().state == "taken-back"
    with pytest.raises(DomainError, match="answered already"):
        take_back_late_change(change=change, by=world.users["focal_point_a"])


def test_that_nobody_comes_is_asked_for_too(world: World) -> None:
    client, url = page(world)
    client.post(url, {"decline": "1"})
    change = LateChange.objects.get()
    assert (change.number, states(world)) == (0, {"Dewi Lestari": "submitted"})
    agree_late_change(change=change, by=world.users["secretariat"], expected_version=change.version)
    assert (states(world), invitation_of(world).state) == ({"Dewi Lestari": "withdrawn"}, "declined")


def test_what_changes_nothing_is_not_asked_for(world: World) -> None:
    with pytest.raises(DomainError, match="registered already"):
        ask(world, PEOPLE[:1])


def test_registration_closes_earlier_than_the_reply_is_due(world: World) -> None:
    Invitation.objects.update(reply_by=today() + timedelta(days=5))
    with pytest.raises(DomainError, match="without asking"):
        ask(world, PEOPLE[:2])
    Activity.objects.filter(reference=world.activity).update(registration_closes=today() - timedelta(days=1))
    assert ask(world, PEOPLE[:2]).state == "asked"


def test_nothing_is_asked_for_once_the_activity_is_over(world: World) -> None:
    Activity.objects.filter(reference=world.activity).update(start=today() - timedelta(days=3), end=None)
    with pytest.raises(DomainError, match="is over"):
        ask(world, PEOPLE[:2])


def test_places_are_counted_when_it_is_agreed(world: World) -> None:
    change = ask(world, PEOPLE)
    Invitation.objects.update(quota=2)
    response = client_for(world, "secretariat").post(address(world, change), {"version": change.version, "answer": "agree"})
    assert (response.status_code, "There are 2 places" in response.content.decode()) == (422, True)
    assert (LateChange.objects.get().state, states(world)) == ("asked", {"Dewi Lestari": "submitted"})


@pytest.mark.parametrize("who", ["focal_point_a", "focal_point_b", "ministry_official_a", "co_chair"])
def test_only_the_secretariat_answers(world: World, who: str) -> None:
    change = ask(world, PEOPLE[:2])
    with pytest.raises(PermissionDenied):
        agree_late_change(change=change, by=world.users[who], expected_version=change.version)
    with pytest.raises(PermissionDenied):
        decline_late_change(change=change, by=world.users[who], expected_version=change.version, word="No")


def test_who_issued_the_invitation_is_written_to_else_everybody_of_the_secretariat(world: World) -> None:
    Appointment.objects.filter(official__user=world.users["secretariat"]).update(period_to=today() - timedelta(days=1))
    ask(world, PEOPLE[:2])
    told = set(Delivery.objects.filter(kind="late_change_request").values_list("email", flat=True))
    assert told == {"administrator@cast.example", "deactivated@cast.example", "half-signed-in@cast.example"} - {""}


# --- what would change, in words -----------------------------------------------------------------------------------------


def said(response: Any) -> str:
    return " ".join(unescape(response.content.decode()).split())


def test_both_sides_read_which_answers_become_others_from_what_to_what(world: World) -> None:
    day = today() + timedelta(days=30)
    Activity.objects.filter(reference=world.activity).update(start=day, end=day + timedelta(days=1))
    Nomination.objects.update(meal="Vegetarian", access_needs="A ramp")
    dewi = replace(
        PEOPLE[0],
        name="Dewi Lestari Putri",
        part=DelegatePart.HEAD,
        mode=AttendanceMode.ONLINE,
        days=(day + timedelta(days=1),),
        meal="Halal",
        access_needs="",
        visa_letter=True,
        name_own_script="ᬤᬾᬯᬶ",
    )
    budi = replace(PEOPLE[1], meal="No fish", visa_letter=True)
    change = ask(world, [dewi, budi])
    client, url = page(world)
    words = [
        "Full name: from “Dewi Lestari” to “Dewi Lestari Putri”",
        "Name in own script: “ᬤᬾᬯᬶ” is added",
        "Part in the delegation: from “Delegate” to “Head of delegation”",
        "Attending: from “In person” to “Online”",
        f"Days attending: from “All days” to “{format_partial(day + timedelta(days=1), 'day', 'en')}”",
        "Meal: from “Vegetarian” to “Halal”",
        "Access needs: “A ramp” is taken away",
        "Needs a letter for the visa: from “no” to “yes”",
    ]
    joining = ["Email address: budi@ministry.example", "Part in the delegation: Delegate", "Attending: In person"]
    joining += ["Meal: No fish", "Needs a letter for the visa: yes"]
    for response in (client.get(url), client_for(world, "secretariat").get(address(world, change))):
        text = said(response)
        listed = re.findall("<li>([^<]+)</li>", text)
        assert [row for row in listed if row in {*words, *joining}] == [*words, *joining]
        assert [mark in text for mark in ("Dewi Lestari", "changes", "Budi Santoso", "joins")] == [True] * 4
    row = AccessRecord.objects.get(object_label="late change")
    assert (row.action, row.actor_id) == ("opened", world.users["secretariat"].pk)
    assert "Putri" not in Delivery.objects.get(kind="late_change_request").text


def test_who_comes_in_place_of_whom_is_said(world: World) -> None:
    replaced = invitation_of(world).nominations.get()
    change = ask(world, [replace(PEOPLE[1], replaces=replaced.pk)])
    text = said(client_for(world, "secretariat").get(address(world, change)))
    assert [words in text for words in ("Comes in place of: Dewi Lestari", "leaves")] == [True, True]


def test_the_words_are_in_the_readers_language(world: World) -> None:
    change = ask(world, [replace(PEOPLE[0], mode=AttendanceMode.ONLINE)])
    text = said(client_for(world, "secretariat").get(f"/id{address(world, change)}"))
    assert "Kehadiran: dari “Hadir langsung” menjadi “Daring”" in text


def test_once_it_is_answered_the_page_names_nobody_and_opening_it_is_not_restricted(world: World) -> None:
    change = ask(world, [replace(PEOPLE[0], meal="Halal")])
    decline_late_change(change=change, word="No", by=world.users["secretariat"], expected_version=change.version)
    text = said(client_for(world, "secretariat").get(address(world, change)))
    assert ("Halal" in text, AccessRecord.objects.filter(object_label="late change").count()) == (False, 0)


def test_a_name_in_own_script_is_a_change_of_its_own_and_leaving_it_out_is_none(world: World) -> None:
    assert ask(world, [replace(PEOPLE[0], name_own_script="ᬤᬾᬯᬶ")]).state == "asked"
    official = invitation_of(world).nominations.get().official
    official.name_own_script = "ᬤᬾᬯᬶ"
    official.save()
    with pytest.raises(DomainError, match="registered already"):
        ask(world, PEOPLE[:1])
