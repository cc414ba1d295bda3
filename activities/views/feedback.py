"""What a participant says of its past activities."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activities.forms_consultation import NumberForm
from activities.forms_national import FeedbackForm
from activities.models import Activity, ActivityFeedback
from activities.selectors_national import past_activities
from activities.services import feedback as service
from members.errors import Conflict, DomainError
from members.models import Participant
from members.permissions import check_can, get_participant_for, has_permission
from members.roles import Permission
from members.views.shared import differences, me, show_error


@require_safe
def feedback_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Past activities of this participant, with what was said of each."""
    participant = get_participant_for(request.user, slug)
    said = {row.activity_id: row for row in ActivityFeedback.objects.filter(participant=participant)}
    past = past_activities(participant, request.user).select_related("kind")[:200]
    rows = [(activity, said.get(activity.pk)) for activity in past]
    return render(request, "activities/feedback_list.html", {"participant": participant, "rows": rows})


def _place(request: HttpRequest, slug: str, reference: str) -> tuple[Participant, Activity, ActivityFeedback | None]:
    """The participant, a past activity of its own, and the draft if there is one. Raises Http404."""
    participant = get_participant_for(request.user, slug)
    activity = past_activities(participant, request.user).select_related("kind").filter(reference=reference[:24]).first()
    if activity is None:
        raise Http404
    own = ActivityFeedback.objects.visible_to(request.user).filter(participant=participant, activity=activity)
    return participant, activity, own.select_related("participant").first()


@require_http_methods(["GET", "HEAD", "POST"])
def feedback(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """The shared draft, or what was submitted."""
    participant, activity, found = _place(request, slug, reference)
    form = FeedbackForm(request.POST if request.method == "POST" else None, initial=FeedbackForm.initial_of(found))
    if request.method == "POST" and form.is_valid():
        try:
            service.save_feedback(
                participant=participant,
                activity=activity,
                words=form.cleaned_data,
                expected_version=form.cleaned_data["version"] or 0,
                by=me(request),
            )
        except Conflict as conflict:
            return _conflict(request, form, conflict.current, activity, slug)
        except DomainError as error:
            show_error(form, error)
        else:
            messages.success(request, _("The draft is saved. Only your own participant sees it."))
            return redirect("activities:feedback", slug, reference)
    context = {
        "participant": participant,
        "activity": activity,
        "feedback": found,
        "form": form,
        "submit_form": NumberForm(initial={"number": found.version if found else 0}),
        "may_submit": has_permission(request.user, Permission.NOMINATE, participant=participant),
    }
    return render(request, "activities/feedback.html", context, status=422 if form.errors else 200)


def _conflict(
    request: HttpRequest, form: FeedbackForm, current: ActivityFeedback | None, activity: Activity, slug: str
) -> HttpResponse:
    theirs = FeedbackForm(initial=FeedbackForm.initial_of(current))
    mine = request.POST.copy()
    mine["version"] = str(current.version if current else 0)
    context = {
        "form": FeedbackForm(mine),
        "rows": differences(form, theirs, skip="version"),
        "back": reverse("activities:feedback", args=[slug, activity.reference]),
        "title": activity.title,
    }
    return render(request, "members/directory_conflict.html", context, status=409)


@require_POST
def feedback_submit(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """Give the draft to the secretariat, once."""
    participant, _activity, found = _place(request, slug, reference)
    check_can(request.user, Permission.NOMINATE, participant=participant)
    form = NumberForm(request.POST)
    if found is None or not form.is_valid():
        messages.error(request, _("There is no draft yet. Write and save one first."))
        return redirect("activities:feedback", slug, reference)
    try:
        service.submit_feedback(feedback=found, expected_version=form.cleaned_data["number"], by=me(request))
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The feedback is submitted. The secretariat reads it."))
    return redirect("activities:feedback", slug, reference)
