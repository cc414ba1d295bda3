"""How a participant coordinates at home: its mechanism, its meetings, the items of their agenda [15-17, 34-36]."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from activities.enums_national import AgendaHeading, MeetingKind, StakeholderKind
from activities.models import NationalAgendaItem, NationalCoordination, NationalMeeting, Stakeholder
from members.audit import acting
from members.errors import Conflict, DomainError
from members.models import Ministry, Participant, Topic, User
from members.permissions import check_can
from members.roles import Permission


@dataclass(frozen=True)
class Mechanism:
    """What the form says of the mechanism. `stakeholders` are (kind, name, part)."""

    name: str
    chair: str = ""
    lead: Ministry | None = None
    cadence: str = ""
    remarks: str = ""
    time_zone: str = ""
    ministries: Iterable[Ministry] = ()
    topics: Iterable[Topic] = ()
    stakeholders: Sequence[tuple[StakeholderKind, str, str]] = field(default_factory=list)


@transaction.atomic
def save_mechanism(*, participant: Participant, mechanism: Mechanism, expected_version: int, by: User) -> NationalCoordination:
    """Keep the participant's own record of it; the public record is not touched. Raises Conflict.

    `expected_version` is 0 where nothing is saved yet.
    """
    check_can(by, Permission.COORDINATE, participant=participant)
    Participant.objects.select_for_update().get(pk=participant.pk)
    found = NationalCoordination.objects.select_for_update().filter(participant=participant).first()
    if found and found.version != expected_version:
        raise Conflict(_("Somebody else changed this in between."), current=found)
    own = found or NationalCoordination(participant=participant, version=0)
    own.name, own.chair, own.lead = mechanism.name, mechanism.chair, mechanism.lead
    own.cadence, own.remarks, own.time_zone = mechanism.cadence, mechanism.remarks, mechanism.time_zone
    own.version += 1
    with acting(by=by, verb="save_mechanism"):
        own.save()
        own.ministries.set(mechanism.ministries)
        own.topics.set(mechanism.topics)
        own.stakeholders.all().delete()
        for kind, name, part in mechanism.stakeholders:
            Stakeholder.objects.create(coordination=own, participant=participant, kind=kind, name=name, part=part)
    return own


@transaction.atomic
def record_meeting(*, participant: Participant, day: date, kind: MeetingKind, note: str, by: User) -> NationalMeeting:
    """A meeting that was held or is set."""
    check_can(by, Permission.COORDINATE, participant=participant)
    with acting(by=by, verb="record_meeting"):
        return NationalMeeting.objects.create(participant=participant, day=day, kind=kind, note=note.strip(), recorded_by=by)


@transaction.atomic
def edit_meeting(  # noqa: PLR0913 - keyword-only
    *, meeting: NationalMeeting, day: date, kind: MeetingKind, note: str, expected_version: int, by: User
) -> NationalMeeting:
    """Change day, kind or note. Raises Conflict."""
    found = NationalMeeting.objects.select_for_update().select_related("participant").get(pk=meeting.pk)
    check_can(by, Permission.COORDINATE, participant=found.participant)
    if found.version != expected_version:
        raise Conflict(_("Somebody else changed this in between."), current=found)
    found.day, found.kind, found.note = day, kind, note.strip()
    found.version += 1
    with acting(by=by, verb="edit_meeting"):
        found.save()
    return found


@transaction.atomic
def add_agenda_item(*, participant: Participant, heading: AgendaHeading, text: str, by: User) -> NationalAgendaItem:
    """An item by hand; every ministry of the space may add one. Raises DomainError without text."""
    check_can(by, Permission.SEE_NATIONAL_SPACE, participant=participant)
    if not text.strip():
        raise DomainError(_("Write what is to be discussed."), field="text")
    with acting(by=by, verb="add_national_agenda_item"):
        return NationalAgendaItem.objects.create(participant=participant, heading=heading, text=text.strip(), added_by=by)


@transaction.atomic
def finish_agenda_item(*, item: NationalAgendaItem, by: User) -> NationalAgendaItem:
    """Take an item off the agenda: it was dealt with. Again it changes nothing."""
    found = NationalAgendaItem.objects.select_for_update().select_related("participant").get(pk=item.pk)
    check_can(by, Permission.SEE_NATIONAL_SPACE, participant=found.participant)
    if found.done_at:
        return found
    with acting(by=by, verb="finish_national_agenda_item"):
        found.done_at, found.done_by = timezone.now(), by
        found.save()
    return found
