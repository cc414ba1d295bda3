"""Places and the list of those who wait for one: in order, under a lock, never one too many."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from activities.models import Activity, Delegate, Invitation, Nomination
from activities.services.activities import edit_activity
from activities.services.invitations import withdraw_invitation
from activities.services.nominations import (
    Nominee,
    confirm_delegate,
    decline_invitation,
    restore_nominee,
    withdraw_nominee,
)
from members.enums import AppointmentRole, ParticipantKind
from members.errors import DomainError
from members.models import Appointment, Delivery, Participant
from tests.activities.delegations import PEOPLE, activity_of, invitation_of, page, sheet, states, submit
from tests.cast import World, client_for, make_world, person
from tests.test_audit import content

THEIRS = [replace(one, name=f"{one.name} of B", email=f"b{one.email}") for one in PEOPLE]


@pytest.fixture
def world(db: None) -> World:
    made = make_world()
    Activity.objects.filter(reference=made.activity).update(waiting_list=True, capacity=2)
    return made


def focal(world: World, side: str = "a") -> Any:
    return world.users[f"focal_point_{side}"]


def named(world: World, name: str) -> Nomination:
    return Nomination.objects.select_related("invitation__activity", "official").get(official__name=name)


def test_who_is_over_the_places_waits_in_the_order_of_the_sheet(world: World) -> None:
    client, url = page(world)
    answers = sheet({}, {"name": "Budi Santoso"}, {"name": "Sri Wahyuni"}, {"name": "Ani Yudhoyono"})
    response = client.post(url, answers, follow=True)
    assert [response.status_code, states(world)] == [
        200,
        {"Dewi Lestari": "submitted", "Budi Santoso": "submitted", "Sri Wahyuni": "waiting", "Ani Yudhoyono": "waiting"},
    ]
    text = response.content.decode()
    assert "On the waiting list: Sri Wahyuni, Ani Yudhoyono." in text
    assert [f"On the waiting list, number {n}" in text for n in (1, 2, 3)] == [True, True, False]
    assert Delegate.objects.filter(withdrawn_at=None).count() == 2
    desk = client_for(world, "secretariat").get(f"/desk/activities/{world.activity}/invitations/").content.decode()
    assert ("2 on the waiting list" in desk, desk.index("Sri Wahyuni") < desk.index("Ani Yudhoyono")) == (True, True)


def test_quota_of_the_participant_makes_wait_too(world: World) -> None:
    Activity.objects.update(capacity=None)
    Invitation.objects.filter(pk=world.invitation_a).update(quota=1)
    submit(world, PEOPLE)
    submit(world, THEIRS, side="b")
    assert list(states(world).values()) == ["submitted", "waiting", "waiting"]
    assert list(states(world, "b").values()) == ["submitted"] * 3


def test_saving_again_keeps_places_and_the_moment_of_waiting(world: World) -> None:
    submit(world, PEOPLE)
    since = named(world, "Sri Wahyuni").waiting_since
    submit(world, PEOPLE[::-1])
    assert states(world) == {"Dewi Lestari": "submitted", "Budi Santoso": "submitted", "Sri Wahyuni": "waiting"}
    assert named(world, "Sri Wahyuni").waiting_since == since


def test_freed_place_goes_to_the_first_of_the_same_participant_then_to_the_first_of_all(world: World) -> None:
    submit(world, PEOPLE[:2])
    submit(world, THEIRS[:1], side="b")
    submit(world, PEOPLE)
    withdraw_nominee(nomination=named(world, "Dewi Lestari"), by=focal(world))
    assert (states(world)["Sri Wahyuni"], states(world, "b")) == ("submitted", {"Dewi Lestari of B": "waiting"})
    withdraw_nominee(nomination=named(world, "Budi Santoso"), by=focal(world))
    assert states(world, "b") == {"Dewi Lestari of B": "submitted"}
    told = Delivery.objects.filter(kind="place_given").order_by("pk")
    assert [row.email for row in told] == ["focal-point-a@cast.example", "focal-point-b@cast.example"]
    assert "Sri Wahyuni" in told[0].text


def test_a_participant_that_has_all_of_its_places_is_passed_over(world: World) -> None:
    Invitation.objects.filter(pk=world.invitation_a).update(quota=1)
    submit(world, PEOPLE[:2])
    submit(world, THEIRS[:1], side="b")
    submit(world, THEIRS[:2], side="b")
    assert states(world, "b") == {"Dewi Lestari of B": "submitted", "Budi Santoso of B": "waiting"}
    withdraw_nominee(nomination=named(world, "Dewi Lestari of B"), by=focal(world, "b"))
    assert (states(world)["Budi Santoso"], states(world, "b")["Budi Santoso of B"]) == ("waiting", "submitted")


def test_a_substitute_has_the_place_before_those_who_wait(world: World) -> None:
    made = submit(world, PEOPLE)
    submit(world, [made_of(made[0]), made_of(made[2]), Nominee("Ani", "Clerk", "ani@x.example", replaces=made[1].pk)])
    assert states(world) == {
        "Dewi Lestari": "submitted",
        "Budi Santoso": "withdrawn",
        "Sri Wahyuni": "waiting",
        "Ani": "submitted",
    }


def made_of(row: Nomination) -> Nominee:
    return Nominee(row.official.name, row.official.position, row.official.email, official=row.official_id)


def test_declining_withdrawing_and_refusing_give_places_to_others(world: World) -> None:
    submit(world, PEOPLE[:2])
    submit(world, THEIRS, side="b")
    decline_invitation(invitation=invitation_of(world), note="", by=focal(world))
    assert sorted(states(world, "b").values()) == ["submitted", "submitted", "waiting"]
    submit(world, PEOPLE[:1])
    assert states(world)["Dewi Lestari"] == "waiting"
    confirm_delegate(nomination=named(world, "Dewi Lestari of B"), by=world.users["secretariat"], accept=False)
    assert (states(world, "b")["Sri Wahyuni of B"], states(world)["Dewi Lestari"]) == ("submitted", "waiting")
    withdraw_invitation(invitation=invitation_of(world, "b"), by=world.users["secretariat"])
    assert states(world)["Dewi Lestari"] == "submitted"
    assert set(states(world, "b").values()) == {"withdrawn", "refused"}


def test_more_places_go_to_who_waits(world: World) -> None:
    submit(world, PEOPLE)
    activity = activity_of(world)
    edit_activity(
        activity=activity,
        content=content(world, capacity=3),
        expected_version=activity.version,
        by=world.users["secretariat"],
    )
    assert set(states(world).values()) == {"submitted"}


def test_undo_finds_a_place_or_the_list(world: World) -> None:
    submit(world, PEOPLE)
    withdraw_nominee(nomination=named(world, "Dewi Lestari"), by=focal(world))
    back = restore_nominee(nomination=named(world, "Dewi Lestari"), by=focal(world))
    assert (back.state, states(world)["Sri Wahyuni"]) == ("waiting", "submitted")
    Activity.objects.update(waiting_list=False)
    withdraw_nominee(nomination=back, by=focal(world))
    with pytest.raises(DomainError, match="no free place"):
        restore_nominee(nomination=back, by=focal(world))


def test_waiting_people_are_not_confirmed_and_refused_ones_only_where_there_is_room(world: World) -> None:
    Activity.objects.update(confirm_delegates=True)
    submit(world, PEOPLE)
    staff = world.users["secretariat"]
    with pytest.raises(DomainError, match="waiting list"):
        confirm_delegate(nomination=named(world, "Sri Wahyuni"), by=staff)
    confirm_delegate(nomination=named(world, "Dewi Lestari"), by=staff, accept=False)
    assert states(world)["Sri Wahyuni"] == "submitted"
    with pytest.raises(DomainError, match="no free place"):
        confirm_delegate(nomination=named(world, "Dewi Lestari"), by=staff)


def test_nobody_gets_a_place_in_what_is_over(world: World) -> None:
    submit(world, PEOPLE)
    Activity.objects.update(status="held")
    withdraw_invitation(invitation=invitation_of(world, "b"), by=world.users["secretariat"])
    assert states(world)["Sri Wahyuni"] == "waiting"


# --- 40 people, 10 places -----------------------------------------------------------------------------------------------

RUNNERS, PLACES = 40, 10


@pytest.fixture
def crowd(transactional_db: None) -> Iterator[tuple[World, list[Client]]]:
    """Forty participants, each with a focal point who is signed in."""
    world = make_world()
    clients = []
    topic = Appointment.objects.get(official__user=world.users["focal_point_a"]).topic
    for number in range(RUNNERS):
        participant = Participant.objects.create(
            name=f"Participant {number}", slug=f"p-{number}", kind=ParticipantKind.GOVERNMENT
        )
        user = person(f"runner{number}", participant, participant=participant, role=AppointmentRole.FOCAL_POINT, topic=topic)
        client = Client()
        client.force_login(user)
        clients.append(client)
    return world, clients


def race(world: World, clients: list[Client], number: int) -> tuple[list[int], Activity]:
    """One round: an activity with ten places, and everybody presses the button at one moment."""
    by, known = world.users["secretariat"], activity_of(world)
    activity = Activity.objects.create(
        reference=f"XX-2030-{number:02}",
        title="Race",
        kind=known.kind,
        start=date(2030, 1, 1),
        status="planned",
        capacity=PLACES,
        waiting_list=True,
        published_at=known.published_at,
        published_by=by,
    )
    runners = Participant.objects.filter(slug__startswith="p-").order_by("pk")
    addresses = [
        f"/national/{participant.slug}/invitations/"
        f"{Invitation.objects.create(activity=activity, participant=participant, state='issued', issued_at=known.published_at, issued_by=by).pk}/"
        for participant in runners
    ]
    barrier, answers = threading.Barrier(RUNNERS), [0] * RUNNERS

    def run(runner: int) -> None:
        barrier.wait()
        try:
            answers[runner] = clients[runner].post(addresses[runner], sheet({"email": f"p{runner}@x.example"})).status_code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(runner,)) for runner in range(RUNNERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers, activity


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rounds", [5, pytest.param(50, marks=pytest.mark.nightly)])
def test_forty_race_for_ten_places_and_nobody_sees_an_error(crowd: tuple[World, list[Client]], rounds: int) -> None:
    world, clients = crowd
    for number in range(rounds):
        answers, activity = race(world, clients, number)
        assert answers == [302] * RUNNERS
        own = Nomination.objects.filter(invitation__activity=activity)
        assert (own.holding().count(), own.waiting().count()) == (PLACES, RUNNERS - PLACES)
        assert Delegate.objects.filter(activity=activity, withdrawn_at=None).count() == PLACES
