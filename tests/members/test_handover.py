"""Handover: access stops at once, what was open stays open, the past keeps its names and titles."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from activities.models import Consultation, CorrectionRequest, Delegate, Invitation
from activities.services import replies
from activities.services.nominations import Nominee, submit_delegation
from members.enums import AppointmentRole
from members.errors import DomainError
from members.models import AccountInvitation, Appointment, Delivery, Handover, Official, Participant, User
from members.models.base import today
from members.models.visibility import rights_of
from members.services.accounts import accept_invitation
from members.services.appointments import appoint, end_appointment, extend_appointment, hand_over
from tests.cast import World, call_for, client_for, make_world, person


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


def page_of(world: World, who: str, handover: int) -> str:
    response = client_for(world, who).get(f"/handovers/{handover}/")
    assert response.status_code == 200
    return response.content.decode()


def draft_of_a(world: World, call: Consultation, text: str = "CANARY-DRAFT", number: int = 0) -> None:
    aland, by = Participant.objects.get(slug="aland"), world.users["focal_point_a"]
    replies.save_draft(consultation=call, participant=aland, draft=replies.Draft(text), expected_number=number, by=by)


def test_successor_finds_open_calls_with_their_drafts_and_open_corrections(world: World) -> None:
    draft_of_a(world, Consultation.objects.get(pk=world.consultation))
    call_for(world.users["secretariat"], [Participant.objects.get(slug="bland")], title="To others only")
    for who in ("focal_point_a", "ministry_official_a"):
        page = page_of(world, who, world.handover_a)
        found = (
            f'href="/national/aland/replies/{world.consultation}/">Views</a>' in page,
            "Draft: version 1, saved on" in page,
            'href="/national/aland/record/?kind=corrections">Aland</a>' in page,
        )
        assert found == (True, True, True)
        assert ("CANARY-DRAFT" in page, "To others only" in page, "steering group that are open" in page) == (False, False, False)


def test_desk_sees_what_is_open_and_no_draft_of_it(world: World) -> None:
    draft_of_a(world, Consultation.objects.get(pk=world.consultation))
    page = page_of(world, "secretariat", world.handover_a)
    assert f'href="/desk/consultations/{world.consultation}/">Views</a>' in page
    assert f'href="/desk/corrections/{world.correction}/">Aland</a>' in page
    assert f'href="/desk/activities/{world.activity}/invitations/"' in page
    assert ("Draft: version" in page, "CANARY-DRAFT" in page) == (False, False)


def test_answered_call_is_gone_until_a_newer_draft_of_it_waits(world: World) -> None:
    aland, by = Participant.objects.get(slug="aland"), world.users["focal_point_a"]
    staff = world.users["secretariat"]
    call = call_for(staff, [aland], title="May be revised", may_revise=True)
    draft_of_a(world, call)
    replies.submit_reply(consultation=call, participant=aland, expected_number=1, by=by)
    assert "May be revised" not in page_of(world, "focal_point_a", world.handover_a)
    draft_of_a(world, call, "CANARY-REVISED", 2)
    page = page_of(world, "focal_point_a", world.handover_a)
    assert ("May be revised" in page, "Submitted; a newer draft is not." in page) == (True, True)
    assert "May be revised" not in page_of(world, "secretariat", world.handover_a)
    call.closed_at, call.closed_by = call.opened_at, staff
    call.save()
    assert "May be revised" not in page_of(world, "focal_point_a", world.handover_a)


def test_correction_that_is_answered_waits_no_more(world: World) -> None:
    row = CorrectionRequest.objects.get(pk=world.correction)
    row.state, row.decision_reason = "declined", "It lies here"
    row.decided_at, row.decided_by = row.asked_at, world.users["secretariat"]
    row.save()
    assert "No correction waits for an answer." in page_of(world, "focal_point_a", world.handover_a)


def seat_handover(world: World, who: str) -> Handover:
    """Of the seat that `who` holds, from somebody before."""
    incoming = Appointment.objects.get(official__user=world.users[who])
    assert incoming.seat is not None
    before = Official.objects.create(participant=incoming.seat.participant, name="Before")
    outgoing = Appointment.objects.create(
        official=before, role=incoming.role, seat=incoming.seat, period_from=date(2018, 1, 1), period_to=date(2019, 12, 31)
    )
    return Handover.objects.create(outgoing=outgoing, incoming=incoming, handed_over_by=world.users["secretariat"])


def test_successor_in_a_seat_finds_the_open_questions_to_the_steering_group(world: World) -> None:
    handover = seat_handover(world, "co_chair")
    page = page_of(world, "co_chair", handover.pk)
    assert f'href="/steering-group/room/consultations/{world.room_consultation}/?for=cland"' in page
    assert ("Calls for views" in page, "Corrections that were asked for" in page) == (False, False)
    cland, by = Participant.objects.get(slug="cland"), world.users["co_chair"]
    call = Consultation.objects.get(pk=world.room_consultation)
    replies.save_draft(consultation=call, participant=cland, draft=replies.Draft("x"), expected_number=0, by=by)
    assert "Draft: version 1" in page_of(world, "co_chair", handover.pk)
    replies.submit_reply(consultation=call, participant=cland, expected_number=1, by=by)
    assert "No question waits for an answer." in page_of(world, "co_chair", handover.pk)


def test_who_only_sits_for_a_participant_learns_nothing_of_its_national_position(world: World) -> None:
    """Somebody of Bland holds the seat of Aland: the call went to both, the answer of Aland is not theirs to know."""
    incoming = Appointment.objects.get(official__user=world.users["co_chair"])
    assert incoming.seat is not None
    incoming.seat.participant = Participant.objects.get(slug="aland")
    incoming.seat.save()
    bland = Participant.objects.get(slug="bland")
    own = Official.objects.create(user=world.users["co_chair"], participant=bland, name="Also of Bland")
    appoint(official=own, role=AppointmentRole.MINISTRY, participant=bland, by=world.users["secretariat"])
    draft_of_a(world, Consultation.objects.get(pk=world.consultation))
    page = page_of(world, "co_chair", world.handover_a)
    assert (f"/replies/{world.consultation}/" in page, "Draft: version" in page, ">Aland</a>" in page) == (False, False, False)


def test_handover_at_the_secretariat_lists_no_participant(world: World) -> None:
    one = Appointment.objects.get(official__user=world.users["secretariat"])
    second = person("second", None, role=AppointmentRole.SECRETARIAT, period_from=None)
    incoming = Appointment.objects.get(official__user=second)
    made = Handover.objects.create(outgoing=one, incoming=incoming, handed_over_by=second)
    page = page_of(world, "administrator", made.pk)
    assert ("Ahead, with delegates named" in page, "Published" in page) == (False, False)


def test_page_asks_as_often_with_one_row_as_with_three(world: World) -> None:
    client, counted = client_for(world, "focal_point_a"), []
    client.get("/about/")
    aland, staff = Participant.objects.get(slug="aland"), world.users["secretariat"]
    for rows in (1, 2):
        for number in range(rows):
            draft_of_a(world, call_for(staff, [aland], title=f"Call {rows}.{number}"))
            CorrectionRequest.objects.create(
                participant=aland,
                record="participant",
                reference=f"aland-{rows}-{number}",
                field="region",
                new_value="x",
                reason="y",
                asked_by=world.users["focal_point_a"],
            )
        with CaptureQueriesContext(connection) as found:
            assert client.get(f"/handovers/{world.handover_a}/").status_code == 200
        counted.append(len(found))
    assert counted == [12, 12]
