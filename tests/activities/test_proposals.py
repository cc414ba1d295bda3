"""Proposals: who records and reads them, their steps with reasons, what is offered, and the activity that one becomes."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from activities.enums import ActivityStatus
from activities.models import (
    Activity,
    ActivityKind,
    Contribution,
    ForeignActivity,
    Objective,
    PriorityNeed,
    ProgrammeArea,
    Proposal,
    ProposalStep,
    ReviewBy,
)
from activities.periodic import remind_of_reviews
from activities.services.planning import Plan, edit_proposal, propose
from members.errors import DomainError
from members.models import AccessRecord, Delivery, Forum, Participant, Portfolio, Seat, Topic, User
from members.models.base import today
from tests.activities.planning import idea, in_days, move
from tests.cast import World, client_for, make_world

DESK, ROOM = "/desk/proposals/", "/steering-group/room/proposals/"


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def desk(world: World) -> Client:
    return client_for(world, "secretariat")


def the(world: World) -> Proposal:
    return Proposal.objects.get(pk=world.proposal)


def test_proposal_is_recorded_with_all_that_is_known(world: World, desk: Client) -> None:
    seat = Seat.objects.get(participant__slug="dland")
    portfolio = Portfolio.objects.create(key="immigration", name_en="Immigration")
    seat.portfolios.add(portfolio)
    answers = idea(
        kind=ActivityKind.objects.get().pk,
        proposed_by=Participant.objects.get(slug="aland").pk,
        topics=[Topic.objects.get().pk],
        portfolios=[portfolio.pk],
        objectives=[Objective.objects.get().pk],
        areas=[ProgrammeArea.objects.get().pk],
        needs=[world.need],
        priority_needs="Small posts have no readers.",
        earliest="May 2030",
        latest="2030",
        country="ID",
        city="Jakarta",
        funding_guideline="XX-G-2010-01",
        funded="Two from each participant",
        coordinator=seat.pk,
        review_by="2029-01-31",
    )
    assert desk.post(f"{DESK}new/", answers).status_code == 302
    made = Proposal.objects.get(title="Workshop on passports")
    assert (made.earliest, made.earliest_precision) == (date(2030, 5, 1), "month")
    assert (made.latest, made.latest_precision) == (date(2030, 12, 31), "year")
    assert (made.country, made.city, made.coordinator, made.state) == ("ID", "Jakarta", seat, "idea")
    assert [row.pk for row in made.needs.all()] == [world.need]
    assert made.review_by.day == date(2029, 1, 31)
    text = desk.get(f"{DESK}{made.pk}/").content.decode()
    for words in (
        "between May 2030 and 2030",
        "Jakarta, Indonesia",
        "Immigration",
        "Equipment",
        "XX-G-2010-01",
        "31 January 2029",
    ):
        assert words in text, words
    form = desk.get(f"{DESK}{made.pk}/edit/").content.decode()
    assert form.index("Their portfolios fit") < form.index("Other seats")
    assert 'value="2030-05"' in form


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": ""}, "This field is required."),
        ({"added_value": " "}, "This field is required."),
        ({"earliest": "2030", "latest": "2029"}, "This is before the earliest date."),
        ({"earliest": "04/05/2030"}, "Enter a year, a month or a day"),
        ({"country": "QQ"}, "Select a valid choice."),
        ({"coordinator": "999999"}, "Select a valid choice."),
        ({"review_by": "1029-01-01"}, "Enter a year between 1900 and 2200."),
    ],
)
def test_what_cannot_be_is_said_at_its_field(desk: Client, changes: dict[str, Any], said: str) -> None:
    answer = desk.post(f"{DESK}new/", idea(**changes))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Proposal.objects.filter(title="Workshop on passports").exists()


def test_two_editors_see_both_texts(world: World, desk: Client) -> None:
    old = the(world).version
    plan = Plan({"title": "Theirs"}, {}, None)
    edit_proposal(proposal=the(world), plan=plan, expected_version=old, by=world.users["administrator"])
    answer = desk.post(f"{DESK}{world.proposal}/edit/", idea(title="Mine", version=old))
    assert answer.status_code == 409
    assert {str(label): (mine, theirs) for label, mine, theirs in answer.context["rows"]}["Title"] == ("Mine", "Theirs")
    assert the(world).title == "Theirs"
    assert desk.post(f"{DESK}{world.proposal}/edit/", idea(title="Mine", version=old + 1)).status_code == 302
    assert the(world).title == "Mine"


def test_seat_that_is_not_held_today_coordinates_nothing(world: World) -> None:
    seat = Seat.objects.get(participant__slug="dland")
    Seat.objects.filter(pk=seat.pk).update(period_to=today() - timedelta(days=1))
    with pytest.raises(DomainError, match="held in the steering group today"):
        propose(plan=Plan({"title": "T", "coordinator": seat}), by=world.users["secretariat"])


def test_member_proposes_for_its_own_participant_only(world: World) -> None:
    member, own = client_for(world, "steering_group_member"), Participant.objects.get(slug="dland")
    other = Participant.objects.get(slug="aland")
    assert member.post(f"{ROOM}new/", idea(proposed_by=other.pk)).status_code == 422
    answer = member.post(f"{ROOM}new/", idea(proposed_by=own.pk, coordinator=world.seat, review_by="2030-01-01"))
    made = Proposal.objects.get(title="Workshop on passports")
    assert (answer.status_code, answer["Location"]) == (302, f"{ROOM}{made.pk}/")
    assert (made.proposed_by, made.coordinator, made.recorded_by) == (own, None, world.users["steering_group_member"])
    assert not ReviewBy.objects.filter(proposal=made).exists()
    with pytest.raises(PermissionDenied):
        propose(plan=Plan({"title": "T", "proposed_by": other}), by=world.users["steering_group_member"])
    with pytest.raises(PermissionDenied):
        propose(plan=Plan({"title": "T", "proposed_by": other}), by=world.users["focal_point_a"])


def test_steps_are_kept_with_day_meeting_and_reason(world: World, desk: Client) -> None:
    url, by = f"{DESK}{world.proposal}/move/", world.users["secretariat"]
    answers = {"state": "considered", "decided_on": "2020-03-04", "meeting": world.activity, "reason": "Good", "version": 1}
    assert desk.post(url, answers).status_code == 302
    step = ProposalStep.objects.get()
    assert (step.from_state, step.to_state, step.decided_on, step.meeting.reference) == (
        *("idea", "considered", date(2020, 3, 4)),
        world.activity,
    )
    assert step.recorded_by == by
    stale = {"state": "declined", "decided_on": in_days(0), "reason": "No", "version": 1}
    assert desk.post(url, stale).status_code == 409
    for state in ("declined", "referred"):
        answer = desk.post(url, {"state": state, "decided_on": in_days(0), "version": 2})
        assert (answer.status_code, "Say why" in answer.content.decode()) == (422, True)
    answer = desk.post(url, {"state": "referred", "decided_on": in_days(0), "reason": "Theirs", "version": 2})
    assert "Choose the forum that it is referred to." in answer.content.decode()
    assert desk.post(url, {"state": "considered", "decided_on": in_days(1), "version": 2}).status_code == 422
    forum = Forum.objects.get()
    answers = {"state": "referred", "decided_on": in_days(0), "reason": "They do it", "forum": forum.pk, "version": 2}
    assert desk.post(url, answers).status_code == 302
    found = the(world)
    assert (found.state, found.referred_to) == ("referred", forum)
    text = client_for(world, "co_chair").get(f"{ROOM}{world.proposal}/").content.decode()
    for words in ("4 March 2020", "They do it", "Published", "Forum X"):
        assert words in text, words
    assert "No step follows from here." in desk.get(url).content.decode()


def test_step_that_cannot_follow_is_refused(world: World) -> None:
    by = world.users["secretariat"]
    with pytest.raises(DomainError, match="cannot follow"):
        move(the(world), "endorsed", by)
    Proposal.objects.filter(pk=world.proposal).update(added_value=" ")
    move(the(world), "considered", by)
    with pytest.raises(DomainError, match="what value it adds"):
        move(the(world), "endorsed", by)
    with pytest.raises(DomainError, match="future"):
        move(the(world), "declined", by, decided_on=today() + timedelta(days=1), reason="No")
    move(the(world), "declined", by, reason="No")
    move(the(world), "idea", by)
    assert list(ProposalStep.objects.values_list("to_state", flat=True)) == ["considered", "declined", "idea"]
    with pytest.raises(PermissionDenied):
        move(the(world), "considered", world.users["co_chair"])


def test_meeting_that_the_reader_may_not_see_is_not_named(world: World) -> None:
    draft = Activity.objects.get(reference=world.draft_activity)
    Activity.objects.filter(pk=draft.pk).update(title="CANARY meeting")
    move(the(world), "considered", world.users["secretariat"], meeting=draft)
    text = client_for(world, "steering_group_member").get(f"{ROOM}{world.proposal}/").content.decode()
    assert ("CANARY" in text, "Considered" in text) == (False, True)


def test_offers_in_money_and_in_kind(world: World, desk: Client) -> None:
    url, a = f"{DESK}{world.proposal}/contributions/new/", Participant.objects.get(slug="aland")
    for changes, said in (
        ({"amount": "5"}, "together with its currency"),
        ({"currency": "USD"}, "together with its currency"),
        ({"amount": "5", "currency": "XYZ"}, "Enter the code of a currency"),
        ({"amount": "0", "currency": "USD"}, "greater than or equal to"),
        ({"amount": "NaN", "currency": "USD"}, "Enter a number"),
    ):
        answer = desk.post(url, {"participant": a.pk, "title": "Venue"} | changes)
        assert (answer.status_code, said in answer.content.decode()) == (422, True), changes
    assert desk.post(url, {"participant": a.pk, "title": "Travel", "amount": "1500.50", "currency": "aud"}).status_code == 302
    assert desk.post(url, {"participant": a.pk, "title": "Venue"}).status_code == 302
    money = Contribution.objects.get(title="Travel")
    assert (money.amount, money.currency, money.proposal_id) == (Decimal("1500.50"), "AUD", world.proposal)
    text = client_for(world, "co_chair").get(f"{ROOM}{world.proposal}/").content.decode()
    assert ("AUD 1500.50" in text, "In kind" in text) == (True, True)
    assert desk.post(f"{DESK}{world.endorsed_proposal}/contributions/{money.pk}/remove/").status_code == 404
    assert desk.post(f"{DESK}{world.proposal}/contributions/{money.pk}/remove/").status_code == 302
    assert [row.title for row in Contribution.objects.all()] == ["Venue"]


def test_endorsed_proposal_becomes_a_draft_activity_linked_both_ways(world: World, desk: Client) -> None:
    url, found = f"{DESK}{world.endorsed_proposal}/activity/", Proposal.objects.get(pk=world.endorsed_proposal)
    Proposal.objects.filter(pk=found.pk).update(earliest=date(2030, 5, 1), earliest_precision="month", country="ID", city="Bogor")
    Contribution.objects.create(title="Venue", proposal=found)
    ReviewBy.objects.create(proposal=found, day=today())
    found.objectives.add(Objective.objects.get())
    initial = desk.get(url).context["form"].initial
    assert [initial[name] for name in ("title", "start", "country", "city", "added_value")] == [
        *("An endorsed proposal", "2030-05", "Indonesia", "Bogor", "Nobody else does it")
    ]
    answers = {**initial, "kind": ActivityKind.objects.get().pk, "access_class": "public"}
    assert desk.post(url, {key: value for key, value in answers.items() if value is not None}).status_code == 302
    found.refresh_from_db()
    made = found.activity
    assert made
    assert (made.status, made.start, made.date_precision, made.published_at) == ("planned", date(2030, 5, 1), "month", None)
    assert (list(made.objectives.all()), [row.title for row in made.contributions.all()]) == (
        [Objective.objects.get()],
        ["Venue"],
    )
    assert not ReviewBy.objects.exists()
    assert "An endorsed proposal" in desk.get(f"/desk/activities/{made.reference}/").content.decode()
    assert made.reference in desk.get(f"{DESK}{found.pk}/").content.decode()
    assert made.reference not in client_for(world, "co_chair").get(f"{ROOM}{found.pk}/").content.decode()
    assert desk.get(url).status_code == 302
    assert Activity.objects.filter(title="An endorsed proposal").count() == 1
    answer = desk.post(f"{DESK}{found.pk}/edit/", idea(version=found.version))
    assert "Edit the activity instead." in answer.content.decode()


def test_without_a_date_it_is_under_consideration_until_a_day(world: World, desk: Client) -> None:
    url = f"{DESK}{world.endorsed_proposal}/activity/"
    answers = {"title": "Undated", "kind": ActivityKind.objects.get().pk, "access_class": "public"}
    answer = desk.post(url, answers)
    assert (answer.status_code, "looked at again" in answer.content.decode()) == (422, True)
    assert desk.post(url, answers | {"review_by": in_days(-2)}).status_code == 302
    made = Activity.objects.get(title="Undated")
    assert (made.status, made.reference, made.review_by.day) == ("under-consideration", "XX-UNDT-01", today() - timedelta(days=2))
    page = desk.get("/desk/").content.decode()
    assert ("Look again: Undated" in page, "2 days late" in page) == (True, True)
    review = f"/desk/activities/{made.reference}/review-by/"
    assert desk.post(review, {"day": in_days(30)}).status_code == 302
    assert "Look again: Undated" not in desk.get("/desk/").content.decode()
    assert desk.post(review, {"day": ""}).status_code == 302
    assert not ReviewBy.objects.exists()
    assert desk.post(f"/desk/activities/{world.activity}/review-by/", {"day": in_days(3)}).status_code == 422


def test_only_an_endorsed_proposal_becomes_an_activity(world: World, desk: Client) -> None:
    before = Activity.objects.count()
    answers = {"title": "T", "kind": ActivityKind.objects.get().pk, "access_class": "public", "start": "2030"}
    assert desk.post(f"{DESK}{world.proposal}/activity/", answers).status_code == 302
    assert Activity.objects.count() == before


def test_secretariat_is_reminded_once_of_each_day(world: World) -> None:
    kind = ActivityKind.objects.get()
    undated = Activity.objects.create(
        reference="XX-UNDT-09", title="Later", kind=kind, date_precision="unknown", status=ActivityStatus.UNDER_CONSIDERATION
    )
    ReviewBy.objects.create(proposal=the(world), day=today())
    ReviewBy.objects.create(activity=undated, day=today() - timedelta(days=3))
    ReviewBy.objects.create(proposal_id=world.endorsed_proposal, day=today() + timedelta(days=1))
    User.objects.filter(pk=world.users["deactivated"].pk).update(is_active=False)
    assert (remind_of_reviews(), remind_of_reviews()) == (3, 0)
    written = Delivery.objects.filter(kind="review_due")
    staff = ["administrator@cast.example", "half-signed-in@cast.example", "secretariat@cast.example"]
    assert sorted(written.values_list("email", flat=True)) == staff
    message = written.first()
    assert message
    assert ("An idea" in message.text, "Later" in message.text, "endorsed" in message.text) == (True, True, False)
    row = ReviewBy.objects.get(proposal=the(world))
    row.day = today() - timedelta(days=1)
    row.save()
    assert remind_of_reviews() == 3
    assert Delivery.objects.filter(kind="review_due").count() == 6


def test_decided_proposals_are_not_looked_at_again(world: World, desk: Client) -> None:
    ReviewBy.objects.create(proposal=the(world), day=today())
    assert "Look again: An idea" in desk.get("/desk/").content.decode()
    move(the(world), "declined", world.users["secretariat"], reason="No")
    assert "Look again: An idea" not in desk.get("/desk/").content.decode()
    assert not ReviewBy.objects.exists()
    assert remind_of_reviews() == 0


def test_needs_are_recorded_and_edited(world: World, desk: Client) -> None:
    a = Participant.objects.get(slug="aland")
    assert desk.post(f"{DESK}needs/new/", {"participant": a.pk, "title": "Readers", "day": "May 2030"}).status_code == 302
    need = PriorityNeed.objects.get(title="Readers")
    assert (need.date, need.date_precision, need.participant) == (date(2030, 5, 1), "month", a)
    url = f"{DESK}needs/{need.pk}/"
    assert desk.post(url, {"participant": a.pk, "title": "More readers", "version": 1}).status_code == 302
    assert desk.post(url, {"participant": a.pk, "title": "Mine", "version": 1}).status_code == 409
    need.refresh_from_db()
    assert (need.title, need.version, need.date) == ("More readers", 2, None)
    assert "More readers" in desk.get(f"{DESK}needs/").content.decode()


def test_list_is_filtered_by_state(world: World, desk: Client) -> None:
    for client, root in ((desk, DESK), (client_for(world, "co_chair"), ROOM)):
        text = client.get(f"{root}?state=endorsed").content.decode()
        assert ("An endorsed proposal" in text, "An idea" in text) == (True, False)
        assert "No proposal is in this state." in client.get(f"{root}?state=declined").content.decode()
        assert "An idea" in client.get(f"{root}?state=%00").content.decode()


def test_opening_a_proposal_is_written_down(world: World) -> None:
    client_for(world, "co_chair").get(f"{ROOM}{world.proposal}/")
    row = AccessRecord.objects.get(object_label="proposal")
    assert (row.actor_id, row.object_ref, row.action) == (world.users["co_chair"].pk, str(world.proposal), "opened")


@pytest.mark.parametrize("path", [DESK, ROOM, f"{DESK}needs/", f"{DESK}foreign/", "one", "room"])
def test_pages_ask_as_often_with_three_rows_as_with_one(world: World, path: str) -> None:
    by = world.users["secretariat"]
    url = {"one": f"{DESK}{world.proposal}/", "room": f"{ROOM}{world.proposal}/"}.get(path, path)
    client = client_for(world, "co_chair" if url.startswith(ROOM) else "secretariat")
    client.get(url)

    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url).status_code == 200
        return len(seen)

    _fill(world, 1)
    first = asked()
    _fill(world, 2)
    assert by.pk
    assert asked() == first
    assert first <= (12 if path in {DESK, ROOM, f"{DESK}needs/", f"{DESK}foreign/"} else 22)


def _fill(world: World, number: int) -> None:
    """As many more of all that the pages list."""
    by, topic, a = world.users["secretariat"], Topic.objects.get(), Participant.objects.get(slug="aland")
    portfolio, _made = Portfolio.objects.get_or_create(key="p", defaults={"name_en": "P"})
    for _turn in range(number):
        made = Proposal.objects.create(title="Another", proposed_by=a, recorded_by=by)
        ReviewBy.objects.create(proposal=made, day=today() + timedelta(days=9))
        need = PriorityNeed.objects.create(title="N", participant=a)
        the(world).needs.add(need)
        Contribution.objects.create(title="C", participant=a, proposal=the(world))
        foreign = ForeignActivity.objects.create(title="An idea", date=today(), forum=Forum.objects.get())
        foreign.topics.add(topic)
        foreign.portfolios.add(portfolio)
        ProposalStep.objects.create(
            proposal=the(world), from_state="idea", to_state="considered", recorded_by=by, forum=Forum.objects.get(),
            meeting=Activity.objects.get(reference=world.activity),
        )  # fmt: skip
