"""Pages as of a day: nothing that is dated later, links that stay on the day, and the same answer in page and data."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from activities.models import (
    Activity,
    ActivityKind,
    Attendance,
    Delegate,
    FollowUp,
    Goal,
    Hosting,
    LegislationStatus,
    Mandate,
    Objective,
    OpenChallenge,
    ProgrammeArea,
    Recommendation,
    Review,
)
from members.models import (
    Body,
    Forum,
    ForumKind,
    ForumMembership,
    Ministry,
    NationalMechanism,
    Official,
    Participant,
    ParticipantDeclaration,
    ParticipantName,
    Seat,
    SeatRole,
    StandingPeriod,
    User,
)
from reports.enums import DocumentKind, DocumentState, Held
from reports.models import Document
from tests.cast import World, make_world

DAY = "2003-12-31"
BEFORE, AFTER = 2002, 2012
AIMS = ("/objectives/GOAL-01/", "/objectives/OBJ-01/", "/programme-areas/PA-01/")
THREADS = tuple(f"{path}thread/" for path in AIMS)
LISTS = ("/programme-areas/", "/participants/", "/steering-group/")
PAGES = (*AIMS, *THREADS, *LISTS, "/participants/aland/")


@pytest.fixture
def world(db: None) -> World:
    """Of each kind of record one of 2002, named EARLY, and one of 2012, named LATER."""
    made = make_world()
    Mandate.objects.all().delete()
    Goal.objects.create(code="GOAL-01", order=1, short_title="First goal")
    for year, word in ((BEFORE, "EARLY"), (AFTER, "LATER")):
        _year(made, year, word)
    return made


def _year(world: World, year: int, word: str) -> None:
    by, aland = world.users["secretariat"], Participant.objects.get(slug="aland")
    goal, objective, area = (
        Goal.objects.get(code="GOAL-01"),
        Objective.objects.get(code="OBJ-01"),
        ProgrammeArea.objects.get(code="PA-01"),
    )
    meeting = _meeting(year, word, by)
    if year == BEFORE:
        for link in ({"goal": goal}, {"objective": objective}, {"area": area}):
            Mandate.objects.create(activity=meeting, what_changed=f"{word} act", **link)
    _aims(year, word, meeting, (goal, objective, area))
    meeting.objectives.add(objective)
    meeting.programme_areas.add(area)
    Hosting.objects.create(activity=meeting, part="host", participant=aland)
    _came(year, word, meeting, aland, by)
    for link in ({"goal": goal}, {"objective": objective}):
        review = Review.objects.create(meeting=meeting, outcome="not-stated", finding=f"{word} finding", **link)
        OpenChallenge.objects.create(review=review, text=f"{word} challenge")
    row = Recommendation.objects.create(
        reference=f"XX-REC-{year}-01", text=f"{word} recommendation", activity=meeting, objective=objective, area=area
    )
    FollowUp.objects.create(
        recommendation=row, text=f"{word} news", happened_on=date(year, 6, 1), happened_on_precision="month", recorded_by=by
    )
    done = Recommendation.objects.get_or_create(
        reference="XX-REC-2001-01",
        defaults={
            "text": "Followed over time",
            "objective": objective,
            "area": area,
            "recorded_at": datetime(2001, 1, 1, tzinfo=UTC),
        },
    )[0]
    FollowUp.objects.create(
        recommendation=done,
        text="x",
        happened_on=date(year, 1, 1),
        happened_on_precision="year",
        recorded_by=by,
        is_closed=year == AFTER,
    )
    _document(year, word, meeting, aland, by)
    _directory(year, word, aland, by)


def _meeting(year: int, word: str, by: User) -> Activity:
    kind = ActivityKind.objects.first()
    published = {"published_at": timezone.now(), "published_by": by}
    return Activity.objects.create(
        reference=f"XX-{year}-50", title=f"{word} meeting", kind=kind, start=date(year, 5, 1), status="held", **published
    )


def _aims(year: int, word: str, meeting: Activity, first: tuple[Goal, Objective, ProgrammeArea]) -> None:
    """A goal, an objective and an area that this meeting set, linked to the first of each."""
    goal, objective, area = first
    g = Goal.objects.create(code=f"GOAL-{year}", order=year, short_title=f"{word} goal")
    o = Objective.objects.create(code=f"OBJ-{year}", order=year, short_title=f"{word} objective")
    a = ProgrammeArea.objects.create(code=f"PA-{year}", order=year, short_title=f"{word} area")
    for link in ({"goal": g}, {"objective": o}, {"area": a}):
        Mandate.objects.create(activity=meeting, **link)
    goal.objectives.add(o)
    g.objectives.add(objective)
    objective.linked_programme_areas.add(a)
    o.linked_programme_areas.add(area)


def _came(year: int, word: str, meeting: Activity, aland: Participant, by: User) -> None:
    official = Official.objects.create(participant=aland, name="Somebody", email=f"{word.lower()}-{year}@cast.example")
    delegate = Delegate.objects.create(activity=meeting, official=official, participant=aland, part="head")
    Attendance.objects.create(delegate=delegate, day=meeting.start, status="present", how="desk", recorded_by=by)


def _document(year: int, word: str, meeting: Activity, aland: Participant, by: User) -> None:
    row = Document.objects.create(
        symbol=f"XX-D-{year}-01", kind=DocumentKind.OTHER, title=f"{word} document", date=date(year, 1, 1), date_precision="year",
        activity=meeting, held=Held.NOT_HELD, state=DocumentState.PUBLISHED, published_at=timezone.now(), published_by=by,
    )  # fmt: skip
    row.authors.add(aland)


def _directory(year: int, word: str, aland: Participant, by: User) -> None:
    since, new = (
        {"period_from": date(year, 1, 1)},
        Participant.objects.create(name=f"{word} participant", slug=word.lower(), kind="government"),
    )
    StandingPeriod.objects.create(participant=new, standing="member", **since)
    until = {} if year == AFTER else {"period_to": date(AFTER - 1, 12, 31)}
    StandingPeriod.objects.create(participant=aland, standing="member", basis=f"{word} basis", **since, **until)
    ministry = Ministry.objects.create(code=f"A-{year}", participant=aland, name=f"{word} ministry", **since)
    mechanism = NationalMechanism.objects.get_or_create(code="NM-A", participant=aland, name="Core group")[0]
    mechanism.members.add(ministry)
    body, role = Body.objects.get(key="steering-group"), SeatRole.objects.get(key="coordinator")
    Seat.objects.create(body=body, participant=aland, role=role, remit=f"{word} remit", **since, **until)
    kind = ForumKind.objects.first()
    forum = Forum.objects.create(code=f"F-{year}", short_name=f"{word} forum", full_name=f"{word} forum", kind=kind)
    ForumMembership.objects.create(forum=forum, participant=aland, **since)
    LegislationStatus.objects.create(
        participant=aland, title=f"{word} law", date=date(year, 1, 1), date_precision="year", access_class="public",
        objective=Objective.objects.get(code="OBJ-01"), entered_at=timezone.now(), entered_by=by,
    )  # fmt: skip
    if year == AFTER:
        ParticipantName.objects.create(participant=aland, name="Olland", period_to=date(2005, 6, 30))
        ParticipantDeclaration.objects.create(participant=aland, is_public=True, is_transit=True, declared_by=by)


def get(path: str, day: str = DAY, **query: str) -> Any:
    answer = Client().get(path, {"as_of": day, **query} if day else query)
    assert answer.status_code == 200, path
    return answer


def body(path: str, day: str = DAY) -> str:
    return str(get(path, day).content.decode().split("<main")[1].split("</main>")[0])


def words(path: str, day: str = DAY) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", body(path, day)).split())


def one(path: str, day: str = DAY) -> dict[str, Any]:
    found = get(path, day, format="json").json()
    assert (found["count"], found["next"]) == (1, None)
    return dict(found["results"][0])


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["", "/id"])
def test_no_page_shows_what_is_dated_later(world: World, path: str, language: str) -> None:
    shown, now = words(f"{language}{path}"), words(f"{language}{path}", "")
    assert "LATER" not in shown
    assert "EARLY" in shown
    assert "LATER" in now
    if "thread" not in path:
        for form in ("json", "csv"):
            assert "LATER" not in get(path, format=form).content.decode()
            assert str(AFTER) not in get(path, format=form).content.decode().replace(str(AFTER) + "-01-01T", "")
            assert {"EARLY", str(BEFORE)} & set(re.findall(rf"EARLY|{BEFORE}", get(path, format=form).content.decode()))


def test_list_of_objectives_says_what_was_not_yet_set(world: World) -> None:
    shown = words("/objectives/")
    assert re.findall(r"LATER \w+", shown) == ["LATER goal", "LATER objective"]
    assert shown.count("Not yet set on that day") == 2
    rows = {row["code"]: row["set"] for row in get("/objectives/", format="json").json()["results"]}
    assert rows == {"OBJ-01": True, f"OBJ-{BEFORE}": True, f"OBJ-{AFTER}": False}


@pytest.mark.parametrize("path", ["/objectives/", *PAGES])
def test_links_between_pages_of_a_day_keep_the_day(world: World, path: str) -> None:
    found = set(re.findall(r'href="([^"]*)"', body(path).replace("&amp;", "&")))
    dated = {
        address
        for address in found
        if re.match(r"/(objectives|programme-areas|participants|steering-group)/(?!history)([\w-]+/)?(thread/)?(\?|$)", address)
    }
    assert [address for address in dated if f"as_of={DAY}" not in address] == [path]  # "Show today"
    assert len(dated) > 1
    for address in found:
        if address.startswith("/activities/?"):
            assert address.endswith(f"&to={DAY}"), address
    assert f"as_of={DAY}" not in body(path, "")


@pytest.mark.parametrize("path", ["/objectives/OBJ-01/", "/programme-areas/PA-01/", "/objectives/OBJ-01/thread/"])
def test_status_of_a_recommendation_is_that_of_the_day(world: World, path: str) -> None:
    for day, status in (
        ("2001", "No news yet"),
        ("2002-12-30", "No news yet"),
        ("2002-12-31", "In progress 2002"),
        (DAY, "In progress 2002"),
        ("2012-12-31", "Completed 2012"),
        ("", "Completed 2012"),
    ):
        assert f"Followed over time {status}" in words(path, day), day
    early = f"XX-REC-{BEFORE}-01"
    assert [early in words(path, day) for day in ("2002-04-30", "2002-05-01")] == [False, True]
    assert "No recommendation had been made by that day." in words(path, "2000") or "thread" in path


def test_recommendation_of_a_draft_meeting_is_dated_by_its_recording(world: World) -> None:
    """The day of a meeting that a visitor may not see is not told by when its recommendation appears."""
    draft = Activity.objects.get(reference=world.draft_activity)
    Activity.objects.filter(pk=draft.pk).update(start=date(2001, 1, 1))
    Recommendation.objects.create(
        reference="XX-REC-2001-02", text="Of a draft", activity=draft, objective=Objective.objects.get(code="OBJ-01"),
        recorded_at=datetime(2003, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    assert ["Of a draft" in words("/objectives/OBJ-01/", day) for day in ("2002-12-31", "2003-01-01")] == [False, True]


def test_page_and_json_of_a_participant_agree(world: World) -> None:
    for day, name, year in ((DAY, "Olland", BEFORE), ("", "Aland", AFTER)):
        row, shown = one("/participants/aland/", day), words("/participants/aland/", day)
        word = "EARLY" if year == BEFORE else "LATER"
        assert row["name"] == name
        assert f"<h1>{name}</h1>" in body("/participants/aland/", day)
        both = [f"XX-{AFTER}-50", f"XX-{BEFORE}-50"]
        assert row["hosted"] == row["attended"] == (both[1:] if year == BEFORE else both)
        ministries = ["EARLY ministry", *(["LATER ministry"] if year == AFTER else []), "Ministry of Aland"]
        assert (row["ministries"], row["mechanisms"]) == (ministries, ["Core group"])
        documents = [f"XX-D-{AFTER}-01", f"XX-D-{BEFORE}-01"]
        assert row["documents"] == (documents[1:] if year == BEFORE else documents)
        assert row["forums"] == ([f"F-{BEFORE}"] if year == BEFORE else [f"F-{BEFORE}", f"F-{AFTER}"])
        for said in (*row["ministries"], *row["mechanisms"], f"{word} remit"):
            assert said in shown
        listed = {other["slug"]: other["name"] for other in get("/participants/", day, format="json").json()["results"]}
        assert listed["aland"] == name
        assert ("later" in listed) == (year == AFTER)
        assert all(said in words("/participants/", day) for said in listed.values())
        seats = {seat["holder"] for seat in get("/steering-group/", day, format="json").json()["results"]}
        assert name in seats
        assert all(said in words("/steering-group/", day) for said in seats)


def test_participant_of_a_later_day_says_so_on_its_own_page(world: World) -> None:
    shown = words("/participants/later/")
    assert "No standing is recorded for that day." in shown
    assert "2012" not in shown
    assert one("/participants/later/")["standing"] == ""
    assert "The record shows no participant by that day." not in words("/participants/")


def test_json_of_a_participant_holds_public_parts_for_everybody(world: World) -> None:
    from tests.cast import client_for

    aland, by = Participant.objects.get(slug="aland"), world.users["secretariat"]
    secret = Activity.objects.create(
        reference="XX-2002-99", title="CANARY", kind=ActivityKind.objects.get(), start=date(2002, 1, 1), status="held",
        access_class="secretariat", published_at=timezone.now(), published_by=by,
    )  # fmt: skip
    Hosting.objects.create(activity=secret, part="host", participant=aland)
    Participant.objects.filter(pk=aland.pk).update(
        notes="CANARY", role_2005="CANARY", alt_names="CANARY", ad_hoc_group_2009_on="CANARY"
    )
    path = "/participants/aland/?format=json"
    visitor = Client().get(path)
    assert "XX-2002-99" not in visitor.content.decode()
    for name in ("secretariat", "focal_point_a", "co_chair"):
        assert client_for(world, name).get(path).content == visitor.content, name
    assert "CANARY" not in visitor.content.decode()
    assert "XX-2002-99" in client_for(world, "secretariat").get("/participants/aland/").context["hostings"].values_list(
        "activity__reference", flat=True
    )
    assert [
        Client().get(f"/participants/{slug}/?format={form}").status_code for slug, form in (("aland", "exe"), ("nobody", "json"))
    ] == [404, 404]
    assert Client().get("/id/participants/aland/?format=json")["Location"] == path


def test_thread_of_a_recommendation_says_that_it_is_todays(world: World) -> None:
    path = f"/recommendations/XX-REC-{AFTER}-01/thread/"
    note = "This page shows what the record says today, whatever day is asked for."
    assert (note in words(path), note in words(path, "")) == (True, False)
    assert note not in words("/objectives/OBJ-01/thread/")


@pytest.mark.parametrize("code", [f"/objectives/GOAL-{AFTER}/", f"/objectives/OBJ-{AFTER}/", f"/programme-areas/PA-{AFTER}/"])
def test_thread_of_an_aim_that_was_not_set_says_so(world: World, code: str) -> None:
    shown = words(f"{code}thread/")
    assert re.search(r"(Ministers|Senior officials) had not (set|agreed) this (goal|objective|area) by that day\.", shown)
    assert "LATER meeting" not in shown
    assert "had not" not in words(f"{code}thread/", "")


@pytest.mark.parametrize("asked", ["%00", "0000", "9999", "9999-12-31", "0001", "99999", "soon", "2003-02-31"])
def test_odd_days_never_break_a_page(world: World, asked: str) -> None:
    for path in PAGES:
        for tail in ("", "&format=json"):
            assert Client().get(f"{path}?as_of={asked}{tail}").status_code in {200, 422}, path


def test_pages_of_a_day_ask_as_often_with_more_rows(world: World, django_assert_num_queries: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    paths = (
        "/participants/aland/",
        "/participants/aland/?format=json",
        "/objectives/OBJ-01/",
        "/steering-group/",
        "/objectives/OBJ-01/thread/",
    )

    def asked() -> dict[str, int]:
        numbers = {}
        for path in paths:
            with CaptureQueriesContext(connection) as found:
                get(path)
            numbers[path] = len(found)
        return numbers

    asked()
    few = asked()
    aland, by = Participant.objects.get(slug="aland"), world.users["secretariat"]
    for number in range(2):
        meeting = Activity.objects.create(
            reference=f"XX-2002-6{number}", title="More", kind=ActivityKind.objects.get(), start=date(2002, 1, 1), status="held",
            published_at=timezone.now(), published_by=by,
        )  # fmt: skip
        Hosting.objects.create(activity=meeting, part="host", participant=aland)
        row = Recommendation.objects.create(
            reference=f"XX-REC-2002-1{number}", text="More", activity=meeting, objective=Objective.objects.get(code="OBJ-01")
        )
        FollowUp.objects.create(
            recommendation=row, text="x", happened_on=date(2002, 6, 1), happened_on_precision="day", recorded_by=by
        )
        Ministry.objects.create(code=f"M-{number}", participant=aland, name=f"More {number}")
    assert asked() == few
