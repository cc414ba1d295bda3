"""Reading delegations: days, deadlines, who came before, and who waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import F, Q
from django.utils import timezone

from activities.enums import LateChangeState, NominationState
from activities.models import Activity, Delegate, Invitation, LateChange, Nomination
from members.enums import DatePrecision
from members.models import Official
from members.models.base import today

if TYPE_CHECKING:
    from members.models import AnyUser

MOST_DAYS = 31
LAST_TIMES = 3


def local_day(activity: Activity) -> date:
    """The day it is in the activity's own zone, by which its deadlines count."""
    try:
        return timezone.now().astimezone(ZoneInfo(activity.time_zone)).date() if activity.time_zone else today()
    except (ZoneInfoNotFoundError, ValueError):
        return today()


def days_of(activity: Activity) -> list[date]:
    """The days of an activity one by one; none where they are not known."""
    if activity.start is None or activity.date_precision != DatePrecision.DAY:
        return []
    last = activity.end or activity.start
    return [activity.start + timedelta(days=n) for n in range(min((last - activity.start).days + 1, MOST_DAYS))]


def attends_on(nomination: Nomination | None, day: date, days: Sequence[date]) -> bool:
    """Whether somebody is expected on a day: on all of the activity's `days`, unless some of these were said.

    Who is on the list without a nomination said no days; days that are the activity's no more count for nothing.
    """
    said = set(nomination.days) & set(days) if nomination else set()
    return not said or day in said


def last_day_to_change(invitation: Invitation) -> date | None:
    """The last day on which the delegation can be changed without asking; None for any day."""
    known = [day for day in (invitation.reply_by, invitation.activity.registration_closes) if day]
    return min(known) if known else None


def is_late(invitation: Invitation) -> bool:
    """Whether a change has to be asked for: the day to reply by, or on which registration closed, has passed."""
    last = last_day_to_change(invitation)
    return last is not None and local_day(invitation.activity) > last


_OFF = (NominationState.WITHDRAWN, NominationState.REFUSED)


def everybody(invitation: Invitation) -> list[Nomination]:
    """Everybody who is or was on the delegation, in the order of the sheet."""
    return list(invitation.nominations.select_related("official", "replaces__official").order_by("order", "pk"))


def on_sheet(invitation: Invitation, rows: Sequence[Nomination] | None = None) -> list[Nomination]:
    """Who stands on the sheet; who was withdrawn or not confirmed does not. `rows` is `everybody`, where it was read."""
    return [row for row in (everybody(invitation) if rows is None else rows) if row.state not in _OFF]


def off_sheet(rows: Sequence[Nomination]) -> list[Nomination]:
    """Of `everybody` those not on the sheet, by name; each with `replacement`, the official who comes instead, or None."""
    instead = {row.replaces_id: row.official for row in rows if row.replaces_id and row.state not in _OFF}
    gone = sorted((row for row in rows if row.state in _OFF), key=lambda row: (row.official.name, row.pk))
    for row in gone:
        row.replacement = instead.get(row.pk)  # type: ignore[attr-defined] # for the page
    return gone


@dataclass(frozen=True)
class LastTime:
    """An earlier activity of the same participant, and who of those who came can be named again."""

    activity: Activity
    people: list[Official]


def last_times(invitation: Invitation) -> list[LastTime]:
    """The last three activities to which the participant sent somebody, newest first, with those still in its service."""
    own = Delegate.objects.filter(participant=invitation.participant, withdrawn_at__isnull=True)
    times = Activity.objects.filter(pk__in=own.exclude(activity=invitation.activity).values("activity"))
    latest = times.order_by(F("start").desc(nulls_last=True), "-pk").values("pk")[:LAST_TIMES]
    here = Q(official__period_to__isnull=True) | Q(official__period_to__gte=today())
    came = own.filter(here, activity__in=latest).select_related("activity", "official")
    found: dict[int, LastTime] = {}
    for row in came.order_by(F("activity__start").desc(nulls_last=True), "-activity__pk", "nomination__order", "pk"):
        found.setdefault(row.activity_id, LastTime(row.activity, [])).people.append(row.official)
    return list(found.values())


def last_change(invitation: Invitation) -> LateChange | None:
    """The late change that waits for the secretariat's word, else the one asked for last."""
    return invitation.late_changes.order_by("-asked_at", "-pk").first()


def open_change(invitation: Invitation) -> LateChange | None:
    """The late change that waits for the secretariat's word."""
    return invitation.late_changes.filter(state=LateChangeState.ASKED).first()


def changes_to_decide(user: AnyUser) -> Any:
    """Late changes that wait for the secretariat, the oldest first."""
    rows = LateChange.objects.visible_to(user).filter(state=LateChangeState.ASKED).exclude(invitation__state="withdrawn")
    return rows.select_related("invitation__activity", "invitation__participant").order_by("asked_at", "pk")
