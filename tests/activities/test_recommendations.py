"""Recommendations: recorded from a paragraph, addressed, followed up; who sees them, and how they leave the portal."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from activities.models import Activity, FollowUp, Recommendation
from activities.selectors_followup import due_soon, follow_up_rate, stale
from members.enums import AccessClass
from members.models import AccessRecord, Body, Participant, Portfolio
from members.models.base import today
from tests.cast import World, client_for, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def desk(world: World) -> Client:
    return client_for(world, "secretariat")


def said(**answers: Any) -> dict[str, Any]:
    return {"text": "Train officers", "access_class": "public", "expected_version": "1"} | answers


def test_recommendation_is_recorded_from_a_paragraph_and_addressed(desk: Client, world: World) -> None:
    new = desk.get("/desk/recommendations/new/?document_symbol=XX-R-2010-01&paragraph=paragraph+5&document_version=1")
    assert 'value="XX-R-2010-01"' in new.content.decode()
    aland, body = Participant.objects.get(slug="aland"), Body.objects.get()
    portfolio = Portfolio.objects.create(key="police", name_en="Police", order=1)
    answers = said(
        document_symbol="XX-R-2010-01",
        document_version="1",
        paragraph="paragraph 5",
        as_appropriate="on",
        participants=[aland.pk],
        portfolios=[portfolio.pk],
        bodies=[body.pk],
        coordinator="Office of the coordinator",
    )
    assert desk.post("/desk/recommendations/new/", answers)["Location"] == "/desk/recommendations/XX-REC-2010-02/"
    row = Recommendation.objects.get(reference="XX-REC-2010-02")
    assert sorted(str(party) for party in row.addressee_rows.all()) == ["Aland", "Police", "Steering group"]
    page = Client().get("/recommendations/XX-REC-2010-02/").content.decode()
    for words in ("as appropriate", "Police", "Office of the coordinator", "paragraph 5", "version 1", "No news yet"):
        assert words in page
    kept = said(participants=[aland.pk], document_symbol="XX-R-2010-01")
    assert desk.post("/desk/recommendations/XX-REC-2010-02/", kept).status_code == 302
    assert [str(party) for party in row.addressee_rows.all()] == ["Aland"]
    assert desk.post("/desk/recommendations/XX-REC-2010-02/", kept).status_code == 409


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"text": ""}, "This field is required."),
        ({"due": "2030-01-01", "as_appropriate": "on"}, "Give a day, or say “as appropriate”, not both."),
        ({"document_symbol": "a/b"}, "Use letters, digits, points and hyphens"),
        ({"document_version": "99999999999999999999"}, "Ensure this value is less than or equal to 999."),
        ({"document_symbol": "XX-R-2010-77"}, "The record has no document XX-R-2010-77."),
        ({"document_symbol": "XX-R-2010-01", "document_version": "2"}, "XX-R-2010-01 has no such version. The record holds: 1."),
        ({"document_version": "1"}, "Give the symbol of the document too."),
        ({"activity": "XX-1999-99"}, "No activity has this reference."),
        ({"participants": "999999999"}, "Select a valid choice."),
        ({"text": "\x00"}, "Null characters are not allowed."),
    ],
)
def test_recommendation_says_what_is_wrong(desk: Client, world: World, answers: dict[str, str], words: str) -> None:
    answer = desk.post("/desk/recommendations/new/", said(**answers))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Recommendation.objects.count() == 1


def test_follow_up_moves_the_status_and_an_activity_counts_as_evidence(desk: Client, world: World) -> None:
    path = f"/desk/recommendations/{world.recommendation}/follow-up/"
    refused = desk.post(path, {"kind": "taken-forward", "text": "A workshop"})
    assert refused.status_code == 422
    assert "Name the activity that takes it forward." in refused.content.decode()
    shown = []
    for news in (
        {"kind": "update", "text": "Begun"},
        {"kind": "taken-forward", "text": "A workshop", "activity": "XX-2009-01"},
        {"kind": "update", "text": "Done", "is_closed": "on", "evidence": "XX-R-2010-01, paragraph 5"},
        {"kind": "spin-off", "text": "The network meets by itself"},
    ):
        assert desk.post(path, news).status_code == 302
        shown.append(Client().get("/recommendations/?format=json").json()["results"][0]["status"])
    assert shown == ["in-progress", "taken-forward", "completed", "outside"]
    assert "This activity takes forward:" in Client().get("/activities/XX-2009-01/").content.decode()
    thread = Client().get(f"/recommendations/{world.recommendation}/thread/").content.decode()
    assert "XX-2009-01" in thread
    assert "The network meets by itself" in thread


def test_news_about_a_draft_activity_is_not_public(desk: Client, world: World) -> None:
    news = {"kind": "taken-forward", "text": "CANARY", "activity": world.draft_activity}
    assert desk.post(f"/desk/recommendations/{world.recommendation}/follow-up/", news).status_code == 302
    paths = ("", "thread/", "cite.ris", "?format=json")
    for path in [f"/recommendations/{world.recommendation}/{tail}" for tail in paths] + [
        "/recommendations/",
        "/feeds/recommendations.atom",
    ]:
        assert "CANARY" not in Client().get(path).content.decode()


def test_restricted_one_is_seen_by_its_class_only_and_leaves_a_trace(world: World) -> None:
    Recommendation.objects.create(reference="XX-REC-2010-09", text="CANARY", access_class=AccessClass.STEERING_GROUP)
    public = Client()
    for tail in ("", "thread/", "cite.ris", "cite.bib"):
        assert public.get(f"/recommendations/XX-REC-2010-09/{tail}").status_code == 404
    for path in ("/recommendations/", "/recommendations/?format=csv", "/feeds/recommendations.atom"):
        assert "CANARY" not in public.get(path).content.decode()
    member = client_for(world, "steering_group_member")
    assert "CANARY" not in member.get("/feeds/recommendations.atom").content.decode()
    assert AccessRecord.objects.filter(object_ref="XX-REC-2010-09").count() == 0
    assert member.get("/recommendations/XX-REC-2010-09/").status_code == 200
    member.get("/recommendations/?format=csv")
    assert sorted(AccessRecord.objects.filter(object_ref="XX-REC-2010-09").values_list("action", flat=True)) == [
        "exported",
        "opened",
    ]


def test_due_soon_stale_and_rate(world: World) -> None:
    by, make = world.users["secretariat"], Recommendation.objects.create
    soon, later = today() + timedelta(days=60), today() + timedelta(days=61)
    long_ago = timezone.now() - timedelta(days=181)
    Recommendation.objects.filter(reference=world.recommendation).update(due=soon)
    make(reference="XX-REC-2010-02", text="x", due=later)
    make(reference="XX-REC-2010-03", text="x", recorded_at=long_ago)
    closed = make(reference="XX-REC-2010-04", text="x", due=soon, recorded_at=long_ago)
    FollowUp.objects.create(recommendation=closed, text="x", recorded_by=by, is_closed=True)
    heard = make(reference="XX-REC-2010-05", text="x", recorded_at=long_ago)
    FollowUp.objects.create(recommendation=heard, text="x", recorded_by=by)
    assert [row.reference for row in due_soon(by)] == [world.recommendation]
    assert [row.reference for row in stale(by)] == ["XX-REC-2010-03"]
    assert follow_up_rate(by) == (2, 5)


def test_citations_name_address_and_version(world: World) -> None:
    for path, title in (
        ("/objectives/OBJ-01/", "First"),
        ("/programme-areas/PA-01/", "First"),
        (f"/recommendations/{world.recommendation}/", "Do it"),
    ):
        ris, bib = (Client().get(f"{path}cite.{ending}") for ending in ("ris", "bib"))
        assert f"TI  - {title}\r\n" in ris.content.decode()
        assert ris.content.decode().endswith("ER  - \r\n")
        assert f"title = {{{title}}}" in bib.content.decode()
        assert path in ris.content.decode()
        assert ris["Content-Disposition"] == f'attachment; filename="{path.split("/")[2]}.ris"'
    assert Client().get("/objectives/OBJ-99/cite.ris").status_code == 404


def test_lists_ask_as_often_with_one_row_as_with_three(world: World) -> None:
    client, by = client_for(world, "secretariat"), world.users["secretariat"]
    aland, activity = Participant.objects.get(slug="aland"), Activity.objects.get(reference="XX-2009-01")

    def add(number: int) -> None:
        row = Recommendation.objects.create(
            reference=f"XX-REC-2011-0{number}", text="x", activity=activity, due=date(2011, 1, 1), recorded_at="2011-01-01T00:00Z"
        )
        row.addressee_rows.create(participant=aland)
        FollowUp.objects.create(recommendation=row, text="x", kind="taken-forward", activity=activity, recorded_by=by)

    def asked() -> dict[str, int]:
        numbers = {}
        for path in (
            "/recommendations/",
            "/desk/recommendations/",
            "/feeds/recommendations.atom",
            "/recommendations/?format=json",
        ):
            with CaptureQueriesContext(connection) as found:
                assert client.get(path).status_code == 200
            numbers[path] = len(found)
        return numbers

    add(1)
    asked()
    one = asked()
    add(2)
    add(3)
    assert asked() == one
