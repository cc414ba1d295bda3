"""Planning: proposals, their steps, what is contributed to them, and the activity that one becomes [30, 31, 33, 41-48]."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activities.enums import ActivityStatus, ProposalState
from activities.models import Activity, Contribution, Proposal, ProposalStep, ReviewBy
from activities.models.lifecycles import TransitionError, transition
from activities.selectors_planning import coordinators
from activities.selectors_radar import undecided_overlaps
from activities.services.activities import Content, record_activity
from members.audit import acting
from members.enums import DatePrecision
from members.errors import Conflict, DomainError
from members.models import Forum, Participant, User
from members.models.base import today
from members.models.visibility import rights_of
from members.permissions import check_can, has_permission
from members.roles import Permission

_OPEN = frozenset({ProposalState.IDEA, ProposalState.CONSIDERED, ProposalState.ENDORSED})


@dataclass(frozen=True)
class Plan:
    """What a form says of a proposal: plain fields, links, and the day to look at it again."""

    fields: Mapping[str, Any]
    links: Mapping[str, list[Any]] = field(default_factory=dict)
    review_by: date | None = None


@transaction.atomic
def propose(*, plan: Plan, by: User) -> Proposal:
    """Record an idea. A member of the steering group proposes for its own participant. Raises DomainError, PermissionDenied."""
    proposal = Proposal(recorded_by=by)
    if not has_permission(by, Permission.RECORD_ACTIVITIES):
        own: Participant | None = plan.fields.get("proposed_by")
        if own is None or own.pk not in rights_of(by).sits_for:
            raise PermissionDenied(_("You may see this page, but not do this."))
    with acting(by=by, verb="propose"):
        _store(proposal, plan)
    return proposal


@transaction.atomic
def edit_proposal(*, proposal: Proposal, plan: Plan, expected_version: int, by: User) -> Proposal:
    """Store an edit that began from `expected_version`. Raises Conflict, DomainError."""
    check_can(by, Permission.RECORD_ACTIVITIES)
    found = _locked(proposal, expected_version)
    if found.activity_id:
        raise DomainError(_("It is recorded as an activity. Edit the activity instead."))
    found.version += 1
    with acting(by=by, verb="edit_proposal"):
        _store(found, plan)
    return found


def _locked(proposal: Proposal, expected_version: int) -> Proposal:
    found = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if found.version != expected_version:
        raise Conflict(_("Somebody else changed this in between."), current=found)
    return found


def _store(proposal: Proposal, plan: Plan) -> None:
    before = proposal.coordinator_id
    for name, value in plan.fields.items():
        setattr(proposal, name, value)
    seat = proposal.coordinator
    if seat and seat.pk != before and seat not in coordinators():
        raise DomainError(_("Choose a seat that is held in the steering group today."), field="coordinator")
    if proposal.earliest and proposal.latest and proposal.latest < proposal.earliest:
        raise DomainError(_("This is before the earliest date."), field="latest")
    proposal.full_clean()
    proposal.save()
    for name, rows in plan.links.items():
        getattr(proposal, name).set(rows)
    set_review_by(day=plan.review_by, proposal=proposal)


def set_review_by(*, day: date | None, proposal: Proposal | None = None, activity: Activity | None = None) -> None:
    """Store or take away the day to look again; the caller has opened the history's context."""
    subject = {"proposal": proposal} if proposal else {"activity": activity}
    found = ReviewBy.objects.select_for_update().filter(**subject).first()
    if day is None:
        if found:
            found.delete()
    elif found is None:
        ReviewBy.objects.create(day=day, **subject)
    elif found.day != day:
        found.day = day
        found.version += 1
        found.save()


@transaction.atomic
def review_activity_by(*, activity: Activity, day: date | None, by: User) -> None:
    """Say when an activity under consideration is looked at again [42]. Raises DomainError for another one."""
    check_can(by, Permission.RECORD_ACTIVITIES)
    found = Activity.objects.select_for_update().get(pk=activity.pk)
    if found.status != ActivityStatus.UNDER_CONSIDERATION:
        raise DomainError(_("Only an activity under consideration is looked at again."), field="day")
    with acting(by=by, verb="set_review_by"):
        set_review_by(day=day, activity=found)


@dataclass(frozen=True)
class Step:
    """Where a proposal goes next: decided on which day, at which meeting, and why."""

    state: ProposalState
    decided_on: date
    reason: str = ""
    meeting: Activity | None = None
    forum: Forum | None = None
    despite_overlaps: bool = False


