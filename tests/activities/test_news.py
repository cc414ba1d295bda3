"""News from addressees: who is asked, how it comes, who reads it before and after the secretariat decides."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from activities.models import Activity, Addressee, FollowUp, NewsRequest, Objective, Recommendation
from activities.periodic import remind_coordinators
from activities.selectors_addressees import whom_to_ask
from activities.selectors_followup import follow_up_rate
from activities.selectors_progress import progress_by_objective
from members.enums import AccessClass, Standing
from members.models import (
    AccessRecord,
    Appointment,
    Body,
    Delivery,
    Office,
    Official,
    Participant,
    Portfolio,
    StandingPeriod,
)
from members.models.base import today
from members.signing import make_token
from reports.models import ProgressReport
from reports.rendering import report_html
from tests.cast import World, add_reports, client_for, make_world

PUBLIC = ("/recommendations/", "/recommendations/?format=json", "/feeds/recommendations.atom")


@pytest.fixture
def world(db: None) -> World:
    made = make_world()
    FollowUp.objects.all().delete()
    return made


@pytest.fixture
def desk(world: World) -> Client:
    return client_for(world, "secretariat")


def own_page(world: World) -> str:
    return f"/national/aland/recommendations/{world.recommendation}/"


def report(client: Client, world: World, **answers: str) -> Any:
    return client.post(own_page(world), {"kind": "update", "text": "CANARY begun"} | answers)


def everywhere(world: World, client: Client) -> str:
    of_it = [f"/recommendations/{world.recommendation}/{tail}" for tail in ("", "thread/", "?format=json", "cite.ris")]
    return "".join(client.get(path).content.decode() for path in [*of_it, *PUBLIC])


def status(world: World) -> str:
    return str(Client().get(f"/recommendations/{world.recommendation}/?format=json").json()["results"][0]["status"])


def link_of(delivery: Delivery) -> str:
    found = re.search(r"https?://[^/\s]+(/r/news/\S+/)", delivery.text)
    assert found
    return found[1]


def test_news_is_between_addressee_and_secretariat_until_it_is_decided(desk: Client, world: World) -> None:
    focal = client_for(world, "focal_point_a")
    assert report(focal, world, evidence="https://law.example/act, section 4").status_code == 302
    news = FollowUp.objects.get()
    assert (news.origin, news.participant.slug, news.recorded_by) == ("national-space", "aland", world.users["focal_point_a"])
    others = ("anonymous", "focal_point_b", "steering_group_member", "co_chair", "former_focal_point")
    for name in others:
        assert "CANARY" not in everywhere(world, client_for(world, name)), name
    assert "CANARY" in client_for(world, "ministry_official_a").get(own_page(world)).content.decode()
    assert (status(world), follow_up_rate(world.users["secretariat"])) == ("no-news", (0, 1))
    assert "CANARY begun" in desk.get("/desk/recommendations/news/").content.decode()
    page = f"/desk/recommendations/news/{news.pk}/"
    assert "Its national space" in desk.get(page).content.decode()
    undecided = desk.post(page, {"number": "1"})
    assert undecided.status_code == 422
    assert desk.post(page, {"number": "1", "access_class": "public"}).status_code == 302
    assert "Nothing new has come." in desk.get("/desk/recommendations/news/").content.decode()
    shown = Client().get(f"/recommendations/{world.recommendation}/").content.decode()
    assert "CANARY begun" in shown
    assert "Reported by Aland itself. It came from its national space." in " ".join(shown.replace("</p>", " ").split())
    assert "https://law.example/act" in shown
    assert 'href="https://law.example' not in shown
    assert (status(world), follow_up_rate(world.users["secretariat"])) == ("in-progress", (1, 1))
    assert Client().get("/recommendations/?format=json").json()["results"][0]["reported_by"] == "Aland"


@pytest.mark.parametrize(
    ("chosen", "readers"),
    [
        ("participants", {"focal_point_a", "focal_point_b", "co_chair", "partner_invited", "secretariat"}),
        ("steering-group", {"focal_point_a", "co_chair", "partner_invited", "secretariat"}),
        ("secretariat", {"focal_point_a", "secretariat"}),
    ],
)
def test_news_kept_to_a_class_is_read_by_that_class_and_the_sender(world: World, chosen: str, readers: set[str]) -> None:
    report(client_for(world, "focal_point_a"), world)
    page = f"/desk/recommendations/news/{FollowUp.objects.get().pk}/"
    client_for(world, "secretariat").post(page, {"number": "1", "access_class": chosen})
    asked = ("anonymous", "focal_point_a", "focal_point_b", "co_chair", "partner_invited", "secretariat")
    seen = {
        name
        for name in asked
        if "CANARY" in client_for(world, name).get(f"/recommendations/{world.recommendation}/").content.decode()
    }
    assert seen == readers
    assert "CANARY" not in everywhere(world, Client())
    assert status(world) == "no-news"


def test_two_who_decide_at_once_are_told(desk: Client, world: World) -> None:
    report(client_for(world, "focal_point_a"), world)
    news = FollowUp.objects.get()
    page = f"/desk/recommendations/news/{news.pk}/"
    desk.post(page, {"number": "1", "access_class": "secretariat"})
    second = desk.post(page, {"number": "1", "access_class": "public"}, follow=True)
    assert "Somebody else changed this in between." in second.content.decode()
    news.refresh_from_db()
    assert news.access_class == "secretariat"


def test_withdrawn_before_the_decision_it_leaves_no_trace_in_the_record(desk: Client, world: World) -> None:
    focal = client_for(world, "focal_point_a")
    report(focal, world)
    news = FollowUp.objects.get()
    path = f"{own_page(world)}news/{news.pk}/withdraw/"
    assert focal.get(path).status_code == 200
    assert focal.post(path, {"number": "1"}).status_code == 302
    assert "Nothing new has come." in desk.get("/desk/recommendations/news/").content.decode()
    refused = desk.post(f"/desk/recommendations/news/{news.pk}/", {"number": "2", "access_class": "public"})
    assert refused.status_code == 422
    assert "was withdrawn" not in everywhere(world, Client())


def test_withdrawn_from_the_record_it_says_when_and_why_and_no_more(desk: Client, world: World) -> None:
    focal = client_for(world, "focal_point_a")
    report(focal, world)
    news = FollowUp.objects.get()
    desk.post(f"/desk/recommendations/news/{news.pk}/", {"number": "1", "access_class": "public"})
    path = f"{own_page(world)}news/{news.pk}/withdraw/"
    late = focal.post(path, {"number": "1"}, follow=True)
    assert "The secretariat decided on this news in between." in late.content.decode()
    silent = focal.post(path, {"number": "2"})
    assert silent.status_code == 422
    assert "Say why you withdraw it: the record keeps the reason." in silent.content.decode()
    assert focal.post(path, {"number": "2", "reason": "Another ministry does it"}).status_code == 302
    shown = everywhere(world, Client())
    assert "CANARY" not in shown
    assert "was withdrawn by it on" in shown
    assert "Another ministry does it" in shown
    assert (status(world), follow_up_rate(world.users["secretariat"])) == ("no-news", (0, 1))


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"text": ""}, "This field is required."),
        ({"text": "x" * 5001}, "at most 5000 characters"),
        ({"text": "\x00"}, "Null characters are not allowed."),
        ({"kind": "decreed"}, "Select a valid choice."),
        ({"kind": "taken-forward"}, "Name the activity that takes it forward."),
        ({"activity": "XX-1999-99"}, "No activity has this reference."),
        ({"activity": "XX-2010-02"}, "No activity has this reference."),
        ({"activity": "XX-2010-03"}, "No activity has this reference."),
    ],
)
def test_news_says_what_is_wrong_and_tells_nothing_of_hidden_activities(
    world: World, answers: dict[str, str], words: str
) -> None:
    answer = report(client_for(world, "focal_point_a"), world, **answers)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert FollowUp.objects.count() == 0


def test_sending_twice_reports_once_and_an_activity_is_evidence_by_itself(world: World) -> None:
    focal = client_for(world, "focal_point_a")
    for _turn in range(2):
        assert report(focal, world, kind="taken-forward", activity="XX-2009-01").status_code == 302
    news = FollowUp.objects.get()
    assert (news.activity.reference, news.evidence) == ("XX-2009-01", "")
    client_for(world, "secretariat").post(f"/desk/recommendations/news/{news.pk}/", {"number": "1", "access_class": "public"})
    assert status(world) == "taken-forward"
    assert "This activity takes forward:" in Client().get("/activities/XX-2009-01/").content.decode()


def test_addressees_are_participants_portfolios_and_bodies(world: World) -> None:
    row = Recommendation.objects.get()
    for name, expected in (("focal_point_b", 1), ("steering_group_member", 404)):
        answer = client_for(world, name).get(f"/national/{'bland' if expected == 1 else 'dland'}/recommendations/")
        assert (answer.status_code == 404) == (expected == 404)
    row.addressee_rows.all().delete()
    focal = client_for(world, "focal_point_a")
    assert focal.get(own_page(world)).status_code == 404
    assert report(focal, world).status_code == 404
    portfolio = Portfolio.objects.create(key="police", name_en="Police", order=1)
    addressed = row.addressee_rows.create(portfolio=portfolio)
    assert focal.get(own_page(world)).status_code == 200
    addressed.delete()
    row.addressee_rows.create(body=Body.objects.get())
    assert focal.get(own_page(world)).status_code == 404
    Appointment.objects.create(
        official=Official.objects.get(user=world.users["co_chair"]),
        role="ministry",
        participant=Participant.objects.get(slug="cland"),
    )
    assert client_for(world, "co_chair").get(f"/national/cland/recommendations/{row.reference}/").status_code == 200


def test_desk_sees_who_would_be_asked_and_writes_once_a_day(desk: Client, world: World) -> None:
    path = f"/desk/recommendations/{world.recommendation}/ask/"
    Addressee.objects.create(recommendation=Recommendation.objects.get(), participant=Participant.objects.get(slug="dland"))
    shown = desk.get(path).content.decode()
    assert "Person focal_point_a, focal-point-a@cast.example" in shown
    assert "Dland: nobody with an address is on record" in " ".join(shown.split())
    assert Delivery.objects.filter(kind="news_request").count() == 0
    nobody = desk.post(path, {})
    assert nobody.status_code == 422
    assert "Choose at least one recipient." in nobody.content.decode()
    key = f"official-{Official.objects.get(user=world.users['focal_point_a']).pk}"
    NewsRequest.objects.all().delete()
    for _turn in range(2):
        assert desk.post(path, {"recipients": [key]}).status_code == 302
    delivery = Delivery.objects.get(kind="news_request")
    assert delivery.key == f"news_request:{Recommendation.objects.get().pk}:{today():%Y-%m-%d}:{key}"
    assert (delivery.email, NewsRequest.objects.count()) == ("focal-point-a@cast.example", 1)
    assert "Do it" in delivery.text
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        desk = client_for(world, "secretariat")
        desk.post(path, {"recipients": [key]})
    assert Delivery.objects.filter(kind="news_request").count() == 2


def test_link_reports_for_the_office_it_was_sent_to(desk: Client, world: World) -> None:
    Official.objects.filter(user=world.users["focal_point_a"]).update(position="Director, Ministry of Aland")
    key = f"official-{Official.objects.get(user=world.users['focal_point_a']).pk}"
    desk.post(f"/desk/recommendations/{world.recommendation}/ask/", {"recipients": [key]})
    link, visitor = link_of(Delivery.objects.get(kind="news_request")), Client()
    before = FollowUp.objects.count()
    page = visitor.get(link)
    assert page.status_code == 200
    assert "You answer for Aland." in page.content.decode()
    visitor.head(link)
    assert FollowUp.objects.count() == before
    assert visitor.post(link, {"kind": "update", "text": ""}).status_code == 422
    assert visitor.post(link, {"kind": "update", "text": "CANARY", "activity": "XX-2010-02"}).status_code == 422
    assert visitor.post(link, {"kind": "update", "text": "CANARY"}).status_code == 302
    assert "Sent by this link" in visitor.get(link).content.decode()
    news = FollowUp.objects.get()
    assert (news.origin, news.office, news.participant.slug) == ("signed-link", "Director, Ministry of Aland", "aland")
    assert news.recorded_by.is_service
    assert "CANARY" not in everywhere(world, Client())
    desk.post(f"/desk/recommendations/news/{news.pk}/", {"number": "1", "access_class": "public"})
    shown = Client().get(f"/recommendations/{world.recommendation}/").content.decode()
    assert "It came by a signed link." in shown
    assert "Director" not in shown
    assert "News came" in desk.get(f"/desk/recommendations/{world.recommendation}/ask/").content.decode()


def test_link_is_dead_when_wrong_old_or_the_appointment_ended(world: World) -> None:
    link = f"/r/news/{make_token('news', world.news_request)}/"
    assert Client().get(link).status_code == 200
    for wrong in (
        "/r/news/x/",
        f"/r/news/{make_token('still-right', world.news_request)}/",
        f"/r/news/{make_token('news', 'x')}/",
    ):
        assert Client().get(wrong).status_code == 404, wrong
    with time_machine.travel(timezone.now() + timedelta(days=61)):
        assert Client().get(link).status_code == 404
    addressed = Addressee.objects.filter(participant__slug="aland")
    addressed.update(participant=Participant.objects.get(slug="cland"))
    assert Client().get(link).status_code == 404
    Addressee.objects.filter(participant__slug="cland").update(participant=Participant.objects.get(slug="aland"))
    assert Client().get(link).status_code == 200
    place = Appointment.objects.filter(official__user=world.users["focal_point_a"])
    place.update(period_to=today() - timedelta(days=1))
    assert Client().get(link).status_code == 404
    assert Client().post(link, {"kind": "update", "text": "CANARY"}).status_code == 404
    assert FollowUp.objects.count() == 0


def test_link_to_an_office_is_dead_when_the_office_is_no_more(world: World) -> None:
    office = Office.objects.create(participant=Participant.objects.get(slug="dland"), title="Office", email="office@d.example")
    row = Recommendation.objects.get()
    Addressee.objects.create(recommendation=row, participant=office.participant)
    assert f"office-{office.pk}" in {one.key for one in whom_to_ask(row)}
    asked = NewsRequest.objects.create(
        recommendation=row, participant=office.participant, office=office, asked_on=today(), asked_by=world.users["secretariat"]
    )
    link = f"/r/news/{make_token('news', asked.pk)}/"
    assert Client().post(link, {"kind": "update", "text": "Done"}).status_code == 302
    assert FollowUp.objects.get().office == "Office"
    Office.objects.update(period_to=today() - timedelta(days=1))
    assert Client().get(link).status_code == 404


def test_restricted_recommendation_is_asked_of_those_who_may_read_it_only(desk: Client, world: World) -> None:
    Recommendation.objects.update(access_class=AccessClass.STEERING_GROUP)
    row = Recommendation.objects.get()
    row.addressee_rows.create(body=Body.objects.get())
    may = {one.recipient.participant.slug for one in whom_to_ask(row) if one.may_read}
    assert may == {"agency", "cland", "dland", "other-agency"}
    link = f"/r/news/{make_token('news', world.news_request)}/"
    assert Client().get(link).status_code == 404
    seat = Official.objects.get(user=world.users["co_chair"])
    asked = NewsRequest.objects.create(
        recommendation=row, participant=seat.participant, official=seat, asked_on=today(), asked_by=world.users["secretariat"]
    )
    assert Client().get(f"/r/news/{make_token('news', asked.pk)}/").status_code == 200
    assert AccessRecord.objects.filter(object_ref=row.reference, action="opened").count() == 1
    Recommendation.objects.update(access_class=AccessClass.SECRETARIAT)
    answer = desk.post(f"/desk/recommendations/{row.reference}/ask/", {"recipients": [f"official-{seat.pk}"]})
    assert answer.status_code == 422


def test_governments_are_asked_by_portfolio(world: World) -> None:
    row = Recommendation.objects.get()
    row.addressee_rows.all().delete()
    row.addressee_rows.create(portfolio=Portfolio.objects.create(key="police", name_en="Police", order=1))
    StandingPeriod.objects.create(participant=Participant.objects.get(slug="bland"), standing=Standing.MEMBER)
    StandingPeriod.objects.create(participant=Participant.objects.get(slug="aland"), standing=Standing.OBSERVER)
    assert [one.recipient.participant.slug for one in whom_to_ask(row)] == ["bland"]


def test_lists_ask_as_often_with_one_row_as_with_three(world: World) -> None:
    aland, activity = Participant.objects.get(slug="aland"), Activity.objects.get(reference="XX-2009-01")
    by, clients = world.users["focal_point_a"], {n: client_for(world, n) for n in ("focal_point_a", "secretariat")}

    def add(number: int) -> None:
        row = Recommendation.objects.create(reference=f"XX-REC-2011-0{number}", text="x", activity=activity)
        row.addressee_rows.create(participant=aland)
        FollowUp.objects.create(
            recommendation=row, text="x", activity=activity, recorded_by=by, participant=aland, origin="national-space"
        )

    def asked() -> dict[str, int]:
        numbers = {}
        for name, path in (("focal_point_a", "/national/aland/recommendations/"), ("secretariat", "/desk/recommendations/news/")):
            with CaptureQueriesContext(connection) as found:
                assert clients[name].get(path).status_code == 200
            numbers[path] = len(found)
        return numbers

    add(1)
    asked()
    one = asked()
    add(2)
    add(3)
    assert asked() == one
    assert max(one.values()) <= 12, one


def recommendation_with_office(**fields: Any) -> Recommendation:
    office = Office.objects.create(
        participant=Participant.objects.get(slug="dland"), title="Coordinator", email="office@d.example"
    )
    Recommendation.objects.update(**({"office": office, "due": today() + timedelta(days=14)} | fields))
    return Recommendation.objects.get()


def test_coordinator_is_reminded_once_for_each_day(world: World) -> None:
    row = recommendation_with_office()
    assert [remind_coordinators() for _turn in range(2)] == [1, 0]
    delivery = Delivery.objects.get(kind="recommendation_due")
    assert (delivery.email, delivery.key) == (
        "office@d.example",
        f"recommendation_due:{row.pk}:{row.due:%Y-%m-%d}:office-{row.office_id}",
    )
    assert "Do it" in delivery.text
    other = Office.objects.create(participant=Participant.objects.get(slug="cland"), title="Other", email="office@c.example")
    Recommendation.objects.update(office=other)
    assert remind_coordinators() == 0
    Recommendation.objects.update(due=today() + timedelta(days=13))
    assert remind_coordinators() == 1
    assert Delivery.objects.filter(kind="recommendation_due").count() == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"due": today() + timedelta(days=15)},
        {"due": today() - timedelta(days=1)},
        {"due": None, "as_appropriate": True},
        {"office": None},
        {"access_class": "secretariat"},
    ],
)
def test_nobody_is_reminded_of(world: World, fields: dict[str, Any]) -> None:
    recommendation_with_office(**fields)
    assert remind_coordinators() == 0


def test_nobody_is_reminded_of_what_is_completed(world: World) -> None:
    row = recommendation_with_office()
    FollowUp.objects.create(recommendation=row, text="Done", is_closed=True, recorded_by=world.users["secretariat"])
    assert remind_coordinators() == 0


def test_desk_says_what_to_do_and_filters(desk: Client, world: World) -> None:
    def made(number: int, **fields: Any) -> None:
        Recommendation.objects.create(reference=f"XX-REC-2011-0{number}", text="x", **fields)

    long_ago = timezone.now() - timedelta(days=181)
    Recommendation.objects.update(due=today() + timedelta(days=5))
    made(1, as_appropriate=True, recorded_at=long_ago)
    made(2)
    report(client_for(world, "focal_point_a"), world)
    work = " ".join(desk.get("/desk/").content.decode().split())
    for said in (
        "Decide on 1 message from an addressee",
        "1 recommendation is due within 60 days",
        "1 recommendation has no news for half a year",
    ):
        assert said in work
    assert all("late" not in item for item in re.findall(r"<li>.*?</li>", work, re.DOTALL) if "recommendation" in item)
    desk.post(f"/desk/recommendations/news/{FollowUp.objects.get().pk}/", {"number": "1", "access_class": "public"})
    expected = {
        "": ["XX-REC-2011-02", "XX-REC-2011-01", "XX-REC-2010-01"],
        "open": ["XX-REC-2011-02", "XX-REC-2011-01", "XX-REC-2010-01"],
        "due": ["XX-REC-2010-01"],
        "stale": ["XX-REC-2011-01"],
        "with-news": ["XX-REC-2010-01"],
        "without-news": ["XX-REC-2011-02", "XX-REC-2011-01"],
        "no-such": ["XX-REC-2011-02", "XX-REC-2011-01", "XX-REC-2010-01"],
    }
    for key, references in expected.items():
        page = desk.get("/desk/recommendations/", {"show": key})
        assert [row.reference for row, _standing in page.context["rows"]] == references, key
        assert len(re.findall("1 of 3 have news", page.content.decode())) == 1


def test_next_report_counts_recommendations_with_public_news(world: World, desk: Client) -> None:
    first, last = date(2000, 1, 1), today() + timedelta(days=60)
    Recommendation.objects.create(reference="XX-REC-2011-01", text="x", access_class=AccessClass.STEERING_GROUP)
    earlier = Recommendation.objects.create(reference="XX-REC-2011-02", text="x", objective=Objective.objects.get())

    def figures() -> tuple[list[str], list[str]]:
        totals = progress_by_objective(first, last)["totals"]
        return totals["recorded"]["rows"], totals["followed_up"]["rows"]

    both = ["XX-REC-2010-01", "XX-REC-2011-02"]
    assert figures() == (both, [])
    report(client_for(world, "focal_point_a"), world)
    page = f"/desk/recommendations/news/{FollowUp.objects.get().pk}/"
    assert figures() == (both, [])
    desk.post(page, {"number": "1", "access_class": "participants"})
    assert figures() == (both, [])
    desk.post(page, {"number": "2", "access_class": "public"})
    assert figures() == (both, ["XX-REC-2010-01"])
    draft = Activity.objects.get(reference=world.draft_activity)
    FollowUp.objects.create(recommendation=earlier, text="x", activity=draft, recorded_by=world.users["secretariat"])
    assert figures() == (both, ["XX-REC-2010-01"])
    of_objective = progress_by_objective(first, last)["objectives"][0]
    assert (of_objective["recorded"]["rows"], of_objective["followed_up"]["rows"]) == (["XX-REC-2011-02"], [])
    assert progress_by_objective(first, today() - timedelta(days=1))["totals"]["recorded"]["rows"] == []


def test_figures_taken_before_are_shown_as_they_were(world: World, desk: Client) -> None:
    add_reports(world)
    draft = ProgressReport.objects.get(pk=world.progress_report)
    for row in (draft.snapshot["totals"], *draft.snapshot["objectives"]):
        del row["recorded"], row["followed_up"]
    draft.save()
    page = desk.get(f"/desk/progress-reports/{draft.pk}/")
    assert page.status_code == 200
    assert "Of these, with news" not in page.content.decode()
    assert "Of these, with news" not in report_html(draft, language="en", is_final=False)
    desk.post(f"/desk/progress-reports/{draft.pk}/refresh/")
    assert "Of these, with news" in desk.get(f"/desk/progress-reports/{draft.pk}/").content.decode()
