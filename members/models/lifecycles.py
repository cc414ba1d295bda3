"""Lifecycles of members: which state may follow which, and the one way to change a state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from members.enums import DeliveryState

if TYPE_CHECKING:
    from members.models.delivery import Delivery

S = DeliveryState
DELIVERY_TRANSITIONS: Mapping[str, frozenset[str]] = {
    S.QUEUED: frozenset({S.SENDING, S.WITHHELD}),
    S.SENDING: frozenset({S.ACCEPTED, S.DEFERRED, S.FAILED, S.IN_DOUBT, S.WITHHELD}),
    S.DEFERRED: frozenset({S.QUEUED, S.FAILED, S.WITHHELD}),
    S.IN_DOUBT: frozenset({S.ACCEPTED, S.FAILED, S.QUEUED}),
    S.ACCEPTED: frozenset({S.BOUNCED}),
    S.FAILED: frozenset({S.QUEUED}),  # sent again by a person
    S.BOUNCED: frozenset({S.QUEUED}),  # sent again by a person, after the address was mended
    S.WITHHELD: frozenset(),
}


class TransitionError(Exception):
    """A state was asked for that cannot follow the present one."""


def may_follow(transitions: Mapping[str, frozenset[str]], old: str, new: str) -> bool:
    """Whether `new` may follow `old`."""
    return new in transitions.get(old, frozenset())


def check_transition(transitions: Mapping[str, frozenset[str]], old: str, new: str) -> None:
    """Raise TransitionError unless `new` may follow `old`."""
    if not may_follow(transitions, old, new):
        raise TransitionError(_("“%(new)s” cannot follow “%(old)s”.") % {"new": new, "old": old})


def transition(delivery: Delivery, state: str) -> None:
    """Set the state of `delivery` in memory; the caller holds its row and saves it. Raises TransitionError."""
    check_transition(DELIVERY_TRANSITIONS, delivery.state, state)
    delivery.state = state
