"""The log of calls: read in the steering group's room, written at the desk."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activities.forms import WithdrawForm
from activities.forms_group import CallForm
from activities.models import CallRecord
from activities.permissions import require_room
from activities.selectors_group import calls_for
from activities.services import calls as service
from members.audit import record_access
from members.enums import AccessAction
from members.errors import Conflict, DomainError
from members.export import Column, export_response, is_export
from members.models import User
from members.permissions import require_desk
from members.views.shared import differences
from members.words import clean_words

PAGE_SIZE = 50
CALL_COLUMNS = (
    Column("date", "Date", lambda row: row.held_on.isoformat()),
    Column("time", "Began at", lambda row: f"{row.starts_at:%H:%M}"),
    Column("time_zone", "Time zone", lambda row: row.time_zone),
    Column("subject", "Subject", lambda row: row.subject),
    Column("took_part", "Who took part", lambda row: [str(seat) for seat in row.seats.all()]),
    Column("others", "Others who took part", lambda row: row.others),
    Column("summary", "Summary", lambda row: row.summary),
    Column("agreed", "What was agreed", lambda row: row.agreed),
    Column("proposal", "Proposal", lambda row: row.proposal.title if row.proposal else ""),
    Column("consultation", "Consultation", lambda row: row.consultation.title if row.consultation else ""),
    Column("activity", "Activity", lambda row: row.activity.reference if row.activity else ""),
)


def _words(request: HttpRequest) -> str:
    return clean_words(request.GET.get("q", ""), most=100)


@require_safe
def call_list(request: HttpRequest) -> HttpResponse:
    """Calls of the steering group, found by words; the export is written down."""
    require_room(request.user)
    words = _words(request)
    rows = calls_for(request.user, words).filter(withdrawn_at__isnull=True)
    if is_export(request):
        answer = export_response(request, CALL_COLUMNS, rows, "calls")
        if answer.status_code == 200:  # noqa: PLR2004 - not for the redirect to the address without a language
            record_access(by=request.user, action=AccessAction.EXPORTED, label="calls", ref=words, request=request)
        return answer
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "activities/call_list.html", {"page": page, "words": words})


@require_safe
def call_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One call; a withdrawn one says why (410). Opening it is written down."""
    require_room(request.user)
    call = get_object_or_404(calls_for(request.user), pk=pk)
    if call.withdrawn_at:
        return render(request, "410.html", {"reason": call.withdrawn_reason, "title": call.subject}, status=410)
    record_access(by=request.user, action=AccessAction.OPENED, label="call", ref=str(call.pk), request=request)
    return render(request, "activities/call_detail.html", {"call": call})


@require_safe
def desk_call_list(request: HttpRequest) -> HttpResponse:
    """The log at the desk, withdrawn calls among it."""
    require_desk(request.user)
    words = _words(request)
    page = Paginator(calls_for(request.user, words), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "activities/desk_call_list.html", {"page": page, "words": words})


@require_http_methods(["GET", "HEAD", "POST"])
def call_new(request: HttpRequest) -> HttpResponse:
    """Record a call."""
    require_desk(request.user)
    form = CallForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            service.record_call(fields=form.fields_of_call(), seats=form.cleaned_data["seats"], by=cast("User", request.user))
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("The call is recorded."))
            return redirect("activities:desk_call_list")
    return render(request, "activities/call_form.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def call_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit a call; when somebody else was faster both texts are shown."""
    call = _at_desk(request, pk)
    form = CallForm(request.POST if request.method == "POST" else None, initial=CallForm.initial_of(call), call=call)
    if request.method == "POST" and form.is_valid():
        try:
            service.edit_call(
                call=call,
                fields=form.fields_of_call(),
                seats=form.cleaned_data["seats"],
                expected_version=form.cleaned_data["version"] or 0,
                by=cast("User", request.user),
            )
        except Conflict as conflict:
            return _conflict(request, conflict.current, form)
        except (DomainError, ValidationError) as error:
            form.add_error(None, error.message if isinstance(error, DomainError) else error.messages)
        else:
            messages.success(request, _("Saved."))
            return redirect("activities:desk_call_list")
    context = {"form": form, "call": call, "withdraw_form": WithdrawForm()}
    return render(request, "activities/call_form.html", context, status=422 if form.errors else 200)


def _at_desk(request: HttpRequest, pk: int) -> CallRecord:
    require_desk(request.user)
    return get_object_or_404(CallRecord.objects.visible_to(request.user), pk=pk)


def _conflict(request: HttpRequest, current: CallRecord, form: CallForm) -> HttpResponse:
    theirs = CallForm(initial=CallForm.initial_of(current), call=current)
    mine = request.POST.copy()
    mine["version"] = str(current.version)
    rows = differences(form, theirs, skip="version")
    context = {"form": CallForm(mine, call=current), "rows": rows, "back": reverse("activities:desk_call_list")}
    return render(request, "members/directory_conflict.html", context | {"title": str(current)}, status=409)


@require_POST
def call_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw a call with a reason; its address stays."""
    call = _at_desk(request, pk)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why the call is withdrawn."))
        return redirect("activities:call_edit", pk)
    service.withdraw_call(call=call, reason=form.cleaned_data["reason"], by=cast("User", request.user))
    messages.success(request, _("Withdrawn. Its address now says why."))
    return redirect("activities:desk_call_list")
