"""Activities as calendar files: events with an identity that never changes, and a number that says which is the newer.

Whole days are DATE values, clock times of one day carry their zone. A date known to the month or the year covers all of
it; an activity without any date is left out, save that a postponed one stays on its old days, called off.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from activities.calendar_zones import in_zone, zone_component, zone_named
from activities.enums import ActivityStatus
from activities.models import Activity, Nomination
from members.enums import DatePrecision
from members.partial_dates import last_day as last_day_of

_STATUS = {ActivityStatus.HELD: "CONFIRMED"}  # all else may still change
_REFRESH = timedelta(days=1)


def calendar_of(activities: Iterable[Activity], *, name: str) -> bytes:
    """A calendar file (RFC 5545). `activities` come as `for_calendar` gives them; those without a day are left out."""
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.MAIL_DOMAIN}//record//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    events = [event_of(activity) for activity in activities if has_day(activity)]
    for component in [*_zones(events), *events]:
        calendar.add_component(component)
    content: bytes = calendar.to_ical()
    return content


def has_day(activity: Activity) -> bool:
    """Whether a calendar can hold the activity: it is dated, or was until it was postponed."""
    return activity.start is not None or _put_off(activity) is not None


def _zones(events: Iterable[Event]) -> list[Any]:
    """The zones that the events name, for the years that each has events in."""
    years: dict[str, list[int]] = {}
    for event in events:
        for moment in (event.decoded("dtstart"), event.decoded("dtend")):
            zone = getattr(getattr(moment, "tzinfo", None), "key", "UTC")
            if zone != "UTC":
                years.setdefault(zone, []).append(moment.year)
    return [zone_component(zone, min(found), max(found)) for zone, found in sorted(years.items())]


def _put_off(activity: Activity) -> tuple[date, date] | None:
    """First and last day that a postponed activity without new dates had; read by `for_calendar`."""
    start, precision = getattr(activity, "put_off_start", None), getattr(activity, "put_off_precision", None)
    if activity.start is not None or activity.status != ActivityStatus.POSTPONED or start is None:
        return None
    return start, activity.put_off_end or last_day_of(start, precision or DatePrecision.DAY)  # type: ignore[attr-defined] # annotated


def event_of(activity: Activity) -> Event:
    """One event. A date known to the month or year covers all of it, says so, and blocks nobody's time."""
    event = Event()
    event.add("uid", f"{activity.reference}@{settings.MAIL_DOMAIN}")
    event.add("sequence", activity.calendar_sequence)
    event.add("dtstamp", activity.changed_at)
    event.add("created", activity.recorded_at)
    event.add("last-modified", activity.changed_at)
    start, end = _span(activity)
    event.add("dtstart", start)
    event.add("dtend", end)
    event.add("summary", activity.title)
    place = ", ".join(part for part in (activity.venue, activity.city, activity.country) if part)
    if place:
        event.add("location", place)
    event.add("description", "\n".join(_description(activity)))
    categories = [objective.short_title for objective in activity.objectives.all()]
    if categories:
        event.add("categories", categories)
    is_off = activity.status == ActivityStatus.CANCELLED or activity.start is None
    event.add("status", "CANCELLED" if is_off else _STATUS.get(ActivityStatus(activity.status), "TENTATIVE"))
    event.add("transp", "OPAQUE" if activity.date_precision == DatePrecision.DAY and not is_off else "TRANSPARENT")
    event.add("url", address_of(activity))
    return event


def delegate_calendar(nomination: Nomination, *, is_gone: bool = False) -> bytes:
    """The entry of one nominated person, as a file: an identity of its own that never changes, and their days only.

    `is_gone` takes it out of a calendar. Raises ValueError where the activity has no date.
    """
    activity = nomination.invitation.activity
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.MAIL_DOMAIN}//record//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if is_gone else "PUBLISH")
    event = event_of(activity)
    _replace(event, "uid", f"{activity.reference}-{nomination.pk}@{settings.MAIL_DOMAIN}")
    _replace(event, "sequence", activity.version + nomination.version)
    if is_gone:
        _replace(event, "status", "CANCELLED")
        _replace(event, "transp", "TRANSPARENT")
    if nomination.days:
        _replace(event, "dtstart", nomination.days[0])
        _replace(event, "dtend", nomination.days[-1] + timedelta(days=1))
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _replace(event: Event, name: str, value: object) -> None:
    event.pop(name, None)
    event.add(name, value)


def address_of(activity: Activity) -> str:
    """The permanent address of an activity, without a language."""
    return f"{settings.ORIGIN}/activities/{activity.reference}/"


def _span(activity: Activity) -> tuple[date | datetime, date | datetime]:
    """First and last moment; whole days end at the start of the day after, as the format wants it."""
    start = activity.start
    if start is None:
        days = _put_off(activity)
        if days is None:
            raise ValueError(activity.reference)
        return days[0], days[1] + timedelta(days=1)
    last = activity.last_day or start
    timed = clock_times(activity, start) if last == start else None
    return timed or (start, last + timedelta(days=1))


def clock_times(activity: Activity, day: date) -> tuple[datetime, datetime] | None:
    """Begin and end of an activity of one day, as its zone shows them; None where no time or no such zone is known."""
    zone = zone_named(activity.time_zone)
    if activity.starts_at is None or zone is None:
        return None
    begins = in_zone(datetime.combine(day, activity.starts_at, zone), zone)
    ends = in_zone(datetime.combine(day, activity.ends_at or time(23, 59), zone), zone)
    return (begins, ends) if ends.timestamp() > begins.timestamp() else None


def _description(activity: Activity) -> list[str]:
    lines = [f"{activity.reference}, {activity.kind.name}"]
    if activity.status != ActivityStatus.HELD:
        lines.append(_("Status: %(status)s") % {"status": activity.get_status_display()})
    if activity.start is None:
        lines.append(_("The new dates are not yet set."))
    if activity.date_precision == DatePrecision.MONTH:
        lines.append(_("The record gives the month only."))
    if activity.date_precision == DatePrecision.YEAR:
        lines.append(_("The record gives the year only."))
    if activity.is_unconfirmed:
        lines.append(_("Unconfirmed: no source of the record states it."))
    if activity.public_note:
        lines.append(activity.public_note)
    return lines
