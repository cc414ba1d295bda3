"""Error pages: words that an official understands, and a way on."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import TemplateDoesNotExist
from django.utils.translation import gettext as _
from django.views.decorators.csrf import requires_csrf_token

from members.middleware_kept import keep_and_ask

_REFERENCE = re.compile(r"[A-Z]{2,8}-(?:[A-Z]+-)?(?:\d{4}|UNDT)-\d{2,3}")


def _page(request: HttpRequest, status: int, **context: Any) -> HttpResponse:
    try:
        return render(request, f"{status}.html", context, status=status)
    except TemplateDoesNotExist:  # pragma: no cover - all are there
        return HttpResponse(status=status)


@login_not_required
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's signature
    return _page(request, 400)


@login_not_required
@requires_csrf_token
def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 403, reason=str(exception or ""))


@login_not_required
def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """The same body whether a record does not exist or may not be seen."""
    found = _REFERENCE.search(request.path)
    return _page(request, 404, typed=found[0] if found else "")


@login_not_required
def gone(request: HttpRequest, reason: str, title: str) -> HttpResponse:
    """A withdrawn record keeps its address and says why."""
    return _page(request, 410, reason=reason, title=title)


@login_not_required
def server_error(request: HttpRequest) -> HttpResponse:
    """Plain HTML without a query: what failed may be the database."""
    number = getattr(request, "request_id", "")
    text = {
        "title": _("Something went wrong on our side"),
        "body": _(
            "The page could not be made. Please try again in a minute. If it happens again, tell the secretariat this number:"
        ),
        "home": _("Go to the first page"),
    }
    return render(request, "500.html", {"number": number, "text": text}, status=500, using=None)


@login_not_required
@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature
    """A form of another session. One's own is kept and shown again; anything else is refused."""
    kept = keep_and_ask(request) if request.method == "POST" else None
    return kept or _page(
        request, 403, reason=_("The form was open too long, or cookies are off. Go back, reload the page and send it again.")
    )
