"""Circulation: exact versions of documents to all recipients of a rule."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models.base import Versioned, append_only, paired
from members.models.visibility import SecretariatQuerySet
from reports.enums import CirculationState

_NEEDS_APPROVALS = """
    IF NEW.state = 'started' AND OLD.state = 'draft' AND NEW.report_id IS NOT NULL AND (NOT EXISTS (
        SELECT 1 FROM reports_rendering r WHERE r.report_id = NEW.report_id AND r.is_final AND r.state = 'done'
    ) OR EXISTS (
        SELECT 1 FROM reports_rendering r
        CROSS JOIN members_seat s
        JOIN members_seatrole role ON role.id = s.role_id AND role.approves
        WHERE r.report_id = NEW.report_id AND r.is_final AND r.state = 'done'
          AND (s.period_from IS NULL OR s.period_from <= current_date)
          AND (s.period_to IS NULL OR s.period_to >= current_date)
          AND NOT EXISTS (
              SELECT 1 FROM reports_approval a WHERE a.rendering_id = r.id AND a.seat_id = s.id AND a.sha256 = r.sha256
          )
    )) THEN
        RAISE EXCEPTION 'circulation_needs_approvals: every seat that approves must approve each file first'
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state <> 'draft' AND (NEW.rule IS DISTINCT FROM OLD.rule OR NEW.report_id IS DISTINCT FROM OLD.report_id
        OR NEW.started_at IS DISTINCT FROM OLD.started_at) THEN
        RAISE EXCEPTION 'circulation_started: what was started does not change' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""
_RECIPIENTS_FROZEN = """
    IF EXISTS (SELECT 1 FROM reports_circulation c
               WHERE c.id = coalesce(NEW.circulation_id, OLD.circulation_id) AND c.state <> 'draft') THEN
        RAISE EXCEPTION 'circulation_recipients_frozen: recipients do not change once the circulation has started'
            USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""


@pghistory.track()
class Circulation(Versioned):
    """Exact versions to everybody a named rule gives; recipients are frozen when it starts [83-86]."""

    title = models.CharField(_("title"), max_length=250)
    report = models.ForeignKey("reports.ProgressReport", models.PROTECT, null=True, blank=True, related_name="circulations")
    versions = models.ManyToManyField("reports.DocumentVersion", blank=True, related_name="circulations")
    letter = models.ForeignKey("members.Letter", models.PROTECT, null=True, blank=True, related_name="circulations")
    rule = models.SlugField(_("recipients"), max_length=40, default="counterparts")
    deadline = models.DateField(_("acknowledge by"), null=True, blank=True)
    state = models.CharField(max_length=10, choices=CirculationState, default=CirculationState.DRAFT)
    prepared_at = models.DateTimeField(default=timezone.now)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(null=True, blank=True)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = SecretariatQuerySet.as_manager()

    class Meta:
        verbose_name = _("circulation")
        ordering = ["-prepared_at"]
        constraints = [paired("circulation", "started")]
        triggers = [
            pgtrigger.Trigger(
                name="circulation_needs_approvals",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=_NEEDS_APPROVALS,
            )
        ]

    def __str__(self) -> str:
        return self.title


class CirculationRecipient(models.Model):
    """One recipient of a circulation and the delivery that goes there; frozen once it has started."""

    circulation = models.ForeignKey(Circulation, models.PROTECT, related_name="recipients")
    delivery = models.OneToOneField("members.Delivery", models.PROTECT, related_name="circulation_recipient")
    participant = models.ForeignKey("members.Participant", models.PROTECT, related_name="+")

    objects = SecretariatQuerySet.as_manager()

    class Meta:
        verbose_name = _("recipient")
        ordering = ["participant__name", "pk"]
        triggers = [
            pgtrigger.Trigger(
                name="circulation_recipients_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=_RECIPIENTS_FROZEN,
            )
        ]

    def __str__(self) -> str:
        return f"{self.circulation_id}: {self.participant}"


class Acknowledgement(models.Model):
    """A recipient said, by pressing a button, that the copy arrived."""

    delivery = models.OneToOneField("members.Delivery", models.PROTECT, related_name="acknowledgement")
    acknowledged_at = models.DateTimeField(default=timezone.now)
    acknowledged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = SecretariatQuerySet.as_manager()

    class Meta:
        verbose_name = _("acknowledgement")
        triggers: list[pgtrigger.Trigger] = [append_only()]

    def __str__(self) -> str:
        return str(self.delivery_id)
