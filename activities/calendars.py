"""Activities as calendar files: all-day events with an identity that never changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from activities.enums import ActivityStatus
from activities.models import Activity, Nomination
from members.enums import DatePrecision

_STATUS = {
    ActivityStatus.HELD: "CONFIRMED",
    ActivityStatus.CANCELLED: "CANCELLED",
}  # all else may still change
_REFRESH = timedelta(days=1)


def calendar_of(activities: Iterable[Activity], *, name: str) -> bytes:
    """A calendar file (RFC 5545). `activities` come with kind and objectives read; those without a date are left out."""
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.MAIL_DOMAIN}//record//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    for activity in activities:
        if activity.start is not None:
            calendar.add_component(event_of(activity))
    content: bytes = calendar.to_ical()
    return content


def event_of(activity: Activity) -> Event:
    """One event. A date known to the month or year covers all of it, says so, and blocks nobody's time."""
    event = Event()
    event.add("uid", f"{activity.reference}@{settings.MAIL_DOMAIN}")
    event.add("sequence", activity.version - 1)
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
    event.add("status", _STATUS.get(ActivityStatus(activity.status), "TENTATIVE"))
    event.add("transp", "OPAQUE" if activity.date_precision == DatePrecision.DAY else "TRANSPARENT")
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
        raise ValueError(activity.reference)
    last = activity.last_day or start
    timed = _clock_times(activity, start) if last == start else None
    return timed or (start, last + timedelta(days=1))


def _clock_times(activity: Activity, day: date) -> tuple[datetime, datetime] | None:
    if activity.starts_at is None or not activity.time_zone:
        return None
    try:
        zone = ZoneInfo(activity.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return None
    utc = ZoneInfo("UTC")
    begins = datetime.combine(day, activity.starts_at, zone).astimezone(utc)
    ends = datetime.combine(day, activity.ends_at or time(23, 59), zone).astimezone(utc)
    return (begins, ends) if ends > begins else None


def _description(activity: Activity) -> list[str]:
    lines = [f"{activity.reference}, {activity.kind.name}"]
    if activity.status != ActivityStatus.HELD:
        lines.append(_("Status: %(status)s") % {"status": activity.get_status_display()})
    if activity.date_precision == DatePrecision.MONTH:
        lines.append(_("The record gives the month only."))
    if activity.date_precision == DatePrecision.YEAR:
        lines.append(_("The record gives the year only."))
    if activity.is_unconfirmed:
        lines.append(_("Unconfirmed: no source of the record states it."))
    if activity.public_note:
        lines.append(activity.public_note)
    return lines
