"""What a participant may ask to have corrected: records with their facts, and the requests that wait.

Values are text in English, dates as far as they are known: what was said when a participant asked is compared with what
the record says when the secretariat answers, whatever languages both read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from activities.enums import CorrectedField, CorrectedRecord, CorrectionState, HostingPart
from activities.models import Activity, CorrectionRequest, Delegate, Hosting
from activities.selectors import parties, with_parts
from activities.selectors_content import with_content_marks
from activities.selectors_desk import MOST, Task
from members.models import Appointment, Participant, Seat
from members.models.base import today
from members.partial_dates import format_partial, format_span

if TYPE_CHECKING:
    from members.models import AnyUser

F = CorrectedField
_LONGEST_KEY = 18  # digits of a database key


@dataclass(frozen=True)
class Fact:
    """One fact of a record: what it says, and the page at the desk where it is changed."""

    field: CorrectedField
    value: str
    edit_url: str
    part: str = ""  # which of several, such as a ministry's code
    part_label: str = ""

    @property
    def key(self) -> str:
        return f"{self.field.value}:{self.part}" if self.part else self.field.value

    @property
    def label(self) -> str:
        if not self.part_label:
            return str(self.field.label)
        return _("%(fact)s (%(which)s)") % {"fact": self.field.label, "which": self.part_label}


@dataclass(frozen=True)
class Subject:
    """A record with the facts that can be corrected."""

    record: CorrectedRecord
    reference: str
    title: str
    facts: list[Fact] = field(default_factory=list)
    url: str = ""  # its page, where it has one

    def fact(self, key: str) -> Fact | None:
        return next((fact for fact in self.facts if fact.key == key), None)


def participant_subject(participant: Participant, user: AnyUser) -> Subject:
    """Name, kind, region, standings and ministries of a participant."""
    edit = reverse("members:participant_edit", args=[participant.slug])
    with override("en"):
        facts = [
            Fact(F.NAME, participant.name, edit),
            Fact(F.KIND, str(participant.get_kind_display()), edit),
            Fact(F.REGION, participant.region.name if participant.region else "", edit),
            *_standings(participant),
            *_ministries(participant, user),
        ]
    return Subject(CorrectedRecord.PARTICIPANT, participant.slug, participant.name, facts, participant.get_absolute_url())


def _standings(participant: Participant) -> list[Fact]:
    found = []
    for row in participant.standings.all():
        words = str(row.get_standing_display())
        value = _lines([words, _period(row), row.basis])
        found.append(Fact(F.STANDING, value, reverse("members:record_edit", args=["standing", row.pk]), str(row.pk), words))
    return found


def _ministries(participant: Participant, user: AnyUser) -> list[Fact]:
    found = []
    for row in participant.ministries.visible_to(user).prefetch_related("portfolios").order_by("name"):
        said = [row.name, ", ".join(sorted(p.name_en for p in row.portfolios.all())), row.role, row.period or _period(row)]
        edit = reverse("members:record_edit", args=["ministry", row.pk])
        found.append(Fact(F.MINISTRY, _lines(said), edit, row.code, row.name))
    return found


def activity_subject(reference: str, participant: Participant, user: AnyUser) -> Subject | None:
    """Facts of an activity on its page, and who was there for the participant; None where `user` may not see it."""
    own = Delegate.objects.visible_to(user).filter(participant=participant, withdrawn_at__isnull=True)
    own = own.select_related("official").prefetch_related("attendance").order_by("official__name", "pk")
    readable = with_content_marks(Activity.objects.visible_to(user), user)
    rows = with_parts(readable).prefetch_related(Prefetch("delegate_rows", own, to_attr="delegation"))
    row = rows.filter(reference=reference).first()
    if row is None:
        return None
    with override("en"):
        facts = _activity_facts(row, reverse("activities:activity_edit", args=[row.reference]))
    return Subject(CorrectedRecord.ACTIVITY, row.reference, row.title, facts, row.get_absolute_url())


def _activity_facts(row: Activity, edit: str) -> list[Fact]:
    delegation: list[Delegate] = row.delegation  # type: ignore[attr-defined] # prefetched under this name
    status = reverse("activities:desk_activity", args=[row.reference])
    attendance = reverse("activities:activity_attendance", args=[row.reference])
    facts = [
        Fact(F.TITLE, row.title, edit),
        Fact(F.KIND, row.kind.name, edit),
        Fact(F.STATUS, str(row.get_status_display()), status),
        Fact(F.DATES, format_span(row.start, row.end, row.date_precision, "en"), edit),
        Fact(F.PLACE, ", ".join(part for part in (row.venue, row.city, row.country) if part), edit),
        Fact(F.HOSTS, _lines(parties(row, HostingPart.HOST)), edit),
        Fact(F.CO_HOSTS, _lines(parties(row, HostingPart.CO_HOST)), edit),
        Fact(F.CHAIRS, _lines(parties(row, HostingPart.CHAIR)), edit),
        Fact(F.OBJECTIVES, ", ".join(aim.code for aim in row.objectives.all()), edit),
        Fact(F.AREAS, ", ".join(area.code for area in row.programme_areas.all()), edit),
        *([Fact(F.OUTCOME, row.outcome, edit)] if row.may_read_content else []),  # type: ignore[attr-defined] # annotated
        Fact(F.NOTE, row.public_note, edit),
    ]
    return [*facts, Fact(F.DELEGATION, _lines(_came(delegate) for delegate in delegation), attendance)] if delegation else facts


def _came(delegate: Delegate) -> str:
    marks = [f"{mark.day:%Y-%m-%d} {mark.get_status_display()}" for mark in delegate.attendance.all() if mark.day]
    return f"{delegate.official.name}: {', '.join(sorted(marks)) or 'not recorded'}"


def is_own_activity(reference: str, participant: Participant) -> bool:
    """Whether a participant hosted or chaired an activity, registered delegates for it, or was invited to it."""
    own = (
        Q(pk__in=Hosting.objects.filter(participant=participant).values("activity"))
        | Q(pk__in=Delegate.objects.filter(participant=participant, withdrawn_at__isnull=True).values("activity"))
        | Q(invitations__participant=participant, invitations__issued_at__isnull=False)
    )
    return Activity.objects.filter(own, reference=reference).exists()


def seat_subject(reference: str, participant: Participant, user: AnyUser) -> Subject | None:
    """Role, remit and period of a seat of the participant."""
    rows = Seat.objects.visible_to(user).filter(participant=participant).select_related("body", "role")
    row = _by_number(rows, reference)
    if row is None:
        return None
    edit = reverse("members:seat_edit", args=[row.body.key, row.pk])
    with override("en"):
        facts = [Fact(F.ROLE, row.role.name, edit), Fact(F.REMIT, row.remit, edit), Fact(F.PERIOD, _period(row), edit)]
        title = f"{row.body.name}: {row.role.name}"
    return Subject(CorrectedRecord.SEAT, str(row.pk), title, facts)


def appointment_subject(reference: str, participant: Participant, user: AnyUser) -> Subject | None:
    """Who held a place of the participant, and in which period. The title of that day is a record of its own and stays."""
    rows = Appointment.objects.visible_to(user).filter(Q(participant=participant) | Q(seat__participant=participant))
    row = _by_number(rows.select_related("official", "office", "topic", "seat__body", "seat__role"), reference)
    if row is None:
        return None
    kind, holder = ("official", row.official_id) if row.official_id else ("office", row.office_id)
    name = row.official.name if row.official else row.office.title if row.office else ""
    with override("en"):
        facts = [
            Fact(F.HOLDER, name, reverse("members:record_edit", args=[kind, holder])),
            Fact(F.PERIOD, _period(row), reverse("members:term", args=[row.pk])),
        ]
        title = f"{place_words(row)}: {name}"
    return Subject(CorrectedRecord.APPOINTMENT, str(row.pk), title[:250], facts)


def place_words(row: Appointment) -> str:
    """The place that an appointment fills, in the active language."""
    if row.seat:
        return f"{row.seat.body.name}, {row.seat.role.name}"
    return f"{row.get_role_display()}, {row.topic.name}" if row.topic else str(row.get_role_display())


def _by_number(rows: QuerySet[Any], reference: str) -> Any:
    if not reference.isascii() or not reference.isdecimal() or len(reference) > _LONGEST_KEY:
        return None
    return rows.filter(pk=int(reference)).first()


def _lines(parts: Iterable[str]) -> str:
    return "\n".join(part for part in parts if part)


def _period(row: Any) -> str:
    start = format_partial(row.period_from, row.period_from_precision, "en")
    end = format_partial(row.period_to, row.period_to_precision, "en")
    return f"{start or '…'} to {end or '…'}" if start or end else ""


def requests_for(user: AnyUser, state: str = "") -> QuerySet[CorrectionRequest]:
    """Requests that `user` may see, the oldest open ones first, then what was decided last."""
    rows = CorrectionRequest.objects.visible_to(user).select_related("participant", "asked_by", "decided_by")
    rows = rows.filter(state=state) if state in CorrectionState.values else rows
    return rows.order_by("decided_at", "asked_at", "pk") if state == CorrectionState.ASKED else rows.order_by("-asked_at", "-pk")


def correction_tasks(user: AnyUser) -> list[Task]:
    """What participants asked to have corrected, the oldest first, each with the page where it is answered."""
    return [
        Task(
            _("Answer %(participant)s: %(fact)s of %(title)s")
            % {"participant": row.participant, "fact": row.fact, "title": row.record_title or row.reference},
            reverse("desk_correction", args=[row.pk]),
            age_words(row),
        )
        for row in requests_for(user, CorrectionState.ASKED)[:MOST]
    ]


def age_words(row: CorrectionRequest) -> str:
    """Since when a request waits, in words."""
    days = (today() - row.asked_at.date()).days
    if days < 1:
        return _("Asked today.")
    return ngettext("Asked %(number)d day ago.", "Asked %(number)d days ago.", days) % {"number": days}


__all__ = [
    "Fact",
    "Subject",
    "activity_subject",
    "age_words",
    "appointment_subject",
    "correction_tasks",
    "is_own_activity",
    "participant_subject",
    "place_words",
    "requests_for",
    "seat_subject",
]
