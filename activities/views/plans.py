"""Cancelling, postponing, new dates and taking back at the desk: why, and who will be told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from activities.enums import ActivityStatus
from activities.forms_plans import CancelForm, ChangeForm, NewDatesForm, PostponeForm, ReinstateForm
from activities.models import Activity, StatusChange
from activities.models.lifecycles import ACTIVITY_TRANSITIONS, may_follow
from activities.permissions import get_activity_at_desk
from activities.selectors_told import who_is_told
from activities.services import plans
from members.errors import Conflict, DomainError
from members.models import User
from members.views.shared import me, show_error


@dataclass(frozen=True)
class Plan:
    """One way in which a plan changes: its form, its service, its words."""

    form: type[ChangeForm]
    act: Callable[[Activity, Any, User], StatusChange]
    may: Callable[[Activity], bool]
    heading: str | Promise
    lead: str | Promise
    button: str | Promise
    said: str | Promise
    refused: str | Promise


def _common(activity: Activity, form: Any, by: User) -> dict[str, Any]:
    return {"activity": activity, "reasons": form.reasons, "expected_version": form.cleaned_data["version"], "by": by}


CANCEL = Plan(
    CancelForm,
    lambda activity, form, by: plans.cancel_activity(**_common(activity, form, by)),
    lambda activity: may_follow(ACTIVITY_TRANSITIONS, activity.status, ActivityStatus.CANCELLED),
    _("Cancel the activity"),
    _("Its page and its calendar entry stay and say that it is cancelled, when, and why."),
    _("Cancel this activity"),
    _("It is cancelled. Its page says why."),
    _("It cannot be cancelled in its present state."),
)
POSTPONE = Plan(
    PostponeForm,
    lambda activity, form, by: plans.postpone_activity(**_common(activity, form, by), new=form.dates),
    lambda activity: activity.status == ActivityStatus.PLANNED,
    _("Postpone the activity"),
    _("Give the new dates if they are known. If not, leave them empty: the activity is undated until you set them."),
    _("Postpone this activity"),
    _("It is postponed. Its page says why, and which dates it had."),
    _("It cannot be postponed in its present state."),
)
NEW_DATES = Plan(
    NewDatesForm,
    lambda activity, form, by: plans.set_new_dates(**_common(activity, form, by), new=form.dates),
    lambda activity: activity.status == ActivityStatus.POSTPONED,
    _("Set the new dates"),
    _("The activity is planned again. Its page goes on to say which dates it had before."),
    _("Set these dates"),
    _("The new dates are set."),
    _("This activity is not postponed."),
)
REINSTATE = Plan(
    ReinstateForm,
    lambda activity, form, by: plans.reinstate_activity(**_common(activity, form, by)),
    lambda activity: activity.status == ActivityStatus.CANCELLED,
    _("Take the cancellation back"),
    _("The activity is ahead again, on the same dates. Messages about the cancellation that have not left are held back."),
    _("Take it back"),
    _("The cancellation is taken back."),
    _("This activity is not cancelled."),
)


def _view(plan: Plan, request: HttpRequest, reference: str) -> HttpResponse:
    """The form with who will be told; a POST does it."""
    activity = get_activity_at_desk(request.user, reference)
    if activity.is_withdrawn or not plan.may(activity):
        messages.error(request, str(plan.refused))
        return redirect("activities:desk_activity", reference)
    form: Any = plan.form(request.POST if request.method == "POST" else None, activity=activity)
    status = 200
    if form.is_bound and form.is_valid():
        try:
            plan.act(activity, form, me(request))
        except Conflict as conflict:
            again = request.POST.copy()
            again["version"] = str(conflict.current.version)
            activity, form, status = conflict.current, plan.form(again, activity=conflict.current), 409
            form.is_valid()
            form.add_error(None, conflict.message)
        except (DomainError, ValidationError) as error:
            show_error(form, error)
        else:
            messages.success(request, str(plan.said))
            return redirect("activities:desk_activity", reference)
    told = who_is_told(activity) if activity.is_published else []
    status = 422 if form.errors and status == 200 else status  # noqa: PLR2004
    context = {"activity": activity, "form": form, "plan": plan, "told": told}
    return render(request, "activities/plan_change.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def activity_cancel(request: HttpRequest, reference: str) -> HttpResponse:
    return _view(CANCEL, request, reference)


@require_http_methods(["GET", "HEAD", "POST"])
def activity_postpone(request: HttpRequest, reference: str) -> HttpResponse:
    return _view(POSTPONE, request, reference)


@require_http_methods(["GET", "HEAD", "POST"])
def activity_new_dates(request: HttpRequest, reference: str) -> HttpResponse:
    return _view(NEW_DATES, request, reference)


@require_http_methods(["GET", "HEAD", "POST"])
def activity_reinstate(request: HttpRequest, reference: str) -> HttpResponse:
    return _view(REINSTATE, request, reference)
