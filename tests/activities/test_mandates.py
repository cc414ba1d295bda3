"""Mandates, texts and as-of days of goals, objectives and areas: at the desk and in public."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from activities.models import Activity, ActivityKind, FollowUp, Goal, Mandate, Objective, ProgrammeArea, Recommendation
from activities.selectors_objectives import is_active, is_set, objectives, programme_areas
from members.errors import Conflict
from tests.cast import World, client_for, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def desk(world: World) -> Client:
    return client_for(world, "secretariat")


def meeting(reference: str, day: date, **more: Any) -> Activity:
    kind = ActivityKind.objects.get_or_create(key="senior-officials-meeting", defaults={"name_en": "SOM"})[0]
    by = more.pop("by", None)
    published = {"published_at": "2020-01-01T00:00Z", "published_by": by} if by else {}
    return Activity.objects.create(reference=reference, kind=kind, title=reference, start=day, status="held", **published, **more)


def answers(**changes: str) -> dict[str, str]:
    return {"order": "2", "short_title": "Second", "confidence": "public", "expected_version": "1"} | changes


def test_desk_adds_an_objective_and_what_a_meeting_did(desk: Client, world: World) -> None:
    assert desk.post("/desk/objectives/new/objective/", answers(code="OBJ-02")).status_code == 302
    second = Objective.objects.get(code="OBJ-02")
    som = meeting("XX-2011-01", date(2011, 6, 1), by=world.users["secretariat"])
    said = {
        "act": "amended",
        "activity": "xx-2011-01",
        "paragraph": "paragraph 5",
        "authority": "The co-chairing ministers",
        "day": "August 2011",
    }
    assert desk.post("/desk/objectives/OBJ-02/mandates/new/", said).status_code == 302
    row = Mandate.objects.get(objective=second)
    assert (row.activity, row.act, row.paragraph, row.decided, row.decided_precision) == (
        som,
        "amended",
        "paragraph 5",
        date(2011, 8, 1),
        "month",
    )
    page = Client().get("/objectives/OBJ-02/").content.decode()
    assert "Decided by The co-chairing ministers; the meeting advised it." in page
    assert "August 2011" in page
    assert "paragraph 5" in page


def test_code_is_one_for_goals_objectives_and_areas(desk: Client, world: World) -> None:
    for kind in ("goal", "area", "objective"):
        answer = desk.post(f"/desk/objectives/new/{kind}/", answers(code="OBJ-01", origin="new", order="9"))
        assert answer.status_code == 422
        assert b"This code is taken. Give another." in answer.content
    assert (Goal.objects.count(), ProgrammeArea.objects.count(), Objective.objects.count()) == (0, 1, 1)


def test_texts_are_edited_and_a_slower_edit_sees_both(desk: Client, world: World) -> None:
    first = answers(order="1", short_title="Mine", official_wording="As adopted")
    assert desk.post("/desk/objectives/OBJ-01/", first).status_code == 302
    late = desk.post("/desk/objectives/OBJ-01/", answers(order="1", short_title="Theirs"))
    assert late.status_code == 409
    assert b"Mine" in late.content
    assert b"Theirs" in late.content
    row = Objective.objects.get(code="OBJ-01")
    assert (row.short_title, row.official_wording, row.version) == ("Mine", "As adopted", 2)
    assert "As adopted" in Client().get("/objectives/OBJ-01/").content.decode()


def test_text_is_in_the_language_of_the_page_where_it_is_known(desk: Client, world: World) -> None:
    changed = answers(
        order="1", short_title="First", short_title_id="Yang pertama", official_wording="English", official_wording_id="Resmi"
    )
    desk.post("/desk/objectives/OBJ-01/", changed)
    page = Client().get("/id/objectives/OBJ-01/").content.decode()
    assert "Yang pertama" in page
    assert "Resmi" in page
    assert "Yang pertama" not in Client().get("/objectives/OBJ-01/").content.decode()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("activity", "XX-1999-99", "No activity has this reference."),
        ("activity", "", "Name the meeting, or the day of the decision."),
        ("activity", "\x00", "Null characters are not allowed."),
        ("day", "someday", "Enter a year, a month or a day"),
        ("act", "dropped", "Select a valid choice."),
    ],
)
def test_mandate_says_what_is_wrong_at_its_field(desk: Client, world: World, field: str, value: str, words: str) -> None:
    answer = desk.post("/desk/objectives/OBJ-01/mandates/new/", {"act": "set", "activity": "XX-2009-01", "day": "", field: value})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Mandate.objects.count() == 1


def test_mandate_of_a_meeting_is_recorded_once_and_can_be_taken_away(desk: Client, world: World) -> None:
    said = {"act": "set", "activity": "XX-2009-01"}
    assert desk.post("/desk/objectives/OBJ-01/mandates/new/", said).status_code == 302
    assert desk.post("/desk/objectives/OBJ-01/mandates/new/", said).status_code == 422
    row = Mandate.objects.get(activity__reference="XX-2009-01")
    assert desk.post(f"/desk/objectives/PA-01/mandates/{row.pk}/remove/").status_code == 404
    assert desk.post(f"/desk/objectives/OBJ-01/mandates/{row.pk}/remove/").status_code == 302
    assert not Mandate.objects.filter(pk=row.pk).exists()


def test_set_from_the_last_act_that_set_it_and_a_decision_after_its_meeting(world: World) -> None:
    row, user = Objective.objects.get(), world.users["secretariat"]
    Mandate.objects.all().delete()
    som = meeting("XX-2011-01", date(2011, 6, 1), end=date(2011, 6, 3), by=user)
    Mandate.objects.create(objective=row, act="set", activity=som, decided=date(2011, 8, 1), decided_precision="month")
    Mandate.objects.create(objective=row, act="reaffirmed", decided=date(2012, 1, 1))
    days = {date(2011, 6, 3): False, date(2011, 7, 31): False, date(2011, 8, 1): True, date(2013, 1, 1): True}
    assert {day: is_set(objectives(user, day).get()) for day in days} == days
    Mandate.objects.create(objective=row, act="set", activity=meeting("XX-2013-01", date(2013, 5, 1), by=user))
    assert not is_set(objectives(user, date(2013, 1, 1)).get())
    assert is_active(objectives(user, date(2013, 5, 1)).get())


def test_mandate_of_a_draft_meeting_is_not_public(world: World) -> None:
    row = Objective.objects.get()
    draft = Activity.objects.get(reference=world.draft_activity)
    Mandate.objects.create(objective=row, act="amended", activity=draft, authority="CANARY")
    for path in (
        "/objectives/OBJ-01/",
        "/objectives/OBJ-01/thread/",
        "/objectives/?format=json",
        "/objectives/OBJ-01/?format=json",
    ):
        body = Client().get(path).content.decode()
        assert "CANARY" not in body
        assert world.draft_activity not in body


def test_as_of_asks_as_often_with_ten_activities_as_with_ten_thousand_and_two_thousand_recommendations(
    world: World, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    kind, by, row = ActivityKind.objects.first(), world.users["secretariat"], Objective.objects.get()
    area = ProgrammeArea.objects.get()

    def add(first: int, number: int) -> None:
        made = Activity.objects.bulk_create(
            Activity(
                reference=f"XX-2012-{n}",
                title=f"Number {n}",
                kind=kind,
                start=date(2012, 1, 1),
                status="held",
                published_at="2020-01-01T00:00Z",
                published_by=by,
            )
            for n in range(first, first + number)
        )
        Activity.objectives.through.objects.bulk_create(Activity.objectives.through(activity=a, objective=row) for a in made)
        Activity.programme_areas.through.objects.bulk_create(
            Activity.programme_areas.through(activity=a, programmearea=area) for a in made
        )

        asked_for = Recommendation.objects.bulk_create(
            Recommendation(reference=f"XX-REC-2012-{n}", text="Train", objective=row, area=area, activity=made[0])
            for n in range(first, first + (number if number < 1000 else 1990))
        )
        FollowUp.objects.bulk_create(
            FollowUp(recommendation=one, text="Done", kind="taken-forward", activity=made[0], recorded_by=by) for one in asked_for
        )

    paths = (
        *("/objectives/", "/objectives/OBJ-01/", "/programme-areas/", "/programme-areas/PA-01/", "/objectives/OBJ-01/thread/"),
        *("/programme-areas/PA-01/thread/", "/recommendations/", "/recommendations/XX-REC-2012-1000/"),
        *("/recommendations/XX-REC-2012-1000/thread/", "/recommendations/?objective=OBJ-01&format=json"),
    )

    def asked() -> list[int]:
        numbers = []
        for path in paths:
            with CaptureQueriesContext(connection) as found:
                answer = Client().get(f"{path}{'&' if '?' in path else '?'}as_of=2013-01-01")
            assert answer.status_code == 200
            assert "json" in path or len(answer.content) < 150_000, path
            numbers.append(len(found))
        return numbers

    add(1000, 10)
    asked()
    few = asked()
    add(2000, 9990)
    assert asked() == few
    assert Client().get("/recommendations/?objective=OBJ-01&format=json").json()["count"] == 2000
    assert Client().get("/recommendations/?objective=OBJ-02&format=json").json()["count"] == 0
    assert [r["activities"] for r in Client().get("/objectives/?format=json&as_of=2013-01-01").json()["results"]] == [10_000]
    assert [r["activities"] for r in Client().get("/objectives/?format=json&as_of=2011-12-31").json()["results"]] == [0]


def test_version_that_is_gone_raises_conflict(world: World) -> None:
    from activities.services.aims import save_mandate

    row = Mandate.objects.get()
    with pytest.raises(Conflict):
        save_mandate(mandate=row, by=world.users["secretariat"], expected_version=7)


def test_areas_are_listed_from_the_day_they_were_agreed(world: World) -> None:
    user, area = world.users["secretariat"], ProgrammeArea.objects.get()
    Mandate.objects.create(area=area, decided=date(2011, 6, 1), decided_precision="month")
    assert list(programme_areas(user, date(2011, 5, 31))) == []
    assert list(programme_areas(user, date(2011, 6, 1))) == [area]
    assert (
        "Senior officials had not agreed this area by that day."
        in Client().get("/programme-areas/PA-01/?as_of=2010").content.decode()
    )


def test_each_objective_shows_when_its_activities_were(world: World) -> None:
    objective, activity = Objective.objects.order_by("order")[:1].get(), Activity.objects.get(reference=world.activity)
    Activity.objects.filter(pk=activity.pk).update(start=date(2010, 5, 3), last_day=date(2010, 5, 3))
    for reference in (world.activity, world.draft_activity):  # the draft is nobody's to see
        Activity.objects.get(reference=reference).objectives.add(objective)
    page = Client().get("/objectives/").content.decode()
    assert re.findall(r'<svg class="dots".*?aria-label="([^"]*)"', page) == ["1 dated activity, from 2010 to 2010"]
    assert "Activities, 2010 to 2010" in page
    assert '<svg class="dots"' not in Client().get("/objectives/?as_of=1999-12-31").content.decode()
