"""Reference tables at the desk: staff read them, an administrator keeps them."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from baliportal.reference import TABLES, Table
from members.errors import Conflict, DomainError
from members.forms_reference import ProcessForm, SeatRoleForm, reference_form
from members.models import Process, User
from members.models.base import Vocabulary
from members.permissions import check_can, has_permission, require_desk
from members.roles import DESCRIPTIONS, Permission
from members.selectors_reference import numbers_of_rows, rows_with_uses, uses_of
from members.services import reference as service
from members.views.directory import conflict_page


@require_safe
def reference_index(request: HttpRequest) -> HttpResponse:
    """All tables with how many rows each has."""
    require_desk(request.user)
    numbers = numbers_of_rows(table.model for table in TABLES.values())
    context = {"tables": [(table, numbers[table.model]) for table in TABLES.values()], "may_edit": _may_edit(request)}
    return render(request, "portal/reference_index.html", context)


@require_safe
def reference_table(request: HttpRequest, table: str) -> HttpResponse:
    """The rows of one table in their order, each with what uses it."""
    require_desk(request.user)
    found = _table(table)
    context = {
        "table": found,
        "rows": rows_with_uses(found.model, found.texts),
        "may_edit": _may_edit(request),
        "descriptions": DESCRIPTIONS,
    }
    return render(request, "portal/reference_table.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def reference_new(request: HttpRequest, table: str) -> HttpResponse:
    """A new row."""
    found = _table_to_edit(request, table)
    row = found.model()
    form = reference_form(found.model, found.extra)(request.POST if request.method == "POST" else None, instance=row)
    if request.method == "POST" and form.is_valid():
        try:
            service.add_row(row=form.instance, by=cast("User", request.user))
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("%(name)s is added.") % {"name": form.instance.name})
            return redirect("reference_table", table)
    context = {"table": found, "form": form, "title": _("New row"), "row": None}
    return render(request, "portal/reference_row.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def reference_row(request: HttpRequest, table: str, key: str) -> HttpResponse:
    """Edit a row; when somebody else was faster both texts are shown."""
    found = _table_to_edit(request, table)
    row = _row(found, key)
    form_class = reference_form(found.model, found.extra)
    form = form_class(request.POST if request.method == "POST" else None, instance=row)
    if request.method == "POST" and form.is_valid():
        try:
            service.edit_row(
                row=form.instance,
                expected_version=form.cleaned_data["expected_version"] or 0,
                by=cast("User", request.user),
                confirmed=bool(form.cleaned_data.get("confirmed")),
            )
        except Conflict as conflict:
            return conflict_page(request, form, form_class, conflict.current, reverse("reference_table", args=[table]))
        except service.NeedsConfirmation as error:
            cast("SeatRoleForm", form).ask_confirmation()
            form.add_error("confirmed", error.message)
        except DomainError as error:
            form.add_error(None, error.message)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("Saved."))
            return redirect("reference_table", table)
    stored = _row(found, key)  # a form that was refused has written its answers into its own row
    context = {"table": found, "form": form, "title": stored.name, "row": stored, "uses": uses_of(stored, found.texts)}
    return render(request, "portal/reference_row.html", context, status=422 if form.errors else 200)


@require_POST
def reference_retire(request: HttpRequest, table: str, key: str) -> HttpResponse:
    """Offer a row no longer."""
    row = _row(_table_to_edit(request, table), key)
    service.retire_row(row=row, by=cast("User", request.user))
    messages.success(request, _("%(name)s is offered no longer. Records that have it go on showing it.") % {"name": row.name})
    return redirect("reference_table", table)


@require_POST
def reference_offer(request: HttpRequest, table: str, key: str) -> HttpResponse:
    """Offer a retired row again."""
    row = _row(_table_to_edit(request, table), key)
    service.offer_row(row=row, by=cast("User", request.user))
    messages.success(request, _("%(name)s is offered again.") % {"name": row.name})
    return redirect("reference_table", table)


@require_POST
def reference_delete(request: HttpRequest, table: str, key: str) -> HttpResponse:
    """Take away a row that nothing uses."""
    found = _table_to_edit(request, table)
    row = _row(found, key)
    try:
        service.delete_row(row=row, by=cast("User", request.user), texts=found.texts)
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("reference_row", table, key)
    messages.success(request, _("%(name)s is taken away.") % {"name": row.name})
    return redirect("reference_table", table)


@require_http_methods(["GET", "HEAD", "POST"])
def reference_process(request: HttpRequest) -> HttpResponse:
    """The names of the process."""
    require_desk(request.user)
    check_can(request.user, Permission.EDIT_REFERENCE_TABLES)
    process = Process.objects.visible_to(request.user).first()
    if process is None:
        raise Http404
    form = ProcessForm(request.POST if request.method == "POST" else None, instance=process)
    if request.method == "POST" and form.is_valid():
        try:
            service.edit_process(
                process=form.instance,
                expected_version=form.cleaned_data["expected_version"] or 0,
                by=cast("User", request.user),
            )
        except Conflict as conflict:
            return conflict_page(request, form, ProcessForm, conflict.current, reverse("reference_index"))
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("Saved."))
            return redirect("reference_index")
    context = {"form": form, "title": _("Names of the process"), "back": reverse("reference_index")}
    return render(request, "members/directory_form.html", context, status=422 if form.errors else 200)


def _may_edit(request: HttpRequest) -> bool:
    return has_permission(request.user, Permission.EDIT_REFERENCE_TABLES)


def _table(slug: str) -> Table:
    if slug not in TABLES:
        raise Http404
    return TABLES[slug]


def _table_to_edit(request: HttpRequest, slug: str) -> Table:
    """The table, for an administrator: 404 for those outside the desk, 403 for other staff."""
    require_desk(request.user)
    check_can(request.user, Permission.EDIT_REFERENCE_TABLES)
    return _table(slug)


def _row(table: Table, key: str) -> Vocabulary:
    rows: Any = table.model._default_manager
    row: Vocabulary = get_object_or_404(rows.all(), key=key)
    return row
