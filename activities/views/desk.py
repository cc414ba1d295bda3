"""Activities at the desk: record, edit, publish, withdraw, change the status."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import BooleanField, ExpressionWrapper, F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from activities.enums import ActivityStatus
from activities.forms import StatusForm, WithdrawForm, missing_of
from activities.models import Activity, ActivityFeedback, Proposal
from activities.models.lifecycles import ACTIVITY_TRANSITIONS
from activities.permissions import get_activity_at_desk
from activities.selectors_planning import contributions_to
from activities.services import activities as service
from members.audit import record_access
from members.enums import AccessAction
from members.errors import DomainError
from members.models import Body, User
from members.permissions import require_desk
from members.views.shared import show_error
from members.words import clean_words

PAGE_SIZE = 50


@require_safe
def desk_activity_list(request: HttpRequest) -> HttpResponse:
    """All activities, drafts first, found by words."""
    require_desk(request.user)
    words = clean_words(request.GET.get("q", ""), most=100)
    is_draft = ExpressionWrapper(Q(published_at__isnull=True), output_field=BooleanField())
    rows = Activity.objects.visible_to(request.user).select_related("kind").alias(is_draft=is_draft)
    rows = rows.order_by("-is_draft", F("start").desc(nulls_last=True), "-reference")
    if words:
        rows = rows.filter(
            Q(title__unaccent__icontains=words) | Q(reference__istartswith=words) | Q(city__unaccent__icontains=words)
        )
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "activities/desk_activity_list.html", {"page": page, "words": words})


@require_safe
def desk_activity(request: HttpRequest, reference: str) -> HttpResponse:
    """What is done and what is missing for one activity."""
    return _page(request, get_activity_at_desk(request.user, reference), WithdrawForm())


def _page(request: HttpRequest, activity: Activity, withdraw_form: WithdrawForm) -> HttpResponse:
    feedback = list(
        ActivityFeedback.objects.visible_to(request.user)
        .filter(activity=activity, submitted_at__isnull=False)
        .select_related("participant")
    )
    if feedback:
        record_access(by=request.user, action=AccessAction.OPENED, label="feedback", ref=activity.reference, request=request)
    following = sorted(ACTIVITY_TRANSITIONS.get(activity.status, frozenset()))
    missing = missing_of(activity)
    context = {
        "activity": activity,
        "statuses": [
            (value, ActivityStatus(value).label) for value in following if not _page_for(activity, ActivityStatus(value))
        ],
        "may_cancel": ActivityStatus.CANCELLED in following,
        "may_postpone": activity.status == ActivityStatus.PLANNED,
        "changes": activity.status_changes.select_related("made_by").order_by("-made_at", "-pk"),
        "missing": missing,
        "invited": activity.invitations.filter(issued_at__isnull=False).count(),
        "delegates_named": activity.delegate_rows.filter(withdrawn_at__isnull=True).count(),
        "attendance": activity.delegate_rows.filter(attendance__isnull=False).distinct().count(),
        "withdraw_form": withdraw_form,
        "body": Body.objects.visible_to(request.user).filter(activity_kind=activity.kind.key).first(),
        "feedback": feedback,
        "contributions": list(contributions_to(request.user, activity)),
        "proposals": Proposal.objects.visible_to(request.user).filter(activity=activity),
    }
    return render(request, "activities/desk_activity.html", context, status=422 if withdraw_form.errors else 200)


@require_POST
def activity_unpublish(request: HttpRequest, reference: str) -> HttpResponse:
    activity = get_activity_at_desk(request.user, reference)
    said = _("It is a draft again.")
    return _done(request, reference, lambda: service.unpublish_activity(activity=activity, by=cast("User", request.user)), said)


@require_POST
def activity_withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    activity = get_activity_at_desk(request.user, reference)
    form = WithdrawForm(request.POST)
    if form.is_valid():
        try:
            service.withdraw_activity(activity=activity, reason=form.cleaned_data["reason"], by=cast("User", request.user))
        except DomainError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Withdrawn. Its address now says why."))
            return redirect("activities:desk_activity", reference)
    return _page(request, activity, form)


@require_POST
def activity_status(request: HttpRequest, reference: str) -> HttpResponse:
    activity = get_activity_at_desk(request.user, reference)
    form = StatusForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a status from the list."))
        return redirect("activities:desk_activity", reference)
    status = ActivityStatus(form.cleaned_data["status"])
    if page := _page_for(activity, status):
        return redirect(page, reference)  # these are told to those invited, with a reason
    said = _("The status is changed.")
    return _done(
        request, reference, lambda: service.change_status(activity=activity, status=status, by=cast("User", request.user)), said
    )


def _page_for(activity: Activity, status: ActivityStatus) -> str:
    """The page where a change of plan is said why; "" for a status that is just chosen."""
    if activity.status == ActivityStatus.CANCELLED:
        return "activities:activity_reinstate"
    if (activity.status, status) == (ActivityStatus.POSTPONED, ActivityStatus.PLANNED):
        return "activities:activity_new_dates"
    return {ActivityStatus.CANCELLED: "activities:activity_cancel", ActivityStatus.POSTPONED: "activities:activity_postpone"}.get(
        status, ""
    )


def _done(request: HttpRequest, reference: str, act: Any, said: str) -> HttpResponse:
    try:
        act()
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, said)
    return redirect("activities:desk_activity", reference)
