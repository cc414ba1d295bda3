"""Handover: access stops at once, what was open stays open, the past keeps its names and titles."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client

from activities.models import Delegate, Invitation
from activities.services.nominations import Nominee, submit_delegation
from members.enums import AppointmentRole
from members.errors import DomainError
from members.models import AccountInvitation, Appointment, Delivery, Handover, Official, Participant, User
from members.models.base import today
from members.models.visibility import rights_of
from members.services.accounts import accept_invitation
from members.services.appointments import appoint, end_appointment, extend_appointment, hand_over
from tests.cast import World, client_for, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def place(world: World) -> Appointment:
    return Appointment.objects.get(pk=world.appointment_a)


def path(world: World) -> str:
    return f"/desk/contacts/appointments/{world.appointment_a}/hand-over/"


def test_ended_at_noon_gives_nothing_a_second_later_in_an_open_session(world: World) -> None:
    noon = datetime.fromisoformat(f"{today():%Y-%m-%d}T12:00:00+00:00")
    space = "/national/aland/"
    with time_machine.travel(noon - timedelta(seconds=1), tick=False):
        session = client_for(world, "focal_point_a")
        assert session.get(space).status_code == 200
    with time_machine.travel(noon, tick=False):
        end_appointment(appointment=place(world), by=world.users["secretariat"])
    with time_machine.travel(noon + timedelta(seconds=1), tick=False):
        closed = session.get(space)
        assert (closed.status_code, "or not any more" in closed.content.decode()) == (404, True)
        assert session.get(f"{space}invitations/{world.invitation_a}/").status_code == 404
        assert session.get("/accounts/2fa/").status_code in {200, 302}  # the account itself is not gone


def test_appointment_of_the_same_day_ends_at_once_too_and_leaves_the_place_free(world: World) -> None:
    by, aland = world.users["secretariat"], Participant.objects.get(slug="aland")
    end_appointment(appointment=place(world), by=by)
    first = appoint(
        official=Official.objects.get(user=world.users["focal_point_a"]),
        role=AppointmentRole.FOCAL_POINT,
        participant=aland,
        topic=place(world).topic,
        by=by,
    )
    end_appointment(appointment=first, by=by)
    user = User.objects.get(pk=world.users["focal_point_a"].pk)
    assert rights_of(user).speaks_for == set()
    second = Official.objects.create(participant=aland, name="Second", email="second@a.example")
    made = appoint(official=second, role=AppointmentRole.FOCAL_POINT, participant=aland, topic=place(world).topic, by=by)
    assert made.period_from == today()


def test_desk_hands_over_to_a_new_person_who_finds_what_is_open(world: World) -> None:
    desk, by_a = client_for(world, "secretariat"), world.users["focal_point_a"]
    invitation = Invitation.objects.get(pk=world.invitation_a)
    submit_delegation(invitation=invitation, nominees=[Nominee("Delegate One", "Clerk", "one@a.example")], token="t", by=by_a)
    answers = {
        "when": "now",
        "reason": "Posted elsewhere",
        "new_name": "New Person",
        "new_position": "Deputy Director",
        "new_email": "new.person@a.example",
        "note": "Ask the ministry of justice about the venue.",
        "invite": "on",
    }
    with_commit = desk.post(path(world), answers)
    assert with_commit.status_code == 302
    handover = Handover.objects.exclude(pk=world.handover_a).get()
    outgoing, incoming = handover.outgoing, handover.incoming
    assert incoming is not None
    assert (outgoing.ended_reason, outgoing.period_to) == ("Posted elsewhere", today() - timedelta(days=1))
    assert (incoming.period_from, incoming.title, incoming.topic) == (today(), "Deputy Director", outgoing.topic)
    invitation.refresh_from_db()
    assert invitation.state == "accepted"  # the answer is the participant's
    assert Delivery.objects.get(kind="handover").email == "new.person@a.example"
    successor = _accept(handover)
    page = successor.get(f"/handovers/{handover.pk}/").content.decode()
    for words in ("Ask the ministry of justice", "Published", "Person focal_point_a", "I have read it"):
        assert words in page
    assert successor.get(f"/national/aland/invitations/{world.invitation_a}/").status_code == 200
    assert successor.post(f"/handovers/{handover.pk}/").status_code == 302
    handover.refresh_from_db()
    assert handover.read_at is not None


def _accept(handover: Handover) -> Client:
    """The invited successor makes the account; the person and the place that exist are used, not made again."""
    invitation = AccountInvitation.objects.get(email="new.person@a.example")
    token = next(word for m in mail.outbox for word in m.body.split("/") if len(word) == 43) if mail.outbox else ""
    if not token:  # the mail leaves after commit; the test is inside a transaction
        from members.services import accounts

        token = "x" * 43
        AccountInvitation.objects.filter(pk=invitation.pk).update(token_hash=accounts._hash(token))
    user = accept_invitation(token=token, name="New Person", password="a long password of words")
    assert Official.objects.filter(email="new.person@a.example").count() == 1
    assert Appointment.objects.filter(official__user=user).count() == 1
    assert handover.incoming is not None
    assert rights_of(user).speaks_for == {handover.outgoing.participant_id}
    User.objects.filter(pk=user.pk).update(second_factor_waived=True)
    client = Client()
    client.force_login(user)
    return client


def test_handover_is_seen_by_its_participant_and_the_desk_only(world: World) -> None:
    Handover.objects.filter(pk=world.handover_a).update(note="CANARY-HANDOVER")
    for name in ("focal_point_b", "co_chair", "steering_group_member", "partner_invited", "former_focal_point"):
        response = client_for(world, name).get(f"/handovers/{world.handover_a}/")
        assert (response.status_code, b"CANARY" in response.content) == (404, False)
    assert b"CANARY-HANDOVER" in client_for(world, "ministry_official_a").get(f"/handovers/{world.handover_a}/").content


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({}, '<a href="#id_when_0">Say when it ends.</a>'),
        ({"when": "day"}, "Enter the last day."),
        ({"when": "day", "last_day": "1999-01-01"}, "cannot end before it starts"),
        ({"when": "now", "new_name": "Somebody"}, "Enter the e-mail address of the successor."),
        ({"when": "now", "new_email": "x@a.example"}, "Enter the name of the successor."),
        ({"when": "now", "successor": "99999"}, "Select a valid choice"),
        ({"when": "now", "new_name": "Other", "new_email": "ministry-official-a@cast.example"}, "has this e-mail address"),
    ],
)
def test_bad_handover_changes_nothing(world: World, answers: dict[str, str], said: str) -> None:
    before = Official.objects.count(), Appointment.objects.count(), Handover.objects.count()
    response = client_for(world, "secretariat").post(path(world), answers)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert (Official.objects.count(), Appointment.objects.count(), Handover.objects.count()) == before
    assert place(world).period_to is None


def test_planned_handover_keeps_access_to_the_last_day(world: World) -> None:
    by, last_day = world.users["secretariat"], today() + timedelta(days=10)
    successor = Official.objects.get(user=world.users["ministry_official_a"])
    made = hand_over(appointment=place(world), by=by, last_day=last_day, successor=successor)
    assert made.incoming is not None
    assert made.incoming.period_from == last_day + timedelta(days=1)
    user = User.objects.get(pk=world.users["focal_point_a"].pk)
    assert rights_of(user).speaks_for
    with time_machine.travel(datetime.combine(last_day + timedelta(days=1), datetime.min.time())):
        assert not rights_of(User.objects.get(pk=user.pk)).speaks_for
        assert rights_of(User.objects.get(pk=world.users["ministry_official_a"].pk)).speaks_for


def test_who_leaves_leaves_every_place(world: World) -> None:
    by, aland = world.users["secretariat"], Participant.objects.get(slug="aland")
    official = Official.objects.get(user=world.users["focal_point_a"])
    appoint(official=official, role=AppointmentRole.NATIONAL_LEAD, participant=aland, by=by, from_day=date(2021, 1, 1))
    hand_over(appointment=place(world), by=by, leaves=True)
    official.refresh_from_db()
    assert official.period_to == today() - timedelta(days=1)
    assert not Appointment.objects.current().filter(official=official).exists()


def test_successor_cannot_be_the_one_who_leaves_nor_of_another_government(world: World) -> None:
    by = world.users["secretariat"]
    own = Official.objects.get(user=world.users["focal_point_a"])
    other = Official.objects.get(user=world.users["focal_point_b"])
    for successor in (own, other):
        with pytest.raises(DomainError):
            hand_over(appointment=place(world), by=by, successor=successor)
    assert place(world).period_to is None


def test_past_delegations_keep_the_title_of_their_day(world: World) -> None:
    invitation = Invitation.objects.get(pk=world.invitation_a)
    named: Any = [Nominee("Delegate One", "Clerk", "one@a.example")]
    submit_delegation(invitation=invitation, nominees=named, token="t", by=world.users["focal_point_a"])
    Official.objects.filter(email="one@a.example").update(position="Minister")
    assert Delegate.objects.get(official__email="one@a.example").title == "Clerk"


def test_term_is_extended_until_a_successor_stands_in_the_way(world: World) -> None:
    by = world.users["secretariat"]
    kept = extend_appointment(appointment=place(world), until=today() + timedelta(days=5), by=by)
    appoint(
        official=Official.objects.get(user=world.users["ministry_official_a"]),
        role=AppointmentRole.FOCAL_POINT,
        participant=kept.participant,
        topic=kept.topic,
        from_day=today() + timedelta(days=6),
        by=by,
    )
    with pytest.raises(DomainError, match="already"):
        extend_appointment(appointment=place(world), until=None, by=by)


def test_only_the_desk_hands_over(world: World) -> None:
    from django.core.exceptions import PermissionDenied

    for name in ("focal_point_a", "co_chair", "ministry_official_a"):
        with pytest.raises(PermissionDenied):
            hand_over(appointment=place(world), by=world.users[name])
