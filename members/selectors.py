"""Reading who takes part, for the pages that show it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import CharField, Exists, F, Func, OuterRef, Prefetch, Q, QuerySet, Value

from members.enums import AppointmentRole, ParticipantKind
from members.models import (
    Appointment,
    Body,
    Ministry,
    NationalMechanism,
    Participant,
    ParticipantName,
    Seat,
    StandingPeriod,
)
from members.models.base import today
from members.roles import PERMISSION_SETS, Permission

if TYPE_CHECKING:
    from members.models import AnyUser


def participant_directory(
    user: AnyUser, *, day: date | None = None, words: str = "", kind: str = "", also_later: bool = False
) -> QuerySet[Participant]:
    """Participants in English alphabetical order, each with its standing as of `day` in `standing_then`.

    With a day those that the record has only from a later one are left out; `also_later` for a page that says so of one.
    """
    standing = Prefetch("standings", StandingPeriod.objects.as_of(day or today()), to_attr="standing_then")
    found = (
        Participant.objects.visible_to(user)
        .select_related("region")
        .prefetch_related(standing, "source", "names")
        .order_by("name")
    )
    if day and not also_later:
        rows = StandingPeriod.objects.filter(participant=OuterRef("pk"))
        begun = rows.filter(Q(period_from__isnull=True) | Q(period_from__lte=day))
        found = found.filter(Exists(begun) | ~Exists(rows))
    if words:
        named = Q(name__unaccent__icontains=words) | Q(alt_names__unaccent__icontains=words)
        found = found.filter(named | Q(Exists(named_before(words))))
    if kind in ParticipantKind.values:
        found = found.filter(kind=kind)
    return found


def named_before(words: str) -> QuerySet[ParticipantName]:
    """Earlier names of the outer participant that hold `words`."""
    return ParticipantName.objects.filter(participant=OuterRef("pk"), name__unaccent__icontains=words)


def earlier_names() -> QuerySet[ParticipantName]:
    """All earlier names, by participant and time."""
    return ParticipantName.objects.select_related("participant").prefetch_related("source")


def participants_named(words: str) -> QuerySet[Participant]:
    """Participants whose name, in any spelling the record knows, holds all `words`: whole ones, whatever their accents."""
    names = SearchVector(_plain(F("name")), _plain(F("alt_names")), "iso3", config="simple")
    query = SearchQuery(_plain(Value(words)), config="simple", search_type="plain")
    return Participant.objects.annotate(searched=names).filter(searched=query)


def _plain(text: F | Value) -> Func:
    """The text without accents, so that "Turkiye" finds "Türkiye"."""
    return Func(text, function="unaccent", output_field=CharField())


def steering_body() -> Body | None:
    """The body whose members steer the process: the first with a seat whose role reads what the steering group reads."""
    steering = [key for key, given in PERMISSION_SETS.items() if Permission.SEE_STEERING_GROUP in given]
    seats = Seat.objects.filter(role__permission_set__in=steering, role__is_member=True)
    return Body.objects.filter(pk__in=seats.values("body")).order_by("order", "key").first()


def meeting_kinds() -> list[str]:
    """Keys of the kinds of activity that bodies beside the steering group sit in: what a progress report can be for."""
    steering = steering_body()
    return [body.activity_kind for body in Body.objects.exclude(activity_kind="") if body != steering]


def seats_on(body: Body | None, day: date) -> QuerySet[Seat]:
    """Seats of a body on `day` in the order of their roles; none without a body."""
    seats = Seat.objects.as_of(day).filter(body=body) if body else Seat.objects.none()
    return (
        seats.select_related("participant", "forum", "role")
        .prefetch_related("source", "topics", "portfolios", "participant__names")
        .order_by("role__order", "participant__name", "forum__full_name", "pk")
    )


def seats_as_of(body: Body | None, day: date) -> tuple[list[Seat], list[Seat]]:
    """Seats of a body on `day`: those of members, and those of guests and others who are none."""
    seats = list(seats_on(body, day))
    return [seat for seat in seats if seat.role.is_member], [seat for seat in seats if not seat.role.is_member]


def focal_offices(participant: Participant, day: date) -> QuerySet[Appointment]:
    """Focal points of a participant as offices; persons are never public."""
    return (
        Appointment.objects.as_of(day)
        .filter(participant=participant, role=AppointmentRole.FOCAL_POINT, office__isnull=False, office__is_invented=False)
        .select_related("office__ministry", "topic")
        .order_by("topic__order", "office__title")
    )


def ministries_of(participant: Participant, day: date | None = None) -> QuerySet[Ministry]:
    """Ministries of a participant; with a day, those whose period holds it."""
    rows = participant.ministries.as_of(day) if day else participant.ministries.all()
    return rows.prefetch_related("portfolios", "focal_topic", "source").order_by("name")


def mechanisms_of(participant: Participant, day: date | None = None) -> list[NationalMechanism]:
    """National mechanisms, of which the record knows no day; with a day, with the ministries of then.

    Each has `lead_then` and `members_then`.
    """
    ministries = Ministry.objects.as_of(day) if day else Ministry.objects.all()
    members = Prefetch("members", ministries.order_by("name"), to_attr="members_then")
    rows: list[NationalMechanism] = list(
        participant.mechanisms.select_related("lead").prefetch_related(members, "topic", "source")
    )
    for row in rows:
        row.lead_then = row.lead if row.lead and (not day or row.lead.holds_on(day)) else None  # type: ignore[attr-defined]
    return rows


def holder_on(seat: Seat, day: date) -> str:
    """The name that the holder of one of `seats_on` had on `day`."""
    return seat.participant.name_on(day) if seat.participant else str(seat.holder)


def standing_words(periods: Iterable[StandingPeriod]) -> str:
    """Standings in words, for exports."""
    return "; ".join(period.get_standing_display() for period in periods)
