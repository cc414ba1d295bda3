"""Corrections of the record: a focal point asks, the desk answers. Composed here, since records lie in several apps."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activities.enums import CorrectedRecord, CorrectionState
from activities.forms_own_record import AcceptForm, CorrectionForm, DeclineCorrectionForm
from activities.models import CorrectionRequest
from activities.selectors_corrections import (
    Fact,
    Subject,
    activity_subject,
    age_words,
    appointment_subject,
    is_own_activity,
    participant_subject,
    requests_for,
    seat_subject,
)
from activities.services.corrections import accept_correction, ask_correction, decline_correction
from members.errors import DomainError
from members.models import Participant, User
from members.permissions import check_can, get_participant_for, require_desk
from members.roles import Permission
from reports.selectors_corrections import document_subject, is_own_document

PAGE_SIZE = 50


def subject_of(record: str, reference: str, participant: Participant, request: HttpRequest) -> Subject | None:
    """A record with its facts as the reader sees them; None where it does not exist or is not the participant's."""
    user = request.user
    if record == CorrectedRecord.PARTICIPANT:
        return participant_subject(participant, user) if reference == participant.slug else None
    if record == CorrectedRecord.ACTIVITY:
        return activity_subject(reference, participant, user)
    if record == CorrectedRecord.DOCUMENT:
        return document_subject(reference, user)
    if record == CorrectedRecord.SEAT:
        return seat_subject(reference, participant, user)
    return appointment_subject(reference, participant, user) if record == CorrectedRecord.APPOINTMENT else None


def _is_own(record: str, reference: str, participant: Participant) -> bool:
    if record == CorrectedRecord.ACTIVITY:
        return is_own_activity(reference, participant)
    return record != CorrectedRecord.DOCUMENT or is_own_document(reference, participant)


@require_http_methods(["GET", "HEAD", "POST"])
def correction_ask(request: HttpRequest, slug: str, record: str, reference: str) -> HttpResponse:
    """Something is wrong: which fact, what it should say, why, and the source."""
    participant = get_participant_for(request.user, slug)
    if "\x00" in reference or not _is_own(record, reference, participant):
        raise Http404
    subject = subject_of(record, reference, participant, request)
    if subject is None:
        raise Http404
    check_can(request.user, Permission.NOMINATE, participant=participant)
    form = CorrectionForm(request.POST if request.method == "POST" else None, subject=subject)
    if request.method == "POST" and form.is_valid():
        answers = {name: form.cleaned_data[name] for name in ("new_value", "reason", "source")}
        try:
            ask_correction(
                participant=participant,
                subject=subject,
                key=form.cleaned_data["fact"],
                by=cast("User", request.user),
                **answers,
            )
        except DomainError as error:
            form.add_error(error.field or None, error.message)
        else:
            messages.success(request, _("Thank you. The secretariat has your request; you find its answer here."))
            return redirect(f"{reverse('own_record', args=[slug])}?kind=corrections")
    context = {"participant": participant, "subject": subject, "form": form}
    return render(request, "portal/correction_ask.html", context, status=422 if form.errors else 200)


@require_safe
def desk_correction_list(request: HttpRequest) -> HttpResponse:
    """What participants asked to have corrected, with ages; those that wait first unless another state is chosen."""
    require_desk(request.user)
    state = request.GET.get("state", CorrectionState.ASKED.value)
    state = state if state in CorrectionState.values else ""
    page = Paginator(requests_for(request.user, state), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(row, age_words(row)) for row in page.object_list],
        "state": state,
        "states": CorrectionState.choices,
    }
    return render(request, "portal/desk_correction_list.html", context)


def _request_at_desk(request: HttpRequest, pk: int) -> CorrectionRequest:
    require_desk(request.user)
    return get_object_or_404(requests_for(request.user), pk=pk)


@require_safe
def desk_correction(request: HttpRequest, pk: int) -> HttpResponse:
    """One request: old, asked for and present text beside each other, the page to edit, and both answers."""
    found = _request_at_desk(request, pk)
    return _desk_page(request, found)


def _desk_page(
    request: HttpRequest, found: CorrectionRequest, *, accept: Any = None, decline: Any = None, status: int = 200
) -> HttpResponse:
    subject, fact = _now(request, found)
    context = {
        "correction": found,
        "subject": subject,
        "fact": fact,
        "age": age_words(found),
        "accept_form": accept or AcceptForm(prefix="accept"),
        "decline_form": decline or DeclineCorrectionForm(prefix="decline"),
    }
    return render(request, "portal/desk_correction.html", context, status=status)


def _now(request: HttpRequest, found: CorrectionRequest) -> tuple[Subject | None, Fact | None]:
    """The record and the fact as they stand; None where the record or the fact is there no more."""
    subject = subject_of(found.record, found.reference, found.participant, request)
    key = f"{found.field}:{found.part}" if found.part else found.field
    return subject, subject.fact(key) if subject else None


@require_POST
def desk_correction_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """The change was made: what the record says now is kept beside what it said."""
    found = _request_at_desk(request, pk)
    _subject, fact = _now(request, found)
    form = AcceptForm(request.POST, prefix="accept")
    if form.is_valid():
        try:
            accept_correction(
                correction=found,
                now_says=fact.value if fact else "",
                note=form.cleaned_data["note"],
                by=cast("User", request.user),
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Accepted. The participant hears of it by mail."))
            return redirect("desk_correction", pk)
    return _desk_page(request, found, accept=form, status=422)


@require_POST
def desk_correction_decline(request: HttpRequest, pk: int) -> HttpResponse:
    """The record stays as it is, with a reason that the participant reads."""
    found = _request_at_desk(request, pk)
    form = DeclineCorrectionForm(request.POST, prefix="decline")
    if form.is_valid():
        try:
            decline_correction(correction=found, reason=form.cleaned_data["reason"], by=cast("User", request.user))
        except DomainError as error:
            form.add_error(error.field or None, error.message)
        else:
            messages.success(request, _("Declined. The participant hears of it by mail."))
            return redirect("desk_correction", pk)
    return _desk_page(request, found, decline=form, status=422)
