"""One's own account: what is on record, open sessions, what happened, a reset to stop or confirm, a form that was kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from members.errors import DomainError
from members.forms_accounts import LanguageForm
from members.middleware_kept import MARK, forget, kept_of
from members.models import AccountEvent, FactorReset, User
from members.selectors_accounts import account_of, recovery_codes_left, running_resets
from members.services import factor_reset as resets
from members.services import sessions
from members.services.account_events import official_of
from members.services.accounts import choose_language

PAGE_SIZE = 50


def _me(request: HttpRequest) -> User:
    return cast("User", request.user)


@never_cache
@require_safe
def your_account(request: HttpRequest) -> HttpResponse:
    """Names, places, address, second factor and language of the person who is signed in."""
    user = _me(request)
    running = list(running_resets(user))
    context = {
        "account": account_of(user, user.pk),
        "codes_left": recovery_codes_left(user),
        "language_form": LanguageForm(initial={"language": user.language}),
        "own_reset": next((row for row in running if row.user_id == user.pk), None),
        "to_confirm": [row for row in running if resets.may_confirm(user, row)],
    }
    return render(request, "members/your_account.html", context)


@require_POST
def your_language(request: HttpRequest) -> HttpResponse:
    """Choose the language of mail."""
    form = LanguageForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the languages."))
        return redirect("members:your_account")
    choose_language(user=_me(request), language=form.cleaned_data["language"])
    messages.success(request, _("The portal writes to you in this language from now on."))
    return redirect("members:your_account")


@never_cache
@require_safe
def session_list(request: HttpRequest) -> HttpResponse:
    """One's own open sessions."""
    rows = sessions.open_sessions(_me(request), request.session.session_key or "")
    return render(request, "members/session_list.html", {"sessions": rows})


@require_POST
def session_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's other sessions. 404 for one that is not there, or is somebody else's."""
    if not sessions.end_session(pk=pk, by=_me(request), request=request):
        raise Http404
    messages.success(request, _("The session is ended."))
    return redirect("usersessions_list")


@require_POST
def sessions_end_others(request: HttpRequest) -> HttpResponse:
    """End all of one's sessions but this one."""
    number = sessions.end_other_sessions(by=_me(request), request=request)
    said = ngettext("%(number)d other session is ended.", "%(number)d other sessions are ended.", number)
    messages.success(request, said % {"number": number})
    return redirect("usersessions_list")


@never_cache
@require_safe
def account_history(request: HttpRequest) -> HttpResponse:
    """What happened to one's own account in the last twelve months."""
    events = AccountEvent.objects.visible_to(request.user).filter(user=_me(request)).select_related("by")
    page = Paginator(events, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "members/account_history.html", {"page": page})


@never_cache
@require_safe
def factor_reset(request: HttpRequest, pk: int) -> HttpResponse:
    """One reset, for the person concerned, administrators, and whoever is to confirm it."""
    reset = _reset(request, pk)
    context = {
        "reset": reset,
        "concerned": official_of(reset.user),
        "is_own": reset.user_id == _me(request).pk,
        "may_confirm": resets.may_confirm(_me(request), reset),
    }
    return render(request, "members/factor_reset.html", context)


@require_POST
def factor_reset_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """The second person's yes. 403 for those who see the reset and may not confirm it."""
    reset = _reset(request, pk)
    if reset.is_running and not resets.may_confirm(_me(request), reset):
        raise PermissionDenied(_("Another person has to confirm this reset."))
    return _done(request, lambda: resets.confirm_reset(reset=reset, by=_me(request)), str(_("The second factor is reset.")), pk)


@require_POST
def factor_reset_stop(request: HttpRequest, pk: int) -> HttpResponse:
    """The person concerned, or an administrator, stops it."""
    reset = _reset(request, pk)
    return _done(request, lambda: resets.stop_reset(reset=reset, by=_me(request)), str(_("The reset is stopped.")), pk)


def _reset(request: HttpRequest, pk: int) -> FactorReset:
    rows = FactorReset.objects.visible_to(request.user).select_related("user", "started_by", "confirmed_by", "stopped_by")
    return get_object_or_404(rows, pk=pk)


def _done(request: HttpRequest, act: Callable[[], object], said: str, pk: int) -> HttpResponse:
    try:
        act()
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, said)
    if FactorReset.objects.visible_to(request.user).filter(pk=pk).exists():
        return redirect("members:factor_reset", pk)
    return redirect("members:your_account")


@never_cache
@require_safe
def kept_form(request: HttpRequest) -> HttpResponse:
    """Leads to the form that was kept, or, where its page cannot show it, lists it with a button to send it now."""
    kept = kept_of(request)
    if kept is None:
        return redirect("after_login")
    if "list" not in request.GET:
        path = kept.path.partition("?")
        query = f"{path[2]}&" if path[2] else ""
        return redirect(f"{path[0]}?{query}{MARK}=1")
    shown = [(_word(name), value) for name, values in kept.fields.items() for value in values if value.strip()]
    hidden = [(name, value) for name, values in kept.fields.items() for value in values]
    return render(request, "members/kept_form.html", {"kept": kept, "shown": shown, "hidden": hidden})


def _word(name: str) -> str:
    """A field's name as words."""
    return name.replace("_", " ").replace("-", " ").strip().capitalize()


@require_POST
def kept_form_discard(request: HttpRequest) -> HttpResponse:
    """Throw the kept answers away."""
    kept = kept_of(request)
    response = redirect(kept.path.partition("?")[0] if kept and "list" not in request.POST else reverse("after_login"))
    forget(request, response)
    messages.success(request, _("The kept text is thrown away."))
    return response
