"""How allauth behaves here: no sign-up, sign-in by invitation only."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest

from members.models import Process, User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made from invitations only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's signature
        return False

    def is_reauthentication_required(self, *, app: str, **_more: Any) -> bool:
        """Whoever signed in a moment ago and has no second factor yet goes straight on to set it up.

        They have just proved who they are with all they have; to ask for the same password again on the next page would
        only teach people to type it without thinking. Everybody else proves it anew, as allauth does by itself.
        """
        user = getattr(self.request, "user", None)
        if app == "allauth.mfa" and isinstance(user, User) and not is_mfa_enabled(user):
            records = get_authentication_records(self.request, user)
            if records and time.time() - records[-1]["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT:
                return False
        return bool(super().is_reauthentication_required(app=app, **_more))


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """The names that an authenticator app and a passkey show."""

    def get_totp_issuer(self) -> str:
        process = Process.objects.first()
        return process.name_en if process else "Portal"

    def get_totp_label(self, user: User) -> str:
        return user.email
