"""Calendars: always by the icalendar library, whole days for dates without clock times."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from activities.enums import ActivityStatus
from activities.models import Activity
from django.conf import settings
from django.http import HttpResponse
from icalendar import Calendar, Event
from members.partial_dates import DatePrecision

_STATUS = {ActivityStatus.HELD: "CONFIRMED", ActivityStatus.PLANNED: "TENTATIVE", ActivityStatus.CANCELLED: "CANCELLED"}


def calendar_response(activities: Iterable[Activity], filename: str) -> HttpResponse:
    """Activities known to the day as all-day events with stable identifiers."""
    calendar = Calendar()
    calendar.add("prodid", "-//baliportal//EN")
    calendar.add("version", "2.0")
    for activity in activities:
        if activity.start is not None and activity.date_precision == DatePrecision.DAY:
            calendar.add_component(_event(activity))
    response = HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _event(activity: Activity) -> Event:
    event = Event()
    event.add("uid", f"{activity.reference}@{settings.MAIL_DOMAIN}")
    event.add("sequence", activity.version)
    event.add("dtstamp", activity.changed_at)
    event.add("summary", activity.title)
    event.add("dtstart", activity.start)
    if activity.start is not None:
        event.add("dtend", (activity.end or activity.start) + timedelta(days=1))
    place = ", ".join(part for part in (activity.city, activity.country) if part)
    if place:
        event.add("location", place)
    event.add("url", f"{settings.ORIGIN}/activities/{activity.reference}/")
    event.add("status", _STATUS.get(ActivityStatus(activity.status), "TENTATIVE"))
    codes = [objective.code for objective in activity.objectives.all()]
    if codes:
        event.add("categories", codes)
    return event
