"""Other forums, for everybody: the list, and who belongs to which."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from members.as_of import as_of_form
from members.export import Column, export_response, is_export
from members.models.base import today
from members.partial_dates import iso_partial
from members.selectors_forums import forums_found, kinds_of_forums, membership_matrix, memberships_on
from members.words import clean_words

FORUM_COLUMNS = (
    Column("code", "Code", lambda row: row.code),
    Column("short_name", "Short name", lambda row: row.short_name),
    Column("full_name", "Name", lambda row: row.full_name),
    Column("kind", "Kind", lambda row: row.kind.key),
    Column("region", "Region", lambda row: row.region.key if row.region else ""),
    Column("founded", "Founded", lambda row: row.founded),
    Column("relationship", "Relation to this process", lambda row: row.relationship),
    Column("members", "Participants recorded as its members today", lambda row: row.members_now),
    Column("confidence", "Confidence", lambda row: row.confidence),
    Column("sources", "Sources", lambda row: [source.key for source in row.source.all()]),
)
MEMBERSHIP_COLUMNS = (
    Column("participant", "Participant", lambda row: row.participant.name),
    Column("forum", "Forum", lambda row: row.forum.code),
    Column("forum_name", "Name of the forum", lambda row: row.forum.full_name),
    Column("from", "From", lambda row: iso_partial(row.period_from, row.period_from_precision)),
    Column("until", "Until", lambda row: iso_partial(row.period_to, row.period_to_precision)),
    Column("confidence", "Confidence", lambda row: row.confidence),
    Column("sources", "Sources", lambda row: [source.key for source in row.source.all()]),
)


def words_of(request: HttpRequest) -> str:
    """The words asked for, printable and at most 100 characters."""
    return clean_words(request.GET.get("q", ""), most=100)


@require_safe
@login_not_required
def forum_list(request: HttpRequest) -> HttpResponse:
    """Other processes and regional bodies, found by words or by kind."""
    words, kind = words_of(request), request.GET.get("kind", "")
    forums = forums_found(request.user, words, kind)
    if is_export(request):
        return export_response(request, FORUM_COLUMNS, forums, "forums")
    context = {"forums": forums, "words": words, "kind": kind, "kinds": kinds_of_forums()}
    return render(request, "members/forum_list.html", context)


@require_safe
@login_not_required
def forum_membership(request: HttpRequest) -> HttpResponse:
    """Participants × forums as of a day."""
    form = as_of_form(request.GET)
    day = form.day or today()
    if is_export(request):
        return export_response(request, MEMBERSHIP_COLUMNS, memberships_on(request.user, day), "forum-membership")
    context = {"form": form, "asked": form.day, "day": day, "matrix": membership_matrix(request.user, day)}
    return render(request, "members/forum_membership.html", context, status=200 if form.is_valid() else 422)
