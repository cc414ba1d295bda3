"""What anybody may know of a record's history: when it changed and in which kinds of facts.

Never the staff's words, nor names of staff or persons: a field that is not listed here is nobody's business.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from members.enums import AppointmentRole
from members.models import Appointment, Forum, Ministry, NationalMechanism, Participant, ParticipantName, Seat, StandingPeriod

if TYPE_CHECKING:
    from members.models import AnyUser

type Words = str | Promise

_PERIOD = ("period_from", "period_from_precision", "period_to", "period_to_precision")
CONFIDENCE: Words = _("how well confirmed")
PARTICIPANT_FIELDS: dict[str, Words] = {
    "name": _("name"),
    "kind": _("kind"),
    "is_special_administrative_region": _("kind"),
    "region_id": _("region"),
    "forum_id": _("forum"),
    "iso2": _("ISO codes"),
    "iso3": _("ISO codes"),
    "joined": _("standing"),
    "joined_basis": _("standing"),
    "documented_from": _("standing"),
    "confidence": CONFIDENCE,
}
FORUM_FIELDS: dict[str, Words] = {
    "short_name": _("name"),
    "full_name": _("name"),
    "kind_id": _("kind"),
    "region_id": _("region"),
    "founded": _("when it was founded"),
    "relationship": _("relation to this process"),
    "confidence": CONFIDENCE,
}
SEAT_FIELDS: dict[str, Words] = {
    "participant_id": _("who holds the seat"),
    "forum_id": _("who holds the seat"),
    "role_id": _("role"),
    "remit": _("remit"),
    "represents": _("on whose behalf"),
    **dict.fromkeys(_PERIOD, _("period")),
    "confidence": CONFIDENCE,
}


@dataclass(frozen=True)
class Change:
    """One change: when, and the kinds of facts it touched; `is_first` is the recording itself, `subject` which row of a list."""

    at: datetime
    kinds: list[Words]
    is_first: bool = False
    subject: str = ""


@dataclass(frozen=True)
class Part:
    """Rows shown on a record's page: their events, the word for them, and the fields whose change is told.

    `at` reads the moment that an event is told at, where that is not the event's own.
    """

    events: models.QuerySet[Any]
    word: Words
    fields: Iterable[str]
    at: Callable[[Any], datetime] = lambda event: event.pgh_created_at


def events_of(model: Any) -> Any:
    """The history of a tracked model."""
    return next(iter(model.pgh_event_models.values()))._default_manager.all()


def public_changes(
    own: models.QuerySet[Any], fields: Mapping[str, Words], parts: Iterable[Part] = (), *, since: datetime | None = None
) -> list[Change]:
    """Changes of one record, the newest first, and its recording; what one moment did is one change.

    One query for the record and one for each part. With `since`, what came before publication stays untold.
    """
    found: defaultdict[datetime, dict[str, Words]] = defaultdict(dict)
    events = list(own.order_by("pgh_id"))
    for event, before in _with_before(events):
        if before is not None and event.pgh_label == "update":
            _note(found, event.pgh_created_at, [words for name, words in fields.items() if _differ(before, event, [name])])
    for part in parts:
        for event, before in _with_before(part.events.order_by("pgh_id")):
            if event.pgh_label != "update" or (before is not None and _differ(before, event, part.fields)):
                _note(found, part.at(event), [part.word])
    if not events:
        return []
    recorded = events[0].pgh_created_at
    start = since or recorded
    told = sorted((at for at in found if at >= start and at != recorded), reverse=True)
    return [*(Change(at, list(found[at].values())) for at in told), Change(recorded, [], is_first=True)]


def changes_of_list(
    events: models.QuerySet[Any], fields: Mapping[str, Words], subject: Callable[[Any], str], made: Words
) -> list[Change]:
    """Changes of a list of records, the newest first, each with which row it was about. One query, and what `subject` reads."""
    changes = []
    for event, before in _with_before(events.order_by("pgh_id")):
        if event.pgh_label == "update":
            kinds: dict[str, Words] = {
                str(words): words for name, words in fields.items() if before is not None and _differ(before, event, [name])
            }
        else:
            word = made if event.pgh_label == "insert" else _("taken away")
            kinds = {str(word): word}
        if kinds:
            changes.append(Change(event.pgh_created_at, list(kinds.values()), subject=subject(event)))
    return changes[::-1]


def _with_before(events: Iterable[Any]) -> Iterable[tuple[Any, Any]]:
    """Each event with the one before it of the same row."""
    last: dict[int, Any] = {}
    for event in events:
        yield event, last.get(event.id)
        last[event.id] = event


def _differ(before: Any, after: Any, fields: Iterable[str]) -> bool:
    return any(getattr(before, name) != getattr(after, name) for name in fields)


def _note(found: defaultdict[datetime, dict[str, Words]], at: datetime, words: Iterable[Words]) -> None:
    for word in words:
        found[at][str(word)] = word


def participant_parts(participant: Participant) -> list[Part]:
    """What stands on a participant's public page beside its own facts; persons are never among it."""
    offices = {"office__isnull": False, "office__is_invented": False}  # who is named in person is not public
    return [
        Part(_of(ParticipantName, participant), _("earlier names"), ("name", *_PERIOD)),
        Part(_of(StandingPeriod, participant), _("standing"), ("standing", "basis", "start_known", *_PERIOD)),
        Part(_of(Seat, participant), _("seats"), ("participant_id", "role_id", "remit", "represents", *_PERIOD)),
        Part(
            _of(Ministry, participant),
            _("ministries and agencies"),
            ("name", "role", "period", "part_of_id", "successor_id", "confidence", *_PERIOD),
        ),
        Part(
            _of(NationalMechanism, participant),
            _("how it coordinates at home"),
            ("name", "chair", "lead_id", "other_members", "cadence"),
        ),
        Part(
            _of(Appointment, participant).filter(role="focal-point", **offices),
            _("focal points"),
            ("office_id", "topic_id", "basis", "ended_at", *_PERIOD),
        ),
    ]


