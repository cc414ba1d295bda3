"""Pages behind signed links, for people without an account: each kind of link is read by what it was made for."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from activities.calendars import delegate_calendar
from activities.enums import DelegateAnswer
from activities.models import Nomination
from activities.selectors_content import practical_for_delegate
from activities.services.delegates import PURPOSE, answer_as_delegate, is_over, nomination_of
from members.errors import DomainError
from members.signing import TokenError, is_token_of
from reports.views.circulations import acknowledge_page


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def signed_page(request: HttpRequest, token: str) -> HttpResponse:
    """A delegate's page where the link is a delegate's, else a recipient's. Reading changes nothing, whoever fetches it."""
    return _delegate(request, token) if is_token_of(PURPOSE, token) else acknowledge_page(request, token)


def _delegate(request: HttpRequest, token: str) -> HttpResponse:
    """What the activity is, and two buttons: will come, cannot come."""
    error = ""
    try:
        nomination = nomination_of(token)
        language = nomination.official.language or nomination.invitation.participant.language
        if request.method == "POST" and (said := request.POST.get("answer", "")) in DelegateAnswer.values:
            answer_as_delegate(token=token, answer=DelegateAnswer(said))
            return redirect("signed_page", token)
        if request.method == "POST":
            error = _("Choose whether you will come.")
    except TokenError:
        return render(request, "activities/delegate_closed.html", status=404)
    except DomainError as refused:
        error = refused.message
    with override(language if language in {"en", "id"} else "en"):
        return render(request, "activities/delegate.html", _context(nomination, token, error), status=422 if error else 200)


def _context(nomination: Nomination, token: str, error: str) -> dict[str, object]:
    activity = nomination.invitation.activity
    return {
        "practical": practical_for_delegate(activity),
        "nomination": nomination,
        "activity": activity,
        "participant": nomination.invitation.participant,
        "token": token,
        "errors": [("", error)] if error else [],
        "is_over": is_over(activity),
        "coming": nomination.answer == DelegateAnswer.COMING,
        "not_coming": nomination.answer == DelegateAnswer.NOT_COMING,
    }


@login_not_required
@never_cache
@require_safe
def signed_calendar(_request: HttpRequest, token: str) -> HttpResponse:
    """The delegate's entry for a calendar, with an identity that never changes. Raises Http404 once the link is dead."""
    try:
        nomination = nomination_of(token)
    except TokenError as error:
        raise Http404 from error
    if nomination.invitation.activity.start is None:
        raise Http404
    response = HttpResponse(delegate_calendar(nomination), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{nomination.invitation.activity.reference}.ics"'
    return response
