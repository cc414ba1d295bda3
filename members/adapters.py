"""How allauth behaves here: no sign-up, sign-in by invitation only, and every event of an account is written down."""

from __future__ import annotations

import logging
import smtplib
import time
from datetime import UTC, datetime
from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from members.enums import AccountEventKind
from members.models import Process, User
from members.services.account_events import record_event
from members.services.sessions import end_sessions_of

logger = logging.getLogger(__name__)
# What allauth tells the person by mail, by its template: here the event is written down and mailed by us.
_NOTICES = {
    "mfa/email/totp_activated": (AccountEventKind.FACTOR_ADDED, "totp"),
    "mfa/email/totp_deactivated": (AccountEventKind.FACTOR_REMOVED, "totp"),
    "mfa/email/webauthn_added": (AccountEventKind.FACTOR_ADDED, "webauthn"),
    "mfa/email/webauthn_removed": (AccountEventKind.FACTOR_REMOVED, "webauthn"),
    "mfa/email/recovery_codes_generated": (AccountEventKind.RECOVERY_CODES_MADE, ""),
    "account/email/password_changed": (AccountEventKind.PASSWORD_CHANGED, ""),
    "account/email/password_set": (AccountEventKind.PASSWORD_CHANGED, ""),
    "account/email/password_reset": (AccountEventKind.PASSWORD_RESET, ""),
    "account/email/email_changed": (AccountEventKind.ADDRESS_CHANGED, ""),
}
_FIRST_CODES = frozenset({"mfa_view_recovery_codes", "mfa_download_recovery_codes"})
_FACTOR_KINDS = frozenset({AccountEventKind.FACTOR_ADDED, AccountEventKind.FACTOR_REMOVED})


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made from invitations only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's signature
        return False

    def is_reauthentication_required(self, *, app: str, **_more: Any) -> bool:
        """Whoever signed in a moment ago and has no second factor yet goes straight on to set it up.

        They have just proved who they are with all they have; to ask for the same password again on the next page would
        only teach people to type it without thinking. The recovery codes that come with the first factor belong to it.
        Everybody else proves it anew, as allauth does by itself.
        """
        user = getattr(self.request, "user", None)
        if app == "allauth.mfa" and isinstance(user, User) and self._is_setting_up(user):
            return False
        return bool(super().is_reauthentication_required(app=app, **_more))

    def _is_setting_up(self, user: User) -> bool:
        """Whether `user` signed in a moment ago, and had no second factor then; with one by now, only to read its codes."""
        records = get_authentication_records(self.request, user)
        if not records or time.time() - records[-1]["at"] >= settings.ACCOUNT_REAUTHENTICATION_TIMEOUT:
            return False
        if not is_mfa_enabled(user):
            return True
        match = self.request.resolver_match
        if match is None or match.url_name not in _FIRST_CODES:
            return False
        signed_in = datetime.fromtimestamp(records[0]["at"], tz=UTC)
        return not Authenticator.objects.filter(user=user, created_at__lt=signed_in).exists()

    def post_login(self, request: HttpRequest, user: User, **more: Any) -> HttpResponse:
        """Every factor was given: the sign-in is complete."""
        records = get_authentication_records(request, user)
        record_event(user=user, kind=AccountEventKind.SIGNED_IN, request=request, detail=_way(records), by=user)
        return cast("HttpResponse", super().post_login(request, user, **more))

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """A wrong password. Known and unknown addresses cost the same: one look-up, one row."""
        email = str(credentials.get("email", ""))
        user = User.objects.filter(email__iexact=email, is_service=False).first() if "\x00" not in email else None
        record_event(user=user, kind=AccountEventKind.PASSWORD_WRONG, request=request)

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Write the event down and mail it in the person's language; a changed factor ends the other sessions."""
        if template_prefix not in _NOTICES:
            super().send_notification_mail(template_prefix, user, context, email)
            return
        kind, detail = _NOTICES[template_prefix]
        if kind in _FACTOR_KINDS or kind == AccountEventKind.PASSWORD_RESET:
            end_sessions_of(user, keep=self.request.session.session_key or "")
        record_event(user=user, kind=kind, request=self.request, detail=detail, by=user, tell=email or "")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Mail with a secret link, which the outbox would keep, goes at once. A mail server that is down is logged.

        The page then says what it always says: it must not tell an address that has an account from one that has none.
        """
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, smtplib.SMTPException) as error:
            logger.exception("mail about an account was not sent", extra={"error": type(error).__name__})


def _way(records: list[dict[str, Any]]) -> str:
    """How somebody signed in, in a word: the last thing that was proved."""
    return str(records[-1].get("type") or records[-1].get("method", ""))[:40] if records else ""


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """The names that an authenticator app and a passkey show."""

    def get_totp_issuer(self) -> str:
        process = Process.objects.first()
        return process.name_en if process else "Portal"

    def get_totp_label(self, user: User) -> str:
        return user.email
