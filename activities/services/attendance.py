"""Attendance: who was there, per day, never inferred from who was named."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from activities.enums import AttendanceRecordedBy, AttendanceStatus
from activities.models import Activity, Attendance, Delegate
from activities.services.nominations import local_day
from members.audit import acting
from members.enums import DatePrecision
from members.errors import DomainError
from members.models import User
from members.permissions import has_permission
from members.roles import Permission

MOST_DAYS = 31


def days_of(activity: Activity) -> list[date]:
    """The days on which attendance can be recorded; none where the activity's days are not known."""
    if activity.start is None or activity.date_precision != DatePrecision.DAY:
        return []
    last = activity.end or activity.start
    return [activity.start + timedelta(days=n) for n in range(min((last - activity.start).days + 1, MOST_DAYS))]


def check_begun(activity: Activity) -> None:
    """Raise DomainError before 00:00 of the first day in the activity's zone, or where no day is known."""
    days = days_of(activity)
    if not days:
        raise DomainError(_("The days of this activity are not known, so attendance cannot be recorded by day."))
    if local_day(activity) < days[0]:
        raise DomainError(_("Attendance is recorded from the first day on."))


@transaction.atomic
def record_attendance(*, activity: Activity, marks: Mapping[tuple[int, date], str], by: User) -> int:
    """Record marks by (delegate, day); an empty mark takes a record away. Returns how many changed.

    The desk records everybody's, a focal point its own delegation's. Raises DomainError for others' delegates.
    """
    check_begun(activity)
    days = set(days_of(activity))
    delegates = {row.pk: row for row in Delegate.objects.filter(activity=activity).select_related("participant")}
    changed = 0
    with acting(by=by, verb="record_attendance"):
        for (key, day), status in marks.items():
            delegate = delegates.get(key)
            if delegate is None or day not in days or (status and status not in AttendanceStatus.values):
                raise DomainError(_("This sheet does not fit the activity any more. Reload the page."))
            changed += _mark(delegate, day, status, _how(by, delegate), by)
    return changed


def _how(by: User, delegate: Delegate) -> AttendanceRecordedBy:
    if has_permission(by, Permission.RECORD_ATTENDANCE):
        return AttendanceRecordedBy.DESK
    if has_permission(by, Permission.NOMINATE, participant=delegate.participant):
        return AttendanceRecordedBy.FOCAL_POINT
    raise DomainError(_("You may record the attendance of your own delegation only."))


def _mark(delegate: Delegate, day: date, status: str, how: AttendanceRecordedBy, by: User) -> int:
    found = Attendance.objects.select_for_update().filter(delegate=delegate, day=day, session__isnull=True).order_by("pk").first()
    if not status:
        return found.delete()[0] and 1 if found else 0
    if found and found.status == status:
        return 0
    row = found or Attendance(delegate=delegate, day=day)
    row.status, row.how, row.recorded_at, row.recorded_by = AttendanceStatus(status), how, timezone.now(), by
    row.version += 1
    row.save()
    return 1
