"""One activity as a file: for calendars and for programs that keep references. These addresses carry no language."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import override
from django.views.decorators.http import require_safe

from activities.calendars import calendar_of, has_day
from activities.citations import bibtex, ris
from activities.models import Activity
from activities.selectors_calendar import for_calendar
from baliportal.views.activity import process, withdrawn_response
from baliportal.views.feeds import calendar_response
from members.models import Process


def _answer(request: HttpRequest, reference: str, make: Callable[[Activity], str], kind: str, name: str) -> HttpResponse:
    rows = Activity.objects.visible_to(request.user).select_related("kind").prefetch_related("objectives")
    activity = get_object_or_404(rows, reference=reference)
    if withdrawn := withdrawn_response(request, activity):
        return withdrawn
    with override("en"):
        response = HttpResponse(make(activity), content_type=f"{kind}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{activity.reference}.{name}"'
    return response


@require_safe
@login_not_required
def activity_ics(request: HttpRequest, reference: str) -> HttpResponseBase:
    """The activity for a calendar. Raises Http404 for one without a day: no calendar could hold it."""
    activity = get_object_or_404(for_calendar(Activity.objects.visible_to(request.user)), reference=reference)
    if withdrawn := withdrawn_response(request, activity):
        return withdrawn
    if not has_day(activity):
        raise Http404
    with override("en"):
        content = calendar_of([activity], name=activity.title)
    return calendar_response(request, content, disposition=f'attachment; filename="{activity.reference}.ics"')


def _cited(request: HttpRequest, reference: str, form: Callable[[Activity, Process], str], kind: str, name: str) -> HttpResponse:
    return _answer(request, reference, lambda activity: form(activity, process()), kind, name)


@require_safe
@login_not_required
def activity_ris(request: HttpRequest, reference: str) -> HttpResponse:
    return _cited(request, reference, ris, "application/x-research-info-systems", "ris")


@require_safe
@login_not_required
def activity_bib(request: HttpRequest, reference: str) -> HttpResponse:
    return _cited(request, reference, bibtex, "application/x-bibtex", "bib")
