"""Invitations that go out by a rule: the rule, each issue of it, what every participant got, and reminders."""

from __future__ import annotations

from datetime import date

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.enums_invitations import IssueState, LetterForm, SignedBy
from members.models.base import Versioned, append_only
from members.models.visibility import SecretariatQuerySet

MOST_PICKED = 200  # participants named one by one
REMIND_DAYS = [7, 2]


def _words(length: int) -> ArrayField[list[str], list[str]]:
    """Keys of enums and of rows, which never change: so the history tells a rule in full."""
    return ArrayField(models.CharField(max_length=length), default=list, blank=True)


def remind_days() -> list[int]:
    """A week and two days before the day to reply by."""
    return list(REMIND_DAYS)


@pghistory.track()
class InvitationRule(Versioned):
    """Whom one activity invites, as a rule, and with what letter. An empty list sets no limit."""

    activity = models.OneToOneField("activities.Activity", models.PROTECT, related_name="invitation_rule")
    by_rule = models.BooleanField(_("by rule"), default=True)  # or those that are named one by one, and nobody else
    standings = _words(24)
    kinds = _words(30)
    regions = _words(40)
    is_open = models.BooleanField(_("open to participants from elsewhere and to observers"), default=False)
    heeds_interests = models.BooleanField(_("leaves out who does not wish to take part"), default=True)
    areas = _words(12)
    topic = models.ForeignKey("members.Topic", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("topic"))
    portfolios = _words(40)
    added = _words(80)
    left_out = _words(80)
    by_office = _words(80)  # written to at an office although a focal point was named, whose term has ended
    reply_by = models.DateField(_("reply by"), null=True, blank=True)
    quota = models.PositiveSmallIntegerField(_("places"), null=True, blank=True)
    remind_days = ArrayField(models.PositiveSmallIntegerField(), default=remind_days, blank=True)  # days before `reply_by`
    form = models.CharField(_("form"), max_length=16, choices=LetterForm, default=LetterForm.AS_ROUTED)
    signed_by = models.CharField(_("signed by"), max_length=16, choices=SignedBy, default=SignedBy.SECRETARIAT)
    subject_en = models.CharField(_("subject in English"), max_length=200)
    subject_id = models.CharField(_("subject in Bahasa Indonesia"), max_length=200, blank=True)
    body_en = models.TextField(_("text in English"), blank=True)
    body_id = models.TextField(_("text in Bahasa Indonesia"), blank=True)

    objects = SecretariatQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule of invitation")
        constraints = [
            models.CheckConstraint(
                name="ck_invitation_rule_apart",
                condition=~Q(added__overlap=F("left_out")),
                violation_error_message=_("A participant is either added or left out."),
            ),
            models.CheckConstraint(name="ck_invitation_rule_form", condition=Q(form__in=LetterForm.values)),
            models.CheckConstraint(name="ck_invitation_rule_signed_by", condition=Q(signed_by__in=SignedBy.values)),
        ]

    def __str__(self) -> str:
        return f"{self.activity_id}: {self.subject_en}"


class IssueRun(models.Model):
    """One time that a rule was issued: the letters that went out and a row for each participant."""

    activity = models.ForeignKey("activities.Activity", models.PROTECT, related_name="issue_runs")
    rule = models.ForeignKey(InvitationRule, models.PROTECT, related_name="runs")
    letter = models.ForeignKey("members.Letter", models.PROTECT, null=True, blank=True, related_name="+")
    note_verbale = models.ForeignKey("members.Letter", models.PROTECT, null=True, blank=True, related_name="+")
    reply_by = models.DateField(null=True, blank=True)
    quota = models.PositiveSmallIntegerField(null=True, blank=True)
    digest = models.CharField(max_length=64)  # of the preview that was confirmed
    started_at = models.DateTimeField(default=timezone.now)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)

    objects = SecretariatQuerySet.as_manager()

    class Meta:
        verbose_name = _("issue of invitations")
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["activity"],
                name="uniq_issue_run_open",
                condition=Q(done_at__isnull=True),
                violation_error_message=_("Invitations to this activity are being issued already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.activity_id}: {self.started_at:%Y-%m-%d}"

    @property
    def day(self) -> date:
        """The date on its letters."""
        return self.started_at.date()


class IssueItem(models.Model):
    """One participant of an issue: claimed by a worker, then settled in the transaction that queues its letters."""

    run = models.ForeignKey(IssueRun, models.PROTECT, related_name="items")
    participant = models.ForeignKey("members.Participant", models.PROTECT, related_name="issue_items")
    number = models.PositiveSmallIntegerField()  # stands behind the letter's reference number
    state = models.CharField(max_length=8, choices=IssueState, default=IssueState.WAITING)
    reason = models.CharField(max_length=250, blank=True)
    invitation = models.ForeignKey("activities.Invitation", models.PROTECT, null=True, blank=True, related_name="+")
    lease_until = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = SecretariatQuerySet.as_manager()

    class Meta:
        verbose_name = _("participant of an issue")
        ordering = ["run", "number"]
        constraints = [
            models.UniqueConstraint(fields=["run", "participant"], name="uniq_issue_item_participant"),
            models.UniqueConstraint(fields=["run", "number"], name="uniq_issue_item_number"),
            models.CheckConstraint(name="ck_issue_item_state", condition=Q(state__in=IssueState.values)),
            models.CheckConstraint(
                name="ck_issue_item_done_has_invitation",
                condition=~Q(state=IssueState.DONE) | Q(invitation__isnull=False, settled_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}.{self.number}: {self.participant}"


class InvitationCopy(models.Model):
    """A message about an invitation, the invitation itself or a reminder; asked again before it leaves."""

    invitation = models.ForeignKey("activities.Invitation", models.PROTECT, related_name="copies")
    delivery = models.OneToOneField("members.Delivery", models.PROTECT, related_name="invitation_copy")
    number = models.CharField(max_length=80, blank=True)  # as it stands on the letter; empty where it has none
    is_note_verbale = models.BooleanField(default=False)

    objects = SecretariatQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter of an invitation")
        ordering = ["invitation", "pk"]
        triggers: list[pgtrigger.Trigger] = [append_only()]

    def __str__(self) -> str:
        return f"{self.invitation_id}: {self.number or self.delivery_id}"


class Reminder(models.Model):
    """That a participant was reminded: once for each kind, however often the clock strikes."""

    invitation = models.ForeignKey("activities.Invitation", models.PROTECT, related_name="reminders")
    kind = models.CharField(max_length=32)  # "before-7": seven days before the day to reply by; "20270504": by hand
    letters = models.PositiveSmallIntegerField()
    sent_at = models.DateTimeField(default=timezone.now)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = SecretariatQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        ordering = ["invitation", "sent_at"]
        constraints = [models.UniqueConstraint(fields=["invitation", "kind"], name="uniq_reminder_invitation_kind")]
        triggers: list[pgtrigger.Trigger] = [append_only()]

    def __str__(self) -> str:
        return f"{self.invitation_id}: {self.kind}"
