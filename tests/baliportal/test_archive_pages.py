"""The archive's forms of a record, its bad input, and the number of its queries."""

from __future__ import annotations

from datetime import UTC, date, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from icalendar import Calendar

from activities.enums import ActivityStatus
from activities.models import Activity
from members.enums import Confidence, DatePrecision
from tests.baliportal import records

pytestmark = pytest.mark.django_db
HOSTILE = [
    "\x00", "'", '"><script>alert(1)</script>', "%", "\\", "%00", "-1", "0", "1e9", "99999999999999999999", "null", "[]", "{}", "../../etc",
    "workshop'; DROP TABLE x; --", "𝟚𝟘𝟘𝟜", "٢٠٠٤", "2004-13", "2004-02-30", "0000", "9999", "10000", "May", "31 February 2004", "a" * 5000, "\ud83d\ude00",
    "& | ! ( ) <-> :*", "\u202e", "OBJ-01", "\r\nSet-Cookie: x=1", "workshop", " ", "NaN", "inf", "1.5", "2004", "newest", "csv",
]  # fmt: skip
NAMES = ["q", "kind", "objective", "area", "participant", "portfolio", "year", "from", "to", "has", "sort", "page", "unknown"]


@pytest.mark.parametrize("name", NAMES)
def test_no_value_of_any_filter_breaks_the_archive(client: Client, name: str) -> None:
    records.process()
    records.activity("XX-2010-01", objectives=(records.objective(1),))
    for value in HOSTILE:
        for address, other in (
            ("/activities/", {}),
            ("/activities/", {"format": "json"}),
            ("/feeds/calendar.ics", {}),
            ("/feeds/activities.atom", {}),
        ):
            answer = client.get(address, {name: value.encode("utf-8", "surrogatepass"), **other})
            assert answer.status_code in {200, 422}, (address, name, value)
            assert b"<script>alert" not in answer.content or not answer["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("value", HOSTILE)
def test_no_words_break_the_search(client: Client, value: str) -> None:
    records.process()
    records.activity("XX-2010-01")
    assert client.get("/search/", {"q": value.encode("utf-8", "surrogatepass")}).status_code == 200


@pytest.mark.parametrize(
    ("query", "field", "message"),
    [
        ("kind=feast", "kind", "“feast” is not in the record. Choose from the list."),
        ("year=soon", "year", "Enter a whole number."),
        ("from=yesterday", "from", "Enter a year, a month or a day, such as 2004, May 2004 or 14 May 2004."),
        ("from=2005&to=2004", "to", "This date is before the first one. Enter a later one, or leave it empty."),
        ("sort=best", "sort", "“best” is not in the record. Choose from the list."),
        ("has=cake", "has", "“cake” is not in the record. Choose from the list."),
    ],
)
def test_bad_value_gets_a_message_and_is_kept(client: Client, query: str, field: str, message: str) -> None:
    records.process()
    records.activity("XX-2010-01")
    page = client.get(f"/activities/?{query}")
    assert page.status_code == 422
    assert page.context["form"].errors[field] == [message]
    assert message in page.content.decode()
    told = client.get(f"/activities/?{query}&format=json")
    assert (told.status_code, told.json()) == (422, {"errors": {field: [message]}})
    for address in (f"/activities/?{query}&format=csv", f"/feeds/calendar.ics?{query}", f"/feeds/activities.atom?{query}"):
        answer = client.get(address)
        assert answer.status_code == 422
        assert message in answer.content.decode()
    if field in {"from", "to"}:
        assert 'aria-invalid="true"' in page.content.decode()
        assert f'value="{query.rsplit("=", maxsplit=1)[-1]}"' in page.content.decode()


def test_unknown_format_does_not_exist(client: Client) -> None:
    records.process()
    assert client.get("/activities/?format=exe").status_code == 404


def test_exports_carry_no_language(client: Client) -> None:
    records.process()
    records.kind("workshop")
    answer = client.get("/id/activities/?kind=workshop&format=json")
    assert (answer.status_code, answer["Location"]) == (302, "/activities/?kind=workshop&format=json")


def many(number: int) -> None:
    """Activities with hosts, objectives and documents of their own."""
    for place in range(number):
        host = records.participant(f"Participant {place}")
        day = date(2010, 1, 1) + timedelta(days=40 * place)
        objectives = (records.objective(1), records.objective(2))
        records.activity(
            f"XX-2010-{place:02}", host=host, objectives=objectives, start=day, end=day, kind=records.kind(f"kind-{place}")
        )


QUERIES = {
    "/": 7,
    "/activities/": 5,
    "/activities/?kind=kind-0&objective=OBJ-01&q=workshop": 5,
    "/activities/?format=json": 7,
    "/activities/?format=csv": 6,
    "/activities/XX-2010-00/": 11,
    "/activities/XX-2010-00/history/": 6,
    "/search/?q=workshop": 4,
    "/calendar/": 3,
    "/calendar/2010/": 3,
    "/feeds/calendar.ics": 4,
    "/feeds/activities.atom": 4,
}


@pytest.mark.parametrize("number", [1, 3, 30])
@pytest.mark.parametrize("address", QUERIES)
def test_queries_do_not_grow_with_the_archive(client: Client, address: str, number: int) -> None:
    records.process()
    many(number)
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    assert len(found) == QUERIES[address], "\n".join(query["sql"][:200] for query in found)


def test_far_pages_ask_for_a_filter_and_read_no_rows(client: Client) -> None:
    from unittest.mock import patch

    records.process()
    many(3)
    with patch("baliportal.views.activity.PAGE_SIZE", 1), patch("baliportal.views.activity.LAST_COUNTED_PAGE", 2):
        page = client.get("/activities/?page=3")
    assert page.context["activities"] == []
    assert "Choose a filter" in page.content.decode()


def event(content: bytes) -> Any:
    calendar = Calendar.from_ical(content)
    (found,) = calendar.walk("VEVENT")
    return found


def test_calendar_file_is_an_all_day_event_with_a_name_that_stays(client: Client) -> None:
    records.process()
    activity = records.activity("XX-2010-01", objectives=(records.objective(1), records.objective(2)))
    answer = client.get("/activities/XX-2010-01.ics")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    found = event(answer.content)
    assert (found.decoded("dtstart"), found.decoded("dtend")) == (date(2010, 5, 4), date(2010, 5, 6))
    assert str(found["uid"]) == "XX-2010-01@localhost"
    assert [str(category) for category in found["categories"].cats] == ["Objective number 1", "Objective number 2"]
    assert (str(found["status"]), str(found["location"]), int(found["sequence"])) == ("CONFIRMED", "Suva, Fiji", 0)
    assert str(found["url"]) == "http://localhost:8000/activities/XX-2010-01/"
    Activity.objects.filter(pk=activity.pk).update(title="Renamed", version=4, status=ActivityStatus.CANCELLED)
    again = event(client.get("/activities/XX-2010-01.ics").content)
    assert (str(again["uid"]), int(again["sequence"]), str(again["status"])) == ("XX-2010-01@localhost", 3, "CANCELLED")


def test_month_in_a_calendar_covers_the_month_says_so_and_blocks_nobody(client: Client) -> None:
    records.process()
    words = {"date_precision": DatePrecision.MONTH, "start": date(2010, 2, 1), "end": None, "status": ActivityStatus.PLANNED}
    records.activity("XX-2010-01", confidence=Confidence.GENERAL_KNOWLEDGE, **words)
    found = event(client.get("/feeds/calendar.ics").content)
    assert (found.decoded("dtstart"), found.decoded("dtend")) == (date(2010, 2, 1), date(2010, 3, 1))
    assert (str(found["transp"]), str(found["status"])) == ("TRANSPARENT", "TENTATIVE")
    assert "The record gives the month only." in str(found["description"])
    assert "Unconfirmed" in str(found["description"])


def test_clock_times_of_one_day_are_kept_in_their_zone(client: Client) -> None:
    records.process()
    words = {"end": None, "starts_at": time(9, 0), "ends_at": time(17, 0), "time_zone": "Asia/Jakarta"}
    records.activity("XX-2010-01", **words)
    found = event(client.get("/activities/XX-2010-01.ics").content)
    assert (found["dtstart"].params["TZID"], found["dtend"].params["TZID"]) == ("Asia/Jakarta", "Asia/Jakarta")
    assert found.decoded("dtstart").astimezone(UTC).isoformat() == "2010-05-04T02:00:00+00:00"
    assert found.decoded("dtend").astimezone(UTC).isoformat() == "2010-05-04T10:00:00+00:00"


def test_undated_activity_has_no_calendar_file(client: Client) -> None:
    records.process()
    records.activity("XX-UNDT-01", start=None, end=None, date_precision=DatePrecision.UNKNOWN)
    assert client.get("/activities/XX-UNDT-01.ics").status_code == 404
    assert Calendar.from_ical(client.get("/feeds/calendar.ics").content).walk("VEVENT") == []
    page = client.get("/activities/XX-UNDT-01/").content.decode()
    assert "Not dated" in page
    assert ".ics" not in page


def test_citations_say_no_more_than_is_known(client: Client) -> None:
    records.process()
    words = {"date_precision": DatePrecision.MONTH, "start": date(2010, 2, 1), "end": None}
    records.activity("XX-2010-01", title="Visas & 50% {of} forms_1\nER  - ", **words)
    ris = client.get("/activities/XX-2010-01/cite.ris").content.decode()
    assert ris.splitlines() == [
        "TY  - CONF",
        "AU  - The Test Process",
        "TI  - Visas & 50% {of} forms_1 ER -",
        "PY  - 2010",
        "DA  - 2010/02//",
        "CY  - Suva, Fiji",
        "ID  - XX-2010-01",
        "M1  - XX-2010-01",
        "UR  - http://localhost:8000/activities/XX-2010-01/",
        "ER  - ",
    ]
    bib = client.get("/activities/XX-2010-01/cite.bib").content.decode()
    assert r"title = {{Visas \& 50\% \{of\} forms\_1 ER -}}," in bib
    assert "month = feb," in bib
    today = timezone.now().date()
    page = client.get("/activities/XX-2010-01/").context["citation"]
    assert page.startswith("The Test Process, “Visas")
    assert (
        f"Suva, February 2010, record XX-2010-01, version of {today.day} {today:%B} {today.year}. http://localhost:8000/activities/"
        in page
    )


def test_history_tells_kinds_of_change_with_their_day(client: Client) -> None:
    records.process()
    activity = records.activity("XX-2010-01")
    Activity.objects.filter(pk=activity.pk).update(city="Nadi", delegates=40)
    page = client.get("/activities/XX-2010-01/history/")
    told = {str(kind) for change in page.context["changes"] for kind in change.kinds}
    assert told <= {"place", "participation figures", "objectives and areas"}
    assert "Nadi" not in page.content.decode()


def test_feed_is_atom_with_permanent_identities(client: Client) -> None:
    from xml.etree import ElementTree as ET

    records.process()
    records.activity("XX-2010-01", objectives=(records.objective(1),), title="A & B")
    answer = client.get("/feeds/activities.atom?kind=workshop")
    root = ET.fromstring(answer.content)  # noqa: S314 - our own text
    space = "{http://www.w3.org/2005/Atom}"
    (entry,) = root.findall(f"{space}entry")
    assert entry.findtext(f"{space}title") == "A & B"
    assert entry.findtext(f"{space}id") == "http://localhost:8000/activities/XX-2010-01/"
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"


def test_reference_in_small_letters_leads_to_the_record(client: Client) -> None:
    records.process()
    records.activity("XX-2010-01")
    answer = client.get("/activities/xx-2010-01/")
    assert (answer.status_code, answer["Location"]) == (301, "/activities/XX-2010-01/")


def test_next_activity_is_the_first_that_is_not_over(client: Client) -> None:
    records.process()
    assert client.get("/").context["next_activity"] is None
    day = timezone.now().date()
    records.activity("XX-2030-01", status=ActivityStatus.PLANNED, start=day - timedelta(days=9), end=day - timedelta(days=8))
    records.activity("XX-2030-02", status=ActivityStatus.PLANNED, start=day - timedelta(days=1), end=day, title="Running now")
    records.activity("XX-2030-03", status=ActivityStatus.CANCELLED, start=day, end=day)
    records.activity("XX-2030-04", status=ActivityStatus.PLANNED, start=day + timedelta(days=9), end=None)
    assert "Running now" in client.get("/").content.decode()
    months = client.get("/calendar/").context["months"]
    assert [activity.reference for _month, found in months for activity in found] == ["XX-2030-02", "XX-2030-04"]


def test_planned_activity_of_the_past_is_not_shown_as_held(client: Client) -> None:
    records.process()
    records.activity("XX-2010-01", status=ActivityStatus.PLANNED)
    assert "The record has no evidence that it was held." in client.get("/activities/XX-2010-01/").content.decode()
    day = timezone.now().date() + timedelta(days=30)
    records.activity("XX-2030-01", status=ActivityStatus.PLANNED, start=day, end=None)
    assert "Dates and place may still change." in client.get("/activities/XX-2030-01/").content.decode()


def test_trail_stands_in_the_order_of_time(client: Client) -> None:
    records.process()
    common = records.objective(1)
    for year in range(2006, 2013):
        records.activity(f"XX-{year}-01", objectives=(common,), start=date(year, 5, 1), end=None)
    records.activity("XX-2009-02", objectives=(records.objective(2),), start=date(2009, 6, 1), end=None)
    trail = client.get("/activities/XX-2009-01/").context["trail"]
    assert [activity.reference for activity in trail] == ["XX-2007-01", "XX-2008-01", "XX-2009-01", "XX-2010-01", "XX-2011-01"]


@pytest.mark.parametrize("address", ["/", "/activities/", "/activities/XX-2010-01/", "/search/?q=workshop", "/calendar/2010/"])
def test_pages_hold_no_inline_style_or_script(client: Client, address: str) -> None:
    records.process()
    records.activity("XX-2010-01", objectives=(records.objective(1),))
    text = client.get(address).content.decode()
    assert " style=" not in text
    assert "<style" not in text
    assert "<script>" not in text
    assert text.count("<h1") == 1
