"""Participants, and one participant with all that the record says of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from activities.enums import HostingPart
from activities.models import Hosting
from activities.selectors_objectives import activities_by, legislation_said
from activities.selectors_participation import attended_by
from members.as_of import as_of_form
from members.enums import ParticipantKind
from members.export import Column, export_response, is_export
from members.models import AnyUser, Participant, ParticipantDeclaration, Seat
from members.models.base import today
from members.models.visibility import rights_of
from members.permissions import has_permission
from members.public_history import participant_changes
from members.roles import Permission
from members.selectors import focal_offices, mechanisms_of, ministries_of, participant_directory, standing_words
from members.selectors_forums import forums_of
from members.selectors_routing import documented_on, routes_of
from members.views.public_history import history_response
from members.words import clean_words
from reports.selectors import documents_by

PARTICIPANT_COLUMNS = (
    Column("name", "Name", lambda row: row.name_then),
    Column("slug", "Key", lambda row: row.slug),
    Column("kind", "Kind", lambda row: row.kind),
    Column("special_administrative_region", "Special administrative region", lambda row: row.is_special_administrative_region),
    Column("region", "Region", lambda row: row.region.key if row.region else ""),
    Column("iso3", "ISO 3166 code", lambda row: row.iso3),
    Column("standing", "Standing", lambda row: standing_words(row.standing_then)),
    Column("documented_from", "Documented since", lambda row: row.documented_then),
    Column("start_known", "Start known", lambda row: row.joined is not None),
    Column("confidence", "Confidence", lambda row: row.confidence),
    Column("sources", "Sources", lambda row: [source.key for source in row.source.all()]),
    Column("url", "Address", lambda row: f"{settings.ORIGIN}{reverse('participant_detail', args=[row.slug])}"),
)


def _hosted(*parts: HostingPart) -> Any:
    return lambda row: [hosting.activity.reference for hosting in row.shown["hostings"] if hosting.part in parts]


# What the page of one participant shows everybody. Persons are never among it, nor what a reader sees only when signed in.
RECORD_COLUMNS = (
    *PARTICIPANT_COLUMNS,
    Column("earlier_names", "Earlier names", lambda row: [earlier.name for earlier in row.shown["earlier_names"]]),
    Column("hosted", "Hosted", _hosted(HostingPart.HOST)),
    Column("co_hosted", "Co-hosted", _hosted(HostingPart.CO_HOST)),
    Column("chaired", "Chaired", _hosted(HostingPart.CHAIR)),
    Column("attended", "Took part in", lambda row: [activity.reference for activity, _number in row.shown["attended"]]),
    Column("seats", "Seats", lambda row: [f"{seat.body.key}: {seat.role.key}" for seat in row.shown["seats"]]),
    Column("forums", "Other forums it belongs to", lambda row: [membership.forum.code for membership in row.shown["forums"]]),
    Column("ministries", "Ministries and agencies", lambda row: [ministry.name for ministry in row.shown["ministries"]]),
    Column("mechanisms", "How it coordinates at home", lambda row: [mechanism.name for mechanism in row.shown["mechanisms"]]),
    Column("documents", "Documents", lambda row: [document.symbol for document in row.shown["documents"]]),
)


@require_safe
@login_not_required
def participant_list(request: HttpRequest) -> HttpResponse:
    """All participants in English alphabetical order, by kind."""
    form = as_of_form(request.GET)
    words = clean_words(request.GET.get("q", ""), most=100)
    found = participant_directory(request.user, day=form.day, words=words, kind=request.GET.get("kind", ""))
    rows = as_of_day(found, form.day)
    if is_export(request):
        return export_response(request, PARTICIPANT_COLUMNS, rows, "participants")
    groups = [(label, [row for row in rows if row.kind == kind]) for kind, label in ParticipantKind.choices]
    context = {
        "groups": [(label, of_kind) for label, of_kind in groups if of_kind],
        "words": words,
        "form": form,
        "asked": form.day,
        "total": len(rows),
        "states": sum(row.kind == ParticipantKind.GOVERNMENT and not row.is_special_administrative_region for row in rows),
    }
    return render(request, "portal/participant_list.html", context, status=200 if form.is_valid() else 422)


@require_safe
@login_not_required
def participant_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Standing, seats, ministries, offices, activities and documents of one participant as of a day."""
    form = as_of_form(request.GET)
    rows = participant_directory(request.user, day=form.day, also_later=True).select_related("region", "forum")
    participant = get_object_or_404(rows, slug=slug)
    if is_export(request):
        participant.shown = shown_of(AnonymousUser(), participant, form.day)  # type: ignore[attr-defined] # read by the columns
        return export_response(request, RECORD_COLUMNS, as_of_day([participant], form.day), slug)
    context = shown_of(request.user, participant, form.day) | {
        "participant": participant,
        "form": form,
        "asked": form.day,
        "name_then": participant.name_on(form.day or today()),
        "standing_then": participant.standing_then,  # type: ignore[attr-defined] # prefetched
        "routes": routes_of(participant, day=form.day),
        "legislation": legislation_said(request.user, day=form.day, participant=participant),
        "sources": participant.source.all(),
        "is_secretariat": rights_of(request.user).is_secretariat,
        "may_ask": has_permission(request.user, Permission.NOMINATE, participant=participant),
    }
    return render(request, "portal/participant_detail.html", context, status=200 if form.is_valid() else 422)


