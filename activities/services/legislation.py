"""What a participant says of its own legislation: voluntary, in its own words, for the readers that it chooses [39, 75]."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from activities.models import LegislationStatus
from members.audit import acting
from members.errors import Conflict, DomainError
from members.models import User
from members.permissions import check_can
from members.roles import Permission


@transaction.atomic
def save_legislation(*, entry: LegislationStatus, expected_version: int = 0, by: User) -> LegislationStatus:
    """Store what the participant's focal point says; `expected_version` is 0 for a new entry.

    Raises Conflict, DomainError once it is withdrawn, ValidationError.
    """
    check_can(by, Permission.NOMINATE, participant=entry.participant)
    if entry.pk:
        current = LegislationStatus.objects.select_for_update().get(pk=entry.pk)
        if current.participant_id != entry.participant_id:
            raise PermissionDenied
        _check_may_change(current, expected_version)
    entry.version = expected_version + 1
    entry.entered_at, entry.entered_by = timezone.now(), by
    entry.full_clean()
    with acting(by=by, verb="save_legislation"):
        entry.save()
    return entry


@transaction.atomic
def withdraw_legislation(*, entry: LegislationStatus, expected_version: int, by: User) -> LegislationStatus:
    """Take an entry back: from now on only the participant itself sees it. Again it changes nothing. Raises Conflict."""
    found = LegislationStatus.objects.select_for_update(of=("self",)).select_related("participant").get(pk=entry.pk)
    check_can(by, Permission.NOMINATE, participant=found.participant)
    if found.withdrawn_at:
        return found
    _check_may_change(found, expected_version)
    found.withdrawn_at, found.withdrawn_by = timezone.now(), by
    found.version += 1
    with acting(by=by, verb="withdraw_legislation"):
        found.save()
    return found


def _check_may_change(found: LegislationStatus, expected_version: int) -> None:
    if found.withdrawn_at:
        raise DomainError(_("This entry is withdrawn. Make a new one."))
    if found.version != expected_version:
        raise Conflict(_("Somebody else of your participant changed this while you were editing it."), current=found)
