"""Delegations: whom a participant names, on one sheet, until the reply is due."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from activities.enums import ActivityStatus, DelegatePart, InvitationState, NominationState
from activities.models import Delegate, Invitation, Nomination
from activities.models.lifecycles import NOMINATION_TRANSITIONS, TransitionError, check_transition
from activities.selectors_delegations import is_late, local_day
from activities.services.delegates import settle, tell_withdrawn, untell_withdrawn
from activities.services.invitations import invitation_address
from activities.services.places import fill_places, has_room, lock_activity, lock_invitation
from activities.services.sheets import Nominee, RowError, check_sheet, place, put_sheet, revive, withdraw_all_but, withdraw_one
from members.audit import acting
from members.errors import Conflict, DomainError
from members.mail import render_mail
from members.models import User
from members.permissions import check_can
from members.roles import Permission
from members.services.outbox import queue_delivery

__all__ = ["Nominee", "RowError", "local_day"]


def check_ahead(invitation: Invitation) -> None:
    """Raise DomainError once nothing can be answered any more: withdrawn, or no longer ahead."""
    activity = invitation.activity
    if invitation.state == InvitationState.WITHDRAWN:
        raise DomainError(_("This invitation was withdrawn."))
    if activity.status in {ActivityStatus.CANCELLED, ActivityStatus.HELD} or activity.withdrawn_at:
        raise DomainError(_("This activity is over, or was cancelled."))


def check_open(invitation: Invitation) -> None:
    """Raise DomainError once the answer is closed: withdrawn, past its last day, or no longer ahead."""
    check_ahead(invitation)
    if is_late(invitation):
        raise DomainError(_("The day to reply by has passed. Write to the secretariat to change the delegation."))


def check_can_ask(invitation: Invitation) -> None:
    """Raise DomainError where a late change cannot be asked for: the activity is no longer ahead, or its last day has passed."""
    check_ahead(invitation)
    last = invitation.activity.last_day
    if last is not None and local_day(invitation.activity) > last:
        raise DomainError(_("This activity is over, or was cancelled."))


@transaction.atomic
def submit_delegation(
    *, invitation: Invitation, nominees: Sequence[Nominee], token: str, by: User, expected_version: int | None = None
) -> list[Nomination]:
    """Make the delegation what the sheet says: new people join, others are changed, missing ones are withdrawn.

    The places are counted under a lock on the activity. The same `token` again changes nothing. Raises DomainError, RowError
    with the rows that are wrong, or Conflict where somebody else changed the delegation since `expected_version`.
    """
    check_can(by, Permission.NOMINATE, participant=invitation.participant)
    activity = lock_activity(invitation.activity_id)
    found = lock_invitation(invitation.pk, activity)
    if token and found.nominations.filter(submit_token=token).exists():
        return list(found.nominations.standing())
    check_open(found)
    check_version(found, expected_version)
    check_sheet(found, activity, nominees)
    with acting(by=by, verb="submit_delegation"):
        made = put_sheet(invitation=found, activity=activity, nominees=nominees, token=token, by=by, named_by=by)
        answer_invitation(found, InvitationState.ACCEPTED, by)
    _acknowledge(found, made, by)
    return made


def check_version(invitation: Invitation, expected: int | None) -> None:
    """Raise Conflict where the delegation is not any more what the sheet began from."""
    if expected is not None and invitation.version != expected:
        raise Conflict(_("Somebody else changed this delegation while you were at it."), current=invitation)


def answer_invitation(invitation: Invitation, state: InvitationState, by: User, note: str | None = None) -> None:
    """Write down the participant's answer; the note stays where none is given."""
    invitation.state = state
    invitation.replied_at, invitation.replied_by = timezone.now(), by
    invitation.reply_note = note if note is not None else invitation.reply_note
    invitation.version += 1
    invitation.save()


@transaction.atomic
def decline_invitation(*, invitation: Invitation, note: str, by: User) -> Invitation:
    """Answer that the participant will not take part; people named before are withdrawn. Participation is voluntary [39]."""
    check_can(by, Permission.NOMINATE, participant=invitation.participant)
    activity = lock_activity(invitation.activity_id)
    found = lock_invitation(invitation.pk, activity)
    check_open(found)
    with acting(by=by, verb="decline_invitation"):
        withdraw_all_but(found, set(), by)
        answer_invitation(found, InvitationState.DECLINED, by, note)
        fill_places(activity=activity, by=by)
    return found


def end_delegation(*, invitation: Invitation, by: User) -> None:
    """Withdraw everybody of an invitation that was withdrawn; the places go to who waits. What was held stays as it was."""
    activity = lock_activity(invitation.activity_id)
    if activity.status != ActivityStatus.HELD:
        found = lock_invitation(invitation.pk, activity)
        withdraw_all_but(found, set(), by)
        fill_places(activity=activity, by=by)


@transaction.atomic
def withdraw_nominee(*, nomination: Nomination, by: User) -> Nomination:
    """Take one person off the delegation; the place goes to who waits. Again it changes nothing. Raises DomainError."""
    found = _locked(nomination)
    check_can(by, Permission.NOMINATE, participant=found.invitation.participant)
    check_open(found.invitation)
    if found.state == NominationState.WITHDRAWN:
        return found
    with acting(by=by, verb="withdraw_nominee"):
        withdraw_one(found, by)
        _touch(found.invitation)
        fill_places(activity=found.invitation.activity, first=found.invitation, by=by)
    return found


