"""Goals, objectives, areas and their mandates at the desk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activities.forms_aims import AimForm, AreaForm, GoalForm, MandateForm, ObjectiveForm
from activities.models import Goal, Mandate, Objective, ProgrammeArea
from activities.selectors_objectives import goals, objectives, programme_areas
from activities.services import aims as service
from members.errors import Conflict, DomainError
from members.models import User
from members.permissions import require_desk
from members.views.shared import differing, show_error


@dataclass(frozen=True)
class Kind:
    """A kind of aim: its form, the words of its page, and the mandate's field that points to it."""

    model: type[service.Aim]
    form: type[AimForm]
    new: Any
    field: str


KINDS = {
    "goal": Kind(Goal, GoalForm, gettext_lazy("New goal"), "goal"),
    "objective": Kind(Objective, ObjectiveForm, gettext_lazy("New objective"), "objective"),
    "area": Kind(ProgrammeArea, AreaForm, gettext_lazy("New programme area"), "area"),
}


@require_safe
def aim_list(request: HttpRequest) -> HttpResponse:
    """All goals, objectives and areas, with what their record still lacks."""
    require_desk(request.user)
    groups = [
        (gettext_lazy("Goals"), "goal", goals(request.user)),
        (gettext_lazy("Objectives"), "objective", objectives(request.user)),
        (gettext_lazy("Programme areas"), "area", programme_areas(request.user)),
    ]
    return render(request, "activities/desk_aim_list.html", {"groups": groups})


def _aim(request: HttpRequest, code: str) -> tuple[Any, Kind]:
    """An aim by its code and what kind it is. Raises Http404."""
    require_desk(request.user)
    for kind in KINDS.values():
        rows: Any = kind.model._default_manager
        if found := rows.visible_to(request.user).filter(code=code).first():
            return found, kind
    raise Http404


@require_http_methods(["GET", "HEAD", "POST"])
def aim_new(request: HttpRequest, kind: str) -> HttpResponse:
    """A new goal, objective or area. Who set it is recorded next."""
    require_desk(request.user)
    what = KINDS.get(kind)
    if what is None:
        raise Http404
    return _edit(request, what.model(), what, str(what.new))


@require_http_methods(["GET", "HEAD", "POST"])
def aim_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Edit texts and links; when somebody else was faster both texts are shown."""
    aim, kind = _aim(request, code)
    return _edit(request, aim, kind, str(aim))


def _edit(request: HttpRequest, aim: Any, kind: Kind, title: str) -> HttpResponse:
    is_new, back = aim.pk is None, reverse("activities:aim_list")
    form: Any = kind.form(request.POST if request.method == "POST" else None, instance=aim)
    if request.method == "POST" and form.is_valid():
        try:
            service.save_aim(
                aim=form.instance,
                links=form.chosen_links(),
                expected_version=None if is_new else form.cleaned_data["expected_version"] or 0,
                by=cast("User", request.user),
            )
        except Conflict as conflict:
            context = differing(request.POST, form, kind.form, conflict.current) | {"back": back, "title": title}
            return render(request, "members/directory_conflict.html", context, status=409)
        except (DomainError, ValidationError) as error:
            show_error(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("activities:aim_edit", form.instance.code)
    mandates = (
        [] if is_new else Mandate.objects.dated().filter(**{kind.field: aim}).select_related("activity").order_by("in_force")
    )
    context = {"form": form, "title": title, "back": back, "aim": None if is_new else aim, "mandates": mandates}
    return render(request, "activities/aim_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def mandate_new(request: HttpRequest, code: str) -> HttpResponse:
    """What a meeting did with this aim."""
    aim, kind = _aim(request, code)
    return _edit_mandate(request, Mandate(**{kind.field: aim}), aim)


@require_http_methods(["GET", "HEAD", "POST"])
def mandate_edit(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Edit one act; both texts are shown when somebody else was faster."""
    aim, kind = _aim(request, code)
    return _edit_mandate(request, get_object_or_404(Mandate, pk=pk, **{kind.field: aim}), aim)


def _edit_mandate(request: HttpRequest, mandate: Mandate, aim: Any) -> HttpResponse:
    is_new, back = mandate.pk is None, reverse("activities:aim_edit", args=[aim.code])
    form: Any = MandateForm(request.POST if request.method == "POST" else None, instance=mandate, reader=request.user)
    if request.method == "POST" and form.is_valid():
        expected = None if is_new else form.cleaned_data["expected_version"] or 0
        try:
            service.save_mandate(mandate=form.instance, expected_version=expected, by=cast("User", request.user))
        except Conflict as conflict:
            context = differing(request.POST, form, MandateForm, conflict.current, reader=request.user) | {
                "back": back,
                "title": str(aim),
            }
            return render(request, "members/directory_conflict.html", context, status=409)
        except (DomainError, ValidationError) as error:
            show_error(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect(back)
    context = {"form": form, "aim": aim, "back": back, "mandate": None if is_new else mandate}
    return render(request, "activities/mandate_form.html", context, status=422 if form.errors else 200)


@require_POST
def mandate_remove(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Take away an act that was entered by mistake."""
    aim, kind = _aim(request, code)
    service.remove_mandate(mandate=get_object_or_404(Mandate, pk=pk, **{kind.field: aim}), by=cast("User", request.user))
    messages.success(request, _("It is taken away; the history keeps it."))
    return redirect("activities:aim_edit", aim.code)
