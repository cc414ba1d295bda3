"""What the directory knows today, as a list of contacts is held against it. A fixed number of queries."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from members.enums import AppointmentRole
from members.models import Appointment, ImportBatch, Ministry, Official, Participant, Topic
from members.models.base import today
from members.names import nearest, plain
from members.selectors_duplicates import Index, entry_of, officials_on_record

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from members.models import AnyUser


@dataclass(frozen=True)
class Snapshot:
    """The directory in memory: participants, ministries and topics by every word they are known by, and who is there."""

    participants: dict[str, Participant]
    names: list[str]
    ministries: dict[int, dict[str, Ministry]]
    topics: dict[str, Topic]
    officials: dict[int, Official]
    index: Index
    focal: dict[tuple[int, int], list[Appointment]]
    places: frozenset[tuple[int, str]]

    def near_participants(self, text: str) -> list[str]:
        return nearest(text, self.names)

    def near_ministries(self, participant: Participant, text: str) -> list[Ministry]:
        known = {row.name: row for row in self.ministries.get(participant.pk, {}).values()}
        return [known[name] for name in nearest(text, known)]


def take_snapshot(user: AnyUser) -> Snapshot:
    """Everything that a list is held against. Five queries, whatever the number of rows."""
    participants: dict[str, Participant] = {}
    names = []
    for row in Participant.objects.visible_to(user).order_by("-name"):
        names.append(row.name)
        others = re.split(r"[;\n]", row.alt_names)
        for word in (row.iso2, row.iso3, row.slug, *others, row.name):
            if plain(word):
                participants[plain(word)] = row
    officials = officials_on_record(user)
    focal, places = _places(user)
    return Snapshot(
        participants=participants,
        names=names[::-1],
        ministries=_ministries(user),
        topics={plain(word): row for row in topics_of(user) for word in (row.key, row.name_en, row.name_id) if plain(word)},
        officials={row.pk: row for row in officials},
        index=Index(map(entry_of, officials)),
        focal=focal,
        places=places,
    )


def topics_of(user: AnyUser) -> list[Topic]:
    return list(Topic.objects.visible_to(user))


def topic_names(topics: list[Topic]) -> list[tuple[str, str]]:
    """(key, name) for each name of each topic, by which a column's heading is known."""
    return [(row.key, name) for row in topics for name in (row.name_en, row.name_id) if name]


def _ministries(user: AnyUser) -> dict[int, dict[str, Ministry]]:
    """By participant and word; a name that a ministry had before means its successor."""
    found: dict[int, dict[str, Ministry]] = defaultdict(dict)
    rows = {row.pk: row for row in Ministry.objects.visible_to(user).order_by("period_to", "pk")}
    for row in rows.values():
        today_is = row
        for _step in range(5):
            today_is = rows.get(today_is.successor_id or 0, today_is)
        for word in (row.name, row.name_in_source, row.code):
            if plain(word):
                found[row.participant_id][plain(word)] = today_is
    return found


def _places(user: AnyUser) -> tuple[dict[tuple[int, int], list[Appointment]], frozenset[tuple[int, str]]]:
    """Principal focal points of today and later by (participant, topic), and who is in which other place."""
    rows: QuerySet[Appointment] = Appointment.objects.visible_to(user).exclude(period_to__lt=today())
    focal: dict[tuple[int, int], list[Appointment]] = defaultdict(list)
    others = set()
    for row in rows.filter(official__isnull=False, acting_for__isnull=True, seat__isnull=True).select_related("official"):
        if row.ended_at is not None and row.period_from is not None and row.period_from == row.period_to:
            continue  # begun and ended on one day: it keeps nobody waiting
        if row.role == AppointmentRole.FOCAL_POINT and row.participant_id and row.topic_id:
            focal[row.participant_id, row.topic_id].append(row)
        else:
            others.add((row.official_id or 0, str(row.role)))
    return focal, frozenset(others)


def own_batches(user: AnyUser) -> QuerySet[ImportBatch]:
    """A person's lists of the last day, without their rows."""
    return ImportBatch.objects.visible_to(user).defer("rows", "made", "decisions")
