"""Time zones in calendar files (RFC 5545, 3.6.5): every change of the clock in the years that a file is about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

_STEP, _SECOND = timedelta(hours=12), timedelta(seconds=1)


@dataclass(frozen=True)
class Clock:
    """What a zone's clocks show at some moment: offset from UTC, name, and whether it is summer time."""

    offset: timedelta
    name: str
    is_summer: bool


def zone_named(name: str) -> ZoneInfo | None:
    """The zone, None where there is none of this name."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def in_zone(moment: datetime, zone: ZoneInfo) -> datetime:
    """The same moment as its zone shows it; in UTC where the clock shows this time twice, so that no reader can err.

    A time of the record that the clock leaves out counts from before the change, as RFC 5545 has it, and is written as
    the time that clocks really show then.
    """
    utc = moment.astimezone(UTC)
    shown = utc.astimezone(zone)
    return utc if shown.replace(fold=0).utcoffset() != shown.replace(fold=1).utcoffset() else shown


@lru_cache(maxsize=256)
def zone_component(name: str, first_year: int, last_year: int) -> Timezone:
    """A VTIMEZONE with all changes of the clock from `first_year` to the end of `last_year`."""
    zone = ZoneInfo(name)
    start = datetime(first_year, 1, 1, tzinfo=UTC) - timedelta(days=2)
    before = _clock(start, zone)
    component = Timezone()
    component.add("tzid", name)
    onsets = {(before.offset, before): [start]}
    for moment, old, new in _changes(zone, start, datetime(last_year + 1, 1, 3, tzinfo=UTC)):
        onsets.setdefault((old.offset, new), []).append(moment)
    for (offset_from, clock), moments in onsets.items():
        component.add_component(_observance(offset_from, clock, moments))
    return component


def _observance(offset_from: timedelta, clock: Clock, moments: list[datetime]) -> TimezoneStandard | TimezoneDaylight:
    """Begins when clocks set to the old offset show the time given, which is what the format asks for."""
    found = TimezoneDaylight() if clock.is_summer else TimezoneStandard()
    local = [(moment + offset_from).replace(tzinfo=None) for moment in moments]
    found.add("dtstart", local[0])
    found.add("tzoffsetfrom", offset_from)
    found.add("tzoffsetto", clock.offset)
    found.add("tzname", clock.name)
    if local[1:]:
        found.add("rdate", local[1:])
    return found


def _changes(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[tuple[datetime, Clock, Clock]]:
    """Each change of the clock between two moments: when, from what, to what."""
    moment, clock = start, _clock(start, zone)
    while moment < end:
        later = moment + _STEP
        if (new := _clock(later, zone)) != clock:
            yield _found(zone, moment, later, clock), clock, new
            clock = new
        moment = later


def _found(zone: ZoneInfo, before: datetime, after: datetime, old: Clock) -> datetime:
    """The first second of the new clock between two moments, by halving."""
    while after - before > _SECOND:
        middle = (before + (after - before) / 2).replace(microsecond=0)
        before, after = (middle, after) if _clock(middle, zone) == old else (before, middle)
    return after


def _clock(moment: datetime, zone: ZoneInfo) -> Clock:
    shown = moment.astimezone(zone)
    return Clock(shown.utcoffset() or timedelta(), shown.tzname() or zone.key, bool(shown.dst()))
