"""Somebody at the door who is not on the list: written down, told to the participant, taken off again."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from activities.enums import ActivityStatus
from activities.models import Activity, Attendance, Delegate, Nomination
from activities.selectors_attendance import places_of
from activities.services.certificates import issue_certificate
from activities.services.walk_ins import WalkIn, add_walk_in, remove_walk_in
from members.errors import DomainError
from members.models import Delivery, Official, Participant
from members.models.base import today
from tests.activities.test_attendance import address, held, who
from tests.cast import World, client_for, make_world


@pytest.fixture
def world(db: None) -> World:
    made = make_world()
    held(made)
    return made


@pytest.fixture
def desk(world: World) -> Client:
    return client_for(world, "secretariat")


def answers(slug: str = "bland", **changes: str) -> dict[str, Any]:
    key = Participant.objects.get(slug=slug).pk
    return {
        "participant": key,
        "name": "Dee Dland",
        "position": "Adviser, Ministry",
        "email": "",
        "place": f"{today():%Y%m%d}",
    } | changes


def test_person_is_on_the_list_present_and_the_participant_is_told(world: World, desk: Client) -> None:
    before = set(Delivery.objects.values_list("pk", flat=True))
    answer = desk.post(address(world, "add/"), answers(), follow=True)
    delegate = who("Dee Dland")
    text = answer.content.decode()
    assert answer.redirect_chain == [(f"{address(world)}?place={today():%Y%m%d}&person={delegate.pk}", 302)]
    assert ("Dee Dland is on the list and present." in text, "Not named by the participant." in text) == (True, True)
    mark = Attendance.objects.get(delegate=delegate)
    assert (mark.day, mark.status, mark.how) == (today(), "present", "desk")
    assert (delegate.nomination, delegate.title, delegate.participant.slug) == (None, "Adviser, Ministry", "bland")
    told = Delivery.objects.exclude(pk__in=before)
    assert {row.kind for row in told} == {"walk_in"}
    assert {(row.official or row.office).participant.slug for row in told} == {"bland"}  # type: ignore[union-attr]
    assert all("Dee Dland, Adviser, Ministry, came for" in row.text for row in told)
    assert Delivery.objects.visible_to(world.users["focal_point_b"]).filter(kind="walk_in").exists()
    assert not Delivery.objects.visible_to(world.users["focal_point_a"]).filter(kind="walk_in").exists()


def test_focal_point_sees_its_own_walk_in_and_nobody_elses(world: World, desk: Client) -> None:
    desk.post(address(world, "add/"), answers())
    url = "/national/{}/invitations/{}/attendance/"
    own = client_for(world, "focal_point_b").get(url.format("bland", world.invitation_b))
    other = client_for(world, "focal_point_a").get(url.format("aland", world.invitation_a))
    assert "Dee Dland" in own.content.decode()
    assert "Dee Dland" not in other.content.decode()


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"name": ""}, "name", "Enter the full name."),
        ({"position": ""}, "position", "Enter position and ministry."),
        ({"participant": ""}, "participant", "Choose for whom the person comes."),
        ({"participant": "999999"}, "participant", "Select a valid choice"),
        ({"email": "nobody"}, "email", "Enter a valid email address."),
        ({"name": "BLAND, Bo"}, "name", "Bo Bland is on the list already."),
        ({"email": "bo@bland.example"}, "email", "This address is recorded for Bo Bland."),
        ({"name": "x" * 201}, "name", "at most 200 characters"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_answers_stay(
    world: World, desk: Client, changes: dict[str, str], field: str, words: str
) -> None:
    people = Official.objects.count()
    answer = desk.post(address(world, "add/"), answers(**changes))
    text = answer.content.decode()
    assert (answer.status_code, Official.objects.count()) == (422, people)
    assert words in text
    assert f'id="id_{field}_error"' in text
    kept = (answers() | changes)["name"]
    assert f'value="{kept}"' in text or not kept


def test_known_official_comes_without_a_second_entry(world: World, desk: Client) -> None:
    bland = Participant.objects.get(slug="bland")
    known = Official.objects.create(participant=bland, name="Edo Eland", email="edo@bland.example", position="Director")
    desk.post(address(world, "add/"), answers(name="ELAND, Edo"))
    assert who("Edo Eland").official == known
    assert Official.objects.filter(participant=bland, name__icontains="eland").count() == 1


def test_mistake_is_taken_off_with_marks_and_can_be_added_again(world: World, desk: Client) -> None:
    desk.post(address(world, "add/"), answers())
    delegate = who("Dee Dland")
    Activity.objects.filter(pk=delegate.activity_id).update(end=today())
    certificate = issue_certificate(delegate=delegate, by=world.users["secretariat"])
    answer = desk.post(address(world, "remove/"), {"delegate": delegate.pk}, follow=True)
    assert "Dee Dland is off the list." in answer.content.decode()
    delegate.refresh_from_db()
    certificate.refresh_from_db()
    assert delegate.withdrawn_at
    assert certificate.withdrawn_at
    assert not Attendance.objects.filter(delegate=delegate).exists()
    desk.post(address(world, "add/"), answers())
    assert Delegate.objects.filter(official__name="Dee Dland", withdrawn_at__isnull=True).count() == 1
    assert (
        Delivery.objects.filter(kind="walk_in").values("key").distinct().count()
        == Delivery.objects.filter(kind="walk_in").count()
    )


def test_who_was_named_is_not_taken_off_at_the_door(world: World, desk: Client) -> None:
    delegate = who("Bo Bland")
    nomination = Nomination.objects.create(
        invitation_id=world.invitation_b, official=delegate.official, submitted_by=world.users["focal_point_b"]
    )
    Delegate.objects.filter(pk=delegate.pk).update(nomination=nomination)
    with pytest.raises(DomainError, match="named by the participant"):
        remove_walk_in(delegate=delegate, by=world.users["secretariat"])
    assert "Take off the list" not in desk.get(f"{address(world)}?person={delegate.pk}").content.decode()


def test_search_that_finds_nobody_leads_to_the_form_with_the_name(world: World, desk: Client) -> None:
    text = desk.get(f"{address(world)}?q=Zed+Zland").content.decode()
    assert f"add/?place={today():%Y%m%d}&amp;q=Zed+Zland" in text
    assert 'value="Zed Zland"' in desk.get(address(world, "add/?q=Zed+Zland")).content.decode()


def test_nobody_is_added_before_the_first_day_or_by_a_focal_point(world: World) -> None:
    activity = Activity.objects.get(reference=world.activity)
    person = WalkIn(Participant.objects.get(slug="aland"), "Dee Dland", "Adviser")
    (place, *_rest) = places_of(activity)
    with pytest.raises(PermissionDenied):
        add_walk_in(activity=activity, person=person, place=place, by=world.users["focal_point_a"])
    Activity.objects.filter(pk=activity.pk).update(start="2099-01-01", end=None, status=ActivityStatus.PLANNED)
    activity.refresh_from_db()
    with pytest.raises(DomainError, match="from the first day on"):
        add_walk_in(activity=activity, person=person, place=places_of(activity)[0], by=world.users["secretariat"])


def test_namesake_with_another_address_is_somebody_else(world: World, desk: Client) -> None:
    bland = Participant.objects.get(slug="bland")
    Official.objects.create(participant=bland, name="Edo Eland", email="edo@bland.example", position="Director")
    desk.post(address(world, "add/"), answers(name="Edo Eland", email="other.edo@bland.example"))
    emails = set(Official.objects.filter(participant=bland, name="Edo Eland").values_list("email", flat=True))
    assert emails == {"edo@bland.example", "other.edo@bland.example"}
    assert Delegate.objects.get(official__name="Edo Eland").official.email == "other.edo@bland.example"


def test_of_several_namesakes_the_address_says_which(world: World, desk: Client) -> None:
    bland = Participant.objects.get(slug="bland")
    for number in (1, 2):
        Official.objects.create(participant=bland, name="Edo Eland", email=f"edo{number}@bland.example", position="Director")
    refused = desk.post(address(world, "add/"), answers(name="Edo Eland"))
    assert (refused.status_code, "Several people of this participant have this name." in refused.content.decode()) == (422, True)
    assert desk.post(address(world, "add/"), answers(name="Edo Eland", email="EDO2@bland.example")).status_code == 302
    assert Delegate.objects.get(official__name="Edo Eland").official.email == "edo2@bland.example"


def test_address_given_at_the_door_is_kept_where_none_was_known(world: World, desk: Client) -> None:
    bland = Participant.objects.get(slug="bland")
    known = Official.objects.create(participant=bland, name="Edo Eland", position="Director")
    desk.post(address(world, "add/"), answers(name="Edo Eland", email="edo@bland.example"))
    known.refresh_from_db()
    assert known.email == "edo@bland.example"


def test_who_was_named_withdrawn_and_added_at_the_door_can_be_taken_off(world: World, desk: Client) -> None:
    delegate = who("Bo Bland")
    nomination = Nomination.objects.create(
        invitation_id=world.invitation_b, official=delegate.official, submitted_by=world.users["focal_point_b"], state="withdrawn"
    )
    Delegate.objects.filter(pk=delegate.pk).update(
        nomination=nomination, withdrawn_at=timezone.now(), withdrawn_by=world.users["focal_point_b"]
    )
    assert desk.post(address(world, "add/"), answers(name="Bo Bland")).status_code == 302
    delegate.refresh_from_db()
    assert (delegate.withdrawn_at, delegate.nomination) == (None, None)
    desk.post(address(world, "remove/"), {"delegate": delegate.pk})
    delegate.refresh_from_db()
    assert delegate.withdrawn_at


@pytest.mark.parametrize("garbage", ["", "x", "\x00", "-1", "٣", "9" * 30, "999999"])
def test_garbage_for_a_delegate_takes_nobody_off(world: World, desk: Client, garbage: str) -> None:
    before = Delegate.objects.filter(withdrawn_at__isnull=True).count()
    assert desk.post(address(world, "remove/"), {"delegate": garbage}).status_code == 404
    assert Delegate.objects.filter(withdrawn_at__isnull=True).count() == before
