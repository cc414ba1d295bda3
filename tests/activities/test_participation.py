"""Who came, in numbers: as given where they are public, and nothing that tells a small number of a split."""

from __future__ import annotations

import itertools
import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from activities.enums import ActivityStatus
from activities.models import Activity, ActivityKind, Attendance, Delegate
from activities.selectors_participation import attended_by, published_split, split_by_portfolio
from activities.suppression import SMALLEST, publishable
from members.enums import AccessClass
from members.models import Ministry, Official, Participant, Portfolio
from members.models.base import today
from tests.cast import World, client_for, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def vectors(total: int, cells: int) -> Iterator[tuple[int, ...]]:
    """Every way to split `total` into `cells` numbers."""
    for cuts in itertools.combinations(range(total + cells - 1), cells - 1):
        ends = (-1, *cuts, total + cells - 1)
        yield tuple(b - a - 1 for a, b in itertools.pairwise(ends))


def shown(counts: tuple[int, ...]) -> tuple[int | None, ...]:
    return tuple(publishable(dict(enumerate(counts))).values())


@pytest.mark.parametrize(("cells", "most"), [(2, 40), (3, 30), (4, 20)])
def test_nobody_who_knows_the_rule_and_the_total_can_tell_a_hidden_number(cells: int, most: int) -> None:
    """Every possible truth with the same publication is tried: each hidden cell has at least two values among them."""
    for total in range(1, most + 1):
        truths = defaultdict(list)
        for counts in vectors(total, cells):
            truths[shown(counts)].append(counts)
        for published, possible in truths.items():
            for cell, number in enumerate(published):
                values = {counts[cell] for counts in possible}
                assert len(values) == 1 if number is not None else len(values) > 1, (published, possible)


numbers = st.lists(st.integers(min_value=0, max_value=60), min_size=2, max_size=12)


@given(counts=numbers)
@settings(max_examples=500, deadline=None)
def test_what_is_published_is_true_large_and_leaves_no_single_gap(counts: list[int]) -> None:
    published = shown(tuple(counts))
    hidden = [number for number, said in zip(counts, published, strict=True) if said is None]
    assert all(said is None or said == number >= SMALLEST for number, said in zip(counts, published, strict=True))
    assert len(hidden) != 1
    if hidden and any(said is not None for said in published):
        assert sum(hidden) >= SMALLEST
        assert len(set(hidden)) > 1


@given(years=st.lists(numbers, min_size=1, max_size=4))
@settings(max_examples=200, deadline=None)
def test_no_sum_or_difference_of_published_numbers_gives_a_hidden_one(years: list[list[int]]) -> None:
    """Whatever is published, of any years and their totals, is one equation a year; each leaves two cells open at least.

    Brute force over all sums and differences: an equation with one unknown would be the only way to a number, and none is
    found by taking the totals and cells of any set of years together, since no cell stands in two years.
    """
    published = [shown(tuple(counts)) for counts in years]
    for chosen in itertools.product((-1, 0, 1), repeat=len(years)):
        unknowns = [
            (year, cell) for year, sign in enumerate(chosen) if sign for cell, said in enumerate(published[year]) if said is None
        ]
        assert len(unknowns) != 1


def test_split_of_one_cell_is_refused() -> None:
    with pytest.raises(ValueError, match="two cells"):
        publishable({"all": 7})


def attended(year: int, counts: dict[str, int], *, reference: str, **fields: Any) -> Activity:
    """An activity of `year` at which so many delegates of each portfolio came, and one registered who did not."""
    kind = ActivityKind.objects.get()
    by = Official.objects.get(name="Person secretariat").user
    assert by is not None
    fields = {"start": date(year, 3, 1), "end": date(year, 3, 1), "status": ActivityStatus.HELD} | fields
    from django.utils import timezone

    fields = {"published_at": timezone.now(), "published_by": by} | fields
    activity = Activity.objects.create(reference=reference, title=f"Held {reference}", kind=kind, **fields)
    participant = Participant.objects.get(slug="aland")
    for key, number in counts.items():
        portfolio, _new = Portfolio.objects.get_or_create(key=key, defaults={"name_en": key.capitalize()})
        ministry, _new = Ministry.objects.get_or_create(code=f"AAA-{key}", participant=participant, name=f"Ministry {key}")
        ministry.portfolios.add(portfolio)
        for one in range(number + 1):
            official = Official.objects.create(participant=participant, ministry=ministry, name=f"{key} {one} {reference}")
            row = Delegate.objects.create(activity=activity, official=official, participant=participant)
            status = "present" if one < number else "absent"
            Attendance.objects.create(delegate=row, day=activity.start, status=status, how="desk", recorded_by=by)
    return activity


