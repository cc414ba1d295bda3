"""Accounts at the desk: who can sign in, who is invited, closing and opening again. For administrators only."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.audit import record_access
from members.enums import AccessAction
from members.errors import DomainError
from members.export import Column, export_response, is_export
from members.forms_accounts import InviteForm, ReasonForm, StartResetForm
from members.models import AccountEvent, AccountInvitation, Appointment, Closure, FactorReset, User
from members.permissions import check_can, require_desk
from members.roles import Permission
from members.selectors_accounts import (
    STATES,
    Account,
    account_of,
    accounts_at_desk,
    described,
    open_invitations,
    recovery_codes_left,
    running_resets,
)
from members.services import account_state, accounts, factor_reset
from members.words import clean_words

PAGE_SIZE = 50
STATE_WORDS = {
    "active": gettext_lazy("Can sign in"),
    "no-factor": gettext_lazy("No second factor yet"),
    "closed": gettext_lazy("Closed"),
}


def _administrator(request: HttpRequest) -> User:
    """The administrator who asks; the desk does not exist for others (404), its staff may not (403)."""
    require_desk(request.user)
    check_can(request.user, Permission.INVITE_ACCOUNTS)
    return cast("User", request.user)


def _words(request: HttpRequest) -> str:
    return clean_words(request.GET.get("q", ""), most=100)


@require_safe
def account_list(request: HttpRequest) -> HttpResponse:
    """Accounts and open invitations; also as a file."""
    me = _administrator(request)
    state = request.GET.get("state", "")
    words, state = _words(request), state if state in STATES else ""
    rows = accounts_at_desk(me, words=words, state=state)
    if is_export(request):
        response = export_response(request, _columns(), [described(row) for row in rows], "accounts")
        record_access(by=me, action=AccessAction.EXPORTED, label="accounts", ref="list", request=request)
        return response
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "accounts": [described(row) for row in page.object_list],
        "words": words,
        "state": state,
        "states": [(key, STATE_WORDS[key]) for key in STATES],
        "state_words": STATE_WORDS,
        "invitations": list(open_invitations(me)),
        "resets": list(running_resets(me)),
    }
    return render(request, "members/account_list.html", context)


def _columns() -> list[Column]:
    return [
        Column("names", "Names", lambda account: account.names),
        Column("email", "E-mail address", lambda account: account.user.email),
        Column("places", "Places held", lambda account: [place_words(place) for place in account.places]),
        Column("second_factor", "Second factor", lambda account: account.factors),
        Column("last_sign_in", "Last sign-in", lambda a: a.user.last_login.isoformat() if a.user.last_login else None),
        Column("state", "State", lambda account: account.state),
    ]


def place_words(place: Appointment) -> str:
    """A place in one line, as pages say it."""
    return " ".join(render_to_string("members/_place.txt", {"place": place}).split())


@require_http_methods(["GET", "HEAD", "POST"])
def account_invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody to a place."""
    me = _administrator(request)
    form = InviteForm(request.POST if request.method == "POST" else None, initial={"language": "en"})
    if request.method == "POST" and form.is_valid():
        answers = form.cleaned_data
        try:
            accounts.invite_from_desk(
                email=answers["email"], place=form.place(), by=me, name=answers["name"], language=answers["language"]
            )
        except DomainError as error:
            form.add_error(error.field or None, error.message)
        else:
            messages.success(request, _("The invitation is sent. Its link works once, for seven days."))
            return redirect("members:account_list")
    return render(request, "members/account_invite.html", {"form": form}, status=422 if form.is_bound else 200)


@require_POST
def invitation_resend(request: HttpRequest, pk: int) -> HttpResponse:
    """A new link by mail; the old one is dead."""
    me = _administrator(request)
    invitation = get_object_or_404(AccountInvitation.objects.visible_to(me), pk=pk)
    said = str(_("A new link is sent; the old one does not work any more."))
    return _acted(request, lambda: accounts.resend_invitation(invitation=invitation, by=me), said)


@require_POST
def invitation_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an invitation back."""
    me = _administrator(request)
    invitation = get_object_or_404(AccountInvitation.objects.visible_to(me), pk=pk)
    said = str(_("The invitation is taken back."))
    return _acted(request, lambda: accounts.revoke_invitation(invitation=invitation, by=me), said)


def _acted(request: HttpRequest, act: Callable[[], object], said: str) -> HttpResponse:
    try:
        act()
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, said)
    return redirect("members:account_list")


@require_safe
def account_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: places, factors, what happened, and what can be done."""
    me = _administrator(request)
    return _page(request, me, _account(me, pk), ReasonForm(), StartResetForm())


@require_POST
def account_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the account; its sessions end at once."""
    return _with_reason(request, pk, account_state.close_account, str(_("The account is closed and signed out everywhere.")))


@require_POST
def account_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a closed account again."""
    return _with_reason(request, pk, account_state.reopen_account, str(_("The account is open again.")))


def _with_reason(request: HttpRequest, pk: int, act: Callable[..., object], said: str) -> HttpResponse:
    me = _administrator(request)
    account, form = _account(me, pk), ReasonForm(request.POST)
    if form.is_valid():
        try:
            act(user=account.user, reason=form.cleaned_data["reason"], by=me)
        except DomainError as error:
            form.add_error(error.field or None, error.message)
        else:
            messages.success(request, said)
            return redirect("members:account_detail", pk)
    return _page(request, me, account, form, StartResetForm())


@require_POST
def reset_start(request: HttpRequest, pk: int) -> HttpResponse:
    """Start taking away the second factor of somebody who lost it."""
    me = _administrator(request)
    account, form = _account(me, pk), StartResetForm(request.POST)
    if form.is_valid():
        try:
            reset = factor_reset.start_reset(user=account.user, by=me, **form.cleaned_data)
        except DomainError as error:
            form.add_error(error.field or None, error.message)
        else:
            messages.success(request, _("The reset is started. Another person has to confirm it within 48 hours."))
            return redirect("members:factor_reset", reset.pk)
    return _page(request, me, account, ReasonForm(), form)


def _account(me: User, pk: int) -> Account:
    account = account_of(me, pk)
    if account is None:
        raise Http404
    return account


def _page(request: HttpRequest, me: User, account: Account, reason: ReasonForm, reset: StartResetForm) -> HttpResponse:
    events = AccountEvent.objects.visible_to(me).filter(user=account.user)
    context = {
        "account": account,
        "state_word": STATE_WORDS[account.state],
        "codes_left": recovery_codes_left(account.user),
        "reason_form": reason,
        "reset_form": reset,
        "page": Paginator(events, PAGE_SIZE).get_page(request.GET.get("page")),
        "closures": Closure.objects.visible_to(me).filter(user=account.user).select_related("closed_by", "reopened_by"),
        "resets": FactorReset.objects.visible_to(me).filter(user=account.user).select_related("started_by", "confirmed_by"),
        "is_own": account.user.pk == me.pk,
    }
    status = 422 if reason.is_bound or reset.is_bound else 200
    return render(request, "members/account_detail.html", context, status=status)
