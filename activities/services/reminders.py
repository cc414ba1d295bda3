"""Reminders to participants that have not answered: once of a kind, to whoever is written to now."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from activities.delivery import REMINDER, date_for_calendars, issue_number, write
from activities.enums import InvitationState
from activities.models import Activity, Invitation, InvitationRule, Reminder
from activities.selectors_invitations import recipients_now, recipients_of
from activities.tasks import is_ahead
from members.audit import acting
from members.errors import DomainError
from members.models import User
from members.permissions import check_can
from members.roles import Permission
from members.selectors_recipients import Recipient
from members.services.outbox import recipient_key


@dataclass(frozen=True)
class Unanswered:
    """One participant that has not answered, who would be reminded, and whether it was today already."""

    invitation: Invitation
    recipients: tuple[Recipient, ...]
    is_reminded: bool


@dataclass(frozen=True)
class Reminders:
    """Who would be reminded now; `digest` is of what was shown."""

    rows: list[Unanswered]

    @property
    def to_send(self) -> list[Unanswered]:
        return [row for row in self.rows if row.recipients and not row.is_reminded]

    @property
    def unreachable(self) -> list[Unanswered]:
        return [row for row in self.rows if not row.recipients]

    @property
    def digest(self) -> str:
        shown = [(row.invitation.pk, [recipient_key(r.to) for r in row.recipients if r.to]) for row in self.to_send]
        return hashlib.sha256(repr(shown).encode()).hexdigest()


def unanswered(activity: Activity, today: date) -> Reminders:
    """Invitations to `activity` that stand without an answer, with who is written to as of now."""
    rows = list(_open(Invitation.objects.filter(activity=activity)))
    rule = InvitationRule.objects.filter(activity=activity).select_related("topic").first()
    written = recipients_of(rule, [row.participant for row in rows])
    kind = _by_hand(today)
    known = set(Reminder.objects.filter(invitation__in=rows).values_list("invitation", "kind"))
    return Reminders(
        [Unanswered(row, tuple(written.get(row.participant_id, ())), (row.pk, _kind(row, kind)) in known) for row in rows]
    )


def _open(rows: Iterable[Invitation]) -> Iterable[Invitation]:
    found = rows.filter(state=InvitationState.ISSUED)  # type: ignore[attr-defined] # a queryset
    return found.select_related("activity", "participant").order_by("participant__name")  # type: ignore[no-any-return]


def _by_hand(today: date) -> str:
    return f"{today:%Y%m%d}"


def _kind(invitation: Invitation, kind: str) -> str:
    """The kind as it is kept; an invitation that was withdrawn and issued again starts anew."""
    _pk, _dot, again = issue_number(invitation).partition(".")
    return f"{kind}.{again}" if again else kind


@transaction.atomic
def remind(*, invitation: Invitation, by: User, today: date) -> int:
    """Write again to a participant that has not answered; once a day. Returns the number of letters."""
    check_can(by, Permission.ISSUE_INVITATIONS)
    found = Invitation.objects.get(pk=invitation.pk)
    if found.state != InvitationState.ISSUED:
        raise DomainError(_("This participant has answered, or is not invited any more."))
    return _remind(found, _by_hand(today), by)


@transaction.atomic
def remind_all(*, activity: Activity, digest: str, by: User, today: date) -> int:
    """Write again to all that have not answered; once a day. Returns the number of letters.

    Raises DomainError where nobody is to be reminded, or the list is another one than was shown.
    """
    check_can(by, Permission.ISSUE_INVITATIONS)
    found = Activity.objects.select_for_update().get(pk=activity.pk)
    if not is_ahead(found):
        raise DomainError(_("Reminders are sent for activities that are still ahead."))
    listed = unanswered(found, today)
    if not listed.to_send:
        raise DomainError(_("There is nobody to remind today."))
    if listed.digest != digest:
        raise DomainError(_("The list has changed since you opened it. Read it again, then send."))
    return sum(_remind(row.invitation, _by_hand(today), by) for row in listed.to_send)


def _remind(invitation: Invitation, kind: str, by: User) -> int:
    """Under the invitation's lock: nothing once it is answered, or once it was reminded in this way."""
    found = Invitation.objects.select_for_update(of=("self",)).select_related("activity", "participant").get(pk=invitation.pk)
    kept = _kind(found, kind)
    if found.state != InvitationState.ISSUED or found.reminders.filter(kind=kept).exists():
        return 0
    recipients = recipients_now(found)
    if not recipients:
        return 0
    calendar = date_for_calendars(found.activity)
    with acting(by=by, verb="remind"):
        sent = [write(invitation=found, recipient=row, kind=f"{REMINDER}-{kind}", by=by, calendar=calendar) for row in recipients]
        Reminder.objects.create(invitation=found, kind=kept, letters=len(sent), sent_by=by)
    return len(sent)


def remind_before_deadline(*, by: User, today: date) -> int:
    """Remind those whose day to reply by is as many days off as their activity's rule says. Returns the number of letters.

    A day on which the clock stood still is made up for: the nearest of the days that have come is taken, and that once.
    """
    near = Q(reply_by__gte=today, reply_by__lte=today + timedelta(days=90))
    rows = Invitation.objects.filter(near, state=InvitationState.ISSUED, activity__invitation_rule__isnull=False)
    rows = rows.select_related("activity__invitation_rule").order_by(F("reply_by").asc(), "pk")
    sent = 0
    for row in rows:
        if row.reply_by and is_ahead(row.activity):
            due = [days for days in row.activity.invitation_rule.remind_days if (row.reply_by - today).days <= days]
            sent += _remind_apart(row, min(due), by) if due and _is_old_enough(row, min(due)) else 0
    return sent


def _is_old_enough(invitation: Invitation, days: int) -> bool:
    """An invitation issued after the day of a reminder needs none."""
    if invitation.issued_at is None or invitation.reply_by is None:
        return False
    return invitation.issued_at.date() < invitation.reply_by - timedelta(days=days)


@transaction.atomic
def _remind_apart(invitation: Invitation, days: int, by: User) -> int:
    return _remind(invitation, f"before-{days}", by)
