"""Calls for views, and intersessional questions to the steering group, with their replies [29, 84]."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.enums import ConsultationAudience
from activities.enums_national import RecipientRule, Stance
from activities.models.visibility import (
    AddresseeQuerySet,
    ConsultationQuerySet,
    OfConsultationQuerySet,
    ReplyQuerySet,
    ReplyVersionQuerySet,
)
from members.models.base import Versioned, append_only, paired

_CONSULTATION_ASKED = """
    IF OLD.opened_at IS NOT NULL AND (
        TG_OP = 'DELETE'
        OR NEW.title IS DISTINCT FROM OLD.title OR NEW.question IS DISTINCT FROM OLD.question
        OR NEW.audience IS DISTINCT FROM OLD.audience OR NEW.rule IS DISTINCT FROM OLD.rule
        OR NEW.deadline IS DISTINCT FROM OLD.deadline OR NEW.time_zone IS DISTINCT FROM OLD.time_zone
        OR NEW.may_revise IS DISTINCT FROM OLD.may_revise OR NEW.silence_agrees IS DISTINCT FROM OLD.silence_agrees
        OR NEW.opened_at IS DISTINCT FROM OLD.opened_at
        OR (OLD.closed_at IS NOT NULL AND (
            NEW.closed_at IS DISTINCT FROM OLD.closed_at OR NEW.closing_summary IS DISTINCT FROM OLD.closing_summary))
    ) THEN
        RAISE EXCEPTION 'consultation_asked: what was asked does not change' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""
_QUESTION_ASKED = """
    PERFORM 1 FROM activities_consultation c WHERE c.opened_at IS NOT NULL AND c.id IN (
        CASE WHEN TG_OP = 'INSERT' THEN NEW.consultation_id ELSE OLD.consultation_id END,
        CASE WHEN TG_OP = 'DELETE' THEN OLD.consultation_id ELSE NEW.consultation_id END);
    IF FOUND THEN
        RAISE EXCEPTION 'question_asked: what was asked does not change' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""
_REPLY_SUBMITTED = """
    IF OLD.submitted_at IS NOT NULL AND (
        TG_OP = 'DELETE' OR NEW.submitted_at IS NULL OR NEW.submitted_at < OLD.submitted_at
        OR NEW.consultation_id IS DISTINCT FROM OLD.consultation_id OR NEW.participant_id IS DISTINCT FROM OLD.participant_id
    ) THEN
        RAISE EXCEPTION 'reply_submitted: a submitted reply is not taken back' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""
_REPLY_OPEN = """
    PERFORM 1 FROM activities_reply r JOIN activities_consultation c ON c.id = r.consultation_id
        WHERE r.id = NEW.reply_id AND c.opened_at IS NOT NULL AND c.closed_at IS NULL
        AND (c.may_revise OR NOT EXISTS (
            SELECT 1 FROM activities_replyversion v WHERE v.reply_id = r.id AND v.is_submitted));
    IF NOT FOUND THEN
        RAISE EXCEPTION 'reply_open: this reply takes no text any more' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


@pghistory.track()
class Consultation(Versioned):
    """A call for views, or an intersessional question to the steering group. Once opened, what was asked stays."""

    title = models.CharField(_("title"), max_length=250)
    audience = models.CharField(max_length=16, choices=ConsultationAudience)
    question = models.TextField(_("question"))  # what it is about; the questions to answer are rows
    deadline = models.DateField(_("reply by"), null=True, blank=True)  # to the end of this day in `time_zone`
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    rule = models.CharField(_("recipients"), max_length=16, choices=RecipientRule, default=RecipientRule.COUNTERPARTS)
    may_revise = models.BooleanField(_("answers may be changed until the deadline"), default=False)
    silence_agrees = models.BooleanField(_("silence means agreement"), default=False)
    proposal = models.ForeignKey("activities.Proposal", models.PROTECT, null=True, blank=True, related_name="consultations")
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    closing_summary = models.TextField(_("closing summary"), blank=True)

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        verbose_name = _("consultation")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            paired("consultation", "opened"),
            paired("consultation", "closed"),
            models.CheckConstraint(
                name="ck_consultation_closed_after_opened",
                condition=models.Q(closed_at__isnull=True) | models.Q(opened_at__isnull=False),
            ),
            models.CheckConstraint(
                name="ck_consultation_silence_has_deadline",
                condition=models.Q(silence_agrees=False)
                | models.Q(audience=ConsultationAudience.STEERING_GROUP, deadline__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="consultation_asked",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=_CONSULTATION_ASKED,
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def ends_at(self) -> datetime | None:
        """The first moment after the last day to reply, in the consultation's own zone; None without a deadline."""
        if self.deadline is None:
            return None
        after = self.deadline + timedelta(days=1)
        return datetime(after.year, after.month, after.day, tzinfo=ZoneInfo(self.time_zone))

    @property
    def is_open(self) -> bool:
        """Whether replies are taken now."""
        ended = self.ends_at is not None and timezone.now() >= self.ends_at
        return self.opened_at is not None and self.closed_at is None and not ended


