"""Histories that anybody may read: when and in which kinds of facts, never staff's words, names, or what is not public."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from activities.models import Activity, Objective, ProgrammeArea, Recommendation, Review
from members.audit import acting
from members.models import Appointment, Forum, ForumKind, Ministry, Office, Official, Participant, Seat, StandingPeriod, Topic
from members.services.directory import save_record
from reports.models import Document
from tests.cast import World, client_for, make_world

PAGES = (
    "/participants/aland/history/",
    "/steering-group/history/",
    "/forums/history/",
    "/objectives/OBJ-01/history/",
    "/programme-areas/PA-01/history/",
    "/reports/XX-R-2010-01/history/",
    "/activities/XX-2010-01/history/",
)


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def kinds(client: Client, path: str) -> list[list[str]]:
    """Kinds of each change, the oldest first; the recording has none. In a test all is one moment, hence the sets."""
    return [sorted(str(kind) for kind in change.kinds) for change in client.get(path).context["changes"]][::-1]


@pytest.mark.parametrize("path", PAGES)
def test_page_is_there_for_anybody_in_both_languages_and_not_indexed(world: World, client: Client, path: str) -> None:
    for address in (path, f"/id{path}"):
        response = client.get(address)
        assert response.status_code == 200
        assert '<meta name="robots" content="noindex">' in response.content.decode()
    assert client.get(f"{path}?format=xml").status_code == 404
    assert client.get(f"{path}?format=xlsx").status_code == 200
    data = client.get(f"{path}?format=json").json()
    assert set(data) == {"count", "results", "next"}
    rows = list(csv.reader(io.StringIO(client.get(f"{path}?format=csv").content.decode("utf-8-sig"))))
    assert rows[0] == ["Date (UTC)", "Record", "What changed"]
    assert len(rows) == data["count"] + 1


@pytest.mark.parametrize(
    ("page", "link"),
    [
        ("/participants/aland/", "/participants/aland/history/"),
        ("/steering-group/", "/steering-group/history/"),
        ("/forums/", "/forums/history/"),
        ("/objectives/OBJ-01/", "/objectives/OBJ-01/history/"),
        ("/programme-areas/PA-01/", "/programme-areas/PA-01/history/"),
        ("/reports/XX-R-2010-01/", "/reports/XX-R-2010-01/history/"),
        ("/activities/XX-2010-01/", "/activities/XX-2010-01/history/"),
    ],
)
def test_record_leads_to_its_history(world: World, client: Client, page: str, link: str) -> None:
    assert f'href="{link}"' in client.get(page).content.decode()


@pytest.mark.parametrize(
    "path", ["/participants/nowhere/history/", "/objectives/X/history/", "/programme-areas/X/history/", "/reports/X/history/"]
)
def test_records_that_are_not_there_have_none(world: World, client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_withdrawn_and_restricted_documents(world: World, client: Client) -> None:
    assert client.get(f"/reports/{world.restricted_document}/history/").status_code == 404
    Document.objects.filter(symbol=world.document).update(
        withdrawn_at=timezone.now(), withdrawn_by=world.users["secretariat"], withdrawn_reason="Wrong file"
    )
    response = client.get(f"/reports/{world.document}/history/")
    assert response.status_code == 410
    assert "Wrong file" in response.content.decode()


@pytest.mark.django_db(transaction=True)
def test_changes_are_told_by_kind_and_staff_matters_are_not(client: Client) -> None:
    world = make_world()
    by = world.users["secretariat"]
    aland = Participant.objects.get(slug="aland")
    record = Participant.objects.get(pk=aland.pk)
    record.notes = "CANARY-NOTE"
    save_record(record=record, by=by, expected_version=record.version)
    before = kinds(client, "/participants/aland/history/")
    record.iso3 = "ALA"
    save_record(record=record, by=by, expected_version=record.version)
    save_record(record=StandingPeriod(participant=aland, standing="member", period_from=date(2004, 1, 1)), by=by)
    save_record(record=Official(participant=aland, name="CANARY-NAME", email="canary@a.example"), by=by)
    ministry = Ministry.objects.get(pk=world.ministry_a)
    ministry.notes = "CANARY-NOTE"
    save_record(record=ministry, by=by, expected_version=ministry.version)
    assert kinds(client, "/participants/aland/history/")[len(before) :] == [["ISO codes"], ["standing"]]
    for path in PAGES:
        text = client.get(path).content.decode()
        assert "CANARY" not in text
        assert "Person " not in text
        assert "@cast.example" not in text


@pytest.mark.django_db(transaction=True)
def test_focal_points_are_told_as_offices_only(client: Client) -> None:
    world = make_world()
    aland, topic = Participant.objects.get(slug="aland"), Topic.objects.get()
    official = Official.objects.create(participant=aland, name="Somebody")
    before = kinds(client, "/participants/aland/history/")
    place: dict[str, Any] = {"role": "focal-point", "participant": aland, "period_from": date(2001, 1, 1)}
    Appointment.objects.create(official=official, topic=topic, period_to=date(2002, 1, 1), **place)
    assert kinds(client, "/participants/aland/history/") == before
    invented = Office.objects.create(participant=aland, title="Invented", is_invented=True)
    Appointment.objects.create(office=invented, topic=topic, **place)
    assert kinds(client, "/participants/aland/history/") == before
    office = Office.objects.create(participant=aland, title="Directorate")
    Appointment.objects.create(office=office, topic=topic, **place)
    assert kinds(client, "/participants/aland/history/") == [*before, ["focal points"]]
    assert world.users


@pytest.mark.django_db(transaction=True)
def test_objective_tells_nothing_of_what_the_reader_may_not_see(client: Client) -> None:
    world = make_world()
    objective, area = Objective.objects.get(), ProgrammeArea.objects.get()
    draft = Activity.objects.get(reference=world.draft_activity)
    restricted = Activity.objects.get(reference=world.restricted_activity)
    for activity in (draft, restricted):
        activity.objectives.add(objective)
        activity.programme_areas.add(area)
    Review.objects.create(meeting=draft, objective=objective, outcome="not-stated")
    Recommendation.objects.create(reference="XX-REC-2010-09", text="x", objective=objective, access_class="secretariat")
    before = [[], ["mandate"], ["reviews"]]
    assert kinds(client, "/objectives/OBJ-01/history/") == before
    assert kinds(client, "/programme-areas/PA-01/history/") == [[]]
    published = Activity.objects.get(reference=world.activity)
    published.objectives.add(objective)
    published.programme_areas.add(area)
    Objective.objects.filter(pk=objective.pk).update(official_wording="To do it")
    assert kinds(client, "/objectives/OBJ-01/history/") == [*before, ["activities"], ["official wording"]]
    assert kinds(client, "/programme-areas/PA-01/history/") == [[], ["activities"]]
    assert kinds(client, f"/activities/{world.activity}/history/")[-1] == ["objectives and areas"]
    with acting(by=world.users["secretariat"], verb="publish_activity"):
        moment = timezone.now()
        Activity.objects.filter(pk=draft.pk).update(published_at=moment, published_by=world.users["secretariat"])
    told = client.get("/programme-areas/PA-01/history/").context["changes"]
    assert next(change.at for change in told if not change.is_first) == moment


@pytest.mark.django_db(transaction=True)
def test_lists_say_which_row_changed(client: Client) -> None:
    world = make_world()
    kind = ForumKind.objects.create(key="other", name_en="Other")
    forum = Forum.objects.create(code="F-1", short_name="One", full_name="Forum One", kind=kind, notes="CANARY")
    Forum.objects.filter(pk=forum.pk).update(notes="CANARY again")
    Forum.objects.filter(pk=forum.pk).update(relationship="Works alongside")
    told = [(c.subject, [str(k) for k in c.kinds]) for c in client.get("/forums/history/").context["changes"]]
    told = [change for change in told if change[0] == "Forum One"]
    assert told == [("Forum One", ["relation to this process"]), ("Forum One", ["recorded"])]
    Seat.objects.filter(pk=world.seat).update(remit="Chairs")
    newest = client.get("/steering-group/history/").context["changes"][0]
    assert (newest.subject, [str(k) for k in newest.kinds]) == ("Cland: co-chair", ["remit"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/steering-group/history/", "/participants/aland/history/"])
def test_as_many_queries_with_one_change_as_with_three(client: Client, path: str) -> None:
    world = make_world()
    counts = []
    for number in range(3):
        Seat.objects.filter(pk=world.seat).update(remit=f"Remit {number}")
        Participant.objects.filter(slug="aland").update(iso3=f"AL{number}")
        with CaptureQueriesContext(connection) as found:
            client.get(path)
        counts.append(len(found))
    assert counts[0] == counts[2]


# --- one's own participant ------------------------------------------------------------------------------------------
def test_focal_point_sees_own_people_by_title_and_not_by_name(world: World) -> None:
    aland, topic = Participant.objects.get(slug="aland"), Topic.objects.get()
    official = Official.objects.create(participant=aland, name="CANARY-NAME", email="canary@a.example")
    Appointment.objects.create(
        official=official,
        role="focal-point",
        participant=aland,
        topic=topic,
        title="Director of Borders",
        period_from=date(2001, 1, 1),
        period_to=date(2002, 1, 1),
    )
    Official.objects.filter(pk=official.pk).update(position="Minister now")
    response = client_for(world, "focal_point_a").get("/national/aland/history/")
    text = response.content.decode()
    assert "Director of Borders, Focal point: People smuggling" in text
    assert "CANARY" not in text
    assert "Minister now" not in text
    assert client_for(world, "focal_point_b").get("/national/aland/history/").status_code == 404
    assert client_for(world, "secretariat").get("/national/aland/history/").status_code == 404
    assert "bland" not in text.lower()
