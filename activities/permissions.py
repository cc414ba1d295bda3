"""Who may do what with activities: verbs only. What may be seen is each manager's `visible_to(user)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404

from activities.models import Activity, Invitation
from members.models.visibility import rights_of
from members.permissions import get_participant_for, require_desk

if TYPE_CHECKING:
    from members.models import AnyUser


def get_activity_at_desk(user: AnyUser, reference: str) -> Activity:
    """An activity as the desk sees it, drafts included. Raises Http404 for everybody else."""
    require_desk(user)
    try:
        return Activity.objects.visible_to(user).select_related("kind").get(reference=reference.replace("\x00", "?"))
    except Activity.DoesNotExist as error:
        raise Http404 from error


def get_invitation_for(user: AnyUser, slug: str, pk: int) -> Invitation:
    """An invitation of the person's own participant. Raises Http404, also for the secretariat and for another's."""
    participant = get_participant_for(user, slug)
    found = Invitation.objects.visible_to(user).filter(participant=participant).select_related("activity__kind", "participant")
    try:
        return found.get(pk=pk)
    except Invitation.DoesNotExist as error:
        raise Http404 from error


def require_room(user: AnyUser) -> None:
    """The steering group's room does not exist but for its members and the secretariat: raise Http404 for all others."""
    rights = rights_of(user)
    if not (rights.in_steering_group or rights.is_secretariat):
        raise Http404
