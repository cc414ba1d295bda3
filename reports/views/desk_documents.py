"""The desk's pages of documents: draft, describe, attach versions, publish, withdraw, reclassify."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activities.models import Activity
from members.errors import Conflict, DomainError
from members.permissions import check_can, require_desk
from members.roles import Permission
from members.views.shared import me, show_error
from members.words import clean_words
from reports.enums import DocumentState
from reports.forms import ActivityReportForm, CiteForm, DocumentForm, NewDocumentForm, ReclassifyForm, VersionForm, WithdrawForm
from reports.models import Document
from reports.selectors import documents_matching
from reports.services.documents import (
    add_version,
    draft_document,
    edit_document,
    publish_activity_report,
    publish_document,
    reclassify,
    withdraw_document,
)

PAGE_SIZE = 50


@require_safe
def desk_document_list(request: HttpRequest) -> HttpResponse:
    """All documents, drafts and withdrawn ones too; `?q=` and `?state=` narrow."""
    require_desk(request.user)
    words = clean_words(request.GET.get("q", ""))
    rows = documents_matching(request.user, words) if words else Document.objects.visible_to(request.user)
    state = request.GET.get("state", "")
    rows = rows.filter(state=state) if state in DocumentState.values else rows
    page = Paginator(rows.select_related("activity", "current_version").order_by("-changed_at", "-pk"), PAGE_SIZE)
    context = {"page": page.get_page(request.GET.get("page")), "words": words, "state": state, "states": DocumentState.choices}
    return render(request, "reports/desk/document_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def desk_document_new(request: HttpRequest) -> HttpResponse:
    """Draft a document; its symbol is given now."""
    require_desk(request.user)
    form = NewDocumentForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        check_can(request.user, Permission.MANAGE_DOCUMENTS)
        if form.is_valid():
            try:
                document = _draft(form, request)
            except DomainError as error:
                show_error(form, error)
            else:
                messages.success(request, _("Drafted. The symbol is %(symbol)s.") % {"symbol": document.symbol})
                return redirect("reports:desk_document", document.symbol)
    return render(request, "reports/desk/document_new.html", {"form": form}, status=422 if form.errors else 200)


@transaction.atomic
def _draft(form: NewDocumentForm, request: HttpRequest) -> Document:
    values = form.values
    document = draft_document(
        kind=form.cleaned_data["kind"],
        access_class=form.cleaned_data["access_class"],
        title=values["title"],
        on=values["date"],
        date_precision=values["date_precision"],
        by=me(request),
    )
    return edit_document(document=document, values=values, expected_version=document.version, by=me(request))


def get_document(request: HttpRequest, symbol: str) -> Document:
    """A document at the desk. Raises Http404 for everybody who does not work there."""
    require_desk(request.user)
    rows = Document.objects.visible_to(request.user).select_related("activity", "current_version")
    return get_object_or_404(rows, symbol=symbol)


@require_http_methods(["GET", "HEAD", "POST"])
def desk_document(request: HttpRequest, symbol: str) -> HttpResponse:
    """One document: what describes it, its versions, what can be done."""
    document = get_document(request, symbol)
    if request.method != "POST":
        return _page(request, document)
    check_can(request.user, Permission.MANAGE_DOCUMENTS)
    form = DocumentForm(request.POST, instance=Document.objects.get(pk=document.pk))
    if not form.is_valid():
        return _page(request, document, status=422, form=form)
    try:
        edit_document(document=document, values=form.values, expected_version=form.cleaned_data["version"] or 0, by=me(request))
    except Conflict as conflict:
        mine = {**form.values, "when": form["when"].value(), "about": form["about"].value()}
        again = DocumentForm(initial={**mine, "version": conflict.current.version}, instance=conflict.current)
        return _page(request, document, status=409, form=again, other=conflict.current)
    except DomainError as error:
        show_error(form, error)
        return _page(request, document, status=422, form=form)
    messages.success(request, _("Saved."))
    return redirect("reports:desk_document", symbol)


def _page(request: HttpRequest, document: Document, *, status: int = 200, **more: Any) -> HttpResponse:
    versions = list(document.versions.select_related("added_by"))
    context = {
        "document": document,
        "versions": versions,
        "cite_form": CiteForm(document, [version.number for version in versions]),
        "form": DocumentForm(instance=document),
        "version_form": VersionForm(),
        "withdraw_form": WithdrawForm(),
        "reclassify_form": ReclassifyForm(initial={"access_class": document.access_class}),
        "is_report": hasattr(document, "progress_report"),
        **more,
    }
    return render(request, "reports/desk/document.html", context, status=status)


@require_POST
def desk_document_version(request: HttpRequest, symbol: str) -> HttpResponse:
    """Attach a file as the next version."""
    document = get_document(request, symbol)
    check_can(request.user, Permission.MANAGE_DOCUMENTS)
    form = VersionForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            add_version(
                document=document, name=file.name, content=file.read(), language=form.cleaned_data["language"], by=me(request)
            )
        except DomainError as error:
            show_error(form, error)
        else:
            messages.success(request, _("The file is attached."))
            return redirect("reports:desk_document", symbol)
    return _page(request, document, status=422, version_form=form)


@require_POST
def desk_document_publish(request: HttpRequest, symbol: str) -> HttpResponse:
    """Put it before its readers."""
    document = get_document(request, symbol)
    check_can(request.user, Permission.MANAGE_DOCUMENTS)
    try:
        publish_document(document=document, by=me(request))
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Published."))
    return redirect("reports:desk_document", symbol)


@require_POST
def desk_document_withdraw(request: HttpRequest, symbol: str) -> HttpResponse:
    """Take it back, with a reason for its readers."""
    document = get_document(request, symbol)
    check_can(request.user, Permission.MANAGE_DOCUMENTS)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return _page(request, document, status=422, withdraw_form=form)
    withdraw_document(document=document, reason=form.cleaned_data["reason"], by=me(request))
    messages.success(request, _("Withdrawn. Its address says why."))
    return redirect("reports:desk_document", symbol)


@require_POST
def desk_document_reclassify(request: HttpRequest, symbol: str) -> HttpResponse:
    """Change who may read it."""
    document = get_document(request, symbol)
    check_can(request.user, Permission.MANAGE_DOCUMENTS)
    form = ReclassifyForm(request.POST)
    if form.is_valid():
        try:
            reclassify(document=document, access_class=form.cleaned_data["access_class"], by=me(request))
        except DomainError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Changed, from the next request on."))
            return redirect("reports:desk_document", symbol)
    return _page(request, document, status=422, reclassify_form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def activity_documents(request: HttpRequest, reference: str) -> HttpResponse:
    """Documents of one activity; its report is attached and published in one step."""
    require_desk(request.user)
    activity = get_object_or_404(Activity.objects.visible_to(request.user), reference=reference)
    initial = {"title": _("Report of “%(title)s”") % {"title": activity.title[:200]}, "language": "en"}
    form = ActivityReportForm(request.POST, request.FILES) if request.method == "POST" else ActivityReportForm(initial=initial)
    if request.method == "POST":
        check_can(request.user, Permission.MANAGE_DOCUMENTS)
        if form.is_valid():
            values = form.cleaned_data
            try:
                document = publish_activity_report(
                    activity=activity,
                    title=values["title"],
                    name=values["file"].name,
                    content=values["file"].read(),
                    language=values["language"],
                    access_class=values["access_class"],
                    by=me(request),
                )
            except DomainError as error:
                show_error(form, error)
            else:
                messages.success(request, _("Published as %(symbol)s.") % {"symbol": document.symbol})
                return redirect("reports:activity_documents", reference)
    documents = Document.objects.visible_to(request.user).filter(activity=activity).select_related("current_version")
    context = {"activity": activity, "documents": documents, "form": form}
    return render(request, "reports/desk/activity_documents.html", context, status=422 if form.errors else 200)
