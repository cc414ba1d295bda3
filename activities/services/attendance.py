"""Attendance: who was there, per day and session, never inferred from who was named.

Everyone's word is kept in the history. A word of the desk, or of a list it imports, goes before a focal point's, and both
before what a delegate says; the other way round it never does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from activities.enums import AttendanceRecordedBy, AttendanceStatus
from activities.models import Activity, Attendance, Delegate, Session
from activities.selectors_attendance import RANK, Place, delegates_at, places_of, window_ends
from activities.selectors_delegations import days_of
from activities.services.certificates import end_certificates, write_to_delegate
from activities.services.nominations import local_day
from members.audit import acting
from members.errors import Conflict, DomainError
from members.models import User
from members.permissions import check_can, has_permission
from members.roles import Permission

SELF_STATUSES = (AttendanceStatus.PRESENT, AttendanceStatus.REMOTE, AttendanceStatus.ABSENT)
type Where = date | Session
type Mark = tuple[int, Where]


@dataclass
class Recorded:
    """How many marks changed; those that somebody else changed meanwhile, or said with more authority, are left alone."""

    changed: int = 0
    conflicts: dict[Mark, Attendance | None] = field(default_factory=dict)


def check_begun(activity: Activity) -> None:
    """Raise DomainError before 00:00 of the first day in the activity's zone, or where no day is known."""
    days = days_of(activity)
    if not days:
        raise DomainError(_("The days of this activity are not known, so attendance cannot be recorded by day."))
    if local_day(activity) < days[0]:
        raise DomainError(_("Attendance is recorded from the first day on."))


def check_window(activity: Activity) -> None:
    """Raise DomainError outside the days on which delegates may say themselves that they were there."""
    check_begun(activity)
    last = window_ends(activity)
    if last is None or local_day(activity) > last:
        raise DomainError(_("The time to say so yourself has passed. Write to the secretariat."))


def record_attendance(*, activity: Activity, marks: Mapping[Mark, str], by: User) -> int:
    """Record marks by (delegate, day or session); an empty mark takes a record away. Returns how many changed.

    The desk records everybody's, a focal point its own delegation's. Raises DomainError for others' delegates.
    """
    return record_sheet(activity=activity, marks=marks, by=by).changed


@transaction.atomic
def record_sheet(  # noqa: PLR0913 - what a sheet of marks has
    *,
    activity: Activity,
    marks: Mapping[Mark, str],
    by: User,
    seen: Mapping[Mark, int] | None = None,
    is_import: bool = False,
    is_pressed: bool = False,
) -> Recorded:
    """Record marks, each row by itself. `seen` gives the version a person saw (0: none); a row changed since is left alone.

    With `is_pressed`, a press that says what is recorded already makes it the word of who presses. Raises DomainError for
    marks that do not fit the activity, and for days to come.
    """
    check_begun(activity)
    allowed: set[Where] = {place.session or place.day for place in places_of(activity)}
    wanted = {key for key, _where in marks}
    rows = delegates_at(activity).filter(pk__in=wanted).select_for_update(of=("self",)).order_by("pk")
    delegates = {row.pk: row for row in rows.select_related("participant")}
    today, result = local_day(activity), Recorded()
    with acting(by=by, verb="import_attendance" if is_import else "record_attendance"):
        for (key, where), status in marks.items():
            delegate = delegates.get(key)
            if delegate is None or where not in allowed or (status and status not in AttendanceStatus.values):
                raise DomainError(_("This sheet does not fit the activity any more. Reload the page."))
            if status and day_of(where) > today:
                raise DomainError(_("This day has not begun yet."))
            how = AttendanceRecordedBy.IMPORTED if is_import and _how(by, delegate) == "desk" else _how(by, delegate)
            expected = seen.get((key, where)) if seen is not None else None
            _mark(result, (delegate, where), (status, how, by), expected=expected, is_pressed=is_pressed)
        end_certificates(delegates=delegates.values(), by=by)
    return result


def day_of(where: Where) -> date:
    return where.day if isinstance(where, Session) else where


def _how(by: User, delegate: Delegate) -> AttendanceRecordedBy:
    if has_permission(by, Permission.RECORD_ATTENDANCE):
        return AttendanceRecordedBy.DESK
    if has_permission(by, Permission.NOMINATE, participant=delegate.participant):
        return AttendanceRecordedBy.FOCAL_POINT
    raise DomainError(_("You may record the attendance of your own delegation only."))


def _at(where: Where) -> dict[str, date | Session | None]:
    return {"day": None, "session": where} if isinstance(where, Session) else {"day": where, "session": None}


