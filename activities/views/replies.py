"""A participant's answers to calls for views: one shared draft, comments beside it, one national position."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from activities.enums import ConsultationAudience
from activities.forms_consultation import CommentForm, NumberForm, ReplyForm
from activities.models import Consultation, ConsultationQuestion, Reply, ReplyVersion
from activities.permissions import check_may_submit, get_call_for, may_submit
from activities.selectors_consultation import calls_of, zone_of
from activities.selectors_national import comments_on
from activities.services import replies as service
from members.errors import Conflict, DomainError
from members.models import Participant
from members.permissions import get_participant_for
from members.views.shared import differences, me, show_error


@dataclass(frozen=True)
class Desk:
    """Where one participant answers one consultation: in its national space, or in the steering group's room."""

    participant: Participant
    consultation: Consultation
    in_room: bool = False

    def address(self, what: str = "") -> str:
        """The page of the answer, or its "submit" or "versions"."""
        route = "_".join(part for part in ("room_consultation" if self.in_room else "reply", what) if part)
        own = [self.consultation.pk] if self.in_room else [self.participant.slug, self.consultation.pk]
        address = reverse(f"activities:{route}", args=own)
        return f"{address}?for={self.participant.slug}" if self.in_room else address


@require_safe
def reply_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Calls for views that went to this participant, the open ones first."""
    participant = get_participant_for(request.user, slug)
    replies = {row.consultation_id: row for row in Reply.objects.visible_to(request.user).filter(participant=participant)}
    rows = [(call, replies.get(call.pk)) for call in calls_of(participant)[:200]]
    context = {"participant": participant, "rows": rows, "own_zone": zone_of(participant)}
    return render(request, "activities/reply_list.html", context)


def _desk(request: HttpRequest, slug: str, pk: int) -> Desk:
    participant = get_participant_for(request.user, slug)
    return Desk(participant, get_call_for(request.user, participant, pk, ConsultationAudience.PARTICIPANTS))


@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The shared draft, or the position that was submitted."""
    return answer_page(request, _desk(request, slug, pk))


@require_http_methods(["GET", "HEAD", "POST"])
def reply_submit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Read the whole draft once more, then give it as the national position."""
    return submit_page(request, _desk(request, slug, pk))


@require_safe
def reply_versions(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Every text that was saved, the latest first."""
    return versions_page(request, _desk(request, slug, pk))


def _state(request: HttpRequest, desk: Desk) -> tuple[Reply | None, ReplyVersion | None, list[ConsultationQuestion]]:
    own = Reply.objects.visible_to(request.user).filter(consultation=desk.consultation, participant=desk.participant)
    found = own.first()
    latest = found.versions.select_related("saved_by").first() if found else None
    return found, latest, list(desk.consultation.questions.all())


def answer_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Read and save the shared draft; when somebody else was faster both texts are shown."""
    found, latest, questions = _state(request, desk)
    asked: dict[str, Any] = {"consultation": desk.consultation, "questions": questions}
    form = ReplyForm(request.POST if request.method == "POST" else None, initial=ReplyForm.initial_of(latest), **asked)
    if request.method == "POST" and form.is_valid():
        try:
            service.save_draft(
                consultation=desk.consultation,
                participant=desk.participant,
                draft=form.draft(),
                expected_number=form.cleaned_data["number"] or 0,
                by=me(request),
            )
        except Conflict as conflict:
            return _conflict(request, desk, form, conflict.current, asked)
        except DomainError as error:
            show_error(form, error)
        else:
            messages.success(request, _("The draft is saved. Only your own participant sees it."))
            return redirect(desk.address())
    context = _context(request, desk, found, latest, questions) | {"form": form}
    return render(request, "activities/reply.html", context, status=422 if form.errors else 200)


def _context(
    request: HttpRequest, desk: Desk, found: Reply | None, latest: ReplyVersion | None, questions: list[ConsultationQuestion]
) -> dict[str, Any]:
    closed = ""
    try:
        service.check_takes_text(desk.consultation, found)
    except DomainError as error:
        closed = error.message
    submitted = found.versions.filter(is_submitted=True).select_related("by_link").first() if found else None
    comments = [] if desk.in_room else _comments(desk, found)
    return {
        "desk": desk,
        "consultation": desk.consultation,
        "participant": desk.participant,
        "reply": found,
        "latest": latest,
        "submitted": submitted,
        "submitted_answers": _answers(submitted, questions),
        "questions": questions,
        "closed": closed,
        "own_zone": zone_of(desk.participant),
        "may_submit": may_submit(request.user, desk.consultation, desk.participant),
        "is_draft_newer": bool(latest and not latest.is_submitted),
        "comments": comments,
        "comment_form": CommentForm(initial={"about": "call"}, auto_id="comment_%s"),
        "here": desk.address(),
        "submit_url": desk.address("submit"),
        "versions_url": desk.address("versions"),
    }


def _comments(desk: Desk, found: Reply | None) -> list[Any]:
    rows = list(comments_on(desk.participant, consultation=desk.consultation))
    if found:
        rows += comments_on(desk.participant, reply=found)
    return sorted(rows, key=lambda row: (row.written_at, row.pk))


def _answers(version: ReplyVersion | None, questions: list[ConsultationQuestion]) -> list[tuple[ConsultationQuestion, str]]:
    return [(question, version.answers.get(str(question.number), "")) for question in questions] if version else []


def _conflict(
    request: HttpRequest, desk: Desk, form: ReplyForm, current: ReplyVersion | None, asked: dict[str, Any]
) -> HttpResponse:
    theirs = ReplyForm(initial=ReplyForm.initial_of(current), **asked)
    mine = request.POST.copy()
    mine["number"] = str(current.number if current else 0)
    context = {
        "form": ReplyForm(mine, **asked),
        "rows": differences(form, theirs, skip="number"),
        "back": desk.address(),
        "title": desk.consultation.title,
    }
    return render(request, "members/directory_conflict.html", context, status=409)


def submit_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What is given, word for word, and the button; refused where the draft changed in between."""
    found, latest, questions = _state(request, desk)
    check_may_submit(request.user, desk.consultation, desk.participant)
    form = NumberForm(request.POST if request.method == "POST" else None, initial={"number": latest.number if latest else 0})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                service.submit_reply(
                    consultation=desk.consultation,
                    participant=desk.participant,
                    expected_number=form.cleaned_data["number"],
                    by=me(request),
                )
            except Conflict as conflict:
                form.add_error(None, conflict.message)
                status = 409
            except DomainError as error:
                show_error(form, error)
            else:
                messages.success(request, _("The position is submitted. You get a confirmation by mail."))
                return redirect(desk.address())
    context = _context(request, desk, found, latest, questions) | {
        "form": form,
        "fresh": NumberForm(initial={"number": latest.number if latest else 0}),
        "answers": _answers(latest, questions),
    }
    return render(request, "activities/reply_submit.html", context, status=status)


def versions_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The versions of one reply, for those who draft it."""
    found, latest, questions = _state(request, desk)
    versions = list(found.versions.all()[:200]) if found else []
    context = _context(request, desk, found, latest, questions) | {
        "versions": [(version, _answers(version, questions)) for version in versions]
    }
    return render(request, "activities/reply_versions.html", context)
