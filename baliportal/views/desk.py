"""The desk: work to do, from real rows."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from activities.selectors_corrections import correction_tasks
from activities.selectors_desk import (
    Task,
    meetings_to_set,
    needs_attention,
    recently_changed,
    recommendation_tasks,
    waiting_for_others,
)
from activities.selectors_planning import review_tasks
from members.permissions import require_desk
from members.selectors_desk import contact_tasks, delivery_tasks
from reports.selectors_due import report_tasks


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """What needs the secretariat, what it waits for, what changed last."""
    require_desk(request.user)
    user = request.user
    needs: list[Task] = sorted([*needs_attention(user), *report_tasks(user)], key=lambda task: -task.late)
    needs += [*review_tasks(user), *correction_tasks(user), *recommendation_tasks(user), *meetings_to_set(user)]
    context = {
        "needs": needs,
        "deliveries": delivery_tasks(request.user),
        "contacts": contact_tasks(request.user),
        "waiting": waiting_for_others(request.user),
        "changed": recently_changed(request.user),
    }
    return render(request, "portal/desk.html", context)
