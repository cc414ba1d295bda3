"""Participants, and one participant with all that the record says of it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from activities.models import Hosting
from activities.selectors import archive_base
from activities.selectors_objectives import legislation_said
from activities.selectors_participation import attended_by
from members.as_of import as_of_form
from members.enums import ParticipantKind
from members.export import Column, export_response, is_export
from members.models import Participant, ParticipantDeclaration, Seat
from members.models.base import today
from members.models.visibility import rights_of
from members.permissions import has_permission
from members.public_history import participant_changes
from members.roles import Permission
from members.selectors import focal_offices, mechanisms_of, ministries_of, participant_directory, standing_words
from members.selectors_forums import forums_of
from members.selectors_routing import routes_of
from members.views.public_history import history_response
from members.words import clean_words
from reports.selectors import documents_for

PARTICIPANT_COLUMNS = (
    Column("name", "Name", lambda row: row.name),
    Column("slug", "Key", lambda row: row.slug),
    Column("kind", "Kind", lambda row: row.kind),
    Column("special_administrative_region", "Special administrative region", lambda row: row.is_special_administrative_region),
    Column("region", "Region", lambda row: row.region.key if row.region else ""),
    Column("iso3", "ISO 3166 code", lambda row: row.iso3),
    Column("standing", "Standing", lambda row: standing_words(row.standing_then)),
    Column("documented_from", "Documented since", lambda row: row.documented_from),
    Column("start_known", "Start known", lambda row: row.joined is not None),
    Column("confidence", "Confidence", lambda row: row.confidence),
    Column("sources", "Sources", lambda row: [source.key for source in row.source.all()]),
    Column("url", "Address", lambda row: f"{settings.ORIGIN}{reverse('participant_detail', args=[row.slug])}"),
)


@require_safe
@login_not_required
def participant_list(request: HttpRequest) -> HttpResponse:
    """All participants in English alphabetical order, by kind."""
    form = as_of_form(request.GET)
    words = clean_words(request.GET.get("q", ""), most=100)
    rows = participant_directory(request.user, day=form.day, words=words, kind=request.GET.get("kind", ""))
    if is_export(request):
        return export_response(request, PARTICIPANT_COLUMNS, rows, "participants")
    for row in rows:
        row.name_then = row.name_on(form.day or today())
    groups = [(label, [row for row in rows if row.kind == kind]) for kind, label in ParticipantKind.choices]
    context = {
        "groups": [(label, found) for label, found in groups if found],
        "words": words,
        "form": form,
        "total": len(rows),
        "states": sum(row.kind == ParticipantKind.GOVERNMENT and not row.is_special_administrative_region for row in rows),
    }
    return render(request, "portal/participant_list.html", context, status=200 if form.is_valid() else 422)


@require_safe
@login_not_required
def participant_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Standing, seats, ministries, offices, activities and documents of one participant as of a day."""
    form = as_of_form(request.GET)
    day = form.day or today()
    participant = get_object_or_404(
        Participant.objects.visible_to(request.user).select_related("region", "forum").prefetch_related("names"), slug=slug
    )
    hosted = Hosting.objects.filter(participant=participant, activity__in=archive_base(request.user))
    seats = Seat.objects.filter(participant=participant).select_related("body", "role").order_by("period_from", "pk")
    context = {
        "participant": participant,
        "form": form,
        "asked": form.day,
        "name_then": participant.name_on(day),
        "standings": participant.standings.all(),
        "standing_then": [period for period in participant.standings.all() if period.holds_on(day)],
        "seats": [seat for seat in seats if not form.day or seat.holds_on(day)],
        "ministries": ministries_of(participant),
        "mechanisms": mechanisms_of(participant),
        "focal_offices": focal_offices(participant, day),
        "routes": routes_of(participant, day=form.day),
        "hostings": hosted.select_related("activity__kind").order_by("-activity__start", "-activity__reference", "part"),
        "attended": attended_by(participant),
        "documents": documents_for(request.user).filter(authors=participant).select_related("current_version"),
        "legislation": legislation_said(request.user, day=form.day, participant=participant),
        "forums": forums_of(request.user, participant, day),
        "sources": participant.source.all(),
        "is_secretariat": rights_of(request.user).is_secretariat,
        "declared": ParticipantDeclaration.objects.filter(participant=participant, is_public=True).first(),
        "may_ask": has_permission(request.user, Permission.NOMINATE, participant=participant),
    }
    return render(request, "portal/participant_detail.html", context, status=200 if form.is_valid() else 422)


@require_safe
@login_not_required
def participant_history(request: HttpRequest, slug: str) -> HttpResponse:
    """When the record of a participant changed and in what."""
    participant = get_object_or_404(Participant.objects.visible_to(request.user), slug=slug)
    crumbs = [(str(_("Participants")), reverse("participant_list")), (participant.name, participant.get_absolute_url())]
    return history_response(request, participant_changes(participant), title=participant.name, name=slug, crumbs=crumbs)