def as_of_day(rows: Iterable[Participant], day: date | None) -> list[Participant]:
    """Rows of the directory, each with `name_then` and `documented_then`, which page and exports both show."""
    found = list(rows)
    for row in found:
        row.name_then = row.name_on(day or today())
        since = row.documented_from
        row.documented_then = since if since and not (day and since > day.year) else None
    return found


def shown_of(reader: AnyUser, participant: Participant, day: date | None) -> dict[str, Any]:
    """What the record says of one of `participant_directory`: today, or without what is dated after `day`."""
    when = day or today()
    hosted = Hosting.objects.filter(participant=participant, activity__in=activities_by(reader, day).order_by().values("pk"))
    seats = Seat.objects.filter(participant=participant).select_related("body", "role").order_by("period_from", "pk")
    ministries = list(ministries_of(participant, day))
    for ministry in ministries:
        ministry.other_time = bool(day) and not documented_on(ministry, when)  # type: ignore[attr-defined] # read by the page
    declared = ParticipantDeclaration.objects.filter(participant=participant, is_public=True)
    names = participant.names.all()
    return {
        "standings": [row for row in participant.standings.all() if not day or row.period_from is None or row.period_from <= day],
        "seats": [seat for seat in seats if not day or seat.holds_on(day)],
        "ministries": ministries,
        "mechanisms": mechanisms_of(participant, day),
        "focal_offices": focal_offices(participant, when),
        "hostings": hosted.select_related("activity__kind").order_by("-activity__start", "-activity__reference", "part"),
        "attended": attended_by(participant, day),
        "documents": documents_by(reader, day).filter(authors=participant).select_related("current_version"),
        "forums": forums_of(reader, participant, when),
        "earlier_names": [row for row in names if not day or (row.period_to and row.period_to < day)],
        "declared": (declared.filter(declared_at__date__lte=day) if day else declared).first(),
    }


@require_safe
@login_not_required
def participant_history(request: HttpRequest, slug: str) -> HttpResponse:
    """When the record of a participant changed and in what."""
    participant = get_object_or_404(Participant.objects.visible_to(request.user), slug=slug)
    crumbs = [(str(_("Participants")), reverse("participant_list")), (participant.name, participant.get_absolute_url())]
    return history_response(request, participant_changes(participant), title=participant.name, name=slug, crumbs=crumbs)
