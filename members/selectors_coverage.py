"""Who speaks for whom on what, and where nobody does: the coverage matrix, and what is doubtful about an address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Lower
from django.utils import timezone

from members.enums import AppointmentRole, DeliveryState, ParticipantKind, Standing
from members.models import (
    Appointment,
    Delivery,
    ForumContact,
    Ministry,
    Office,
    Official,
    Participant,
    Portfolio,
    Seat,
    StandingPeriod,
    Topic,
)
from members.models.base import today

CONFIRM_EVERY = timedelta(days=90)
EXPIRES_WITHIN = timedelta(days=60)
CONFIRMED_ROLES = (AppointmentRole.FOCAL_POINT, AppointmentRole.NATIONAL_LEAD, AppointmentRole.SEAT)

# What may be doubtful about an entry, worst first.
BOUNCED, NO_ADDRESS, EXPIRING, STALE, ACTING, OFFICE_ONLY = "bounced", "no-address", "expiring", "stale", "acting", "office"


SETTLED = (DeliveryState.ACCEPTED, DeliveryState.BOUNCED, DeliveryState.FAILED)
LOST = (DeliveryState.BOUNCED, DeliveryState.FAILED)


def with_last_message(contacts: QuerySet[ForumContact]) -> QuerySet[ForumContact]:
    """Posts of other forums, each with the state of the last message to its address that was settled in `last_message`."""
    sent = Delivery.objects.filter(state__in=SETTLED).annotate(address=Lower("email"))
    last = sent.filter(address=Lower(OuterRef("email"))).order_by("-pk").values("state")[:1]
    return contacts.annotate(last_message=Subquery(last))


def bounced_addresses(addresses: Iterable[str]) -> set[str]:
    """Those of `addresses`, in lower case, whose last message came back or could not be handed over. One query."""
    wanted = {address.lower() for address in addresses if address}
    if not wanted:
        return set()
    last = (
        Delivery.objects.filter(state__in=SETTLED)
        .annotate(address=Lower("email"))
        .filter(address__in=wanted)
        .order_by("address", "-pk")
        .distinct("address")
        .values_list("address", "state")
    )
    return {address for address, state in last if state != DeliveryState.ACCEPTED}


def is_stale(appointment: Appointment, now: datetime | None = None) -> bool:
    """Whether nobody has said "still right" for 90 days; a new appointment counts from its first day."""
    now = now or timezone.now()
    known = appointment.confirmed_at
    if known is None and appointment.period_from:
        known = datetime.combine(appointment.period_from, time.min, tzinfo=now.tzinfo)
    return known is None or now - known > CONFIRM_EVERY


@dataclass(frozen=True)
class Contact:
    """One holder of one place, and what is doubtful about it."""

    appointment: Appointment
    holder: Official | Office
    ministry: Ministry | None
    email: str
    doubts: tuple[str, ...] = ()

    @property
    def is_reachable(self) -> bool:
        return bool(self.email) and BOUNCED not in self.doubts


@dataclass(frozen=True)
class Cell:
    """Who speaks for one participant on one topic."""

    topic: Topic
    contacts: list[Contact] = field(default_factory=list)

    @property
    def is_hole(self) -> bool:
        """Nobody is named, or nobody who is named can be written to."""
        return not any(contact.is_reachable for contact in self.contacts)


@dataclass(frozen=True)
class Line:
    """One participant's row of the matrix."""

    participant: Participant
    standing: str
    cells: list[Cell]
    portfolios: list[tuple[Portfolio, list[Ministry]]]

    @property
    def holes(self) -> list[Topic]:
        return [cell.topic for cell in self.cells if cell.is_hole]

    @property
    def portfolio_names(self) -> list[str]:
        """Portfolios that a ministry of the participant has."""
        return [portfolio.name for portfolio, ministries in self.portfolios if ministries]

    @property
    def portfolios_missing(self) -> int:
        return sum(not ministries for _portfolio, ministries in self.portfolios)

    @property
    def doubts(self) -> set[str]:
        return {doubt for cell in self.cells for contact in cell.contacts for doubt in contact.doubts}


@dataclass(frozen=True)
class Wanted:
    """What the matrix is asked for; empty means all."""

    kinds: tuple[str, ...] = (ParticipantKind.GOVERNMENT,)
    standings: tuple[str, ...] = tuple(Standing.values)
    topics: tuple[str, ...] = ()
    portfolio: str = ""


def topics_covered(keys: Iterable[str] = ()) -> list[Topic]:
    """The topics asked for; else those that anybody is named for, so that themes without a focal point stay out."""
    named = list(keys)
    if named:
        return list(Topic.objects.filter(key__in=named))
    used = Appointment.objects.current().filter(topic__isnull=False).values("topic")
    return list(Topic.objects.filter(pk__in=used) or Topic.objects.all())


