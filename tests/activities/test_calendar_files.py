"""Calendar files say the same moments as the record, in every zone and at every change of its clock."""

from __future__ import annotations

import io
import os
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from dateutil import tz as dateutil_tz
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from activities.calendar_zones import _changes, zone_component
from activities.calendars import calendar_of
from activities.enums import ActivityStatus
from activities.models import Activity, ActivityKind
from members.enums import Confidence, DatePrecision
from tests.baliportal import records

ZONES = sorted(available_timezones() - {"Factory", "localtime"})
EXAMPLES = int(os.environ.get("CALENDAR_EXAMPLES", "400"))  # 5,000 before a release


@cache
def changes(zone: str) -> list[datetime]:
    """Moments at which the clock of `zone` changes, from 2000 to 2030."""
    start, end = datetime(2000, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)
    return [moment for moment, _old, _new in _changes(ZoneInfo(zone), start, end)]


@st.composite
def clock_readings(draw: Any) -> tuple[str, date, time]:
    """A zone with a day and a time, to the second: about a change of its clock where it has any, else anywhere."""
    zone = draw(st.sampled_from(ZONES))
    found = changes(zone)
    if found and draw(st.booleans()):
        near = draw(st.sampled_from(found)) + timedelta(seconds=draw(st.integers(-7200, 7200)))
        shown = near.astimezone(ZoneInfo(zone))
        if draw(st.booleans()):  # a time that the clock leaves out
            shown += timedelta(minutes=draw(st.integers(-90, 90)))
        return zone, shown.date(), shown.time().replace(microsecond=0, tzinfo=None, fold=0)
    return zone, draw(st.dates(date(2000, 1, 1), date(2029, 12, 31))), draw(st.times()).replace(microsecond=0, fold=0)


def unsaved(**fields: Any) -> Activity:
    """An activity of one day in memory; nothing of it asks the database."""
    now = datetime(2027, 1, 1, tzinfo=UTC)
    words: dict[str, Any] = {
        "reference": "XX-2027-01",
        "title": "A meeting",
        "kind": ActivityKind(key="workshop", name_en="Workshop"),
        "status": ActivityStatus.PLANNED,
        "date_precision": DatePrecision.DAY,
        "confidence": Confidence.PUBLIC,
        "recorded_at": now,
        "changed_at": now,
    }
    activity = Activity(pk=1, **words | fields)
    activity.__dict__["last_day"] = fields.get("last_day") or activity.end or activity.start
    activity._prefetched_objects_cache = {"objectives": []}
    return activity


def read(activity: Activity) -> tuple[Any, bytes]:
    content = calendar_of([activity], name="Test")
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    return event, content


def by_the_file_alone(content: bytes, prop: Any) -> datetime:
    """The moment that the file states, by its own VTIMEZONE and another library; no table of zones is asked."""
    moment: datetime = prop.dt
    if str(prop.params.get("TZID", "UTC")) == "UTC":
        return moment.astimezone(UTC)
    lines = content.decode().replace("\r\n ", "").split("\r\n")
    start, end = lines.index("BEGIN:VTIMEZONE"), lines.index("END:VTIMEZONE")
    zone = dateutil_tz.tzical(io.StringIO("\n".join(lines[start : end + 1]) + "\n")).get()
    assert zone
    return moment.replace(tzinfo=zone).astimezone(UTC)


@given(reading=clock_readings())
@settings(max_examples=EXAMPLES, deadline=None)
def test_file_states_the_moment_of_the_record_in_every_zone_to_the_second(reading: tuple[str, date, time]) -> None:
    zone, day, clock = reading
    recorded = datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)
    event, content = read(unsaved(start=day, starts_at=clock, ends_at=time(23, 59, 59), time_zone=zone))
    stated = event["dtstart"].dt
    if not isinstance(stated, datetime):  # it would end before it begins: the day is all that is said
        ends = datetime.combine(day, time(23, 59, 59), ZoneInfo(zone)).astimezone(UTC)
        assert (ends <= recorded, stated) == (True, day)
        return
    assert stated.astimezone(UTC) == recorded
    assert by_the_file_alone(content, event["dtstart"]) == recorded


def test_each_zone_changes_its_clock_in_the_file_when_it_does() -> None:
    """Every change from 2024 to 2027 of every zone, a day before it and after it, by the file's own rules."""
    wrong = []
    for zone in ZONES:
        rules = zone_component(zone, 2024, 2027).to_ical().decode()
        known = dateutil_tz.tzical(io.StringIO(rules.replace("\r\n ", "").replace("\r\n", "\n"))).get()
        assert known, zone
        moments = [moment for moment in changes(zone) if 2024 <= moment.year <= 2027] or [datetime(2025, 7, 1, tzinfo=UTC)]
        for moment in (near for change in moments for near in (change - timedelta(days=1), change + timedelta(days=1))):
            shown = moment.astimezone(ZoneInfo(zone))
            if shown.replace(tzinfo=known).utcoffset() != shown.utcoffset():
                wrong.append(f"{zone} {moment}")
    assert len(ZONES) > 500
    assert wrong == []


def test_onsets_are_written_in_the_clock_that_ends() -> None:
    """RFC 5545, 3.6.5: 02:00 for a clock that jumps from 02:00 to 03:00, and for one that goes back from 02:00 to 01:00."""
    text = zone_component("America/New_York", 2027, 2027).to_ical().decode()
    assert "DTSTART:20270314T020000\r\nTZNAME:EDT\r\nTZOFFSETFROM:-0500\r\nTZOFFSETTO:-0400" in text
    assert "DTSTART:20271107T020000\r\nTZNAME:EST\r\nTZOFFSETFROM:-0400\r\nTZOFFSETTO:-0500" in text


