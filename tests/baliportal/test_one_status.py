"""One status of a recommendation wherever it stands, and news that a visitor may not read changes none of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from activities.models import Activity, FollowUp, Objective, ProgrammeArea, Recommendation
from activities.selectors_followup import due_soon, recommendations, standing_of
from members.models.base import today
from tests.cast import World, add_reports, client_for, make_world


@pytest.fixture
def world(db: None) -> World:
    made = make_world()
    add_reports(made)
    FollowUp.objects.all().delete()
    Recommendation.objects.update(
        activity=Activity.objects.get(reference=made.activity),
        objective=Objective.objects.get(),
        area=ProgrammeArea.objects.get(),
    )
    return made


def addresses(world: World) -> list[str]:
    """All that shows the recommendation, or counts it, to a visitor."""
    own = f"/recommendations/{world.recommendation}/"
    pages = [
        *(f"/activities/{world.activity}/", own, f"{own}thread/", f"{own}cite.ris", f"{own}cite.bib", "/recommendations/"),
        *("/objectives/", "/objectives/OBJ-01/", "/objectives/OBJ-01/thread/", "/objectives/OBJ-01/history/"),
        *("/programme-areas/", "/programme-areas/PA-01/", "/programme-areas/PA-01/thread/"),
        *("/activities/", "/activities/?has=followup", "/", "/search/?q=recommendation", "/participants/aland/"),
    ]
    data = [f"{page}{'&' if '?' in page else '?'}format={form}" for page in pages for form in ("json", "csv")]
    feeds = [
        "/feeds/recommendations.atom",
        "/feeds/objectives.atom",
        "/feeds/activities.atom",
        "/feeds/activities.atom?has=followup",
    ]
    return [*pages, *data, *feeds, *(f"/id{page}" for page in pages if "cite." not in page)]


def read(address: str, client: Client | None = None) -> tuple[int, str]:
    answer: Any = (client or Client()).get(address)
    body = b"".join(answer) if answer.streaming else answer.content
    return answer.status_code, re.sub(r'(nonce|name="csrfmiddlewaretoken" value)="[^"]*"', "", body.decode())


def add(world: World, **fields: Any) -> FollowUp:
    row = Recommendation.objects.get()
    return FollowUp.objects.create(recommendation=row, text="CANARY", recorded_by=world.users["secretariat"], **fields)


def of_draft(world: World, **fields: Any) -> dict[str, Any]:
    return {"activity": Activity.objects.get(reference=world.draft_activity), **fields}


@pytest.mark.parametrize("kind", ["update", "taken-forward", "spin-off"])
@pytest.mark.parametrize("news_before", [False, True])
def test_news_on_a_draft_changes_not_a_byte_for_a_visitor(world: World, kind: str, *, news_before: bool) -> None:
    if news_before:
        add(world, kind="taken-forward", activity=Activity.objects.get(reference=world.past_activity))
    before = {address: read(address) for address in addresses(world)}
    add(world, **of_draft(world, kind=kind, is_closed=True))
    add(world, access_class="steering-group", is_closed=True)
    gone = {"decided_at": timezone.now(), "decided_by": world.users["secretariat"], "withdrawn_reason": "CANARY"}
    gone |= {"withdrawn_at": timezone.now(), "withdrawn_by": world.users["secretariat"], "origin": "national-space"}
    add(world, **of_draft(world, **gone, participant_id=world.users["focal_point_a"].officials.get().participant_id))
    after = {address: read(address) for address in addresses(world)}
    assert [address for address in before if after[address] != before[address]] == []
    assert {status for status, _body in before.values()} <= {200, 302, 404}
    assert "CANARY" in read(f"/recommendations/{world.recommendation}/", client_for(world, "secretariat"))[1]


@pytest.mark.parametrize(
    ("news", "words"),
    [
        ([], "No news yet"),
        ([{}], "In progress"),
        ([{"kind": "taken-forward"}], "Taken forward"),
        ([{"kind": "taken-forward"}, {"is_closed": True}], "Completed"),
        ([{"is_closed": True}, {}], "In progress"),
        ([{"kind": "spin-off"}, {}], "Goes on outside the process"),
    ],
)
def test_every_place_says_the_same_status(world: World, news: list[dict[str, Any]], words: str) -> None:
    past = Activity.objects.get(reference=world.past_activity)
    Recommendation.objects.update(due=today())
    for fields in news:
        add(world, **({"activity": past} if fields.get("kind") == "taken-forward" else {}), **fields)
    row = recommendations(world.users["secretariat"]).get()
    assert standing_of(row).words == words
    aims = [f"{aim}{tail}" for aim in ("/objectives/OBJ-01/", "/programme-areas/PA-01/") for tail in ("", "thread/")]
    for address in (f"/activities/{world.activity}/", f"/recommendations/{world.recommendation}/", "/recommendations/", *aims):
        shown = read(address)[1]
        assert [mark for mark in re.findall(r'<span class="st st--\w+">.*?</svg>([^<]*)</span>', shown) if mark == words], address
    assert f"{world.recommendation}: {words}" in read("/feeds/recommendations.atom")[1]
    is_open = words not in {"Completed", "Goes on outside the process"}
    assert (world.activity in read("/activities/?has=followup&format=json")[1]) == is_open
    assert list(due_soon(world.users["secretariat"])) == ([row] if is_open else [])


def test_activity_page_takes_forward_what_it_names(world: World) -> None:
    past = Activity.objects.get(reference=world.past_activity)
    add(world, kind="taken-forward", activity=past)
    assert "This activity takes forward:" in read(f"/activities/{world.past_activity}/")[1]
    assert "This activity takes forward:" not in read(f"/activities/{world.activity}/")[1]
