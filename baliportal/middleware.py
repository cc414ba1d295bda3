"""What surrounds every request: an id in the logs, and headers that hold for every answer."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from members.signing import without_tokens

type GetResponse = Callable[[HttpRequest], HttpResponse]
_SAFE_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
log = structlog.get_logger("baliportal.request")


class RequestIdMiddleware:
    """Gives each request an id, in its answer and in every log line; logs one line a request without its query."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if _SAFE_ID.fullmatch(given) else uuid.uuid4().hex
        request.request_id = request_id  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        began = time.perf_counter()
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        user = getattr(request, "user", None)
        actor = user.pk if user is not None and user.is_authenticated else None
        log.info(
            "request",
            method=request.method,
            path=without_tokens(request.path),
            status=response.status_code,
            ms=round((time.perf_counter() - began) * 1000),
            actor=actor,
        )
        return response


class SecurityHeadersMiddleware:
    """Headers beside the content policy; what a signed-in person sees is never stored on the way."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
        user = getattr(request, "user", None)
        if (user is not None and user.is_authenticated) or response.cookies:
            response["Cache-Control"] = "private, no-store"
            patch_vary_headers(response, ["Cookie"])
        return response
