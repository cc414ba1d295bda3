"""What is decided about one likely overlap of a proposal [32]."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from activities.enums_planning import OverlapChoice
from activities.forms_planning import OverlapForm
from activities.models import Activity, ForeignActivity, OverlapDecision, Proposal
from activities.permissions import get_proposal_at_desk
from activities.selectors_radar import Overlap, likely_overlaps
from activities.services.radar import decide_overlap
from members.errors import Conflict, DomainError
from members.models import AnyUser
from members.views.shared import me, show_error


def _other(user: AnyUser, kind: str, other: int) -> ForeignActivity | Activity:
    """The activity that the address names. Raises Http404."""
    found: ForeignActivity | Activity | None = None
    if kind == "foreign":
        found = ForeignActivity.objects.visible_to(user).filter(pk=other).first()
    elif kind == "own":
        found = Activity.objects.visible_to(user).filter(pk=other).first()
    if found is None:
        raise Http404
    return found


def _overlap(user: AnyUser, proposal: Proposal, other: ForeignActivity | Activity) -> Overlap:
    """The pair with its reasons, or without any where the radar sees none."""
    found = likely_overlaps(proposal, user=user)
    known = next((row for row in found if type(row.record) is type(other) and row.record.pk == other.pk), None)
    return known or Overlap(other, ())


def _decision(user: AnyUser, proposal: Proposal, other: ForeignActivity | Activity) -> OverlapDecision | None:
    pair = {"foreign": other} if isinstance(other, ForeignActivity) else {"activity": other}
    return OverlapDecision.objects.visible_to(user).filter(proposal=proposal, **pair).first()


@require_http_methods(["GET", "HEAD", "POST"])
def overlap_decide(request: HttpRequest, pk: int, kind: str, other: int) -> HttpResponse:
    """Both side by side with the reasons; keep, join or hand over."""
    proposal, record = get_proposal_at_desk(request.user, pk), _other(request.user, kind, other)
    decision = _decision(request.user, proposal, record)
    form = OverlapForm(request.POST if request.method == "POST" else None, initial=OverlapForm.initial_of(decision))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            try:
                decide_overlap(
                    proposal=proposal,
                    other=record,
                    choice=OverlapChoice(data["choice"]),
                    reason=data["reason"],
                    acceptance=data["acceptance"],
                    expected_version=data["version"] or 0,
                    by=me(request),
                )
            except Conflict as conflict:
                form.add_error(None, conflict.message)
                status = 409
            except (DomainError, ValidationError) as error:
                show_error(form, error)
            else:
                messages.success(request, _("The decision is recorded."))
                return redirect("activities:desk_proposal", pk)
    context = {
        "form": form,
        "proposal": proposal,
        "overlap": _overlap(request.user, proposal, record),
        "decision": decision if status != 409 else _decision(request.user, proposal, record),  # noqa: PLR2004
    }
    return render(request, "activities/overlap_decide.html", context, status=status)
