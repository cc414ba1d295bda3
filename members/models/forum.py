"""Other processes and regional bodies [89-92]."""

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from members.models.base import Sourced, Versioned, VisibleQuerySet


@pghistory.track()
class Forum(Versioned, Sourced):
    """Another process or regional body, and its relation to this one."""

    code = models.CharField(max_length=24, unique=True)
    short_name = models.CharField(max_length=60)
    full_name = models.CharField(max_length=250)
    kind = models.ForeignKey("members.ForumKind", models.PROTECT, related_name="forums")
    region = models.ForeignKey("members.Region", models.PROTECT, null=True, blank=True, related_name="forums")
    founded = models.PositiveSmallIntegerField(null=True, blank=True)
    relationship = models.TextField(blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("forum")
        ordering = ["full_name"]

    def __str__(self) -> str:
        return self.full_name
