"""The delegations of one activity at the desk: one page, and the same rows as a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from activities.models import Activity
from activities.permissions import get_activity_at_desk
from activities.selectors_delegation_needs import (
    Person,
    Shown,
    delegations,
    invited_without_people,
    narrowed,
    needs_of,
    people_at,
    shown_by,
)
from activities.selectors_delegations import days_of
from members.audit import record_access
from members.enums import AccessAction
from members.export import Column, export_response, is_export

_FORMATS = ("csv", "xlsx")
_ALL = "all"
COLUMNS = (
    Column("participant", "Participant", lambda row: row.participant.name),
    Column("name", "Name", lambda row: row.official.name),
    Column("name_own_script", "Name in own script", lambda row: row.official.name_own_script),
    Column("position", "Position", lambda row: row.position),
    Column("part", "Part in the delegation", lambda row: row.part),
    Column("days", "Days attending", lambda row: [f"{day:%Y-%m-%d}" for day in row.days] or _ALL),
    Column("mode", "Attending", lambda row: row.mode),
    Column("standing", "Standing", lambda row: row.stands),
    Column("answer", "Answer of the delegate", lambda row: row.answer),
    Column("meal", "Meal", lambda row: row.nomination.meal if row.nomination else ""),
    Column("access_needs", "Access needs", lambda row: row.nomination.access_needs if row.nomination else ""),
    Column("visa_letter", "Letter for the visa", lambda row: bool(row.nomination and row.nomination.visa_letter)),
)


@never_cache
@require_safe
def desk_delegations(request: HttpRequest, reference: str) -> HttpResponse:
    """Every delegation of an activity with what the host needs to know.

    `?participant=` a slug, `?need=` visa, meal or access, `?day=` of the activity; `?format=csv|xlsx` the same rows. Meals
    and access needs are personal: whoever opens or takes the list is written down.
    """
    activity = get_activity_at_desk(request.user, reference)
    people, days = people_at(activity, request.user), days_of(activity)
    shown = shown_by(request.GET, people, days)
    rows = narrowed(people, shown, days)
    if is_export(request):
        return _file(request, activity, rows)
    record_access(by=request.user, action=AccessAction.OPENED, label="delegations", ref=activity.reference, request=request)
    return render(request, "activities/desk_delegations.html", _context(request, activity, people, rows, shown))


def _file(request: HttpRequest, activity: Activity, rows: Sequence[Person]) -> HttpResponse:
    if request.GET["format"] not in _FORMATS:
        raise Http404
    response = export_response(request, COLUMNS, rows, f"{activity.reference}-delegations")
    if response.status_code == 200:  # noqa: PLR2004 - else it leads to the address of the file
        record_access(by=request.user, action=AccessAction.EXPORTED, label="delegations", ref=activity.reference, request=request)
    return response


def _context(
    request: HttpRequest, activity: Activity, people: Sequence[Person], rows: Sequence[Person], shown: Shown
) -> dict[str, Any]:
    days = days_of(activity)
    participants = {person.participant.slug: person.participant for person in people}
    return {
        "activity": activity,
        "people": people,
        "rows": rows,
        "delegations": delegations(rows),
        "needs": needs_of(narrowed(people, shown, days, by_need=False)),
        "without": invited_without_people(activity, request.user, people),
        "shown": shown,
        "days": days,
        "participants": list(participants.values()),
        "need_choices": [("visa", _("Letter for the visa")), ("meal", _("Meal")), ("access", _("Access needs"))],
    }
