"""How allauth behaves here: no sign-up, sign-in by invitation only."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from members.models import Process, User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made from invitations only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's signature
        return False


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """The names that an authenticator app and a passkey show."""

    def get_totp_issuer(self) -> str:
        process = Process.objects.first()
        return process.name_en if process else "Portal"

    def get_totp_label(self, user: User) -> str:
        return user.email
