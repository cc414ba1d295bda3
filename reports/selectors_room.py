"""What the steering group's room shows, section by section. A later part adds a section to SECTIONS, and a template."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from activities.enums import AgendaItemKind
from activities.models import Activity, Agenda, Proposal
from activities.selectors_group import Draft, agendas_for, calls_for, last_meeting, open_consultations, rhythm, rhythm_words
from members.enums import AccessClass
from members.models import Appointment, Body, Seat, StandingItem
from members.models.base import today
from members.models.visibility import rights_of
from members.selectors import seats_as_of, steering_body
from members.words import clean_words
from reports.models import Document
from reports.selectors import documents_for, documents_of
from reports.selectors_progress import reports_for

if TYPE_CHECKING:
    from members.models import AnyUser

PAGE_SIZE = 25
LATEST = 5
MOST = 50


@dataclass(frozen=True)
class Section:
    """A part of the room: heading, template, the route its heading leads to if built, and what reads its content.

    `read` gets the person and the query of the page, and gives what the template shows as `part`; None where the section
    is not for this person.
    """

    key: str
    title: str | Promise
    template: str
    read: Callable[[AnyUser, QueryDict], dict[str, Any] | None]
    route: str = ""

    @property
    def url(self) -> str:
        """Where the heading leads; empty where that part is not built."""
        try:
            return reverse(self.route) if self.route else ""
        except NoReverseMatch:
            return ""


def steering_group() -> Body | None:
    """The body whose room it is."""
    return steering_body()


def _meetings(user: AnyUser, _query: QueryDict) -> dict[str, Any] | None:
    body = steering_group()
    if body is None:
        return None
    found = rhythm(body, user)
    meetings = [meeting for meeting in (found.next, found.last) if meeting]
    agendas = {row.activity_id: row for row in agendas_for(user).filter(activity__in=meetings)}
    return {
        "rhythm": found,
        "words": rhythm_words(found) if found.next_is_missing else [_("The next meeting is not set.")],
        "next_agenda": agendas.get(found.next.pk) if found.next else None,
        "last_agenda": agendas.get(found.last.pk) if found.last else None,
        "documents": documents_of(user, found.last)[:MOST] if found.last else [],
    }


def _approvals(user: AnyUser, _query: QueryDict) -> dict[str, Any] | None:
    rights = rights_of(user)
    if not (rights.approving_seats or rights.is_secretariat):
        return None
    return {"reports": reports_for(user).filter(frozen_at__isnull=False)[:20]}


def group_documents(user: AnyUser, words: str) -> QuerySet[Document]:
    """Documents for the steering group that hold `words` in title or symbol, the latest first."""
    rows = documents_for(user).filter(access_class=AccessClass.STEERING_GROUP).select_related("activity")
    return rows.filter(Q(title__unaccent__icontains=words) | Q(symbol__istartswith=words)) if words else rows


def _documents(user: AnyUser, query: QueryDict) -> dict[str, Any]:
    words = clean_words(query.get("q", ""), most=100)
    return {"page": Paginator(group_documents(user, words), PAGE_SIZE).get_page(query.get("page")), "words": words}


def _consultations(user: AnyUser, _query: QueryDict) -> dict[str, Any]:
    return {"consultations": open_consultations(user)[:MOST]}


def _proposals(user: AnyUser, _query: QueryDict) -> dict[str, Any]:
    return {"proposals": Proposal.objects.visible_to(user).select_related("proposed_by", "referred_to")[:MOST]}


def _calls(user: AnyUser, _query: QueryDict) -> dict[str, Any]:
    return {"calls": calls_for(user).filter(withdrawn_at__isnull=True)[:LATEST]}


def _seats(user: AnyUser, _query: QueryDict) -> dict[str, Any]:
    """Who sits here today: names of holders are for those who sit here and the secretariat."""
    members, others = seats_as_of(steering_body(), today())
    holders: dict[int, list[Appointment]] = defaultdict(list)
    rows = Appointment.objects.visible_to(user).current().filter(seat__in=[*members, *others])
    for row in rows.select_related("official", "office", "acting_for").order_by("acting_for_id", "pk"):
        holders[row.seat_id or 0].append(row)

    def with_holders(seats: list[Seat]) -> list[tuple[Seat, list[Appointment]]]:
        return [(seat, holders[seat.pk]) for seat in seats]

    return {"groups": [with_holders(members), with_holders(others)]}


def _standing(user: AnyUser, _query: QueryDict) -> dict[str, Any]:
    return {"items": StandingItem.objects.visible_to(user).filter(body=steering_body())}


SECTIONS: tuple[Section, ...] = (
    Section("meetings", _("Meetings"), "reports/room/meetings.html", _meetings),
    Section("approvals", _("Approvals"), "reports/room/approvals.html", _approvals, "reports:approval_list"),
    Section(
        "consultations", _("Consultations"), "reports/room/consultations.html", _consultations, "activities:room_consultations"
    ),
    Section("proposals", _("Proposals"), "reports/room/proposals.html", _proposals, "activities:room_proposals"),
    Section("calls", _("Calls between meetings"), "reports/room/calls.html", _calls, "activities:call_list"),
    Section("documents", _("Documents for the steering group"), "reports/room/documents.html", _documents),
    Section("seats", _("Who sits here"), "reports/room/seats.html", _seats, "members:steering_group"),
    Section("standing", _("What stands on every agenda"), "reports/room/standing.html", _standing),
)


def room_sections(user: AnyUser, query: QueryDict) -> list[tuple[Section, dict[str, Any]]]:
    """The sections of the room that are for `user`, each with its content."""
    read = [(section, section.read(user, query)) for section in SECTIONS]
    return [(section, part) for section, part in read if part is not None]


def documents_since(user: AnyUser, activity: Activity, body: Body) -> list[Document]:
    """Published documents that the group may read, added since the last meeting before `activity`."""
    last = last_meeting(body, user, before=activity)
    rows = documents_for(user).filter(published_at__isnull=False).exclude(access_class=AccessClass.SECRETARIAT)
    if last and last.start:
        rows = rows.filter(date__gte=last.last_day or last.start)
    return list(rows[:MOST]) if last else []


def suggested_documents(user: AnyUser, activity: Activity, body: Body) -> list[Draft]:
    """Those documents as items of an agenda."""
    return [
        Draft(AgendaItemKind.DOCUMENT, row.title, row.title_id, reference=row.symbol)
        for row in documents_since(user, activity, body)
    ]


def agenda_of(user: AnyUser, activity: Activity) -> Agenda | None:
    """The agenda of a meeting, if `user` may read it."""
    return agendas_for(user).filter(activity=activity).first()
