"""What a participant says is wrong in the record, and what became of it."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from activities.enums import CorrectedField, CorrectedRecord, CorrectionState
from activities.models.visibility import CorrectionQuerySet
from members.models.base import Versioned, paired

_KEPT = """
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'correction_kept: a request to correct the record is kept' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state <> 'asked' THEN
        RAISE EXCEPTION 'correction_kept: what was decided does not change' USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.participant_id, NEW.record, NEW.reference, NEW.record_title, NEW.field, NEW.part, NEW.part_label, NEW.old_value,
        NEW.new_value, NEW.reason, NEW.source, NEW.asked_at, NEW.asked_by_id)
        IS DISTINCT FROM (OLD.participant_id, OLD.record, OLD.reference, OLD.record_title, OLD.field, OLD.part, OLD.part_label,
        OLD.old_value, OLD.new_value, OLD.reason, OLD.source, OLD.asked_at, OLD.asked_by_id) THEN
        RAISE EXCEPTION 'correction_kept: what was asked does not change' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""
_WORDS = ("old_value", "new_value", "changed_to", "reason", "source", "decision_reason")


# What was asked never changes, so the row itself keeps it; the history says who did what and when. Persons may be named.
@pghistory.track(exclude=[*_WORDS])
class CorrectionRequest(Versioned):
    """One fact of one record that a participant asks to have corrected: what it says, what it should say, and why.

    The record is cited by kind and reference, never by key, since documents lie above this app. `old_value` is what it
    said when the participant asked, `changed_to` what it says since the request was accepted.
    """

    participant = models.ForeignKey("members.Participant", models.PROTECT, related_name="corrections")
    record = models.CharField(_("record"), max_length=12, choices=CorrectedRecord)
    reference = models.CharField(_("reference"), max_length=80)  # slug, reference, symbol, or the number of a seat or place
    record_title = models.CharField(max_length=250, blank=True)  # as it was called then
    field = models.CharField(_("fact"), max_length=12, choices=CorrectedField)
    part = models.CharField(max_length=40, blank=True)  # which of several: a ministry's code, a standing's number
    part_label = models.CharField(max_length=250, blank=True)
    old_value = models.TextField(_("what it says now"), blank=True)
    new_value = models.TextField(_("what it should say"))
    reason = models.TextField(_("why"))
    source = models.CharField(_("source"), max_length=600, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=CorrectionState, default=CorrectionState.ASKED)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decision_reason = models.TextField(_("reason"), blank=True)
    changed_to = models.TextField(blank=True)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for a correction")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            paired("correction", "decided"),
            models.CheckConstraint(
                name="ck_correction_state",
                condition=Q(state=CorrectionState.ASKED, decided_at__isnull=True)
                | Q(state__in=[CorrectionState.ACCEPTED, CorrectionState.DECLINED], decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="ck_correction_declined_has_reason",
                condition=~Q(state=CorrectionState.DECLINED) | ~Q(decision_reason=""),
                violation_error_message=_("Say why the request is declined."),
            ),
            models.CheckConstraint(
                name="ck_correction_accepted_changed",
                condition=~Q(state=CorrectionState.ACCEPTED) | ~Q(changed_to=F("old_value")),
                violation_error_message=_("The record still says the same. Change it first."),
            ),
            models.CheckConstraint(name="ck_correction_says_what", condition=~Q(new_value="") & ~Q(reason="")),
            models.UniqueConstraint(
                fields=["participant", "record", "reference", "field", "part"],
                name="uniq_correction_open",
                condition=Q(state=CorrectionState.ASKED),
                violation_error_message=_("A correction of this fact is asked for already."),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="correction_kept",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=_KEPT,
            )
        ]

    def __str__(self) -> str:
        return f"{self.reference}: {self.field}"

    @property
    def fact(self) -> str:
        """The fact in words, with which of several it is."""
        if not self.part_label:
            return str(self.get_field_display())
        return gettext("%(fact)s (%(which)s)") % {"fact": self.get_field_display(), "which": self.part_label}

    @property
    def is_open(self) -> bool:
        return self.state == CorrectionState.ASKED
