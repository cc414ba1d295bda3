"""A participant's own words on its legislation, in its own space."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activities.forms_consultation import NumberForm
from activities.forms_legislation import LegislationForm
from activities.models import LegislationStatus
from activities.services.legislation import save_legislation, withdraw_legislation
from members.errors import Conflict, DomainError
from members.models import Participant
from members.permissions import check_can, get_participant_for, has_permission
from members.roles import Permission
from members.views.shared import differing, me, show_error

MOST = 200


@require_safe
def legislation_list(request: HttpRequest, slug: str) -> HttpResponse:
    """All entries of this participant, the withdrawn ones among them."""
    participant = get_participant_for(request.user, slug)
    rows = LegislationStatus.objects.visible_to(request.user).filter(participant=participant).select_related("objective")
    may = has_permission(request.user, Permission.NOMINATE, participant=participant)
    context = {"participant": participant, "rows": rows.order_by("withdrawn_at", "-date", "-pk")[:MOST], "may": may}
    return render(request, "activities/legislation_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def legislation_new(request: HttpRequest, slug: str) -> HttpResponse:
    """A new entry."""
    participant = get_participant_for(request.user, slug)
    return _edit(request, participant, LegislationStatus(participant=participant, version=0))


def _entry(request: HttpRequest, slug: str, pk: int) -> tuple[Participant, LegislationStatus]:
    participant = get_participant_for(request.user, slug)
    own = LegislationStatus.objects.visible_to(request.user).filter(participant=participant, withdrawn_at__isnull=True)
    return participant, get_object_or_404(own.select_related("participant"), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def legislation_edit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Change an entry; when somebody else was faster both texts are shown."""
    participant, entry = _entry(request, slug, pk)
    return _edit(request, participant, entry)


def _edit(request: HttpRequest, participant: Participant, entry: LegislationStatus) -> HttpResponse:
    check_can(request.user, Permission.NOMINATE, participant=participant)
    form: Any = LegislationForm(request.POST if request.method == "POST" else None, instance=entry)
    if request.method == "POST" and form.is_valid():
        expected = (form.cleaned_data["expected_version"] or 0) if entry.pk else 0
        try:
            save_legislation(entry=form.instance, expected_version=expected, by=me(request))
        except Conflict as conflict:
            context = differing(request.POST, form, LegislationForm, conflict.current)
            back = reverse("activities:legislation_edit", args=[participant.slug, entry.pk])
            context |= {"back": back, "title": conflict.current.title}
            return render(request, "members/directory_conflict.html", context, status=409)
        except (DomainError, ValidationError) as error:
            show_error(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("activities:legislation_list", participant.slug)
    context = {"participant": participant, "entry": entry, "form": form, "number": NumberForm(initial={"number": entry.version})}
    return render(request, "activities/legislation_form.html", context, status=422 if form.errors else 200)


@require_POST
def legislation_withdraw(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take an entry back."""
    participant, entry = _entry(request, slug, pk)
    check_can(request.user, Permission.NOMINATE, participant=participant)
    form = NumberForm(request.POST)
    try:
        withdraw_legislation(entry=entry, expected_version=form.cleaned_data["number"] if form.is_valid() else 0, by=me(request))
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("activities:legislation_edit", slug, pk)
    messages.success(request, _("The entry is withdrawn."))
    return redirect("activities:legislation_list", slug)
