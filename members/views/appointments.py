"""Places at the desk: who takes one, until when, and the handover to a successor."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from members.enums import AppointmentRole
from members.errors import DomainError
from members.forms_directory import AppointForm, HandoverForm, TermForm
from members.models import Appointment, Handover, Official, Participant, Seat, Topic, User
from members.permissions import require_desk
from members.services import accounts, appointments, confirmation
from members.services import directory as directory_service
from members.views.shared import show_error

MOST_DIGITS = 10  # of a key in an address


def _appointment(request: HttpRequest, pk: int) -> Appointment:
    require_desk(request.user)
    rows = Appointment.objects.visible_to(request.user).select_related(
        *("official__ministry", "office__ministry", "participant", "topic", "seat__body", "seat__role", "seat__participant")
    )
    return get_object_or_404(rows, pk=pk)


def _back(appointment: Appointment) -> HttpResponse:
    place = appointment.place_of
    if isinstance(place, Participant):
        return redirect("members:contact_participant", place.slug)
    return redirect("members:contact_list")


@require_http_methods(["GET", "HEAD", "POST"])
def appoint(request: HttpRequest, slug: str) -> HttpResponse:
    """Put somebody in a place of a participant: focal point for a topic, ministry official, national lead."""
    require_desk(request.user)
    participant = get_object_or_404(Participant.objects.visible_to(request.user), slug=slug)
    data = request.POST if request.method == "POST" else None
    form = AppointForm(data, participant=participant, initial={"topic": _asked_topic(request)})
    return _appoint(request, form, participant, None)


def _asked_topic(request: HttpRequest) -> int | None:
    """The key of the topic that the address asks for; None where there is no such topic."""
    asked = request.GET.get("topic", "")
    found = Topic.objects.filter(pk=int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < MOST_DIGITS else None
    return found.values_list("pk", flat=True).first() if found is not None else None


@require_http_methods(["GET", "HEAD", "POST"])
def appoint_to_seat(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Put somebody in a seat of a body."""
    require_desk(request.user)
    rows = Seat.objects.visible_to(request.user).filter(body__key=key).select_related("body", "role", "participant", "forum")
    seat = get_object_or_404(rows, pk=pk)
    form = AppointForm(request.POST if request.method == "POST" else None, participant=seat.participant, seat=seat)
    return _appoint(request, form, seat.participant, seat)


def _appoint(request: HttpRequest, form: AppointForm, participant: Participant | None, seat: Seat | None) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            appointments.appoint(by=cast("User", request.user), **form.place())
        except DomainError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Saved."))
            if seat is not None:
                return redirect("members:seat_list", seat.body.key)
            return redirect("members:contact_participant", participant.slug if participant else "")
    context = {"form": form, "participant": participant, "seat": seat}
    return render(request, "members/appoint.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """End an appointment and name who comes after, on one page."""
    appointment = _appointment(request, pk)
    form = HandoverForm(request.POST if request.method == "POST" else None, appointment=appointment)
    if request.method == "POST" and form.is_valid():
        try:
            made = _hand_over(appointment, form.cleaned_data, cast("User", request.user))
        except DomainError as error:
            field = "new_email" if error.field == "email" else error.field
            form.add_error(field if field in form.fields else None, error.message)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            said = _("Ended. The successor is named.") if made.incoming else _("Ended. Nobody holds the place now.")
            messages.success(request, said)
            return _back(appointment)
    context = {"form": form, "appointment": appointment}
    return render(request, "members/hand_over.html", context, status=422 if form.errors else 200)


@transaction.atomic
def _hand_over(appointment: Appointment, data: dict[str, Any], by: User) -> Handover:
    """The successor may be new, and may need an account: all of it or nothing."""
    successor: Official | None = data["successor"]
    place = appointment.place_of
    if data["new_name"]:
        record = Official(
            participant=place if isinstance(place, Participant) else None,
            ministry=appointment.official.ministry if appointment.official else None,
            name=data["new_name"],
            position=data["new_position"],
            email=data["new_email"],
        )
        successor = directory_service.save_record(record=record, by=by)
    made = appointments.hand_over(
        appointment=appointment,
        by=by,
        last_day=data["last_day"],
        reason=data["reason"],
        note=data["note"],
        successor=successor,
        leaves=data["leaves"],
    )
    if successor is not None and data["invite"] and successor.user_id is None and successor.email:
        accounts.invite_and_mail(
            email=successor.email,
            place=accounts.Place(AppointmentRole(appointment.role), appointment.participant, appointment.topic, appointment.seat),
            name=successor.name,
            language=successor.language or (successor.participant.language if successor.participant else "en"),
            by=by,
        )
    return made


@require_http_methods(["GET", "HEAD", "POST"])
def term(request: HttpRequest, pk: int) -> HttpResponse:
    """Another last day of a term."""
    appointment = _appointment(request, pk)
    form = TermForm(request.POST if request.method == "POST" else None, initial={"ends": appointment.period_to})
    if request.method == "POST" and form.is_valid():
        try:
            appointments.extend_appointment(
                appointment=appointment, until=form.cleaned_data["ends"], by=cast("User", request.user)
            )
        except DomainError as error:
            form.add_error("ends", error.message)
        else:
            messages.success(request, _("Saved."))
            return _back(appointment)
    context = {"form": form, "appointment": appointment}
    return render(request, "members/term.html", context, status=422 if form.errors else 200)


@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Staff heard that the entry is still right."""
    appointment = _appointment(request, pk)
    confirmation.confirm_by_desk(appointment=appointment, by=cast("User", request.user))
    messages.success(request, _("Noted as confirmed today."))
    return _back(appointment)
