"""Issuing invitations: the rows hold the work; a task takes the issue's id and writes to one participant after the other.

Each participant is claimed, its letters are laid out, and then one transaction issues the invitation, queues a message to
each recipient and settles the row. A worker may be killed at any point: what it had claimed is claimed again once the
lease is over, and nobody is written to twice.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, timedelta

from celery import shared_task
from django.db import OperationalError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from activities.delivery import INVITATION, Enclosed, date_for_calendars, invitation_address, keep, write
from activities.enums import ActivityStatus, InvitationState
from activities.enums_invitations import IssueState
from activities.models import Activity, Invitation, IssueItem, IssueRun
from activities.models.lifecycles import INVITATION_TRANSITIONS, ISSUE_TRANSITIONS, check_transition
from activities.rendering import ASSETS, LetterParts, letter_html, letter_language, letter_title
from activities.selectors_invitations import Basis, basis_of, is_by_note, recipients_of
from members.audit import acting
from members.enums import Channel, LetterKind
from members.models import Participant, Process, User
from members.rendering import RenderingError, render_pdf
from members.selectors_recipients import Recipient

logger = logging.getLogger(__name__)
AHEAD = (ActivityStatus.PLANNED, ActivityStatus.UNDER_CONSIDERATION, ActivityStatus.POSTPONED)
CHUNK = 10  # participants; then other documents have their turn
LEASE = timedelta(seconds=180)  # longer than the letters to one participant may take
NOBODY = gettext_noop("Nobody can be written to any more.")
INVITED = gettext_noop("It was invited in the meantime.")
NOT_AHEAD = gettext_noop("The activity is not ahead, or not published any more.")
NO_LETTER = gettext_noop("Its letter could not be laid out.")
NOT_ISSUED = gettext_noop("Something went wrong, and nothing was sent. Issue again.")


@shared_task(ignore_result=True)
def issue(run_id: int) -> None:
    """Write to some participants of one issue that wait, then stand in line again. Running it twice does no harm."""
    if run_issue(run_id, most=CHUNK) == CHUNK:
        wake_issue(run_id)


def wake_issue(run_id: int) -> None:
    """Tell a worker. A queue that is down is only logged: the periodic task finds the rows anyway."""
    try:
        issue.apply_async((run_id,), retry=False)
    except Exception as error:  # noqa: BLE001 - whatever the broker's client raises, the rows are committed
        logger.warning("the queue cannot be woken; the issue waits", extra={"error": type(error).__name__})


def waiting() -> list[int]:
    """Ids of issues that are not finished and that nobody works on now."""
    worked_on = IssueItem.objects.filter(state=IssueState.RUNNING, lease_until__gte=timezone.now()).values("run")
    rows = IssueRun.objects.filter(done_at__isnull=True).exclude(pk__in=worked_on)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def run_issue(run_id: int, *, most: int = 1000) -> int:
    """Write to one participant after the other until nobody waits, to `most` at once. Returns how many were taken up."""
    taken = 0
    while taken < most and (item := claim(run_id)):
        _work(item)
        taken += 1
    finish(run_id)
    return taken


@transaction.atomic
def claim(run_id: int) -> IssueItem | None:
    """Take the next participant for this worker, with a lease; None where nobody waits."""
    now = timezone.now()
    free = Q(state=IssueState.WAITING) | Q(state=IssueState.RUNNING, lease_until__lt=now)
    rows = IssueItem.objects.filter(free, run_id=run_id).order_by("number").select_for_update(of=("self",), skip_locked=True)
    item = rows.select_related("run__rule__topic", "run__letter", "run__note_verbale", "participant__region").first()
    if item is None:
        return None
    check_transition(ISSUE_TRANSITIONS, item.state, IssueState.RUNNING)
    item.state, item.lease_until = IssueState.RUNNING, now + LEASE
    item.save(update_fields=["state", "lease_until"])
    return item


@dataclass(frozen=True)
class Written:
    """The letter to one recipient, laid out and stored."""

    recipient: Recipient
    enclosed: Enclosed


def _work(item: IssueItem) -> bool:
    """Lay out and settle one participant; whatever goes wrong belongs to it alone."""
    try:
        recipients = recipients_of(item.run.rule, [item.participant]).get(item.participant.pk, [])
        invitation = _invitation(item)
        letters = [Written(row, _letter(item, invitation, row)) for row in recipients]
        return settle(item, letters)
    except RenderingError as error:
        logger.warning("a letter was not laid out", extra={"item": item.pk, "error": str(error)})
    except OperationalError:
        raise  # the database is away: the lease ends, and another turn takes the participant up again
    except Exception:
        # Nothing of one participant may hold up those behind it: it is named on the page, with a way to issue again.
        logger.exception("an invitation was not issued", extra={"item": item.pk})
        return give_up(item, IssueState.FAILED, NOT_ISSUED)
    return give_up(item, IssueState.FAILED, NO_LETTER)


@transaction.atomic
def _invitation(item: IssueItem) -> Invitation:
    """The row that the letter's link names; it stays a draft, seen by nobody else, until the letters are queued."""
    with acting(by=item.run.started_by, verb="issue_invitations"):
        made, _new = Invitation.objects.get_or_create(activity_id=item.run.activity_id, participant=item.participant)
    return made


