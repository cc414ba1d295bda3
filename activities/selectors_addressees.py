"""Recommendations and whom they are addressed to: what an addressee sees, whom the desk asks, what came from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from activities.models import FollowUp, NewsRequest, Recommendation
from activities.models.followup import NEWEST_NEWS
from activities.selectors_followup import with_updates
from members.entitlement import may_be_sent
from members.enums import AppointmentRole, ParticipantKind, Standing
from members.models import Appointment, Participant, Seat, StandingPeriod
from members.selectors_recipients import Recipient, for_matter, for_participants

if TYPE_CHECKING:
    from members.models import AnyUser

MOST_NEWS = 200


def addressed_to(participant: Participant) -> Q:
    """Recommendations addressed to a participant by name, to a portfolio in every government, or to a body it sits in now."""
    bodies = Seat.objects.current().filter(participant=participant).values("body")
    wanted = Q(addressee_rows__participant=participant) | Q(addressee_rows__body__in=bodies)
    if participant.kind == ParticipantKind.GOVERNMENT:
        wanted |= Q(addressee_rows__portfolio__isnull=False)
    return Q(pk__in=Recommendation.objects.filter(wanted).order_by().values("pk"))


def recommendations_of(user: AnyUser, participant: Participant) -> QuerySet[Recommendation]:
    """Those addressed to `participant` that `user` may read, the newest first, with `updates` and `own_news`. Three queries."""
    own = FollowUp.objects.visible_to(user).filter(participant=participant).select_related("activity", "participant")
    parts = Prefetch("follow_ups", own.order_by(*NEWEST_NEWS), to_attr="own_news")
    rows = Recommendation.objects.visible_to(user).filter(addressed_to(participant))
    return rows.prefetch_related(with_updates(user), parts).order_by("-reference")


def news_waiting(user: AnyUser) -> QuerySet[FollowUp]:
    """What addressees sent and nobody decided on, the oldest first; for the secretariat alone."""
    rows = FollowUp.objects.visible_to(user).waiting().select_related("recommendation", "participant", "activity")
    return rows.order_by("recorded_at", "pk")


def news_from_addressees(user: AnyUser, row: Recommendation) -> QuerySet[FollowUp]:
    """All that addressees sent on one recommendation, decided or not, the newest first."""
    rows = FollowUp.objects.visible_to(user).filter(recommendation=row, participant__isnull=False)
    return rows.select_related("participant", "activity").order_by(*NEWEST_NEWS)[:MOST_NEWS]


def requests_on(user: AnyUser, row: Recommendation) -> QuerySet[NewsRequest]:
    """Whom the desk asked for news on it, the last first, each with `is_answered`."""
    answered = Exists(FollowUp.objects.filter(news_request=OuterRef("pk")))
    rows = NewsRequest.objects.visible_to(user).filter(recommendation=row).annotate(is_answered=answered)
    return rows.select_related("participant", "official", "office").order_by("-asked_on", "participant__name", "pk")[:MOST_NEWS]


@dataclass(frozen=True)
class Asked:
    """One who would be asked for news: `key` as in a delivery's key; `may_read` is False where the class is not theirs."""

    recipient: Recipient
    key: str
    may_read: bool


def whom_to_ask(row: Recommendation) -> list[Asked]:
    """Officials and offices of the addressees, each once, in the order of names; where nobody is known that stands there."""
    found: dict[str, Asked] = {}
    for one in sorted(_recipients(row), key=lambda one: (one.participant.name.lower(), one.email)):
        key = f"{one.to._meta.model_name}-{one.to.pk}" if one.to else f"nobody-{one.participant.pk}"
        may = one.to is not None and may_be_sent(one.to, row.access_class)
        found.setdefault(key, Asked(one, key, may))
    return list(found.values())


def _recipients(row: Recommendation) -> list[Recipient]:
    parties = list(row.addressee_rows.select_related("participant", "portfolio"))
    portfolios = [party.portfolio for party in parties if party.portfolio]
    found = for_participants([party.participant for party in parties if party.participant])
    if portfolios:
        found += for_matter(_governments(), portfolios=portfolios)
    return found + _in_bodies([party.body_id for party in parties if party.body_id])


def _governments() -> list[Participant]:
    """Governments that take part today; observers and others are not addressed by a portfolio "in every government"."""
    members = StandingPeriod.objects.current().filter(standing=Standing.MEMBER).values("participant")
    return list(Participant.objects.filter(kind=ParticipantKind.GOVERNMENT, pk__in=members).order_by("name"))


def _in_bodies(bodies: list[int]) -> list[Recipient]:
    """Holders of the seats of `bodies` that belong to a participant."""
    if not bodies:
        return []
    seats = Seat.objects.current().filter(body__in=bodies, participant__isnull=False)
    places = Appointment.objects.current().filter(role=AppointmentRole.SEAT, seat__in=seats)
    found = []
    for place in places.select_related("official", "office", "seat__participant").order_by("pk"):
        to, participant = place.official or place.office, place.seat.participant if place.seat else None
        if to is not None and participant is not None:
            language = (place.official.language if place.official else "") or participant.language
            found.append(Recipient(participant, to, place.official_email or to.email, language))
    held = {recipient.participant for recipient in found}
    empty = [seat.participant for seat in seats.select_related("participant") if seat.participant not in held]
    return found + [Recipient(one, None, "", one.language) for one in dict.fromkeys(empty) if one]
