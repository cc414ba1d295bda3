"""What recording an activity leaves beside it: who chairs a part, what delegates need to know, why dates changed, unsaved text."""

from __future__ import annotations

from typing import Any

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from activities.enums import StatusChangeKind
from activities.models.visibility import DraftQuerySet, OfActivityQuerySet, OfSessionQuerySet, PracticalTextQuerySet
from members.enums import DatePrecision
from members.models.base import Versioned, append_only


@pghistory.track()
class SessionChair(models.Model):
    """Who chairs a part of a programme: a participant or another process, never a named person."""

    session = models.ForeignKey("activities.Session", models.CASCADE, related_name="chair_rows")
    participant = models.ForeignKey("members.Participant", models.PROTECT, null=True, blank=True, related_name="+")
    forum = models.ForeignKey("members.Forum", models.PROTECT, null=True, blank=True, related_name="+")
    order = models.PositiveSmallIntegerField(default=0)

    objects = OfSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("chair of a part")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                name="ck_session_chair_one_party",
                condition=Q(participant__isnull=False, forum__isnull=True) | Q(participant__isnull=True, forum__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["session", "participant", "forum"], name="uniq_session_chair_party", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return str(self.party)

    @property
    def party(self) -> models.Model | None:
        return self.participant or self.forum


# The text may name persons and telephones: the history says that, when and by whom it changed, not what it was.
@pghistory.track(exclude=["text"])
class PracticalText(Versioned):
    """Practical information for delegates in one language, as Markdown. For those invited, and the secretariat."""

    activity = models.ForeignKey("activities.Activity", models.CASCADE, related_name="practical_texts")
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    text = models.TextField(_("text"))

    objects = PracticalTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("practical information")
        ordering = ["language"]
        constraints = [
            models.UniqueConstraint(fields=["activity", "language"], name="uniq_practical_text_language"),
            models.CheckConstraint(name="ck_practical_text_says_something", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return f"{self.activity}: {self.language}"


class StatusChange(models.Model):
    """A cancellation, a postponement, new dates or a taking back, with the reason and the dates as they were; kept for good."""

    activity = models.ForeignKey("activities.Activity", models.PROTECT, related_name="status_changes")
    kind = models.CharField(_("kind"), max_length=12, choices=StatusChangeKind)
    reason_en = models.TextField(_("reason in English"), blank=True)
    reason_id = models.TextField(_("reason in Bahasa Indonesia"), blank=True)
    old_status = models.CharField(max_length=20)
    old_start = models.DateField(null=True, blank=True)
    old_end = models.DateField(null=True, blank=True)
    old_precision = models.CharField(max_length=8, choices=DatePrecision, default=DatePrecision.UNKNOWN)
    new_start = models.DateField(null=True, blank=True)
    new_end = models.DateField(null=True, blank=True)
    new_precision = models.CharField(max_length=8, choices=DatePrecision, default=DatePrecision.UNKNOWN)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = OfActivityQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of status")
        ordering = ["made_at", "pk"]
        constraints = [
            models.CheckConstraint(name="ck_status_change_kind", condition=Q(kind__in=StatusChangeKind.values)),
            models.CheckConstraint(
                name="ck_status_change_has_reason",
                condition=~Q(kind__in=[StatusChangeKind.CANCELLED, StatusChangeKind.POSTPONED]) | ~Q(reason_en=""),
                violation_error_message=_("Say why."),
            ),
        ]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.activity}: {self.get_kind_display()}"

    @property
    def reason(self) -> str:
        """The reason in the active language, in English where it is missing."""
        return (self.reason_id if get_language() == "id" else "") or self.reason_en


class ActivityDraft(models.Model):
    """What one editor has typed and not saved: as the form would send it, so that nothing is lost on a closed laptop.

    It never touches the activity. `base_version` is the version that the editor began from; `revision` counts up with each
    saving, so that an older window of the same editor does not write over a newer one. No history: it is nobody else's.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    activity = models.ForeignKey("activities.Activity", models.CASCADE, null=True, blank=True, related_name="+")
    base_version = models.PositiveIntegerField(default=0)
    fields: Any = models.JSONField(default=dict)  # name -> list of texts
    revision = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("unsaved text")
        constraints = [
            models.UniqueConstraint(fields=["user", "activity"], name="uniq_activity_draft_editor", nulls_distinct=False),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.activity or '-'}"
