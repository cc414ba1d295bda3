"""Reviews at the desk: one page that goes through all goals and objectives of a meeting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activities.forms_reviews import ReviewForm, SettleForm, shared_choices
from activities.models import Activity, OpenChallenge, Review
from activities.permissions import get_activity_at_desk
from activities.selectors_objectives import open_challenges
from activities.selectors_reviews import aims_for, review_meetings
from activities.services import reviews as service
from members.errors import Conflict, DomainError
from members.models import User
from members.permissions import require_desk
from members.views.shared import differing, show_error

PAGE_SIZE = 50


@dataclass
class Part:
    """One goal or objective on the page: what the meeting found so far, and the form."""

    aim: Any
    review: Review | None
    form: ReviewForm
    stands: str = ""  # what is saved, in words, whatever was typed
    is_open: bool = False


@require_safe
def review_meetings_list(request: HttpRequest) -> HttpResponse:
    """Meetings of senior officials and ministers with what each has reviewed."""
    require_desk(request.user)
    page = Paginator(review_meetings(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "challenges": open_challenges(request.user)}
    return render(request, "activities/review_meetings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def review_meeting(request: HttpRequest, reference: str) -> HttpResponse:
    """All goals and objectives of a meeting; each review is saved on its own, by the form that names its aim."""
    meeting = get_activity_at_desk(request.user, reference)
    chosen = request.POST.get("aim", "") if request.method == "POST" else ""
    parts = _parts(request, meeting, chosen)
    if request.method == "POST":
        part = next((part for part in parts if part.aim.code == chosen), None)
        if part is None:
            raise Http404
        if part.form.is_valid() and (answer := _save(request, meeting, part)):
            return answer
    return _page(request, meeting, parts, status=422 if any(part.form.errors for part in parts) else 200)


def _parts(request: HttpRequest, meeting: Activity, chosen: str) -> list[Part]:
    """All forms of the page; the one whose aim is `chosen` holds what was posted."""
    choices, parts = shared_choices(), []
    for aim, review in aims_for(request.user, meeting):
        posted = request.POST if chosen == aim.code else None
        form = ReviewForm(
            posted, instance=review or Review(meeting=meeting), prefix=aim.code, choices=choices, reader=request.user
        )
        parts.append(Part(aim, review, form, _stands(review), is_open=posted is not None))
    return parts


def _stands(review: Review | None) -> str:
    if review is None:
        return _("not reviewed yet")
    return ", ".join(part for part in (review.get_outcome_display(), review.status_qualifier) if part)


def _save(request: HttpRequest, meeting: Activity, part: Part) -> HttpResponse | None:
    """The answer after saving; None where a rule stands against it, which the form then says."""
    form = part.form
    expected = form.cleaned_data["expected_version"] or 0
    try:
        service.save_review(
            meeting=meeting, aim=part.aim, finding=form.result(), expected_version=expected, by=cast("User", request.user)
        )
    except Conflict as conflict:
        back = reverse("activities:review_meeting", args=[meeting.reference])
        context = differing(request.POST, form, ReviewForm, conflict.current, prefix=part.aim.code, reader=request.user)
        context |= {"back": back, "title": str(part.aim), "aim": part.aim}
        return render(request, "activities/review_conflict.html", context, status=409)
    except (DomainError, ValidationError) as error:
        show_error(form, error)
        return None
    messages.success(request, _("%(aim)s: the review is saved.") % {"aim": part.aim})
    return redirect(f"{reverse('activities:review_meeting', args=[meeting.reference])}#{part.aim.code}")


def _page(
    request: HttpRequest,
    meeting: Activity,
    parts: list[Part],
    *,
    settling: tuple[int, SettleForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    carried = [
        (row, settling[1] if settling and settling[0] == row.pk else SettleForm(prefix=f"challenge-{row.pk}"))
        for row in open_challenges(request.user, before=meeting)
    ]
    context = {
        "meeting": meeting,
        "parts": parts,
        "forms": [part.form for part in parts] + [form for _row, form in carried],
        "carried": carried,
        "done": sum(part.review is not None for part in parts),
        "settled": meeting.challenges_settled.select_related("review__meeting"),
    }
    return render(request, "activities/review_meeting.html", context, status=status)


@require_POST
def challenge_settle(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Note how this meeting settled a challenge that an earlier one left open."""
    meeting = get_activity_at_desk(request.user, reference)
    challenge = get_object_or_404(OpenChallenge.objects.visible_to(request.user), pk=pk)
    form = SettleForm(request.POST, prefix=f"challenge-{pk}")
    if form.is_valid():
        try:
            service.settle_challenge(
                challenge=challenge, meeting=meeting, by=cast("User", request.user), settlement=form.cleaned_data["settlement"]
            )
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, _("The challenge is settled and leaves the agenda."))
        return redirect("activities:review_meeting", reference)
    return _page(request, meeting, _parts(request, meeting, ""), settling=(pk, form), status=422)
