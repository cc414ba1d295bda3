"""Rules of the record that no constraint can hold: found and named, never changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from zoneinfo import available_timezones

from django.core.files.storage import default_storage

from activities.enums import ActivityStatus, ReviewOutcome
from activities.models import Activity, Objective, Recommendation, Review
from members.enums import AppointmentRole, Confidence
from members.models import Appointment, Ministry, Seat
from members.models.base import today
from reports.models import Document, DocumentVersion

type Finding = tuple[str, str]  # what it is about, and what is wrong


def cited_documents() -> Iterator[Finding]:
    """A recommendation cites a document that exists, and a paragraph of it."""
    known = set(Document.objects.values_list("symbol", flat=True))
    for row in Recommendation.objects.exclude(document_symbol=""):
        if row.document_symbol not in known:
            yield row.reference, f"cites {row.document_symbol}, which the record does not have."
        elif not row.paragraph:
            yield row.reference, f"cites {row.document_symbol} without a paragraph."


def time_zones() -> Iterator[Finding]:
    """An activity's time zone is a known one."""
    known = available_timezones()
    for row in Activity.objects.exclude(time_zone=""):
        if row.time_zone not in known:
            yield row.reference, f"has the unknown time zone {row.time_zone}."


def held_in_the_future() -> Iterator[Finding]:
    """What was held has begun."""
    for row in Activity.objects.filter(status=ActivityStatus.HELD, start__gt=today()):
        yield row.reference, "is marked as held, but its first day is ahead."


def sources_of_facts() -> Iterator[Finding]:
    """What is not marked as unconfirmed names a source."""
    activities = Activity.objects.filter(published_by__is_service=True)
    for rows, label in ((activities, "reference"), (Document.objects.all(), "symbol"), (Objective.objects.all(), "code")):
        for row in rows.exclude(confidence=Confidence.GENERAL_KNOWLEDGE).filter(source__isnull=True):
            yield str(getattr(row, label)), "names no source and is not marked as unconfirmed."


def differing_sources() -> Iterator[Finding]:
    """Where a source differs, a public note says so."""
    for row in Activity.objects.exclude(source_says="").filter(public_note=""):
        yield row.reference, "says what another source states, but has no public note."


def reviews_of_goals() -> Iterator[Finding]:
    """An objective that continues, continues in an area that continues objectives."""
    rows = Review.objects.filter(outcome=ReviewOutcome.CONTINUED, continued_in__isnull=True).select_related("objective", "goal")
    for row in rows:
        yield str(row.objective or row.goal), "is continued, but in no area."


def appointments_and_seats() -> Iterator[Finding]:
    """Who holds a seat holds it while the seat exists, and belongs to its participant."""
    rows = Appointment.objects.filter(role=AppointmentRole.SEAT).select_related("seat__participant", "official", "office")
    for row in rows:
        seat, holder = row.seat, row.official or row.office
        if seat is None or holder is None:
            continue
        if seat.period_to and (row.period_to is None or row.period_to > seat.period_to):
            yield str(seat), "is held longer than it exists."
        if seat.participant_id and holder.participant_id != seat.participant_id:
            yield str(seat), "is held by somebody of another participant."


def co_chairs() -> Iterator[Finding]:
    """Somebody holds a seat that approves: without, no report can be circulated."""
    if Seat.objects.exists() and not Seat.objects.current().filter(role__approves=True).exists():
        yield "steering group", "has no seat that approves reports today."


def files_of_documents() -> Iterator[Finding]:
    """The file of every version is there, and is still the one whose hash was taken."""
    for row in DocumentVersion.objects.select_related("document"):
        name = f"{row.document.symbol} v{row.number} {row.language}"
        if not default_storage.exists(row.storage_name):
            yield name, "has lost its file."
            continue
        with default_storage.open(row.storage_name) as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != row.sha256:
                yield name, "has another file than the one whose hash was taken."


def deputies() -> Iterator[Finding]:
    """Who acts for somebody stands in the same place."""
    for row in Appointment.objects.filter(acting_for__isnull=False).select_related("acting_for", "official", "office"):
        other = row.acting_for
        if other is None:
            continue
        place = (row.role, row.participant_id, row.topic_id, row.seat_id)
        if place != (other.role, other.participant_id, other.topic_id, other.seat_id):
            yield str(row), "acts for somebody in another place."


def agencies() -> Iterator[Finding]:
    """An agency belongs to a ministry of its own participant, and to no circle."""
    above = {row.pk: row for row in Ministry.objects.all()}
    for row in above.values():
        seen, at = {row.pk}, row
        while at.part_of_id is not None:
            at = above[at.part_of_id]
            if at.participant_id != row.participant_id:
                yield row.code, "is an agency of a ministry of another participant."
                break
            if at.pk in seen:
                yield row.code, "is an agency of its own agency."
                break
            seen.add(at.pk)


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    cited_documents,
    time_zones,
    held_in_the_future,
    sources_of_facts,
    differing_sources,
    reviews_of_goals,
    appointments_and_seats,
    co_chairs,
    files_of_documents,
    deputies,
    agencies,
)
