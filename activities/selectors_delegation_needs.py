"""The delegations of one activity as the desk reads them: who comes when and how, and what the host has to provide."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from activities.enums import AttendanceMode, DelegateAnswer, DelegatePart, InvitationState, NominationState
from activities.models import Activity, Delegate, Invitation, Nomination
from activities.selectors_delegations import attends_on, days_of
from members.models import Official, Participant

if TYPE_CHECKING:
    from members.models import AnyUser

NEEDS = ("visa", "meal", "access")
_PARTS = {DelegatePart.HEAD.value: 0, DelegatePart.DELEGATE.value: 1, DelegatePart.ADVISER.value: 2}
_HOLDING = (NominationState.SUBMITTED, NominationState.CONFIRMED)
_OFF = (NominationState.WITHDRAWN, NominationState.REFUSED)


@dataclass(frozen=True)
class Person:
    """Somebody of a delegation. Without `nomination` written down at the door; `place` is the one on the waiting list."""

    participant: Participant
    official: Official
    position: str
    entry: Nomination | Delegate
    nomination: Nomination | None = None
    place: int | None = None
    days: tuple[date, ...] = ()  # none: all of them

    @property
    def part(self) -> str:
        return str(self.entry.get_part_display())

    @property
    def mode(self) -> str:
        return str(self.entry.get_mode_display())

    @property
    def stands(self) -> str:
        """How the person stands on the delegation, in words."""
        if self.nomination is None:
            return _("Not named by the participant.")
        if self.place:
            return _("On the waiting list, number %(place)s") % {"place": self.place}
        if self.nomination.state == NominationState.CONFIRMED:
            return _("Confirmed")
        return _("Registered") if self.nomination.counts else _("Waits for the secretariat's yes")

    @property
    def answer(self) -> str:
        """What the person said through the signed link; "" until then."""
        return str(self.nomination.get_answer_display()) if self.nomination and self.nomination.answer else ""

    @property
    def is_cared_for(self) -> bool:
        """Whether the host provides for this person: has a place, comes in person and has not said that he or she cannot."""
        found = self.nomination
        if found is None or found.state not in _HOLDING or found.mode != AttendanceMode.IN_PERSON:
            return False
        return found.answer != DelegateAnswer.NOT_COMING

    def needs(self, what: str) -> bool:
        """Whether the host has to provide this person with a letter for the visa ("visa"), a "meal" or "access"."""
        found = self.nomination
        if found is None or not self.is_cared_for:
            return False
        return bool({"visa": found.visa_letter, "meal": found.meal, "access": found.access_needs}.get(what))


@dataclass(frozen=True)
class Needs:
    """What the host provides: how many it cares for, meals with their number, and how many need what else."""

    people: int
    meals: list[tuple[str, int]]
    no_meal: int
    visa: int
    access: int


@dataclass
class Delegation:
    """The people of one participant, the head first."""

    participant: Participant
    people: list[Person] = field(default_factory=list)


def people_at(activity: Activity, user: AnyUser) -> list[Person]:
    """Everybody on a delegation, on its waiting list or written down at the door, by participant. Two queries.

    Within a delegation the head stands first and the advisers last, each in the order of the sheet.
    """
    rows = Nomination.objects.visible_to(user).filter(invitation__activity=activity).exclude(state__in=_OFF)
    rows = rows.exclude(invitation__state=InvitationState.WITHDRAWN).select_related("official", "invitation__participant")
    named = list(rows.order_by("order", "pk"))
    places, days = _places(named), days_of(activity)
    found = [_named(row, activity, places.get(row.pk), days) for row in named]
    others = Delegate.objects.visible_to(user).filter(activity=activity, withdrawn_at__isnull=True, nomination__isnull=True)
    listed = others.select_related("official", "participant").order_by("official__name", "pk")
    found += [Person(row.participant, row.official, row.title or row.official.position, row) for row in listed]
    return sorted(found, key=lambda person: (person.participant.name, person.participant.pk, _PARTS[person.entry.part]))


def _named(row: Nomination, activity: Activity, place: int | None, days: Sequence[date]) -> Person:
    row.invitation.activity = activity
    said = tuple(day for day in row.days if day in days)
    return Person(row.invitation.participant, row.official, row.official.position, row, row, place, said)


def _places(rows: Iterable[Nomination]) -> dict[int, int]:
    """The place on the waiting list of each that waits, from 1."""
    waiting = [row for row in rows if row.waiting_since]
    waiting.sort(key=lambda row: (row.waiting_since, row.order, row.pk))
    return {row.pk: number for number, row in enumerate(waiting, start=1)}


@dataclass(frozen=True)
class Shown:
    """Which people are asked for; what is empty or no choice narrows nothing."""

    participant: str = ""
    need: str = ""
    day: date | None = None

    @property
    def narrows(self) -> bool:
        return bool(self.participant or self.need or self.day)


def shown_by(query: Any, people: Sequence[Person], days: Sequence[date]) -> Shown:
    """What an address asks for: a participant that has a delegation, one of NEEDS, one of the activity's days."""
    slug, need, day = (query.get(name, "") for name in ("participant", "need", "day"))
    return Shown(
        participant=slug if slug in {person.participant.slug for person in people} else "",
        need=need if need in NEEDS else "",
        day=next((one for one in days if f"{one:%Y-%m-%d}" == day), None),
    )


def narrowed(people: Iterable[Person], shown: Shown, days: Sequence[date], *, by_need: bool = True) -> list[Person]:
    """The people asked for; without `by_need` also those who have not that need, from whom the needs are counted."""
    return [
        person
        for person in people
        if shown.participant in {"", person.participant.slug}
        and (shown.day is None or attends_on(person.nomination, shown.day, days))
        and (not by_need or not shown.need or person.needs(shown.need))
    ]


def needs_of(people: Iterable[Person]) -> Needs:
    """What the host has to provide for these people. A kind of meal is one in capitals or not, as most write it."""
    cared = [person for person in people if person.is_cared_for]
    kinds: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for person in cared:
        if meal := " ".join(person.nomination.meal.split()) if person.nomination else "":
            kinds[meal.casefold()][meal] += 1
    meals = [(_usual(spelt), spelt.total()) for spelt in kinds.values()]
    return Needs(
        people=len(cared),
        meals=sorted(meals, key=lambda meal: (-meal[1], meal[0].casefold())),
        no_meal=sum(not person.needs("meal") for person in cared),
        visa=sum(person.needs("visa") for person in cared),
        access=sum(person.needs("access") for person in cared),
    )


def _usual(spelt: Counter[str]) -> str:
    """How most write it, and of spellings that are as frequent the first in the alphabet."""
    return min(spelt, key=lambda words: (-spelt[words], words))


def delegations(people: Iterable[Person]) -> list[Delegation]:
    """People of `people_at` by their participant."""
    found: dict[int, Delegation] = {}
    for person in people:
        found.setdefault(person.participant.pk, Delegation(person.participant)).people.append(person)
    return list(found.values())


def invited_without_people(activity: Activity, user: AnyUser, people: Iterable[Person]) -> list[Invitation]:
    """Invitations neither declined nor withdrawn of participants that have named nobody. One query."""
    rows = Invitation.objects.visible_to(user).filter(activity=activity, issued_at__isnull=False)
    rows = rows.exclude(state__in=[InvitationState.DECLINED, InvitationState.WITHDRAWN]).select_related("participant")
    there = {person.participant.pk for person in people}
    return [row for row in rows.order_by("participant__name", "pk") if row.participant_id not in there]
