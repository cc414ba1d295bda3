"""The page behind a signed link: a seat's answer to a question to the steering group, without signing in [29]."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from activities.forms_consultation import LinkedReplyForm
from activities.models import ReplyVersion
from activities.selectors_consultation import zone_of
from activities.services.reply_links import Addressee, addressee_of, answer_by_link, given_answer
from members.errors import Conflict, DomainError
from members.signing import TokenError
from members.views.shared import show_error


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def consultation_answer(request: HttpRequest, token: str) -> HttpResponse:
    """What is asked, for whom the answer is given, the earlier answer, and the form. Reading it changes nothing."""
    try:
        who = addressee_of(token)
    except TokenError:
        return render(request, "activities/consultation_answer_closed.html", status=404)
    with override(who.language):
        return _answer(request, token, who)


def _answer(request: HttpRequest, token: str, who: Addressee) -> HttpResponse:
    last = given_answer(who)
    asked: dict[str, Any] = {"consultation": who.consultation, "questions": list(who.consultation.questions.all())}
    form = LinkedReplyForm(request.POST if request.method == "POST" else None, initial=LinkedReplyForm.initial_of(last), **asked)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            try:
                answer_by_link(token=token, draft=form.draft(), name=data["name"], expected_number=data["number"] or 0)
            except Conflict as conflict:
                form.add_error(None, conflict.message)
                last, status = conflict.current, 409
            except DomainError as error:
                show_error(form, error)
            else:
                messages.success(request, _("Thank you. The answer is given, and a confirmation is on its way by mail."))
                return redirect("consultation_answer", token)
    return render(request, "activities/consultation_answer.html", _context(who, form, last, asked["questions"]), status=status)


def _context(who: Addressee, form: LinkedReplyForm, last: ReplyVersion | None, questions: list[Any]) -> dict[str, Any]:
    answers = [(question, last.answers.get(str(question.number), "")) for question in questions] if last else []
    return {
        "consultation": who.consultation,
        "participant": who.participant,
        "office": who.office,
        "own_zone": zone_of(who.participant),
        "form": form,
        "last": last,
        "answers": answers,
        "may_answer": last is None or who.consultation.may_revise,
        "number": last.number if last else 0,
    }
