"""Reads and exports of restricted material leave no row change, so they are written down here."""

import pgtrigger
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.enums import AccessAction
from members.models.base import append_only
from members.models.visibility import AdministratorQuerySet


class AccessRecord(models.Model):
    """One read, export or denial: labels and ids without foreign keys, so that no deletion breaks the log."""

    at = models.DateTimeField(default=timezone.now)
    actor_id = models.BigIntegerField(null=True)
    participant_label = models.CharField(max_length=160, blank=True)
    action = models.CharField(max_length=12, choices=AccessAction)
    object_label = models.CharField(max_length=60)
    object_ref = models.CharField(max_length=120)
    address = models.CharField(max_length=250, blank=True)
    request_id = models.CharField(max_length=64, blank=True)

    objects = AdministratorQuerySet.as_manager()

    class Meta:
        verbose_name = _("access record")
        ordering = ["-at", "-pk"]
        triggers: list[pgtrigger.Trigger] = [append_only()]

    def __str__(self) -> str:
        return f"{self.action} {self.object_label} {self.object_ref}"
