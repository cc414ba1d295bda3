"""Accepting an invitation, and the picture of the one-time code's secret."""

from __future__ import annotations

import io
from typing import cast

import segno
from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import get_totp_secret
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from members.errors import DomainError
from members.forms import AcceptInvitationForm
from members.models import AccountInvitation, User
from members.services.accounts import accept_invitation, open_invitation


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind an invitation's link. A link that cannot be used any more says so (410)."""
    invitation = open_invitation(token)
    if invitation is None:
        return render(request, "members/invitation_closed.html", status=410)
    has_account = User.objects.filter(email__iexact=invitation.email).exists()
    form = AcceptInvitationForm(
        request.POST if request.method == "POST" else None,
        initial={"name": invitation.name},
        email=invitation.email,
        has_account=has_account,
    )
    if request.method == "POST":
        limited = ratelimit.consume_or_429(request, app="allauth.account", action="accept_invitation", key=invitation.email)
        if limited is not None:
            return cast("HttpResponse", limited)
        if form.is_valid() and _accepted(request, form, invitation, token, has_account=has_account):
            messages.success(request, _("Your account is ready. Sign in, then set up your second factor."))
            return redirect("account_login")
    context = {"form": form, "invitation": invitation, "has_account": has_account}
    return render(request, "members/accept_invitation.html", context, status=422 if form.is_bound else 200)


def _accepted(
    request: HttpRequest, form: AcceptInvitationForm, invitation: AccountInvitation, token: str, *, has_account: bool
) -> bool:
    """Accept; what stands against it goes to the form. Guesses at an account's password count as they do at the sign-in."""
    guard = get_account_adapter(request)
    try:
        if has_account:
            guard.pre_authenticate(request, email=invitation.email)
        accept_invitation(token=token, name=form.cleaned_data["name"], password=form.cleaned_data["password"])
    except ValidationError as error:
        form.add_error(None, error)
        return False
    except DomainError as error:
        if has_account and error.field == "password":
            guard.authentication_failed(request, email=invitation.email)
        form.add_error(error.field or None, error.message)
        return False
    if has_account:
        guard._rollback_login_failed_rl_usage()
    return True


@never_cache
@require_safe
def totp_qr(request: HttpRequest) -> HttpResponse:
    """The secret that is being set up, as a picture for an authenticator app: our own SVG, no data: address."""
    if not isinstance(request.user, User):
        raise Http404
    if "mfa.totp.secret" not in request.session:
        raise Http404
    picture = io.BytesIO()
    address = get_adapter().build_totp_url(request.user, get_totp_secret(regenerate=False))
    segno.make(address, error="m").save(picture, kind="svg", scale=6, border=4, light="#fff", dark="#000")
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml")
