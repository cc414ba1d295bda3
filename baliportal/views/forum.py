"""One other forum with all that the record says of it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from activities.selectors_exchanges import public_outreach
from activities.selectors_forums import (
    activities_of_forum,
    hosted_by,
    joint_activities,
    objectives_moved_to,
    outreach_to,
    references_by,
)
from members.as_of import as_of_form
from members.models import Forum
from members.models.base import today
from members.models.visibility import rights_of
from members.selectors_forums import members_of, past_members_of, with_code


@require_safe
@login_not_required
def forum_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Relation, members as of a day, activities held with it, objectives moved to it, and where it cited the process."""
    form = as_of_form(request.GET)
    user = request.user
    forums = Forum.objects.visible_to(user).select_related("kind", "region", "participant").prefetch_related("source")
    forum = get_object_or_404(with_code(forums, code))
    rights = rights_of(user)
    context = {
        "forum": forum,
        "form": form,
        "asked": form.day,
        "members": members_of(user, forum, form.day or today()),
        "past_members": past_members_of(user, forum),
        "joint": joint_activities(user, forum),
        "hostings": hosted_by(user, forum),
        "moved": objectives_moved_to(user, forum),
        "references": references_by(user, forum),
        "outreach": outreach_to(user, forum),
        "public_outreach": public_outreach(forum),
        "own_activities": activities_of_forum(user, forum),
        "sees_restricted": rights.in_steering_group or rights.is_secretariat,
        "sources": forum.source.all(),
        "is_secretariat": rights.is_secretariat,
    }
    return render(request, "portal/forum_detail.html", context, status=200 if form.is_valid() else 422)
