"""Goals, objectives, areas and recommendations for programs that keep references. These addresses carry no language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import override
from django.views.decorators.http import require_safe

from activities.citations_aims import (
    Cited,
    bibtex_of_aim,
    cited_aim,
    cited_external_reference,
    cited_recommendation,
    ris_of_aim,
)
from activities.models import ExternalReference, Goal, Objective, ProgrammeArea, Recommendation
from members.audit import record_access
from members.enums import AccessAction, AccessClass

RIS, BIB = "application/x-research-info-systems", "application/x-bibtex"


def _find(request: HttpRequest, code: str, *models: Any) -> Any:
    for model in models:
        if row := model.objects.visible_to(request.user).filter(code=code).first():
            return row
    raise Http404


def _answer(cited: Callable[[], Cited], form: Callable[[Cited], str], kind: str, name: str) -> HttpResponse:
    with override("en"):
        response = HttpResponse(form(cited()), content_type=f"{kind}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _recommendation(request: HttpRequest, code: str) -> Cited:
    row = Recommendation.objects.visible_to(request.user).filter(reference=code).first()
    if row is None:
        raise Http404
    if row.access_class != AccessClass.PUBLIC:
        record_access(by=request.user, action=AccessAction.EXPORTED, label="recommendation", ref=code, request=request)
    return cited_recommendation(row)


@require_safe
@login_not_required
def objective_ris(request: HttpRequest, code: str) -> HttpResponse:
    return _answer(lambda: cited_aim(_find(request, code, Objective, Goal)), ris_of_aim, RIS, f"{code}.ris")


@require_safe
@login_not_required
def objective_bib(request: HttpRequest, code: str) -> HttpResponse:
    return _answer(lambda: cited_aim(_find(request, code, Objective, Goal)), bibtex_of_aim, BIB, f"{code}.bib")


@require_safe
@login_not_required
def area_ris(request: HttpRequest, code: str) -> HttpResponse:
    return _answer(lambda: cited_aim(_find(request, code, ProgrammeArea)), ris_of_aim, RIS, f"{code}.ris")


@require_safe
@login_not_required
def area_bib(request: HttpRequest, code: str) -> HttpResponse:
    return _answer(lambda: cited_aim(_find(request, code, ProgrammeArea)), bibtex_of_aim, BIB, f"{code}.bib")


@require_safe
@login_not_required
def recommendation_ris(request: HttpRequest, code: str) -> HttpResponse:
    return _answer(lambda: _recommendation(request, code), ris_of_aim, RIS, f"{code}.ris")


@require_safe
@login_not_required
def recommendation_bib(request: HttpRequest, code: str) -> HttpResponse:
    return _answer(lambda: _recommendation(request, code), bibtex_of_aim, BIB, f"{code}.bib")


@require_safe
@login_not_required
def external_reference_ris(request: HttpRequest, code: str) -> HttpResponse:
    found = _find(request, code, ExternalReference)
    return _answer(lambda: cited_external_reference(found), ris_of_aim, RIS, f"{code}.ris")


@require_safe
@login_not_required
def external_reference_bib(request: HttpRequest, code: str) -> HttpResponse:
    found = _find(request, code, ExternalReference)
    return _answer(lambda: cited_external_reference(found), bibtex_of_aim, BIB, f"{code}.bib")
