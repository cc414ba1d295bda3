"""Invitations to participants, their nominations, delegates and attendance."""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.enums import (
    AttendanceMode,
    AttendanceRecordedBy,
    AttendanceStatus,
    DelegatePart,
    InvitationState,
    NominationState,
)
from activities.models.visibility import AttendanceQuerySet, DelegateQuerySet, InvitationQuerySet, OfInvitationQuerySet
from members.enums import Channel
from members.models.base import Versioned, paired


@pghistory.track()
class Invitation(Versioned):
    """An invitation from the secretariat to a participant, not to a person; its answer is the participant's."""

    activity = models.ForeignKey("activities.Activity", models.PROTECT, related_name="invitations")
    participant = models.ForeignKey("members.Participant", models.PROTECT, related_name="invitations")
    channel = models.CharField(max_length=20, choices=Channel, default=Channel.DIRECT)
    portfolios = models.ManyToManyField("members.Portfolio", blank=True, related_name="+")
    reply_by = models.DateField(_("reply by"), null=True, blank=True)
    quota = models.PositiveSmallIntegerField(_("places"), null=True, blank=True)
    state = models.CharField(max_length=10, choices=InvitationState, default=InvitationState.DRAFT)
    issued_at = models.DateTimeField(null=True, blank=True)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    replied_at = models.DateTimeField(null=True, blank=True)
    replied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reply_note = models.TextField(_("note to the secretariat"), blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        ordering = ["participant__name"]
        constraints = [
            models.UniqueConstraint(fields=["activity", "participant"], name="uniq_invitation_activity_participant"),
            models.CheckConstraint(name="ck_invitation_state", condition=Q(state__in=InvitationState.values)),
            paired("invitation", "issued"),
            paired("invitation", "withdrawn"),
            paired("invitation", "replied"),
        ]

    def __str__(self) -> str:
        return f"{self.activity.reference}: {self.participant}"


@pghistory.track(exclude=["meal", "access_needs", "visa_letter"])
class Nomination(Versioned):
    """A participant's reply naming one of its officials; counts at once unless the activity confirms delegates."""

    invitation = models.ForeignKey(Invitation, models.PROTECT, related_name="nominations")
    official = models.ForeignKey("members.Official", models.PROTECT, related_name="nominations")
    part = models.CharField(_("part"), max_length=10, choices=DelegatePart, default=DelegatePart.DELEGATE)
    mode = models.CharField(_("how attending"), max_length=10, choices=AttendanceMode, default=AttendanceMode.IN_PERSON)
    visa_letter = models.BooleanField(_("needs a letter for the visa"), default=False)
    meal = models.CharField(_("meal"), max_length=160, blank=True)
    access_needs = models.CharField(_("access needs"), max_length=250, blank=True)
    state = models.CharField(max_length=10, choices=NominationState, default=NominationState.SUBMITTED)
    submitted_at = models.DateTimeField(default=timezone.now)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    submit_token = models.CharField(max_length=40, blank=True, db_index=True)  # a retried form registers nobody twice

    objects = OfInvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("nomination")
        ordering = ["invitation", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["invitation", "official"], name="uniq_nomination_invitation_official"),
            models.CheckConstraint(name="ck_nomination_state", condition=Q(state__in=NominationState.values)),
        ]

    def __str__(self) -> str:
        return f"{self.invitation}: {self.official_id}"


@pghistory.track()
class Delegate(Versioned):
    """An official at an activity, for a participant, by a nomination."""

    activity = models.ForeignKey("activities.Activity", models.PROTECT, related_name="delegate_rows")
    official = models.ForeignKey("members.Official", models.PROTECT, related_name="delegations")
    participant = models.ForeignKey("members.Participant", models.PROTECT, related_name="delegate_rows")
    part = models.CharField(max_length=10, choices=DelegatePart, default=DelegatePart.DELEGATE)
    mode = models.CharField(max_length=10, choices=AttendanceMode, default=AttendanceMode.IN_PERSON)
    title = models.CharField(_("title"), max_length=250, blank=True)  # of the official then; later ones change nothing here
    nomination = models.OneToOneField(Nomination, models.PROTECT, null=True, blank=True, related_name="delegate")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = DelegateQuerySet.as_manager()

    class Meta:
        verbose_name = _("delegate")
        ordering = ["participant__name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["activity", "official"], name="uniq_delegate_activity_official"),
            models.UniqueConstraint(
                fields=["activity", "participant"],
                name="uniq_delegate_one_head",
                condition=Q(part=DelegatePart.HEAD, withdrawn_at__isnull=True),
                violation_error_message=_("A delegation has one head."),
            ),
            paired("delegate", "withdrawn"),
        ]

    def __str__(self) -> str:
        return f"{self.activity_id}: {self.official_id}"


@pghistory.track()
class Attendance(Versioned):
    """Whether a delegate was there on a day or at a session; never inferred from a nomination."""

    delegate = models.ForeignKey(Delegate, models.PROTECT, related_name="attendance")
    day = models.DateField(null=True, blank=True)
    session = models.ForeignKey("activities.Session", models.PROTECT, null=True, blank=True, related_name="attendance")
    status = models.CharField(max_length=8, choices=AttendanceStatus)
    how = models.CharField(max_length=12, choices=AttendanceRecordedBy)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("attendance")
        ordering = ["day", "session", "delegate"]
        constraints = [
            models.UniqueConstraint(
                fields=["delegate", "day", "session"], name="uniq_attendance_delegate_day_session", nulls_distinct=False
            ),
            models.CheckConstraint(
                name="ck_attendance_day_or_session",
                condition=Q(day__isnull=False, session__isnull=True) | Q(day__isnull=True, session__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delegate_id}: {self.get_status_display()}"
