"""Invitations: from the secretariat to participants, through whoever speaks for them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from activities.delivery import INVITATION, date_for_calendars, invitation_address, write
from activities.enums import InvitationState
from activities.models import Activity, Invitation
from activities.models.lifecycles import INVITATION_TRANSITIONS, TransitionError, check_transition
from activities.selectors_invitations import standing_invitations
from activities.services.reminders import remind
from activities.tasks import AHEAD, make_standing
from members.audit import acting
from members.errors import DomainError
from members.models import Participant, User
from members.permissions import check_can
from members.roles import Permission
from members.selectors_recipients import Recipient, for_matter, for_participants

__all__ = ["invitation_address", "issue_invitations", "remind", "withdraw_invitation"]


@transaction.atomic
def issue_invitations(
    *, activity: Activity, participants: Iterable[Participant], by: User, reply_by: date | None = None, quota: int | None = None
) -> list[Invitation]:
    """Invite participants and queue a letter to each of their recipients; those invited already are left as they are.

    Returns the new invitations. Raises DomainError for an activity that is not ahead, or not published.
    """
    check_can(by, Permission.ISSUE_INVITATIONS)
    found = Activity.objects.select_for_update().get(pk=activity.pk)
    if found.status not in AHEAD or found.withdrawn_at:
        raise DomainError(_("Invitations are issued for activities that are still ahead."))
    if not found.published_at:
        raise DomainError(_("Publish the activity first: whoever is invited must be able to read it."))
    issued = standing_invitations(found)
    wanted = [participant for participant in participants if participant.pk not in issued]
    with acting(by=by, verb="issue_invitations"):
        new = [
            make_standing(activity=found, participant=participant, by=by, reply_by=reply_by, quota=quota)
            for participant in wanted
        ]
        by_participant = {invitation.participant_id: invitation for invitation in new}
        calendar = date_for_calendars(found) if new else None
        for recipient in _recipients(found, wanted):
            invitation = by_participant[recipient.participant.pk]
            write(invitation=invitation, recipient=recipient, kind=INVITATION, by=by, calendar=calendar)
    return new


def _recipients(activity: Activity, participants: list[Participant]) -> list[Recipient]:
    """The focal points, who register the delegation, and the offices of the ministries whose portfolios are wanted [16, 18]."""
    found = for_participants(participants)
    if portfolios := list(activity.portfolios.all()):
        written = {recipient.to for recipient in found}
        found += [row for row in for_matter(participants, portfolios=portfolios) if row.to and row.to not in written]
    return found


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: User) -> Invitation:
    """Take an invitation back. Raises DomainError where it was withdrawn already."""
    from activities.services.nominations import end_delegation  # which writes letters with the address above

    check_can(by, Permission.ISSUE_INVITATIONS)
    Activity.objects.select_for_update().get(pk=invitation.activity_id)  # before the invitation, as everywhere
    found = Invitation.objects.select_for_update().get(pk=invitation.pk)
    try:
        check_transition(INVITATION_TRANSITIONS, found.state, InvitationState.WITHDRAWN)
    except TransitionError as error:
        raise DomainError(str(error)) from error
    with acting(by=by, verb="withdraw_invitation"):
        found.state = InvitationState.WITHDRAWN
        found.withdrawn_at, found.withdrawn_by = timezone.now(), by
        found.version += 1
        found.save()
        end_delegation(invitation=found, by=by)
    return found
