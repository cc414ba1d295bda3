"""Goals, objectives and programme areas as of any day."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from activities.citations_aims import citation_of, cited_aim
from activities.history import area_changes, objective_changes
from activities.models import Goal, Mandate, Objective, ProgrammeArea
from activities.selectors_cited import cited_documents, symbols_of_aim
from activities.selectors_followup import recommended_by, with_standing
from activities.selectors_objectives import (
    Dots,
    activities_of,
    agreed_mandate,
    dots_by_objective,
    goals,
    is_active,
    is_set,
    latest_review,
    legislation_said,
    objectives,
    open_challenges,
    programme_areas,
)
from members.as_of import as_of_form
from members.charts import dot_row, key_of_shapes
from members.export import Column, export_response, is_export
from members.models.visibility import rights_of
from members.partial_dates import iso_partial
from members.views.public_history import history_response

ACTIVITIES_A_PAGE = 100
RECOMMENDATIONS_A_PAGE = 50


def _of_review(name: str) -> Any:
    return lambda row: str(getattr(latest_review(row), name, "") or "")


def _outcome(row: Any) -> str:
    """As the record says it; what nobody reviewed by the day asked for has none."""
    review = latest_review(row)
    return review.outcome.replace("-", " ") if review else ""


def _set_by(row: Any) -> list[str]:
    return [mandate.activity.reference for mandate in row.mandates_then if mandate.act == "set" and mandate.activity]


def _mandates(row: Any) -> list[str]:
    """Each act in one line: "set, BP-2002-01, question 2"."""
    return [
        ", ".join(part for part in (m.act, m.activity.reference if m.activity else day_of(m), m.paragraph) if part)
        for m in row.mandates_then
    ]


def day_of(mandate: Mandate | None) -> str:
    """The day of an act as far as it is known, in ISO form: of the decision, else of the meeting."""
    if mandate is None:
        return ""
    if mandate.decided:
        return iso_partial(mandate.decided, mandate.decided_precision)
    return iso_partial(mandate.activity.start, mandate.activity.date_precision) if mandate.activity else ""


AIM_COLUMNS = (
    Column("code", "Code", lambda row: row.code),
    Column("number", "Number", lambda row: row.order),
    Column("title", "Title", lambda row: row.short_title),
    Column("summary", "Summary (our words)", lambda row: row.summary),
    Column("set", "Set by the day asked for", is_set),
    Column("active", "Active on the day asked for", is_active),
    Column("outcome", "Outcome of the last review", _outcome),
    Column("qualifier", "Qualifier", _of_review("status_qualifier")),
    Column("moved_to", "Moved to", _of_review("moved_to_forum")),
    Column("bilaterally", "Taken up bilaterally", lambda row: bool((r := latest_review(row)) and r.moved_bilaterally)),
    Column("finding", "What the review found", _of_review("finding")),
    Column("reason", "Reason", _of_review("rationale")),
    Column("authority", "Decided by", _of_review("authority")),
    Column("basis", "How the outcome is known", _of_review("status_basis")),
    Column("reviewed_at", "Reviewed at", lambda row: review.meeting.reference if (review := latest_review(row)) else ""),
    Column("mandate", "Set by", _set_by),
    Column("mandates", "Acts on it", _mandates),
)
OBJECTIVE_COLUMNS = (
    *AIM_COLUMNS,
    Column("areas", "Linked programme areas", lambda row: [area.code for area in row.areas_then]),
    Column("activities", "Activities", lambda row: row.activity_count),
)
GOAL_COLUMNS = (*AIM_COLUMNS, Column("objectives", "Objectives", lambda row: [o.code for o in row.objectives_then]))
AREA_COLUMNS = (
    Column("code", "Code", lambda row: row.code),
    Column("number", "Number", lambda row: row.order),
    Column("title", "Title", lambda row: row.short_title),
    Column("summary", "Summary (our words)", lambda row: row.summary),
    Column("set", "Agreed by the day asked for", is_set),
    Column("agreed", "Agreed", lambda row: day_of(agreed_mandate(row))),
    Column("agreed_at", "Agreed at", lambda row: (_set_by(row) or [""])[0]),
    Column("mandates", "Acts on it", _mandates),
    Column("origin", "Origin", lambda row: row.origin),
    Column("objectives", "Linked objectives", lambda row: [objective.code for objective in row.objectives_then]),
    Column("activities", "Activities", lambda row: row.activity_count),
)


@require_safe
@login_not_required
def objective_list(request: HttpRequest) -> HttpResponse:
    """All goals and objectives, with what the last review by the day asked for found."""
    form = as_of_form(request.GET)
    rows = objectives(request.user, form.day)
    if is_export(request):
        return export_response(request, OBJECTIVE_COLUMNS, rows, "objectives")
    dots = dots_by_objective(request.user, form.day)
    years = [when.year for found in dots.values() for when, _shape in found.places]
    first, last = (min(years), max(years)) if years else (0, 0)
    context = {
        "form": form,
        "asked": form.day,
        "years": (first, last),
        "shapes": key_of_shapes() if years else "",
        "goals": [(row, latest_review(row), is_set(row)) for row in goals(request.user, form.day)],
        "objectives": [(row, latest_review(row), is_set(row), _dot_row(dots.get(row.pk), first, last)) for row in rows],
        "challenges": open_challenges(request.user, form.day),
    }
    return render(request, "activities/objective_list.html", context, status=200 if form.is_valid() else 422)


def _dot_row(dots: Dots | None, first: int, last: int) -> str:
    return dot_row(dots.shown, number=dots.number, first=first, last=last) if dots else ""


@require_safe
@login_not_required
def objective_detail(request: HttpRequest, code: str) -> HttpResponse:
    """One objective, or one goal: mandates, every review, areas, activities, follow-up."""
    form = as_of_form(request.GET)
    row: Any = objectives(request.user, form.day).filter(code=code).first()
    row = row or goals(request.user, form.day).filter(code=code).first()
    if row is None:
        raise Http404
    is_goal = isinstance(row, Goal)
    if is_export(request):
        return export_response(request, GOAL_COLUMNS if is_goal else OBJECTIVE_COLUMNS, [row], row.code)
    context = _shared(request, row, form) | {
        "objective": row,
        "is_goal": is_goal,
        "review": latest_review(row),
        "active": is_active(row),
        "legislation": [] if is_goal else legislation_said(request.user, day=form.day, objective=row),
        "challenges": open_challenges(request.user, form.day).filter(
            **{"review__goal" if is_goal else "review__objective": row.pk}
        ),
    }
    return render(request, "activities/objective_detail.html", context, status=200 if form.is_valid() else 422)


def _shared(request: HttpRequest, row: Goal | Objective | ProgrammeArea, form: Any) -> dict[str, Any]:
    """What pages of objectives and of areas both show."""
    context: dict[str, Any] = {
        "form": form,
        "asked": form.day,
        "set": is_set(row),
        "citation": citation_of(cited_aim(row)),
        "cited": cited_documents(request.user, symbols_of_aim(row)),
        "is_secretariat": rights_of(request.user).is_secretariat,
    }
    if not isinstance(row, Goal):
        found = activities_of(row, request.user, form.day)
        link = {"objective": row} if isinstance(row, Objective) else {"area": row}
        context["page"] = Paginator(found, ACTIVITIES_A_PAGE).get_page(request.GET.get("page"))
        asked = recommended_by(request.user, form.day).filter(**link)
        context["recommendations"] = recommended = with_standing(asked[: RECOMMENDATIONS_A_PAGE + 1])
        if len(recommended) > RECOMMENDATIONS_A_PAGE:
            context["recommendations"] = recommended[:RECOMMENDATIONS_A_PAGE]
            name = "objective" if isinstance(row, Objective) else "area"
            context["all_recommendations"] = f"{reverse('activities:recommendation_list')}?{name}={row.code}"
    return context


@require_safe
@login_not_required
def programme_area_list(request: HttpRequest) -> HttpResponse:
    """Areas that had been agreed by the day asked for."""
    form = as_of_form(request.GET)
    rows = programme_areas(request.user, form.day)
    if is_export(request):
        return export_response(request, AREA_COLUMNS, rows, "programme-areas")
    context = {"form": form, "asked": form.day, "areas": [(row, agreed_mandate(row)) for row in rows]}
    return render(request, "activities/programme_area_list.html", context, status=200 if form.is_valid() else 422)


@require_safe
@login_not_required
def programme_area_detail(request: HttpRequest, code: str) -> HttpResponse:
    """One area: who agreed it, what it continues, what was done."""
    form = as_of_form(request.GET)
    area = programme_areas(request.user, form.day, also_later=True).filter(code=code).first()
    if area is None:
        raise Http404
    if is_export(request):
        return export_response(request, AREA_COLUMNS, [area], area.code)
    context = _shared(request, area, form) | {"area": area}
    return render(request, "activities/programme_area_detail.html", context, status=200 if form.is_valid() else 422)


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
