"""Who a letter goes to: one named rule each, in one place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from members.enums import AppointmentRole, Standing
from members.models import Appointment, Office, Official, Participant
from members.models.base import today


@dataclass(frozen=True)
class Recipient:
    """One official or office to write to, with address and language; `to` is None where nobody is known."""

    participant: Participant
    to: Official | Office | None
    email: str
    language: str

    @property
    def is_reachable(self) -> bool:
        return self.to is not None and bool(self.email)


def for_participants(participants: Iterable[Participant], *, topics: Iterable[int] = ()) -> list[Recipient]:
    """For each participant its current focal points with an address, on one of `topics` where given; else an office.

    A participant without anybody stands in the list too, so that the hole is seen.
    """
    wanted = list(participants)
    officials = _focal_points(wanted, list(topics))
    offices = {office.participant_id: office for office in _offices(wanted)}
    found: list[Recipient] = []
    for participant in wanted:
        named = officials.get(participant.pk, [])
        found += [
            Recipient(participant, official, official.email, official.language or participant.language) for official in named
        ]
        if not named:
            office = offices.get(participant.pk)
            found.append(Recipient(participant, office, office.email if office else "", participant.language))
    return found


def _focal_points(participants: list[Participant], topics: list[int]) -> dict[int, list[Official]]:
    rows = Appointment.objects.current().filter(role=AppointmentRole.FOCAL_POINT, participant__in=participants)
    if topics:
        rows = rows.filter(topic__in=topics)
    found: dict[int, list[Official]] = {}
    for row in rows.filter(official__isnull=False).exclude(official__email="").select_related("official").order_by("pk"):
        people = found.setdefault(row.participant_id or 0, [])
        if row.official and row.official.holds_on(today()) and row.official not in people:
            people.append(row.official)
    return found


def _offices(participants: list[Participant]) -> Iterable[Office]:
    """The last one wins: an office of its own before the invented one of a trial."""
    offices = Office.objects.current().filter(participant__in=participants).exclude(email="")
    return offices.order_by("-is_invented", "-pk")


def counterparts() -> list[Recipient]:
    """Every member, observer and other participant of today: whom the progress report goes to [83]."""
    standings = [Standing.MEMBER, Standing.OBSERVER, Standing.OTHER]
    return for_participants(_with_standing(standings))


def members_only() -> list[Recipient]:
    """Members of today."""
    return for_participants(_with_standing([Standing.MEMBER]))


def _with_standing(standings: list[Standing]) -> list[Participant]:
    from members.models import StandingPeriod

    then = StandingPeriod.objects.current().filter(standing__in=standings).values("participant")
    return list(Participant.objects.filter(pk__in=then).order_by("name"))


RULES: dict[str, Callable[[], list[Recipient]]] = {"counterparts": counterparts, "members": members_only}


def recipients(rule: str) -> list[Recipient]:
    """Recipients by a named rule. Raises KeyError for a rule that does not exist."""
    return RULES[rule]()


__all__ = ["RULES", "Recipient", "counterparts", "for_participants", "members_only", "recipients"]
