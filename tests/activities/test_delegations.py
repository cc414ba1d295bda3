"""Invitations and delegations: who may, until when, how many, and nobody twice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client

from activities.enums import InvitationState
from activities.models import Activity, Delegate, Invitation, Nomination
from activities.services.invitations import issue_invitations, remind, withdraw_invitation
from activities.services.nominations import Nominee, confirm_delegate, decline_invitation, submit_delegation
from members.errors import DomainError
from members.models import Delivery, Official, Participant
from members.models.base import today
from tests.cast import World, client_for, make_world

PEOPLE = [Nominee(f"Person {n}", "Director, Ministry", f"person{n}@ministry.example") for n in range(1, 4)]


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def invitation_of(world: World) -> Invitation:
    return Invitation.objects.get(pk=world.invitation_a)


def submit(world: World, people: list[Nominee], *, token: str = "t", who: str = "focal_point_a") -> list[Nomination]:
    return submit_delegation(invitation=invitation_of(world), nominees=people, token=token, by=world.users[who])


def test_delegation_counts_at_once_and_a_retry_registers_nobody_twice(world: World) -> None:
    first = submit(world, PEOPLE)
    again = submit(world, PEOPLE)
    assert [row.pk for row in first] == [row.pk for row in again]
    assert Delegate.objects.count() == 3
    assert invitation_of(world).state == InvitationState.ACCEPTED


def test_sheet_says_who_comes_and_who_does_not_any_more(world: World) -> None:
    submit(world, PEOPLE)
    submit(world, PEOPLE[:2], token="second")
    assert Delegate.objects.filter(withdrawn_at=None).count() == 2
    assert Nomination.objects.filter(state="withdrawn").count() == 1
    submit(world, PEOPLE, token="third")
    assert Delegate.objects.filter(withdrawn_at=None).count() == 3
    assert Official.objects.filter(participant__slug=world.participant_a, email__startswith="person").count() == 3


@pytest.mark.parametrize("who", ["focal_point_b", "ministry_official_a", "secretariat", "former_focal_point"])
def test_only_the_focal_point_of_the_participant_names(world: World, who: str) -> None:
    with pytest.raises(PermissionDenied):
        submit(world, PEOPLE, who=who)
    assert Nomination.objects.count() == 0


def test_sheet_is_closed_after_the_day_to_reply_by(world: World) -> None:
    Invitation.objects.update(reply_by=today() - timedelta(days=1))
    with pytest.raises(DomainError, match="has passed"):
        submit(world, PEOPLE)
    Invitation.objects.update(reply_by=today())
    assert len(submit(world, PEOPLE)) == 3


def test_sheet_is_closed_once_the_invitation_is_withdrawn(world: World) -> None:
    withdraw_invitation(invitation=invitation_of(world), by=world.users["secretariat"])
    with pytest.raises(DomainError, match="withdrawn"):
        submit(world, PEOPLE)


def test_places_of_the_participant_and_of_the_activity_are_kept(world: World) -> None:
    Invitation.objects.update(quota=2)
    with pytest.raises(DomainError, match="2 places for each"):
        submit(world, PEOPLE)
    Invitation.objects.update(quota=None)
    Activity.objects.update(capacity=2)
    with pytest.raises(DomainError, match="Only 2 places"):
        submit(world, PEOPLE)
    assert Nomination.objects.count() == 0


def test_same_address_twice_and_two_heads_are_refused(world: World) -> None:
    with pytest.raises(DomainError, match="stands twice"):
        submit(world, [PEOPLE[0], Nominee("Other", "Director", "PERSON1@ministry.example")])
    heads = [Nominee(f"H{n}", "Head", f"h{n}@x.example", part="head") for n in range(2)]  # type: ignore[arg-type]
    with pytest.raises(DomainError, match="one head"):
        submit(world, heads)


def test_head_can_change(world: World) -> None:
    from dataclasses import replace

    from activities.enums import DelegatePart

    submit(world, [replace(PEOPLE[0], part=DelegatePart.HEAD), PEOPLE[1]])
    submit(world, [PEOPLE[0], replace(PEOPLE[1], part=DelegatePart.HEAD)], token="second")
    assert Delegate.objects.get(part="head").official.name == "Person 2"


def test_official_of_another_participant_is_never_touched(world: World) -> None:
    theirs = Official.objects.get(email="focal-point-b@cast.example")
    submit(world, [Nominee("Intruder", "Director", "intruder@x.example", official=theirs.pk)])
    theirs.refresh_from_db()
    assert theirs.name == "Person focal_point_b"


def test_declining_takes_the_delegation_off(world: World) -> None:
    submit(world, PEOPLE)
    decline_invitation(invitation=invitation_of(world), note="Another meeting", by=world.users["focal_point_a"])
    assert Delegate.objects.filter(withdrawn_at=None).count() == 0
    assert invitation_of(world).state == InvitationState.DECLINED


def test_confirmation_where_the_activity_asks_for_it(world: World) -> None:
    Activity.objects.update(confirm_delegates=True)
    (nomination,) = submit(world, PEOPLE[:1])
    assert Delegate.objects.count() == 0
    confirm_delegate(nomination=nomination, by=world.users["secretariat"])
    assert Delegate.objects.count() == 1


def test_second_issue_adds_only_the_missing_and_writes_one_letter_each(world: World) -> None:
    activity = Activity.objects.get(reference=world.activity)
    everybody = list(Participant.objects.all())
    new = issue_invitations(activity=activity, participants=everybody, by=world.users["secretariat"])
    assert len(new) == len(everybody) - 2
    letters = Delivery.objects.filter(kind="invitation").count()
    assert issue_invitations(activity=activity, participants=everybody, by=world.users["secretariat"]) == []
    assert Delivery.objects.filter(kind="invitation").count() == letters


def test_letters_go_to_the_focal_points(world: World) -> None:
    other = Activity.objects.get(reference=world.draft_activity)
    Activity.objects.filter(pk=other.pk).update(published_at="2026-01-01T00:00Z", published_by=world.users["secretariat"])
    (invitation,) = issue_invitations(
        activity=other, participants=[Participant.objects.get(slug=world.participant_a)], by=world.users["secretariat"]
    )
    letter = Delivery.objects.exclude(pk=world.message_a).get(kind="invitation")
    assert letter.email == "focal-point-a@cast.example"
    assert letter.key == f"invitation:{invitation.pk}:official-{letter.official_id}"
    assert f"/national/{world.participant_a}/invitations/{invitation.pk}/" in letter.text


def test_invitations_are_issued_for_what_is_ahead_and_published(world: World) -> None:
    secretariat, everybody = world.users["secretariat"], list(Participant.objects.all())
    with pytest.raises(DomainError, match="Publish"):
        issue_invitations(activity=Activity.objects.get(reference=world.draft_activity), participants=everybody, by=secretariat)
    Activity.objects.update(status="held")
    with pytest.raises(DomainError, match="still ahead"):
        issue_invitations(activity=Activity.objects.get(reference=world.activity), participants=everybody, by=secretariat)


def test_reminder_goes_once_a_day(world: World) -> None:
    by = world.users["secretariat"]
    assert remind(invitation=invitation_of(world), by=by, today=today()) == 1
    remind(invitation=invitation_of(world), by=by, today=today())
    assert Delivery.objects.filter(kind__startswith="reminder").count() == 1


@pytest.fixture
def committed_world(transactional_db: None) -> Iterator[World]:
    return make_world()


@pytest.mark.django_db(transaction=True)
def test_last_places_are_never_given_twice(committed_world: World) -> None:
    """Two participants at once, for eight places; each asks for three, over and over."""
    world = committed_world
    Activity.objects.filter(reference=world.activity).update(capacity=4)
    barrier, refused = threading.Barrier(8), []

    def ask(number: int) -> None:
        side = "ab"[number % 2]
        invitation = Invitation.objects.get(pk=getattr(world, f"invitation_{side}"))
        people = [Nominee(f"P{n}", "Director", f"{side}{n}@x.example") for n in range(3)]
        barrier.wait()
        try:
            submit_delegation(invitation=invitation, nominees=people, token=str(number), by=world.users[f"focal_point_{side}"])
        except DomainError as error:
            refused.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Delegate.objects.filter(withdrawn_at=None).count() == 3
    assert len(refused) == 4
    assert all("Only 1 places" in said for said in refused)


def sheet(*people: dict[str, Any], **more: Any) -> dict[str, Any]:
    data: dict[str, Any] = {"form-TOTAL_FORMS": len(people), "form-INITIAL_FORMS": 0, "token": "abc", "register": "1"}
    for number, person in enumerate(people):
        words = {
            "name": "Dewi Lestari",
            "position": "Director",
            "email": "dewi@x.example",
            "mode": "in-person",
            "part": "delegate",
        }
        data |= {f"form-{number}-{key}": value for key, value in (words | person).items()}
    return data | more


def page(world: World) -> tuple[Client, str]:
    return client_for(world, "focal_point_a"), f"/national/{world.participant_a}/invitations/{world.invitation_a}/"


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (sheet({"name": ""}), "Enter the full name."),
        (sheet({"email": "dewi.x.example"}), "Enter an email address with an @ sign"),
        (sheet({"position": ""}), "Enter position and ministry."),
        (sheet({"mode": "by-ship"}), "Select a valid choice"),
        (sheet({"name": "x" * 201}), "at most 200 characters"),
        (sheet({"name": "a\x00b"}), "Null characters are not allowed"),
        (sheet({"official": "x"}), "Enter a whole number"),
        (sheet({}, {}), "stands twice"),
        (sheet({"part": "head"}, {"part": "head", "email": "b@x.example"}), "A delegation has one head."),
        (sheet(), "Name at least one delegate"),
        ({"register": "1"}, "There is a problem"),
        (sheet({}) | {"form-TOTAL_FORMS": "1000000"}, "There is a problem"),
    ],
)
def test_bad_sheet_is_shown_again_with_its_answers(world: World, answers: dict[str, Any], said: str) -> None:
    client, url = page(world)
    response = client.post(url, answers)
    text = response.content.decode()
    assert response.status_code == 422
    assert said in text
    assert Nomination.objects.count() == 0
    if answers.get("form-0-position"):
        assert "Director" in text


def test_good_sheet_registers_and_shows_it(world: World) -> None:
    client, url = page(world)
    response = client.post(url, sheet({}, {"name": "Budi", "email": "budi@x.example", "part": "head"}), follow=True)
    assert response.redirect_chain == [(f"{url}done/", 302)]
    assert "Dewi Lestari" in response.content.decode()
    assert Delegate.objects.count() == 2


def test_buttons_work_without_a_script_and_keep_the_answers(world: World) -> None:
    client, url = page(world)
    more = client.post(url, sheet({"email": "not yet"}) | {"add": "1"}).content.decode()
    assert 'value="not yet"' in more
    assert "Delegate 2" in more
    fewer = client.post(url, sheet({}, {"name": "Budi", "email": "b@x.example"}) | {"take_out": "0"}).content.decode()
    assert "Budi" in fewer
    assert "Dewi" not in fewer
    assert Nomination.objects.count() == 0


def test_last_delegation_can_be_filled_in(world: World) -> None:
    submit(world, PEOPLE)
    other = Activity.objects.get(reference=world.other_activity)
    issue_invitations(
        activity=other, participants=[Participant.objects.get(slug=world.participant_a)], by=world.users["secretariat"]
    )
    new = Invitation.objects.get(activity=other, participant__slug=world.participant_a)
    client = client_for(world, "focal_point_a")
    text = client.post(f"/national/{world.participant_a}/invitations/{new.pk}/", sheet() | {"reuse": "last"}).content.decode()
    assert [f"person{n}@ministry.example" in text for n in (1, 2, 3)] == [True, True, True]


def test_focal_point_of_another_gets_404_for_everything(world: World) -> None:
    client = client_for(world, "focal_point_b")
    base = f"/national/{world.participant_a}/"
    urls = [
        base,
        f"{base}invitations/{world.invitation_a}/",
        f"/national/{world.participant_b}/invitations/{world.invitation_a}/",
    ]
    assert [client.get(url).status_code for url in urls] == [404, 404, 404]
    assert client.post(urls[1], sheet({})).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_national_space_asks_as_often_with_one_row_as_with_three(world: World, rows: int, django_assert_num_queries: Any) -> None:
    participant = Participant.objects.get(slug=world.participant_a)
    original = Activity.objects.get(reference=world.activity)
    for number in range(rows - 1):
        copy = Activity.objects.create(
            reference=f"XX-2011-{number:02}",
            title="More",
            kind=original.kind,
            start=original.start,
            published_at=original.published_at,
            published_by=original.published_by,
        )
        issue_invitations(activity=copy, participants=[participant], by=world.users["secretariat"])
    client = client_for(world, "focal_point_a")
    client.get("/about/")
    with django_assert_num_queries(10):
        client.get(f"/national/{world.participant_a}/")
