"""The steering group's room and the agendas of its meetings: what is shown to whom, editing, two editors, reminders."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from activities.enums import ActivityStatus, AgendaItemKind
from activities.models import (
    Activity,
    Agenda,
    AgendaItem,
    CallRecord,
    Consultation,
    Objective,
    Proposal,
    Review,
)
from activities.selectors_group import Draft, bodies_without_next_meeting, last_meeting, next_meeting, rhythm
from activities.services.agendas import add_item, make_agenda, move_item, publish_agenda, remove_item
from baliportal.record.reference_tables import months_between
from members.enums import AccessClass, AppointmentRole
from members.errors import Conflict, DomainError
from members.models import AccessRecord, Appointment, Body, Office, Participant, Seat, StandingItem
from members.models.base import today
from members.partial_dates import months_later
from reports.enums import DocumentKind, Held
from reports.models import Document
from tests.cast import PERSONS, World, client_for, make_world

ROOM = "/steering-group/room/"
KEPT_IN_THE_ROOM = re.compile("CANARY (proposal|consultation|call|said|agreed|standing|item|note|document)")
INSIDE = ("steering_group_member", "co_chair", "partner_invited", "partner_not_invited", "secretariat", "administrator")


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def desk(world: World) -> Client:
    return client_for(world, "secretariat")


def body() -> Body:
    return Body.objects.get(key="steering-group")


def meeting(world: World, reference: str, **fields: Any) -> Activity:
    """Another meeting of the body, published."""
    by = world.users["secretariat"]
    like = Activity.objects.get(reference=world.activity)
    words: dict[str, Any] = {"title": reference, "kind": like.kind, "published_at": timezone.now(), "published_by": by}
    return Activity.objects.create(reference=reference, **(words | fields))


def proposal(world: World, title: str, **fields: Any) -> Proposal:
    return Proposal.objects.create(title=title, recorded_by=world.users["secretariat"], **fields)


def fill_with_canaries(world: World) -> None:
    """One of each thing that only the room shows."""
    by = world.users["secretariat"]
    proposal(world, "CANARY proposal")
    Consultation.objects.create(
        title="CANARY consultation", audience="steering-group", question="CANARY?", opened_at=timezone.now(), opened_by=by
    )
    CallRecord.objects.filter(pk=world.call).update(subject="CANARY call", summary="CANARY said", agreed="CANARY agreed")
    StandingItem.objects.update(title_en="CANARY standing")
    AgendaItem.objects.update(title_en="CANARY item", note="CANARY note")
    Document.objects.filter(symbol=world.restricted_document).update(title="CANARY document")


def test_room_holds_its_sections_in_order(world: World) -> None:
    fill_with_canaries(world)
    page = client_for(world, "co_chair").get(ROOM)
    keys = [section.key for section, _part in page.context["sections"]]
    assert keys == ["meetings", "approvals", "consultations", "proposals", "calls", "documents", "seats", "standing"]
    text = page.content.decode()
    for words in ("proposal", "consultation", "call", "document", "standing"):
        assert text.count(f"CANARY {words}") == 1, words
    member = client_for(world, "steering_group_member").get(ROOM)
    assert [s.key for s, _part in member.context["sections"]] == [key for key in keys if key != "approvals"]


def test_nothing_of_the_room_reaches_anybody_else(world: World) -> None:
    fill_with_canaries(world)
    urls = [
        *("/", "/activities/", f"/activities/{world.activity}/", "/steering-group/", "/forums/", f"/forums/{world.forum}/"),
        *("/search/?q=CANARY", "/reports/", "/feeds/activities.atom", "/calendar/", "/participants/cland/", "/national/"),
        *("/reports/?format=json", "/activities/?format=csv", "/forums/?format=csv"),
        *(ROOM, f"{ROOM}calls/", f"{ROOM}calls/?format=csv", f"{ROOM}calls/{world.call}/"),
        f"{ROOM}agendas/{world.activity}/",
    ]
    leaks = []
    for name in (name for name in PERSONS if name not in INSIDE):
        client = client_for(world, name)
        for url in urls:
            answer = client.get(url, follow=True)
            if KEPT_IN_THE_ROOM.search(answer.content.decode()):
                leaks.append((name, url))
    assert leaks == []


def test_holders_are_named_to_those_who_sit_there_and_offices_are_shown(world: World) -> None:
    cland = Participant.objects.get(slug="cland")
    office = Office.objects.create(participant=cland, title="Office of the co-chair")
    seat = Seat.objects.get(pk=world.seat)
    Appointment.objects.create(role=AppointmentRole.SEAT, office=office, seat=seat, period_from=date(2020, 1, 1))
    text = client_for(world, "steering_group_member").get(ROOM).content.decode()
    for name in ("co_chair", "steering_group_member", "partner_invited", "partner_not_invited"):
        assert f"Person {name}" in text
    assert "Office of the co-chair" in text
    assert "@cast.example" not in text
    for name in ("focal_point_a", "ministry_official_a"):
        assert f"Person {name}" not in text
    user = world.users["focal_point_a"]
    assert list(Appointment.objects.visible_to(user).filter(seat__isnull=False)) == []


def test_signing_in_leads_its_members_to_the_room(world: World) -> None:
    assert client_for(world, "steering_group_member").get("/start/")["Location"] == ROOM
    assert client_for(world, "focal_point_a").get("/start/")["Location"] == "/national/"
    assert client_for(world, "secretariat").get("/start/")["Location"] == "/desk/"


def test_documents_of_the_room_are_found_and_paged(world: World) -> None:
    by = world.users["secretariat"]
    for number in range(30):
        Document.objects.create(
            symbol=f"XX-D-2011-{number:02}",
            kind=DocumentKind.OTHER,
            title=f"Paper {number:02}",
            access_class=AccessClass.STEERING_GROUP,
            date=date(2011, 1, 1),
            held=Held.NOT_HELD,
            state="published",
            published_at=timezone.now(),
            published_by=by,
        )
    client = client_for(world, "co_chair")
    first, second = client.get(ROOM), client.get(ROOM, {"page": "2"})
    assert (first.content.decode().count("Paper "), second.content.decode().count("Paper ")) == (25, 5)
    found = client.get(ROOM, {"q": "paper 07"}).content.decode()
    assert (found.count("Paper 07"), found.count("Paper 08")) == (1, 0)
    for question in ("\x00", "x" * 5000, "%", "'"):
        assert client.get(ROOM, {"q": question, "page": question}).status_code == 200


def test_room_asks_the_same_number_of_questions_for_any_number_of_rows(world: World) -> None:
    client = client_for(world, "co_chair")

    def questions() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(ROOM).status_code == 200
        return len(seen)

    proposal(world, "One")
    before = questions()
    by = world.users["secretariat"]
    for number in range(3):
        proposal(world, f"More {number}", proposed_by=Participant.objects.get(slug="aland"))
        call = CallRecord.objects.create(
            held_on=today(), starts_at=time(9), time_zone="Asia/Jakarta", subject=f"Call {number}", recorded_by=by
        )
        call.seats.add(world.seat)
        StandingItem.objects.create(body=body(), order=number + 2, title_en=f"Item {number}")
    assert questions() == before


def test_next_and_last_meeting(world: World) -> None:
    Activity.objects.filter(status=ActivityStatus.HELD).update(status=ActivityStatus.CANCELLED)
    user, group = world.users["co_chair"], body()
    ahead = next_meeting(group, user)
    assert ahead is not None
    assert ahead.reference in {world.activity, world.other_activity}
    held = meeting(world, "XX-2009-11", status=ActivityStatus.HELD, start=date(2009, 5, 1), date_precision="month")
    meeting(world, "XX-2009-12", status=ActivityStatus.CANCELLED, start=date(2009, 9, 1))
    assert last_meeting(group, user) == held
    Activity.objects.filter(status=ActivityStatus.PLANNED).update(status=ActivityStatus.POSTPONED)
    assert next_meeting(group, user) is None
    undated = meeting(world, "XX-UNDT-01", status=ActivityStatus.PLANNED, date_precision="unknown")
    assert next_meeting(group, user) == undated


def test_reminder_is_soft_and_only_for_bodies_that_meet_regularly(world: World, desk: Client) -> None:
    Activity.objects.filter(status=ActivityStatus.HELD).update(status=ActivityStatus.CANCELLED)
    user = world.users["secretariat"]
    Activity.objects.filter(status=ActivityStatus.PLANNED).update(status=ActivityStatus.POSTPONED)
    assert bodies_without_next_meeting(user) == []
    assert "Set the next meeting" not in desk.get("/desk/").content.decode()
    Body.objects.update(cadence_months=6)
    (found,) = bodies_without_next_meeting(user)
    assert (found.body, found.due, found.is_overdue_softly) == (body(), None, False)
    meeting(world, "XX-2009-11", status=ActivityStatus.HELD, start=date(2009, 5, 1), date_precision="month")
    assert rhythm(body(), user).due == date(2009, 11, 30)
    assert rhythm(body(), user).is_overdue_softly
    text = desk.get("/desk/").content.decode()
    said = "The next meeting is not set. It meets about every 6 months. The last meeting on record: May 2009."
    assert "Set the next meeting: Steering group" in text
    assert said in text
    assert said.split(" The last", maxsplit=1)[0] in " ".join(client_for(world, "co_chair").get(ROOM).content.decode().split())
    assert "late" not in text.split("Set the next meeting")[1].split("</li>")[0]
    meeting(world, "XX-2030-01", status=ActivityStatus.PLANNED, start=today() + timedelta(days=9))
    assert bodies_without_next_meeting(user) == []


@pytest.mark.parametrize(
    ("words", "months"),
    [
        ("about twice a year", 6),
        ("Twice a  year", 6),
        ("once a year", 12),
        ("four times a year", 3),
        ("as needed", None),
        ("", None),
        ("every two weeks", None),
    ],
)
def test_cadence_in_words_becomes_months_where_it_says_so(words: str, months: int | None) -> None:
    assert months_between(words) == months


def test_months_later_keeps_within_the_month() -> None:
    assert months_later(date(2005, 8, 31), 6) == date(2006, 2, 28)
    assert months_later(date(2004, 6, 8), 6) == date(2004, 12, 8)
    assert months_later(date(9999, 12, 31), 120).year < 9999


AGENDA = "/desk/activities/{}/agenda/"


def test_agenda_begins_with_what_stands_and_what_is_open(world: World, desk: Client) -> None:
    Activity.objects.filter(status=ActivityStatus.HELD).update(status=ActivityStatus.CANCELLED)
    by = world.users["secretariat"]
    StandingItem.objects.create(body=body(), order=2, title_en="Review", title_id="Tinjauan", note="Each time")
    proposal(world, "Open idea")
    proposal(world, "Declined idea", state="declined")
    opened = {"opened_at": timezone.now(), "opened_by": by}
    Consultation.objects.create(title="Question", audience="steering-group", question="?", **opened)
    Consultation.objects.create(title="To all", audience="participants", question="?", **opened)
    Consultation.objects.create(title="Late", audience="steering-group", question="?", deadline=date(2010, 1, 1), **opened)
    Consultation.objects.create(title="Not opened", audience="steering-group", question="?")
    met = Objective.objects.create(code="OBJ-02", order=2, short_title="Second")
    last = meeting(world, "XX-2009-11", status=ActivityStatus.HELD, start=date(2009, 5, 1))
    Review.objects.create(meeting=last, objective=met, outcome="met")
    Document.objects.filter(symbol=world.restricted_document).update(access_class=AccessClass.SECRETARIAT)
    url = AGENDA.format(world.other_activity)
    page = desk.get(url)
    keys = list(page.context["form"].drafts)
    titles = [draft.title_en for draft in page.context["form"].drafts.values()]
    assert titles == ["Plan", "Review", "An idea", "Open idea", "Views", "Question", "First", world.document]
    assert desk.post(url, {"items": [key for key in keys if "Plan" not in key]}).status_code == 302
    agenda = Agenda.objects.get(activity__reference=world.other_activity)
    stored = list(agenda.items.values_list("order", "kind", "title_en", "title_id", "note"))
    assert stored[0] == (1, AgendaItemKind.STANDING, "Review", "Tinjauan", "Each time")
    assert [row[2] for row in stored] == titles[1:]
    assert agenda.published_at is None
    assert client_for(world, "co_chair").get(f"{ROOM}agendas/{world.other_activity}/").status_code == 404
    wrong = desk.post(AGENDA.format(world.draft_activity), {"items": ["song:1"]})
    assert wrong.status_code == 422
    assert "The suggestions have changed." in wrong.content.decode()


def test_an_activity_of_another_kind_has_no_agenda(world: World, desk: Client) -> None:
    Body.objects.update(activity_kind="conference")
    assert desk.get(AGENDA.format(world.activity)).status_code == 404
    activity = Activity.objects.get(reference=world.other_activity)
    with pytest.raises(DomainError, match="no meeting of that body"):
        make_agenda(activity=activity, body=body(), drafts=[], by=world.users["secretariat"])


def made(world: World, *titles: str) -> Agenda:
    drafts = [Draft(AgendaItemKind.OTHER, title) for title in titles]
    activity = Activity.objects.get(reference=world.other_activity)
    return make_agenda(activity=activity, body=body(), drafts=drafts, by=world.users["secretariat"])


def order_of(agenda: Agenda) -> list[str]:
    return [item.title_en for item in agenda.items.order_by("order")]


def version_of(agenda: Agenda) -> int:
    agenda.refresh_from_db()
    return agenda.version


def test_items_change_places_are_edited_added_and_taken_away(world: World, desk: Client) -> None:
    agenda = made(world, "A", "B", "C")
    url = AGENDA.format(world.other_activity)
    a, b, c = agenda.items.order_by("order")
    desk.post(f"{url}items/{c.pk}/move/", {"to": "earlier", "version": agenda.version})
    assert order_of(agenda) == ["A", "C", "B"]
    desk.post(f"{url}items/{a.pk}/move/", {"to": "later", "version": version_of(agenda)})
    assert order_of(agenda) == ["C", "A", "B"]
    desk.post(f"{url}items/{c.pk}/move/", {"to": "earlier", "version": version_of(agenda)})
    assert order_of(agenda) == ["C", "A", "B"]
    answers = {"title_en": "B2", "title_id": "B dua", "note": "n", "version": version_of(agenda)}
    assert desk.post(f"{url}items/{b.pk}/", answers).status_code == 302
    assert desk.post(f"{url}items/", {"title_en": "D", "version": version_of(agenda)}).status_code == 302
    desk.post(f"{url}items/{a.pk}/remove/", {"version": version_of(agenda)})
    assert order_of(agenda) == ["C", "B2", "D"]
    assert desk.post(f"{url}publish/", {"to": "room", "version": version_of(agenda)}).status_code == 302
    room = client_for(world, "co_chair")
    text = room.get(f"/id{ROOM}agendas/{world.other_activity}/").content.decode()
    assert ("B dua" in text, "B2" in text) == (True, False)
    assert AccessRecord.objects.filter(object_label="agenda", object_ref=world.other_activity).count() == 1
    desk.post(f"{url}publish/", {"to": "draft", "version": version_of(agenda)})
    assert room.get(f"{ROOM}agendas/{world.other_activity}/").status_code == 404


def test_two_editors_of_an_agenda(world: World, desk: Client) -> None:
    agenda = made(world, "A", "B")
    by, url = world.users["administrator"], AGENDA.format(world.other_activity)
    item = agenda.items.get(order=1)
    old = agenda.version
    add_item(agenda=agenda, fields={"title_en": "Theirs"}, expected_version=old, by=by)
    mine = {"title_en": "Mine", "title_id": "", "note": "", "version": old}
    answer = desk.post(f"{url}items/{item.pk}/", mine)
    assert answer.status_code == 409
    assert answer.context["rows"] == [("Title in English", "Mine", "A")]
    for path in (f"items/{item.pk}/move/", f"items/{item.pk}/remove/", "publish/"):
        assert desk.post(f"{url}{path}", {"version": old}).status_code == 409
    added = desk.post(f"{url}items/", mine)
    assert (added.status_code, 'value="Mine"' in added.content.decode()) == (409, True)
    assert order_of(agenda) == ["A", "B", "Theirs"]
    with pytest.raises(Conflict):
        move_item(agenda=agenda, pk=item.pk, earlier=False, expected_version=old, by=by)
    remove_item(agenda=agenda, pk=item.pk, expected_version=version_of(agenda), by=by)
    gone = desk.post(f"{url}items/{item.pk}/", mine | {"version": version_of(agenda)})
    assert (gone.status_code, 'value="Mine"' in gone.content.decode()) == (409, True)
    assert desk.get(f"{url}items/{item.pk}/").status_code == 404


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"title_en": "x" * 401},
        {"title_en": "a\x00b"},
        {"title_en": "A", "version": "9" * 40},
        {"title_en": "A", "version": "soon"},
        {"title_en": ["A", "B"], "note": "n" * 4001},
    ],
)
def test_bad_input_to_an_agenda_never_breaks(world: World, desk: Client, answers: dict[str, Any]) -> None:
    agenda = made(world, "A")
    url, item = AGENDA.format(world.other_activity), agenda.items.get()
    for path in ("items/", f"items/{item.pk}/"):
        assert desk.post(f"{url}{path}", answers).status_code in {409, 422}
    for path in (f"items/{item.pk}/move/", f"items/{item.pk}/remove/", "publish/"):
        assert desk.post(f"{url}{path}", answers).status_code == 409
    assert desk.post(f"{url}items/999999999999/remove/", {"version": agenda.version}).status_code == 302
    assert order_of(agenda) == ["A"]


def test_rules_of_publishing(world: World) -> None:
    by = world.users["secretariat"]
    agenda = made(world)
    with pytest.raises(DomainError, match="without items"):
        publish_agenda(agenda=agenda, expected_version=agenda.version, by=by)
    add_item(agenda=agenda, fields={"title_en": "A"}, expected_version=version_of(agenda), by=by)
    Activity.objects.filter(reference=world.other_activity).update(published_at=None, published_by=None)
    with pytest.raises(DomainError, match="Publish the meeting first"):
        publish_agenda(agenda=Agenda.objects.get(pk=agenda.pk), expected_version=version_of(agenda), by=by)
    with pytest.raises(DomainError, match="an agenda already"):
        made(world, "A")


def test_standing_items_and_cadence_at_the_desk(world: World, desk: Client) -> None:
    base = "/desk/contacts/bodies/steering-group/"
    answers = {"title_en": "Review", "title_id": "Tinjauan", "note": ""}
    assert desk.post(f"{base}agenda/new/", answers).status_code == 302
    item = StandingItem.objects.get(title_en="Review")
    assert item.order == 2
    desk.post(f"{base}agenda/{item.pk}/move/", {"to": "earlier"})
    assert list(StandingItem.objects.values_list("title_en", "order")) == [("Review", 1), ("Plan", 2)]
    desk.post(f"{base}agenda/{item.pk}/move/", {"to": "earlier"})
    assert list(StandingItem.objects.values_list("title_en", "order")) == [("Review", 1), ("Plan", 2)]
    assert desk.post(f"{base}agenda/{item.pk}/remove/").status_code == 302
    assert list(StandingItem.objects.values_list("title_en", flat=True)) == ["Plan"]
    edit = {"name_en": "Steering group", "cadence": "about twice a year", "cadence_months": "6", "confidence": "paper"}
    assert desk.post(f"{base}edit/", edit | {"expected_version": "1"}).status_code == 302
    assert (body().cadence, body().cadence_months, body().version) == ("about twice a year", 6, 2)
    assert desk.post(f"{base}edit/", edit | {"expected_version": "1", "mandate": "mine"}).status_code == 409
    for months in ("0", "121", "-3", "soon", "9" * 30):
        answer = desk.post(f"{base}edit/", edit | {"expected_version": "2", "cadence_months": months})
        assert answer.status_code == 422, months
    assert "It meets about every 6 months." in desk.get(base).content.decode()
