"""Where signing in leads."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from members.models.visibility import rights_of


@require_safe
def after_login(request: HttpRequest) -> HttpResponse:
    """The desk, the national space, the steering group's room, or the first page."""
    rights = rights_of(request.user)
    if rights.is_secretariat:
        return redirect("desk")
    if rights.belongs_to:
        return redirect("activities:national")
    if rights.in_steering_group:
        return redirect("reports:steering_group_room")
    return redirect("home")
