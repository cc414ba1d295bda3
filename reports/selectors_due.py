"""Which activities still owe their report, and how long others took [82]."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import Exists, Min, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from activities.enums import ActivityStatus
from activities.models import Activity, Delegate, Invitation
from activities.selectors_desk import MOST, Task
from members.models.base import today
from members.partial_dates import format_partial
from reports.enums import DocumentKind, DocumentState
from reports.models import Document

if TYPE_CHECKING:
    from members.models import AnyUser


@dataclass(frozen=True)
class Due:
    """An activity that was held and whose report is not published; `late` is in days, negative while there is time."""

    activity: Activity
    day: date
    late: int


def reports_due(user: AnyUser) -> list[Due]:
    """Activities that `user` sees and whose report is due, the latest first."""
    return due_of(Activity.objects.visible_to(user))


def due_of(activities: QuerySet[Activity]) -> list[Due]:
    """Those of `activities` whose report is due, the latest first; what only older records tell of owes none. One query."""
    day = today()
    published = Document.objects.filter(activity=OuterRef("pk"), kind=DocumentKind.ACTIVITY_REPORT, state=DocumentState.PUBLISHED)
    rows = activities.filter(
        Exists(Invitation.objects.filter(activity=OuterRef("pk"), issued_at__isnull=False))
        | Exists(Delegate.objects.filter(activity=OuterRef("pk"))),
        ~Exists(published),
        status=ActivityStatus.HELD,
        withdrawn_at__isnull=True,
        last_day__isnull=False,
        kind__report_due_days__isnull=False,
    )
    found = []
    for row in rows.select_related("kind").order_by("last_day", "reference"):
        due = _day_due(row)
        if due is not None and due <= day:
            found.append(Due(row, due, (day - due).days))
    return sorted(found, key=lambda due: -due.late)


def _day_due(activity: Activity) -> date | None:
    last, days = activity.last_day, activity.kind.report_due_days
    return None if last is None or days is None else last + timedelta(days=days)


def report_tasks(user: AnyUser) -> list[Task]:
    """Reports to publish, for the work list, with the days they are late."""
    return [
        Task(
            _("Publish the report: %(title)s") % {"title": due.activity.title},
            reverse("reports:activity_documents", args=[due.activity.reference]),
            _("It was due on %(day)s.") % {"day": _day(due.day)},
            due.late,
        )
        for due in reports_due(user)[:MOST]
    ]


def _day(day: date) -> str:
    return format_partial(day, "day", get_language() or "en")


def days_to_report(activities: Iterable[Activity]) -> dict[int, int]:
    """Days from the last day of an activity to its first published report, by its key. One query."""
    last = {row.pk: row.last_day for row in activities if row.last_day}
    rows = Document.objects.filter(Q(activity__in=last), kind=DocumentKind.ACTIVITY_REPORT, state=DocumentState.PUBLISHED)
    first = rows.order_by().values_list("activity").annotate(first=Min("published_at"))
    return {key: (when.date() - last[key]).days for key, when in first if when}
