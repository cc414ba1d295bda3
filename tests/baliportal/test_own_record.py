"""A participant's own record: whole, its own only, as files that hold as many rows as the tables."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from activities.enums import ActivityStatus
from activities.models import Activity, Attendance, Consultation, Delegate, Hosting, Invitation, Reply, ReplyVersion
from activities.services.attendance import record_attendance
from activities.services.nominations import Nominee, decline_invitation, submit_delegation
from baliportal.own_record import KINDS
from members.enums import AccessClass
from members.models import AccessRecord, Appointment, Body, Delivery, Official, Participant, Seat, SeatRole
from members.models.base import today
from members.services.outbox import queue_delivery
from reports.models import Acknowledgement, Document
from tests.cast import World, client_for, make_world

RECORD = "/national/aland/record/"


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def focal(world: World) -> Client:
    return client_for(world, "focal_point_a")


def aland() -> Participant:
    return Participant.objects.get(slug="aland")


def held(number: int, world: World) -> Activity:
    by, kind = world.users["secretariat"], Activity.objects.get(reference=world.activity).kind
    return Activity.objects.create(
        reference=f"XX-2011-{number:02}",
        title=f"Held {number}",
        kind=kind,
        status=ActivityStatus.HELD,
        start=today() - timedelta(days=number * 400),
        published_at=timezone.now(),
        published_by=by,
    )


def fill(world: World, numbers: range) -> None:
    """For each number one row of everything that the record holds."""
    by, own = world.users["secretariat"], aland()
    body, role = Body.objects.get(), SeatRole.objects.get(key="coordinator")
    for number in numbers:
        activity = held(number, world)
        Hosting.objects.create(activity=activity, part="host", participant=own)
        official = Official.objects.create(participant=own, name=f"=Person {number}", email=f"p{number}@a.example")
        delegate = Delegate.objects.create(activity=activity, participant=own, official=official, title="Then")
        record_attendance(activity=activity, marks={(delegate.pk, activity.start): "present"}, by=by)
        Invitation.objects.create(
            activity=activity, participant=own, state="accepted", issued_at=timezone.now(), issued_by=by, replied_at=timezone.now(), replied_by=by
        )  # fmt: skip
        message = queue_delivery(
            kind="circulation", to=official, key=f"circulation:{number}", subject=f"Report {number}", text="See /r/", by=by
        )
        Acknowledgement.objects.create(delivery=message)
        consultation = Consultation.objects.create(
            title=f"Views {number}", audience="participants", question="?", opened_at=timezone.now(), opened_by=by
        )
        reply = Reply.objects.create(consultation=consultation, participant=own)
        ReplyVersion.objects.create(reply=reply, number=1, text="Ours", saved_by=by, is_submitted=True)
        Reply.objects.filter(pk=reply.pk).update(submitted_at=timezone.now(), submitted_by=by)
        document = Document.objects.create(
            symbol=f"XX-S-2011-{number:02}", kind="statement", title=f"Statement {number}", held="not-held", date=activity.start,
            published_at=timezone.now(), published_by=by,
        )  # fmt: skip
        document.authors.add(own)
        day = activity.start
        Seat.objects.create(body=body, participant=own, role=role, period_from=day, period_to=day)
        Appointment.objects.create(
            official=official, role="ministry", participant=own, period_from=day, title="Clerk of that day"
        )


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def entries(client: Client, query: str = "") -> list[str]:
    return [entry.leg for entry in client.get(f"{RECORD}{query}").context["page"].object_list]


def test_record_shows_each_part_once_and_filters_by_kind_and_year(world: World, focal: Client) -> None:
    fill(world, range(1, 2))
    page = focal.get(RECORD)
    assert {key: number for key, _label, number in page.context["record"].counts} == {
        "attended": 1,
        "hosted": 1,
        "received": 2,
        "answered": 3,
        "written": 1,
        "places": 5,
        "corrections": 1,
    }
    assert sorted(entries(focal, "?kind=answered")) == ["acknowledgement", "invitation", "reply"]
    year = held(3, world).start.year
    assert page.context["record"].total == 14
    assert entries(focal, f"?kind=hosted&year={year}") == []
    assert entries(focal, f"?kind=hosted&year={(today() - timedelta(days=400)).year}") == ["hosted"]
    text = page.content.decode()
    for words in ("Clerk of that day", "Person before A", "Report 1", "Statement 1", "Views 1", "=Person 1"):
        assert words in text


@pytest.mark.parametrize(
    "query", ["?year=abcd&kind=none&page=x", "?year=0000", "?year=99999999999", "?page=-1", "?kind=%00&year=%00"]
)
def test_nonsense_in_the_filter_shows_the_list(focal: Client, query: str) -> None:
    assert focal.get(f"{RECORD}{query}").status_code == 200


def test_years_of_a_place_are_all_in_which_it_was_held(world: World, focal: Client) -> None:
    assert "appointment" in entries(focal, "?kind=places&year=2019")
    assert "appointment" not in entries(focal, "?kind=places&year=2017")
    assert "Person before A" in text_of(focal, f"{RECORD}?kind=places&year=2019")


def test_pages_hold_25_and_lead_on(world: World, focal: Client) -> None:
    fill(world, range(1, 4))
    first, second = focal.get(RECORD), focal.get(f"{RECORD}?page=2")
    shown = [(e.leg, e.row.pk) for page in (first, second) for e in page.context["page"].object_list]
    assert len(shown) == len(set(shown)) == first.context["record"].total


def test_list_asks_as_often_with_three_rows_of_each_as_with_one(world: World, focal: Client) -> None:
    def queries() -> dict[str, int]:
        found = {}
        for kind in ("", *KINDS):
            with CaptureQueriesContext(connection) as asked:
                text_of(focal, f"{RECORD}?kind={kind}")
            found[kind] = len(asked)
        return found

    fill(world, range(1, 2))
    focal.get(RECORD)
    before = queries()
    fill(world, range(2, 4))
    after = queries()
    assert {kind: number for kind, number in after.items() if kind} == {kind: n for kind, n in before.items() if kind}
    assert after[""] <= before[""] <= 25


def test_another_participant_and_its_messages_are_not_here(world: World, focal: Client) -> None:
    by, other = world.users["secretariat"], Official.objects.get(user=world.users["focal_point_b"])
    theirs = queue_delivery(kind="invitation", to=other, key="k:b", subject="Canary of B", text="x", by=by)
    assert "Canary of B" not in text_of(focal, RECORD)
    assert focal.get(f"{RECORD}messages/{theirs.pk}/").status_code == 404
    assert client_for(world, "focal_point_b").get(RECORD).status_code == 404
    assert client_for(world, "secretariat").get(f"{RECORD}export/").status_code == 404


def test_personal_messages_and_those_of_a_higher_class_stay_with_their_reader(world: World, focal: Client) -> None:
    by, own = world.users["secretariat"], Official.objects.get(user=world.users["focal_point_a"])
    for kind, access in (("account_invitation", "public"), ("still_right", "public"), ("handover", "public"), ("circulation", AccessClass.STEERING_GROUP)):  # fmt: skip
        queue_delivery(kind=kind, to=own, key=f"x:{kind}", subject=f"Canary {kind}", text="x", access_class=access, by=by)
    assert "Canary" not in text_of(focal, RECORD)
    assert [d.kind for d in Delivery.objects.visible_to(world.users["focal_point_a"])] == ["invitation"]
    assert Delivery.objects.visible_to(world.users["secretariat"]).count() == Delivery.objects.count()
    assert Delivery.objects.visible_to(world.users["co_chair"]).count() == 0


def test_message_is_read_again_without_its_personal_link(world: World, focal: Client) -> None:
    Delivery.objects.filter(pk=world.message_a).update(
        text="Please come.\n<b>Bold</b>\nhttps://portal.example/r/secrettoken/\nhttps://portal.example/activities/",
        reason="SMTP says",
    )
    text = text_of(focal, f"{RECORD}messages/{world.message_a}/")
    assert "Please come." in text
    assert "secrettoken" not in text
    assert "&lt;b&gt;" in text
    assert "SMTP says" not in text
    assert "On its way" in text
    assert not AccessRecord.objects.exists()
    Delivery.objects.filter(pk=world.message_a).update(text="", access_class=AccessClass.PARTICIPANTS)
    assert "not kept any more" in text_of(focal, f"{RECORD}messages/{world.message_a}/")
    assert AccessRecord.objects.get().object_ref == f"aland {world.message_a}"


def tables(world: World) -> dict[str, int]:
    """Rows of the tables themselves, without the selectors of the export."""
    own = aland()
    return {
        "delegates": Delegate.objects.filter(participant=own, withdrawn_at=None).count(),
        "attendance": Attendance.objects.filter(delegate__participant=own).count(),
        "hosted": Hosting.objects.filter(participant=own).count(),
        "messages": Delivery.objects.filter(official__participant=own, kind__in=["invitation", "circulation", "nomination_acknowledgement"]).count(),
        "invitations": Invitation.objects.filter(participant=own).exclude(replied_at=None).count(),
        "replies": Reply.objects.filter(participant=own).exclude(submitted_at=None).count(),
        "acknowledgements": Acknowledgement.objects.count(),
        "documents": own.documents_written.count(),
        "seats": own.seats.count(),
        "appointments": own.appointments.count(),
        "corrections": own.corrections.count(),
    }  # fmt: skip


def test_export_holds_as_many_rows_as_the_tables(world: World, focal: Client) -> None:
    fill(world, range(1, 4))
    submit_delegation(
        invitation=Invitation.objects.get(pk=world.invitation_a), nominees=[Nominee("N", "Clerk", "n@a.example")], token="t", by=world.users["focal_point_a"]
    )  # fmt: skip
    by = world.users["secretariat"]
    draft = Consultation.objects.create(
        title="Draft", audience="participants", question="?", opened_at=timezone.now(), opened_by=by
    )
    unsent = Reply.objects.create(consultation=draft, participant=aland())
    ReplyVersion.objects.create(reply=unsent, number=1, text="Not sent", saved_by=world.users["focal_point_a"])
    wanted = tables(world)
    assert min(wanted.values()) >= 1
    as_json = focal.get(f"{RECORD}export/?format=json").json()["parts"]
    assert {key: part["count"] for key, part in as_json.items()} == wanted
    assert {key: len(part["results"]) for key, part in as_json.items()} == wanted
    book = load_workbook(io.BytesIO(focal.get(f"{RECORD}export/").content))
    assert [sheet.max_row - 1 for sheet in book] == list(wanted.values())
    archive = zipfile.ZipFile(io.BytesIO(focal.get(f"{RECORD}export/?format=zip").content))
    assert sorted(archive.namelist()) == sorted(["README.txt", *(f"{key}.csv" for key in wanted)])
    for key, number in wanted.items():
        assert len(list(csv.reader(io.StringIO(archive.read(f"{key}.csv").decode("utf-8-sig"))))) == number + 1
        assert f"{key}: " in archive.read("README.txt").decode()
    refs = list(AccessRecord.objects.filter(action="exported").order_by("pk").values_list("object_ref", flat=True))
    assert refs == ["aland json", "aland xlsx", "aland zip"]
    assert {row.actor_id for row in AccessRecord.objects.all()} == {world.users["focal_point_a"].pk}


def test_files_run_no_formula_and_survive_odd_characters(world: World, focal: Client) -> None:
    fill(world, range(1, 2))
    Delivery.objects.filter(pk=world.message_a).update(text="=1+1\x0b" + "x" * 40_000)
    book = load_workbook(io.BytesIO(focal.get(f"{RECORD}export/").content))
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}
    archive = zipfile.ZipFile(io.BytesIO(focal.get(f"{RECORD}export/?format=zip").content))
    assert "'=Person 1" in archive.read("delegates.csv").decode()


def test_export_has_no_language_and_no_other_form(focal: Client) -> None:
    assert focal.get("/id/national/aland/record/export/?format=zip").headers["Location"] == f"{RECORD}export/?format=zip"
    for wanted in ("csv", "pdf", "", "%00"):
        assert focal.get(f"{RECORD}export/?format={wanted}").status_code == 404
    assert not AccessRecord.objects.exists()


def test_record_speaks_bahasa_indonesia(world: World, focal: Client) -> None:
    fill(world, range(1, 2))
    text = text_of(focal, f"/id{RECORD}")
    assert "Catatan kami" in text
    for words in ("Our record", "Take it with you", "Something is wrong", "No attendance"):
        assert words not in text


def test_answer_to_an_invitation_joins_the_record(world: World, focal: Client) -> None:
    invitation: Any = Invitation.objects.get(pk=world.invitation_a)
    assert entries(focal, "?kind=answered") == []
    decline_invitation(invitation=invitation, note="Not this time", by=world.users["focal_point_a"])
    assert entries(focal, "?kind=answered") == ["invitation"]
    assert "Not this time" in text_of(focal, f"{RECORD}?kind=answered")