def participant_changes(participant: Participant) -> list[Change]:
    """The public history of a participant. Seven queries."""
    return public_changes(events_of(Participant).filter(id=participant.pk), PARTICIPANT_FIELDS, participant_parts(participant))


def _of(model: Any, participant: Participant) -> Any:
    return events_of(model).filter(participant_id=participant.pk)


def seat_changes(body: str) -> list[Change]:
    """The public history of a body's seats. One query."""
    events = events_of(Seat).filter(body__key=body).select_related("participant", "forum", "role")
    return changes_of_list(events, SEAT_FIELDS, lambda event: f"{event.participant or event.forum}: {event.role}", _("new seat"))


def forum_changes() -> list[Change]:
    """The public history of other forums. One query."""
    return changes_of_list(events_of(Forum), FORUM_FIELDS, lambda event: event.full_name, _("recorded"))


def own_appointment_changes(participant: Participant, user: AnyUser) -> list[Change]:
    """Who of `participant` was named to which place and until when, by the title of that day, for its own people. One query."""
    mine = models.Q(participant_id=participant.pk) | models.Q(seat__participant_id=participant.pk)
    events = events_of(Appointment).filter(mine, id__in=Appointment.objects.visible_to(user).values("pk"))
    return changes_of_list(
        events.select_related("topic", "office", "seat__role", "seat__body"), _APPOINTMENT_FIELDS, _place_words, _("named")
    )


_APPOINTMENT_FIELDS: dict[str, Words] = {
    **dict.fromkeys((*_PERIOD, "ended_at"), _("term")),
    "official_id": _("holder"),
    "office_id": _("holder"),
    "topic_id": _("topic"),
    "seat_id": _("seat"),
    "acting_for_id": _("acting for"),
    "title": _("title"),
    "basis": _("basis"),
}


def _place_words(event: Any) -> str:
    """The title of the day and the place: "Director, Focal point: People smuggling"; never a name."""
    title = event.title or (event.office.title if event.office else "") or gettext("Title not recorded")
    place = str(AppointmentRole(event.role).label)
    if event.topic:
        place = f"{place}: {event.topic.name}"
    elif event.seat:
        place = f"{event.seat.body.name}: {event.seat.role.name}"
    return f"{title}, {place}"
