"""The document archive, one document, and its files."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.db.models import Count
from django.db.models.functions import ExtractYear
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from activities.citations_aims import citation_of
from activities.models import ProgrammeArea
from activities.selectors_cited import CameOf, came_of
from members.audit import record_access
from members.enums import AccessAction, AccessClass
from members.export import Column, export_response, is_export
from members.models import Process
from members.models.visibility import rights_of
from members.partial_dates import iso_partial
from members.views.public_history import history_response
from members.words import clean_words
from reports.citations import cited_document
from reports.enums import DocumentKind, Held
from reports.history import document_changes
from reports.models import Document, DocumentVersion
from reports.selectors import documents_asked, documents_for, documents_matching, with_activity_seen, with_authors
from reports.selectors_proof import proofs_of

PAGE_SIZE = 25
DOCUMENT_COLUMNS = (
    Column("symbol", "Symbol", lambda row: row.symbol),
    Column("title", "Title", lambda row: row.title),
    Column("kind", "Kind", lambda row: row.kind),
    Column("form", "Form", lambda row: row.form),
    Column("date", "Date", lambda row: iso_partial(row.date, row.date_precision)),
    Column("date_precision", "Date known to the", lambda row: row.date_precision),
    Column("authors", "Authors", lambda row: [str(a) for a in (*row.authors.all(), *row.author_bodies.all())]),
    Column("activity", "Activity", lambda row: row.activity.reference if row.is_activity_seen else ""),
    Column("labels", "Labels", lambda row: row.labels),
    Column("language", "Language", lambda row: row.language),
    Column("held", "Held", lambda row: row.held),
    Column("confidence", "Confidence", lambda row: row.confidence),
    Column("sources", "Sources", lambda row: [source.key for source in row.source.all()]),
)


@require_safe
@login_not_required
def document_list(request: HttpRequest) -> HttpResponse:
    """All documents known to exist, with simple filters."""
    words = clean_words(request.GET.get("q", ""))
    base = documents_matching(request.user, words) if words else documents_for(request.user)
    rows = with_activity_seen(request.user, with_authors(documents_asked(request.user, request.GET)))
    if is_export(request):
        return export_response(request, DOCUMENT_COLUMNS, rows, "documents")
    context = {
        "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "words": words,
        "chosen": {name: request.GET.get(name, "") for name in ("kind", "held", "year")},
        "kinds": _counted(base, "kind", dict(DocumentKind.choices)),
        "helds": _counted(base, "held", dict(Held.choices)),
        "years": [
            (str(number), str(number), count)
            for number, count in base.order_by()
            .filter(date__isnull=False)
            .annotate(y=ExtractYear("date"))
            .values_list("y")
            .annotate(n=Count("pk"))
            .order_by("-y")
        ],
    }
    return render(request, "reports/document_list.html", context)


def _counted(rows: object, field: str, labels: dict[str, object]) -> list[tuple[str, str, int]]:
    from django.db.models import QuerySet

    if not isinstance(rows, QuerySet):  # pragma: no cover - for the type checker
        raise TypeError
    counts = dict(rows.order_by().values_list(field).annotate(n=Count("pk")))
    return [(key, str(label), counts[key]) for key, label in labels.items() if key in counts]


@require_safe
@login_not_required
def document_detail(request: HttpRequest, symbol: str) -> HttpResponse:
    """One document: what it is, where it is held, its versions. A withdrawn one says why (410)."""
    rows: Any = with_activity_seen(request.user, with_authors(Document.objects.visible_to(request.user)))
    document = get_object_or_404(rows, symbol=symbol)
    rights = rights_of(request.user)
    if document.withdrawn_at and not rights.is_secretariat:
        return render(request, "410.html", {"reason": document.withdrawn_reason, "title": document.title}, status=410)
    if is_export(request):
        if document.access_class != AccessClass.PUBLIC:
            record_access(by=request.user, action=AccessAction.EXPORTED, label="document", ref=symbol, request=request)
        return export_response(request, DOCUMENT_COLUMNS, [document], symbol)
    versions = list(document.versions.select_related("document__current_version"))
    kept_by = Process.objects.first()
    request.kept_by = kept_by  # type: ignore[attr-defined] # the rest of the page asks for it too
    came = came_of(request.user, symbol)
    context = {
        "document": document,
        "activity": document.activity if document.is_activity_seen else None,
        "citation": citation_of(cited_document(document), kept_by),
        "labels": [label.strip() for label in document.labels.split(";") if label.strip()],
        "versions": versions,
        "proofs": [proof for proof in proofs_of(versions) if proof.approvals or proof.sent],
        "is_secretariat": rights.is_secretariat,
        "came": came,
        "threads": _threads(document, came),
    }
    return render(request, "reports/document_detail.html", context)


def _threads(document: Any, came: CameOf) -> list[tuple[str, str]]:
    """Name and address of each thread that a document is part of: of the aims of its activity, and of those it is cited for."""
    aims: dict[str, str] = {}
    if document.is_activity_seen:
        aims |= dict.fromkeys(document.objective_codes, "objective_thread")
        aims |= dict.fromkeys(document.area_codes, "programme_area_thread")
    cited_for: list[Any] = [*(row.review.aim for row in came.evidence), *(row.aim for row in came.mandates)]
    for aim in cited_for:
        is_area = isinstance(aim, ProgrammeArea)
        aims[aim.code] = "programme_area_thread" if is_area else "objective_thread"
    aims |= {row.reference: "recommendation_thread" for row in came.recommendations}
    return [(name, reverse(route, args=[name])) for name, route in sorted(aims.items())]


@require_safe
@login_not_required
def document_history(request: HttpRequest, symbol: str) -> HttpResponse:
    """When the record of a document changed and in what. A withdrawn one says why (410)."""
    document = get_object_or_404(Document.objects.visible_to(request.user), symbol=symbol)
    if document.withdrawn_at and not rights_of(request.user).is_secretariat:
        return render(request, "410.html", {"reason": document.withdrawn_reason, "title": document.title}, status=410)
    crumbs = [(str(_("Reports")), reverse("reports:document_list")), (symbol, document.get_absolute_url())]
    return history_response(request, document_changes(document), title=document.title, name=symbol, crumbs=crumbs)


@require_safe
@login_not_required
def document_file(request: HttpRequest, symbol: str, number: int, language: str, extension: str) -> HttpResponse | FileResponse:
    """One file, streamed by the application after the question who may see it; restricted reads are written down."""
    versions = DocumentVersion.objects.visible_to(request.user).select_related("document")
    version = get_object_or_404(versions, document__symbol=symbol, number=number, language=language)
    document = version.document
    if version.extension != extension or not default_storage.exists(version.storage_name):
        raise Http404
    if document.withdrawn_at and not rights_of(request.user).is_secretariat:
        return render(request, "410.html", {"reason": document.withdrawn_reason, "title": document.title}, status=410)
    restricted = document.access_class != AccessClass.PUBLIC
    tag = f'"{version.sha256}"'
    if tag in parse_etags(request.headers.get("If-None-Match", "")):
        return HttpResponseNotModified()
    if restricted:
        record_access(
            by=request.user,
            action=AccessAction.DOWNLOADED,
            label="document",
            ref=f"{symbol} v{number} {language}",
            request=request,
        )
    response = FileResponse(
        default_storage.open(version.storage_name),
        as_attachment=True,
        filename=f"{document.symbol}-v{version.number}-{version.language}.{version.extension}",
        content_type=version.media_type,
    )
    response["ETag"] = tag
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store" if restricted else "public, max-age=3600"
    return response
