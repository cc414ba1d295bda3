"""The second factor of somebody who lost all of it is taken away by two persons: one recognises, another confirms."""

from __future__ import annotations

from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from members.audit import acting
from members.enums import AccountEventKind, IdentityCheck
from members.errors import DomainError
from members.mail import render_mail
from members.models import FactorReset, User
from members.models.visibility import rights_of
from members.permissions import check_can
from members.roles import Permission
from members.services.account_events import official_of, record_event
from members.services.outbox import queue_delivery
from members.services.sessions import end_sessions_of

LAPSES_AFTER = timedelta(hours=48)


def confirmers_of(reset: FactorReset) -> list[User]:
    """Who may confirm: other administrators; the co-chairs where there is none besides starter and person concerned."""
    involved = [reset.started_by_id, reset.user_id]
    administrators = list(User.objects.holding(Permission.INVITE_ACCOUNTS).exclude(pk__in=involved))
    return administrators or list(User.objects.holding(Permission.APPROVE_REPORTS).exclude(pk__in=involved))


def may_confirm(user: User, reset: FactorReset) -> bool:
    """Whether `user` is one of those who may confirm this reset now."""
    return reset.is_running and any(person.pk == user.pk for person in confirmers_of(reset))


@transaction.atomic
def start_reset(*, user: User, check_made: str, evidence: str, by: User) -> FactorReset:
    """Start a reset for `user`, who was recognised as `check_made` says. The person and those who confirm get a mail.

    Raises DomainError for oneself, a closed account, one with a running reset, or without evidence.
    """
    check_can(by, Permission.INVITE_ACCOUNTS)
    if check_made not in {choice for choice in IdentityCheck.values if choice != IdentityCheck.OPERATOR}:
        raise DomainError(_("Choose how you recognised the person."), field="check_made")
    reset = _start(user=user, check_made=check_made, evidence=evidence, by=by)
    for person in confirmers_of(reset):
        _ask(reset, person, by=by)
    return reset


def _start(*, user: User, check_made: str, evidence: str, by: User) -> FactorReset:
    evidence = evidence.strip()[:400]
    if not evidence:
        raise DomainError(_("Say what shows it, such as who called which number and when."), field="evidence")
    if user.pk == by.pk:
        raise DomainError(_("Nobody resets their own second factor. Ask another administrator."))
    locked = User.objects.select_for_update().get(pk=user.pk)
    if not locked.is_active:
        raise DomainError(_("This account is closed. Open it first."))
    now = timezone.now()
    with acting(by=by, verb="start_factor_reset"):
        for old in FactorReset.objects.select_for_update().filter(user=locked, confirmed_at=None, stopped_at=None):
            if old.is_running:
                raise DomainError(_("A reset for this account is running already."))
            old.stopped_at, old.stopped_by = now, User.objects.service_account()  # it lapsed
            old.save(update_fields=["stopped_at", "stopped_by"])
        reset = FactorReset.objects.create(
            user=locked,
            check_made=check_made,
            evidence=evidence,
            started_at=now,
            started_by=by,
            lapses_at=now + LAPSES_AFTER,
        )
    record_event(user=locked, kind=AccountEventKind.RESET_STARTED, by=by)
    return reset


@transaction.atomic
def confirm_reset(*, reset: FactorReset, by: User) -> FactorReset:
    """Take the factors away and end the sessions; the person must set up a new factor at the next sign-in.

    Raises DomainError where the reset is not running any more or `by` is not one of those who may confirm it.
    """
    locked = _locked(reset)
    if not may_confirm(by, locked):
        raise DomainError(_("Somebody other than the one who started it has to confirm: another administrator, or a co-chair."))
    return _confirm(locked, by=by)


def _confirm(reset: FactorReset, *, by: User) -> FactorReset:
    user = reset.user
    with acting(by=by, verb="confirm_factor_reset"):
        reset.confirmed_at, reset.confirmed_by = timezone.now(), by
        reset.save(update_fields=["confirmed_at", "confirmed_by"])
        Authenticator.objects.filter(user=user).delete()
        if user.second_factor_waived:  # only in a trial: after a reset there is no way around a new factor
            user.second_factor_waived = False
            user.save(update_fields=["second_factor_waived"])
    end_sessions_of(user)
    record_event(user=user, kind=AccountEventKind.RESET_CONFIRMED, by=by)
    return reset


@transaction.atomic
def stop_reset(*, reset: FactorReset, by: User) -> FactorReset:
    """Stop a running reset: the person concerned, from an open session, or an administrator. Raises DomainError."""
    locked = _locked(reset)
    if by.pk != locked.user_id and not rights_of(by).is_administrator:
        raise DomainError(_("Only the person concerned or an administrator can stop it."))
    with acting(by=by, verb="stop_factor_reset"):
        locked.stopped_at, locked.stopped_by = timezone.now(), by
        locked.save(update_fields=["stopped_at", "stopped_by"])
    record_event(user=locked.user, kind=AccountEventKind.RESET_STOPPED, by=by)
    return locked


@transaction.atomic
def reset_by_operator(*, user: User, evidence: str) -> FactorReset:
    """Start and confirm at once, for the operator of the server, who acts as the service account. Raises DomainError.

    The last resort where no second person is left; row, events and mails are the same as by two persons.
    """
    service = User.objects.service_account()
    reset = _start(user=user, check_made=IdentityCheck.OPERATOR, evidence=evidence, by=service)
    return _confirm(reset, by=service)


def _locked(reset: FactorReset) -> FactorReset:
    """The account's row first, as everywhere, then the reset's."""
    User.objects.select_for_update().get(pk=reset.user_id)
    locked = FactorReset.objects.select_for_update().get(pk=reset.pk)
    if not locked.is_running:
        raise DomainError(_("This reset was confirmed, stopped or is too old."))
    return locked


def _ask(reset: FactorReset, person: User, *, by: User) -> None:
    """Write to somebody who may confirm."""
    official, concerned = official_of(person), official_of(reset.user)
    if official is None:
        return
    link = f"{settings.ORIGIN}{reverse('members:factor_reset', args=[reset.pk])}"
    context = {"name": official.name, "reset": reset, "concerned": concerned.name if concerned else "", "link": link}
    subject, text, html = render_mail("factor_reset_request", context, person.language)
    queue_delivery(
        kind="factor-reset",
        to=official,
        key=f"factor-reset:{reset.pk}:user-{person.pk}",
        subject=subject,
        text=text,
        html=html,
        language=person.language,
        by=by,
        email=person.email,
    )
