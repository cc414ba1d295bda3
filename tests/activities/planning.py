"""Proposals and activities of others for tests: answers of forms, and shorthands."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from activities.enums import ProposalState
from activities.models import Proposal
from activities.services.planning import Step, move_proposal
from members.models import User
from members.models.base import today


def idea(**changes: Any) -> dict[str, Any]:
    """What is sent for a new proposal."""
    return {"title": "Workshop on passports", "added_value": "Nobody trains the small posts."} | changes


def step(state: str, **changes: Any) -> Step:
    """A step decided today."""
    return Step(ProposalState(state), **({"decided_on": today()} | changes))


def move(proposal: Proposal, state: str, by: User, **changes: Any) -> Proposal:
    """Move a proposal on from the version on record."""
    found = Proposal.objects.get(pk=proposal.pk)
    return move_proposal(proposal=found, step=step(state, **changes), expected_version=found.version, by=by)


def in_days(number: int) -> str:
    """A day from today as it is written in forms and lists."""
    return (today() + timedelta(days=number)).isoformat()
