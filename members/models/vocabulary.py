"""Vocabularies that staff can edit as rows."""

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from members.models.base import Vocabulary, VocabularyQuerySet
from members.roles import PERMISSION_SETS, Permission


@pghistory.track()
class Portfolio(Vocabulary):
    """What a ministry is responsible for [3]. Where one `is_channel`, the ministry that has it passes letters on [18]."""

    is_channel = models.BooleanField(_("letters go through this ministry"), default=False)

    objects = VocabularyQuerySet.as_manager()

    class Meta(Vocabulary.Meta):
        verbose_name = _("portfolio")


@pghistory.track()
class Topic(Vocabulary):
    """What a focal point is named for [14]."""

    objects = VocabularyQuerySet.as_manager()

    class Meta(Vocabulary.Meta):
        verbose_name = _("topic")


@pghistory.track()
class Region(Vocabulary):
    objects = VocabularyQuerySet.as_manager()

    class Meta(Vocabulary.Meta):
        verbose_name = _("region")


@pghistory.track()
class ForumKind(Vocabulary):
    objects = VocabularyQuerySet.as_manager()

    class Meta(Vocabulary.Meta):
        verbose_name = _("kind of forum")


@pghistory.track()
class SeatRole(Vocabulary):
    """A role in a body. Only `is_member` is shown as membership; `permission_set` names rights kept in code."""

    is_member = models.BooleanField(_("member"), default=False)
    approves = models.BooleanField(_("approves reports"), default=False)
    permission_set = models.CharField(_("permission set"), max_length=40, blank=True)

    objects = VocabularyQuerySet.as_manager()

    class Meta(Vocabulary.Meta):
        verbose_name = _("seat role")

    @property
    def permissions(self) -> frozenset[Permission]:
        """Rights of who holds a seat in this role; a set that code does not know gives none."""
        return PERMISSION_SETS.get(self.permission_set, frozenset())
