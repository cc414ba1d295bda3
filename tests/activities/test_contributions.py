"""What participants contribute to an activity and which needs it answers: the steering group reads it, never the public."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from activities.enums import AttendanceStatus
from activities.models import Activity, Contribution, PriorityNeed, ProgrammeArea, Proposal
from activities.selectors_figures import activities_for_figures, figures_of
from activities.services.attendance import record_attendance
from members.models import Participant
from members.models.base import today
from tests.activities.test_attendance import held, who
from tests.cast import World, client_for, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def desk(world: World) -> Client:
    return client_for(world, "secretariat")


def answers(**more: str) -> dict[str, Any]:
    return {
        "participant": Participant.objects.get(slug="bland").pk,
        "title": "Venue and interpreters",
        "amount": "",
        "currency": "",
    } | more


def test_contribution_is_added_read_by_few_and_taken_away(world: World, desk: Client) -> None:
    page = f"/activities/{world.activity}/"
    before = Client().get(page).content
    url = f"/desk/activities/{world.activity}/contributions/"
    assert desk.post(f"{url}new/", answers()).status_code == 302
    assert desk.post(f"{url}new/", answers(title="Flights", amount="1200.50", currency="aud")).status_code == 302
    readers = {name: client_for(world, name).get(page).content.decode() for name in ("co_chair", "secretariat", "focal_point_b")}
    assert {name: "Venue and interpreters" in text for name, text in readers.items()} == {
        "co_chair": True,
        "secretariat": True,
        "focal_point_b": False,
    }
    assert "AUD 1200.50" in readers["co_chair"]
    assert Client().get(page).content == before
    row = Contribution.objects.get(title="Flights")
    assert row.activity == Activity.objects.get(reference=world.activity)
    assert "Flights" in desk.get(f"/desk/activities/{world.activity}/").content.decode()
    assert desk.post(f"{url}{row.pk}/remove/").status_code == 302
    assert not Contribution.objects.filter(pk=row.pk).exists()


def test_contribution_of_another_activity_is_not_taken_away_here(world: World, desk: Client) -> None:
    desk.post(f"/desk/activities/{world.activity}/contributions/new/", answers())
    row = Contribution.objects.get(title="Venue and interpreters")
    assert desk.post(f"/desk/activities/{world.other_activity}/contributions/{row.pk}/remove/").status_code == 404
    assert Contribution.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"participant": "999999"}, "participant"),
        ({"amount": "100"}, "currency"),
        ({"currency": "USD"}, "amount"),
        ({"amount": "-1", "currency": "USD"}, "amount"),
        ({"amount": "1", "currency": "XXQ"}, "currency"),
        ({"amount": "9" * 20, "currency": "USD"}, "amount"),
    ],
)
def test_what_is_wrong_stands_at_its_field(world: World, desk: Client, changes: dict[str, str], field: str) -> None:
    answer = desk.post(f"/desk/activities/{world.activity}/contributions/new/", answers(**changes))
    assert (answer.status_code, f'id="id_{field}_error"' in answer.content.decode()) == (422, True)
    assert not Contribution.objects.filter(activity__reference=world.activity).exists()


def test_needs_of_the_proposal_and_of_the_areas_are_matched_with_who_came(world: World) -> None:
    activity, by = held(world), world.users["secretariat"]
    aland, bland = (Participant.objects.get(slug=slug) for slug in ("aland", "bland"))
    area = ProgrammeArea.objects.get(code=world.programme_area)
    activity.programme_areas.set([area])
    PriorityNeed.objects.all().delete()
    both = PriorityNeed.objects.create(title="In its area and its proposal", participant=bland, area=area, date=today())
    named = PriorityNeed.objects.create(title="In its proposal alone", participant=aland, date=today())
    PriorityNeed.objects.create(title="In no way", participant=bland, date=today())
    proposal = Proposal.objects.get(pk=world.endorsed_proposal)
    Proposal.objects.filter(pk=proposal.pk).update(activity=activity)
    proposal.needs.set([both, named])
    record_attendance(activity=activity, marks={(who("Bo Bland").pk, today()): AttendanceStatus.PRESENT}, by=by)
    (figures,) = figures_of(activities_for_figures(by).filter(pk=activity.pk))
    assert (figures.needs, figures.answered) == (2, 1)
    page = client_for(world, "secretariat").get("/desk/activities/figures/").content.decode()
    assert "1 of 2 are of participants that came" in page
