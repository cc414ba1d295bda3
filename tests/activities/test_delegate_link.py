"""Nominated people without an account: what they are told, their signed page, their calendars, and when the link dies."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from icalendar import Calendar

from activities.models import Activity, Delegate, Invitation, Nomination, PracticalText
from activities.services.activities import edit_activity, withdraw_activity
from activities.services.invitations import withdraw_invitation
from activities.services.nominations import confirm_delegate, restore_nominee, withdraw_nominee
from activities.services.plans import Dates, cancel_activity, postpone_activity, set_new_dates
from members.models import Delivery, Official
from members.services.merging import merge_officials
from members.signing import make_token
from tests.activities.delegations import PEOPLE, activity_of, invitation_of, page, sheet, submit
from tests.cast import World, make_world
from tests.test_audit import content

PERSON = replace(PEOPLE[0], meal="Halal")


@pytest.fixture
def world(db: None) -> World:
    made = make_world()
    Activity.objects.filter(reference=made.activity).update(city="Jakarta")
    PracticalText.objects.create(
        activity=Activity.objects.get(reference=made.activity), language="en", text="Gate 3, ask for Ms Example"
    )
    return made


def mail(kind: str = "delegate_named") -> Delivery:
    return Delivery.objects.filter(kind=kind).order_by("-pk")[:1].get()


def link(delivery: Delivery | None = None) -> str:
    found = re.search(r"/r/\S+/", (delivery or mail()).text)
    assert found
    return found[0]


def event(delivery: Delivery) -> Any:
    with default_storage.open(delivery.attachments.get().storage_name, "rb") as file:
        calendar: Any = Calendar.from_ical(file.read())
    return calendar, next(iter(calendar.walk("VEVENT")))


def only() -> Nomination:
    return Nomination.objects.select_related("invitation__activity", "official").get()


# --- being told -----------------------------------------------------------------------------------------------------------


def test_a_named_person_is_told_once_with_place_days_and_an_entry_for_the_calendar(world: World) -> None:
    submit(world, [PERSON])
    submit(world, [PERSON])
    told = Delivery.objects.get(kind="delegate_named")
    assert (told.email, "Jakarta" in told.text, "Please confirm: Published" in told.subject) == (PERSON.email, True, True)
    calendar, entry = event(told)
    assert (str(calendar["METHOD"]), str(entry["UID"])) == (
        "PUBLISH",
        f"{world.activity}-{only().pk}@{told.message_id[1:-1].split('@')[1]}",
    )
    assert "Halal" not in told.text


def test_nobody_is_told_whom_the_focal_point_does_not_want_told(world: World) -> None:
    client, url = page(world)
    client.post(url, sheet({"tell": ""}))
    assert Delivery.objects.filter(kind="delegate_named").count() == 0
    client.post(url, sheet({"tell": "on"}))
    assert Delivery.objects.filter(kind="delegate_named").count() == 1


def test_who_waits_or_is_not_confirmed_yet_is_told_when_it_counts(world: World) -> None:
    Activity.objects.update(confirm_delegates=True, waiting_list=True, capacity=1)
    made = submit(world, PEOPLE[:2])
    assert Delivery.objects.filter(kind="delegate_named").count() == 0
    confirm_delegate(nomination=made[0], by=world.users["secretariat"])
    assert [row.email for row in Delivery.objects.filter(kind="delegate_named")] == [PEOPLE[0].email]
    withdraw_nominee(nomination=made[0], by=world.users["focal_point_a"])
    confirm_delegate(nomination=made[1], by=world.users["secretariat"])
    assert mail().email == PEOPLE[1].email


def test_the_mail_with_the_link_is_read_by_nobody_else_of_the_participant(world: World) -> None:
    submit(world, [PERSON])
    assert not Delivery.objects.visible_to(world.users["ministry_official_a"]).filter(kind="delegate_named").exists()


# --- the page -------------------------------------------------------------------------------------------------------------


def test_reading_changes_nothing_whoever_fetches_it(world: World) -> None:
    submit(world, [PERSON])
    before, letters = only(), Delivery.objects.count()
    for _time in range(3):
        response = Client().get(link())
        assert (response.status_code, "no-store" in response.headers["Cache-Control"]) == (200, True)
        Client().head(link())
        assert Client().get(f"{link()}calendar.ics").status_code == 200
    after = only()
    assert (after.version, after.answer, Delivery.objects.count()) == (before.version, "", letters)
    text = response.content.decode()
    said = ("Jakarta", "Gate 3, ask for Ms Example", "I will come", "I cannot come", PERSON.name)
    assert [words in text for words in said] == [True] * 5
    assert ("Halal" in text, PERSON.email in text) == (False, False)


def test_who_confirms_stays_and_the_sheet_says_so(world: World) -> None:
    submit(world, [PERSON])
    response = Client().post(link(), {"answer": "coming"}, follow=True)
    assert "You have confirmed that you will come" in response.content.decode()
    client, url = page(world)
    assert "Has confirmed" in client.get(url).content.decode()
    assert not Delivery.objects.filter(kind="delegate_answer").exists()


def test_who_cannot_come_stays_named_and_the_focal_point_is_told(world: World) -> None:
    submit(world, [PERSON])
    for _time in range(2):
        Client().post(link(), {"answer": "not-coming", "note": "somebody else is a crook"})
    told = Delivery.objects.get(kind="delegate_answer")
    assert (told.email, told.subject) == ("focal-point-a@cast.example", "Dewi Lestari cannot come: Published")
    assert "crook" not in told.text
    assert (only().state, Delegate.objects.filter(withdrawn_at=None).count()) == ("submitted", 1)
    Client().post(link(), {"answer": "coming"})
    assert mail("delegate_answer").subject == "Dewi Lestari will come after all: Published"


@pytest.mark.parametrize("answers", [{}, {"answer": "maybe"}, {"answer": "\x00"}, {"answer": ["coming", "x"]}])
def test_other_answers_are_none(world: World, answers: dict[str, Any]) -> None:
    submit(world, [PERSON])
    response = Client().post(link(), answers)
    assert (response.status_code, only().answer) == (422, "")
    assert "Choose whether you will come." in response.content.decode()


def test_nothing_is_answered_once_it_is_over(world: World) -> None:
    submit(world, [PERSON])
    Activity.objects.update(status="held")
    response = Client().post(link(), {"answer": "coming"})
    assert (response.status_code, only().answer) == (422, "")
    assert "I will come" not in Client().get(link()).content.decode()


# --- the link dies --------------------------------------------------------------------------------------------------------


def dead(address: str) -> bool:
    """Whether the page, the button and the file are gone."""
    client = Client()
    answers = [client.get(address), client.post(address, {"answer": "coming"}), client.get(f"{address}calendar.ics")]
    return [answer.status_code for answer in answers] == [404, 404, 404]


def test_link_dies_with_the_nomination_and_lives_again_with_an_undo(world: World) -> None:
    submit(world, [PERSON])
    address, by = link(), world.users["focal_point_a"]
    withdraw_nominee(nomination=only(), by=by)
    assert dead(address)
    restore_nominee(nomination=only(), by=by)
    assert Client().get(address).status_code == 200


def test_link_dies_when_the_person_is_replaced(world: World) -> None:
    made = submit(world, [PERSON])
    address = link()
    submit(world, [replace(PEOPLE[1], replaces=made[0].pk)])
    assert dead(address)
    assert Client().get(link()).status_code == 200


def test_link_dies_when_the_person_is_merged_into_another_entry(world: World) -> None:
    submit(world, [PERSON])
    address, other = link(), only().official
    kept = Official.objects.create(participant=other.participant, name=other.name, email="kept@x.example")
    merge_officials(kept=kept, other=other, choices={}, by=world.users["secretariat"])
    assert only().official == kept
    assert dead(address)


def test_link_dies_with_a_wrong_address_and_the_right_one_is_told(world: World) -> None:
    made = submit(world, [replace(PERSON, email="wrong@x.example")])
    address = link()
    submit(world, [replace(PERSON, official=made[0].official_id)])
    assert dead(address)
    assert (mail().email, Client().get(link()).status_code) == (PERSON.email, 200)
    submit(world, [replace(PERSON, official=made[0].official_id)])
    assert Delivery.objects.filter(kind="delegate_named").count() == 2


def test_link_dies_with_the_invitation_the_refusal_and_the_activity(world: World) -> None:
    submit(world, [PERSON])
    address, staff = link(), world.users["secretariat"]
    confirm_delegate(nomination=only(), by=staff, accept=False)
    assert dead(address)
    confirm_delegate(nomination=only(), by=staff)
    assert not dead(address)
    withdraw_activity(activity=activity_of(world), reason="Entered twice", by=staff)
    assert dead(address)
    Activity.objects.update(withdrawn_at=None, withdrawn_by=None, withdrawn_reason="")
    withdraw_invitation(invitation=invitation_of(world), by=staff)
    assert dead(address)


def test_no_other_token_opens_it(world: World) -> None:
    submit(world, [PERSON])
    value = link().split("/")[2].rsplit(":", 2)[0]
    for token in (
        "x",
        value,
        make_token("acknowledge", value),
        make_token("delegate", only().pk),
        make_token("delegate", value.rpartition(":")[0]),
        make_token("delegate", "x:y"),
    ):
        assert dead(f"/r/{token}/")
    assert Client().get(f"/r/{make_token('delegate', value)}/").status_code == 200


# --- news -----------------------------------------------------------------------------------------------------------------


def test_a_changed_meeting_brings_a_new_entry_with_the_same_identity(world: World) -> None:
    submit(world, [PERSON])
    activity, staff = activity_of(world), world.users["secretariat"]
    first = event(mail())[1]
    edit_activity(activity=activity, content=content(world, scope="More"), expected_version=activity.version, by=staff)
    assert not Delivery.objects.filter(kind="delegate_changed").exists()
    activity.refresh_from_db()
    assert activity.start
    later = activity.start + timedelta(days=7)
    edit_activity(activity=activity, content=content(world, start=later.isoformat()), expected_version=activity.version, by=staff)
    calendar, entry = event(mail("delegate_changed"))
    assert (str(entry["UID"]), entry["DTSTART"].dt, str(calendar["METHOD"])) == (str(first["UID"]), later, "PUBLISH")
    assert int(entry["SEQUENCE"]) > int(first["SEQUENCE"])


def news_of_plans() -> Delivery:
    """The last news of a change of plan to the delegate, who gets no second mail of it."""
    assert not Delivery.objects.filter(kind="delegate_changed").exists()
    return Delivery.objects.filter(kind="activity_change", official=only().official).order_by("-pk")[:1].get()


def test_news_of_changed_plans_carries_the_delegates_own_entry(world: World) -> None:
    activity = activity_of(world)
    Activity.objects.filter(pk=activity.pk).update(end=activity.start)
    submit(world, [PERSON])
    first = event(mail())[1]

    def plan() -> dict[str, Any]:
        activity.refresh_from_db()
        return {"activity": activity, "expected_version": activity.version, "by": world.users["secretariat"]}

    assert activity.start
    later = activity.start + timedelta(days=7)
    postpone_activity(reasons={"en": "Storm"}, new=Dates(later, later, "day"), **plan())
    calendar, second = event(news_of_plans())
    assert (str(calendar["METHOD"]), str(second["UID"]), second["DTSTART"].dt) == ("PUBLISH", str(first["UID"]), later)
    assert int(second["SEQUENCE"]) > int(first["SEQUENCE"])
    postpone_activity(reasons={"en": "Storm"}, **plan())
    calendar, third = event(news_of_plans())
    assert (str(calendar["METHOD"]), str(third["STATUS"]), third["DTSTART"].dt) == ("CANCEL", "CANCELLED", later)
    set_new_dates(new=Dates(later, later, "day"), **plan())
    assert str(event(news_of_plans())[0]["METHOD"]) == "PUBLISH"
    cancel_activity(reasons={"en": "Storm"}, **plan())
    calendar, last = event(news_of_plans())
    assert (str(calendar["METHOD"]), str(last["STATUS"]), str(last["UID"])) == ("CANCEL", "CANCELLED", str(first["UID"]))
    assert int(last["SEQUENCE"]) > int(third["SEQUENCE"]) > int(second["SEQUENCE"])


def test_days_that_are_no_more_are_forgotten(world: World) -> None:
    activity, staff = activity_of(world), world.users["secretariat"]
    assert activity.start
    days = [activity.start + timedelta(days=n) for n in range(3)]
    Activity.objects.filter(pk=activity.pk).update(end=days[-1])
    submit(world, [replace(PERSON, days=tuple(days[1:]))])
    entry = event(mail())[1]
    assert (entry["DTSTART"].dt, entry["DTEND"].dt) == (days[1], days[2] + timedelta(days=1))
    changed = content(world, start=days[0].isoformat(), end=days[1].isoformat())
    edit_activity(activity=activity, content=changed, expected_version=activity.version, by=staff)
    assert only().days == [days[1]]


def test_withdrawal_is_told_after_the_time_to_undo_and_an_undo_holds_it_back(world: World, settings: Any) -> None:
    settings.RECALL_SECONDS = 600
    submit(world, [PERSON])
    Delivery.objects.filter(kind="delegate_named").update(state="sending")
    by = world.users["focal_point_a"]
    withdraw_nominee(nomination=only(), by=by)
    gone = Delivery.objects.get(kind="delegate_withdrawn")
    assert gone.send_after > gone.queued_at + timedelta(seconds=500)
    calendar, entry = event(gone)
    assert (str(calendar["METHOD"]), str(entry["STATUS"])) == ("CANCEL", "CANCELLED")
    restore_nominee(nomination=only(), by=by)
    gone.refresh_from_db()
    assert (gone.state, Delivery.objects.filter(kind="delegate_named").count()) == ("withheld", 1)


def test_who_was_not_told_yet_hears_nothing_of_a_withdrawal(world: World) -> None:
    submit(world, [PERSON])
    withdraw_nominee(nomination=only(), by=world.users["focal_point_a"])
    assert [row.state for row in Delivery.objects.filter(kind__startswith="delegate")] == ["withheld"]


def test_invitation_that_was_withdrawn_ends_the_delegation(world: World) -> None:
    submit(world, [PERSON])
    withdraw_invitation(invitation=invitation_of(world), by=world.users["secretariat"])
    assert (only().state, Delegate.objects.filter(withdrawn_at=None).count()) == ("withdrawn", 0)
    assert Invitation.objects.get(pk=world.invitation_a).state == "withdrawn"
