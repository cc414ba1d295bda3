"""Plans that change: cancelled, postponed, new dates, planned again. The page stays, says why, and those invited are told."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client, override_settings
from icalendar import Calendar

from activities.enums import ActivityStatus
from activities.models import Activity, Invitation, Session, StatusChange
from activities.selectors_told import who_is_told
from activities.services.nominations import Nominee, submit_delegation
from activities.services.plans import Dates, cancel_activity, postpone_activity, reinstate_activity, set_new_dates
from members.errors import Conflict, DomainError
from members.models import Delivery, Official
from tests.activities.test_delegations import invitation_of
from tests.cast import World, client_for, make_world

WHY = {"en": "A storm has closed the port.", "id": "Badai menutup pelabuhan."}
LATER = Dates(date(2031, 6, 3), date(2031, 6, 4), "day")


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def desk(world: World) -> Client:
    return client_for(world, "secretariat")


@pytest.fixture
def activity(world: World) -> Activity:
    Activity.objects.filter(reference=world.activity).update(start=date(2030, 5, 6), end=date(2030, 5, 7))
    return Activity.objects.get(reference=world.activity)


def common(world: World, activity: Activity) -> dict[str, Any]:
    activity.refresh_from_db()
    return {"activity": activity, "expected_version": activity.version, "by": world.users["secretariat"]}


def with_second_day(activity: Activity) -> None:
    """A part of the programme on its last day; rules that speak at the end of a transaction speak now."""
    Session.objects.create(activity=activity, title="Second day", day=date(2030, 5, 7))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def event_of(client: Client, activity: Activity) -> Any:
    answer = client.get(f"/activities/{activity.reference}.ics")
    assert answer.status_code == 200
    (found,) = Calendar.from_ical(answer.content).walk("VEVENT")
    return found


def news() -> dict[str, str]:
    """Address and subject of the messages about changes of plan."""
    return dict(Delivery.objects.filter(kind="activity_change").order_by("pk").values_list("email", "subject"))


def test_cancelled_activity_keeps_its_page_and_says_why_when_and_by_whom(world: World, activity: Activity) -> None:
    cancel_activity(reasons=WHY, **common(world, activity))
    page = Client().get(f"/activities/{activity.reference}/").content.decode()
    assert ("Cancelled by the secretariat on" in page, WHY["en"] in page) == (True, True)
    assert WHY["id"] in Client().get(f"/id/activities/{activity.reference}/").content.decode()
    at_desk = client_for(world, "secretariat").get(f"/desk/activities/{activity.reference}/").content.decode()
    assert str(world.users["secretariat"]) in at_desk
    assert str(world.users["secretariat"]) not in page


def test_those_invited_and_named_are_told_once_each_and_who_declined_is_not(world: World, activity: Activity) -> None:
    nominees = [Nominee("Zoe", "Director", "zoe@aland.example")]
    submit_delegation(invitation=invitation_of(world), nominees=nominees, token="t", by=world.users["focal_point_a"])
    Invitation.objects.filter(pk=world.invitation_b).update(state="declined")
    told = {row.email for row in who_is_told(activity)}
    cancel_activity(reasons=WHY, **common(world, activity))
    assert set(news()) == told == {"focal-point-a@cast.example", "zoe@aland.example"}
    assert set(news().values()) == {"Cancelled: Published"}
    text = Delivery.objects.filter(kind="activity_change").first()
    assert text is not None
    assert (WHY["en"] in " ".join(text.text.split()), WHY["id"] in " ".join(text.text.split())) == (True, True)


def test_preview_names_whom_the_service_tells(world: World, activity: Activity, desk: Client) -> None:
    address = f"/desk/activities/{activity.reference}/cancel/"
    told = desk.get(address).context["told"]
    desk.post(address, {"reason_en": "R", "reason_id": "A", "version": activity.version})
    assert sorted(row.email for row in told) == sorted(news())
    assert news() != {}


def test_draft_tells_nobody(world: World) -> None:
    draft = Activity.objects.get(reference=world.draft_activity)
    cancel_activity(reasons=WHY, **common(world, draft))
    assert news() == {}


@pytest.mark.parametrize("reasons", [{}, {"en": " "}, {"id": "Saja"}])
def test_no_cancelling_or_postponing_without_a_reason(world: World, activity: Activity, reasons: dict[str, str]) -> None:
    for act in (cancel_activity, postpone_activity):
        with pytest.raises(DomainError, match="Say why"):
            act(reasons=reasons, **common(world, activity))
    assert not StatusChange.objects.exists()


def test_form_asks_for_the_reason_in_each_language_of_the_process(world: World, activity: Activity, desk: Client) -> None:
    address = f"/desk/activities/{activity.reference}/cancel/"
    response = desk.post(address, {"reason_en": "Storm", "version": activity.version})
    assert (response.status_code, "This field is required." in response.content.decode()) == (422, True)
    assert Activity.objects.get(pk=activity.pk).status == "planned"
    assert desk.post(address, {"reason_en": "Storm", "reason_id": "Badai", "version": activity.version}).status_code == 302
    assert Activity.objects.get(pk=activity.pk).status == "cancelled"


def test_somebody_elses_change_is_met_as_a_conflict_and_the_reason_stays(world: World, activity: Activity, desk: Client) -> None:
    with pytest.raises(Conflict):
        cancel_activity(activity=activity, reasons=WHY, expected_version=99, by=world.users["secretariat"])
    address = f"/desk/activities/{activity.reference}/cancel/"
    response = desk.post(address, {"reason_en": "Storm far off", "reason_id": "Badai", "version": "99"})
    text = response.content.decode()
    assert (response.status_code, "Storm far off" in text, f'value="{activity.version}"' in text) == (409, True, True)


@pytest.mark.parametrize("who", ["focal_point_a", "co_chair"])
def test_only_the_desk_changes_plans(world: World, activity: Activity, who: str) -> None:
    with pytest.raises(PermissionDenied):
        cancel_activity(activity=activity, reasons=WHY, expected_version=activity.version, by=world.users[who])


def test_calendar_entry_of_a_cancelled_activity_is_the_same_one_called_off(world: World, activity: Activity) -> None:
    before = event_of(Client(), activity)
    cancel_activity(reasons=WHY, **common(world, activity))
    after = event_of(Client(), activity)
    assert (str(after["uid"]), str(after["status"])) == (str(before["uid"]), "CANCELLED")
    assert int(after["sequence"]) > int(before["sequence"])
    assert after.decoded("dtstart") == before.decoded("dtstart") == date(2030, 5, 6)


def test_postponed_activity_without_dates_is_undated_and_shows_those_it_had(world: World, activity: Activity) -> None:
    before = event_of(Client(), activity)
    postpone_activity(reasons=WHY, **common(world, activity))
    activity.refresh_from_db()
    assert (activity.status, activity.start, activity.date_precision) == ("postponed", None, "unknown")
    page = Client().get(f"/activities/{activity.reference}/").content.decode()
    assert "Dates before: 6–7 May 2030. The new dates are not yet set." in page
    off = event_of(Client(), activity)
    assert (str(off["status"]), off.decoded("dtstart"), off.decoded("dtend")) == ("CANCELLED", date(2030, 5, 6), date(2030, 5, 8))
    assert int(off["sequence"]) > int(before["sequence"])
    agenda = Client().get("/calendar/").context["agenda"]
    assert activity.reference in {row.reference for row in agenda.undated}


def test_new_dates_plan_it_again_keep_the_old_ones_and_move_the_programme(world: World, activity: Activity) -> None:
    with_second_day(activity)
    postpone_activity(reasons=WHY, **common(world, activity))
    off = event_of(Client(), activity)
    set_new_dates(new=LATER, **common(world, activity))
    activity.refresh_from_db()
    assert (activity.status, activity.start, activity.end) == ("planned", LATER.start, LATER.end)
    assert activity.sessions.get().day == date(2031, 6, 4)
    page = Client().get(f"/activities/{activity.reference}/").content.decode()
    assert "Dates before: 6–7 May 2030" in page
    again = event_of(Client(), activity)
    assert (str(again["uid"]), str(again["status"]), again.decoded("dtstart")) == (str(off["uid"]), "TENTATIVE", LATER.start)
    assert int(again["sequence"]) > int(off["sequence"])
    subjects = set(Delivery.objects.filter(kind="activity_change").values_list("subject", flat=True))
    assert subjects == {"Postponed: Published", "New dates: Published"}


def test_postponing_to_known_dates_is_one_step(world: World, activity: Activity, desk: Client) -> None:
    answers = {"reason_en": "R", "reason_id": "A", "start": "3 June 2031", "end": "4 June 2031", "version": activity.version}
    assert desk.post(f"/desk/activities/{activity.reference}/postpone/", answers).status_code == 302
    activity.refresh_from_db()
    assert (activity.status, activity.start, activity.end) == ("planned", date(2031, 6, 3), date(2031, 6, 4))
    page = Client().get(f"/activities/{activity.reference}/").content.decode()
    assert "Dates before: 6–7 May 2030. New dates: 3–4 June 2031." in page


def test_programme_that_does_not_fit_the_new_dates_is_said_at_the_date(world: World, activity: Activity, desk: Client) -> None:
    with_second_day(activity)
    answers = {"reason_en": "R", "reason_id": "A", "start": "3 June 2031", "version": activity.version}
    response = desk.post(f"/desk/activities/{activity.reference}/postpone/", answers)
    assert (response.status_code, "lies outside these days" in response.content.decode()) == (422, True)
    assert Activity.objects.get(pk=activity.pk).start == date(2030, 5, 6)
    assert news() == {}


def test_same_dates_are_no_postponement(world: World, activity: Activity) -> None:
    with pytest.raises(DomainError, match="already"):
        postpone_activity(reasons=WHY, new=Dates(date(2030, 5, 6), date(2030, 5, 7), "day"), **common(world, activity))


@override_settings(RECALL_SECONDS=600)
def test_taking_a_cancellation_back_holds_back_what_has_not_left_and_tells_only_the_others(
    world: World, activity: Activity
) -> None:
    cancel_activity(reasons=WHY, **common(world, activity))
    gone = Delivery.objects.filter(kind="activity_change").order_by("pk").first()
    assert gone is not None
    Delivery.objects.filter(pk=gone.pk).update(state="sending")
    reinstate_activity(**common(world, activity))
    activity.refresh_from_db()
    assert (activity.status, activity.start) == ("planned", date(2030, 5, 6))
    rows = Delivery.objects.filter(kind="activity_change").order_by("pk").values_list("email", "state", "subject")
    assert [row for row in rows if row[2].startswith("Planned again")] == [(gone.email, "queued", "Planned again: Published")]
    assert {state for email, state, subject in rows if subject.startswith("Cancelled") and email != gone.email} == {"withheld"}
    page = Client().get(f"/activities/{activity.reference}/").content.decode()
    assert ("Planned again by the secretariat on" in page, "Cancelled by the secretariat on" in page) == (True, True)
    assert str(event_of(Client(), activity)["status"]) == "TENTATIVE"


@pytest.mark.parametrize(("status", "page"), [("cancelled", "cancel"), ("postponed", "postpone")])
def test_status_list_leads_to_the_page_that_asks_why(
    world: World, activity: Activity, desk: Client, status: str, page: str
) -> None:
    response = desk.post(f"/desk/activities/{activity.reference}/status/", {"status": status})
    assert (response.status_code, response["Location"]) == (302, f"/desk/activities/{activity.reference}/{page}/")
    assert Activity.objects.get(pk=activity.pk).status == ActivityStatus.PLANNED


@pytest.mark.parametrize("page", ["cancel", "postpone", "new-dates", "reinstate"])
def test_pages_of_another_state_lead_back(world: World, desk: Client, page: str) -> None:
    held = "cancelled" if page in {"cancel", "postpone"} else "held"
    Activity.objects.filter(reference=world.other_activity).update(status=held)
    response = desk.get(f"/desk/activities/{world.other_activity}/{page}/")
    assert (response.status_code, response["Location"]) == (302, f"/desk/activities/{world.other_activity}/")


@pytest.mark.parametrize("page", ["postpone", "new-dates"])
@pytest.mark.parametrize(
    ("dates", "said"),
    [
        ({"start": "31 February 2031"}, "Enter a year, a month or a day"),
        ({"end": "2031"}, "Give the first day too."),
        ({"start": "2031", "end": "May 2031"}, "Give the last day as exactly as the first."),
        ({"start": "2032", "end": "2031"}, "The last day is before the first."),
    ],
)
def test_wrong_dates_are_said_next_to_them(
    world: World, activity: Activity, desk: Client, page: str, dates: dict[str, str], said: str
) -> None:
    if page == "new-dates":
        Activity.objects.filter(pk=activity.pk).update(status="postponed")
    answers = {"reason_en": "R", "reason_id": "A", "version": activity.version} | dates
    response = desk.post(f"/desk/activities/{activity.reference}/{page}/", answers)
    expected = "This field is required." if page == "new-dates" and "start" not in dates else said
    assert (response.status_code, expected in response.content.decode() or said in response.content.decode()) == (422, True)


def test_officials_without_an_address_are_left_out(world: World, activity: Activity) -> None:
    nominees = [Nominee("Zoe", "Director", "zoe@aland.example")]
    submit_delegation(invitation=invitation_of(world), nominees=nominees, token="t", by=world.users["focal_point_a"])
    Official.objects.filter(email="zoe@aland.example").update(email="")
    assert "zoe@aland.example" not in {row.email for row in who_is_told(activity)}


def test_dates_of_the_past_can_be_given_when_the_plan_is_recorded_late(world: World, activity: Activity) -> None:
    change = postpone_activity(
        reasons=WHY, new=Dates(date(2030, 5, 6) + timedelta(days=1), None, "day"), **common(world, activity)
    )
    assert (change.old_start, change.new_start) == (date(2030, 5, 6), date(2030, 5, 7))
