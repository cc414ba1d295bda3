"""Who may see what in members, as Q objects: imports no model and asks no permission module."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from members.models.base import DatedQuerySet, VisibleQuerySet
from members.roles import NO_RIGHTS, Rights

if TYPE_CHECKING:
    from members.models.user import AnyUser

NOTHING = Q(pk__in=())
EVERYTHING = ~NOTHING


def rights_of(user: AnyUser) -> Rights:
    """Rights of `user` from appointments that are current now; none for anonymous, inactive and service accounts."""
    if not user.is_authenticated or not user.is_active:
        return NO_RIGHTS
    return user.rights


class ContactQuerySet[M: models.Model](DatedQuerySet[M]):
    """Officials and offices: names and addresses, never public."""

    def visible_to(self, user: AnyUser) -> Self:
        """All for the secretariat; for a person of a participant, that participant's own."""
        rights = rights_of(user)
        if rights.is_secretariat:
            return self.all()
        return self.filter(participant__in=rights.belongs_to)


class SecretariatQuerySet[M: models.Model](VisibleQuerySet[M]):
    """Rows that only the secretariat sees: letters, deliveries, records of access."""

    def visible_to(self, user: AnyUser) -> Self:
        return self.all() if rights_of(user).is_secretariat else self.none()


class AdministratorQuerySet[M: models.Model](VisibleQuerySet[M]):
    """Rows that only an administrator of the secretariat sees."""

    def visible_to(self, user: AnyUser) -> Self:
        return self.all() if rights_of(user).is_administrator else self.none()


class OwnAccountQuerySet[M: models.Model](VisibleQuerySet[M]):
    """Rows about one account (`user`): for that person, and for an administrator of the secretariat."""

    def visible_to(self, user: AnyUser) -> Self:
        if rights_of(user).is_administrator:
            return self.all()
        return self.filter(user=user.pk) if user.is_authenticated else self.none()


class StandingItemQuerySet[M: models.Model](VisibleQuerySet[M]):
    """What stands on a body's agendas: the steering group and the secretariat."""

    def visible_to(self, user: AnyUser) -> Self:
        rights = rights_of(user)
        return self.all() if rights.in_steering_group or rights.is_secretariat else self.none()


class ForumContactQuerySet[M: models.Model](DatedQuerySet[M]):
    """Posts of other forums that can be written to: the secretariat's alone."""

    def visible_to(self, user: AnyUser) -> Self:
        return self.all() if rights_of(user).is_secretariat else self.none()
