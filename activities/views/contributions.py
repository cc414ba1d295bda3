"""What participants contribute to an activity, at the desk [33]."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from activities.forms_planning import OfferForm
from activities.models import Contribution
from activities.permissions import get_activity_at_desk
from activities.services import planning as service
from members.errors import DomainError
from members.views.shared import me, show_error


@require_http_methods(["GET", "HEAD", "POST"])
def activity_contribution_new(request: HttpRequest, reference: str) -> HttpResponse:
    """Money for something, or something in kind, of one participant."""
    activity = get_activity_at_desk(request.user, reference)
    form = OfferForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            service.add_contribution(to=activity, offer=form.offer(), by=me(request))
        except (DomainError, ValidationError) as error:
            show_error(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("activities:desk_activity", reference)
    context = {"form": form, "activity": activity}
    return render(request, "activities/contribution_form.html", context, status=422 if form.errors else 200)


@require_POST
def activity_contribution_remove(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Take it away; the history keeps it."""
    activity = get_activity_at_desk(request.user, reference)
    row = get_object_or_404(Contribution.objects.visible_to(request.user), pk=pk, activity=activity)
    service.remove_contribution(contribution=row, by=me(request))
    messages.success(request, _("It is taken away; the history keeps it."))
    return redirect("activities:desk_activity", reference)
