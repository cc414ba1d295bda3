"""Keeps a form that arrives after its session is over, and shows it again, filled in and unsent, after the sign-in.

Whose form it is says the form itself: its CSRF token belongs to one secret of this browser, and a signed cookie holds
whose session each of the last secrets belonged to. A form that another site made, or another person left open on the
same browser, is thus never taken for one's own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.middleware import csrf
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from members.form_filling import fill_form
from members.models import User
from members.services.kept_forms import Kept, discard_form, keep_form, kept_form, worth_keeping

_PREFIX = "" if settings.SESSION_COOKIE_NAME == "sessionid" else "__Host-"
OWNERS_COOKIE, TOKEN_COOKIE = f"{_PREFIX}owners", f"{_PREFIX}kept"
_OWNERS_AGE = timedelta(days=7)
_TOKEN_AGE = timedelta(hours=1)
_MOST_SECRETS = 5
_SALT = "baliportal.form-owners"
_FOUND, _OK = range(300, 400), 200
MARK = "kept"


class KeptFormMiddleware:
    """Stands before LoginRequiredMiddleware, which would lose what was posted."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        user = request.user
        if not isinstance(user, User):
            return response
        _remember_owner(request, response, user)
        if request.method == "POST" and "_kept" in request.POST and response.status_code in _FOUND:
            forget(request, response)
        if request.method == "GET" and MARK in request.GET and TOKEN_COOKIE in request.COOKIES:
            return _restored(request, response, user)
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., HttpResponse], *_arguments: object) -> HttpResponse | None:
        if request.method != "POST" or request.user.is_authenticated or not getattr(view, "login_required", True):
            return None
        return keep_and_ask(request)


def keep_and_ask(request: HttpRequest) -> HttpResponse | None:
    """Keep what was posted and lead to the sign-in, or on to the form for somebody who is signed in.

    None where nothing is kept: a form of nobody known here, of another person, of the sign-in itself, or too large.
    """
    owner = _owner_of(request)
    user = request.user if isinstance(request.user, User) else None
    if owner is None or (user is not None and user.pk != owner) or _is_sign_in(request) or "HX-Request" in request.headers:
        return None
    fields = worth_keeping({name: request.POST.getlist(name) for name in request.POST})
    token = keep_form(owner=owner, path=request.get_full_path(), fields=fields, had_files=bool(request.FILES))
    if not token:
        return None
    back = reverse("members:kept_form")
    if user is None:
        messages.info(request, _("You were signed out, so nothing was sent. Your text is kept for an hour: sign in to go on."))
        back = f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': back}, safe='/')}"
    response = redirect(back)
    _set(response, TOKEN_COOKIE, token, _TOKEN_AGE)
    return response


def kept_of(request: HttpRequest) -> Kept | None:
    """What this browser keeps for the person who is signed in."""
    token, user = request.COOKIES.get(TOKEN_COOKIE, ""), request.user
    return kept_form(user=user, token=token) if token and isinstance(user, User) else None


def forget(request: HttpRequest, response: HttpResponse) -> None:
    """Forget the kept form of this browser, here and in the database."""
    token = request.COOKIES.get(TOKEN_COOKIE, "")
    if token:
        discard_form(user=cast("User", request.user), token=token)
        response.delete_cookie(TOKEN_COOKIE, path="/")
        if _PREFIX:  # a __Host- cookie is only replaced by one that is secure, too
            response.cookies[TOKEN_COOKIE]["secure"] = True


def _restored(request: HttpRequest, response: HttpResponse, user: User) -> HttpResponse:
    """The page with the kept answers in its form; where it has no such form, the page that lists them."""
    kept = kept_of(request)
    if kept is None or kept.path.partition("?")[0] != request.path:
        return response
    filled = None
    if response.status_code == _OK and not response.streaming and "text/html" in response.get("Content-Type", ""):
        notice = render_to_string("members/_kept_notice.html", {"kept": kept, "user": user}, request)
        filled = fill_form(response.content.decode(), kept.path, kept.fields, notice)
    if filled is None:
        return redirect(f"{reverse('members:kept_form')}?list=1")
    response.content = filled.encode()
    response.headers.pop("Content-Length", None)
    return response


def _is_sign_in(request: HttpRequest) -> bool:
    """Pages of the account take passwords, codes and keys: they are never kept."""
    return "/accounts/" in request.path


def _digest(secret: str) -> str:
    return hashlib.sha256(f"form-owner {secret}".encode()).hexdigest()[:24]


def _owners(request: HttpRequest) -> list[tuple[int, str]]:
    try:
        found = signing.loads(request.COOKIES.get(OWNERS_COOKIE, ""), salt=_SALT, max_age=_OWNERS_AGE)
    except signing.BadSignature:
        return []
    return [(int(pk), str(digest)) for pk, digest in found]


def _owner_of(request: HttpRequest) -> int | None:
    """Whose session the posted form was made in, by its CSRF token."""
    token = request.POST.get("csrfmiddlewaretoken", "")
    try:
        csrf._check_token_format(token)  # type: ignore[attr-defined]
    except csrf.InvalidTokenFormat:
        return None
    secret = csrf._unmask_cipher_token(token) if len(token) == csrf.CSRF_TOKEN_LENGTH else token  # type: ignore[attr-defined]
    wanted = _digest(secret)
    return next((pk for pk, digest in _owners(request) if constant_time_compare(digest, wanted)), None)


def _remember_owner(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Note in the signed cookie that forms with this secret belong to `user`."""
    secret = request.META.get("CSRF_COOKIE", "")
    if not secret:
        return
    mine, known = (user.pk, _digest(secret)), _owners(request)
    if mine not in known[:1]:
        others = [entry for entry in known if entry[1] != mine[1]]
        _set(response, OWNERS_COOKIE, signing.dumps([mine, *others][:_MOST_SECRETS], salt=_SALT), _OWNERS_AGE)


def _set(response: HttpResponse, name: str, value: str, age: timedelta) -> None:
    response.set_cookie(name, value, max_age=age, path="/", secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax")
