"""Reports that are due: listed with the days they are late, and each stage of reminding once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from activities.enums import ActivityStatus, HostingPart
from activities.models import Activity, ActivityCost, ActivityKind, Attendance, Hosting, PriorityNeed, ProgrammeArea
from activities.selectors_figures import activities_for_figures, figures_of
from activities.services.attendance import record_attendance
from activities.services.costs import record_cost
from members.errors import Conflict
from members.models import Delivery, Participant, User
from members.models.base import today
from reports.models import Document
from reports.periodic import remind_of_reports as clock
from reports.selectors_due import reports_due
from reports.services.due import remind_of_reports
from tests.activities.test_attendance import held, who
from tests.cast import World, client_for, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def ended(world: World, days_ago: int) -> Activity:
    """An activity that ended so many days ago, hosted by A."""
    last = today() - timedelta(days=days_ago)
    activity = held(world, start=last, end=last, status=ActivityStatus.HELD)
    Hosting.objects.create(
        activity=activity, part=HostingPart.HOST, participant=Participant.objects.get(slug=world.participant_a)
    )
    return activity


def due(world: World) -> list[int]:
    """How late the report of the activity is, where it is due. That of the cast's past activity is due all the time."""
    return [row.late for row in reports_due(world.users["secretariat"]) if row.activity.reference == world.activity]


def publish(world: World, activity: Activity, **fields: Any) -> None:
    by = world.users["secretariat"]
    fields = {"state": "published", "date": today(), "published_at": timezone.now(), "published_by": by} | fields
    Document.objects.create(
        symbol="XX-A-2010-01", kind="activity-report", title="Its report", activity=activity, held="elsewhere", **fields
    )


@pytest.mark.parametrize(("days_ago", "late"), [(29, None), (30, 0), (37, 7)])
def test_report_is_due_after_the_days_of_its_kind(world: World, days_ago: int, late: int | None) -> None:
    ended(world, days_ago)
    assert due(world) == ([] if late is None else [late])


def test_no_report_is_due_where_none_is_expected_or_one_is_published(world: World) -> None:
    activity = ended(world, 60)
    ActivityKind.objects.update(report_due_days=None)
    assert due(world) == []
    ActivityKind.objects.update(report_due_days=14)
    assert due(world) == [46]
    publish(world, activity)
    assert due(world) == []


def test_activities_that_only_older_sources_tell_of_owe_none(world: World) -> None:
    assert Activity.objects.filter(reference="XX-2009-01", status=ActivityStatus.HELD).exists()
    assert [row.activity.reference for row in reports_due(world.users["secretariat"])] == [world.past_activity]


def test_work_list_says_how_late_it_is(world: World) -> None:
    ended(world, 37)
    page = client_for(world, "secretariat").get("/desk/").content.decode()
    assert "Publish the report: Published" in page
    assert "7 days late" in page


def sent() -> list[str]:
    return sorted(Delivery.objects.filter(kind="reminder-report").values_list("key", flat=True))


def test_each_stage_is_written_once_however_often_the_clock_strikes(world: World) -> None:
    activity, by = ended(world, 30), User.objects.service_account()
    for _time in range(3):
        clock()
    keys = sent()
    assert [key.split(":")[2] for key in keys] == ["due"]
    last = today() - timedelta(days=80)
    Activity.objects.filter(pk=activity.pk).update(start=last, end=last)
    assert remind_of_reports(by=by) == 1  # the second stage was missed, and is not made up for
    assert remind_of_reports(by=by) == 0
    assert sorted(key.split(":")[2] for key in sent()) == ["due", "third"]
    message = Delivery.objects.filter(kind="reminder-report").last()
    assert message is not None
    assert message.email == "focal-point-a@cast.example"


def test_nobody_is_reminded_once_the_report_is_published(world: World) -> None:
    publish(world, ended(world, 60))
    assert remind_of_reports(by=User.objects.service_account()) == 0


def test_figures_of_an_activity(world: World) -> None:
    activity, by = held(world), world.users["secretariat"]
    area, b = ProgrammeArea.objects.get(), Participant.objects.get(slug=world.participant_b)
    activity.programme_areas.add(area)
    PriorityNeed.objects.create(title="A need", area=area, participant=b)
    PriorityNeed.objects.create(title="Another", area=area, participant=Participant.objects.get(slug="cland"))
    days = (today() - timedelta(days=1), today())
    marks = {(who("Bo Bland").pk, day): "present" for day in days} | {(who("Ana Aland").pk, days[0]): "remote"}
    record_attendance(activity=activity, marks=marks, by=by)
    record_cost(cost=ActivityCost(activity=activity, amount=Decimal(1000), currency="AUD", version=0), expected_version=0, by=by)
    found = figures_of(activities_for_figures(by))
    assert [(f.registered, f.came, f.days, f.needs, f.answered, f.cost_a_day) for f in found] == [
        (3, 2, 3, 2, 1, Decimal("333.33"))
    ]
    publish(world, activity, published_at=timezone.now() + timedelta(days=12))
    page = client_for(world, "secretariat").get("/desk/activities/figures/").content.decode()
    for words in ("12 days", "333.33 AUD for a day of one delegate", "1 of 2 are of participants that came", "2 of 3"):
        assert words in page
    assert Attendance.objects.count() == 3


def test_cost_is_the_desks_and_two_do_not_overwrite_each_other(world: World) -> None:
    activity, desk = held(world), client_for(world, "secretariat")
    page = f"/desk/activities/{world.activity}/cost/"
    assert desk.post(page, {"amount": "-1", "currency": "AUD"}).status_code == 422
    assert desk.post(page, {"amount": "10", "currency": "aud"}).status_code == 422
    assert desk.post(page, {"amount": "10.50", "currency": "AUD", "expected_version": "0"}).status_code == 302
    answer = desk.post(page, {"amount": "99", "currency": "AUD", "expected_version": "0"})
    assert answer.status_code == 409
    assert "10.50" in answer.content.decode()
    assert ActivityCost.objects.get(activity=activity).amount == Decimal("10.50")
    with pytest.raises(Conflict):
        record_cost(
            cost=ActivityCost(activity=activity, amount=1, currency="AUD"), expected_version=0, by=world.users["secretariat"]
        )
    assert client_for(world, "co_chair").get(page).status_code == 404
