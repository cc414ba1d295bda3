"""Consultations: who is asked, until when, one position each, and what is compiled of it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client

from activities.enums_national import RecipientRule
from activities.models import Consultation, ConsultationAddressee, NationalCoordination, Reply, ReplyVersion
from activities.services.consultation import (
    Call,
    close_consultation,
    draft_consultation,
    edit_consultation,
    open_consultation,
    remind_consultation,
)
from activities.services.replies import Draft, save_draft, submit_reply
from members.errors import Conflict, DomainError
from members.models import AccessRecord, Delivery, Participant, StandingPeriod
from members.models.base import today
from tests.cast import World, call_for, client_for, make_world


@pytest.fixture
def world(db: None) -> World:
    made = make_world()
    for slug in ("aland", "bland"):
        StandingPeriod.objects.create(participant=Participant.objects.get(slug=slug), standing="member")
    StandingPeriod.objects.create(participant=Participant.objects.get(slug="cland"), standing="observer")
    return made


def asked(**changes: Any) -> Call:
    words: dict[str, Any] = {
        "title": "Views on the next steps",
        "question": "The senior officials asked for views.",
        "questions": ["What was useful?", "What next?"],
        "rule": RecipientRule.COUNTERPARTS,
        "deadline": today() + timedelta(days=20),
        "time_zone": "Asia/Bangkok",
    }
    return Call(**words | changes)


def answers(**more: Any) -> dict[str, Any]:
    words = {
        "title": "Views on the next steps",
        "question": "The senior officials asked for views.",
        "questions": "What was useful?\nWhat next?",
        "rule": "counterparts",
        "deadline": f"{today() + timedelta(days=20)}",
        "time_zone": "Asia/Bangkok",
    }
    return words | more


def aland() -> Participant:
    return Participant.objects.get(slug="aland")


def reply(world: World, call: Consultation, text: str = "Ours", *, who: str = "focal_point_a") -> ReplyVersion:
    """A draft of A that is submitted at once."""
    by = world.users[who]
    draft = Draft("", {"1": text})
    latest = save_draft(consultation=call, participant=aland(), draft=draft, expected_number=_number(call), by=by)
    return submit_reply(consultation=call, participant=aland(), expected_number=latest.number, by=by)


def _number(call: Consultation) -> int:
    last = ReplyVersion.objects.filter(reply__consultation=call, reply__participant=aland()).first()
    return last.number if last else 0


def test_opening_fixes_who_is_asked_and_writes_once_to_each(world: World) -> None:
    staff = world.users["secretariat"]
    call = draft_consultation(call=asked(), by=staff)
    opened = open_consultation(consultation=call, by=staff)
    open_consultation(consultation=opened, by=staff)
    assert list(opened.addressees.values_list("participant__slug", flat=True)) == ["aland", "bland", "cland"]
    written = Delivery.objects.filter(key__startswith=f"call_for_views:{call.pk}:")
    assert sorted(written.values_list("email", flat=True)) == ["focal-point-a@cast.example", "focal-point-b@cast.example"]
    message = written.filter(email__startswith="focal-point-a").get()
    assert f"/national/aland/replies/{call.pk}/" in message.text
    assert "(Asia/Bangkok)" in message.text
    assert "What next?" not in message.text
    StandingPeriod.objects.create(participant=Participant.objects.get(slug="dland"), standing="member")
    assert opened.addressees.count() == 3


def test_rule_for_members_leaves_observers_out(world: World) -> None:
    staff = world.users["secretariat"]
    call = open_consultation(consultation=draft_consultation(call=asked(rule=RecipientRule.MEMBERS), by=staff), by=staff)
    assert list(call.addressees.values_list("participant__slug", flat=True)) == ["aland", "bland"]


def test_question_to_the_steering_group_goes_to_the_holders_of_member_seats(world: World) -> None:
    staff = world.users["secretariat"]
    wanted = asked(rule=RecipientRule.STEERING_GROUP, silence_agrees=True)
    call = open_consultation(consultation=draft_consultation(call=wanted, by=staff), by=staff)
    written = Delivery.objects.filter(key__startswith=f"call_for_views:{call.pk}:").values_list("email", flat=True)
    assert sorted(written) == sorted(
        f"{name}@cast.example" for name in ("co-chair", "partner-invited", "partner-not-invited", "steering-group-member")
    )
    assert call.addressees.count() == 4


def test_reminder_goes_to_those_without_a_submitted_answer_once_a_day(world: World) -> None:
    staff = world.users["secretariat"]
    call = open_consultation(consultation=draft_consultation(call=asked(), by=staff), by=staff)
    reply(world, call)
    bland = Participant.objects.get(slug="bland")
    save_draft(consultation=call, participant=bland, draft=Draft("CANARY"), expected_number=0, by=world.users["focal_point_b"])
    for _again in range(2):
        assert remind_consultation(consultation=call, by=staff, today=today()) == 1
    reminders = Delivery.objects.filter(key__startswith=f"call-reminder-{today():%Y%m%d}:{call.pk}:")
    assert list(reminders.values_list("email", flat=True)) == ["focal-point-b@cast.example"]
    assert "CANARY" not in reminders.get().text


def test_what_was_asked_stays(world: World) -> None:
    staff, call = world.users["secretariat"], Consultation.objects.get(pk=world.consultation)
    with pytest.raises(DomainError, match="open already"):
        edit_consultation(consultation=call, call=asked(), expected_version=call.version, by=staff)


def test_two_editors_of_a_draft_see_both_texts(world: World) -> None:
    desk, address = client_for(world, "secretariat"), f"/desk/consultations/{world.draft_consultation}/edit/"
    version = Consultation.objects.get(pk=world.draft_consultation).version
    assert client_for(world, "administrator").post(address, answers(title="Theirs", version=version)).status_code == 302
    response = desk.post(address, answers(title="Mine", version=version))
    assert response.status_code == 409
    assert ("Mine" in response.content.decode(), "Theirs" in response.content.decode()) == (True, True)
    assert Consultation.objects.get(pk=world.draft_consultation).title == "Theirs"
    with pytest.raises(Conflict):
        edit_consultation(
            consultation=Consultation.objects.get(pk=world.draft_consultation),
            call=asked(),
            expected_version=0,
            by=world.users["secretariat"],
        )


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": ""}, "This field is required."),
        ({"title": "a\x00b"}, "Null characters are not allowed"),
        ({"questions": " \n "}, "This field is required."),
        ({"questions": "\n".join("?" * 21)}, "Ask at most 20 questions."),
        ({"time_zone": "Mars/Olympus"}, "Enter a time zone by region and city"),
        ({"time_zone": "../etc/passwd"}, "Enter a time zone by region and city"),
        ({"rule": "everybody"}, "Select a valid choice"),
        ({"deadline": "soon"}, "Enter a valid date."),
        ({"silence_agrees": "on"}, "Silence means agreement only in the steering group."),
        ({"silence_agrees": "on", "rule": "steering-group", "deadline": ""}, "give a day to reply by"),
        ({"proposal": "999999"}, "Select a valid choice"),
    ],
)
def test_bad_input_is_said_next_to_the_field_and_kept(world: World, wrong: dict[str, Any], said: str) -> None:
    before = Consultation.objects.count()
    response = client_for(world, "secretariat").post("/desk/consultations/new/", answers(question="Suva Canary") | wrong)
    text = response.content.decode()
    assert response.status_code == 422
    assert (said in text, "There is a problem" in text, "Suva Canary" in text) == (True, True, True)
    assert Consultation.objects.count() == before


@pytest.mark.parametrize("who", ["focal_point_a", "co_chair", "former_focal_point"])
def test_only_the_desk_asks(world: World, who: str) -> None:
    with pytest.raises(PermissionDenied):
        draft_consultation(call=asked(), by=world.users[who])


def test_opening_after_the_deadline_or_to_nobody_is_refused(world: World) -> None:
    staff = world.users["secretariat"]
    late = draft_consultation(call=asked(deadline=today() - timedelta(days=2)), by=staff)
    with pytest.raises(DomainError, match="lies in the past"):
        open_consultation(consultation=late, by=staff)
    StandingPeriod.objects.all().delete()
    with pytest.raises(DomainError, match="nobody to ask"):
        open_consultation(consultation=draft_consultation(call=asked(), by=staff), by=staff)


def test_last_day_ends_with_the_day_of_the_call_in_its_own_zone(world: World) -> None:
    by = world.users["focal_point_a"]
    call = call_for(world.users["secretariat"], [aland()], deadline=date(2030, 5, 4), time_zone="Asia/Bangkok")
    with time_machine.travel(datetime(2030, 5, 4, 16, 59, 59, tzinfo=UTC), tick=False):
        save_draft(consultation=call, participant=aland(), draft=Draft("In time"), expected_number=0, by=by)
    with time_machine.travel(datetime(2030, 5, 4, 17, 0, tzinfo=UTC), tick=False):
        with pytest.raises(DomainError, match="has passed"):
            submit_reply(consultation=call, participant=aland(), expected_number=1, by=by)
    with time_machine.travel(datetime(2030, 5, 4, 16, 59, 59, tzinfo=UTC), tick=False):
        assert submit_reply(consultation=call, participant=aland(), expected_number=1, by=by).is_submitted


def test_last_minute_is_shown_in_the_day_of_both(world: World) -> None:
    Participant.objects.filter(slug="aland").update(iso2="FJ")
    call = call_for(world.users["secretariat"], [aland()], deadline=date(2030, 5, 4), time_zone="Asia/Bangkok")
    client = client_for(world, "focal_point_a")
    text = client.get(f"/national/aland/replies/{call.pk}/").content.decode()
    assert "4 May 2030, 23:59 (Asia/Bangkok)" in text
    assert "5 May 2030, 04:59 (Pacific/Fiji)" in text
    NationalCoordination.objects.create(participant=aland(), name="Group", time_zone="America/New_York")
    assert "4 May 2030, 12:59 (America/New York)" in client.get(f"/national/aland/replies/{call.pk}/").content.decode()


def test_submitted_for_good_unless_the_call_lets_it_be_replaced(world: World) -> None:
    by, staff = world.users["focal_point_a"], world.users["secretariat"]
    fixed = Consultation.objects.get(pk=world.consultation)
    first = reply(world, fixed)
    again = submit_reply(consultation=fixed, participant=aland(), expected_number=first.number, by=by)
    assert again.pk == first.pk
    with pytest.raises(DomainError, match="cannot be changed"):
        save_draft(consultation=fixed, participant=aland(), draft=Draft("Later"), expected_number=first.number, by=by)
    open_one = call_for(staff, [aland()], may_revise=True)
    reply(world, open_one, "First position")
    reply(world, open_one, "Second position")
    kept = ReplyVersion.objects.filter(reply__consultation=open_one, is_submitted=True).order_by("number")
    assert [row.answers["1"] for row in kept] == ["First position", "Second position"]
    text = client_for(world, "secretariat").get(f"/desk/consultations/{open_one.pk}/").content.decode()
    assert ("First position" in text, "Second position" in text) == (False, True)


def test_acknowledgement_goes_to_who_submitted_without_the_position(world: World) -> None:
    reply(world, Consultation.objects.get(pk=world.consultation), "CANARY position")
    message = Delivery.objects.get(kind="reply_acknowledgement")
    assert message.email == "focal-point-a@cast.example"
    assert "CANARY" not in message.text + message.html + message.subject


def test_empty_draft_or_none_is_not_submitted(world: World) -> None:
    call, by = Consultation.objects.get(pk=world.consultation), world.users["focal_point_a"]
    with pytest.raises(DomainError, match="no draft yet"):
        submit_reply(consultation=call, participant=aland(), expected_number=0, by=by)
    save_draft(consultation=call, participant=aland(), draft=Draft("  "), expected_number=0, by=by)
    with pytest.raises(DomainError, match="is empty"):
        submit_reply(consultation=call, participant=aland(), expected_number=1, by=by)


@pytest.mark.parametrize("who", ["ministry_official_a", "focal_point_b", "secretariat", "co_chair", "former_focal_point"])
def test_only_the_focal_point_gives_the_position(world: World, who: str) -> None:
    call = Consultation.objects.get(pk=world.consultation)
    save_draft(
        consultation=call, participant=aland(), draft=Draft("Ours"), expected_number=0, by=world.users["ministry_official_a"]
    )
    with pytest.raises(PermissionDenied):
        submit_reply(consultation=call, participant=aland(), expected_number=1, by=world.users[who])
    assert not Reply.objects.get().submitted_at


def test_compilation_in_other_forms_and_its_reading_is_noted(world: World) -> None:
    call = Consultation.objects.get(pk=world.consultation)
    reply(world, call, "=1+1")
    desk, address = client_for(world, "secretariat"), f"/desk/consultations/{world.consultation}/"
    results = json.loads(desk.get(f"{address}?format=json").content)["results"]
    assert [(row["participant"], row["state"], row["question_1"]) for row in results] == [
        ("Aland", "submitted", "=1+1"),
        ("Bland", "no answer yet", None),
    ]
    assert "'=1+1" in desk.get(f"{address}?format=csv").content.decode()
    assert desk.get(f"{address}?format=xlsx").status_code == 200
    assert desk.get(f"{address}?format=pdf").status_code == 404
    desk.get(address)
    noted = AccessRecord.objects.filter(object_ref=f"consultation:{call.pk}").values_list("action", flat=True)
    assert {"opened", "exported"} == set(noted)


def test_closing_keeps_a_summary_that_those_asked_read(world: World) -> None:
    desk, address = client_for(world, "secretariat"), f"/desk/consultations/{world.consultation}/"
    assert desk.post(f"{address}close/", {"summary": ""}).status_code == 422
    assert desk.post(f"{address}close/", {"summary": "What we heard"}).status_code == 302
    page = client_for(world, "ministry_official_a").get(f"/national/aland/replies/{world.consultation}/").content.decode()
    assert ("What we heard" in page, "This consultation is closed." in page) == (True, True)
    call = Consultation.objects.get(pk=world.consultation)
    with pytest.raises(DomainError, match="closed already"):
        close_consultation(consultation=call, summary="Again", by=world.users["secretariat"])
    with pytest.raises(DomainError, match="is closed"):
        save_draft(
            consultation=call, participant=aland(), draft=Draft("Late"), expected_number=0, by=world.users["focal_point_a"]
        )


def test_silence_counts_as_agreement_after_the_last_day_only(world: World) -> None:
    staff, chair = world.users["secretariat"], world.users["co_chair"]
    wanted = asked(rule=RecipientRule.STEERING_GROUP, silence_agrees=True, deadline=today() + timedelta(days=2))
    call = open_consultation(consultation=draft_consultation(call=wanted, by=staff), by=staff)
    cland = Participant.objects.get(slug="cland")
    save_draft(consultation=call, participant=cland, draft=Draft("Not so"), expected_number=0, by=chair)
    with pytest.raises(DomainError, match="whether you agree"):
        submit_reply(consultation=call, participant=cland, expected_number=1, by=chair)
    save_draft(consultation=call, participant=cland, draft=Draft("Not so", {}, "does-not-agree"), expected_number=1, by=chair)
    submit_reply(consultation=call, participant=cland, expected_number=2, by=chair)
    with pytest.raises(DomainError, match="only after the day"):
        close_consultation(consultation=call, summary="Agreed", by=staff)
    desk, address = client_for(world, "secretariat"), f"/desk/consultations/{call.pk}/?format=json"
    states = {row["participant"]: row["state"] for row in json.loads(desk.get(address).content)["results"]}
    assert sorted(states.values()) == ["no answer yet"] * 3 + ["submitted"]
    with time_machine.travel(datetime.now(UTC) + timedelta(days=4), tick=False):
        desk = client_for(world, "secretariat")
        states = {row["participant"]: row["state"] for row in json.loads(desk.get(address).content)["results"]}
        assert sorted(states.values()) == ["agreed by silence"] * 3 + ["submitted"]
        assert close_consultation(consultation=call, summary="Agreed", by=staff).closed_at


def test_room_answers_for_the_own_seat_only(world: World) -> None:
    address = f"/steering-group/room/consultations/{world.room_consultation}/"
    chair, member = client_for(world, "co_chair"), client_for(world, "steering_group_member")
    assert chair.post(address, {"number": "0", "q1": "CANARY-CHAIR"}).status_code == 302
    assert "CANARY-CHAIR" in chair.get(address).content.decode()
    assert "CANARY-CHAIR" not in member.get(address).content.decode()
    assert member.get(f"{address}?for=cland").status_code == 404
    assert (
        "CANARY-CHAIR"
        not in client_for(world, "secretariat").get(f"/desk/consultations/{world.room_consultation}/").content.decode()
    )
    chair.post(f"{address}submit/", {"number": "1"})
    assert (
        "CANARY-CHAIR" in client_for(world, "secretariat").get(f"/desk/consultations/{world.room_consultation}/").content.decode()
    )
    assert "CANARY-CHAIR" not in member.get(address).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_ask_as_often_with_one_row_as_with_three(world: World, rows: int, django_assert_num_queries: Any) -> None:
    staff = world.users["secretariat"]
    for _number_of in range(rows):
        reply(world, call_for(staff, [aland()]))
    one = call_for(staff, Participant.objects.all()[:rows])
    for participant in Participant.objects.all()[:rows]:
        own = Reply.objects.create(consultation=one, participant=participant)
        ReplyVersion.objects.create(reply=own, number=1, text="Said", is_submitted=True, saved_by=staff)
    desk, focal = client_for(world, "secretariat"), client_for(world, "focal_point_a")
    for client in (desk, focal):
        client.get("/about/")
    counted: list[int] = []
    for client, page in (
        (desk, "/desk/consultations/"),
        (desk, f"/desk/consultations/{one.pk}/"),
        (focal, "/national/aland/replies/"),
        (focal, f"/national/aland/replies/{world.consultation}/"),
        (client_for(world, "co_chair"), "/steering-group/room/consultations/"),
    ):
        counted.append(_queries(client, page))
    assert counted == EXPECTED_QUERIES


EXPECTED_QUERIES = [9, 12, 11, 12, 10]


def _queries(client: Client, page: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as found:
        assert client.get(page).status_code == 200
    return len(found)


def test_numbers_that_no_row_can_have_are_answered_as_missing(world: World) -> None:
    huge = 10**30
    assert client_for(world, "secretariat").get(f"/desk/consultations/{huge}/").status_code == 404
    assert client_for(world, "focal_point_a").get(f"/national/aland/replies/{huge}/").status_code == 404
    assert client_for(world, "co_chair").get(f"/steering-group/room/consultations/{huge}/").status_code == 404
    address = f"/national/aland/replies/{world.consultation}/"
    for wrong in ({"number": "10" * 30}, {"number": "x"}, {"number": "0", "q1": "a\x00b"}, {"number": "0", "q1": "x" * 20_001}):
        assert client_for(world, "focal_point_a").post(address, wrong).status_code == 422
    assert client_for(world, "focal_point_a").post(f"{address}submit/", {"number": "-1"}).status_code == 422
    assert ConsultationAddressee.objects.exists()
