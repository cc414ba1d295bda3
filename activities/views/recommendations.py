"""Recommendations and what became of them, for everybody."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from activities.citations_aims import citation_of, cited_recommendation
from activities.models import Objective, ProgrammeArea, Recommendation
from activities.selectors_cited import cited_documents
from activities.selectors_followup import recommendations, standing_of, withdrawn_from_record
from members.audit import record_access
from members.enums import AccessAction, AccessClass
from members.export import Column, export_response, is_export
from members.models.visibility import rights_of
from members.partial_dates import iso_partial
from members.symbols import symbols_in
from members.words import clean_words

PAGE_SIZE = 50


def _last(name: str) -> Any:
    return lambda row: str(getattr(row.updates[0], name) or "") if row.updates else ""


def addressed_to(row: Recommendation) -> list[str]:
    """Participants, portfolios and bodies, then the words of the text."""
    return [*(str(party) for party in row.addressee_rows.all()), *([row.addressees] if row.addressees else [])]


RECOMMENDATION_COLUMNS = (
    Column("reference", "Reference", lambda row: row.reference),
    Column("text", "Text", lambda row: row.text),
    Column("meeting", "Meeting", lambda row: row.meeting_seen.reference if row.meeting_seen else ""),
    Column("document", "Document", lambda row: row.document_symbol),
    Column("version", "Version of the document", lambda row: row.document_version),
    Column("paragraph", "Paragraph", lambda row: row.paragraph),
    Column("addressees", "Addressed to", addressed_to),
    Column("objective", "Objective", lambda row: row.objective.code if row.objective else ""),
    Column("area", "Programme area", lambda row: row.area.code if row.area else ""),
    Column("coordinator", "Coordinator", lambda row: row.coordinator),
    Column(
        "due", "To be done by", lambda row: row.due.isoformat() if row.due else "as appropriate" if row.as_appropriate else ""
    ),
    Column("status", "Status", lambda row: standing_of(row).key),
    Column(
        "last_news",
        "Last news",
        lambda row: iso_partial(row.updates[0].known_day, row.updates[0].known_to) if row.updates else "",
    ),
    Column("last_recorded", "Recorded on", lambda row: row.updates[0].recorded_at.date().isoformat() if row.updates else ""),
    Column("last_update", "What was done", _last("text")),
    Column("reported_by", "Reported by", _last("participant")),
)


@require_safe
@login_not_required
def recommendation_list(request: HttpRequest) -> HttpResponse:
    """Recommendations with their status in neutral words; `?objective=` and `?area=` take those on one of them."""
    rows = recommendations(request.user)
    on, unknown = _asked(request)
    rows = rows.filter(**{f"{name}__code": code for name, code in on.items()})
    if unknown and is_export(request):
        return _refused(request, unknown)
    if is_export(request):
        restricted = rows.exclude(access_class=AccessClass.PUBLIC).values_list("reference", flat=True)
        for reference in restricted:
            record_access(by=request.user, action=AccessAction.EXPORTED, label="recommendation", ref=reference, request=request)
        return export_response(request, RECOMMENDATION_COLUMNS, rows, "recommendations")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    found = [(row, standing_of(row), addressed_to(row)) for row in page.object_list]
    context = {"page": page, "recommendations": found, "on": list(on.values()), "unknown": list(unknown.values())}
    return render(request, "activities/recommendation_list.html", context, status=422 if unknown else 200)


def _refused(request: HttpRequest, unknown: dict[str, str]) -> HttpResponse:
    """The answer to a program that asks for what the record does not have: an empty list alone would mislead it."""
    if request.GET["format"] == "json":
        nothing = {"count": 0, "results": [], "next": None, "errors": unknown}
        return JsonResponse(nothing, status=422, json_dumps_params={"ensure_ascii": False})
    return HttpResponse("\n".join([*unknown.values(), ""]), status=422, content_type="text/plain; charset=utf-8")


def _asked(request: HttpRequest) -> tuple[dict[str, str], dict[str, str]]:
    """The codes that `?objective=` and `?area=` name, and what is wrong with those that the record does not have."""
    on: dict[str, str] = {}
    unknown: dict[str, str] = {}
    models: dict[str, Any] = {"objective": Objective, "area": ProgrammeArea}
    words = {
        "objective": _("The record has no objective %(code)s."),
        "area": _("The record has no programme area %(code)s."),
    }
    for name, model in models.items():
        if code := clean_words(request.GET.get(name, ""), most=40):
            on[name] = code
            if not model.objects.visible_to(request.user).filter(code=code).exists():
                unknown[name] = words[name] % {"code": code}
    return on, unknown


@require_safe
@login_not_required
def recommendation_detail(request: HttpRequest, code: str) -> HttpResponse:
    """One recommendation with its dated follow-up."""
    found = recommendations(request.user).filter(reference=code).first()
    if found is None:
        raise Http404
    is_secretariat = rights_of(request.user).is_secretariat
    if found.access_class != AccessClass.PUBLIC:
        action = AccessAction.EXPORTED if is_export(request) else AccessAction.OPENED
        record_access(by=request.user, action=action, label="recommendation", ref=code, request=request)
    if is_export(request):
        return export_response(request, RECOMMENDATION_COLUMNS, [found], found.reference)
    evidence = [symbol for update in found.updates for symbol in symbols_in(update.evidence)]  # type: ignore[attr-defined]
    cited = cited_documents(request.user, [found.document_symbol, *evidence])
    document = cited.get(found.document_symbol)
    context = {
        "recommendation": found,
        "cited": cited,
        "document": document,
        "files": document.files_of(found.document_version) if document else [],
        "standing": standing_of(found),
        "parties": addressed_to(found),
        "withdrawn": withdrawn_from_record(request.user, found),
        "citation": citation_of(cited_recommendation(found)),
        "is_secretariat": is_secretariat,
    }
    return render(request, "activities/recommendation_detail.html", context)
