"""Invitations: from the secretariat to participants, through whoever speaks for them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from activities.enums import ActivityStatus, InvitationState
from activities.models import Activity, Invitation
from activities.models.lifecycles import INVITATION_TRANSITIONS, TransitionError, check_transition
from members.audit import acting
from members.errors import DomainError
from members.mail import render_mail
from members.models import Participant, User
from members.permissions import check_can
from members.roles import Permission
from members.selectors_recipients import Recipient, for_matter, for_participants
from members.services.outbox import queue_delivery, recipient_key

OPEN = (ActivityStatus.PLANNED, ActivityStatus.UNDER_CONSIDERATION, ActivityStatus.POSTPONED)


@transaction.atomic
def issue_invitations(
    *, activity: Activity, participants: Iterable[Participant], by: User, reply_by: date | None = None, quota: int | None = None
) -> list[Invitation]:
    """Invite participants and queue a letter to each of their recipients; those invited already are left as they are.

    Returns the new invitations. Raises DomainError for an activity that is not ahead, or not published.
    """
    check_can(by, Permission.ISSUE_INVITATIONS)
    found = Activity.objects.select_for_update().get(pk=activity.pk)
    if found.status not in OPEN or found.withdrawn_at:
        raise DomainError(_("Invitations are issued for activities that are still ahead."))
    if not found.published_at:
        raise DomainError(_("Publish the activity first: whoever is invited must be able to read it."))
    issued = set(found.invitations.filter(state__in=_standing()).values_list("participant", flat=True))
    wanted = [participant for participant in participants if participant.pk not in issued]
    with acting(by=by, verb="issue_invitations"):
        new = [_issue(found, participant, by, reply_by, quota) for participant in wanted]
        by_participant = {invitation.participant_id: invitation for invitation in new}
        for recipient in _recipients(found, wanted):
            _write(by_participant[recipient.participant.pk], recipient, by)
    return new


def _recipients(activity: Activity, participants: list[Participant]) -> list[Recipient]:
    """The focal points, who register the delegation, and the offices of the ministries whose portfolios are wanted [16, 18]."""
    found = for_participants(participants)
    if portfolios := list(activity.portfolios.all()):
        written = {recipient.to for recipient in found}
        found += [row for row in for_matter(participants, portfolios=portfolios) if row.to and row.to not in written]
    return found


def _standing() -> list[str]:
    return [str(state) for state in InvitationState if state not in {InvitationState.DRAFT, InvitationState.WITHDRAWN}]


def _issue(activity: Activity, participant: Participant, by: User, reply_by: date | None, quota: int | None) -> Invitation:
    invitation, _made = Invitation.objects.select_for_update().get_or_create(activity=activity, participant=participant)
    check_transition(INVITATION_TRANSITIONS, invitation.state, InvitationState.ISSUED)
    invitation.state = InvitationState.ISSUED
    invitation.issued_at, invitation.issued_by = timezone.now(), by
    invitation.withdrawn_at = invitation.withdrawn_by = None
    invitation.reply_by = reply_by or activity.reply_by
    invitation.quota = quota or activity.quota
    invitation.version += 1
    invitation.save()
    return invitation


def invitation_address(invitation: Invitation) -> str:
    """The page where the participant answers."""
    path = reverse("activities:delegation", args=[invitation.participant.slug, invitation.pk])
    return f"{settings.ORIGIN}{path}"


def _write(invitation: Invitation, recipient: Recipient, by: User, *, kind: str = "invitation") -> None:
    """Queue the letter to one recipient; a participant whom nobody can be written to stays visible on the desk."""
    if recipient.to is None or not recipient.is_reachable:
        return
    context = {
        "activity": invitation.activity,
        "invitation": invitation,
        "participant": invitation.participant,
        "recipient": recipient.to,
        "address": invitation_address(invitation),
        "url": invitation_address(invitation),
    }
    subject, text, html = render_mail("invitation", context, recipient.language)
    queue_delivery(
        kind=kind,
        to=recipient.to,
        key=f"{kind}:{_number(invitation)}:{recipient_key(recipient.to)}",
        subject=subject,
        text=text,
        html=html,
        language=recipient.language,
        by=by,
    )


def _number(invitation: Invitation) -> str:
    """The invitation in a delivery's key; one that was withdrawn and issued again is written anew."""
    first_issue = 2
    return str(invitation.pk) if invitation.version <= first_issue else f"{invitation.pk}.{invitation.version}"


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


@transaction.atomic
def remind(*, invitation: Invitation, by: User, today: date) -> int:
    """Write again to a participant that has not answered; once a day. Returns the number of letters."""
    check_can(by, Permission.ISSUE_INVITATIONS)
    found = Invitation.objects.select_related("activity", "participant").get(pk=invitation.pk)
    if found.state != InvitationState.ISSUED:
        raise DomainError(_("This participant has answered, or is not invited any more."))
    written = [recipient for recipient in for_participants([found.participant]) if recipient.is_reachable]
    for recipient in written:
        _write(found, recipient, by, kind=f"reminder-{today:%Y%m%d}")
    return len(written)
