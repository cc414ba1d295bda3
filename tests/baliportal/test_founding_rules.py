"""The founding record: letters of 2005 find the ministry that speaks for a topic, and every rule of the record is kept."""

from __future__ import annotations

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from baliportal.record.checking import CHECKS
from members.enums import Channel
from members.models import Participant, Topic
from members.selectors_coverage import OFFICE_ONLY, Wanted, coverage, routes

pytestmark = pytest.mark.django_db


def test_letters_go_the_way_the_founding_paper_says(founding_record: Path) -> None:
    day = date(2005, 4, 14)
    indonesia = Participant.objects.get(name="Indonesia")
    found = {}
    for key in ("trafficking-in-persons", "people-smuggling"):
        (route,) = routes(indonesia, Topic.objects.get(key=key), day)
        assert route.ministry is not None
        assert route.through is not None
        found[key] = (route.ministry.code, route.channel, route.through.code)
        assert route.appointment.office is not None
    assert found == {
        "trafficking-in-persons": ("IDN-KPP", Channel.FOREIGN_MINISTRY, "IDN-DEPLU"),
        "people-smuggling": ("IDN-POLKAM", Channel.FOREIGN_MINISTRY, "IDN-DEPLU"),
    }
    assert OFFICE_ONLY in next(line for line in coverage(Wanted(), day=day) if line.participant == indonesia).doubts


def test_founding_record_keeps_every_rule(founding_record: Path) -> None:
    out = StringIO()
    call_command("check_record", stdout=out)
    assert out.getvalue().strip() == f"{len(CHECKS)} rules checked; the record keeps all of them."
