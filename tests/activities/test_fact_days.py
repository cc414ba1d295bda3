"""The day of a fact: asked for with the news, shown as far as it is known, and what statuses, lists and figures count by."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from activities.models import FollowUp, NewsRequest, Recommendation
from activities.selectors_followup import recommendations, stale, standing_of
from activities.selectors_progress import progress_by_objective
from members.models.base import today
from members.partial_dates import format_partial, parse_partial
from members.signing import make_token
from tests.cast import World, client_for, make_world

RECORDED = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.fixture
def world(db: None) -> World:
    made = make_world()
    FollowUp.objects.all().delete()
    return made


@pytest.fixture
def desk(world: World) -> Client:
    return client_for(world, "secretariat")


def add(world: World, **fields: Any) -> FollowUp:
    known = {"recorded_by": world.users["secretariat"], "recommendation": Recommendation.objects.get(), "text": "Done"}
    return FollowUp.objects.create(**known | fields)


def words(client: Client, path: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", client.get(path).content.decode()).split())


def path(world: World) -> str:
    return f"/desk/recommendations/{world.recommendation}/follow-up/"


@pytest.mark.parametrize(
    ("happened_on", "precision", "counts_from"),
    [
        (None, "unknown", date(2026, 3, 4)),
        (date(2005, 1, 1), "year", date(2005, 12, 31)),
        (date(2005, 2, 1), "month", date(2005, 2, 28)),
        (date(2005, 5, 14), "day", date(2005, 5, 14)),
        (date(2026, 1, 1), "year", date(2026, 3, 4)),
        (date(2026, 3, 1), "month", date(2026, 3, 4)),
        (date(2026, 3, 4), "day", date(2026, 3, 4)),
    ],
)
def test_database_keeps_the_day_it_counts_from(world: World, happened_on: Any, precision: str, counts_from: date) -> None:
    row = add(world, happened_on=happened_on, happened_on_precision=precision, recorded_at=RECORDED)
    row.refresh_from_db()
    assert row.day == counts_from
    assert FollowUp.objects.filter(day=counts_from).count() == 1


@pytest.mark.parametrize(
    ("said", "iso", "shown"),
    [("2005", "2005", "2005"), ("May 2005", "2005-05", "May 2005"), ("14 Mei 2005", "2005-05-14", "14 May 2005")],
)
def test_desk_says_when_it_was_done_and_every_page_shows_it(desk: Client, world: World, said: str, iso: str, shown: str) -> None:
    assert desk.post(path(world), {"kind": "update", "text": "A law was passed", "happened_on": said}).status_code == 302
    visitor, own = Client(), f"/recommendations/{world.recommendation}/"
    now = format_partial(today(), "day")
    page = words(visitor, own)
    assert f"{shown} What was done Recorded on {now}. A law was passed" in page
    assert f"{shown}: A law was passed" in words(visitor, f"{own}thread/")
    assert f"{shown}: A law was passed" in words(visitor, "/feeds/recommendations.atom")
    row = visitor.get(f"{own}?format=json").json()["results"][0]
    assert (row["last_news"], row["last_recorded"]) == (iso, today().isoformat())
    assert f",{iso},{today().isoformat()},A law was passed," in visitor.get("/recommendations/?format=csv").content.decode()
    month = "2005" if said == "2005" else "May 2005"
    assert f"In progress {month}" in words(visitor, "/recommendations/")
    assert f"<updated>{today().isoformat()}" in visitor.get("/feeds/recommendations.atom").content.decode()


def test_empty_day_is_the_day_it_was_recorded(desk: Client, world: World) -> None:
    assert desk.post(path(world), {"kind": "update", "text": "Begun", "happened_on": ""}).status_code == 302
    row = FollowUp.objects.get()
    assert (row.happened_on, row.happened_on_precision, row.day) == (None, "unknown", today())
    shown = words(Client(), f"/recommendations/{world.recommendation}/")
    assert f"{format_partial(today(), 'day')} What was done Begun" in shown
    assert "Recorded on" not in shown


PAST_1990, PASSED = "Name a day in 1990 or later.", "Name a day that has passed."
WRONG = [
    ((today() + timedelta(days=1)).isoformat(), PASSED),
    (str(today().year + 1), PASSED),
    ("1989", PAST_1990),
    ("31 December 1989", PAST_1990),
    ("0000", "Enter a year, a month or a day, such as 2004, May 2004 or 14 May 2004."),
    ("soon", "Enter a year, a month or a day, such as 2004, May 2004 or 14 May 2004."),
    ("9" * 40, "Enter a year, a month or a day, such as 2004, May 2004 or 14 May 2004."),
    ("9999", "Enter a year between 1900 and 2200."),
    ("\x00", "Null characters are not allowed."),
]


@pytest.mark.parametrize(("said", "message"), WRONG)
@pytest.mark.parametrize("who", ["desk", "addressee", "link"])
def test_day_that_cannot_be_is_refused_next_to_the_field(world: World, who: str, said: str, message: str) -> None:
    request = NewsRequest.objects.get(pk=world.news_request)
    address, client = {
        "desk": (path(world), client_for(world, "secretariat")),
        "addressee": (f"/national/aland/recommendations/{world.recommendation}/", client_for(world, "focal_point_a")),
        "link": (f"/r/news/{make_token('news', request.pk)}/", Client()),
    }[who]
    answer = client.post(address, {"kind": "update", "text": "Kept words", "happened_on": said})
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"happened_on": [message]}
    assert "Kept words" in answer.content.decode()
    assert FollowUp.objects.count() == 0


def test_addressees_say_the_day_from_their_space_and_by_link(world: World) -> None:
    own, focal = f"/national/aland/recommendations/{world.recommendation}/", client_for(world, "focal_point_a")
    for _turn in range(2):
        assert focal.post(own, {"kind": "update", "text": "Trained", "happened_on": "May 2005"}).status_code == 302
    assert focal.post(own, {"kind": "update", "text": "Trained", "happened_on": "2005"}).status_code == 302
    assert sorted(FollowUp.objects.values_list("happened_on", "happened_on_precision")) == [
        (date(2005, 1, 1), "year"),
        (date(2005, 5, 1), "month"),
    ]
    now = format_partial(today(), "day")
    assert f"May 2005 What was done With the secretariat, not published Trained Recorded on {now}." in words(focal, own)
    link = f"/r/news/{make_token('news', world.news_request)}/"
    assert Client().post(link, {"kind": "update", "text": "By link", "happened_on": "14 May 2005"}).status_code == 302
    news = FollowUp.objects.get(text="By link")
    assert (news.happened_on, news.happened_on_precision) == (date(2005, 5, 14), "day")
    assert "14 May 2005 What was done By link" in words(Client(), link)
    desk = client_for(world, "secretariat")
    page = words(desk, f"/desk/recommendations/news/{news.pk}/")
    assert f"When it was done 14 May 2005 Day it came {now}" in page
    desk.post(f"/desk/recommendations/news/{news.pk}/", {"number": "1", "access_class": "public"})
    shown = words(Client(), f"/recommendations/{world.recommendation}/")
    assert f"14 May 2005 What was done Recorded on {now}. Reported by Aland itself." in shown
    focal.post(f"{own}news/{news.pk}/withdraw/", {"number": "2", "reason": "Twice"})
    gone = words(Client(), f"/recommendations/{world.recommendation}/")
    assert f"News of Aland of 14 May 2005 was withdrawn by it on {now}. Reason: Twice" in gone


def test_status_and_since_follow_the_facts_not_the_recording(world: World) -> None:
    add(world, happened_on=date(2005, 5, 1), happened_on_precision="month", is_closed=True)
    add(world, happened_on=date(2004, 1, 1), happened_on_precision="year", text="Found in an old file")
    found = standing_of(recommendations(world.users["secretariat"]).get())
    assert (found.key, found.since, found.known_to) == ("completed", date(2005, 5, 1), "month")
    assert "Completed May 2005" in words(Client(), "/recommendations/")
    texts = [row["last_update"] for row in Client().get("/recommendations/?format=json").json()["results"]]
    assert texts == ["Done"]


@pytest.mark.parametrize(
    ("news", "status", "since"),
    [
        ([("2026", False), ("2005-05", True)], "completed", date(2005, 5, 1)),
        ([("2005-05", True), ("2004", False)], "completed", date(2005, 5, 1)),
        ([("2005-05", True), ("2005", False)], "in-progress", date(2005, 1, 1)),
        ([("2005-05", True), ("2007", False)], "in-progress", date(2007, 1, 1)),
        ([("2005-05", True), ("2007", False), ("2008", True)], "completed", date(2008, 1, 1)),
        ([("2005-05", True), ("2007", False), ("2006", True)], "completed", date(2006, 1, 1)),
        ([("", False), ("2005-05", True)], "completed", date(2005, 5, 1)),
        ([("2005-05", True), ("", False)], "in-progress", today()),
        ([("", True)], "completed", today()),
    ],
)
def test_completion_stands_until_later_news_of_a_later_day(
    world: World, news: list[tuple[str, bool]], status: str, since: date
) -> None:
    for said, is_closed in news:
        day, precision = parse_partial(said) if said else (None, "unknown")
        add(world, happened_on=day, happened_on_precision=precision, is_closed=is_closed)
    by = world.users["secretariat"]
    found = standing_of(recommendations(by).get())
    assert (found.key, found.since) == (status, since)
    open_ones = Recommendation.objects.still_open(FollowUp.objects.counted_for(by))
    assert open_ones.exists() == (status != "completed")


def test_stale_counts_from_the_fact(world: World) -> None:
    by, long_ago = world.users["secretariat"], today() - timedelta(days=200)
    Recommendation.objects.update(recorded_at=datetime(2010, 1, 1, tzinfo=UTC))
    add(world, happened_on=long_ago, happened_on_precision="day")
    assert [row.reference for row in stale(by)] == [world.recommendation]
    add(world, happened_on=today() - timedelta(days=179), happened_on_precision="day")
    assert list(stale(by)) == []


@pytest.mark.parametrize(
    ("until", "followed_up"), [(date(2015, 5, 30), 0), (date(2015, 5, 31), 1), (today(), 1), (date(2015, 4, 30), 0)]
)
def test_report_counts_news_by_the_day_of_the_fact(world: World, until: date, followed_up: int) -> None:
    Recommendation.objects.update(recorded_at=datetime(2015, 1, 1, tzinfo=UTC))
    add(world, happened_on=date(2015, 5, 1), happened_on_precision="month")
    totals = progress_by_objective(date(2015, 1, 1), until)["totals"]
    assert (totals["recorded"]["value"], totals["followed_up"]["value"]) == (1, followed_up)


def test_history_tells_the_day_as_far_as_it_is_known(desk: Client, world: World) -> None:
    desk.post(path(world), {"kind": "update", "text": "Begun", "happened_on": "May 2005"})
    row = FollowUp.objects.get()
    events = row._meta.apps.get_model("activities", "FollowUpEvent")._default_manager.filter(pgh_obj_id=row.pk)
    assert list(events.values_list("happened_on", "happened_on_precision")) == [(date(2005, 5, 1), "month")]
