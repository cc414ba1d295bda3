"""Invitations to participants, their nominations, delegates and attendance."""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.enums import (
    AttendanceMode,
    AttendanceRecordedBy,
    AttendanceStatus,
    DelegateAnswer,
    DelegatePart,
    InvitationState,
    LateChangeState,
    NominationState,
)
from activities.models.visibility import (
    AttendanceQuerySet,
    DelegateQuerySet,
    InvitationQuerySet,
    NominationQuerySet,
    OfInvitationQuerySet,
)
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
    order = models.PositiveSmallIntegerField(_("order"), default=0)  # on the sheet
    days = ArrayField(models.DateField(), verbose_name=_("days attending"), default=list, blank=True)  # none: all of them
    waiting_since = models.DateTimeField(_("on the waiting list since"), null=True, blank=True)
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replacements", verbose_name=_("comes in place of")
    )
    tell = models.BooleanField(_("is told by mail"), default=True)
    told_at = models.DateTimeField(_("told on"), null=True, blank=True)
    answer = models.CharField(_("the delegate's answer"), max_length=10, choices=DelegateAnswer, blank=True)
    answered_at = models.DateTimeField(_("answered on"), null=True, blank=True)

    objects = NominationQuerySet.as_manager()

    class Meta:
        verbose_name = _("nomination")
        ordering = ["invitation", "order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["invitation", "official"], name="uniq_nomination_invitation_official"),
            models.CheckConstraint(name="ck_nomination_state", condition=Q(state__in=NominationState.values)),
            models.CheckConstraint(
                name="ck_nomination_waits_since",
                condition=Q(state=NominationState.WAITING, waiting_since__isnull=False)
                | (~Q(state=NominationState.WAITING) & Q(waiting_since__isnull=True)),
            ),
            models.CheckConstraint(
                name="ck_nomination_answer",
                condition=Q(answer="", answered_at__isnull=True) | Q(answer__in=DelegateAnswer.values, answered_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["replaces"], name="uniq_nomination_replaces", condition=~Q(state=NominationState.WITHDRAWN)
            ),
            models.CheckConstraint(
                name="ck_nomination_replaces_another", condition=Q(replaces__isnull=True) | ~Q(replaces=models.F("pk"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invitation}: {self.official_id}"

    @property
    def counts(self) -> bool:
        """Whether this person is a delegate: named, with a place, and confirmed where the activity asks for it."""
        if self.state == NominationState.CONFIRMED:
            return True
        return self.state == NominationState.SUBMITTED and not self.invitation.activity.confirm_delegates


# The people on the sheet are personal: they stand here only until the answer is given, and never in the history.
@pghistory.track(exclude=["people"])
class LateChange(Versioned):
    """A change of a delegation after its last day: asked for by the focal point, agreed to or declined by the secretariat."""

    invitation = models.ForeignKey(Invitation, models.PROTECT, related_name="late_changes")
    people = models.JSONField(default=list, blank=True)  # the whole sheet as it is to be; none: will not take part
    number = models.PositiveSmallIntegerField(_("people on the sheet"), default=0)
    submit_token = models.CharField(max_length=40, blank=True)  # a retried form asks once
    state = models.CharField(max_length=10, choices=LateChangeState, default=LateChangeState.ASKED)
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    word = models.TextField(_("word of the secretariat"), blank=True)

    objects = OfInvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("late change of a delegation")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["invitation"], name="uniq_late_change_open", condition=Q(state=LateChangeState.ASKED)
            ),
            models.CheckConstraint(name="ck_late_change_state", condition=Q(state__in=LateChangeState.values)),
            models.CheckConstraint(
                name="ck_late_change_decided",
                condition=Q(state=LateChangeState.ASKED, decided_at__isnull=True)
                | (~Q(state=LateChangeState.ASKED) & Q(decided_at__isnull=False, people=[])),
            ),
            models.CheckConstraint(
                name="ck_late_change_declined_with_word", condition=~Q(state=LateChangeState.DECLINED) | ~Q(word="")
            ),
            paired("late_change", "decided"),
        ]

    def __str__(self) -> str:
        return f"{self.invitation}: {self.get_state_display()}"


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
