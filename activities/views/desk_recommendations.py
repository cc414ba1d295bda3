"""Recommendations at the desk: which are due, which nobody reported on; record, edit, follow up."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from activities.forms_followup import FollowUpForm, RecommendationForm
from activities.models import Recommendation
from activities.selectors_addressees import news_from_addressees, news_waiting
from activities.selectors_followup import Show, due_soon, follow_up_rate, recommendations, shown, stale, standing_of
from activities.services import followup as service
from members.errors import Conflict, DomainError
from members.models import User
from members.permissions import require_desk
from members.views.shared import differing, show_error
from members.words import clean_words

PAGE_SIZE = 50
FEW = 10  # of those due soon or without news, above the list
INITIAL_FROM_ADDRESS = ("activity", "document_symbol", "document_version", "paragraph")


@require_safe
def desk_recommendation_list(request: HttpRequest) -> HttpResponse:
    """What is new from addressees, due soon or without news first, then all, or those that `?show=` names."""
    require_desk(request.user)
    asked = request.GET.get("show", "")
    show = asked if asked in Show.values else ""
    page = Paginator(shown(request.user, show), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(row, standing_of(row)) for row in page.object_list],
        "due": due_soon(request.user)[:FEW],
        "stale": stale(request.user)[:FEW],
        "few": FEW,
        "waiting": news_waiting(request.user).count(),
        "rate": follow_up_rate(request.user),
        "show": show,
        "shows": Show.choices,
    }
    return render(request, "activities/desk_recommendation_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def recommendation_new(request: HttpRequest) -> HttpResponse:
    """Record a recommendation; a document's page links here with symbol, version and paragraph filled in."""
    require_desk(request.user)
    said = {name: request.GET[name][:60] for name in INITIAL_FROM_ADDRESS if name in request.GET}
    initial = {name: clean_words(text) for name, text in said.items()}
    form = RecommendationForm(request.POST if request.method == "POST" else None, initial=initial, reader=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            row = service.record_recommendation(asked=form.asked(), by=cast("User", request.user))
        except (DomainError, ValidationError) as error:
            show_error(form, error)
        else:
            messages.success(request, _("Recorded as %(reference)s.") % {"reference": row.reference})
            return redirect("activities:recommendation_edit", row.reference)
    return render(request, "activities/recommendation_form.html", {"form": form}, status=422 if form.errors else 200)


def _recommendation(request: HttpRequest, reference: str) -> Recommendation:
    require_desk(request.user)
    found = recommendations(request.user).filter(reference=reference).first()
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def recommendation_edit(request: HttpRequest, reference: str) -> HttpResponse:
    """Edit; when somebody else was faster both texts are shown."""
    row = _recommendation(request, reference)
    form: Any = RecommendationForm(request.POST if request.method == "POST" else None, instance=row, reader=request.user)
    if request.method == "POST" and form.is_valid():
        expected = form.cleaned_data["expected_version"] or 0
        try:
            service.edit_recommendation(
                recommendation=row, asked=form.asked(), expected_version=expected, by=cast("User", request.user)
            )
        except Conflict as conflict:
            context = differing(request.POST, form, RecommendationForm, conflict.current, reader=request.user)
            context |= {"back": reverse("activities:recommendation_edit", args=[reference]), "title": reference}
            return render(request, "members/directory_conflict.html", context, status=409)
        except (DomainError, ValidationError) as error:
            show_error(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("activities:recommendation_edit", reference)
    context = {
        "form": form,
        "recommendation": row,
        "standing": standing_of(row),
        "from_addressees": news_from_addressees(request.user, row),
    }
    return render(request, "activities/recommendation_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def follow_up_new(request: HttpRequest, reference: str) -> HttpResponse:
    """Add a dated update."""
    row = _recommendation(request, reference)
    form = FollowUpForm(request.POST if request.method == "POST" else None, initial={"kind": "update"}, reader=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            service.add_follow_up(recommendation=row, update=form.update(), by=cast("User", request.user))
        except (DomainError, ValidationError) as error:
            show_error(form, error)
        else:
            messages.success(request, _("The news is recorded."))
            return redirect("activities:recommendation_edit", reference)
    context = {"form": form, "recommendation": row}
    return render(request, "activities/follow_up_form.html", context, status=422 if form.errors else 200)
