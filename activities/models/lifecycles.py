"""Lifecycles of activities: which state may follow which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from activities.enums import ActivityStatus, CorrectionState, InvitationState, LateChangeState, NominationState, ProposalState
from activities.enums_invitations import IssueState
from members.models.lifecycles import TransitionError, check_transition, may_follow

if TYPE_CHECKING:
    from activities.models.planning import Proposal

ACTIVITY_TRANSITIONS: Mapping[str, frozenset[str]] = {
    ActivityStatus.UNDER_CONSIDERATION: frozenset({ActivityStatus.PLANNED, ActivityStatus.CANCELLED}),
    ActivityStatus.PLANNED: frozenset({ActivityStatus.HELD, ActivityStatus.POSTPONED, ActivityStatus.CANCELLED}),
    ActivityStatus.POSTPONED: frozenset({ActivityStatus.PLANNED, ActivityStatus.CANCELLED, ActivityStatus.HELD}),
    ActivityStatus.CANCELLED: frozenset({ActivityStatus.PLANNED, ActivityStatus.UNDER_CONSIDERATION, ActivityStatus.POSTPONED}),
    ActivityStatus.HELD: frozenset({ActivityStatus.PLANNED}),  # recorded as held by mistake
}
INVITATION_TRANSITIONS: Mapping[str, frozenset[str]] = {
    InvitationState.DRAFT: frozenset({InvitationState.ISSUED}),
    InvitationState.ISSUED: frozenset({InvitationState.ACCEPTED, InvitationState.DECLINED, InvitationState.WITHDRAWN}),
    InvitationState.ACCEPTED: frozenset({InvitationState.DECLINED, InvitationState.WITHDRAWN, InvitationState.ACCEPTED}),
    InvitationState.DECLINED: frozenset({InvitationState.ACCEPTED, InvitationState.WITHDRAWN, InvitationState.DECLINED}),
    InvitationState.WITHDRAWN: frozenset({InvitationState.ISSUED}),
}
ISSUE_TRANSITIONS: Mapping[str, frozenset[str]] = {
    IssueState.WAITING: frozenset({IssueState.RUNNING}),
    IssueState.RUNNING: frozenset({IssueState.RUNNING, IssueState.DONE, IssueState.SKIPPED, IssueState.FAILED}),
    IssueState.DONE: frozenset(),
    IssueState.SKIPPED: frozenset(),
    IssueState.FAILED: frozenset(),  # issuing again makes a new row
}
NOMINATION_TRANSITIONS: Mapping[str, frozenset[str]] = {
    NominationState.SUBMITTED: frozenset({NominationState.CONFIRMED, NominationState.REFUSED, NominationState.WITHDRAWN}),
    NominationState.WAITING: frozenset({NominationState.SUBMITTED, NominationState.WITHDRAWN}),
    NominationState.CONFIRMED: frozenset({NominationState.REFUSED, NominationState.WITHDRAWN}),
    NominationState.REFUSED: frozenset({NominationState.CONFIRMED, NominationState.SUBMITTED, NominationState.WITHDRAWN}),
    NominationState.WITHDRAWN: frozenset({NominationState.SUBMITTED, NominationState.WAITING}),
}
LATE_CHANGE_TRANSITIONS: Mapping[str, frozenset[str]] = {
    LateChangeState.ASKED: frozenset({LateChangeState.AGREED, LateChangeState.DECLINED, LateChangeState.TAKEN_BACK}),
    LateChangeState.AGREED: frozenset(),
    LateChangeState.DECLINED: frozenset(),
    LateChangeState.TAKEN_BACK: frozenset(),
}
PROPOSAL_TRANSITIONS: Mapping[str, frozenset[str]] = {
    ProposalState.IDEA: frozenset({ProposalState.CONSIDERED, ProposalState.DECLINED}),
    ProposalState.CONSIDERED: frozenset({ProposalState.ENDORSED, ProposalState.DECLINED, ProposalState.REFERRED}),
    ProposalState.ENDORSED: frozenset(),
    ProposalState.DECLINED: frozenset({ProposalState.IDEA}),
    ProposalState.REFERRED: frozenset(),
}
CORRECTION_TRANSITIONS: Mapping[str, frozenset[str]] = {
    CorrectionState.ASKED: frozenset({CorrectionState.ACCEPTED, CorrectionState.DECLINED}),
    CorrectionState.ACCEPTED: frozenset(),
    CorrectionState.DECLINED: frozenset(),
}

__all__ = [
    "ACTIVITY_TRANSITIONS",
    "CORRECTION_TRANSITIONS",
    "INVITATION_TRANSITIONS",
    "ISSUE_TRANSITIONS",
    "LATE_CHANGE_TRANSITIONS",
    "NOMINATION_TRANSITIONS",
    "PROPOSAL_TRANSITIONS",
    "TransitionError",
    "check_transition",
    "may_follow",
    "transition",
]


def transition(proposal: Proposal, state: str) -> None:
    """Set the state of a proposal in memory; the caller holds its row and saves it. Raises TransitionError."""
    check_transition(PROPOSAL_TRANSITIONS, proposal.state, state)
    proposal.state = state
