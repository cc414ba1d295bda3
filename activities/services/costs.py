"""What an activity cost, kept by the secretariat."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from activities.models import ActivityCost
from members.audit import acting
from members.errors import Conflict
from members.models import User
from members.permissions import check_can
from members.roles import Permission


@transaction.atomic
def record_cost(*, cost: ActivityCost, expected_version: int, by: User) -> ActivityCost:
    """Store the cost of an activity. Raises Conflict where somebody changed it since `expected_version` (0: none)."""
    check_can(by, Permission.RECORD_ACTIVITIES)
    current = ActivityCost.objects.select_for_update().filter(activity=cost.activity).first()
    if (current.version if current else 0) != expected_version:
        raise Conflict(_("Somebody else changed this in between."), current=current)
    cost.version = expected_version + 1
    cost.full_clean()
    with acting(by=by, verb="record_cost"):
        cost.save()
    return cost
