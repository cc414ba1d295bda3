"""A list of contacts on its way into the directory, and two entries that turned out to be one person."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.enums import SheetKind
from members.models.base import Versioned, VisibleQuerySet, paired
from members.models.official import Official
from members.models.visibility import SecretariatQuerySet, rights_of

if TYPE_CHECKING:
    from members.models.user import AnyUser

KEPT_FOR = timedelta(hours=24)
UNDO_WITHIN = timedelta(minutes=10)


class ImportBatchQuerySet[M: models.Model](VisibleQuerySet[M]):
    def current(self) -> Self:
        """Lists that are not older than a day; older ones are gone for everybody, deleted or not."""
        return self.filter(started_at__gt=timezone.now() - KEPT_FOR)

    def outdated(self) -> Self:
        return self.filter(started_at__lte=timezone.now() - KEPT_FOR)

    def visible_to(self, user: AnyUser) -> Self:
        """A person's own lists, while that person works at the secretariat."""
        if not rights_of(user).is_secretariat:
            return self.none()
        return self.current().filter(owner=user.pk)


# Without a history: it holds personal values, is deleted after a day, and what it does to the directory is in that history.
class ImportBatch(Versioned):
    """A pasted or uploaded list: its cells as text, what was decided about them, and afterwards what was made of it.

    `rows` holds {"line": number, "cells": [text, …], "choice": "", "as_is": false} in the order of the list;
    `columns` the field of each column, "" for none. `decisions` maps "participant" and "ministry" to what a name means.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=SheetKind)
    filename = models.CharField(max_length=160, blank=True)
    encoding = models.CharField(max_length=20, blank=True)
    headings: Any = models.JSONField(default=list)
    columns: Any = models.JSONField(default=list)
    rows: Any = models.JSONField(default=list)
    decisions: Any = models.JSONField(default=dict)
    participant = models.ForeignKey("members.Participant", models.CASCADE, null=True, blank=True, related_name="+")
    names_places = models.BooleanField(default=True)
    started_at = models.DateTimeField(default=timezone.now)
    made: Any = models.JSONField(default=dict)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("list to import")
        ordering = ["-started_at", "-pk"]
        constraints = [
            paired("import_batch", "confirmed"),
            paired("import_batch", "undone"),
            models.CheckConstraint(
                name="ck_import_batch_undone_after_confirmed",
                condition=Q(undone_at__isnull=True) | Q(confirmed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.filename or str(self.get_kind_display())

    @property
    def may_be_undone(self) -> bool:
        """Whether the ten minutes after Confirm still run."""
        if self.confirmed_at is None or self.undone_at is not None:
            return False
        return timezone.now() < self.confirmed_at + UNDO_WITHIN

    @property
    def undo_until(self) -> Any:
        return self.confirmed_at + UNDO_WITHIN if self.confirmed_at else None


@pghistory.track(exclude=["before", "after"])
class MergeRecord(Versioned):
    """Two officials that are one person: `merged` points to `kept` through it until the merge is undone.

    `moved` maps "app.model.field" to the keys of the rows that were moved; `before` and `after` hold values of both.
    """

    kept = models.ForeignKey(Official, models.PROTECT, related_name="merges")
    merged = models.ForeignKey(Official, models.PROTECT, related_name="merges_away")
    moved: Any = models.JSONField(default=dict)
    before: Any = models.JSONField(default=dict)
    after: Any = models.JSONField(default=dict)
    merged_at = models.DateTimeField(default=timezone.now)
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = SecretariatQuerySet.as_manager()

    class Meta:
        verbose_name = _("merge of two entries")
        ordering = ["-merged_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="ck_merge_record_two_officials", condition=~Q(kept=F("merged"))),
            models.UniqueConstraint(fields=["merged"], name="uniq_merge_record_open", condition=Q(undone_at__isnull=True)),
            paired("merge_record", "undone"),
        ]

    def __str__(self) -> str:
        return f"{self.merged_id} → {self.kept_id}"
