"""Closing an account and opening it again. The last administrator who can sign in cannot be closed."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from members.audit import acting
from members.enums import AccountEventKind
from members.errors import DomainError
from members.models import Closure, User
from members.permissions import check_can
from members.roles import Permission
from members.services.account_events import record_event
from members.services.last_administrator import administrator_remains, lock_administrators
from members.services.sessions import end_sessions_of


@transaction.atomic
def close_account(*, user: User, reason: str, by: User) -> Closure:
    """Close the account and end its sessions. Raises DomainError for one's own, a closed one, or the last administrator."""
    check_can(by, Permission.INVITE_ACCOUNTS)
    reason = _said(reason)
    if user.pk == by.pk:
        raise DomainError(_("You cannot close your own account. Ask another administrator."))
    locked = lock_administrators(user.pk)[user.pk]
    if not locked.is_active:
        raise DomainError(_("This account is closed already."))
    if not User.objects.holding(Permission.INVITE_ACCOUNTS).exclude(pk=user.pk).exists():
        raise DomainError(_("This is the last administrator who can sign in. Invite another one first."))
    with administrator_remains(locked), acting(by=by, verb="close_account"):
        locked.is_active = False
        locked.save(update_fields=["is_active"])
        closure = Closure.objects.create(user=locked, reason=reason, closed_by=by)
    end_sessions_of(locked)
    record_event(user=locked, kind=AccountEventKind.DEACTIVATED, by=by)
    return closure


@transaction.atomic
def reopen_account(*, user: User, reason: str, by: User) -> User:
    """Open a closed account again, with its second factor as it was. Raises DomainError for one that is open."""
    check_can(by, Permission.INVITE_ACCOUNTS)
    reason = _said(reason)
    locked = lock_administrators(user.pk)[user.pk]
    if locked.is_active or locked.is_service:
        raise DomainError(_("This account is open already."))
    with acting(by=by, verb="reopen_account"):
        locked.is_active = True
        locked.save(update_fields=["is_active"])
        for closure in Closure.objects.filter(user=locked, reopened_at=None):
            closure.reopened_at, closure.reopened_by, closure.reopened_reason = timezone.now(), by, reason
            closure.save(update_fields=["reopened_at", "reopened_by", "reopened_reason"])
    record_event(user=locked, kind=AccountEventKind.REACTIVATED, by=by)
    return locked


def _said(reason: str) -> str:
    reason = reason.strip()[:400]
    if not reason:
        raise DomainError(_("Say why."), field="reason")
    return reason
