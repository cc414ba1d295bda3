"""Reading the directory for the desk: everything of one participant, and whoever is found by words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, Prefetch, Q, QuerySet

from members.enums import AppointmentRole
from members.models import (
    Appointment,
    Body,
    ContactRemark,
    Ministry,
    Office,
    Official,
    Participant,
    ParticipantName,
    Seat,
    StandingPeriod,
)
from members.models.base import today
from members.selectors import named_before
from members.selectors_coverage import Contact, bounced_addresses, contact

if TYPE_CHECKING:
    from members.models import AnyUser

MOST_FOUND = 50


@dataclass(frozen=True)
class Directory:
    """What the desk knows of one participant: of today, and what is past."""

    ministries: list[Ministry]
    offices: list[Office]
    officials: list[Official]
    appointments: list[Contact]
    past: list[Appointment]
    seats: list[Seat]
    standings: list[StandingPeriod]
    names: list[ParticipantName]
    past_officials: int


def directory_of(participant: Participant, user: AnyUser) -> Directory:
    """Everything of `participant` that the desk keeps. The same number of queries for any number of rows."""
    officials = Official.objects.visible_to(user).apart().filter(participant=participant)
    named = _appointments(user).filter(Q(participant=participant) | Q(seat__participant=participant))
    current = list(named.current())
    addresses = [(row.official or row.office).email for row in current if row.official or row.office]
    bounced = bounced_addresses(addresses)
    seats = Seat.objects.visible_to(user).filter(participant=participant).select_related("body", "role", "participant", "forum")
    ministries = participant.ministries.select_related("successor", "part_of").prefetch_related("portfolios", "focal_topic")
    return Directory(
        ministries=list(ministries.order_by("period_to", "name")),
        offices=list(Office.objects.visible_to(user).filter(participant=participant).current().select_related("ministry")),
        officials=list(officials.current().select_related("ministry", "user")),
        appointments=[contact(row, bounced) for row in current],
        past=list(named.exclude(pk__in=[row.pk for row in current]).order_by("-period_to", "-pk")),
        seats=list(seats.order_by("-period_from", "pk")),
        standings=list(participant.standings.all()),
        names=list(participant.names.all()),
        past_officials=officials.filter(period_to__lt=today()).count(),
    )


def _appointments(user: AnyUser) -> Any:
    return Appointment.objects.visible_to(user).select_related(
        *("official__ministry", "office__ministry", "participant", "topic", "acting_for__official", "handover"),
        *("seat__body", "seat__role", "seat__participant", "seat__forum"),
    )


def contacts_found(words: str, user: AnyUser) -> dict[str, QuerySet[Any]]:
    """Officials, offices and ministries that hold all of `words`, whatever the accents; at most 50 of each."""
    return {
        "officials": _holding(Official.objects.visible_to(user).apart(), words, "name", "name_own_script", "position", "email")
        .select_related("participant", "ministry")
        .order_by("name")[:MOST_FOUND],
        "offices": _holding(Office.objects.visible_to(user), words, "title", "email")
        .select_related("participant")
        .order_by("title")[:MOST_FOUND],
        "ministries": _holding(Ministry.objects.visible_to(user), words, "name", "name_in_source")
        .select_related("participant")
        .order_by("name")[:MOST_FOUND],
    }


def _holding(rows: QuerySet[Any], words: str, *fields: str) -> QuerySet[Any]:
    for word in words.split():
        found = Q()
        for name in fields:
            found |= Q(**{f"{name}__unaccent__icontains": word})
        rows = rows.filter(found | Q(participant__name__unaccent__icontains=word))
    return rows


def participants_at_desk(user: AnyUser, words: str) -> QuerySet[Participant]:
    """Participants with their standing of today, their focal points of today and whether anybody can be written to."""
    focal = _appointments(user).current().filter(role=AppointmentRole.FOCAL_POINT).order_by("topic__order", "pk")
    rows = Participant.objects.visible_to(user).order_by("name")
    if words:
        named = Q(name__unaccent__icontains=words) | Q(alt_names__unaccent__icontains=words) | Q(iso3__iexact=words)
        rows = rows.filter(named | Q(Exists(named_before(words))))
    return rows.prefetch_related(
        Prefetch("standings", StandingPeriod.objects.current(), to_attr="standing_then"),
        Prefetch("appointments", focal, to_attr="focal_points"),
    )


def expiring_terms(user: AnyUser, within: timedelta) -> QuerySet[Appointment]:
    """Appointments whose last day comes within a time from today, soonest first."""
    return _appointments(user).current().filter(period_to__lte=today() + within).order_by("period_to", "pk")  # type: ignore[no-any-return]


def open_remarks(user: AnyUser) -> QuerySet[ContactRemark]:
    """What contacts said has changed and the desk has not settled."""
    rows = ContactRemark.objects.visible_to(user).filter(settled_at__isnull=True)
    return rows.select_related("official__participant", "office__participant")


def seats_of(body: Body, user: AnyUser) -> tuple[list[tuple[Seat, list[Appointment]]], Sequence[Seat]]:
    """Seats of a body that have not ended, each with its holders of today, and those that have."""
    holders = Prefetch("appointments", _appointments(user).current(), to_attr="holders_now")
    rows = Seat.objects.visible_to(user).filter(body=body).select_related("participant", "forum", "role")
    found = rows.prefetch_related(holders, "portfolios").order_by("role__order", "period_from", "pk")
    past = [seat for seat in found if seat.period_to and seat.period_to < today()]
    return [(seat, seat.holders_now) for seat in found if seat not in past], list(past)