def _mark(
    result: Recorded,
    at: tuple[Delegate, Where],
    said: tuple[str, AttendanceRecordedBy, User],
    *,
    expected: int | None,
    is_pressed: bool,
) -> None:
    (delegate, where), (status, how, by) = at, said
    found = Attendance.objects.select_for_update().filter(delegate=delegate, **_at(where)).order_by("pk").first()
    if (found.status if found else "") == status and not (is_pressed and found and RANK[how] > RANK[found.how]):
        return
    is_later = expected is not None and expected != (found.version if found else 0)
    if is_later or (found and RANK[how] < RANK[found.how]):
        result.conflicts[delegate.pk, where] = found
        return
    result.changed += 1
    if found and not status:
        found.delete()
        return
    row = found or Attendance(delegate=delegate, **_at(where))
    row.status, row.how, row.recorded_at, row.recorded_by = AttendanceStatus(status), how, timezone.now(), by
    row.version += 1
    row.save()


@transaction.atomic
def declare_attendance(*, delegate: Delegate, marks: Mapping[Where, str]) -> int:
    """What a delegate says by the signed link, within the window. Returns how many days changed.

    What the focal point or the secretariat has recorded stays as it is. Raises DomainError outside the window.
    """
    found = Delegate.objects.select_for_update(of=("self",)).select_related("activity").get(pk=delegate.pk)
    if found.withdrawn_at is not None:
        raise DomainError(_("You are not on the delegation any more. Write to the secretariat."))
    check_window(found.activity)
    days, today, by = set(days_of(found.activity)), local_day(found.activity), User.objects.service_account()
    result = Recorded()
    with acting(by=by, verb="declare_attendance"):
        for day, status in marks.items():
            if day not in days or day_of(day) > today or status not in SELF_STATUSES:
                raise DomainError(_("Choose one of the answers for a day that has begun."))
            said = (status, AttendanceRecordedBy.SELF, by)
            _mark(result, (found, day), said, expected=None, is_pressed=False)
    return result.changed


@transaction.atomic
def undo_attendance(*, delegate: Delegate, place: Place, expected_version: int, by: User) -> None:
    """Take one's own last change of a mark back: what was recorded before stands again, with who said it and when.

    Raises Conflict where somebody changed it since, DomainError where there is nothing of one's own to take back.
    """
    where: Where = place.session or place.day
    held = Delegate.objects.select_for_update(of=("self",)).select_related("participant").get(pk=delegate.pk)
    _how(by, held)
    found = Attendance.objects.select_for_update().filter(delegate=held, **_at(where)).order_by("pk").first()
    if (found.version if found else 0) != expected_version:
        raise Conflict(_("Somebody changed this mark since. Look at it again."), current=found)
    last, before = _last_two(held, where)
    if last is None or (last.pgh_context or {}).get("user") != by.pk:
        raise DomainError(_("There is nothing of yours to take back here."))
    with acting(by=by, verb="undo_attendance"):
        if last.pgh_label == "insert":
            if found:
                found.delete()
        else:
            _put_back(held, where, found, last if last.pgh_label == "delete" else before)
        end_certificates(delegates=[held], by=by)


def _last_two(delegate: Delegate, where: Where) -> tuple[Any, Any]:
    events = apps.get_model("activities", "AttendanceEvent")._default_manager.filter(delegate=delegate, **_at(where))
    rows = [*events.order_by("-pgh_id")[:2], None, None]
    return rows[0], rows[1]


def _put_back(delegate: Delegate, where: Where, found: Attendance | None, event: Any | None) -> None:
    if event is None:
        raise DomainError(_("There is nothing of yours to take back here."))
    row = found or Attendance(delegate=delegate, **_at(where))
    row.status, row.how = event.status, event.how
    row.recorded_at, row.recorded_by_id = event.recorded_at, event.recorded_by_id
    row.version = max(row.version, event.version) + 1
    row.save()


@transaction.atomic
def ask_delegates(*, activity: Activity, by: User) -> int:
    """Write once to each delegate of whom nothing is recorded, with the signed link. Returns the number of letters.

    Raises DomainError outside the days on which they can answer.
    """
    check_can(by, Permission.RECORD_ATTENDANCE)
    check_window(activity)
    rows = delegates_at(activity).filter(attendance__isnull=True)
    rows = rows.select_related("activity", "official", "participant").order_by("pk")
    return sum(write_to_delegate("attendance_question", f"attendance_question:{activity.pk}", row, by) for row in rows)


__all__ = [
    "Recorded",
    "ask_delegates",
    "check_begun",
    "check_window",
    "days_of",
    "declare_attendance",
    "record_attendance",
    "record_sheet",
    "undo_attendance",
    "window_ends",
]
