"""Reviews at a meeting: what the form refuses the database refuses too; each is saved on its own; challenges are carried."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from activities.models import Activity, Goal, Objective, OpenChallenge, ProgrammeArea, Review
from members.models import Forum
from tests.activities.test_mandates import meeting
from tests.cast import World, client_for, make_world


@pytest.fixture
def world(db: None) -> World:
    made = make_world()
    Goal.objects.create(code="GOAL-1", order=1, short_title="Goal")
    Objective.objects.create(code="OBJ-02", order=2, short_title="Second")
    Forum.objects.filter(code="F-X").update(short_name="X", full_name="Other forum")
    meeting("XX-2011-01", date(2011, 6, 1), end=date(2011, 6, 2), by=made.users["secretariat"])
    return made


@pytest.fixture
def desk(world: World) -> Client:
    return client_for(world, "secretariat")


PATH = "/desk/reviews/XX-2011-01/"


def said(code: str = "OBJ-01", version: int = 0, **answers: Any) -> dict[str, Any]:
    return {"aim": code, f"{code}-expected_version": version, **{f"{code}-{name}": value for name, value in answers.items()}}


def test_page_goes_through_all_goals_and_objectives(desk: Client, world: World) -> None:
    page = desk.get(PATH).content.decode()
    assert [code for code in ("GOAL-1", "OBJ-01", "OBJ-02") if f'id="{code}"' in page] == ["GOAL-1", "OBJ-01", "OBJ-02"]
    assert "0 of 3 reviewed." in page


@pytest.mark.parametrize(
    ("answers", "field", "words"),
    [
        ({"outcome": "completed"}, "status_qualifier", "Say in which sense the objective was completed."),
        ({"outcome": "moved"}, "moved_to_forum", "Say where the objective was moved: to one forum, or bilaterally."),
        (
            {"outcome": "moved", "moved_to_forum": "FORUM", "moved_bilaterally": "on"},
            "moved_to_forum",
            "to one forum, or bilaterally.",
        ),
        ({"outcome": "met", "moved_bilaterally": "on"}, "moved_to_forum", "goes with the outcome “Moved” only."),
        ({"outcome": "continued"}, "continued_in", "Choose at least one area in which the objective continues."),
        ({"outcome": "met", "continued_in": "AREA"}, "continued_in", "Areas go with the outcome “Continued” only."),
        (
            {"outcome": "moved", "moved_bilaterally": "on", "accepted_by_forum": "yes"},
            "moved_to_forum",
            "Name the forum that accepted it.",
        ),
        ({}, "outcome", "Choose the outcome."),
        ({"outcome": "dropped"}, "outcome", "Select a valid choice."),
        ({"outcome": "met", "evidence": "XX-1999-99"}, "evidence", "The record has no activity XX-1999-99."),
        ({"outcome": "met", "evidence": "x\n" * 41}, "evidence", "Enter at most 40 lines."),
        ({"outcome": "met", "continued_in": "999999999"}, "continued_in", "Select a valid choice."),
        ({"outcome": "met", "finding": "\x00"}, "finding", "Null characters are not allowed."),
    ],
)
def test_form_refuses_at_the_field_and_keeps_the_answers(
    desk: Client, world: World, answers: dict[str, str], field: str, words: str
) -> None:
    known = {"FORUM": str(Forum.objects.get().pk), "AREA": str(ProgrammeArea.objects.get().pk)}
    answers = {name: known.get(value, value) for name, value in answers.items()}
    answer = desk.post(PATH, said(rationale="Kept as it was typed", **answers))
    assert answer.status_code == 422
    page = answer.content.decode()
    error = page.split(f'id="id_OBJ-01-{field}_error"')[1].split("</div>")[0]
    assert words in error
    assert "Kept as it was typed" in page
    assert not Review.objects.filter(meeting__reference="XX-2011-01").exists()


@pytest.mark.parametrize(
    ("outcome", "name"),
    [
        ("completed", "ck_review_qualifier"),
        ("moved", "ck_review_moved_forum_or_bilateral"),
        ("continued", "review_continued_has_area"),
    ],
)
def test_database_refuses_what_the_form_refuses(world: World, outcome: str, name: str) -> None:
    som, row = Activity.objects.get(reference="XX-2011-01"), Objective.objects.get(code="OBJ-01")
    with pytest.raises(DatabaseError, match=name), transaction.atomic():
        Review.objects.create(meeting=som, objective=row, outcome=outcome)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_taking_away_qualifier_target_or_area_is_refused_by_form_and_database(desk: Client, world: World) -> None:
    forum, area = Forum.objects.get(), ProgrammeArea.objects.get()
    desk.post(PATH, said(outcome="completed", status_qualifier="as far as possible"))
    desk.post(
        PATH,
        said("OBJ-02", outcome="moved", moved_to_forum=forum.pk, status_qualifier="with a caveat", accepted_by_forum="In 2012"),
    )
    assert desk.post(PATH, said(version=1, outcome="completed", status_qualifier="")).status_code == 422
    assert desk.post(PATH, said("OBJ-02", version=1, outcome="moved", moved_to_forum="")).status_code == 422
    for statement, name in (
        ("UPDATE activities_review SET status_qualifier = '' WHERE outcome = 'completed'", "ck_review_qualifier"),
        ("UPDATE activities_review SET moved_to_forum_id = NULL WHERE outcome = 'moved'", "ck_review_moved_forum_or_bilateral"),
    ):
        with pytest.raises(DatabaseError, match=name), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    desk.post(PATH, said(version=1, outcome="continued", continued_in=area.pk))
    with pytest.raises(DatabaseError, match="review_continued_keeps_area"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what is pending passes
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("DELETE FROM activities_review_continued_in")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_review_is_saved_with_evidence_and_shown_as_of_its_day(desk: Client, world: World) -> None:
    lines = "XX-2009-01, the first workshop\nXX-R-2010-01, paragraph 5\n25 officials trained"
    answers = said(outcome="met", finding="Found so", rationale="Best added value", authority="The ministers", evidence=lines)
    answer = desk.post(PATH, answers)
    assert (answer.status_code, answer["Location"]) == (302, f"{PATH}#OBJ-01")
    review = Review.objects.get(meeting__reference="XX-2011-01")
    assert [(e.activity and e.activity.reference, e.document_symbol, e.paragraph, e.text) for e in review.evidence.all()] == [
        ("XX-2009-01", "", "", "the first workshop"),
        (None, "XX-R-2010-01", "paragraph 5", ""),
        (None, "", "", "25 officials trained"),
    ]
    assert lines in desk.get(PATH).content.decode()
    page = Client().get("/objectives/OBJ-01/?as_of=2011-06-02").content.decode()
    for words in ("Found so", "Best added value", "Decided by The ministers", "25 officials trained", "/reports/XX-R-2010-01/"):
        assert words in page
    assert "Found so" not in Client().get("/objectives/OBJ-01/?as_of=2011-06-01").content.decode()
    found = Client().get("/objectives/?as_of=2011-06-02&format=json").json()["results"][0]
    assert (found["outcome"], found["finding"], found["reviewed_at"], found["active"]) == ("met", "Found so", "XX-2011-01", False)


def test_slower_review_sees_both_and_overwrites_nothing(desk: Client, world: World) -> None:
    desk.post(PATH, said(outcome="met", finding="First words"))
    late = desk.post(PATH, said(outcome="not-stated", finding="Second words"))
    assert late.status_code == 409
    assert b"First words" in late.content
    assert b"Second words" in late.content
    assert Review.objects.get(meeting__reference="XX-2011-01").finding == "First words"
    assert desk.post(PATH, said(version=1, outcome="not-stated", finding="Second words")).status_code == 302


def test_challenge_is_carried_until_a_meeting_settles_it(desk: Client, world: World) -> None:
    desk.post(PATH, said(outcome="met", challenges="Trafficking remains\nSo do documents"))
    meeting("XX-2012-01", date(2012, 6, 1), by=world.users["secretariat"])
    following = "/desk/reviews/XX-2012-01/"
    assert "Trafficking remains" in desk.get(following).content.decode()
    assert "Trafficking remains" not in desk.get("/desk/reviews/XX-2009-01/").content.decode()
    row = OpenChallenge.objects.get(text="Trafficking remains")
    settle = f"{following}challenges/{row.pk}/settle/"
    empty = desk.post(settle, {f"challenge-{row.pk}-settlement": ""})
    assert empty.status_code == 422
    assert "Say how the challenge was settled." in empty.content.decode()
    assert desk.post(settle, {f"challenge-{row.pk}-settlement": "A programme was agreed"}).status_code == 302
    row.refresh_from_db()
    assert (row.settled_at.reference if row.settled_at else "", row.settlement) == ("XX-2012-01", "A programme was agreed")
    assert "Trafficking remains" in Client().get("/objectives/OBJ-01/?as_of=2011-12-31").content.decode()
    now = Client().get("/objectives/OBJ-01/").content.decode()
    assert "Trafficking remains" not in now
    assert "So do documents" in now


def test_nothing_is_found_before_a_meeting_begins(desk: Client, world: World) -> None:
    answer = desk.post(f"/desk/reviews/{world.activity}/", said(outcome="met"))
    assert answer.status_code == 422
    assert b"Record what a meeting found once it has begun." in answer.content


def test_review_of_a_draft_meeting_is_not_public(desk: Client, world: World) -> None:
    meeting("XX-2012-02", date(2012, 6, 1))
    desk.post("/desk/reviews/XX-2012-02/", said(outcome="met", finding="CANARY", challenges="CANARY too"))
    assert Review.objects.filter(finding="CANARY").exists()
    for path in (
        "/objectives/",
        "/objectives/OBJ-01/",
        "/objectives/OBJ-01/thread/",
        "/feeds/objectives.atom",
        "/objectives/?format=json",
    ):
        assert "CANARY" not in Client().get(path).content.decode()


def test_lists_ask_as_often_with_one_row_as_with_three(world: World) -> None:
    som, client = Activity.objects.get(reference="XX-2011-01"), client_for(world, "secretariat")

    def add(number: int) -> None:
        row = Objective.objects.create(code=f"OBJ-9{number}", order=90 + number, short_title="x")
        review = Review.objects.create(meeting=som, objective=row, outcome="not-stated")
        OpenChallenge.objects.create(review=review, text="Open")
        review.evidence.create(text="Seen")
        meeting(f"XX-2010-9{number}", date(2010, 1, 1), by=world.users["secretariat"])

    def asked() -> dict[str, int]:
        numbers = {}
        for path in (
            "/objectives/",
            "/desk/objectives/",
            "/desk/reviews/",
            "/desk/reviews/XX-2011-01/",
            "/feeds/objectives.atom",
        ):
            with CaptureQueriesContext(connection) as found:
                assert client.get(path).status_code == 200
            numbers[path] = len(found)
        return numbers

    add(0)
    asked()
    one = asked()
    add(1)
    add(2)
    assert asked() == one
