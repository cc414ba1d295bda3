"""Who may see what in reports, as Q objects: imports no model and asks no permission module."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from members.models.base import VisibleQuerySet
from members.models.visibility import EVERYTHING, rights_of
from members.roles import Rights

if TYPE_CHECKING:
    from members.models.user import AnyUser


def document_q(rights: Rights, prefix: str = "") -> Q:
    """Documents that `rights` may see: published and of a class the person reads, or released by time."""
    if rights.is_secretariat:
        return EVERYTHING
    published = Q(**{f"{prefix}published_at__isnull": False})
    readable = Q(**{f"{prefix}access_class__in": rights.access}) | Q(**{f"{prefix}release_at__lte": timezone.now()})
    return published & readable


class DocumentQuerySet[M: models.Model](VisibleQuerySet[M]):
    def visible_to(self, user: AnyUser) -> Self:
        return self.filter(document_q(rights_of(user)))

    def live(self) -> Self:
        """Not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)


class OfDocumentQuerySet[M: models.Model](VisibleQuerySet[M]):
    """Versions of documents."""

    def visible_to(self, user: AnyUser) -> Self:
        return self.filter(document_q(rights_of(user), "document__"))


def report_q(rights: Rights, prefix: str = "") -> Q:
    """Progress reports: the secretariat at any time; holders of an approving seat once frozen."""
    if rights.is_secretariat:
        return EVERYTHING
    if rights.approving_seats:
        return Q(**{f"{prefix}frozen_at__isnull": False})
    return ~EVERYTHING


class ProgressReportQuerySet[M: models.Model](VisibleQuerySet[M]):
    def visible_to(self, user: AnyUser) -> Self:
        return self.filter(report_q(rights_of(user)))


class OfReportQuerySet[M: models.Model](VisibleQuerySet[M]):
    """Renderings of reports."""

    def visible_to(self, user: AnyUser) -> Self:
        return self.filter(report_q(rights_of(user), "report__"))


class ApprovalQuerySet[M: models.Model](VisibleQuerySet[M]):
    def visible_to(self, user: AnyUser) -> Self:
        return self.filter(report_q(rights_of(user), "rendering__report__"))
