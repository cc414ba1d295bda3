"""Certificates of attendance: what was attested, to whom, and whether it still holds."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.enums import CertificateEnd
from activities.models.visibility import AttendanceQuerySet
from members.models.base import paired


@pghistory.track(exclude=["facts"])
class Certificate(models.Model):
    """What one certificate says. Its facts never change: a correction is a new certificate, and the old one says so."""

    code = models.CharField(_("code"), max_length=24)
    delegate = models.ForeignKey("activities.Delegate", models.PROTECT, related_name="certificates")
    facts = models.JSONField()  # name, participant, activity and days as printed: see activities.selectors_certificates
    issued_at = models.DateTimeField(_("issued on"), default=timezone.now)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    why = models.CharField(_("why it no longer holds"), max_length=10, choices=CertificateEnd, blank=True)
    withdrawn_reason = models.CharField(_("reason"), max_length=400, blank=True)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate of attendance")
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["code"], name="uniq_certificate_code"),
            models.UniqueConstraint(fields=["delegate"], name="uniq_certificate_holding", condition=Q(withdrawn_at__isnull=True)),
            models.CheckConstraint(
                name="ck_certificate_withdrawn_says_why",
                condition=Q(withdrawn_at__isnull=True, why="")
                | (Q(withdrawn_at__isnull=False, why__in=CertificateEnd.values) & ~Q(why="")),
            ),
            models.CheckConstraint(
                name="ck_certificate_desk_gives_reason", condition=~Q(why=CertificateEnd.DESK) | ~Q(withdrawn_reason="")
            ),
            paired("certificate", "withdrawn"),
        ]
        triggers = [pgtrigger.ReadOnly(name="certificate_facts_stay", fields=["code", "facts", "delegate", "issued_at"])]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("activities:certificate_check", args=[self.code])

    @property
    def holds(self) -> bool:
        return self.withdrawn_at is None
