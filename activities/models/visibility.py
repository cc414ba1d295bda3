"""Who may see what in activities, as Q objects: imports no model and asks no permission module."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from members.models.base import VisibleQuerySet
from members.models.visibility import EVERYTHING, NOTHING, rights_of
from members.roles import Rights

if TYPE_CHECKING:
    from members.models.user import AnyUser


def activity_q(rights: Rights, prefix: str = "") -> Q:
    """Activities that `rights` may see, as lookups behind `prefix` ("activity__").

    Published and of a class the person reads, or released by time, or invited to it; the secretariat sees drafts too.
    A withdrawn activity stays visible: its page says why it was withdrawn.
    """
    if rights.is_secretariat:
        return EVERYTHING
    published = Q(**{f"{prefix}published_at__isnull": False})
    readable = Q(**{f"{prefix}access_class__in": rights.access}) | Q(**{f"{prefix}release_at__lte": timezone.now()})
    invited = NOTHING
    if rights.represents:
        invited = Q(
            **{
                f"{prefix}invitations__participant__in": rights.represents,
                f"{prefix}invitations__issued_at__isnull": False,
                f"{prefix}invitations__withdrawn_at__isnull": True,
            }
        )
    return published & readable | invited


class ActivityQuerySet[M: models.Model](VisibleQuerySet[M]):
    """Activities."""

    def visible_to(self, user: AnyUser) -> Self:
        rights = rights_of(user)
        found = self.filter(activity_q(rights))
        return found.distinct() if rights.represents and not rights.is_secretariat else found

    def live(self) -> Self:
        """Not withdrawn: what lists, counts and feeds show."""
        return self.filter(withdrawn_at__isnull=True)


class OfActivityQuerySet[M: models.Model](VisibleQuerySet[M]):
    """Rows that anybody may see who sees their activity: hosts, sessions."""

    def visible_to(self, user: AnyUser) -> Self:
        return self.filter(activity_q(rights_of(user), "activity__")).distinct()


class InvitationQuerySet[M: models.Model](VisibleQuerySet[M]):
    """Invitations belong to the participant, so a successor sees them too."""

    def visible_to(self, user: AnyUser) -> Self:
        rights = rights_of(user)
        if rights.is_secretariat:
            return self.all()
        return self.filter(participant__in=rights.belongs_to, issued_at__isnull=False)


class OfInvitationQuerySet[M: models.Model](VisibleQuerySet[M]):
    """Nominations: the secretariat and the participant that made them."""

    def visible_to(self, user: AnyUser) -> Self:
        rights = rights_of(user)
        if rights.is_secretariat:
            return self.all()
        return self.filter(invitation__participant__in=rights.belongs_to)


class DelegateQuerySet[M: models.Model](VisibleQuerySet[M]):
    """Delegates: names are never public; the secretariat and the delegate's own participant see them."""

    def visible_to(self, user: AnyUser) -> Self:
        rights = rights_of(user)
        if rights.is_secretariat:
            return self.all()
        return self.filter(participant__in=rights.belongs_to)


class AttendanceQuerySet[M: models.Model](VisibleQuerySet[M]):
    def visible_to(self, user: AnyUser) -> Self:
        rights = rights_of(user)
        if rights.is_secretariat:
            return self.all()
        return self.filter(delegate__participant__in=rights.belongs_to)


class OwnParticipantQuerySet[M: models.Model](VisibleQuerySet[M]):
    """The national space: seen by its one participant, and by nobody at the secretariat."""

    def visible_to(self, user: AnyUser) -> Self:
        return self.filter(participant__in=rights_of(user).belongs_to)


class ReplyQuerySet[M: models.Model](VisibleQuerySet[M]):
    """Replies: the participant's own at any time; the secretariat's only once submitted."""

    def visible_to(self, user: AnyUser) -> Self:
        rights = rights_of(user)
        own = Q(participant__in=rights.represents)
        if rights.is_secretariat:
            return self.filter(own | Q(submitted_at__isnull=False))
        return self.filter(own)


class SteeringGroupQuerySet[M: models.Model](VisibleQuerySet[M]):
    """Proposals: the steering group and the secretariat."""

    def visible_to(self, user: AnyUser) -> Self:
        rights = rights_of(user)
        return self.all() if rights.in_steering_group or rights.is_secretariat else self.none()


class ConsultationQuerySet[M: models.Model](VisibleQuerySet[M]):
    def visible_to(self, user: AnyUser) -> Self:
        rights = rights_of(user)
        if rights.is_secretariat:
            return self.all()
        seen = NOTHING
        if rights.in_steering_group:
            seen |= Q(audience="steering-group", opened_at__isnull=False)
        if rights.represents:
            seen |= Q(audience="participants", opened_at__isnull=False)
        return self.filter(seen)


class CorrectionQuerySet[M: models.Model](VisibleQuerySet[M]):
    """Requests to correct the record: the participant that asked, and the secretariat that answers."""

    def visible_to(self, user: AnyUser) -> Self:
        rights = rights_of(user)
        if rights.is_secretariat:
            return self.all()
        return self.filter(participant__in=rights.belongs_to)


class AgendaQuerySet[M: models.Model](VisibleQuerySet[M]):
    """Agendas: the secretariat at any time; the steering group once published, for meetings that it may see."""

    prefix = ""

    def visible_to(self, user: AnyUser) -> Self:
        rights = rights_of(user)
        if rights.is_secretariat:
            return self.all()
        if not rights.in_steering_group:
            return self.none()
        published = Q(**{f"{self.prefix}published_at__isnull": False})
        return self.filter(published & activity_q(rights, f"{self.prefix}activity__")).distinct()


class OfAgendaQuerySet[M: models.Model](AgendaQuerySet[M]):
    """Items of agendas."""

    prefix = "agenda__"


class OfCallQuerySet[M: models.Model](SteeringGroupQuerySet[M]):
    """Who took part in calls: whoever may read the calls."""
