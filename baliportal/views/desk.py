"""The desk: work to do."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from members.permissions import require_desk


def desk(request: HttpRequest) -> HttpResponse:
    require_desk(request.user)
    return render(request, "portal/desk.html")
