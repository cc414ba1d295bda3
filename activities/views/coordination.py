"""How a participant coordinates at home: its mechanism, its meetings, and items of the agenda by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activities.enums_national import AgendaHeading, MeetingKind
from activities.forms_national import AgendaItemForm, MechanismForm, MeetingForm, StakeholderSheet, mechanism_of
from activities.models import NationalAgendaItem, NationalCoordination, NationalMeeting
from activities.selectors_national import coordination_of, public_mechanism
from activities.services import coordination as service
from members.errors import Conflict, DomainError
from members.models import Participant
from members.models.base import today
from members.permissions import check_can, get_participant_for, has_permission
from members.roles import Permission
from members.views.shared import differences, me, show_error


@require_safe
def mechanism(request: HttpRequest, slug: str) -> HttpResponse:
    """The participant's own record of its mechanism; before the first save, what the public record holds."""
    participant = get_participant_for(request.user, slug)
    context = {
        "participant": participant,
        "own": coordination_of(participant),
        "public": public_mechanism(participant),
        "may_edit": has_permission(request.user, Permission.COORDINATE, participant=participant),
    }
    return render(request, "activities/mechanism.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def mechanism_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Edit it; prefilled from the public record the first time, which itself stays as it is."""
    participant = get_participant_for(request.user, slug)
    check_can(request.user, Permission.COORDINATE, participant=participant)
    own = coordination_of(participant)
    posted = request.POST if request.method == "POST" else None
    form = MechanismForm(posted, initial=MechanismForm.initial_of(own, public_mechanism(participant)), participant=participant)
    sheet = StakeholderSheet(posted, initial=_stakeholders(own), prefix="s")
    if posted is not None and form.is_valid() and sheet.is_valid():
        expected = form.cleaned_data["version"] or 0
        try:
            service.save_mechanism(
                participant=participant, mechanism=mechanism_of(form, sheet), expected_version=expected, by=me(request)
            )
        except Conflict as conflict:
            return _conflict(request, participant, form, conflict.current, mechanism_of(form, sheet).stakeholders)
        messages.success(request, _("Saved. Only your own participant sees it."))
        return redirect("activities:mechanism", slug)
    status = 422 if posted is not None else 200
    context = {"form": form, "sheet": sheet, "participant": participant, "is_first": own is None}
    return render(request, "activities/mechanism_form.html", context, status=status)


def _stakeholders(own: NationalCoordination | None) -> list[dict[str, Any]]:
    if own is None:
        return []
    return [{"kind": row.kind, "name": row.name, "part": row.part} for row in own.stakeholders.all()]


def _conflict(
    request: HttpRequest,
    participant: Participant,
    form: MechanismForm,
    current: NationalCoordination,
    typed: Sequence[tuple[str, str, str]],
) -> HttpResponse:
    """Both texts, and the form with mine, stakeholders included, ready to be saved over it."""
    theirs = MechanismForm(initial=MechanismForm.initial_of(current, None), participant=participant)
    mine = request.POST.copy()
    mine["version"] = str(current.version)
    rows = differences(form, theirs, skip="version")
    said = "\n".join(f"{name} {part}".strip() for _kind, name, part in typed)
    saved = "\n".join(f"{row.name} {row.part}".strip() for row in current.stakeholders.all())
    if said != saved:
        rows.append((_("Others who take part"), said, saved))
    context = {
        "form": MechanismForm(mine, participant=participant),
        "sheet": StakeholderSheet(request.POST, prefix="s"),
        "rows": rows,
        "participant": participant,
    }
    return render(request, "activities/mechanism_form.html", context, status=409)


def _agenda(participant: Participant) -> str:
    return reverse("national_agenda", args=[participant.slug])


@require_POST
def agenda_item_add(request: HttpRequest, slug: str) -> HttpResponse:
    """An item by hand under one of the five headings."""
    participant = get_participant_for(request.user, slug)
    form = AgendaItemForm(request.POST)
    if form.is_valid():
        try:
            service.add_agenda_item(
                participant=participant,
                heading=AgendaHeading(form.cleaned_data["heading"]),
                text=form.cleaned_data["text"],
                by=me(request),
            )
        except DomainError as error:
            show_error(form, error)
        else:
            messages.success(request, _("The item is on the agenda."))
            return redirect(_agenda(participant))
    context = {"form": form, "title": _("Add an item"), "back": _agenda(participant), "participant": participant}
    return render(request, "activities/national_form.html", context, status=422)


@require_POST
def agenda_item_done(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take an item off: it was dealt with."""
    participant = get_participant_for(request.user, slug)
    item = get_object_or_404(NationalAgendaItem.objects.visible_to(request.user).filter(participant=participant), pk=pk)
    service.finish_agenda_item(item=item, by=me(request))
    messages.success(request, _("The item is off the agenda."))
    return redirect(_agenda(participant))


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Record a meeting that was held, or set one."""
    participant = get_participant_for(request.user, slug)
    check_can(request.user, Permission.COORDINATE, participant=participant)
    initial = {"day": today(), "kind": MeetingKind.SCHEDULED}
    form = MeetingForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        service.record_meeting(
            participant=participant, day=data["day"], kind=MeetingKind(data["kind"]), note=data["note"], by=me(request)
        )
        messages.success(request, _("The meeting is recorded."))
        return redirect(_agenda(participant))
    context = {"form": form, "title": _("Record a meeting"), "back": _agenda(participant), "participant": participant}
    return render(request, "activities/national_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def meeting(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Read a meeting; the focal point and the national lead change it."""
    participant = get_participant_for(request.user, slug)
    rows = NationalMeeting.objects.visible_to(request.user).filter(participant=participant)
    found = get_object_or_404(rows.select_related("participant"), pk=pk)
    may_edit = has_permission(request.user, Permission.COORDINATE, participant=participant)
    form = MeetingForm(request.POST if request.method == "POST" else None, initial=_words(found))
    if request.method == "POST":
        check_can(request.user, Permission.COORDINATE, participant=participant)
        if form.is_valid():
            data = form.cleaned_data
            try:
                service.edit_meeting(
                    meeting=found,
                    day=data["day"],
                    kind=MeetingKind(data["kind"]),
                    note=data["note"],
                    expected_version=data["version"] or 0,
                    by=me(request),
                )
            except Conflict as conflict:
                return _meeting_conflict(request, form, conflict.current)
            messages.success(request, _("Saved."))
            return redirect(_agenda(participant))
    context = {"meeting": found, "form": form, "participant": participant, "may_edit": may_edit}
    return render(request, "activities/national_meeting.html", context, status=422 if form.errors else 200)


def _words(found: NationalMeeting) -> dict[str, Any]:
    return {"version": found.version, "day": found.day, "kind": found.kind, "note": found.note}


def _meeting_conflict(request: HttpRequest, form: MeetingForm, current: NationalMeeting) -> HttpResponse:
    mine = request.POST.copy()
    mine["version"] = str(current.version)
    context = {
        "form": MeetingForm(mine),
        "rows": differences(form, MeetingForm(initial=_words(current)), skip="version"),
        "back": _agenda(current.participant),
        "title": _("The meeting"),
    }
    return render(request, "members/directory_conflict.html", context, status=409)
