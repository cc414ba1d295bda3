"""The steering group as of any day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from members.as_of import as_of_form
from members.export import Column, export_response, is_export
from members.models import Seat
from members.models.base import today
from members.partial_dates import iso_partial
from members.public_history import forum_changes, seat_changes
from members.selectors import holder_on, seats_as_of, seats_on, steering_body
from members.views.public_history import history_response

SEAT_COLUMNS = (
    Column("holder", "Participant or forum", lambda row: row.holder_then),
    Column("role", "Role", lambda row: row.role.key),
    Column("is_member", "Member", lambda row: row.role.is_member),
    Column("remit", "Remit", lambda row: row.remit),
    Column("represents", "On behalf of", lambda row: row.represents),
    Column("topics", "Topics", lambda row: [topic.key for topic in row.topics.all()]),
    Column("portfolios", "Portfolios", lambda row: [portfolio.key for portfolio in row.portfolios.all()]),
    Column("from", "From", lambda row: iso_partial(row.period_from, row.period_from_precision)),
    Column("until", "Until", lambda row: iso_partial(row.period_to, row.period_to_precision)),
    Column("confidence", "Confidence", lambda row: row.confidence),
)


@require_safe
@login_not_required
def steering_group(request: HttpRequest) -> HttpResponse:
    """Who held which seat on a day. Guests and those in attendance stand apart: they are no members."""
    form = as_of_form(request.GET)
    day, body = form.day or today(), steering_body()
    if is_export(request):
        return export_response(request, SEAT_COLUMNS, _named(seats_on(body, day), day), "steering-group")
    members, others = (_named(seats, day) for seats in seats_as_of(body, day))
    context = {"form": form, "day": day, "body": body, "members": members, "others": others, "asked": form.day}
    return render(request, "members/steering_group.html", context, status=200 if form.is_valid() else 422)


def _named(seats: Iterable[Seat], day: date) -> list[Seat]:
    """The seats, each with the name of its holder on `day` in `holder_then`."""
    found = list(seats)
    for seat in found:
        seat.holder_then = holder_on(seat, day)  # type: ignore[attr-defined]  # read by the page and the export
    return found


@require_safe
@login_not_required
def steering_group_history(request: HttpRequest) -> HttpResponse:
    """When the seats of the steering group changed and in what."""
    title, body = str(_("Steering group")), steering_body()
    crumbs = [(title, reverse("members:steering_group"))]
    return history_response(request, seat_changes(body.key if body else ""), title=title, name="steering-group", crumbs=crumbs)


@require_safe
@login_not_required
def forum_history(request: HttpRequest) -> HttpResponse:
    """When the record of other forums changed and in what."""
    title = str(_("Other forums"))
    crumbs = [(title, reverse("members:forum_list"))]
    return history_response(request, forum_changes(), title=title, name="forums", crumbs=crumbs)
