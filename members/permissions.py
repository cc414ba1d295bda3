"""Who may do what: verbs only. What may be seen is each manager's `visible_to(user)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from members.models import Participant
from members.models.visibility import rights_of
from members.roles import Permission

if TYPE_CHECKING:
    from members.models import AnyUser


def has_permission(user: AnyUser, permission: Permission, *, participant: Participant | None = None) -> bool:
    """Whether a current appointment of `user` gives `permission`, on `participant` where one is named."""
    rights = rights_of(user)
    if permission not in rights.permissions:
        return False
    if participant is None:
        return True
    if permission == Permission.NOMINATE:
        return participant.pk in rights.speaks_for
    if permission == Permission.COORDINATE:
        return participant.pk in rights.speaks_for | rights.leads
    return participant.pk in rights.belongs_to


def check_can(user: AnyUser, permission: Permission, *, participant: Participant | None = None) -> None:
    """Raise PermissionDenied unless `user` has `permission`."""
    if not has_permission(user, permission, participant=participant):
        raise PermissionDenied(_("You may see this page, but not do this."))


def require_desk(user: AnyUser) -> None:
    """The desk does not exist for those who do not work there: raise Http404 for everybody else."""
    if not rights_of(user).is_secretariat:
        raise Http404


def get_participant_for(user: AnyUser, slug: str, rows: QuerySet[Participant] | None = None) -> Participant:
    """The participant, of `rows` where given, whose national space `user` may enter. Raises Http404, also for the secretariat."""
    participants = Participant.objects.all() if rows is None else rows
    try:
        return participants.filter(pk__in=rights_of(user).belongs_to).get(slug=slug)
    except Participant.DoesNotExist as error:
        raise Http404 from error
