"""The agenda of a meeting at the desk: begun from what is open, then edited, put in order and published."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from activities.forms_group import AgendaItemForm, BeginForm
from activities.models import Activity, Agenda, AgendaItem
from activities.permissions import get_activity_at_desk
from activities.selectors_group import suggested_items
from activities.services import agendas as service
from members.errors import Conflict, DomainError
from members.models import Body
from members.views.shared import me, show_error
from reports.selectors_room import agenda_of, suggested_documents


def _meeting(request: HttpRequest, reference: str) -> tuple[Activity, Body]:
    """A meeting at the desk and the body that meets. Raises Http404 where the activity is no body's sitting."""
    activity = get_activity_at_desk(request.user, reference)
    body = Body.objects.visible_to(request.user).filter(activity_kind=activity.kind.key).first()
    if body is None:
        raise Http404
    return activity, body


def _agenda(request: HttpRequest, reference: str) -> Agenda:
    activity, _body = _meeting(request, reference)
    found = agenda_of(request.user, activity)
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def agenda(request: HttpRequest, reference: str) -> HttpResponse:
    """The agenda as it stands; where there is none yet, what it could begin with."""
    activity, body = _meeting(request, reference)
    if found := agenda_of(request.user, activity):
        status = 405 if request.method == "POST" else 200
        return _sheet(request, found, AgendaItemForm(initial={"version": found.version}), status)
    drafts = suggested_items(body, request.user) + suggested_documents(request.user, activity, body)
    form = BeginForm(request.POST if request.method == "POST" else None, drafts=drafts)
    if request.method == "POST" and form.is_valid():
        try:
            service.make_agenda(activity=activity, body=body, drafts=form.chosen(), by=me(request))
        except DomainError as error:
            show_error(form, error)
        else:
            messages.success(request, _("The agenda is begun. Nobody outside the desk sees it yet."))
            return redirect("reports:agenda", reference)
    context = {"activity": activity, "body": body, "form": form}
    return render(request, "reports/desk/agenda_begin.html", context, status=422 if form.errors else 200)


def _sheet(request: HttpRequest, found: Agenda, form: AgendaItemForm, status: int = 200) -> HttpResponse:
    context = {"agenda": found, "activity": found.activity, "items": list(found.items.all()), "form": form}
    return render(request, "reports/desk/agenda.html", context, status=status)


@require_POST
def agenda_item_new(request: HttpRequest, reference: str) -> HttpResponse:
    """A further item at the end."""
    found = _agenda(request, reference)
    form = AgendaItemForm(request.POST)
    if not form.is_valid():
        return _sheet(request, found, form, 422)
    try:
        service.add_item(
            agenda=found, fields=form.fields_of_item(), expected_version=form.cleaned_data["version"] or 0, by=me(request)
        )
    except Conflict as conflict:
        return _was_faster(request, conflict.current, form)
    except (DomainError, ValidationError) as error:
        form.add_error(None, error.message if isinstance(error, DomainError) else error.messages)
        return _sheet(request, found, form, 422)
    messages.success(request, _("Saved."))
    return redirect("reports:agenda", reference)


def _was_faster(request: HttpRequest, current: Agenda, form: AgendaItemForm) -> HttpResponse:
    """The agenda as it stands now, with the new item's words kept below it."""
    mine = request.POST.copy()
    mine["version"] = str(current.version)
    messages.error(request, _("Somebody else changed this agenda in between. This is how it stands now."))
    return _sheet(request, current, type(form)(mine), 409)


@require_http_methods(["GET", "HEAD", "POST"])
def agenda_item_edit(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Edit one item; when somebody else was faster both texts are shown."""
    found = _agenda(request, reference)
    item = AgendaItem.objects.visible_to(request.user).filter(agenda=found, pk=pk).first()
    if item is None:
        if request.method == "POST":  # taken away by somebody else: the words are kept, as those of a new item
            return _was_faster(request, found, AgendaItemForm(request.POST))
        raise Http404
    form = AgendaItemForm(
        request.POST if request.method == "POST" else None, initial=AgendaItemForm.initial_of(item, found.version)
    )
    if request.method == "POST" and form.is_valid():
        expected = form.cleaned_data["version"] or 0
        try:
            service.edit_item(agenda=found, pk=pk, fields=form.fields_of_item(), expected_version=expected, by=me(request))
        except Conflict as conflict:
            return _conflict(request, conflict.current, item, form)
        except (DomainError, ValidationError) as error:
            form.add_error(None, error.message if isinstance(error, DomainError) else error.messages)
        else:
            messages.success(request, _("Saved."))
            return redirect("reports:agenda", reference)
    context = {"form": form, "title": item.title, "back": reverse("reports:agenda", args=[reference])}
    return render(request, "members/directory_form.html", context, status=422 if form.errors else 200)


def _conflict(request: HttpRequest, current: Agenda, item: AgendaItem, form: AgendaItemForm) -> HttpResponse:
    item.refresh_from_db()
    saved = AgendaItemForm.initial_of(item, current.version)
    mine = request.POST.copy()
    mine["version"] = str(current.version)
    said = [(field.label, str(field.value() or ""), str(saved[field.name] or "")) for field in form if field.name != "version"]
    rows = [(label, own.replace("\r\n", "\n"), other) for label, own, other in said if own.replace("\r\n", "\n") != other]
    context = {"form": AgendaItemForm(mine), "rows": rows, "title": item.title}
    return render(
        request,
        "members/directory_conflict.html",
        context | {"back": reverse("reports:agenda", args=[current.activity.reference])},
        status=409,
    )


@require_POST
def agenda_item_move(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """One place earlier (`to=earlier`) or later."""
    earlier = request.POST.get("to") == "earlier"
    return _change(request, reference, lambda found, seen: service.move_item(agenda=found, pk=pk, earlier=earlier, **seen))


@require_POST
def agenda_item_remove(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Take an item away."""
    return _change(request, reference, lambda found, seen: service.remove_item(agenda=found, pk=pk, **seen))


@require_POST
def agenda_publish(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the agenda to the group, or (`to=draft`) make it a draft again."""
    verb: Any = service.unpublish_agenda if request.POST.get("to") == "draft" else service.publish_agenda
    return _change(request, reference, lambda found, seen: verb(agenda=found, **seen))


def _change(request: HttpRequest, reference: str, change: Callable[[Agenda, dict[str, Any]], None]) -> HttpResponse:
    """One change by a button that carries the version it was shown with."""
    found = _agenda(request, reference)
    version = request.POST.get("version", "")
    expected = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0  # noqa: PLR2004 - int4
    try:
        change(found, {"expected_version": expected, "by": me(request)})
    except Conflict as conflict:
        messages.error(request, _("Somebody else changed this agenda in between. This is how it stands now."))
        return _sheet(request, conflict.current, AgendaItemForm(initial={"version": conflict.current.version}), 409)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Saved."))
    return redirect("reports:agenda", reference)
