"""Delegations: whom a participant names, on one sheet, until the reply is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from activities.enums import ActivityStatus, AttendanceMode, DelegatePart, InvitationState, NominationState
from activities.models import Activity, Delegate, Invitation, Nomination
from activities.services.invitations import invitation_address
from members.audit import acting
from members.errors import DomainError
from members.mail import render_mail
from members.models import Official, User
from members.models.base import today
from members.permissions import check_can
from members.roles import Permission
from members.services.outbox import queue_delivery


@dataclass(frozen=True)
class Nominee:
    """One person on the sheet. `official` is the key of somebody who is on the delegation already."""

    name: str
    position: str
    email: str
    part: DelegatePart = DelegatePart.DELEGATE
    mode: AttendanceMode = AttendanceMode.IN_PERSON
    official: int | None = None
    name_own_script: str = ""
    meal: str = ""
    access_needs: str = ""
    visa_letter: bool = False


def local_day(activity: Activity) -> date:
    """The day it is in the activity's own zone, by which its deadlines count."""
    try:
        return timezone.now().astimezone(ZoneInfo(activity.time_zone)).date() if activity.time_zone else today()
    except (ZoneInfoNotFoundError, ValueError):
        return today()


def check_open(invitation: Invitation) -> None:
    """Raise DomainError once the answer is closed: withdrawn, past the day to reply by, or no longer ahead."""
    activity = invitation.activity
    if invitation.state == InvitationState.WITHDRAWN:
        raise DomainError(_("This invitation was withdrawn."))
    if activity.status in {ActivityStatus.CANCELLED, ActivityStatus.HELD} or activity.withdrawn_at:
        raise DomainError(_("This activity is over, or was cancelled."))
    if invitation.reply_by and local_day(activity) > invitation.reply_by:
        raise DomainError(_("The day to reply by has passed. Write to the secretariat to change the delegation."))


@transaction.atomic
def submit_delegation(*, invitation: Invitation, nominees: Sequence[Nominee], token: str, by: User) -> list[Nomination]:
    """Make the delegation what the sheet says: new people join, others are changed, missing ones are withdrawn.

    The places are counted under a lock on the activity. The same `token` again changes nothing. Raises DomainError.
    """
    check_can(by, Permission.NOMINATE, participant=invitation.participant)
    activity = Activity.objects.select_for_update().get(pk=invitation.activity_id)
    found = Invitation.objects.select_for_update().select_related("activity", "participant").get(pk=invitation.pk)
    if token and found.nominations.filter(submit_token=token).exists():
        return list(found.nominations.exclude(state=NominationState.WITHDRAWN))
    check_open(found)
    _check_sheet(found, activity, nominees)
    with acting(by=by, verb="submit_delegation"):
        officials = [_official(found, nominee) for nominee in nominees]
        _withdraw_missing(found, {official.pk for official in officials}, by)
        Delegate.objects.filter(nomination__invitation=found, part=DelegatePart.HEAD).update(part=DelegatePart.DELEGATE)
        made = [_nominate(found, official, nominee, token, by) for official, nominee in zip(officials, nominees, strict=True)]
        _answer(found, InvitationState.ACCEPTED, by)
    _acknowledge(found, made, by)
    return made


def _check_sheet(invitation: Invitation, activity: Activity, nominees: Sequence[Nominee]) -> None:
    if not nominees:
        raise DomainError(_("Name at least one delegate, or decline the invitation."))
    emails = [nominee.email.casefold() for nominee in nominees]
    if len(set(emails)) != len(emails):
        raise DomainError(_("The same e-mail address stands twice on the sheet."))
    if sum(nominee.part == DelegatePart.HEAD for nominee in nominees) > 1:
        raise DomainError(_("A delegation has one head."))
    if invitation.quota and len(nominees) > invitation.quota:
        raise DomainError(_("There are %(number)d places for each participant.") % {"number": invitation.quota})
    if activity.capacity is not None:
        others = Nomination.objects.filter(invitation__activity=activity).exclude(invitation=invitation)
        taken = others.filter(state__in=[NominationState.SUBMITTED, NominationState.CONFIRMED]).count()
        if taken + len(nominees) > activity.capacity:
            left = max(activity.capacity - taken, 0)
            raise DomainError(
                _("Only %(number)d places are left. Name fewer people, or write to the secretariat.") % {"number": left}
            )


def _official(invitation: Invitation, nominee: Nominee) -> Official:
    """The official of this participant with this address, or a new one; nobody of another participant is touched."""
    own = Official.objects.filter(participant=invitation.participant, period_to__isnull=True)
    official = own.filter(pk=nominee.official).first() if nominee.official else None
    same_address = own.filter(email__iexact=nominee.email).first()
    if official and same_address and official.pk != same_address.pk:
        raise DomainError(_("Another official of this participant has the address %(email)s.") % {"email": nominee.email})
    official = official or same_address or Official(participant=invitation.participant)
    official.name, official.position, official.email = nominee.name, nominee.position, nominee.email
    official.name_own_script = nominee.name_own_script or official.name_own_script
    official.version += 1
    official.full_clean(exclude=["user"])
    official.save()
    return official


