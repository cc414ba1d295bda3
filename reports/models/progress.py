"""The progress report to senior officials: written sections beside figures taken from the record, then frozen."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models.base import Versioned, paired
from reports.enums import RenderingState, ReportState
from reports.models.visibility import ApprovalQuerySet, OfReportQuerySet, ProgressReportQuerySet

_FROZEN = """
    IF OLD.frozen_at IS NOT NULL AND (
        NEW.snapshot IS DISTINCT FROM OLD.snapshot OR NEW.sections IS DISTINCT FROM OLD.sections
        OR NEW.title IS DISTINCT FROM OLD.title OR NEW.meeting_id IS DISTINCT FROM OLD.meeting_id
        OR NEW.period_from IS DISTINCT FROM OLD.period_from OR NEW.period_to IS DISTINCT FROM OLD.period_to
        OR NEW.frozen_at IS DISTINCT FROM OLD.frozen_at OR NEW.document_id IS DISTINCT FROM OLD.document_id
    ) THEN
        RAISE EXCEPTION 'progress_report_frozen: a frozen report does not change' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""
_FROZEN_DELETE = """
    IF OLD.frozen_at IS NOT NULL THEN
        RAISE EXCEPTION 'progress_report_frozen: a frozen report is not deleted' USING ERRCODE = 'check_violation';
    END IF;
    RETURN OLD;
"""
_RENDERING_DONE = """
    IF OLD.state = 'done' THEN
        RAISE EXCEPTION 'rendering_done: a finished rendering does not change' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""


@pghistory.track()
class ProgressReport(Versioned):
    """A report to one meeting on a period. `snapshot` holds every figure with the references of the rows behind it."""

    meeting = models.ForeignKey("activities.Activity", models.PROTECT, related_name="progress_reports")
    document = models.OneToOneField("reports.Document", models.PROTECT, related_name="progress_report")  # gives the symbol
    title = models.CharField(_("title"), max_length=250)
    period_from = models.DateField(_("from"))
    period_to = models.DateField(_("until"))
    sections = models.JSONField(default=list)  # [{"key", "title", "text", "figures": bool}], in order
    snapshot = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=ReportState, default=ReportState.DRAFT)
    compiled_at = models.DateTimeField(default=timezone.now)
    compiled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    frozen_at = models.DateTimeField(null=True, blank=True)
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    objects = ProgressReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("progress report")
        ordering = ["-compiled_at"]
        constraints = [
            models.CheckConstraint(name="ck_progress_report_period", condition=Q(period_to__gte=models.F("period_from"))),
            paired("progress_report", "frozen"),
        ]
        triggers = [
            pgtrigger.Trigger(name="progress_report_frozen", when=pgtrigger.Before, operation=pgtrigger.Update, func=_FROZEN),
            pgtrigger.Trigger(
                name="progress_report_kept", when=pgtrigger.Before, operation=pgtrigger.Delete, func=_FROZEN_DELETE
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_frozen(self) -> bool:
        return self.frozen_at is not None


@pghistory.track(exclude=["progress", "progress_step"])
class Rendering(models.Model):
    """One PDF of one report in one language; what a frozen report renders to is what is approved and circulated."""

    report = models.ForeignKey(ProgressReport, models.PROTECT, related_name="renderings")
    language = models.CharField(max_length=5, default="en")
    number = models.PositiveSmallIntegerField(default=1)
    is_final = models.BooleanField(default=False)  # made after freezing
    state = models.CharField(max_length=8, choices=RenderingState, default=RenderingState.PENDING)
    progress = models.PositiveSmallIntegerField(default=0)  # per cent
    progress_step = models.CharField(max_length=120, blank=True)
    storage_name = models.CharField(max_length=250, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(null=True, blank=True)
    pages = models.PositiveSmallIntegerField(null=True, blank=True)
    error = models.CharField(max_length=400, blank=True)
    requested_at = models.DateTimeField(default=timezone.now)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    lease_until = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    objects = OfReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("rendering")
        ordering = ["report", "language", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["report", "language", "number"], name="uniq_rendering_report_language_number"),
            models.CheckConstraint(
                name="ck_rendering_done_has_file",
                condition=~Q(state=RenderingState.DONE) | (~Q(sha256="") & ~Q(storage_name="") & Q(done_at__isnull=False)),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="rendering_done",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=_RENDERING_DONE,
            )
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.language} {self.number}"


@pghistory.track()
class Approval(models.Model):
    """The holder of a seat whose role approves has approved this very file."""

    rendering = models.ForeignKey(Rendering, models.PROTECT, related_name="approvals")
    seat = models.ForeignKey("members.Seat", models.PROTECT, related_name="approvals")
    sha256 = models.CharField(max_length=64)
    approved_at = models.DateTimeField(default=timezone.now)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="approvals")
    holder_label = models.CharField(max_length=250, blank=True)  # who held the seat, as of that day

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        verbose_name = _("approval")
        ordering = ["approved_at"]
        constraints = [models.UniqueConstraint(fields=["rendering", "seat"], name="uniq_approval_rendering_seat")]

    def __str__(self) -> str:
        return f"{self.rendering}: {self.seat}"
