"""What is decided about likely overlaps [32], and what participants need most [38]."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from activities.enums_planning import OverlapChoice
from activities.models import Activity, ForeignActivity, OverlapDecision, PriorityNeed, Proposal
from members.audit import acting
from members.errors import Conflict, DomainError
from members.models import User
from members.permissions import check_can
from members.roles import Permission


@transaction.atomic
def decide_overlap(  # noqa: PLR0913 - a decision has these parts
    *,
    proposal: Proposal,
    other: ForeignActivity | Activity,
    choice: OverlapChoice,
    reason: str,
    acceptance: str = "",
    expected_version: int,
    by: User,
) -> OverlapDecision:
    """Keep, join or hand over, and why; one decision for each pair, which may be changed: the history keeps the earlier one.

    `expected_version` is 0 for the first. Raises Conflict where somebody decided in between, DomainError without a reason.
    """
    check_can(by, Permission.RECORD_ACTIVITIES)
    if not reason.strip():
        raise DomainError(_("Say why."), field="reason")
    if acceptance.strip() and choice == OverlapChoice.KEEP:
        raise DomainError(_("Leave this empty where the proposal is kept."), field="acceptance")
    Proposal.objects.select_for_update().get(pk=proposal.pk)  # two who decide at once do so one after the other
    pair = {"foreign": other} if isinstance(other, ForeignActivity) else {"activity": other}
    found = OverlapDecision.objects.select_for_update().filter(proposal=proposal, **pair).first()
    if (found.version if found else 0) != expected_version:
        raise Conflict(_("Somebody else decided about this in between."), current=found)
    with acting(by=by, verb="decide_overlap"):
        row = found or OverlapDecision(proposal=proposal, version=0, **pair)
        row.choice, row.reason, row.acceptance = choice, reason.strip(), acceptance.strip()
        row.decided_at, row.decided_by = timezone.now(), by
        row.version += 1
        row.full_clean()
        row.save()
    return row


@transaction.atomic
def save_need(*, need: PriorityNeed, values: Mapping[str, Any], expected_version: int | None, by: User) -> PriorityNeed:
    """Record or edit what a participant calls a priority. Raises Conflict."""
    check_can(by, Permission.RECORD_ACTIVITIES)
    is_new = need.pk is None
    found = need if is_new else PriorityNeed.objects.select_for_update().get(pk=need.pk)
    if not is_new and found.version != expected_version:
        raise Conflict(_("Somebody else changed this in between."), current=found)
    for name, value in values.items():
        setattr(found, name, value)
    if not is_new:
        found.version += 1
    found.full_clean()
    with acting(by=by, verb="record_need" if is_new else "edit_need"):
        found.save()
    return found