@transaction.atomic
def restore_nominee(*, nomination: Nomination, by: User) -> Nomination:
    """Undo a withdrawal: the person has the place again where one is free, or waits where the activity has a list.

    Raises DomainError where neither can be, or somebody else comes in the person's place.
    """
    found = _locked(nomination)
    check_can(by, Permission.NOMINATE, participant=found.invitation.participant)
    check_open(found.invitation)
    if found.state != NominationState.WITHDRAWN:
        return found
    _check_can_return(found)
    told, was_confirmed = found.told_at, Delegate.objects.filter(nomination=found).exists()
    with acting(by=by, verb="restore_nominee"):
        if untell_withdrawn(found, by=by):
            found.state = NominationState.SUBMITTED
        else:
            revive(found)
            told = None
        activity = found.invitation.activity
        place(found, waits=not has_room(found.invitation, activity))
        if activity.confirm_delegates and was_confirmed and found.state == NominationState.SUBMITTED:
            found.state = NominationState.CONFIRMED
        _fit_in(found)
        found.told_at = told
        found.version += 1
        found.save()
        settle(found, by=by)
        _touch(found.invitation)
    return found


def _fit_in(found: Nomination) -> None:
    """Whoever comes back finds what was given to others since: there is one head, and one substitute for a person."""
    others = found.invitation.nominations.standing().exclude(pk=found.pk)
    if found.part == DelegatePart.HEAD and others.exclude(state=NominationState.REFUSED).filter(part=DelegatePart.HEAD).exists():
        found.part = DelegatePart.DELEGATE
    if found.replaces_id and others.filter(replaces=found.replaces_id).exists():
        found.replaces = None


def _check_can_return(found: Nomination) -> None:
    instead = found.invitation.nominations.standing().filter(replaces=found).select_related("official").first()
    if instead is not None:
        said = _("%(name)s comes in this person's place. Take that person off the sheet first.")
        raise DomainError(said % {"name": instead.official.name})
    if not found.invitation.activity.waiting_list and not has_room(found.invitation, found.invitation.activity):
        raise DomainError(_("There is no free place any more."))


def _locked(nomination: Nomination) -> Nomination:
    """The nomination with its activity and invitation, all locked, in the one order in which they are."""
    activity = lock_activity(nomination.invitation.activity_id)
    invitation = lock_invitation(nomination.invitation_id, activity)
    found = Nomination.objects.select_for_update(of=("self",)).select_related("official").get(pk=nomination.pk)
    found.invitation = invitation
    return found


def _touch(invitation: Invitation) -> None:
    """Whoever has the sheet open sees that it changed."""
    invitation.version += 1
    invitation.save(update_fields=["version"])


@transaction.atomic
def confirm_delegate(*, nomination: Nomination, by: User, accept: bool = True) -> Nomination:
    """The secretariat's yes or no, where the activity says that it confirms delegates. A no frees the place."""
    check_can(by, Permission.ISSUE_INVITATIONS)
    found = _locked(nomination)
    if found.state == NominationState.WITHDRAWN:
        raise DomainError(_("This nomination was withdrawn."))
    state = NominationState.CONFIRMED if accept else NominationState.REFUSED
    if found.state == state:
        return found
    _check_transition(found, state)
    with acting(by=by, verb="confirm_delegate" if accept else "refuse_delegate"):
        if found.state == NominationState.REFUSED:
            _fit_in(found)
        found.state = state
        found.version += 1
        found.save()
        settle(found, by=by)
        if not accept:
            tell_withdrawn(found, by=by)
            fill_places(activity=found.invitation.activity, first=found.invitation, by=by)
    return found


def _check_transition(found: Nomination, state: NominationState) -> None:
    if found.state == NominationState.WAITING:
        raise DomainError(_("This person is on the waiting list."))
    try:
        check_transition(NOMINATION_TRANSITIONS, found.state, state)
    except TransitionError as error:
        raise DomainError(str(error)) from error
    if found.state == NominationState.REFUSED and not has_room(found.invitation, found.invitation.activity):
        raise DomainError(_("There is no free place any more."))


def _acknowledge(invitation: Invitation, nominations: list[Nomination], by: User) -> None:
    """A mail to who sent the sheet, with what was registered."""
    official = by.officials.filter(participant=invitation.participant).first()
    if official is None or not official.email:
        return
    language = official.language or invitation.participant.language
    context = {
        "activity": invitation.activity,
        "invitation": invitation,
        "participant": invitation.participant,
        "recipient": official,
        "delegates": [row.official for row in nominations if row.state != NominationState.WAITING],
        "waiting": [row.official for row in nominations if row.state == NominationState.WAITING],
        "address": invitation_address(invitation),
        "url": invitation_address(invitation),
    }
    subject, text, html = render_mail("nomination_acknowledgement", context, language)
    key = f"nomination:{invitation.pk}.{invitation.version}:official-{official.pk}"
    queue_delivery(
        kind="nomination_acknowledgement", to=official, key=key, subject=subject, text=text, html=html, language=language, by=by
    )