def coverage(wanted: Wanted, *, day: date | None = None) -> list[Line]:
    """Participant × topic × portfolio as of `day`, with its holes. The same number of queries for any number of rows."""
    when = day or today()
    topics, portfolios = topics_covered(wanted.topics), list(Portfolio.objects.all())
    lines = []
    participants = list(_participants(wanted, when))
    contacts = contacts_of(participants, day=day)
    for participant in participants:
        standing = next((period.standing for period in participant.standing_then), "")  # type: ignore[attr-defined]
        own = [c for c in contacts.get(participant.pk, []) if not wanted.portfolio or _has(c.ministry, wanted.portfolio)]
        cells = [Cell(topic, [c for c in own if c.appointment.topic_id == topic.pk]) for topic in topics]
        ministries = [row for row in participant.ministries.all() if row.holds_on(when) and not row.successor_id]
        covered = [(portfolio, [row for row in ministries if portfolio in row.portfolios.all()]) for portfolio in portfolios]
        lines.append(Line(participant, standing, cells, covered))
    return lines


def _participants(wanted: Wanted, day: date) -> QuerySet[Participant]:
    standing = StandingPeriod.objects.as_of(day).filter(standing__in=wanted.standings)
    return (
        Participant.objects.filter(kind__in=wanted.kinds, pk__in=standing.values("participant"))
        .prefetch_related(Prefetch("standings", standing, to_attr="standing_then"), "ministries__portfolios")
        .order_by("name")
    )


def _has(ministry: Ministry | None, portfolio: str) -> bool:
    return ministry is not None and any(row.key == portfolio for row in ministry.portfolios.all())


def contacts_of(participants: Iterable[Participant], *, day: date | None = None) -> Mapping[int, list[Contact]]:
    """Focal points of each participant, by its key: persons before offices, principals before deputies."""
    rows = Appointment.objects.as_of(day) if day else Appointment.objects.current()
    rows = (
        rows.filter(role=AppointmentRole.FOCAL_POINT, participant__in=list(participants))
        .select_related("official__ministry", "office__ministry", "topic", "participant")
        .prefetch_related("official__ministry__portfolios", "office__ministry__portfolios")
        .order_by("topic__order", "office", "acting_for", "pk")
    )
    found = [row for row in rows if row.holder is None or day or _holder(row).holds_on(today())]
    bounced = bounced_addresses(_address(row) for row in found)
    contacts: dict[int, list[Contact]] = {}
    for row in found:
        contacts.setdefault(row.participant_id or 0, []).append(contact(row, bounced))
    return contacts


def _holder(row: Appointment) -> Official | Office:
    holder = row.official or row.office
    if holder is None:  # pragma: no cover - ck_appointment_one_holder
        raise ValueError(row.pk)
    return holder


def _address(row: Appointment) -> str:
    return _holder(row).email


def contact(row: Appointment, bounced: set[str]) -> Contact:
    """An appointment with what is doubtful about it now. `bounced` is from `bounced_addresses`."""
    holder, address = _holder(row), _address(row)
    doubts = [
        name
        for name, holds in (
            (BOUNCED, address.lower() in bounced),
            (NO_ADDRESS, not address),
            (EXPIRING, bool(row.period_to and row.period_to <= today() + EXPIRES_WITHIN)),
            (STALE, bool(address) and is_stale(row)),
            (ACTING, row.acting_for_id is not None),
            (OFFICE_ONLY, row.official_id is None),
        )
        if holds
    ]
    return Contact(row, holder, holder.ministry, address, tuple(doubts))


def seats_without_holder() -> QuerySet[Seat]:
    """Seats of members of a body that nobody holds today."""
    held = Appointment.objects.current().filter(seat__isnull=False).values("seat")
    return Seat.objects.current().filter(role__is_member=True).exclude(pk__in=held).select_related("participant", "forum", "role")


def lapsed_contacts(participants: Iterable[Participant], *, topic: Topic | None = None) -> dict[int, Appointment]:
    """Participants, by key, whose focal points have all left without a successor, with the one that left last.

    On `topic` where one is given. A participant that never named anybody is not in it.
    """
    wanted = list(participants)
    rows = Appointment.objects.filter(role=AppointmentRole.FOCAL_POINT, participant__in=wanted)
    begun = Q(period_from__isnull=True) | Q(period_from__lte=today())
    past = rows.filter(begun, **({"topic": topic} if topic else {})).select_related("official", "office", "topic")
    held = {
        key
        for key, contacts in contacts_of(wanted).items()
        if any(topic is None or contact.appointment.topic_id == topic.pk for contact in contacts)
    }
    last = past.order_by("participant", F("period_to").asc(nulls_last=True), "pk")
    return {row.participant_id: row for row in last if row.participant_id and row.participant_id not in held}
