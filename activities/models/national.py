"""The national space: one participant's coordination at home. Nobody else sees it [15-17, 34-36]."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.enums_national import AgendaHeading, MeetingKind, StakeholderKind
from activities.models.visibility import FeedbackQuerySet, OwnParticipantQuerySet
from members.models.base import Versioned, paired

_FEEDBACK_SUBMITTED = """
    IF OLD.submitted_at IS NOT NULL THEN
        RAISE EXCEPTION 'feedback_submitted: submitted feedback does not change' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""


@pghistory.track(exclude=["text", "office"])
class Comment(Versioned):
    """What somebody of the participant's ministries says on an invitation, a consultation or the draft reply to it."""

    participant = models.ForeignKey("members.Participant", models.PROTECT, related_name="+")
    invitation = models.ForeignKey("activities.Invitation", models.PROTECT, null=True, blank=True, related_name="comments")
    consultation = models.ForeignKey("activities.Consultation", models.PROTECT, null=True, blank=True, related_name="comments")
    reply = models.ForeignKey("activities.Reply", models.PROTECT, null=True, blank=True, related_name="comments")
    text = models.TextField(_("comment"))
    office = models.CharField(max_length=250, blank=True)  # the writer's ministry or position then
    written_at = models.DateTimeField(default=timezone.now)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    edited_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = OwnParticipantQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        ordering = ["written_at", "pk"]
        constraints = [
            paired("comment", "withdrawn"),
            models.CheckConstraint(
                name="ck_comment_one_subject",
                condition=Q(invitation__isnull=False, consultation__isnull=True, reply__isnull=True)
                | Q(invitation__isnull=True, consultation__isnull=False, reply__isnull=True)
                | Q(invitation__isnull=True, consultation__isnull=True, reply__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id}: {self.written_at:%Y-%m-%d}"


@pghistory.track(exclude=["useful", "use_at_home", "to_follow"])
class ActivityFeedback(Versioned):
    """What a participant says of a past activity, in words and never in points [35, 39]."""

    participant = models.ForeignKey("members.Participant", models.PROTECT, related_name="+")
    activity = models.ForeignKey("activities.Activity", models.PROTECT, related_name="feedback")
    useful = models.TextField(_("what was useful"), blank=True)
    use_at_home = models.TextField(_("what will be used at home"), blank=True)
    to_follow = models.TextField(_("what should follow"), blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name = _("feedback on an activity")
        ordering = ["participant__name"]
        constraints = [
            models.UniqueConstraint(fields=["participant", "activity"], name="uniq_feedback_participant_activity"),
            paired("feedback", "submitted"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="feedback_submitted",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=_FEEDBACK_SUBMITTED,
            )
        ]

    def __str__(self) -> str:
        return f"{self.activity_id}: {self.participant_id}"


@pghistory.track(exclude=["name", "chair", "cadence", "remarks"])
class NationalCoordination(Versioned):
    """How a participant coordinates at home, as it keeps it for itself; the public record of it stays as it is [15]."""

    participant = models.OneToOneField("members.Participant", models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=250)
    chair = models.CharField(_("chair"), max_length=250, blank=True)  # an office, never a person
    lead = models.ForeignKey(
        "members.Ministry", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lead ministry")
    )
    ministries = models.ManyToManyField("members.Ministry", blank=True, related_name="+")
    topics = models.ManyToManyField("members.Topic", blank=True, related_name="+")
    cadence = models.CharField(_("how often it meets"), max_length=160, blank=True)
    remarks = models.TextField(_("remarks"), blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)

    objects = OwnParticipantQuerySet.as_manager()

    class Meta:
        verbose_name = _("coordination at home")

    def __str__(self) -> str:
        return self.name


@pghistory.track(exclude=["name", "part"])
class Stakeholder(models.Model):
    """Somebody besides ministries who joins the coordination at home: an organisation or office, never a person [17]."""

    coordination = models.ForeignKey(NationalCoordination, models.CASCADE, related_name="stakeholders")
    participant = models.ForeignKey("members.Participant", models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=30, choices=StakeholderKind)
    name = models.CharField(_("name"), max_length=250)
    part = models.CharField(_("part"), max_length=250, blank=True)

    objects = OwnParticipantQuerySet.as_manager()

    class Meta:
        verbose_name = _("other stakeholder")
        ordering = ["kind", "name", "pk"]

    def __str__(self) -> str:
        return self.name


@pghistory.track(exclude=["note"])
class NationalMeeting(Versioned):
    """A meeting of the coordination at home, scheduled or case by case [36]."""

    participant = models.ForeignKey("members.Participant", models.PROTECT, related_name="+")
    day = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=10, choices=MeetingKind, default=MeetingKind.SCHEDULED)
    note = models.TextField(_("note"), blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = OwnParticipantQuerySet.as_manager()

    class Meta:
        verbose_name = _("coordination meeting")
        ordering = ["-day", "-pk"]

    def __str__(self) -> str:
        return f"{self.participant_id}: {self.day}"


@pghistory.track(exclude=["text"])
class NationalAgendaItem(models.Model):
    """An item that somebody added by hand under one of the five headings; it stays until it is dealt with."""

    participant = models.ForeignKey("members.Participant", models.PROTECT, related_name="+")
    heading = models.CharField(_("heading"), max_length=12, choices=AgendaHeading)
    text = models.CharField(_("item"), max_length=400)
    added_at = models.DateTimeField(default=timezone.now)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = OwnParticipantQuerySet.as_manager()

    class Meta:
        verbose_name = _("item of the agenda")
        ordering = ["added_at", "pk"]
        constraints = [paired("national_agenda_item", "done")]

    def __str__(self) -> str:
        return self.text
