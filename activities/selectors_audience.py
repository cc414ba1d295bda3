"""Whom an activity is for: each participant, whether it wishes to take part at present, and why not.

The only place outside a participant's own space that reads its interests; see docs/decisions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from activities.enums import Interest
from activities.models import Activity, AreaInterest, ProgrammeArea
from members.models import Participant
from members.models.visibility import rights_of

if TYPE_CHECKING:
    from members.models import AnyUser


class Why(TextChoices):
    """Why a participant is in the audience as it is."""

    AS_OTHERS = "", ""
    OBSERVES = "observes", _("wishes to observe in this area")
    NOT_NOW = "not-now", _("does not wish to take part in this area at present")


@dataclass(frozen=True)
class Invitee:
    """One participant as the preview of an activity's recipients shows it. "All" means those that are in."""

    participant: Participant
    why: Why = Why.AS_OTHERS

    @property
    def is_in(self) -> bool:
        return self.why != Why.NOT_NOW

    @property
    def words(self) -> str:
        return str(self.why.label)


def audience(activity: Activity, user: AnyUser, *, areas: Iterable[str] | None = None) -> list[Invitee]:
    """Every participant in alphabetical order, with what its own interests mean for this activity [26, 40].

    The areas are those of the activity, or those with the codes `areas`.

    Out is who answered "not now" for all areas of the activity; who answered for some only, or not at all, is in as
    others are. Empty for whoever does not work at the desk. Three queries, whatever the number of participants.
    """
    if not rights_of(user).is_secretariat:
        return []
    meant = activity.programme_areas.all() if areas is None else ProgrammeArea.objects.filter(code__in=list(areas))
    said = _answers(set(meant.values_list("pk", flat=True)))
    rows = Participant.objects.select_related("region").order_by("name")
    return [Invitee(row, _why(said.get(row.pk, []))) for row in rows]


def _answers(areas: set[int]) -> dict[int, list[str]]:
    """Per participant one answer for each area, "" where it gave none; only those that gave one."""
    rows = AreaInterest.objects.filter(area__in=areas).values_list("participant", "interest")
    found: defaultdict[int, list[str]] = defaultdict(list)
    for participant, interest in rows:
        found[participant].append(interest)
    return {participant: [*given, *[""] * (len(areas) - len(given))] for participant, given in found.items()}


def _why(answers: list[str]) -> Why:
    given = set(answers)
    if given == {Interest.NOT_NOW.value}:
        return Why.NOT_NOW
    if given and given <= {Interest.NOT_NOW.value, Interest.OBSERVE.value}:
        return Why.OBSERVES
    return Why.AS_OTHERS
