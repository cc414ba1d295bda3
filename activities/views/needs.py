"""What participants need most, at the desk [38]."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from activities.forms_planning import NeedForm
from activities.models import PriorityNeed
from activities.selectors_planning import needs_for
from activities.services.radar import save_need
from members.errors import Conflict, DomainError
from members.permissions import require_desk
from members.views.shared import differences, me, show_error

PAGE_SIZE = 50


@require_safe
def need_list(request: HttpRequest) -> HttpResponse:
    """Needs that participants call a priority, in English alphabetical order of participants; how many proposals answer each."""
    require_desk(request.user)
    page = Paginator(needs_for(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "activities/need_list.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def need_new(request: HttpRequest) -> HttpResponse:
    """Record a need."""
    require_desk(request.user)
    return _edit(request, PriorityNeed())


@require_http_methods(["GET", "HEAD", "POST"])
def need_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit a need; when somebody else was faster both texts are shown."""
    require_desk(request.user)
    return _edit(request, get_object_or_404(PriorityNeed.objects.visible_to(request.user), pk=pk))


def _edit(request: HttpRequest, need: PriorityNeed) -> HttpResponse:
    is_new = need.pk is None
    form = NeedForm(request.POST if request.method == "POST" else None, initial={} if is_new else NeedForm.initial_of(need))
    if request.method == "POST" and form.is_valid():
        expected = None if is_new else form.cleaned_data["version"] or 0
        try:
            save_need(need=need, values=form.values(), expected_version=expected, by=me(request))
        except Conflict as conflict:
            return _conflict(request, form, conflict.current)
        except (DomainError, ValidationError) as error:
            show_error(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("activities:need_list")
    context = {"form": form, "need": None if is_new else need}
    return render(request, "activities/need_form.html", context, status=422 if form.errors else 200)


def _conflict(request: HttpRequest, form: NeedForm, current: PriorityNeed) -> HttpResponse:
    initial = NeedForm.initial_of(current)
    mine = request.POST.copy()
    mine["version"] = str(current.version)
    context = {
        "form": NeedForm(mine, initial=initial),
        "rows": differences(form, NeedForm(initial=initial), skip="version"),
        "back": reverse("activities:need_list"),
        "title": current.title,
    }
    return render(request, "members/directory_conflict.html", context, status=409)
