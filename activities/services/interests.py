"""How far a participant wants to take part in each programme area."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from activities.enums import Interest
from activities.models import AreaInterest, ProgrammeArea
from members.audit import acting
from members.errors import Conflict, DomainError
from members.models import Participant, User
from members.permissions import check_can
from members.roles import Permission


@transaction.atomic
def state_interests(
    *, participant: Participant, answers: Mapping[str, str], seen: Mapping[str, str], by: User
) -> list[AreaInterest]:
    """Store one answer per area code, "" for none; changeable any day, and private [40]. Returns what was changed.

    `seen` is what the person had before the eyes. Raises Conflict, with the answers as they stand, where another focal
    point changed one of these meanwhile; DomainError for an area or an answer that does not exist.
    """
    check_can(by, Permission.NOMINATE, participant=participant)
    areas = {area.code: area for area in ProgrammeArea.objects.all()}
    if any(code not in areas or answer not in {"", *Interest.values} for code, answer in answers.items()):
        raise DomainError(_("Choose one of the answers for each area."))
    Participant.objects.select_for_update().get(pk=participant.pk)
    rows = {row.area.code: row for row in AreaInterest.objects.filter(participant=participant).select_related("area")}
    now = {code: row.interest for code, row in rows.items()}
    changes = {code: answer for code, answer in answers.items() if answer != now.get(code, "")}
    if any(seen.get(code, "") != now.get(code, "") for code in changes):
        raise Conflict(_("Somebody else of your participant changed this while you were editing it."), current=now)
    with acting(by=by, verb="state_interests"):
        return [
            _store(rows.get(code) or AreaInterest(participant=participant, area=areas[code], version=0), answer)
            for code, answer in changes.items()
        ]


def _store(row: AreaInterest, answer: str) -> AreaInterest:
    row.interest = answer
    row.version += 1
    if answer:
        row.save()
    else:
        row.delete()
    return row
