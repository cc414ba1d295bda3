"""What allauth tells by its signals alone: the second factor that was wrong, and the recovery code that was used.

They are the library's only way to say so. Our own code sends none: a service calls what follows from it.
"""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed, authenticator_used
from django.dispatch import receiver
from django.http import HttpRequest

from members.enums import AccountEventKind
from members.models import User
from members.services.account_events import record_event


@receiver(authentication_failed, dispatch_uid="members.code_was_wrong")
def code_was_wrong(request: HttpRequest, user: User, **_more: Any) -> None:
    """A wrong code, or an answer of a wrong passkey."""
    record_event(user=user, kind=AccountEventKind.CODE_WRONG, request=request)


@receiver(authenticator_used, dispatch_uid="members.recovery_code_was_used")
def recovery_code_was_used(request: HttpRequest, user: User, authenticator: Authenticator, **_more: Any) -> None:
    """A recovery code works once and leaves one less: the person is told."""
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        record_event(user=user, kind=AccountEventKind.RECOVERY_CODE_USED, request=request, by=user)
