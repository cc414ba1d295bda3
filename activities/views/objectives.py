"""Objectives and programme areas as of any day."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from activities.history import area_changes, objective_changes
from activities.models import Objective, ProgrammeArea, Recommendation
from activities.selectors_objectives import goals, is_active, latest_review, objectives, programme_areas
from members.as_of import as_of_form
from members.export import Column, export_response, is_export
from members.models.visibility import rights_of
from members.partial_dates import iso_partial
from members.views.public_history import history_response


def _outcome(row: Any) -> str:
    """As the record says it; an objective nobody reviewed by the day asked for has none."""
    review = latest_review(row)
    return review.outcome.replace("-", " ") if review else ""


def _of_review(name: str) -> Any:
    return lambda row: str(getattr(latest_review(row), name, "") or "")


OBJECTIVE_COLUMNS = (
    Column("code", "Code", lambda row: row.code),
    Column("number", "Number", lambda row: row.order),
    Column("title", "Title", lambda row: row.short_title),
    Column("summary", "Summary (our words)", lambda row: row.summary),
    Column("outcome", "Outcome of the last review", _outcome),
    Column("qualifier", "Qualifier", _of_review("status_qualifier")),
    Column("moved_to", "Moved to", _of_review("moved_to_forum")),
    Column("basis", "How the outcome is known", _of_review("status_basis")),
    Column("reviewed_at", "Reviewed at", lambda row: review.meeting.reference if (review := latest_review(row)) else ""),
    Column("mandate", "Set by", lambda row: [activity.reference for activity in row.mandate_then]),
    Column("areas", "Linked programme areas", lambda row: [area.code for area in row.linked_programme_areas.all()]),
    Column("activities", "Activities", lambda row: len(row.activities_then)),
)
AREA_COLUMNS = (
    Column("code", "Code", lambda row: row.code),
    Column("number", "Number", lambda row: row.order),
    Column("title", "Title", lambda row: row.short_title),
    Column("summary", "Summary (our words)", lambda row: row.summary),
    Column("agreed", "Agreed", lambda row: iso_partial(row.agreed, row.agreed_precision)),
    Column("agreed_at", "Agreed at", lambda row: row.agreed_at.reference if row.agreed_at else ""),
    Column("origin", "Origin", lambda row: row.origin),
    Column("objectives", "Linked objectives", lambda row: [objective.code for objective in row.related_objectives.all()]),
    Column("activities", "Activities", lambda row: len(row.activities_then)),
)


@require_safe
@login_not_required
def objective_list(request: HttpRequest) -> HttpResponse:
    """All objectives, with what the last review by the day asked for found."""
    form = as_of_form(request.GET)
    rows = objectives(request.user, form.day)
    if is_export(request):
        return export_response(request, OBJECTIVE_COLUMNS, rows, "objectives")
    context = {
        "form": form,
        "asked": form.day,
        "goals": [(row, latest_review(row)) for row in goals(request.user, form.day)],
        "objectives": [(row, latest_review(row), is_active(row)) for row in rows],
    }
    return render(request, "activities/objective_list.html", context, status=200 if form.is_valid() else 422)


@require_safe
@login_not_required
def objective_detail(request: HttpRequest, code: str) -> HttpResponse:
    """One objective: mandate, reviews, areas, activities, follow-up."""
    form = as_of_form(request.GET)
    row = get_object_or_404(objectives(request.user, form.day), code=code)
    context = {
        "form": form,
        "asked": form.day,
        "objective": row,
        "review": latest_review(row),
        "active": is_active(row),
        "recommendations": Recommendation.objects.visible_to(request.user).filter(objective=row),
        "is_secretariat": rights_of(request.user).is_secretariat,
    }
    return render(request, "activities/objective_detail.html", context, status=200 if form.is_valid() else 422)


@require_safe
@login_not_required
def programme_area_list(request: HttpRequest) -> HttpResponse:
    rows = programme_areas(request.user)
    if is_export(request):
        return export_response(request, AREA_COLUMNS, rows, "programme-areas")
    return render(request, "activities/programme_area_list.html", {"areas": rows})


@require_safe
@login_not_required
def programme_area_detail(request: HttpRequest, code: str) -> HttpResponse:
    area = get_object_or_404(programme_areas(request.user), code=code)
    context = {"area": area, "is_secretariat": rights_of(request.user).is_secretariat}
    return render(request, "activities/programme_area_detail.html", context)


@require_safe
@login_not_required
def objective_history(request: HttpRequest, code: str) -> HttpResponse:
    """When the record of an objective changed and in what."""
    row = get_object_or_404(Objective.objects.visible_to(request.user), code=code)
    crumbs = [(str(_("Objectives")), reverse("activities:objective_list")), (row.code, row.get_absolute_url())]
    changes = objective_changes(row, request.user)
    return history_response(request, changes, title=row.short_title, name=row.code, crumbs=crumbs)


@require_safe
@login_not_required
def programme_area_history(request: HttpRequest, code: str) -> HttpResponse:
    """When the record of a programme area changed and in what."""
    row = get_object_or_404(ProgrammeArea.objects.visible_to(request.user), code=code)
    crumbs = [(str(_("Programme areas")), reverse("activities:programme_area_list")), (row.code, row.get_absolute_url())]
    changes = area_changes(row, request.user)
    return history_response(request, changes, title=row.short_title, name=row.code, crumbs=crumbs)


RECOMMENDATION_COLUMNS = (
    Column("reference", "Reference", lambda row: row.reference),
    Column("text", "Text", lambda row: row.text),
    Column("document", "Document", lambda row: row.document_symbol),
    Column("paragraph", "Paragraph", lambda row: row.paragraph),
    Column("addressees", "Addressed to", lambda row: row.addressees),
)


@require_safe
@login_not_required
def recommendation_list(request: HttpRequest) -> HttpResponse:
    rows = Recommendation.objects.visible_to(request.user)
    if is_export(request):
        return export_response(request, RECOMMENDATION_COLUMNS, rows, "recommendations")
    return render(request, "activities/recommendation_list.html", {"recommendations": rows})


@require_safe
@login_not_required
def recommendation_detail(request: HttpRequest, code: str) -> HttpResponse:
    rows = Recommendation.objects.visible_to(request.user).select_related("objective", "activity").prefetch_related("follow_ups")
    found = rows.filter(reference=code).first()
    if found is None:
        raise Http404
    return render(request, "activities/recommendation_detail.html", {"recommendation": found})
