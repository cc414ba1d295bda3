"""Accounts: by invitation only. A link works once, for one address, one participant and one role."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _

from members.audit import acting
from members.enums import AppointmentRole
from members.errors import DomainError
from members.mail import render_mail
from members.models import AccountInvitation, Appointment, Official, Participant, Seat, Topic, User
from members.models.base import today
from members.permissions import check_can
from members.roles import Permission
from members.services.appointments import appoint

VALID_FOR = timedelta(days=7)
_NEEDS_PARTICIPANT = {AppointmentRole.FOCAL_POINT, AppointmentRole.MINISTRY, AppointmentRole.NATIONAL_LEAD}

_ONE_HOLDER = {AppointmentRole.FOCAL_POINT, AppointmentRole.SEAT}


@dataclass(frozen=True)
class Place:
    """What an invitation is for."""

    role: AppointmentRole
    participant: Participant | None = None
    topic: Topic | None = None
    seat: Seat | None = None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def invite_account(*, email: str, place: Place, by: User, name: str = "", language: str = "en") -> tuple[AccountInvitation, str]:
    """Invite `email` to one place and return the invitation and its link; an open one for the same is replaced.

    Raises DomainError for an address or a place that makes no sense.
    """
    try:
        validate_email(email)
    except ValidationError as error:
        raise DomainError(_("Enter an email address with an @ sign, such as name@ministry.go.id."), field="email") from error
    _check_place(place)
    now, token = timezone.now(), secrets.token_urlsafe(32)
    with acting(by=by, verb="invite_account"):
        open_ones = AccountInvitation.objects.filter(email__iexact=email, role=place.role, participant=place.participant)
        open_ones.filter(topic=place.topic, seat=place.seat, accepted_at=None, revoked_at=None).update(
            revoked_at=now, revoked_by=by
        )
        invitation = AccountInvitation.objects.create(
            email=email.lower(),
            name=name,
            role=place.role,
            participant=place.participant,
            topic=place.topic,
            seat=place.seat,
            token_hash=_hash(token),
            language=language,
            invited_by=by,
            expires_at=now + VALID_FOR,
        )
    return invitation, f"{settings.ORIGIN}{reverse('members:accept_invitation', args=[token])}"


def mail_invitation(invitation: AccountInvitation, link: str) -> None:
    """Send the link. Outside the outbox, which would keep the text: only the hash of a token is ever stored."""
    role = AppointmentRole(invitation.role).label
    place = format_lazy("{}, {}", role, invitation.participant) if invitation.participant else role
    context = {"name": invitation.name, "place": place, "link": link, "expires": invitation.expires_at}
    subject, text, html = render_mail("account_invitation", context, invitation.language)
    send_mail(subject, text, None, [invitation.email], html_message=html)


@transaction.atomic
def invite_and_mail(*, email: str, place: Place, by: User, name: str = "", language: str = "en") -> AccountInvitation:
    """Invite and, once it is committed, mail the link. A mail server that is down does not undo the invitation."""
    invitation, link = invite_account(email=email, place=place, by=by, name=name, language=language)
    transaction.on_commit(lambda: mail_invitation(invitation, link), robust=True)
    return invitation


def _check_place(place: Place) -> None:
    if place.role in _NEEDS_PARTICIPANT and place.participant is None:
        raise DomainError(_("Say for which participant."), field="participant")
    if place.role == AppointmentRole.FOCAL_POINT and place.topic is None:
        raise DomainError(_("Say for which topic."), field="topic")
    if place.role == AppointmentRole.SEAT and place.seat is None:
        raise DomainError(_("Say for which seat."), field="seat")


def open_invitation(token: str) -> AccountInvitation | None:
    """The invitation behind a link that can still be used; None for a wrong, used, revoked or old one."""
    found = AccountInvitation.objects.filter(token_hash=_hash(token), accepted_at=None, revoked_at=None)
    return (
        found.filter(expires_at__gt=timezone.now())
        .select_related("participant", "topic", "seat__role", "seat__participant")
        .first()
    )


@transaction.atomic
def accept_invitation(*, token: str, name: str, password: str) -> User:
    """Make or extend the account behind an invitation, once. Raises DomainError when it cannot be used any more."""
    locked = AccountInvitation.objects.select_for_update().filter(token_hash=_hash(token), accepted_at=None, revoked_at=None)
    invitation = locked.filter(expires_at__gt=timezone.now()).first()
    if invitation is None:
        raise DomainError(_("This invitation was used, withdrawn or is too old. Ask the secretariat for a new one."))
    user = User.objects.filter(email__iexact=invitation.email).first()
    if user is None:
        user = User.objects.create_user(invitation.email, password, language=invitation.language)
    elif not user.is_active:
        raise DomainError(_("This account is closed. Ask the secretariat."))
    elif not user.check_password(password):
        raise DomainError(_("This address has an account already. Enter its password."), field="password")
    with acting(by=user, verb="accept_invitation"):
        EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
        seat_holder = invitation.seat.participant if invitation.seat else None
        official = _official_of(user, invitation, invitation.participant or seat_holder, name)
        if not _holds(official, invitation):
            appoint(
                official=official,
                role=AppointmentRole(invitation.role),
                participant=invitation.participant,
                topic=invitation.topic,
                seat=invitation.seat,
                by=user,
            )
        invitation.accepted_at, invitation.accepted_by = timezone.now(), user
        invitation.save(update_fields=["accepted_at", "accepted_by"])
    return user


def _official_of(user: User, invitation: AccountInvitation, participant: Participant | None, name: str) -> Official:
    """The person on record behind the account: by account, else the one the secretariat entered with this address."""
    own = Official.objects.filter(participant=participant, period_to=None)
    official = own.filter(user=user).first() or own.filter(user=None, email__iexact=user.email).first()
    if official is None:
        return Official.objects.create(
            user=user, participant=participant, name=name, email=user.email, language=invitation.language
        )
    if official.user_id is None:
        official.user = user
        official.version += 1
        official.save(update_fields=["user", "version"])
    return official


def _holds(official: Official, invitation: AccountInvitation) -> bool:
    """Whether the official was put into the place before the account was made, as after a handover."""
    place = {"role": invitation.role, "participant": invitation.participant, "topic": invitation.topic, "seat": invitation.seat}
    return official.appointments.filter(**place, ended_at=None).exclude(period_to__lt=today()).exists()


@transaction.atomic
def revoke_invitation(*, invitation: AccountInvitation, by: User) -> None:
    """Take an open invitation back. Raises DomainError when it was accepted."""
    found = AccountInvitation.objects.select_for_update().get(pk=invitation.pk)
    if found.accepted_at:
        raise DomainError(_("The invitation was accepted already."))
    if found.revoked_at is None:
        with acting(by=by, verb="revoke_invitation"):
            found.revoked_at, found.revoked_by = timezone.now(), by
            found.save(update_fields=["revoked_at", "revoked_by"])


@transaction.atomic
def invite_from_desk(*, email: str, place: Place, by: User, name: str = "", language: str = "en") -> AccountInvitation:
    """Invite and mail, after looking whether it can be accepted at all. Raises DomainError with the field it is about."""
    check_can(by, Permission.INVITE_ACCOUNTS)
    _check_place(place)
    named = {"role": place.role, "participant": place.participant, "topic": place.topic, "seat": place.seat}
    current = Appointment.objects.current().filter(**named, official__isnull=False, acting_for=None).select_related("official")
    user = User.objects.filter(email__iexact=email).first()
    if user is not None and not user.is_active:
        raise DomainError(_("The account of this address is closed. Open it again first."), field="email")
    own = Q(official__user=user) if user else Q(official__user=None, official__email__iexact=email)
    if user is not None and current.filter(own).exists():
        raise DomainError(_("This address has an account with this place already."), field="email")
    holder = current.exclude(own).first() if place.role in _ONE_HOLDER else None
    if holder is not None:
        field = "seat" if place.seat else "topic"
        raise DomainError(_("%(name)s holds this place today. Hand it over first.") % {"name": holder.official}, field=field)
    return invite_and_mail(email=email, place=place, by=by, name=name, language=language)


@transaction.atomic
def resend_invitation(*, invitation: AccountInvitation, by: User) -> AccountInvitation:
    """A new link, valid for seven days, by mail; the old link is dead at once. Raises DomainError for one that is over."""
    check_can(by, Permission.INVITE_ACCOUNTS)
    found = AccountInvitation.objects.select_for_update().get(pk=invitation.pk)
    if found.accepted_at or found.revoked_at:
        raise DomainError(_("The invitation was accepted or taken back already."))
    place = Place(AppointmentRole(found.role), found.participant, found.topic, found.seat)
    return invite_and_mail(email=found.email, place=place, by=by, name=found.name, language=found.language)


@transaction.atomic
def choose_language(*, user: User, language: str) -> None:
    """The language in which the portal writes to `user` from now on."""
    with acting(by=user, verb="choose_language"):
        user.language = language
        user.save(update_fields=["language"])
