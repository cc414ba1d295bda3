"""Bodies at the desk: mandate, cadence, and what stands on each of their agendas."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.forms_forums import BodyForm, StandingItemForm
from members.models import Body, StandingItem, User
from members.permissions import require_desk
from members.services.directory import remove_record
from members.services.forums import move_standing_item, next_order
from members.views.directory import edit_record


def _body(request: HttpRequest, key: str) -> Body:
    require_desk(request.user)
    return get_object_or_404(Body.objects.visible_to(request.user), key=key)


@require_http_methods(["GET", "HEAD", "POST"])
def body_edit(request: HttpRequest, key: str) -> HttpResponse:
    """Names, mandate, the paragraph that created it, and how often it meets."""
    body = _body(request, key)
    return edit_record(request, body, BodyForm, body.name, reverse("members:seat_list", args=[key]))


@require_safe
def standing_item_list(request: HttpRequest, key: str) -> HttpResponse:
    """What stands on every agenda of a body, in its order."""
    body = _body(request, key)
    items = StandingItem.objects.visible_to(request.user).filter(body=body)
    return render(request, "members/standing_items.html", {"body": body, "items": items})


@require_http_methods(["GET", "HEAD", "POST"])
def standing_item_new(request: HttpRequest, key: str) -> HttpResponse:
    """A new standing item, after the others."""
    body = _body(request, key)
    item = StandingItem(body=body, order=next_order(body))
    return edit_record(request, item, StandingItemForm, str(_("New standing item")), _back(key))


def _back(key: str) -> str:
    return reverse("members:standing_item_list", args=[key])


def _item(request: HttpRequest, key: str, pk: int) -> StandingItem:
    require_desk(request.user)
    return get_object_or_404(StandingItem.objects.visible_to(request.user), pk=pk, body__key=key)


@require_http_methods(["GET", "HEAD", "POST"])
def standing_item_edit(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Edit a standing item; agendas that were made from it stay as they are."""
    item = _item(request, key, pk)
    return edit_record(request, item, StandingItemForm, str(item), _back(key))


@require_POST
def standing_item_move(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """One place earlier (`to=earlier`) or later."""
    item = _item(request, key, pk)
    move_standing_item(item=item, earlier=request.POST.get("to") == "earlier", by=cast("User", request.user))
    return redirect(_back(key))


@require_POST
def standing_item_remove(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Take a standing item away; agendas that were made from it keep theirs."""
    item = _item(request, key, pk)
    name = str(item)
    remove_record(record=item, by=cast("User", request.user))
    messages.success(request, _("%(name)s is taken away.") % {"name": name})
    return redirect(_back(key))