@transaction.atomic
def move_proposal(*, proposal: Proposal, step: Step, expected_version: int, by: User) -> Proposal:
    """Move a proposal to its next state and keep the step.

    Declining needs a reason, referring a reason and the forum, endorsing the added value [30] and a yes where likely
    overlaps are undecided [32]. Raises Conflict, DomainError.
    """
    check_can(by, Permission.RECORD_ACTIVITIES)
    found = _locked(proposal, expected_version)
    undecided = _check(found, step, by)
    old = found.state
    try:
        transition(found, step.state)
    except TransitionError as error:
        raise DomainError(_("This step cannot follow where the proposal stands now."), field="state") from error
    found.referred_to = step.forum if step.state == ProposalState.REFERRED else None
    found.version += 1
    with acting(by=by, verb="move_proposal"):
        found.save()
        ProposalStep.objects.create(
            proposal=found,
            from_state=old,
            to_state=step.state,
            decided_on=step.decided_on,
            meeting=step.meeting,
            forum=found.referred_to,
            reason=step.reason.strip(),
            undecided=undecided,
            recorded_by=by,
        )
        if step.state not in _OPEN:
            set_review_by(day=None, proposal=found)
    return found


def _check(proposal: Proposal, step: Step, by: User) -> int:
    """How many likely overlaps are left undecided; raises DomainError where something is missing for the step."""
    if step.decided_on > today():
        raise DomainError(_("Give a day that is not in the future."), field="decided_on")
    if step.state in {ProposalState.DECLINED, ProposalState.REFERRED} and not step.reason.strip():
        raise DomainError(_("Say why: whoever proposed it reads the reason."), field="reason")
    if step.state == ProposalState.REFERRED and step.forum is None:
        raise DomainError(_("Choose the forum that it is referred to."), field="forum")
    if step.state != ProposalState.ENDORSED:
        return 0
    if not proposal.added_value.strip():
        raise DomainError(_("Write down first what value it adds: edit the proposal."), field="state")
    undecided = len(undecided_overlaps(proposal, user=by))
    if undecided and not step.despite_overlaps:
        said = ngettext(
            "%(number)d likely overlap is undecided. Decide about it, or say yes below.",
            "%(number)d likely overlaps are undecided. Decide about them, or say yes below.",
            undecided,
        )
        raise DomainError(said % {"number": undecided}, field="despite_overlaps")
    return undecided


@dataclass(frozen=True)
class Offer:
    """What one participant offers: money for something (`currency` by ISO 4217), or something in kind."""

    participant: Participant
    title: str
    amount: Decimal | None = None
    currency: str = ""


@transaction.atomic
def add_contribution(*, to: Proposal | Activity, offer: Offer, by: User) -> Contribution:
    """Record what a participant offers to a proposal, or contributes to an activity [33].

    Raises DomainError for an amount without its currency.
    """
    check_can(by, Permission.RECORD_ACTIVITIES)
    if (offer.amount is None) != (not offer.currency):
        raise DomainError(_("Give an amount together with its currency."), field="currency" if offer.amount else "amount")
    proposal, activity = None, None
    if isinstance(to, Proposal):
        proposal = Proposal.objects.select_for_update().get(pk=to.pk)
        activity = proposal.activity
    else:
        activity = to
    row = Contribution(
        proposal=proposal,
        activity=activity,
        participant=offer.participant,
        title=offer.title,
        amount=offer.amount,
        currency=offer.currency,
        date=today(),
    )
    row.full_clean()
    with acting(by=by, verb="add_contribution"):
        row.save()
    return row


@transaction.atomic
def remove_contribution(*, contribution: Contribution, by: User) -> None:
    """Take an offer away that was entered by mistake or withdrawn; the history keeps it."""
    check_can(by, Permission.RECORD_ACTIVITIES)
    with acting(by=by, verb="remove_contribution"):
        contribution.delete()


@transaction.atomic
def record_from_proposal(*, proposal: Proposal, content: Content, review_by: date | None, by: User) -> Activity:
    """Record an endorsed proposal as a draft activity, linked both ways; without a date it stays under consideration [42].

    Raises DomainError where it is not endorsed or recorded already, or has neither a date nor a day to look again.
    """
    check_can(by, Permission.RECORD_ACTIVITIES)
    found = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if found.state != ProposalState.ENDORSED:
        raise DomainError(_("Only an endorsed proposal becomes an activity."))
    if found.activity_id:
        raise DomainError(_("It is recorded as an activity already."))
    is_dated = content.fields.get("date_precision") != DatePrecision.UNKNOWN
    if not is_dated and review_by is None:
        raise DomainError(_("Give a date, or the day by which it is looked at again."), field="review_by")
    status = ActivityStatus.PLANNED if is_dated else ActivityStatus.UNDER_CONSIDERATION
    activity = record_activity(content=replace(content, fields={**content.fields, "status": status}), by=by)
    with acting(by=by, verb="record_from_proposal"):
        found.activity = activity
        found.version += 1
        found.save()
        for row in found.contributions.all():
            row.activity = activity
            row.version += 1
            row.save()
        set_review_by(day=None, proposal=found)
        if not is_dated:
            set_review_by(day=review_by, activity=activity)
    return activity
