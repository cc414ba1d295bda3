"""Proposals at the desk: recorded, edited, moved on, asked about, and recorded as an activity [30, 31, 33, 41-48]."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activities.enums import ProposalState
from activities.enums_national import RecipientRule
from activities.forms_planning import ActivityFromProposalForm, AskForm, OfferForm, ProposalForm, ReviewByForm, StepForm
from activities.models import Consultation, Contribution, Proposal
from activities.models.lifecycles import PROPOSAL_TRANSITIONS
from activities.permissions import get_activity_at_desk, get_proposal_at_desk
from activities.selectors_places import place_words
from activities.selectors_planning import (
    activity_of,
    consultations_about,
    contributions_to,
    linked_names,
    proposal_in_full,
    proposals_for,
    steps_of,
    when_words,
)
from activities.selectors_radar import likely_overlaps, undecided_overlaps
from activities.services import planning as service
from activities.services.consultation import ask_steering_group
from members.audit import record_access
from members.enums import AccessAction
from members.errors import Conflict, DomainError
from members.permissions import require_desk
from members.views.shared import differences, me, show_error

PAGE_SIZE = 50
LINKED = ("portfolios", "topics", "objectives", "areas", "needs")


@require_safe
def desk_proposal_list(request: HttpRequest) -> HttpResponse:
    """All proposals, or those of one state (`?state=`), those that wait first."""
    require_desk(request.user)
    state = request.GET.get("state", "")
    page = Paginator(proposals_for(request.user, state), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "activities/desk_proposal_list.html", {"page": page, "state": state, "states": ProposalState.choices})


@require_http_methods(["GET", "HEAD", "POST"])
def proposal_new(request: HttpRequest) -> HttpResponse:
    """Record an idea."""
    require_desk(request.user)
    form = ProposalForm(request.POST if request.method == "POST" else None, user=me(request))
    if request.method == "POST" and form.is_valid():
        try:
            proposal = service.propose(plan=form.plan(), by=me(request))
        except (DomainError, ValidationError) as error:
            show_error(form, error)
        else:
            messages.success(request, _("The idea is recorded. The steering group can read it in its room."))
            return redirect("activities:desk_proposal", proposal.pk)
    context = {"form": form, "back": reverse("activities:desk_proposal_list")}
    return render(request, "activities/proposal_form.html", context, status=422 if form.errors else 200)


def proposal_context(request: HttpRequest, pk: int) -> dict[str, Any]:
    """What the page of a proposal shows, as far as the person may see it; opening it is written down. Raises Http404."""
    proposal = proposal_in_full(request.user, pk)
    if proposal is None:
        raise Http404
    record_access(by=request.user, action=AccessAction.OPENED, label="proposal", ref=str(pk), request=request)
    return {
        "proposal": proposal,
        "names": {field: linked_names(proposal, field) for field in LINKED},
        "place": place_words(proposal.city, proposal.country),
        "when": when_words(proposal),
        "steps": steps_of(request.user, proposal),
        "activity": activity_of(request.user, proposal),
        "contributions": list(contributions_to(request.user, proposal)),
        "consultations": consultations_about(request.user, proposal),
        "overlaps": likely_overlaps(proposal, user=request.user),
    }


@require_safe
def desk_proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """One proposal with its steps, questions about it, what is offered, and likely overlaps with what was decided."""
    require_desk(request.user)
    context = proposal_context(request, pk)
    context["may_move"] = bool(PROPOSAL_TRANSITIONS.get(context["proposal"].state))
    return render(request, "activities/desk_proposal.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def proposal_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit; when somebody else was faster both texts are shown."""
    proposal = get_proposal_at_desk(request.user, pk)
    form = ProposalForm(request.POST if request.method == "POST" else None, user=me(request), proposal=proposal)
    if request.method == "POST" and form.is_valid():
        expected = form.cleaned_data["version"] or 0
        try:
            service.edit_proposal(proposal=proposal, plan=form.plan(), expected_version=expected, by=me(request))
        except Conflict as conflict:
            return _conflict(request, form, conflict.current)
        except (DomainError, ValidationError) as error:
            show_error(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("activities:desk_proposal", pk)
    context = {"form": form, "proposal": proposal, "back": reverse("activities:desk_proposal", args=[pk])}
    return render(request, "activities/proposal_form.html", context, status=422 if form.errors else 200)


def _conflict(request: HttpRequest, form: ProposalForm, current: Proposal) -> HttpResponse:
    theirs = ProposalForm(user=me(request), proposal=current)
    mine = request.POST.copy()
    mine["version"] = str(current.version)
    context = {
        "form": ProposalForm(mine, user=me(request), proposal=current),
        "rows": differences(form, theirs, skip="version"),
        "back": reverse("activities:desk_proposal", args=[current.pk]),
        "title": current.title,
    }
    return render(request, "members/directory_conflict.html", context, status=409)


@require_http_methods(["GET", "HEAD", "POST"])
def proposal_move(request: HttpRequest, pk: int) -> HttpResponse:
    """The next step: considered, endorsed, declined, referred, or an idea again."""
    proposal = get_proposal_at_desk(request.user, pk)
    undecided = undecided_overlaps(proposal, user=request.user)
    data = request.POST if request.method == "POST" else None
    form = StepForm(data, proposal=proposal, undecided=len(undecided))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            expected = form.cleaned_data["version"] or 0
            try:
                service.move_proposal(proposal=proposal, step=form.step(), expected_version=expected, by=me(request))
            except Conflict as conflict:
                form.add_error(None, conflict.message)
                status = 409
            except DomainError as error:
                show_error(form, error)
            else:
                messages.success(request, _("The step is recorded."))
                return redirect("activities:desk_proposal", pk)
    context = {"form": form, "proposal": proposal, "undecided": undecided}
    return render(request, "activities/proposal_move.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def contribution_new(request: HttpRequest, pk: int) -> HttpResponse:
    """What a participant offers to it."""
    proposal = get_proposal_at_desk(request.user, pk)
    form = OfferForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            service.add_contribution(to=proposal, offer=form.offer(), by=me(request))
        except (DomainError, ValidationError) as error:
            show_error(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("activities:desk_proposal", pk)
    context = {
        "form": form,
        "proposal": proposal,
        "heading": _("Add what a participant offers"),
        "button": _("Save the offer"),
        "lead": _("Offers are voluntary. The steering group and the secretariat read them."),
    }
    return render(request, "activities/proposal_task.html", context, status=422 if form.errors else 200)


@require_POST
def contribution_remove(request: HttpRequest, pk: int, offer: int) -> HttpResponse:
    """Take an offer away; the history keeps it."""
    proposal = get_proposal_at_desk(request.user, pk)
    row = get_object_or_404(Contribution.objects.visible_to(request.user), pk=offer, proposal=proposal)
    service.remove_contribution(contribution=row, by=me(request))
    messages.success(request, _("It is taken away; the history keeps it."))
    return redirect("activities:desk_proposal", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def proposal_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the steering group about it, with a day to reply by; where wanted, silence means agreement."""
    proposal = get_proposal_at_desk(request.user, pk)
    last = Consultation.objects.visible_to(request.user).order_by("-pk").first()
    initial = {"time_zone": last.time_zone if last else "UTC", "question": proposal.added_value}
    form = AskForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            ask_steering_group(call=form.call(proposal, RecipientRule.STEERING_GROUP), by=me(request))
        except DomainError as error:
            show_error(form, error)
        else:
            messages.success(request, _("The steering group is asked."))
            return redirect("activities:desk_proposal", pk)
    context = {
        "form": form,
        "proposal": proposal,
        "heading": _("Ask the steering group"),
        "button": _("Ask now"),
        "lead": _("Each seat gets a letter with a link to answer. Once it is asked, the question does not change."),
    }
    return render(request, "activities/proposal_task.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def proposal_activity(request: HttpRequest, pk: int) -> HttpResponse:
    """Record an endorsed proposal as a draft activity, filled from it."""
    proposal = get_proposal_at_desk(request.user, pk)
    if proposal.state != ProposalState.ENDORSED or proposal.activity_id:
        messages.error(request, _("Only an endorsed proposal becomes an activity, and only once."))
        return redirect("activities:desk_proposal", pk)
    initial = ActivityFromProposalForm.initial_from(proposal, place_words("", proposal.country))
    form = ActivityFromProposalForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            activity = service.record_from_proposal(proposal=proposal, content=form.content(), review_by=form.day, by=me(request))
        except (DomainError, ValidationError) as error:
            show_error(form, error)
        else:
            messages.success(request, _("%(reference)s is saved as a draft.") % {"reference": activity.reference})
            return redirect("activities:desk_activity", activity.reference)
    context = {
        "form": form,
        "proposal": proposal,
        "heading": _("Record it as an activity"),
        "button": _("Save draft"),
        "lead": _("Filled from the proposal. It is a draft that nobody outside the desk sees."),
    }
    return render(request, "activities/proposal_task.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def activity_review_by(request: HttpRequest, reference: str) -> HttpResponse:
    """The day by which an activity under consideration is looked at again."""
    activity = get_activity_at_desk(request.user, reference)
    known = activity.review_by.day if hasattr(activity, "review_by") else None
    form = ReviewByForm(request.POST if request.method == "POST" else None, initial={"day": known})
    if request.method == "POST" and form.is_valid():
        try:
            service.review_activity_by(activity=activity, day=form.cleaned_data["day"], by=me(request))
        except DomainError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("activities:desk_activity", reference)
    context = {"form": form, "activity": activity}
    return render(request, "activities/activity_review_by.html", context, status=422 if form.errors else 200)
