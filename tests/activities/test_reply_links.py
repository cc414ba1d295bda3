"""Questions to the steering group about a proposal, answered in the room or through the signed link of the letter."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from activities.models import Consultation, LinkedReply, Proposal, Reply, ReplyVersion
from activities.services.consultation import LINK_PURPOSE, close_consultation
from activities.services.replies import Draft, save_draft
from members.models import Appointment, Delivery, Official, Participant
from members.models.base import today
from members.signing import make_token
from tests.activities.planning import in_days
from tests.cast import World, client_for, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def ask(world: World, **changes: Any) -> Consultation:
    """Ask about the proposal of the cast the way the desk does."""
    answers = {"question": "Shall we?", "questions": "Is it useful?\nWhen?", "deadline": in_days(10), "time_zone": "Asia/Jakarta"}
    url = f"/desk/proposals/{world.proposal}/ask/"
    answer = client_for(world, "secretariat").post(url, answers | changes)
    assert answer.status_code == 302, answer.content.decode()
    return Consultation.objects.filter(proposal_id=world.proposal).latest("pk")


def link(name: str = "steering-group-member") -> str:
    """The address in the letter to one person."""
    message = Delivery.objects.filter(kind="group_question", email__startswith=name).latest("pk")
    found = re.search(r"/r/question/\S+", message.text)
    assert found
    return found[0]


def sent(**changes: Any) -> dict[str, Any]:
    return {"name": "Siti Rahma", "q1": "Yes", "number": 0} | changes


def test_asking_ties_the_question_to_the_proposal_and_writes_to_each_seat(world: World) -> None:
    call = ask(world, silence_agrees="on")
    assert (call.audience, call.proposal_id, call.silence_agrees, call.is_open) == ("steering-group", world.proposal, True, True)
    written = Delivery.objects.filter(kind="group_question")
    assert written.count() == call.addressees.count() == 4
    assert len({link(name) for name in ("steering-group-member", "co-chair", "partner-invited")}) == 3
    text = client_for(world, "secretariat").get(f"/desk/proposals/{world.proposal}/").content.decode()
    assert ("0 of 4 have answered" in text, "No answer yet: Agency, Cland, Dland, Other Agency." in text) == (True, True)


def test_answer_through_the_link_is_recorded_as_such(world: World, client: Client) -> None:
    call = ask(world)
    page = client.get(link())
    text = page.content.decode()
    assert (page.status_code, "You answer for Dland" in text, "Is it useful?" in text) == (200, True, True)
    assert not Reply.objects.exists()
    answer = client.post(link(), sent())
    assert (answer.status_code, answer["Location"]) == (302, link())
    version = ReplyVersion.objects.get()
    how = LinkedReply.objects.get()
    assert (version.is_submitted, version.answers, version.reply.participant.slug) == (True, {"1": "Yes"}, "dland")
    assert (how.reply_version, how.name, how.written_to) == (version, "Siti Rahma", "Person steering_group_member")
    assert Delivery.objects.get(kind="reply_acknowledgement").email == "steering-group-member@cast.example"
    desk = client_for(world, "secretariat").get(f"/desk/consultations/{call.pk}/").content.decode()
    assert "Through the link in the letter, by Siti Rahma" in desk
    assert "1 of 4 have answered" in client_for(world, "secretariat").get(f"/desk/proposals/{world.proposal}/").content.decode()
    room = client_for(world, "steering_group_member").get(f"/steering-group/room/consultations/{call.pk}/").content.decode()
    assert "by Siti Rahma" in room
    assert (
        "Siti Rahma"
        not in client_for(world, "co_chair").get(f"/steering-group/room/proposals/{world.proposal}/").content.decode()
    )


def test_same_answer_again_changes_nothing_and_another_is_refused_or_replaces(world: World, client: Client) -> None:
    ask(world)
    client.post(link(), sent())
    assert client.post(link(), sent()).status_code == 302
    assert client.post(link(), sent(q1="No", number=1)).status_code == 422
    assert "cannot be changed" in client.get(link()).content.decode()
    assert ReplyVersion.objects.count() == 1
    ask(world, may_revise="on")
    client.post(link(), sent())
    assert client.post(link(), sent(q1="No")).status_code == 409
    assert client.post(link(), sent(q1="No", number=1)).status_code == 302
    assert [row.answers for row in ReplyVersion.objects.order_by("pk")] == [{"1": "Yes"}, {"1": "Yes"}, {"1": "No"}]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": " 12 "}, "Enter your full name."),
        ({"q1": " ", "q2": " "}, "Answer at least one question."),
        ({"q1": "a\x00b"}, "Null characters are not allowed."),
    ],
)
def test_incomplete_answer_keeps_what_was_typed(world: World, client: Client, changes: dict[str, str], said: str) -> None:
    ask(world)
    answer = client.post(link(), sent(q2="In May") | changes)
    text = answer.content.decode()
    assert (answer.status_code, said in text, "In May" in text) == (422, True, "q1" not in changes or changes["q1"] != " ")
    assert not ReplyVersion.objects.exists()


def test_silence_procedure_asks_for_agreement(world: World, client: Client) -> None:
    ask(world, silence_agrees="on")
    assert client.post(link(), sent()).status_code == 422
    assert client.post(link(), sent(stance="does-not-agree")).status_code == 302
    assert ReplyVersion.objects.get().stance == "does-not-agree"


def test_drafts_of_the_room_are_not_behind_the_link(world: World, client: Client) -> None:
    call, own = ask(world), Participant.objects.get(slug="dland")
    by = world.users["steering_group_member"]
    save_draft(consultation=call, participant=own, draft=Draft("CANARY draft"), expected_number=0, by=by)
    assert "CANARY" not in client.get(link()).content.decode()
    client.post(link(), sent())
    assert ReplyVersion.objects.filter(is_submitted=True).get().number == 2


def test_link_ends_with_the_deadline_the_question_and_the_seat(world: World, client: Client) -> None:
    call = ask(world)
    address = link()
    with time_machine.travel(timezone.now() + timedelta(days=12)):
        assert client.get(address).status_code == 404
    assert client.get(address).status_code == 200
    holder = Official.objects.get(user=world.users["steering_group_member"])
    Appointment.objects.filter(official=holder).update(period_to=today() - timedelta(days=1))
    assert (client.get(address).status_code, client.post(address, sent()).status_code) == (404, 404)
    Appointment.objects.filter(official=holder).update(period_to=None)
    close_consultation(consultation=call, summary="Agreed", by=world.users["secretariat"])
    assert client.get(address).status_code == 404
    assert not ReplyVersion.objects.exists()
    for name in ("co_chair", "secretariat"):
        page = "/steering-group/room" if name == "co_chair" else "/desk"
        assert "Agreed" in client_for(world, name).get(f"{page}/proposals/{world.proposal}/").content.decode()


def test_link_of_another_question_purpose_or_seat_is_none(world: World, client: Client) -> None:
    call, to = ask(world), Official.objects.get(user=world.users["focal_point_a"])
    a, d = Participant.objects.get(slug="aland").pk, Participant.objects.get(slug="dland").pk
    for purpose, value in (
        ("still-right", f"{call.pk}:{d}:official-{to.pk}"),
        (LINK_PURPOSE, f"{call.pk}:{a}:official-{to.pk}"),
        (LINK_PURPOSE, f"{call.pk}:{d}:official-{to.pk}"),
        (LINK_PURPOSE, f"{world.consultation}:{a}:official-{to.pk}"),
        (LINK_PURPOSE, f"999999999:{d}:official-{to.pk}"),
    ):
        assert client.get(f"/r/question/{make_token(purpose, value)}/").status_code == 404
    assert client.get(link()[:-3] + "/").status_code == 404


def test_letter_with_the_link_is_not_read_by_others_of_the_government(world: World) -> None:
    ask(world)
    assert not Delivery.objects.visible_to(world.users["focal_point_a"]).filter(kind="group_question").exists()
    assert not Delivery.objects.visible_to(world.users["steering_group_member"]).filter(kind="group_question").exists()


def test_desk_does_not_show_the_link_of_another(world: World) -> None:
    ask(world)
    message = Delivery.objects.filter(kind="group_question").latest("pk")
    text = client_for(world, "secretariat").get(f"/desk/deliveries/{message.pk}/").content.decode()
    assert ("/r/question/…" in text, message.text.partition("/r/question/")[2][:30] in text) == (True, False)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"questions": " "}, "This field is required."),
        ({"deadline": in_days(-1)}, "lies in the past"),
        ({"deadline": ""}, "This field is required."),
        ({"time_zone": "Mars"}, "Enter a time zone by region and city"),
    ],
)
def test_question_that_cannot_be_asked(world: World, changes: dict[str, str], said: str) -> None:
    answers = {"question": "Shall we?", "questions": "Yes?", "deadline": in_days(10), "time_zone": "UTC"} | changes
    answer = client_for(world, "secretariat").post(f"/desk/proposals/{world.proposal}/ask/", answers)
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert not Proposal.objects.get(pk=world.proposal).consultations.exists()
