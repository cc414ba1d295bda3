"""What an activity cost, at the desk."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from activities.forms_attendance import CostForm
from activities.models import ActivityCost
from activities.permissions import get_activity_at_desk
from activities.services.costs import record_cost
from members.errors import Conflict
from members.views.directory import conflict_page
from members.views.shared import me, show_error


@require_http_methods(["GET", "HEAD", "POST"])
def activity_cost(request: HttpRequest, reference: str) -> HttpResponse:
    """The whole cost of an activity; when somebody else was faster both are shown."""
    activity = get_activity_at_desk(request.user, reference)
    held = ActivityCost.objects.visible_to(request.user).filter(activity=activity).first()
    row = held or ActivityCost(activity=activity, version=0)
    form = CostForm(request.POST if request.method == "POST" else None, instance=row)
    if request.method == "POST" and form.is_valid():
        expected = form.cleaned_data["expected_version"] or 0
        try:
            record_cost(cost=form.instance, expected_version=expected, by=me(request))
        except Conflict as conflict:
            current = conflict.current or ActivityCost(activity=activity, version=0)
            return conflict_page(request, form, CostForm, current, reverse("desk_figures"))
        except ValidationError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("desk_figures")
    title = _("Cost of %(reference)s") % {"reference": reference}
    context = {"title": title, "back": reverse("desk_figures"), "form": form}
    return render(request, "members/directory_form.html", context, status=422 if form.errors else 200)