@pytest.mark.parametrize(
    ("clock", "stated"),
    [
        (time(2, 30), "DTSTART;TZID=America/New_York:20270314T033000"),  # left out by the clock
        (time(9, 0), "DTSTART;TZID=America/New_York:20270314T090000"),
    ],
)
def test_time_that_the_clock_leaves_out_is_written_as_clocks_show_it(clock: time, stated: str) -> None:
    _event, content = read(unsaved(start=date(2027, 3, 14), starts_at=clock, time_zone="America/New_York"))
    assert stated in content.decode()


def test_time_that_the_clock_shows_twice_is_written_in_utc() -> None:
    _event, content = read(unsaved(start=date(2027, 11, 7), starts_at=time(1, 30), time_zone="America/New_York"))
    assert "DTSTART:20271107T053000Z" in content.decode()


@given(title=st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=250))
@settings(max_examples=300, deadline=None)
def test_any_title_comes_back_as_it_was_in_lines_of_75_bytes(title: str) -> None:
    event, content = read(unsaved(title=title, start=date(2027, 3, 1)))
    assert str(event["summary"]) == title
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    assert content.count(b"BEGIN:VEVENT") == 1


def test_days_are_dates_and_end_on_the_day_after() -> None:
    _event, content = read(unsaved(start=date(2027, 2, 27), end=date(2027, 3, 1), starts_at=time(9, 0), time_zone="Asia/Jakarta"))
    text = content.decode()
    assert ("DTSTART;VALUE=DATE:20270227" in text, "DTEND;VALUE=DATE:20270302" in text, "VTIMEZONE" in text) == (
        True,
        True,
        False,
    )


# --- numbers, tags and filters, on the database -------------------------------------------------------------------------


@pytest.mark.django_db
def test_entry_counts_up_with_what_a_calendar_shows_and_with_nothing_else() -> None:
    records.process()
    activity = records.activity("XX-2010-01")

    def sequence(**change: Any) -> int:
        Activity.objects.filter(pk=activity.pk).update(**change)
        activity.refresh_from_db()
        return activity.calendar_sequence

    assert sequence() == 0
    assert sequence(outcome="Agreed", public_note="Note") == 0
    found = [sequence(start=date(2010, 5, 3)), sequence(city="Nadi"), sequence(status="cancelled"), sequence(title="Other")]
    assert found == [1, 2, 3, 4]
    activity.save()
    activity.refresh_from_db()
    assert activity.calendar_sequence == 4


@pytest.mark.django_db
def test_changed_meeting_updates_its_entry_rather_than_doubling_it() -> None:
    records.process()
    activity = records.activity("XX-2010-01")

    def entries() -> dict[str, tuple[int, date]]:
        events = Calendar.from_ical(Client().get("/feeds/calendar.ics").content).walk("VEVENT")
        return {str(event["uid"]): (int(event["sequence"]), event.decoded("dtstart")) for event in events}

    before = entries()
    Activity.objects.filter(pk=activity.pk).update(start=date(2010, 5, 5))
    assert (before, entries()) == (
        {"XX-2010-01@localhost": (0, date(2010, 5, 4))},
        {"XX-2010-01@localhost": (1, date(2010, 5, 5))},
    )


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/feeds/calendar.ics", "/feeds/calendar.ics?year=2010", "/activities/XX-2010-01.ics"])
def test_reader_that_has_it_already_is_told_so(address: str) -> None:
    records.process()
    activity = records.activity("XX-2010-01")
    client = Client()
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (first.status_code, again.status_code, again.content, again["ETag"]) == (200, 304, b"", first["ETag"])
    Activity.objects.filter(pk=activity.pk).update(title="Renamed")
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200


@pytest.mark.django_db
def test_agenda_shows_long_undated_far_and_called_off_each_in_its_place() -> None:
    records.process()
    this_month = datetime.now(UTC).date().replace(day=1)
    words = {"status": ActivityStatus.PLANNED}
    records.activity("XX-2030-01", title="Long", start=this_month, end=this_month + timedelta(days=70), **words)
    records.activity("XX-2030-02", title="Far", start=date(this_month.year + 9, 5, 1), end=None, **words)
    records.activity("XX-UNDT-01", title="Undated", start=None, end=None, date_precision="unknown", status="under-consideration")
    records.activity("XX-2030-03", title="Off", start=this_month + timedelta(days=40), end=None, status="cancelled")
    agenda = Client().get("/calendar/").context["agenda"]
    assert [row.title for row in agenda.far] == ["Far"]
    assert [row.title for row in agenda.undated] == ["Undated"]
    assert [row.title for row in agenda.called_off] == ["Off"]
    goes_on = [[row.title for row in rows] for _month, rows, _begins in agenda.blocks]
    assert goes_on[0] == []
    assert goes_on[1:] in ([["Long"]] * 2, [["Long"]] * 3)


@pytest.mark.django_db
def test_calendar_is_filtered_as_the_archive_is_and_says_what_makes_no_sense() -> None:
    records.process()
    day = datetime.now(UTC).date() + timedelta(days=9)
    for name in ("workshop", "training"):
        records.activity(f"XX-{name}", title=name, kind=records.kind(name), start=day, end=None, status=ActivityStatus.PLANNED)
    client = Client()
    page = client.get("/calendar/?kind=training&objective=&participant=")
    assert [row.title for _month, rows in page.context["months"] for row in rows] == ["training"]
    assert "/feeds/calendar.ics?kind=training" in page.content.decode()
    assert client.get("/calendar/?kind=song").status_code == 422
    assert client.get("/calendar/?kind=song&format=csv").status_code == 422
    exported = client.get("/calendar/?kind=training&format=json").json()
    assert [row["title"] for row in exported["results"]] == ["training"]
