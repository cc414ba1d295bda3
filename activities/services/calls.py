"""The log of the steering group's calls between its meetings [29]."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from activities.models import CallRecord
from members.audit import acting
from members.errors import Conflict, DomainError
from members.models import Seat, User
from members.permissions import check_can
from members.roles import Permission


@transaction.atomic
def record_call(*, fields: Mapping[str, Any], seats: Iterable[Seat], by: User) -> CallRecord:
    """Record a call: `fields` of the model and the seats that took part."""
    check_can(by, Permission.RECORD_ACTIVITIES)
    call = CallRecord(recorded_by=by, **fields)
    call.full_clean()
    with acting(by=by, verb="record_call"):
        call.save()
        call.seats.set(seats)
    return call


@transaction.atomic
def edit_call(
    *, call: CallRecord, fields: Mapping[str, Any], seats: Iterable[Seat], expected_version: int, by: User
) -> CallRecord:
    """Store an edit that began from `expected_version`. Raises Conflict, and DomainError for a withdrawn call."""
    check_can(by, Permission.RECORD_ACTIVITIES)
    found = CallRecord.objects.select_for_update().get(pk=call.pk)
    if found.version != expected_version:
        raise Conflict(_("Somebody else changed this call in between."), current=found)
    if found.withdrawn_at:
        raise DomainError(_("A withdrawn call is not edited."))
    for name, value in fields.items():
        setattr(found, name, value)
    found.version += 1
    found.full_clean()
    with acting(by=by, verb="edit_call"):
        found.save()
        found.seats.set(seats)
    return found


@transaction.atomic
def withdraw_call(*, call: CallRecord, reason: str, by: User) -> CallRecord:
    """Withdraw a call: its address stays and says why. Raises DomainError without a reason; twice is harmless."""
    check_can(by, Permission.RECORD_ACTIVITIES)
    if not reason.strip():
        raise DomainError(_("Say why the call is withdrawn."), field="reason")
    found = CallRecord.objects.select_for_update().get(pk=call.pk)
    if found.withdrawn_at is None:
        with acting(by=by, verb="withdraw_call"):
            found.withdrawn_at, found.withdrawn_by, found.withdrawn_reason = timezone.now(), by, reason.strip()
            found.version += 1
            found.save()
    return found
