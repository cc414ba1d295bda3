"""Somebody at the door who is not on the list: written down, and taken off again where it was a mistake."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from activities.forms_attendance import WalkInForm
from activities.permissions import get_activity_at_desk
from activities.selectors_attendance import chosen_place, places_of
from activities.services import walk_ins as service
from activities.services.attendance import check_begun
from activities.services.nominations import local_day
from activities.views.attendance import delegate_asked, desk_sheet
from members.errors import DomainError
from members.permissions import check_can
from members.roles import Permission
from members.views.shared import me, show_error
from members.words import clean_words


@require_http_methods(["GET", "HEAD", "POST"])
def walk_in(request: HttpRequest, reference: str) -> HttpResponse:
    """Who it is and for whom; then back to the door, at the person's row. `?place=` as on the page of the door, `?q=` a name."""
    activity = get_activity_at_desk(request.user, reference)
    check_can(request.user, Permission.RECORD_ATTENDANCE)
    asked = request.POST if request.method == "POST" else request.GET
    place = chosen_place(places_of(activity), asked.get("place", ""), local_day(activity))
    closed = ""
    try:
        check_begun(activity)
    except DomainError as error:
        closed = error.message
    form = WalkInForm(
        request.POST if request.method == "POST" else None, initial={"name": clean_words(request.GET.get("q", ""), most=100)}
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and place is not None:
            try:
                delegate = service.add_walk_in(activity=activity, person=form.person(), place=place, by=me(request))
            except DomainError as error:
                show_error(form, error)
            else:
                said = _("%(name)s is on the list and present. %(participant)s is told by mail.")
                names = {"name": delegate.official.name, "participant": delegate.participant}
                messages.success(request, said % names)
                query = urlencode({"place": place.key, "person": delegate.pk})
                return redirect(f"{_door(reference)}?{query}")
    context = {"activity": activity, "form": form, "place": place, "closed": closed, "door": _door(reference)}
    return render(request, "activities/walk_in.html", context, status=status)


def _door(reference: str) -> str:
    return reverse("activities:activity_attendance", args=[reference])


@require_POST
def walk_in_remove(request: HttpRequest, reference: str) -> HttpResponse:
    """Take somebody who was not named off the list again."""
    delegate = delegate_asked(request, desk_sheet(request, reference))
    try:
        service.remove_walk_in(delegate=delegate, by=me(request))
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("%(name)s is off the list.") % {"name": delegate.official.name})
    return redirect(_door(reference))
