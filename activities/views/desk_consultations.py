"""Consultations at the desk: ask, remind, compile what was submitted, close."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activities.enums_national import RecipientRule
from activities.forms_consultation import CloseForm, ConsultationForm
from activities.models import Consultation
from activities.permissions import get_consultation_at_desk
from activities.selectors_consultation import Answer, compilation, consultations_at_desk, recipients_of
from activities.services import consultation as service
from members.audit import record_access
from members.enums import AccessAction
from members.errors import Conflict, DomainError
from members.export import Column, export_response, is_export
from members.models.base import today
from members.permissions import check_can, require_desk
from members.roles import Permission
from members.views.shared import differences, me, show_error

PAGE_SIZE = 50


@require_safe
def consultation_list(request: HttpRequest) -> HttpResponse:
    """All consultations, those that are not closed first, with how many answers came in."""
    require_desk(request.user)
    page = Paginator(consultations_at_desk(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "activities/consultation_list.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def consultation_new(request: HttpRequest) -> HttpResponse:
    """A new draft; its time zone is that of the last one."""
    require_desk(request.user)
    last = Consultation.objects.order_by("-pk").first()
    initial = {"rule": RecipientRule.COUNTERPARTS, "time_zone": last.time_zone if last else "UTC"}
    form = ConsultationForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = service.draft_consultation(call=form.call(), by=me(request))
        except DomainError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Saved as a draft. Nobody is asked yet."))
            return redirect("activities:consultation", made.pk)
    return render(request, "activities/consultation_form.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def consultation_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit a draft; when somebody else was faster both texts are shown."""
    consultation = get_consultation_at_desk(request.user, pk)
    if consultation.opened_at:
        messages.error(request, _("This is open already: what was asked stays as it is."))
        return redirect("activities:consultation", pk)
    form = ConsultationForm(request.POST if request.method == "POST" else None, initial=ConsultationForm.initial_of(consultation))
    if request.method == "POST" and form.is_valid():
        expected = form.cleaned_data["version"] or 0
        try:
            service.edit_consultation(consultation=consultation, call=form.call(), expected_version=expected, by=me(request))
        except Conflict as conflict:
            return _conflict(request, form, conflict.current)
        except DomainError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("activities:consultation", pk)
    context = {"form": form, "consultation": consultation}
    return render(request, "activities/consultation_form.html", context, status=422 if form.errors else 200)


def _conflict(request: HttpRequest, form: ConsultationForm, current: Consultation) -> HttpResponse:
    theirs = ConsultationForm(initial=ConsultationForm.initial_of(current))
    mine = request.POST.copy()
    mine["version"] = str(current.version)
    context = {
        "form": ConsultationForm(mine),
        "rows": differences(form, theirs, skip="version"),
        "back": redirect("activities:consultation", current.pk).url,
        "title": current.title,
    }
    return render(request, "members/directory_conflict.html", context, status=409)


@require_safe
def consultation_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft with who would be asked; once open, the compilation of what was submitted, and nothing of drafts."""
    consultation = get_consultation_at_desk(request.user, pk)
    questions = list(consultation.questions.all())
    rows = compilation(consultation, questions, request.user)
    if is_export(request):
        _note(request, consultation, AccessAction.EXPORTED)
        return export_response(request, _columns(len(questions)), rows, f"consultation-{pk}")
    if any(row.version for row in rows):
        _note(request, consultation, AccessAction.OPENED)
    return render(request, "activities/consultation_detail.html", _context(consultation, questions, rows, CloseForm()))


def _note(request: HttpRequest, consultation: Consultation, action: AccessAction) -> None:
    record_access(
        by=me(request), action=action, label="compilation of replies", ref=f"consultation:{consultation.pk}", request=request
    )


def _context(consultation: Consultation, questions: list[Any], rows: list[Answer], form: CloseForm) -> dict[str, Any]:
    to_be_asked = [] if consultation.opened_at else recipients_of(consultation)
    answered = [row for row in rows if row.version]
    return {
        "consultation": consultation,
        "questions": questions,
        "by_question": [(q, [(row, row.texts[n]) for row in answered if row.texts[n]]) for n, q in enumerate(questions)],
        "rows": rows,
        "answered": answered,
        "remarks": [row for row in answered if row.version and row.version.text],
        "unanswered": len(rows) - len(answered),
        "reachable": [row for row in to_be_asked if row.is_reachable],
        "holes": [row for row in to_be_asked if not row.is_reachable],
        "close_form": form,
    }


def _columns(number_of_questions: int) -> list[Column]:
    def answer_to(place: int) -> Callable[[Answer], str | None]:
        return lambda row: row.texts[place] if row.version else None

    first = [
        Column("participant", "Participant", lambda row: row.participant.name),
        Column("state", "Answer", _state),
        Column("submitted_at", "Submitted (UTC)", lambda row: f"{row.version.saved_at:%Y-%m-%d %H:%M}" if row.version else None),
        Column("stance", "Agreement", lambda row: row.stance),
    ]
    asked = [Column(f"question_{n + 1}", f"Question {n + 1}", answer_to(n)) for n in range(number_of_questions)]
    return [*first, *asked, Column("remarks", "General remarks", lambda row: row.version.text if row.version else None)]


def _state(row: Answer) -> str:
    if row.version:
        return "submitted"
    return "agreed by silence" if row.by_silence else "no answer yet"


@require_POST
def consultation_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask those whom the rule names."""
    consultation = get_consultation_at_desk(request.user, pk)
    return _done(request, pk, lambda: service.open_consultation(consultation=consultation, by=me(request)), _("It is open."))


@require_POST
def consultation_remind(request: HttpRequest, pk: int) -> HttpResponse:
    """Write again to those that have submitted nothing."""
    consultation = get_consultation_at_desk(request.user, pk)
    check_can(request.user, Permission.CIRCULATE)
    try:
        number = service.remind_consultation(consultation=consultation, by=me(request), today=today())
    except DomainError as error:
        messages.error(request, error.message)
    else:
        said = ngettext("%(number)d reminder is on its way.", "%(number)d reminders are on their way.", number)
        messages.success(request, said % {"number": number})
    return redirect("activities:consultation", pk)


@require_POST
def consultation_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close it with a summary."""
    consultation = get_consultation_at_desk(request.user, pk)
    form = CloseForm(request.POST)
    if form.is_valid():
        try:
            service.close_consultation(consultation=consultation, summary=form.cleaned_data["summary"], by=me(request))
        except DomainError as error:
            show_error(form, error)
        else:
            messages.success(request, _("It is closed. Those who were asked read the summary."))
            return redirect("activities:consultation", pk)
    questions = list(consultation.questions.all())
    rows = compilation(consultation, questions, request.user)
    context = _context(consultation, questions, rows, form)
    return render(request, "activities/consultation_detail.html", context, status=422)


def _done(request: HttpRequest, pk: int, act: Callable[[], object], said: str) -> HttpResponse:
    try:
        act()
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, said)
    return redirect("activities:consultation", pk)
