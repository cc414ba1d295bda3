"""One document for programs that keep references. These addresses carry no language."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import override
from django.views.decorators.http import require_safe

from baliportal.views.aim_files import BIB, RIS
from baliportal.views.errors import gone
from members.audit import record_access
from members.enums import AccessAction, AccessClass
from members.models.visibility import rights_of
from reports.citations import bibtex_of_document, ris_of_document
from reports.models import Document


def _answer(request: HttpRequest, symbol: str, make: Callable[[Document], str], kind: str, ending: str) -> HttpResponse:
    rows = Document.objects.visible_to(request.user).prefetch_related("authors", "author_bodies")
    document = get_object_or_404(rows, symbol=symbol)
    if document.withdrawn_at and not rights_of(request.user).is_secretariat:
        return gone(request, document.withdrawn_reason, document.title)
    if document.access_class != AccessClass.PUBLIC:
        record_access(by=request.user, action=AccessAction.EXPORTED, label="document", ref=symbol, request=request)
    with override("en"):
        response = HttpResponse(make(document), content_type=f"{kind}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{symbol}.{ending}"'
    return response


@require_safe
@login_not_required
def document_ris(request: HttpRequest, symbol: str) -> HttpResponse:
    return _answer(request, symbol, ris_of_document, RIS, "ris")


@require_safe
@login_not_required
def document_bib(request: HttpRequest, symbol: str) -> HttpResponse:
    return _answer(request, symbol, bibtex_of_document, BIB, "bib")
