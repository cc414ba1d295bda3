"""Reading consultations: who is asked, what they answered, and the compilation of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from babel.core import get_global
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from activities.enums import ConsultationAudience
from activities.enums_national import RecipientRule
from activities.models import Consultation, ConsultationQuestion, NationalCoordination, ReplyVersion
from members.enums import AppointmentRole
from members.models import Appointment, Participant, Seat
from members.selectors import steering_body
from members.selectors_recipients import Recipient, recipients

if TYPE_CHECKING:
    from members.models import AnyUser


_NOT_READ = object()


def _zones() -> QuerySet[NationalCoordination, str]:
    return NationalCoordination.objects.values_list("time_zone", flat=True)


def with_zone() -> QuerySet[Participant]:
    """Participants with the zone they chose in `chosen_zone`, so that `zone_of` need not ask for it."""
    return Participant.objects.annotate(chosen_zone=Subquery(_zones().filter(participant=OuterRef("pk"))[:1]))


def zone_of(participant: Participant) -> str:
    """The zone of a participant's day: the one it chose, else that of a country with one zone only; else ""."""
    chosen = getattr(participant, "chosen_zone", _NOT_READ)
    if chosen is _NOT_READ:
        chosen = _zones().filter(participant=participant).first()
    if chosen:
        return str(chosen)
    known = get_global("territory_zones").get(participant.iso2.upper(), []) if participant.iso2 else []
    return str(known[0]) if len(known) == 1 and known[0] in available_timezones() else ""


def recipients_of(consultation: Consultation) -> list[Recipient]:
    """Whom the rule of a consultation names today, each participant at least once."""
    if consultation.rule == RecipientRule.STEERING_GROUP:
        return seat_recipients()
    return recipients(consultation.rule)


def seat_recipients() -> list[Recipient]:
    """Holders of member seats in the steering group that belong to a participant; a seat that is empty stands there too."""
    seats = Seat.objects.current().filter(body=steering_body(), role__is_member=True, participant__isnull=False)
    holders: dict[int, list[Appointment]] = {}
    places = Appointment.objects.current().filter(role=AppointmentRole.SEAT, seat__in=seats)
    for place in places.select_related("official", "office").order_by("pk"):
        holders.setdefault(place.seat_id or 0, []).append(place)
    found: list[Recipient] = []
    for seat in seats.select_related("participant").order_by("participant__name", "pk"):
        if seat.participant is None:  # pragma: no cover - filtered above
            continue
        own = holders.get(seat.pk, [])
        found += [_at_seat(seat.participant, place) for place in own] or [
            Recipient(seat.participant, None, "", seat.participant.language)
        ]
    return found


def _at_seat(participant: Participant, place: Appointment) -> Recipient:
    to = place.official or place.office
    language = (place.official.language if place.official else "") or participant.language
    return Recipient(participant, to, place.official_email or (to.email if to else ""), language)


def consultations_at_desk(user: AnyUser) -> QuerySet[Consultation]:
    """All consultations with how many were asked and how many submitted; drafts of replies are in no number."""
    return (
        Consultation.objects.visible_to(user)
        .annotate(
            asked=Count("addressees", distinct=True),
            answered=Count("replies", filter=Q(replies__submitted_at__isnull=False), distinct=True),
        )
        .order_by("closed_at", "-opened_at", "-pk")
    )


@dataclass(frozen=True)
class Answer:
    """One addressee of a consultation with the position it submitted, if any."""

    participant: Participant
    version: ReplyVersion | None
    texts: list[str] = field(default_factory=list)  # one for each question, in order
    by_silence: bool = False

    @property
    def stance(self) -> str:
        return str(self.version.get_stance_display()) if self.version and self.version.stance else ""


def compilation(consultation: Consultation, questions: Iterable[ConsultationQuestion], user: AnyUser) -> list[Answer]:
    """Every addressee in the order of names with the position that it submitted last, as far as `user` may see it."""
    numbers = [str(question.number) for question in questions]
    shown = ReplyVersion.objects.visible_to(user).filter(reply__consultation=consultation, is_submitted=True)
    last: dict[int, ReplyVersion] = {}
    for version in shown.select_related("reply", "by_link").order_by("number"):
        last[version.reply.participant_id] = version
    silent = consultation.silence_agrees and consultation.opened_at is not None and not consultation.is_open
    rows = []
    for addressee in consultation.addressees.select_related("participant"):
        found = last.get(addressee.participant_id)
        texts = [found.answers.get(number, "") for number in numbers] if found else []
        rows.append(Answer(addressee.participant, found, texts, by_silence=silent and found is None))
    return rows


def calls_of(participant: Participant) -> QuerySet[Consultation]:
    """Calls for views that went to a participant, those that are open first, by their deadline."""
    own = Consultation.objects.filter(
        audience=ConsultationAudience.PARTICIPANTS, opened_at__isnull=False, addressees__participant=participant
    )
    return own.order_by("closed_at", "deadline", "-opened_at", "pk")


def last_versions(user: AnyUser, consultation: Consultation, participant: Participant) -> list[ReplyVersion]:
    """The latest text of a participant's reply, and where that is a draft, the latest that was submitted behind it."""
    own = ReplyVersion.objects.visible_to(user).filter(reply__consultation=consultation, reply__participant=participant)
    rows = own.select_related("reply", "saved_by", "by_link").order_by("is_submitted", "-number").distinct("is_submitted")
    return sorted(rows, key=lambda version: version.number, reverse=True)
