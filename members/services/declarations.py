"""What a participant says of itself."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from members.audit import acting
from members.errors import Conflict, DomainError
from members.models import Participant, ParticipantDeclaration, User
from members.permissions import check_can
from members.roles import Permission


@dataclass(frozen=True)
class Declared:
    """The words a participant chooses for itself, and whether its public page shows them."""

    is_source: bool = False
    is_transit: bool = False
    is_destination: bool = False
    is_public: bool = False


@transaction.atomic
def declare(*, participant: Participant, declared: Declared, expected_version: int, by: User) -> ParticipantDeclaration:
    """Store what the participant says of itself; `expected_version` is 0 where nothing was said before [19].

    Raises Conflict where another focal point changed it in between, DomainError where nothing is to be shown publicly.
    """
    check_can(by, Permission.NOMINATE, participant=participant)
    Participant.objects.select_for_update().get(pk=participant.pk)
    found = ParticipantDeclaration.objects.filter(participant=participant).first()
    if (found.version if found else 0) != expected_version:
        raise Conflict(_("Somebody else of your participant changed this while you were editing it."), current=found)
    row = found or ParticipantDeclaration(participant=participant, version=0)
    for name in ("is_source", "is_transit", "is_destination", "is_public"):
        setattr(row, name, getattr(declared, name))
    row.version += 1
    row.declared_at, row.declared_by = timezone.now(), by
    try:
        row.full_clean()
    except ValidationError as error:
        raise DomainError(error.messages[0], field="is_public") from error
    with acting(by=by, verb="declare"):
        row.save()
    return row
