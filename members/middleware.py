"""Between sign-in and the pages: a second factor for every account, and an end to every session."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from pghistory import middleware as pghistory_middleware

from members.middleware_kept import keep_and_ask
from members.models import User
from members.signing import without_tokens

_STARTED = "session_started"
# Where somebody without a second factor may go: to set one up, to prove who they are, to leave.
_OPEN_WITHOUT = frozenset(
    {
        "mfa_index",
        "mfa_activate_totp",
        "mfa_totp_qr",
        "mfa_add_webauthn",
        "mfa_list_webauthn",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes",
        "account_logout",
        "account_reauthenticate",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "account_change_password",
        "livez",
        "readyz",
    }
)


class HistoryMiddleware(pghistory_middleware.HistoryMiddleware):
    """Says in the history by which address a change came, without what would let its reader in."""

    def get_context(self, request: HttpRequest) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context(request)
        return found | {"url": without_tokens(request.path)}


class SecondFactorMiddleware:
    """Leads an account without a second factor to set one up before anything else; ends sessions after 12 hours."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        user = request.user
        if not isinstance(user, User):
            return None
        started = request.session.setdefault(_STARTED, int(time.time()))
        if time.time() - started > settings.SESSION_ABSOLUTE_AGE:
            logout(request)
            kept = keep_and_ask(request) if request.method == "POST" else None
            return kept or redirect(settings.LOGIN_URL)
        if self._has_second_factor(user):
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        return None if name in _OPEN_WITHOUT else redirect("mfa_activate_totp")

    @staticmethod
    def _has_second_factor(user: User) -> bool:
        return (settings.SECOND_FACTOR_MAY_BE_WAIVED and user.second_factor_waived) or is_mfa_enabled(user)
