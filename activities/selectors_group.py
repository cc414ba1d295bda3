"""The rhythm of a body's meetings, and what waits for the next one [28]. Reminders are soft and block nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import F, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from activities.enums import ActivityStatus, AgendaItemKind, ProposalState, ReviewOutcome
from activities.models import Activity, Agenda, CallRecord, Consultation, Objective, Proposal, Review
from members.models import Body, StandingItem
from members.models.base import today
from members.partial_dates import format_partial, months_later

if TYPE_CHECKING:
    from members.models import AnyUser

_AHEAD = (ActivityStatus.PLANNED, ActivityStatus.UNDER_CONSIDERATION)
_OPEN = (ProposalState.IDEA, ProposalState.CONSIDERED)
_SETTLED = (ReviewOutcome.MET, ReviewOutcome.COMPLETED, ReviewOutcome.MOVED)


@dataclass(frozen=True)
class Rhythm:
    """When a body met last and meets next, as far as `user` may see it; `due` is the day its cadence leads to."""

    body: Body
    next: Activity | None
    last: Activity | None
    due: date | None

    @property
    def next_is_missing(self) -> bool:
        """Whether a body that meets regularly has no next meeting on record."""
        return self.next is None and self.body.cadence_months is not None

    @property
    def is_overdue_softly(self) -> bool:
        """Whether the time between two meetings has passed without the next one being set. A hint, never a rule."""
        return self.next_is_missing and self.due is not None and self.due < today()


def sittings(body: Body, user: AnyUser) -> QuerySet[Activity]:
    """Meetings of a body: activities of its kind that `user` may see, without withdrawn and cancelled ones."""
    rows = Activity.objects.visible_to(user).live().filter(kind__key=body.activity_kind or None)
    return rows.exclude(status=ActivityStatus.CANCELLED).select_related("kind")


def next_meeting(body: Body, user: AnyUser) -> Activity | None:
    """The next sitting on record: the first that has not ended, one without a date last."""
    ahead = sittings(body, user).filter(status__in=_AHEAD).filter(Q(last_day__gte=today()) | Q(last_day__isnull=True))
    return ahead.order_by(F("start").asc(nulls_last=True), "reference").first()


def last_meeting(body: Body, user: AnyUser, *, before: Activity | None = None) -> Activity | None:
    """The latest sitting that was held, or the latest held before another one."""
    held = sittings(body, user).filter(status=ActivityStatus.HELD, start__isnull=False)
    if before is not None:
        held = held.exclude(pk=before.pk).filter(start__lte=before.start or today())
    return held.order_by("-start", "-reference").first()


def rhythm(body: Body, user: AnyUser) -> Rhythm:
    """Last and next meeting of a body. Two queries."""
    last = last_meeting(body, user)
    met = (last.last_day or last.start) if last else None
    due = months_later(met, body.cadence_months) if met and body.cadence_months else None
    return Rhythm(body, next_meeting(body, user), last, due)


def bodies_without_next_meeting(user: AnyUser) -> list[Rhythm]:
    """Bodies that meet regularly and whose next meeting is not set."""
    bodies = Body.objects.visible_to(user).filter(cadence_months__isnull=False)
    return [found for found in (rhythm(body, user) for body in bodies) if found.next_is_missing]


def rhythm_words(found: Rhythm) -> list[str]:
    """Sentences that say, neutrally, how often a body meets, when it met last, and that no next meeting is set."""
    said = [_("The next meeting is not set.")] if found.next_is_missing else []
    said += [found.body.rhythm] if found.body.rhythm else []
    if found.last and found.next_is_missing:
        when = format_partial(found.last.start, found.last.date_precision, get_language() or "en")
        said.append(_("The last meeting on record: %(when)s.") % {"when": when})
    return said


@dataclass(frozen=True)
class Draft:
    """One item of an agenda before it is stored."""

    kind: AgendaItemKind
    title_en: str
    title_id: str = ""
    note: str = ""
    reference: str = ""


def suggested_items(body: Body, user: AnyUser) -> list[Draft]:
    """What the record suggests for the next agenda: the standing items, then what is open, in that order."""
    standing = StandingItem.objects.visible_to(user).filter(body=body)
    found = [Draft(AgendaItemKind.STANDING, row.title_en, row.title_id, row.note) for row in standing]
    found += [Draft(AgendaItemKind.PROPOSAL, row.title, reference=str(row.pk)) for row in open_proposals(user)]
    found += [Draft(AgendaItemKind.CONSULTATION, row.title, reference=str(row.pk)) for row in open_consultations(user)]
    return found + [
        Draft(AgendaItemKind.OBJECTIVE, row.short_title, row.short_title_id, reference=row.code) for row in open_objectives(user)
    ]


def open_proposals(user: AnyUser) -> QuerySet[Proposal]:
    """Proposals that are neither endorsed, declined nor referred, the oldest first."""
    return Proposal.objects.visible_to(user).filter(state__in=_OPEN).order_by("recorded_at", "pk")


def open_consultations(user: AnyUser) -> QuerySet[Consultation]:
    """Questions to the steering group that are open today, by their deadline."""
    rows = Consultation.objects.visible_to(user).filter(audience="steering-group", opened_at__isnull=False)
    return rows.filter(Q(deadline__isnull=True) | Q(deadline__gte=today())).order_by(F("deadline").asc(nulls_last=True), "pk")


def open_objectives(user: AnyUser) -> list[Objective]:
    """Objectives whose last review did not find them met, completed or moved; "not stated" is not "dropped"."""
    latest: dict[int, str] = {}
    reviews = (
        Review.objects.visible_to(user).filter(objective__isnull=False).order_by(F("meeting__start").asc(nulls_first=True), "pk")
    )
    for objective, outcome in reviews.values_list("objective_id", "outcome"):
        latest[objective or 0] = outcome
    return [row for row in Objective.objects.visible_to(user) if latest.get(row.pk) not in _SETTLED]


def agendas_for(user: AnyUser) -> QuerySet[Agenda]:
    """Agendas that `user` may read, with their meeting."""
    return Agenda.objects.visible_to(user).select_related("activity__kind", "body", "published_by")


def calls_for(user: AnyUser, words: str = "") -> QuerySet[CallRecord]:
    """Calls of the steering group that `user` may read, the latest first; withdrawn ones are among them."""
    rows = CallRecord.objects.visible_to(user)
    if words:
        rows = rows.filter(
            Q(subject__unaccent__icontains=words) | Q(summary__unaccent__icontains=words) | Q(agreed__unaccent__icontains=words)
        )
    return rows.select_related("proposal", "consultation", "activity").prefetch_related(
        "seats__participant", "seats__forum", "seats__role"
    )
