"""Reading attendance: on which days and at which sessions it is recorded, who was there, and who said so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from activities.enums import AttendanceRecordedBy, AttendanceStatus
from activities.models import Activity, Attendance, Delegate, Session
from activities.selectors_delegations import attends_on, days_of
from members.enums import DatePrecision
from members.partial_dates import format_partial

SELF_DAYS = 14  # so many days after the last one a delegate may say that he or she was there
CAME = frozenset({AttendanceStatus.PRESENT.value, AttendanceStatus.REMOTE.value})
# A later word of a higher rank goes before an earlier one; one of a lower rank never does.
RANK = {
    AttendanceRecordedBy.SELF.value: 0,
    AttendanceRecordedBy.FOCAL_POINT.value: 1,
    AttendanceRecordedBy.IMPORTED.value: 2,
    AttendanceRecordedBy.DESK.value: 2,
}


@dataclass(frozen=True)
class Place:
    """Where a mark stands: a day of the activity, or one of its sessions. `key` names it in addresses and fields."""

    day: date
    session: Session | None = None

    @property
    def key(self) -> str:
        return f"s{self.session.pk}" if self.session else f"{self.day:%Y%m%d}"

    @property
    def words(self) -> str:
        day = format_partial(self.day, DatePrecision.DAY, get_language() or "en")
        if self.session is None:
            return day
        hour = f", {self.session.starts_at:%H:%M}" if self.session.starts_at else ""
        return _("%(session)s (%(day)s)") % {"session": self.session.title, "day": f"{day}{hour}"}


def window_ends(activity: Activity) -> date | None:
    """The last day on which a delegate may say so himself or herself; None where the days are not known."""
    days = days_of(activity)
    return days[-1] + timedelta(days=SELF_DAYS) if days else None


def places_of(activity: Activity) -> list[Place]:
    """Each day of the activity, followed by the sessions on it. One query."""
    days = days_of(activity)
    sessions: defaultdict[date, list[Place]] = defaultdict(list)
    for row in activity.sessions.order_by("day", "starts_at", "order", "pk"):
        sessions[row.day].append(Place(row.day, row))
    return [place for day in days for place in (Place(day), *sessions[day])]


def chosen_place(places: Sequence[Place], key: str, today: date) -> Place | None:
    """The place that `key` names; else today's, where it is one of the activity's days; else the last day."""
    named = next((place for place in places if place.key == key), None)
    days = [place for place in places if place.session is None]
    return named or next((place for place in days if place.day == today), days[-1] if days else None)


@dataclass
class Line:
    """One delegate with the mark at the chosen place, and what is said at the others.

    `expected` says whether he or she was to come on that day.
    """

    delegate: Delegate
    mark: Attendance | None = None
    others: list[Attendance] = field(default_factory=list)
    expected: bool = True

    @property
    def version(self) -> int:
        return self.mark.version if self.mark else 0


def lines_at(delegates: QuerySet[Delegate], place: Place, words: str = "", *, days: Sequence[date] = ()) -> list[Line]:
    """Delegates in English order of participant and name, found by `words`, with their marks. Two queries.

    `days` are those of the activity; whoever is to come on others than that of `place` stands at the end: people do come.
    """
    rows = delegates.select_related("official", "participant", "nomination")
    rows = rows.order_by("participant__name", "official__name", "pk")
    if words:
        rows = rows.filter(
            Q(official__name__unaccent__icontains=words)
            | Q(official__name_own_script__icontains=words)
            | Q(official__email__icontains=words)
            | Q(participant__name__unaccent__icontains=words)
        )
    found = {row.pk: Line(row, expected=attends_on(row.nomination, place.day, days)) for row in rows}
    for mark in marks_of_delegates(found):
        line = found[mark.delegate_id]
        if (mark.day == place.day and place.session is None) or (place.session and mark.session_id == place.session.pk):
            line.mark = mark
        else:
            line.others.append(mark)
    return sorted(found.values(), key=lambda line: not line.expected)


def marks_of_delegates(keys: Iterable[int]) -> QuerySet[Attendance]:
    """Marks of these delegates, in the order of the days."""
    rows = Attendance.objects.filter(delegate__in=list(keys)).select_related("session", "recorded_by")
    return rows.order_by("day", "session__day", "session__starts_at", "pk")


def days_present(marks: Iterable[Attendance], *, confirmed_only: bool = False) -> dict[date, str]:
    """Days on which a delegate was there, each with "present" or "remote".

    What is said of the whole day decides; without it, one session that day is enough. With `confirmed_only`, what only
    the delegate says counts for nothing. `session` must be read with the marks.
    """
    whole: dict[date, str] = {}
    parts: defaultdict[date, set[str]] = defaultdict(set)
    for mark in marks:
        if confirmed_only and mark.how == AttendanceRecordedBy.SELF:
            continue
        if mark.session is not None:
            parts[mark.session.day].add(mark.status)
        elif mark.day is not None:
            whole[mark.day] = mark.status
    found = {day: status for day, status in whole.items() if status in CAME}
    for day, statuses in parts.items():
        if day not in whole and statuses & CAME:
            found[day] = "present" if AttendanceStatus.PRESENT.value in statuses else "remote"
    return dict(sorted(found.items()))


def delegates_at(activity: Activity) -> QuerySet[Delegate]:
    """Who is on a delegation of the activity now."""
    return Delegate.objects.filter(activity=activity, withdrawn_at__isnull=True)
