"""A participant's own record: the list in time, a message to read again, and everything as files."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, override
from django.views.decorators.http import require_safe

from baliportal.own_record import KINDS, OwnRecord, legs_of
from baliportal.own_record_export import readme_of, sheets_of
from members.audit import record_access
from members.enums import AccessAction, AccessClass
from members.export import SHEETS_FORMATS, sheets_response
from members.models.base import today
from members.permissions import get_participant_for, has_permission
from members.roles import Permission
from members.selectors_own_record import message_text, messages_to

_YEAR = re.compile(r"[1-9][0-9]{3}")


@require_safe
def own_record(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything the participant attended, hosted, received, answered, wrote and held; by kind and year."""
    participant = get_participant_for(request.user, slug)
    kind, year = request.GET.get("kind", ""), request.GET.get("year", "")
    record = OwnRecord(
        legs_of(participant, request.user),
        kind if kind in KINDS else "",
        int(year) if _YEAR.fullmatch(year) and int(year) < 9999 else None,  # noqa: PLR2004 - the calendar's last year
    )
    context: dict[str, Any] = {
        "participant": participant,
        "record": record,
        "page": record.page(request.GET.get("page")),
        "may_ask": has_permission(request.user, Permission.NOMINATE, participant=participant),
    }
    return render(request, "portal/own_record.html", context)


@require_safe
def own_record_message(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One message as the participant's official or office received it."""
    participant = get_participant_for(request.user, slug)
    message = get_object_or_404(messages_to(participant, request.user), pk=pk)
    if message.access_class != AccessClass.PUBLIC:
        record_access(
            by=request.user, action=AccessAction.OPENED, label="message", ref=f"{participant.slug} {message.pk}", request=request
        )
    context = {"participant": participant, "message": message, "text": message_text(message)}
    return render(request, "portal/own_record_message.html", context)


@require_safe
def own_record_export(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole record: `?format=xlsx` (the default), `zip` with CSV files, or `json`. Each leaves an AccessRecord."""
    participant = get_participant_for(request.user, slug)
    wanted = request.GET.get("format", "xlsx")
    if wanted not in SHEETS_FORMATS:
        raise Http404
    if get_language() != settings.LANGUAGE_CODE:
        return redirect(request.get_full_path().removeprefix(f"/{get_language()}"))
    with override("en"):
        sheets = sheets_of(participant, request.user)
        record_access(
            by=request.user,
            action=AccessAction.EXPORTED,
            label="own record",
            ref=f"{participant.slug} {wanted}",
            request=request,
        )
        name = f"{participant.slug}-record-{today():%Y-%m-%d}"
        return sheets_response(wanted, sheets, name, readme_of(participant, sheets))
