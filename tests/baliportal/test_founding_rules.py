"""The founding record: letters of 2005 find the ministry that speaks for a topic, and every rule of the record is kept."""

from __future__ import annotations

import html
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from baliportal.record.checking import CHECKS
from members.enums import Channel
from members.models import Ministry, Office, Participant, Portfolio, Topic
from members.selectors_coverage import OFFICE_ONLY, Wanted, coverage
from members.selectors_recipients import for_matter
from members.selectors_routing import NO_ADDRESS, NO_CHANNEL, NO_FOCAL_POINT, NO_MINISTRY, OTHER_TIME, route

pytestmark = pytest.mark.django_db
DAY = date(2005, 4, 14)


def test_letters_go_the_way_the_founding_paper_says(founding_record: Path) -> None:
    """Women's empowerment for trafficking, the coordinating ministry for smuggling, both through the foreign ministry."""
    indonesia = Participant.objects.get(name="Indonesia")
    found = {}
    for key in ("trafficking-in-persons", "people-smuggling"):
        way = route(indonesia, topic=Topic.objects.get(key=key), day=DAY)
        assert way.ministry is not None
        assert way.through is not None
        assert [contact.appointment.office is not None for contact in way.contacts] == [True]
        found[key] = (way.ministry.code, way.channel, way.through.code, way.holes)
    assert found == {
        "trafficking-in-persons": ("IDN-KPP", Channel.FOREIGN_MINISTRY, "IDN-DEPLU", (NO_ADDRESS,)),
        "people-smuggling": ("IDN-POLKAM", Channel.FOREIGN_MINISTRY, "IDN-DEPLU", (NO_ADDRESS,)),
    }
    assert OFFICE_ONLY in next(line for line in coverage(Wanted(), day=DAY) if line.participant == indonesia).doubts


def test_page_says_the_way_as_of_a_day(founding_record: Path, client: Client) -> None:
    page = html.unescape(client.get("/participants/indonesia/?as_of=2005-04-14").content.decode())
    through = "through Department of Foreign Affairs."
    assert f"trafficking in persons goes to State Ministry of Women Empowerment, {through}".lower() in page.lower()
    assert (
        f"people smuggling goes to Coordinating Ministry of Political, Law and Security Affairs, {through}".lower()
        in page.lower()
    )


def test_page_of_an_earlier_day_names_the_time_that_a_ministry_is_documented_for(founding_record: Path, client: Client) -> None:
    name, doubt = "Department of Foreign Affairs and Trade", "documented for another time"
    for day, said in (("2003-12-31", 1), ("2005-04-14", 0), ("", 0)):
        page = client.get("/participants/australia/", {"as_of": day}).content.decode()
        row = page.split("Ministries and agencies</caption>")[1].split(f'class="long">{name}')[1].split("</tr>")[0]
        assert row.count(doubt) == said, day


def test_portfolio_finds_its_ministry_and_a_hole_is_said(founding_record: Path) -> None:
    indonesia, justice = Participant.objects.get(name="Indonesia"), Portfolio.objects.get(key="justice")
    way = route(indonesia, portfolios=[justice], day=DAY)
    assert ([row.code for row in way.ministries], way.through and way.through.code) == (["IDN-KUMHAM"], "IDN-DEPLU")
    fiji = route(Participant.objects.get(slug="fiji"), topic=Topic.objects.get(key="people-smuggling"), day=DAY)
    assert (fiji.ministry, fiji.holes) == (None, (NO_FOCAL_POINT, NO_MINISTRY, NO_CHANNEL, NO_ADDRESS))
    assert fiji.words == "The record does not say where a matter of People smuggling goes."
    thailand = route(Participant.objects.get(slug="thailand"), topic=Topic.objects.get(key="trafficking-in-persons"), day=DAY)
    assert thailand.ministry is not None
    assert (thailand.ministry.code, thailand.through, thailand.doubts) == ("THA-MFA", None, (OTHER_TIME,))


def test_letter_on_a_matter_is_addressed_to_the_channel_and_copied_to_the_focal_point(founding_record: Path) -> None:
    indonesia, topic = Participant.objects.get(name="Indonesia"), Topic.objects.get(key="trafficking-in-persons")
    assert [row.is_reachable for row in for_matter([indonesia], topic=topic)] == [False]  # no address is in the record
    with transaction.atomic():
        focal_point = Office.objects.get(ministry__code="IDN-KPP")
        Office.objects.filter(pk=focal_point.pk).update(email="kpp@indonesia.example")
        foreign = Ministry.objects.get(code="IDN-DEPLU")
        channel = Office.objects.create(
            participant=indonesia, ministry=foreign, title="Directorate", email="deplu@indonesia.example"
        )
        found = [(row.to, row.copy_of) for row in for_matter([indonesia], topic=topic)]
        transaction.set_rollback(True)
    assert found == [(channel, None), (focal_point, channel)]


def test_founding_record_keeps_every_rule(founding_record: Path) -> None:
    out = StringIO()
    call_command("check_record", stdout=out)
    assert out.getvalue().strip() == f"{len(CHECKS)} rules checked; the record keeps all of them."
