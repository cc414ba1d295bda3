"""Proposals in the steering group's room: read, and proposed for the own participant [30]."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from activities.enums import ProposalState
from activities.forms_planning import OwnProposalForm
from activities.permissions import require_room
from activities.selectors_planning import proposals_for
from activities.services.planning import propose
from activities.views.desk_proposals import PAGE_SIZE, proposal_context
from members.errors import DomainError
from members.models import Participant
from members.models.visibility import rights_of
from members.views.shared import me, show_error


@require_safe
def room_proposals(request: HttpRequest) -> HttpResponse:
    """Proposals, or those of one state (`?state=`)."""
    require_room(request.user)
    state = request.GET.get("state", "")
    page = Paginator(proposals_for(request.user, state), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "state": state,
        "states": ProposalState.choices,
        "may_propose": bool(rights_of(request.user).sits_for),
    }
    return render(request, "activities/room_proposals.html", context)


@require_safe
def room_proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """One proposal as the steering group reads it."""
    require_room(request.user)
    return render(request, "activities/room_proposal.html", proposal_context(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
def room_proposal_new(request: HttpRequest) -> HttpResponse:
    """Propose for the participant whose seat the person holds."""
    require_room(request.user)
    own = Participant.objects.filter(pk__in=rights_of(request.user).sits_for)
    if not own:
        raise PermissionDenied(_("You may see this page, but not do this."))
    initial = {"proposed_by": own[0]}
    form = OwnProposalForm(request.POST if request.method == "POST" else None, user=me(request), own=own, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            proposal = propose(plan=form.plan(), by=me(request))
        except (DomainError, ValidationError) as error:
            show_error(form, error)
        else:
            messages.success(request, _("The idea is recorded. The steering group can read it in its room."))
            return redirect("activities:room_proposal", proposal.pk)
    context = {"form": form, "back": reverse("activities:room_proposals"), "in_room": True}
    return render(request, "activities/proposal_form.html", context, status=422 if form.errors else 200)
