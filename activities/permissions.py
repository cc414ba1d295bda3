"""Who may do what with activities: verbs only. What may be seen is each manager's `visible_to(user)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _

from activities.enums import ConsultationAudience
from activities.models import Activity, Consultation, Invitation, Proposal
from activities.models.visibility import InvitationQuerySet
from members.models import Participant
from members.models.visibility import rights_of
from members.permissions import has_permission, require_desk
from members.roles import Permission

if TYPE_CHECKING:
    from members.models import AnyUser


def get_activity_at_desk(user: AnyUser, reference: str) -> Activity:
    """An activity as the desk sees it, drafts included. Raises Http404 for everybody else."""
    require_desk(user)
    try:
        return Activity.objects.visible_to(user).select_related("kind").get(reference=reference.replace("\x00", "?"))
    except Activity.DoesNotExist as error:
        raise Http404 from error


def get_invitation_for(user: AnyUser, slug: str, pk: int, rows: InvitationQuerySet[Invitation] | None = None) -> Invitation:
    """An invitation, of `rows` where given, of the person's own participant.

    Raises Http404, also for the secretariat and for another's.
    """
    found = Invitation.objects.all() if rows is None else rows
    own = found.visible_to(user).filter(participant__in=rights_of(user).belongs_to, participant__slug=slug)
    try:
        return own.select_related("activity__kind", "participant").get(pk=pk)
    except Invitation.DoesNotExist as error:
        raise Http404 from error


def require_room(user: AnyUser) -> None:
    """The steering group's room does not exist but for its members and the secretariat: raise Http404 for all others."""
    rights = rights_of(user)
    if not (rights.in_steering_group or rights.is_secretariat):
        raise Http404


def get_consultation_at_desk(user: AnyUser, pk: int) -> Consultation:
    """A consultation as the desk sees it, drafts included. Raises Http404 for everybody else."""
    require_desk(user)
    try:
        return Consultation.objects.visible_to(user).get(pk=pk)
    except Consultation.DoesNotExist as error:
        raise Http404 from error


def get_proposal_at_desk(user: AnyUser, pk: int) -> Proposal:
    """A proposal, for who works at the desk. Raises Http404 for everybody else."""
    require_desk(user)
    try:
        return Proposal.objects.visible_to(user).select_related("coordinator__role", "review_by").get(pk=pk)
    except Proposal.DoesNotExist as error:
        raise Http404 from error


def get_call_for(user: AnyUser, participant: Participant, pk: int, audience: ConsultationAudience) -> Consultation:
    """A consultation that was addressed to `participant`, as who answers for it sees it. Raises Http404."""
    addressed = Consultation.objects.filter(opened_at__isnull=False, audience=audience, addressees__participant=participant)
    try:
        found = addressed.get(pk=pk)
    except Consultation.DoesNotExist as error:
        raise Http404 from error
    if not may_draft(user, found, participant):
        raise Http404
    return found


def may_draft(user: AnyUser, consultation: Consultation, participant: Participant) -> bool:
    """Whether `user` reads and drafts the reply of `participant`: its ministries, or the holder of its seat."""
    if consultation.audience == ConsultationAudience.STEERING_GROUP:
        return participant.pk in rights_of(user).sits_for
    return has_permission(user, Permission.SEE_NATIONAL_SPACE, participant=participant)


def may_submit(user: AnyUser, consultation: Consultation, participant: Participant) -> bool:
    """Whether `user` gives the one position of `participant`: its focal points, or the holder of its seat."""
    if consultation.audience == ConsultationAudience.STEERING_GROUP:
        return participant.pk in rights_of(user).sits_for
    return has_permission(user, Permission.NOMINATE, participant=participant)


def check_may_draft(user: AnyUser, consultation: Consultation, participant: Participant) -> None:
    """Raise PermissionDenied unless `user` drafts for `participant`."""
    if not may_draft(user, consultation, participant):
        raise PermissionDenied(_("You may see this page, but not do this."))


def check_may_submit(user: AnyUser, consultation: Consultation, participant: Participant) -> None:
    """Raise PermissionDenied unless `user` submits for `participant`."""
    if not may_submit(user, consultation, participant):
        raise PermissionDenied(_("Only the focal point submits the national position."))