def _letter(item: IssueItem, invitation: Invitation, recipient: Recipient) -> Enclosed:
    """Raises RenderingError."""
    run = item.run
    wanted = run.note_verbale if is_by_note(run.rule, recipient) else run.letter
    letter = wanted or run.letter or run.note_verbale  # a way that changed since the preview gets the form there is
    if letter is None:
        raise RenderingError("the issue has no letter")
    number = f"{letter.reference}/{item.number}"
    parts = LetterParts(
        letter=letter,
        number=number,
        day=run.day,
        process=Process.objects.get(),
        activity=Activity.objects.get(pk=run.activity_id),
        participant=item.participant,
        recipient=recipient,
        is_note_verbale=letter.kind == LetterKind.NOTE_VERBALE,
        is_open=basis_of(run.rule, item.participant) == Basis.OPEN,
        reply_by=run.reply_by,
        quota=run.quota,
        url=invitation_address(invitation),
    )
    pdf = render_pdf(
        letter_html(parts), assets=ASSETS, language=letter_language(recipient), title=letter_title(parts), created=run.day
    )
    file = keep(pdf, filename=f"{letter.reference}-{item.number}.pdf", media_type="application/pdf")
    return Enclosed(letter, number, parts.is_note_verbale, file)


@transaction.atomic
def settle(claimed: IssueItem, letters: list[Written]) -> bool:
    """Issue the invitation, queue its messages and settle the row, if it is still this worker's. Returns whether it was."""
    item = _own(claimed)
    if item is None:
        return False
    activity = Activity.objects.select_for_update().get(pk=claimed.run.activity_id)
    if not is_ahead(activity):
        return give_up(claimed, IssueState.SKIPPED, NOT_AHEAD)
    known = Invitation.objects.filter(activity=activity, participant=claimed.participant)
    if known.exclude(state__in=[InvitationState.DRAFT, InvitationState.WITHDRAWN]).exists():
        return give_up(claimed, IssueState.SKIPPED, INVITED)
    if not letters:
        return give_up(claimed, IssueState.SKIPPED, NOBODY)
    run, by = claimed.run, claimed.run.started_by
    with acting(by=by, verb="issue_invitations"):
        channel = _channel([row.recipient for row in letters])
        invitation = make_standing(
            activity=activity, participant=claimed.participant, by=by, reply_by=run.reply_by, quota=run.quota, channel=channel
        )
        calendar = date_for_calendars(activity)
        for row in letters:
            write(
                invitation=invitation, recipient=row.recipient, kind=INVITATION, by=by, enclosed=row.enclosed, calendar=calendar
            )
    _settle(item, IssueState.DONE, invitation=invitation)
    return True


def is_ahead(activity: Activity) -> bool:
    """Whether invitations to it may go out: ahead, published and not withdrawn."""
    return activity.status in AHEAD and activity.published_at is not None and activity.withdrawn_at is None


def make_standing(  # noqa: PLR0913 - keyword-only
    *,
    activity: Activity,
    participant: Participant,
    by: User,
    reply_by: date | None,
    quota: int | None,
    channel: str = Channel.DIRECT,
) -> Invitation:
    """The participant's invitation, issued by now. Raises TransitionError where it stands already."""
    invitation, _made = Invitation.objects.select_for_update().get_or_create(activity=activity, participant=participant)
    check_transition(INVITATION_TRANSITIONS, invitation.state, InvitationState.ISSUED)
    invitation.state = InvitationState.ISSUED
    invitation.issued_at, invitation.issued_by = timezone.now(), by
    invitation.withdrawn_at = invitation.withdrawn_by = None
    invitation.reply_by = reply_by or activity.reply_by
    invitation.quota = quota or activity.quota
    invitation.channel = channel
    invitation.version += 1
    invitation.save()
    return invitation


def _channel(recipients: list[Recipient]) -> Channel:
    if any(row.passes_on or row.copy_of for row in recipients):
        return Channel.FOREIGN_MINISTRY
    holder = next((row.to for row in recipients if row.to), None)
    return Channel(holder.channel) if holder else Channel.DIRECT


@transaction.atomic
def give_up(claimed: IssueItem, state: IssueState, reason: str) -> bool:
    """Settle the row without an invitation, and say why."""
    item = _own(claimed)
    if item is None:
        return False
    _settle(item, state, reason=reason)
    return True


def _own(claimed: IssueItem) -> IssueItem | None:
    item = IssueItem.objects.select_for_update().get(pk=claimed.pk)
    is_ours = item.state == IssueState.RUNNING and item.lease_until == claimed.lease_until
    return item if is_ours else None


def _settle(item: IssueItem, state: IssueState, *, reason: str = "", invitation: Invitation | None = None) -> None:
    check_transition(ISSUE_TRANSITIONS, item.state, state)
    item.state, item.reason, item.invitation = state, reason, invitation
    item.lease_until, item.settled_at = None, timezone.now()
    item.save()


@transaction.atomic
def finish(run_id: int) -> bool:
    """Close the issue once every row is settled. Returns whether it is closed."""
    run = IssueRun.objects.select_for_update().get(pk=run_id)
    if run.done_at is None and not run.items.filter(state__in=[IssueState.WAITING, IssueState.RUNNING]).exists():
        run.done_at = timezone.now()
        run.save(update_fields=["done_at"])
    return run.done_at is not None
