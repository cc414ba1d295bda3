"""The desk's ledgers of exchanges and of references to the process; the references for everybody."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from activities.citations_aims import citation_of, cited_external_reference
from activities.forms_exchanges import ExternalReferenceForm, OutreachForm
from activities.models import ExternalReference, Outreach
from activities.selectors_exchanges import external_references, outreach_at_desk
from activities.services.exchanges import save_external_reference, save_outreach
from members.audit import record_access
from members.enums import AccessAction
from members.errors import Conflict, DomainError
from members.export import Column, export_response, is_export
from members.models.visibility import rights_of
from members.partial_dates import iso_partial
from members.permissions import require_desk
from members.views.shared import differing, me, show_error

PAGE_SIZE = 50
OUTREACH_COLUMNS = (
    Column("title", "Meeting or occasion", lambda row: row.title),
    Column("date", "Day", lambda row: iso_partial(row.date, row.date_precision)),
    Column("direction", "Who went to whom", lambda row: row.direction),
    Column("forum", "Forum", lambda row: row.forum.code if row.forum else ""),
    Column("activity", "Our activity", lambda row: row.activity.reference if row.activity else ""),
    Column(
        "participant", "Participant that represented the process", lambda row: row.participant.slug if row.participant else ""
    ),
    Column("represented_by", "Office that represented", lambda row: row.represented_by),
    Column("place", "Place", lambda row: row.place),
    Column("summary", "What it was about", lambda row: row.summary),
    Column("lessons", "Lessons", lambda row: row.lessons),
    Column("public", "Marked for the public", lambda row: row.is_public),
    Column("public_note", "Note for the public", lambda row: row.public_note),
    Column("confidence", "Confidence", lambda row: row.confidence),
    Column("sources", "Sources", lambda row: [source.key for source in row.source.all()]),
)
REFERENCE_COLUMNS = (
    Column("code", "Code", lambda row: row.code),
    Column("referrer", "Who refers to the process", lambda row: row.referrer),
    Column("forum", "Forum", lambda row: row.forum.code if row.forum else ""),
    Column("title", "Title of the text", lambda row: row.title),
    Column("kind", "Kind of text", lambda row: row.kind),
    Column("date", "Day", lambda row: iso_partial(row.date, row.date_precision)),
    Column("summary", "What it says of the process", lambda row: row.summary),
    Column("url", "Address", lambda row: row.url),
    Column("confidence", "Confidence", lambda row: row.confidence),
    Column("sources", "Sources", lambda row: [source.key for source in row.source.all()]),
)


@require_safe
def outreach_list(request: HttpRequest) -> HttpResponse:
    """Exchanges with other processes in both directions."""
    require_desk(request.user)
    rows = outreach_at_desk(request.user)
    if is_export(request):
        record_access(by=me(request), action=AccessAction.EXPORTED, label="outreach", ref="all", request=request)
        return export_response(request, OUTREACH_COLUMNS, rows, "outreach")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "activities/outreach_list.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def outreach_new(request: HttpRequest) -> HttpResponse:
    """Record an exchange."""
    require_desk(request.user)
    return _edit(request, Outreach(version=0))


@require_http_methods(["GET", "HEAD", "POST"])
def outreach_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit an exchange."""
    require_desk(request.user)
    return _edit(request, get_object_or_404(Outreach.objects.visible_to(request.user), pk=pk))


@require_safe
def desk_reference_list(request: HttpRequest) -> HttpResponse:
    """Who cited the process, with a way to add and edit."""
    require_desk(request.user)
    page = Paginator(external_references(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "activities/desk_reference_list.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def external_reference_new(request: HttpRequest) -> HttpResponse:
    """Record a text that refers to the process."""
    require_desk(request.user)
    return _edit(request, ExternalReference(version=0))


@require_http_methods(["GET", "HEAD", "POST"])
def external_reference_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Edit it; its code stays."""
    require_desk(request.user)
    return _edit(request, get_object_or_404(ExternalReference.objects.visible_to(request.user), code=code))


def _edit(request: HttpRequest, row: Any) -> HttpResponse:
    """The page of either form; when somebody else was faster both texts are shown."""
    is_outreach = isinstance(row, Outreach)
    form_class: Any = OutreachForm if is_outreach else ExternalReferenceForm
    back = reverse("outreach_list" if is_outreach else "desk_reference_list")
    form = form_class(request.POST if request.method == "POST" else None, instance=row)
    if request.method == "POST" and form.is_valid():
        save: Any = save_outreach if is_outreach else save_external_reference
        data = form.cleaned_data
        expected = (data["expected_version"] or 0) if row.pk else 0
        try:
            save(row=form.instance, sources=data["source"], expected_version=expected, by=me(request))
        except Conflict as conflict:
            context = differing(request.POST, form, form_class, conflict.current)
            context |= {"back": back, "title": str(conflict.current)}
            return render(request, "members/directory_conflict.html", context, status=409)
        except (DomainError, ValidationError) as error:
            show_error(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect(back)
    context = {"form": form, "row": row, "back": back, "is_outreach": is_outreach}
    return render(request, "activities/exchange_form.html", context, status=422 if form.errors else 200)


@require_safe
@login_not_required
def external_reference_list(request: HttpRequest) -> HttpResponse:
    """Where others refer to the process."""
    rows = external_references(request.user)
    if is_export(request):
        return export_response(request, REFERENCE_COLUMNS, rows, "references")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "activities/external_reference_list.html", {"page": page})


@require_safe
@login_not_required
def external_reference_detail(request: HttpRequest, code: str) -> HttpResponse:
    """One text that refers to the process: who says it, where, and how this record is cited."""
    row = get_object_or_404(external_references(request.user), code=code)
    if is_export(request):
        return export_response(request, REFERENCE_COLUMNS, [row], row.code)
    context = {
        "reference": row,
        "sources": row.source.all(),
        "citation": citation_of(cited_external_reference(row)),
        "is_secretariat": rights_of(request.user).is_secretariat,
    }
    return render(request, "activities/external_reference_detail.html", context)