def _nominate(invitation: Invitation, official: Official, nominee: Nominee, token: str, by: User) -> Nomination:
    nomination = invitation.nominations.filter(official=official).first() or Nomination(
        invitation=invitation, official=official, submitted_by=by
    )
    if nomination.state in {NominationState.WITHDRAWN, NominationState.REFUSED}:
        nomination.state = NominationState.SUBMITTED
    nomination.part, nomination.mode, nomination.submit_token = nominee.part, nominee.mode, token
    nomination.meal, nomination.access_needs, nomination.visa_letter = nominee.meal, nominee.access_needs, nominee.visa_letter
    nomination.submitted_at, nomination.submitted_by = timezone.now(), by
    nomination.version += 1
    nomination.save()
    if not invitation.activity.confirm_delegates or nomination.state == NominationState.CONFIRMED:
        _make_delegate(nomination)
    return nomination


def _make_delegate(nomination: Nomination) -> Delegate:
    activity = nomination.invitation.activity
    delegate = Delegate.objects.filter(activity=activity, official=nomination.official).first() or Delegate(
        activity=activity, official=nomination.official, participant=nomination.invitation.participant
    )
    delegate.part, delegate.mode, delegate.nomination = nomination.part, nomination.mode, nomination
    delegate.title = nomination.official.position
    delegate.withdrawn_at = delegate.withdrawn_by = None
    delegate.version += 1
    delegate.save()
    return delegate


def _withdraw_missing(invitation: Invitation, kept: set[int], by: User) -> None:
    for nomination in invitation.nominations.exclude(official__in=kept).exclude(state=NominationState.WITHDRAWN):
        nomination.state = NominationState.WITHDRAWN
        nomination.version += 1
        nomination.save()
        Delegate.objects.filter(nomination=nomination).update(
            withdrawn_at=timezone.now(), withdrawn_by=by, part=DelegatePart.DELEGATE
        )


def _answer(invitation: Invitation, state: InvitationState, by: User, note: str | None = None) -> None:
    invitation.state = state
    invitation.replied_at, invitation.replied_by = timezone.now(), by
    invitation.reply_note = note if note is not None else invitation.reply_note
    invitation.version += 1
    invitation.save()


@transaction.atomic
def decline_invitation(*, invitation: Invitation, note: str, by: User) -> Invitation:
    """Answer that the participant will not take part; people named before are withdrawn. Participation is voluntary [39]."""
    check_can(by, Permission.NOMINATE, participant=invitation.participant)
    found = Invitation.objects.select_for_update().select_related("activity", "participant").get(pk=invitation.pk)
    check_open(found)
    with acting(by=by, verb="decline_invitation"):
        _withdraw_missing(found, set(), by)
        _answer(found, InvitationState.DECLINED, by, note)
    return found


@transaction.atomic
def confirm_delegate(*, nomination: Nomination, by: User, accept: bool = True) -> Nomination:
    """The secretariat's yes or no, where the activity says that it confirms delegates."""
    check_can(by, Permission.ISSUE_INVITATIONS)
    found = Nomination.objects.select_for_update().select_related("invitation__activity", "official").get(pk=nomination.pk)
    if found.state == NominationState.WITHDRAWN:
        raise DomainError(_("This nomination was withdrawn."))
    with acting(by=by, verb="confirm_delegate" if accept else "refuse_delegate"):
        found.state = NominationState.CONFIRMED if accept else NominationState.REFUSED
        found.version += 1
        found.save()
        if accept:
            _make_delegate(found)
    return found


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
        "delegates": [nomination.official for nomination in nominations],
        "address": invitation_address(invitation),
        "url": invitation_address(invitation),
    }
    subject, text, html = render_mail("nomination_acknowledgement", context, language)
    key = f"nomination:{invitation.pk}.{invitation.version}:official-{official.pk}"
    queue_delivery(
        kind="nomination_acknowledgement", to=official, key=key, subject=subject, text=text, html=html, language=language, by=by
    )


def last_delegation(invitation: Invitation) -> list[Official]:
    """Who came for this participant last time."""
    before = Delegate.objects.filter(participant=invitation.participant, withdrawn_at__isnull=True).exclude(
        activity=invitation.activity
    )
    latest = before.order_by("-activity__start", "-activity__pk").first()
    if latest is None:
        return []
    return [row.official for row in before.filter(activity=latest.activity).select_related("official").order_by("pk")]
