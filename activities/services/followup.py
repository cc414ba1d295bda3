"""Recommendations and what became of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from activities.enums import FollowUpKind
from activities.models import Activity, Addressee, FollowUp, Recommendation
from members.audit import acting
from members.enums import DatePrecision
from members.errors import Conflict, DomainError
from members.models import Body, Participant, Portfolio, Process, User
from members.models.base import today
from members.permissions import check_can
from members.roles import Permission

_LOCK = 4_200_002  # one number of a year at a time
_YEAR = re.compile(r"-(\d{4})-")
FIRST_FACT = date(1990, 1, 1)  # nothing that the process follows up was done before


@dataclass(frozen=True)
class Asked:
    """What a form says of a recommendation: plain fields, and whom it is addressed to."""

    fields: Mapping[str, Any]
    participants: Sequence[Participant] = ()
    portfolios: Sequence[Portfolio] = ()
    bodies: Sequence[Body] = ()


@transaction.atomic
def record_recommendation(*, asked: Asked, by: User) -> Recommendation:
    """Record a recommendation with its reference `<prefix>-REC-<year>-<nn>`; the year is its meeting's, else its document's [72]."""
    check_can(by, Permission.RECORD_ACTIVITIES)
    row = Recommendation(**asked.fields)
    row.reference = _next_reference(row)
    with acting(by=by, verb="record_recommendation"):
        _store(row, asked)
    return row


@transaction.atomic
def edit_recommendation(*, recommendation: Recommendation, asked: Asked, expected_version: int, by: User) -> Recommendation:
    """Store an edit that began from `expected_version`. Raises Conflict when somebody else's came between."""
    check_can(by, Permission.RECORD_ACTIVITIES)
    found = Recommendation.objects.select_for_update().get(pk=recommendation.pk)
    if found.version != expected_version:
        raise Conflict(_("Somebody else changed this in between."), current=found)
    for name, value in asked.fields.items():
        setattr(found, name, value)
    found.version += 1
    with acting(by=by, verb="edit_recommendation"):
        _store(found, asked)
    return found


def _store(row: Recommendation, asked: Asked) -> None:
    if row.due and row.as_appropriate:
        raise DomainError(_("Give a day, or say “as appropriate”, not both."), field="due")
    row.full_clean()
    row.save()
    wanted = {
        *(("participant_id", party.pk) for party in asked.participants),
        *(("portfolio_id", party.pk) for party in asked.portfolios),
        *(("body_id", party.pk) for party in asked.bodies),
    }
    kept = set()
    for known in row.addressee_rows.all():
        name = next(name for name in ("participant_id", "portfolio_id", "body_id") if getattr(known, name))
        if (name, getattr(known, name)) in wanted:
            kept.add((name, getattr(known, name)))
        else:
            known.delete()
    for name, key in sorted(wanted - kept):
        Addressee.objects.create(recommendation=row, **{name: key})


def _next_reference(row: Recommendation) -> str:
    """The next free number of the year; a number once given is never given again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    said = _YEAR.search(row.document_symbol)
    start = row.activity.start if row.activity else None
    year = str(start.year) if start else said[1] if said else str(today().year)
    process = Process.objects.first()
    stem = f"{process.prefix if process else 'XX'}-REC-{year}-"
    history = Recommendation._meta.apps.get_model("activities", "RecommendationEvent")._default_manager
    used = {*history.filter(reference__startswith=stem).values_list("reference", flat=True)}
    used |= {*Recommendation.objects.filter(reference__startswith=stem).values_list("reference", flat=True)}
    numbers = [int(reference.removeprefix(stem)) for reference in used if reference.removeprefix(stem).isdigit()]
    return f"{stem}{max(numbers, default=0) + 1:02}"


@dataclass(frozen=True)
class Update:
    """One dated update: what was done, its evidence, the activity that takes the recommendation forward."""

    kind: FollowUpKind
    text: str
    evidence: str = ""
    activity: Activity | None = None
    is_closed: bool = False
    happened_on: date | None = None
    happened_on_precision: str = DatePrecision.UNKNOWN

    @property
    def fields(self) -> dict[str, Any]:
        """Fields of the row that the update fills, save that it completes."""
        names = ("kind", "text", "evidence", "activity", "happened_on", "happened_on_precision")
        return {name: getattr(self, name) for name in names}


def check_day(update: Update) -> None:
    """The day of the fact is past, and of the time that the record is about. Raises DomainError."""
    if update.happened_on is None:
        return
    if update.happened_on > today():
        raise DomainError(_("Name a day that has passed."), field="happened_on")
    if update.happened_on < FIRST_FACT:
        raise DomainError(_("Name a day in 1990 or later."), field="happened_on")


@transaction.atomic
def add_follow_up(*, recommendation: Recommendation, update: Update, by: User) -> FollowUp:
    """Add a dated update; earlier ones stay as they were [72, 73]. Raises DomainError where no activity is named."""
    check_can(by, Permission.RECORD_ACTIVITIES)
    if update.kind == FollowUpKind.TAKEN_FORWARD and update.activity is None:
        raise DomainError(_("Name the activity that takes it forward."), field="activity")
    check_day(update)
    row = FollowUp(recommendation=recommendation, is_closed=update.is_closed, recorded_by=by, **update.fields)
    row.full_clean()
    with acting(by=by, verb="add_follow_up"):
        row.save()
    return row