@pghistory.track()
class ConsultationQuestion(models.Model):
    """One of the questions of a consultation, numbered from 1."""

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="questions")
    number = models.PositiveSmallIntegerField(_("number"))
    text = models.TextField(_("question"))

    objects = OfConsultationQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["consultation", "number"], name="uniq_question_consultation_number"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="question_asked",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=_QUESTION_ASKED,
            )
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.text}"


class ConsultationAddressee(models.Model):
    """A participant that a consultation was addressed to when it was opened; frozen."""

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="addressees")
    participant = models.ForeignKey("members.Participant", models.PROTECT, related_name="+")

    objects = AddresseeQuerySet.as_manager()

    class Meta:
        verbose_name = _("addressee")
        ordering = ["participant__name"]
        constraints = [
            models.UniqueConstraint(fields=["consultation", "participant"], name="uniq_addressee_consultation_participant"),
        ]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.consultation}: {self.participant}"


@pghistory.track()
class Reply(Versioned):
    """One participant's reply to one consultation. Its texts are versions, so that no draft can leave with it."""

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="replies")
    participant = models.ForeignKey("members.Participant", models.PROTECT, related_name="replies")
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ReplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("reply")
        constraints = [
            models.UniqueConstraint(fields=["consultation", "participant"], name="uniq_reply_consultation_participant"),
            paired("reply", "submitted"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="reply_submitted",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=_REPLY_SUBMITTED,
            )
        ]

    def __str__(self) -> str:
        return f"{self.consultation}: {self.participant}"

    @property
    def position(self) -> str:
        """The last text that was submitted, each answer behind its question; empty where there is none."""
        submitted = [version for version in self.versions.all() if version.is_submitted]
        if not submitted:
            return ""
        latest = max(submitted, key=lambda version: version.number)
        asked = {str(question.number): question.text for question in self.consultation.questions.all()}
        answers = [f"{asked.get(number, number)}\n{text}" for number, text in sorted(latest.answers.items()) if text.strip()]
        return "\n\n".join(part for part in [*answers, latest.text] if part.strip())


class ReplyVersion(models.Model):
    """One text of a reply: a draft that was saved, or the position that was submitted. Never changed, never deleted.

    `answers` maps the number of a question, as text, to its answer. No history is kept of it: it is its own history, and
    drafts stay with the participant.
    """

    reply = models.ForeignKey(Reply, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField(_("general remarks"), blank=True)
    answers = models.JSONField(default=dict, blank=True)
    stance = models.CharField(max_length=16, choices=Stance, blank=True)
    is_submitted = models.BooleanField(default=False)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    saved_office = models.CharField(max_length=250, blank=True)  # the writer's position or ministry then

    objects = ReplyVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a reply")
        ordering = ["reply", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["reply", "number"], name="uniq_reply_version_number"),
        ]
        triggers = [
            append_only(),
            pgtrigger.Trigger(name="reply_open", when=pgtrigger.Before, operation=pgtrigger.Insert, func=_REPLY_OPEN),
        ]

    def __str__(self) -> str:
        return f"{self.reply_id}, {self.number}"

    @property
    def content(self) -> tuple[str, dict[str, str], str]:
        """What it says, to be compared with another version."""
        return self.text, self.answers, self.stance
