"""What a participant says of itself, and whether others may read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models.base import Versioned, VisibleQuerySet
from members.models.visibility import rights_of

if TYPE_CHECKING:
    from members.models.user import AnyUser


class DeclarationQuerySet[M: models.Model](VisibleQuerySet[M]):
    """A declaration belongs to its participant; others, the secretariat among them, see it where it is shown publicly."""

    def visible_to(self, user: AnyUser) -> Self:
        return self.filter(Q(is_public=True) | Q(participant__in=rights_of(user).belongs_to))


# The history says when and by whom it was changed, not to what: it is the participant's own.
@pghistory.track(exclude=["is_source", "is_transit", "is_destination"])
class ParticipantDeclaration(Versioned):
    """A participant's own words for itself: source, transit, destination; several at once, never inferred [19]."""

    participant = models.OneToOneField("members.Participant", models.PROTECT, related_name="declaration")
    is_source = models.BooleanField(_("Source"), default=False)
    is_transit = models.BooleanField(_("Transit"), default=False)
    is_destination = models.BooleanField(_("Destination"), default=False)
    is_public = models.BooleanField(_("Show this on our public page"), default=False)
    declared_at = models.DateTimeField(default=timezone.now)
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = DeclarationQuerySet.as_manager()

    class Meta:
        verbose_name = _("declaration")
        constraints = [
            models.CheckConstraint(
                name="ck_declaration_public_says_something",
                condition=Q(is_public=False) | Q(is_source=True) | Q(is_transit=True) | Q(is_destination=True),
                violation_error_message=_("Choose at least one word before showing it on the public page."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.participant_id}: {self.declared_at:%Y-%m-%d}"

    @property
    def words(self) -> list[str]:
        """What is declared, in the active language."""
        said = {_("Source"): self.is_source, _("Transit"): self.is_transit, _("Destination"): self.is_destination}
        return [str(word) for word, is_said in said.items() if is_said]
