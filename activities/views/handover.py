"""What a successor takes over: the note of the one before, and everything of the participant that is open."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from activities.models import Activity, Invitation
from activities.services.nominations import check_open
from members.errors import DomainError
from members.models import Handover, User
from members.models.base import today
from members.services.appointments import read_handover


@require_http_methods(["GET", "HEAD", "POST"])
def handover(request: HttpRequest, pk: int) -> HttpResponse:
    """The successor's page. Invitations and delegations belong to the participant, so all that is open stands here."""
    rows = Handover.objects.visible_to(request.user).select_related(
        *("outgoing__official", "outgoing__office", "outgoing__participant", "outgoing__topic"),
        *("outgoing__seat__body", "outgoing__seat__role", "outgoing__seat__participant", "incoming__official"),
    )
    found = get_object_or_404(rows, pk=pk)
    if request.method == "POST":
        try:
            read_handover(handover=found, by=cast("User", request.user))
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, _("Noted that you have read it."))
        return redirect("activities:handover", pk)
    place = found.outgoing.participant or (found.outgoing.seat.participant if found.outgoing.seat else None)
    invitations = Invitation.objects.visible_to(request.user).filter(participant=place).select_related("activity", "participant")
    is_successor = bool(found.incoming and found.incoming.official and found.incoming.official.user_id == request.user.pk)
    context = {
        "handover": found,
        "outgoing": found.outgoing,
        "participant": place,
        "open": [row for row in invitations.order_by("reply_by", "pk") if _is_open(row)],
        "ahead": Activity.objects.visible_to(request.user)
        .filter(delegate_rows__participant=place, delegate_rows__withdrawn_at__isnull=True, last_day__gte=today())
        .distinct()
        .order_by("start", "pk"),
        "may_read": is_successor and found.read_at is None,
    }
    return render(request, "activities/handover.html", context)


def _is_open(invitation: Invitation) -> bool:
    try:
        check_open(invitation)
    except DomainError:
        return False
    return True
