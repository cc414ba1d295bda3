"""A participant's own record as one list in time, and as the tables of its full export."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db.models import CharField, Count, DateField, F, Max, Min, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, TruncDate
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from activities import selectors_own_record as of_activities
from members import selectors_own_record as of_members
from members.models import Participant
from members.models.base import today
from reports import selectors_own_record as of_reports

if TYPE_CHECKING:
    from members.models import AnyUser

PAGE_SIZE = 25
KINDS: dict[str, str | Promise] = {
    "attended": _("Attended"),
    "hosted": _("Hosted or chaired"),
    "received": _("Received"),
    "answered": _("Answered"),
    "written": _("Written"),
    "places": _("Seats and appointments"),
    "corrections": _("Corrections asked for"),
}


@dataclass(frozen=True)
class Leg:
    """One table of the record: rows, the first and last day that each counts for, and what a page reads with it."""

    key: str
    kind: str
    rows: QuerySet[Any]
    first: Any
    last: Any
    complete: Callable[[QuerySet[Any]], QuerySet[Any]] = field(default=lambda rows: rows)

    @property
    def dated(self) -> QuerySet[Any]:
        """The rows with `_leg`, `_key`, `_first`, `_last` and `_place`."""
        bare = self.rows.order_by().prefetch_related(None).select_related(None)
        found: QuerySet[Any] = bare.annotate(
            _leg=Value(self.key, CharField()),
            _key=F("pk"),
            _first=Cast(self.first, DateField()),
            _last=Cast(self.last, DateField()),
            _place=Coalesce(Cast(self.first, DateField()), Value(date.min, DateField())),  # what is undated comes last
        )
        return found


@dataclass(frozen=True)
class Entry:
    """One row of the list: which table it comes from, and the record itself."""

    leg: str
    row: Any

    @property
    def template(self) -> str:
        return f"portal/own_record/_{self.leg}.html"


def legs_of(participant: Participant, user: AnyUser) -> list[Leg]:
    """The tables of a participant's record, as far as `user` may see them."""
    starts, ends = F("activity__start"), F("activity__last_day")
    queued, replied = TruncDate("queued_at"), TruncDate("replied_at")
    sent, received, asked = TruncDate("submitted_at"), TruncDate("acknowledged_at"), TruncDate("asked_at")
    begins, until = F("period_from"), Coalesce("period_to", Value(today(), DateField()))
    return [
        Leg(
            *("attended", "attended", of_activities.attended(participant, user), F("start"), F("last_day")),
            lambda rows: of_activities.with_delegation(rows, participant, user),
        ),
        Leg("hosted", "hosted", of_activities.hosted(participant, user), starts, ends),
        Leg("message", "received", of_members.messages_to(participant, user), queued, queued),
        Leg("invitation", "answered", of_activities.answered_invitations(participant, user), replied, replied),
        Leg("reply", "answered", of_activities.submitted_replies(participant, user), sent, sent),
        Leg("acknowledgement", "answered", of_reports.acknowledgements_of(participant, user), received, received),
        Leg("document", "written", of_reports.written_by(participant, user), F("date"), F("date")),
        Leg("seat", "places", of_members.seats_held(participant, user), begins, until),
        Leg("appointment", "places", of_members.places_held(participant, user), begins, until),
        Leg("correction", "corrections", of_activities.corrections_of(participant, user), asked, asked),
    ]


class _Counted(Paginator):  # type: ignore[type-arg]  # Django's class takes no parameter at run time
    """Pages of a list whose length is known already."""

    def __init__(self, rows: Any, total: int) -> None:
        super().__init__(rows, PAGE_SIZE)
        self.count = total


@dataclass(frozen=True)
class OwnRecord:
    """The record under the filters of a page. `kind` is one of KINDS or "", `year` a year or None."""

    legs: list[Leg]
    kind: str = ""
    year: int | None = None

    @cached_property
    def _figures(self) -> dict[str, tuple[int, date | None, date | None]]:
        """Per table: rows of the year, first and last day of all its rows. One query."""
        in_year = self._in_year()
        queries = [
            leg.dated.values("_leg").annotate(_n=Count("pk", filter=in_year), _min=Min("_first"), _max=Max("_last"))
            for leg in self.legs
        ]
        rows = [query.values_list("_leg", "_n", "_min", "_max") for query in queries]
        return {leg: (number, first, last) for leg, number, first, last in rows[0].union(*rows[1:], all=True).order_by()}

    def _in_year(self) -> Q:
        if self.year is None:
            return Q()
        return Q(_first__lte=date(self.year, 12, 31), _last__gte=date(self.year, 1, 1))

    @property
    def years(self) -> list[int]:
        """From the last year in which something happened to the first."""
        days = [day for _n, first, last in self._figures.values() for day in (first, last) if day]
        return list(range(max(days).year, min(days).year - 1, -1)) if days else []

    @property
    def counts(self) -> list[tuple[str, str | Promise, int]]:
        """Key, words and number of rows in the year for each kind."""
        of_kind: dict[str, int] = dict.fromkeys(KINDS, 0)
        for leg in self.legs:
            of_kind[leg.kind] += self._figures.get(leg.key, (0, None, None))[0]
        return [(key, label, of_kind[key]) for key, label in KINDS.items()]

    @property
    def total(self) -> int:
        """Rows under all filters."""
        return sum(number for key, _label, number in self.counts if self.kind in {"", key})

    def page(self, number: str | None) -> Any:
        """One page of the list, newest first, undated rows last. One query, and a few for each table that is on the page."""
        in_year = self._in_year()
        chosen = [leg for leg in self.legs if self.kind in {"", leg.kind}]
        parts = [leg.dated.filter(in_year).values_list("_leg", "_key", "_place") for leg in chosen]
        index = parts[0].union(*parts[1:], all=True)
        index = index.order_by("-_place", "_leg", "-_key")
        page = _Counted(index, self.total).get_page(number)
        page.object_list = self._entries(list(page.object_list))
        return page

    def _entries(self, index: list[tuple[str, int, date]]) -> list[Entry]:
        found: dict[tuple[str, int], Any] = {}
        for leg in self.legs:
            keys = [pk for key, pk, _place in index if key == leg.key]
            if keys:
                found |= {(leg.key, row.pk): row for row in leg.complete(leg.rows.filter(pk__in=keys))}
        return [Entry(key, found[key, pk]) for key, pk, _place in index if (key, pk) in found]