def published() -> dict[tuple[int, str], int | None]:
    return {(cell.year, cell.key): cell.delegates for cell in published_split()}


def test_small_number_and_its_complement_are_hidden_on_every_answer(world: World) -> None:
    attended(2019, {"police": 9, "immigration": 3, "justice": 12}, reference="XX-2019-01")
    assert split_by_portfolio()[2019]["immigration"] == 3
    found = published()
    assert (found[2019, "police"], found[2019, "immigration"], found[2019, "justice"]) == (None, None, 12)
    assert found[2019, "unknown"] is None  # the 9 protects the 3: alone with the noughts it could be told from the total
    attended(2018, {"police": 9, "immigration": 5, "justice": 12}, reference="XX-2018-01")
    page = Client().get("/data/participation/").content.decode()
    assert "Withheld" in page
    answers = [
        Client().get(f"/data/participation/portfolios/?format=json{more}").content for more in ("", "&year=2019", "&kind=x")
    ]
    assert len(set(answers)) == 1  # no filter narrows it
    rows = json.loads(answers[0])["results"]
    assert {(row["year"], row["portfolio_key"]): row["delegates"] for row in rows} == published()
    for who in ("focal_point_a", "co_chair", "secretariat"):
        assert client_for(world, who).get("/data/participation/portfolios/?format=json").content == answers[0]


def test_year_that_is_not_over_is_not_split(world: World) -> None:
    attended(today().year, {"police": 9, "justice": 12}, reference="XX-2030-01", start=today(), end=today())
    assert published() == {}
    assert split_by_portfolio(closed_only=False)[today().year]["police"] == 9


def test_activities_that_not_everybody_sees_are_counted_nowhere(world: World) -> None:
    attended(2019, {"police": 9}, reference="XX-2019-02", access_class=AccessClass.SECRETARIAT)
    attended(2019, {"police": 9}, reference="XX-2019-03", published_at=None, published_by=None)
    attended(2019, {"police": 9}, reference="XX-2019-04", status=ActivityStatus.PLANNED)
    for who in ("anonymous", "secretariat"):
        assert json.loads(client_for(world, who).get("/data/participation/?format=json").content)["count"] == 0
    assert published() == {}


def test_total_and_number_per_participant_are_as_given(world: World) -> None:
    activity = attended(2019, {"police": 1, "justice": 2}, reference="XX-2019-05")
    Activity.objects.filter(reference="XX-2009-01").update(delegates=80)
    rows = json.loads(Client().get("/data/participation/?format=json").content)["results"]
    assert [(row["reference"], row["participant"], row["delegates"]) for row in rows] == [("XX-2019-05", "Aland", 3)]
    assert attended_by(Participant.objects.get(slug="aland")) == [(activity, 3)]
    page = Client().get("/participants/aland/").content.decode()
    assert "Held XX-2019-05" in page
    assert "police 0" not in page
    years = Client().get("/data/participation/").content.decode()
    assert "80 delegates at 1 activity without attendance recorded here" in years


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_ask_as_often_for_one_year_as_for_three(world: World, rows: int, django_assert_num_queries: Any) -> None:
    for n in range(rows):
        attended(2015 + n, {"police": 9}, reference=f"XX-201{n}-07")
    client, desk = Client(), client_for(world, "secretariat")
    for page in (client, desk):
        page.get("/about/")
    with django_assert_num_queries(7):
        client.get("/data/participation/")
    with django_assert_num_queries(12):
        desk.get("/desk/activities/figures/")
