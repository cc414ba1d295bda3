"""Corrections: asked by the participant, answered at the desk, with old and new kept, who and why."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from activities.models import Activity, CorrectionRequest, Delegate, Hosting
from activities.selectors_corrections import activity_subject, participant_subject
from activities.services.corrections import accept_correction, ask_correction, decline_correction
from members.errors import DomainError
from members.models import Delivery, Ministry, Official, Participant, Seat
from reports.models import Document
from tests.cast import World, client_for, make_world

ASK = "/national/aland/record/{}/{}/correct/"
ANSWERS = {"new_value": "Suva", "reason": "It was moved", "source": "Note 4"}


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def focal(world: World) -> Client:
    return client_for(world, "focal_point_a")


@pytest.fixture
def desk(world: World) -> Client:
    return client_for(world, "secretariat")


def hosted(world: World) -> Activity:
    activity = Activity.objects.get(reference=world.activity)
    Activity.objects.filter(pk=activity.pk).update(city="Nadi")
    Hosting.objects.create(activity=activity, part="host", participant=Participant.objects.get(slug="aland"))
    return activity


def asked(world: World, focal: Client, fact: str = "place", **more: str) -> CorrectionRequest:
    answer = focal.post(ASK.format("activity", world.activity), ANSWERS | {"fact": fact} | more)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/national/aland/record/?kind=corrections")
    return CorrectionRequest.objects.latest("pk")


def test_accepted_correction_keeps_old_and_new_with_who_and_when(world: World, focal: Client, desk: Client) -> None:
    hosted(world)
    request = asked(world, focal)
    page = f"/desk/corrections/{request.pk}/"
    assert (request.old_value, request.new_value, request.asked_by) == ("Nadi", "Suva", world.users["focal_point_a"])
    shown = desk.get(page).content.decode()
    for words in ("Nadi", "Suva", "It was moved", "Note 4", f"/desk/activities/{world.activity}/edit/"):
        assert words in shown
    early = desk.post(f"{page}accept/", {})
    assert early.status_code == 422
    assert "still says the same" in early.content.decode()
    Activity.objects.filter(reference=world.activity).update(city="Suva", venue="Hall")
    assert desk.post(f"{page}accept/", {"accept-note": "With thanks"}).status_code == 302
    request.refresh_from_db()
    assert (request.state, request.old_value, request.new_value, request.changed_to) == ("accepted", "Nadi", "Suva", "Hall, Suva")
    assert request.decided_by == world.users["secretariat"]
    assert request.decided_at
    mail = Delivery.objects.get(kind="correction")
    assert mail.official.user == world.users["focal_point_a"]
    for words in ("Nadi", "Hall, Suva", "With thanks", "Terima kasih" if mail.language == "id" else "Thank you"):
        assert words in mail.text
    own = focal.get("/national/aland/record/?kind=corrections").content.decode()
    assert "Hall, Suva" in own
    assert "With thanks" in own


def test_declined_correction_has_a_reason_that_the_participant_reads(world: World, focal: Client, desk: Client) -> None:
    hosted(world)
    request = asked(world, focal)
    page = f"/desk/corrections/{request.pk}/"
    for nothing in ("", "  \n"):
        assert desk.post(f"{page}decline/", {"decline-reason": nothing}).status_code == 422
    assert desk.post(f"{page}decline/", {"decline-reason": "The report says Nadi"}).status_code == 302
    assert "The report says Nadi" in Delivery.objects.get(kind="correction").text
    assert "The report says Nadi" in focal.get("/national/aland/record/").content.decode()
    again = desk.post(f"{page}decline/", {"decline-reason": "Again"})
    assert again.status_code == 422
    assert Delivery.objects.filter(kind="correction").count() == 1


def test_mail_speaks_both_languages(world: World, focal: Client) -> None:
    from members.models import Process

    Process.objects.update(languages="en id")
    hosted(world)
    decline_correction(correction=asked(world, focal), reason="No", by=world.users["secretariat"])
    mail = Delivery.objects.get(kind="correction")
    assert "the record stays as it is" in mail.text
    assert "tidak berubah" in mail.text
    assert "tidak berubah" in mail.html


def test_who_asked_has_left_so_the_present_focal_point_hears(world: World, focal: Client) -> None:
    hosted(world)
    request = asked(world, focal)
    by = world.users["secretariat"]
    Official.objects.filter(user=world.users["focal_point_a"]).update(user=None)
    decline_correction(correction=request, reason="No", by=by)
    assert [d.official.email for d in Delivery.objects.filter(kind="correction")] == ["focal-point-a@cast.example"]


def test_only_the_focal_point_asks_and_only_about_its_own(world: World, focal: Client) -> None:
    assert focal.get(ASK.format("activity", world.other_activity)).status_code == 404
    assert focal.get(ASK.format("activity", world.activity)).status_code == 200  # invited to it
    assert focal.get(ASK.format("document", world.document)).status_code == 404
    assert focal.get(ASK.format("participant", "bland")).status_code == 404
    assert focal.get(ASK.format("seat", world.seat)).status_code == 404
    for reference in ("x", "9" * 30, "-1", "٣", "a%00b", "1" * 18):
        for record in ("seat", "appointment", "activity", "document", "participant", "nothing"):
            assert focal.get(ASK.format(record, reference)).status_code == 404
    aland, ministry = Participant.objects.get(slug="aland"), world.users["ministry_official_a"]
    subject = participant_subject(aland, ministry)
    with pytest.raises(PermissionDenied):
        ask_correction(participant=aland, subject=subject, key="name", new_value="A", reason="b", by=ministry)


def test_each_kind_of_record_can_be_asked_about(world: World, focal: Client) -> None:
    aland, by = Participant.objects.get(slug="aland"), world.users["secretariat"]
    document = Document.objects.get(symbol=world.document)
    document.authors.add(aland)
    seat = Seat.objects.get(pk=world.seat)
    seat.participant = aland
    seat.save()
    activity = hosted(world)
    official = Official.objects.create(participant=aland, name="Delegate", email="d@a.example")
    Delegate.objects.create(activity=activity, participant=aland, official=official)
    aland.standings.create(standing="member", period_from=date(2002, 1, 1))
    standing = aland.standings.get().pk
    facts = {
        ("participant", "aland"): ["name", "region", "kind", f"standing:{standing}", "ministry:AAA-M01"],
        ("activity", world.activity): ["title", "dates", "delegation", "hosts"],
        ("document", world.document): ["title", "dates"],
        ("seat", str(seat.pk)): ["role", "period"],
        ("appointment", str(world.appointment_a)): ["holder", "period"],
    }
    desk = client_for(world, "secretariat")
    CorrectionRequest.objects.count()
    for (record, reference), keys in facts.items():
        for key in keys:
            if (record, key) == ("participant", "region"):
                continue  # asked for already
            answer = focal.post(ASK.format(record, reference), ANSWERS | {"fact": key})
            assert answer.status_code == 302, (record, key)
            made = CorrectionRequest.objects.latest("pk")
            assert desk.get(f"/desk/corrections/{made.pk}/").status_code == 200
            assert desk.get(desk.get(f"/desk/corrections/{made.pk}/").context["fact"].edit_url).status_code == 200
    assert CorrectionRequest.objects.get(field="delegation").old_value == "Delegate: not recorded"
    assert by


def test_request_is_made_once_and_says_something_new(world: World, focal: Client) -> None:
    hosted(world)
    asked(world, focal)
    second = focal.post(ASK.format("activity", world.activity), ANSWERS | {"fact": "place"})
    assert second.status_code == 422
    assert "asked for already" in second.content.decode()
    for wrong in ({"fact": "place", "new_value": "Nadi"}, {"fact": "title", "reason": " "}, {"fact": "none"}, {}, {"fact": "title", "new_value": "\x00"}):  # fmt: skip
        answer = focal.post(ASK.format("activity", world.activity), ANSWERS | {"fact": ""} | wrong)
        assert answer.status_code == 422, wrong
        assert "This field is required" not in answer.content.decode()
        assert "Note 4" in answer.content.decode()
    assert CorrectionRequest.objects.filter(record="activity").count() == 1


def test_fact_that_is_gone_counts_as_changed(world: World, desk: Client) -> None:
    aland, by = Participant.objects.get(slug="aland"), world.users["focal_point_a"]
    ministry = Ministry.objects.create(code="AAA-M02", participant=aland, name="Ministry of Nothing")
    subject = participant_subject(aland, by)
    made = ask_correction(
        participant=aland, subject=subject, key="ministry:AAA-M02", new_value="No such ministry", reason="Never was", by=by
    )
    ministry.delete()
    assert "does not hold this fact" in desk.get(f"/desk/corrections/{made.pk}/").content.decode()
    assert desk.post(f"/desk/corrections/{made.pk}/accept/").status_code == 302
    made.refresh_from_db()
    assert (made.old_value, made.changed_to) == ("Ministry of Nothing", "")
    assert made.fact == "Ministry or agency (Ministry of Nothing)"


def test_what_was_asked_or_decided_never_changes(world: World, focal: Client) -> None:
    hosted(world)
    request = asked(world, focal)
    decline_correction(correction=request, reason="No", by=world.users["secretariat"])
    for statement in (
        "UPDATE activities_correctionrequest SET decision_reason = 'forged'",
        "UPDATE activities_correctionrequest SET old_value = 'forged'",
        "DELETE FROM activities_correctionrequest",
    ):
        with pytest.raises(DatabaseError, match="correction_kept"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises(DomainError, match="answered already"):
        accept_correction(correction=request, now_says="Suva", by=world.users["secretariat"])
    with pytest.raises(PermissionDenied):
        decline_correction(correction=request, reason="x", by=world.users["focal_point_a"])


def test_history_says_who_did_what_and_keeps_no_words(world: World, focal: Client) -> None:
    hosted(world)
    decline_correction(correction=asked(world, focal, reason="CANARY why"), reason="CANARY no", by=world.users["secretariat"])
    model: Any = CorrectionRequest._meta.apps.get_model("activities", "CorrectionRequestEvent")
    events = model.objects.filter(record="activity").order_by("pk")
    assert [(e.pgh_context["verb"], e.state) for e in events] == [
        ("ask_correction", "asked"),
        ("decline_correction", "declined"),
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM activities_correctionrequestevent t WHERE t::text ~ 'CANARY|Suva|Nadi'")
        assert cursor.fetchone() == (0,)


def test_values_are_compared_in_one_language(world: World) -> None:
    from django.utils.translation import override

    activity = hosted(world)
    aland, user = Participant.objects.get(slug="aland"), world.users["secretariat"]
    with override("id"):
        indonesian = activity_subject(activity.reference, aland, user)
    english = activity_subject(activity.reference, aland, user)
    assert indonesian
    assert english
    assert [f.value for f in indonesian.facts] == [f.value for f in english.facts]


def test_desk_sees_ages_oldest_first_on_its_list_and_its_work_to_do(world: World, focal: Client, desk: Client) -> None:
    hosted(world)
    aland, by = Participant.objects.get(slug="aland"), world.users["focal_point_a"]
    CorrectionRequest.objects.create(
        participant=aland, record="seat", reference="1", field="role", new_value="x", reason="y", asked_by=by,
        record_title="Oldest", asked_at=timezone.now() - timedelta(days=9),
    )  # fmt: skip
    asked(world, focal)
    rows = desk.get("/desk/corrections/").context["rows"]
    assert [(row.field, age) for row, age in rows] == [
        ("role", "Asked 9 days ago."),
        ("region", "Asked today."),
        ("place", "Asked today."),
    ]
    work = desk.get("/desk/").content.decode()
    assert work.index("Role of Oldest") < work.index("Region of Aland")
    assert f"/desk/corrections/{rows[0][0].pk}/" in work
    assert desk.get("/desk/corrections/?state=declined").context["rows"] == []
    assert desk.get("/desk/corrections/?state=%00&page=z").status_code == 200


def test_desk_list_asks_as_often_with_three_rows_as_with_one(world: World, focal: Client, desk: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            desk.get("/desk/corrections/")
        return len(found)

    hosted(world)
    before = (desk.get("/desk/"), queries())[1]
    for fact in ("place", "title"):
        asked(world, focal, fact)
    assert queries() == before


def test_public_page_leads_its_focal_point_to_the_request(world: World, focal: Client, desk: Client) -> None:
    link = ASK.format("participant", "aland")
    assert link in focal.get("/participants/aland/").content.decode()
    assert "/correct/" not in focal.get("/participants/bland/").content.decode()
    for other in (Client(), desk, client_for(world, "ministry_official_a"), client_for(world, "focal_point_b")):
        assert "/correct/" not in other.get("/participants/aland/").content.decode()


def test_pages_speak_bahasa_indonesia(world: World, focal: Client, desk: Client) -> None:
    hosted(world)
    request = asked(world, focal)
    assert "Ada yang keliru" in focal.get("/id" + ASK.format("activity", world.activity)).content.decode()
    page = desk.get(f"/id/desk/corrections/{request.pk}/").content.decode()
    for words in ("Old and new", "It should say", "Decline the request"):
        assert words not in page
