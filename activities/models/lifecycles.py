"""Lifecycles of activities: which state may follow which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from activities.enums import ActivityStatus, CorrectionState, InvitationState, NominationState, ProposalState
from members.models.lifecycles import TransitionError, check_transition, may_follow

if TYPE_CHECKING:
    from activities.models.planning import Proposal

ACTIVITY_TRANSITIONS: Mapping[str, frozenset[str]] = {
    ActivityStatus.UNDER_CONSIDERATION: frozenset({ActivityStatus.PLANNED, ActivityStatus.CANCELLED}),
    ActivityStatus.PLANNED: frozenset({ActivityStatus.HELD, ActivityStatus.POSTPONED, ActivityStatus.CANCELLED}),
    ActivityStatus.POSTPONED: frozenset({ActivityStatus.PLANNED, ActivityStatus.CANCELLED, ActivityStatus.HELD}),
    ActivityStatus.CANCELLED: frozenset({ActivityStatus.PLANNED}),
    ActivityStatus.HELD: frozenset({ActivityStatus.PLANNED}),  # recorded as held by mistake
}
INVITATION_TRANSITIONS: Mapping[str, frozenset[str]] = {
    InvitationState.DRAFT: frozenset({InvitationState.ISSUED}),
    InvitationState.ISSUED: frozenset({InvitationState.ACCEPTED, InvitationState.DECLINED, InvitationState.WITHDRAWN}),
    InvitationState.ACCEPTED: frozenset({InvitationState.DECLINED, InvitationState.WITHDRAWN, InvitationState.ACCEPTED}),
    InvitationState.DECLINED: frozenset({InvitationState.ACCEPTED, InvitationState.WITHDRAWN, InvitationState.DECLINED}),
    InvitationState.WITHDRAWN: frozenset({InvitationState.ISSUED}),
}
NOMINATION_TRANSITIONS: Mapping[str, frozenset[str]] = {
    NominationState.SUBMITTED: frozenset({NominationState.CONFIRMED, NominationState.REFUSED, NominationState.WITHDRAWN}),
    NominationState.CONFIRMED: frozenset({NominationState.WITHDRAWN}),
    NominationState.REFUSED: frozenset({NominationState.CONFIRMED}),
    NominationState.WITHDRAWN: frozenset({NominationState.SUBMITTED}),
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
