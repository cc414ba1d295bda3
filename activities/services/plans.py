"""Plans that change: an activity is cancelled, postponed, given new dates, or planned again; those invited are told."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from activities.enums import ActivityStatus, StatusChangeKind
from activities.models import Activity, StatusChange
from activities.models.lifecycles import ACTIVITY_TRANSITIONS, TransitionError, check_transition
from activities.selectors_told import who_is_told
from activities.services.certificates import end_certificates_of
from activities.services.delegates import entries_after_change
from activities.services.programme import check_programme
from members.audit import acting
from members.enums import DatePrecision, DeliveryState
from members.errors import Conflict, DomainError
from members.mail import render_mail
from members.models import Delivery, User
from members.permissions import check_can
from members.roles import Permission
from members.selectors_recipients import Recipient
from members.services.outbox import Enclosure, queue_delivery, recall_unsent, recipient_key

KIND = "activity_change"  # of the messages


@dataclass(frozen=True)
class Dates:
    """Dates as far as they are known; `end` is the last day that they may mean, None for one day."""

    start: date | None = None
    end: date | None = None
    precision: str = DatePrecision.UNKNOWN


_AHEAD = (ActivityStatus.PLANNED, ActivityStatus.UNDER_CONSIDERATION, ActivityStatus.POSTPONED)
type Reasons = Mapping[str, str]  # language -> why


@transaction.atomic
def cancel_activity(*, activity: Activity, reasons: Reasons, expected_version: int, by: User) -> StatusChange:
    """Call an activity off. Its page stays, says why, and those invited are told. Raises DomainError without a reason."""
    found = _locked(activity, expected_version, by)
    _check_reason(reasons)
    return _change(
        found, StatusChangeKind.CANCELLED, ActivityStatus.CANCELLED, reasons, _dates(found), by, verb="cancel_activity"
    )


@transaction.atomic
def postpone_activity(
    *, activity: Activity, reasons: Reasons, expected_version: int, by: User, new: Dates | None = None
) -> StatusChange:
    """Put an activity off: to `new` dates, when it stays planned, or to dates not yet set, when it is undated until then."""
    found = _locked(activity, expected_version, by)
    _check_reason(reasons)
    if found.status != ActivityStatus.PLANNED:
        raise DomainError(_("Only an activity that is planned can be postponed."))
    dates = new or Dates()
    if dates.start is not None:
        _check_differ(found, dates)
    status = ActivityStatus.PLANNED if dates.start else ActivityStatus.POSTPONED
    return _change(found, StatusChangeKind.POSTPONED, status, reasons, dates, by, verb="postpone_activity")


@transaction.atomic
def set_new_dates(
    *, activity: Activity, new: Dates, expected_version: int, by: User, reasons: Reasons | None = None
) -> StatusChange:
    """Give a postponed activity its new dates: it is planned again. Raises DomainError where it is not postponed."""
    found = _locked(activity, expected_version, by)
    if found.status != ActivityStatus.POSTPONED:
        raise DomainError(_("This activity is not postponed."))
    if new.start is None:
        raise DomainError(_("Enter the first day as far as it is known."), field="start")
    return _change(found, StatusChangeKind.NEW_DATES, ActivityStatus.PLANNED, reasons or {}, new, by, verb="set_new_dates")


@transaction.atomic
def reinstate_activity(*, activity: Activity, expected_version: int, by: User, reasons: Reasons | None = None) -> StatusChange:
    """Take a cancellation back. News of it that has not left yet is held back, and those who got none get none now."""
    found = _locked(activity, expected_version, by)
    if found.status != ActivityStatus.CANCELLED:
        raise DomainError(_("This activity is not cancelled."))
    last = found.status_changes.filter(kind=StatusChangeKind.CANCELLED).last()
    status, held = ActivityStatus.PLANNED, set[str]()
    if last is not None:
        status = ActivityStatus(last.old_status) if last.old_status in _AHEAD else status
        news = Delivery.objects.filter(kind=KIND, key__startswith=f"{KIND}:{last.pk}:")
        recall_unsent(deliveries=news, reason="The cancellation was taken back before this message left.", by=by)
        held = {key.rpartition(":")[2] for key in news.filter(state=DeliveryState.WITHHELD).values_list("key", flat=True)}
    return _change(
        found, StatusChangeKind.REINSTATED, status, reasons or {}, _dates(found), by, verb="reinstate_activity", untold=held
    )


def check_may(activity: Activity, status: ActivityStatus) -> None:
    """Raise DomainError where `status` cannot follow the present one."""
    try:
        check_transition(ACTIVITY_TRANSITIONS, activity.status, status)
    except TransitionError as error:
        raise DomainError(
            _("This cannot be done with an activity that is %(status)s.") % {"status": activity.get_status_display().lower()}
        ) from error


def _locked(activity: Activity, expected_version: int, by: User) -> Activity:
    check_can(by, Permission.RECORD_ACTIVITIES)
    found = Activity.objects.select_for_update().get(pk=activity.pk)
    if found.version != expected_version:
        raise Conflict(_("Somebody else changed this activity while you were editing it."), current=found)
    if found.withdrawn_at:
        raise DomainError(_("A withdrawn activity is not changed any more."))
    return found


def _check_reason(reasons: Reasons) -> None:
    if not reasons.get("en", "").strip():
        raise DomainError(_("Say why."), field="reason_en")


def _dates(activity: Activity) -> Dates:
    return Dates(activity.start, activity.end, activity.date_precision)


def _check_differ(activity: Activity, new: Dates) -> None:
    if (new.start, new.end or new.start, new.precision) == (
        activity.start,
        activity.end or activity.start,
        activity.date_precision,
    ):
        raise DomainError(_("These are the dates that it has already."), field="start")


def _change(  # noqa: PLR0913, PLR0917 - a change of plan has these parts
    found: Activity,
    kind: StatusChangeKind,
    status: ActivityStatus,
    reasons: Reasons,
    new: Dates,
    by: User,
    *,
    verb: str,
    untold: Collection[str] = (),
) -> StatusChange:
    """Store the change, its reason and the dates as they were, and queue the news of it."""
    if status != found.status:
        check_may(found, status)
    change = StatusChange(activity=found, kind=kind, made_by=by, old_status=found.status)
    change.reason_en, change.reason_id = (reasons.get(language, "").strip() for language in ("en", "id"))
    change.old_start, change.old_end, change.old_precision = found.start, found.end, found.date_precision
    change.new_start, change.new_end, change.new_precision = new.start, new.end, new.precision
    _move(found, status, new, verb, by)
    change.save()
    if status == ActivityStatus.CANCELLED:
        end_certificates_of(activity=found, by=by)
    if found.is_published:
        entries = entries_after_change(found)
        for recipient in who_is_told(found):
            _write(change, recipient, by, untold, entries)
    return change


def _move(found: Activity, status: ActivityStatus, new: Dates, verb: str, by: User) -> None:
    before = _last_known_days(found)
    found.status = status
    found.start, found.end, found.date_precision = new.start, new.end, new.precision
    found.version += 1
    with acting(by=by, verb=verb):
        found.full_clean()
        found.save()
        if before and new.start and new.precision == DatePrecision.DAY and new.start != before:
            _shift_programme(found, new.start - before)
        check_programme(found)


def _last_known_days(found: Activity) -> date | None:
    """First day that the programme was made for, where that is known to the day."""
    if found.start is not None:
        return found.start if found.date_precision == DatePrecision.DAY else None
    last = found.status_changes.filter(old_start__isnull=False).last()
    return last.old_start if last and last.old_precision == DatePrecision.DAY else None


def _shift_programme(found: Activity, by_days: timedelta) -> None:
    """Each part of the programme keeps its place among the days."""
    for row in found.sessions.all():
        row.day += by_days
        row.version += 1
        row.save()


def _write(
    change: StatusChange, recipient: Recipient, by: User, untold: Collection[str], entries: Mapping[str, list[Enclosure]]
) -> None:
    """The news to one recipient; a delegate's own calendar entry comes with it."""
    to: Any = recipient.to
    if to is None or not recipient.is_reachable or recipient_key(to) in untold:
        return
    activity = change.activity
    context = {
        "activity": activity,
        "change": change,
        "participant": recipient.participant,
        "recipient": to,
        "link": f"{settings.ORIGIN}/activities/{activity.reference}/",
        "ics": f"{settings.ORIGIN}/activities/{activity.reference}.ics",
    }
    subject, text, html = render_mail(KIND, context, recipient.language)
    queue_delivery(
        kind=KIND,
        to=to,
        key=f"{KIND}:{change.pk}:{recipient_key(to)}",
        subject=subject,
        text=text,
        html=html,
        language=recipient.language,
        attachments=entries.get(recipient_key(to), []),
        email=recipient.email,
        send_after=timezone.now() + timedelta(seconds=settings.RECALL_SECONDS),
        by=by,
    )
