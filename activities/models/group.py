"""The steering group at work: agendas of its meetings [28], and its calls between them [29]."""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from activities.enums import AgendaItemKind
from activities.models.visibility import AgendaQuerySet, OfAgendaQuerySet, OfCallQuerySet, SteeringGroupQuerySet
from members.models.base import Versioned, paired


@pghistory.track()
class Agenda(Versioned):
    """What one meeting is to deal with. `version` counts changes to the agenda and to any of its items."""

    activity = models.OneToOneField("activities.Activity", models.PROTECT, related_name="agenda")
    body = models.ForeignKey("members.Body", models.PROTECT, related_name="agendas")
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = AgendaQuerySet.as_manager()

    class Meta:
        verbose_name = _("agenda")
        ordering = ["-pk"]
        constraints = [paired("agenda", "published")]

    def __str__(self) -> str:
        return f"{self.activity}"


@pghistory.track()
class AgendaItem(models.Model):
    """One item of an agenda, in the order of the meeting. `reference` names what it is about, such as a symbol."""

    agenda = models.ForeignKey(Agenda, models.CASCADE, related_name="items")
    order = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=16, choices=AgendaItemKind, default=AgendaItemKind.OTHER)
    title_en = models.CharField(_("title in English"), max_length=400)
    title_id = models.CharField(_("title in Bahasa Indonesia"), max_length=400, blank=True)
    note = models.TextField(_("note"), max_length=4000, blank=True)
    reference = models.CharField(max_length=60, blank=True)

    objects = OfAgendaQuerySet.as_manager()

    class Meta:
        verbose_name = _("item of an agenda")
        ordering = ["agenda", "order", "pk"]
        constraints = [
            models.CheckConstraint(name="ck_agenda_item_kind", condition=Q(kind__in=AgendaItemKind.values)),
            # Checked when the change is complete, so that two items can change places.
            models.UniqueConstraint(
                fields=["agenda", "order"], name="uniq_agenda_item_order", deferrable=models.Deferrable.DEFERRED
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The title in the active language, in English where it is missing."""
        return (self.title_id if get_language() == "id" else "") or self.title_en


@pghistory.track()
class CallRecord(Versioned):
    """A call of the steering group between its meetings: who took part, what was said, what was agreed [29]."""

    held_on = models.DateField(_("date"))
    starts_at = models.TimeField(_("starts at"))  # clock time in `time_zone`
    time_zone = models.CharField(_("time zone"), max_length=64)
    seats = models.ManyToManyField(
        "members.Seat", through="activities.CallSeat", blank=True, related_name="calls", verbose_name=_("seats that took part")
    )
    others = models.CharField(_("others who took part"), max_length=400, blank=True)  # offices, not persons
    subject = models.CharField(_("subject"), max_length=250)
    summary = models.TextField(_("summary"), max_length=10_000, blank=True)
    agreed = models.TextField(_("what was agreed, and who does it"), max_length=10_000, blank=True)
    proposal = models.ForeignKey("activities.Proposal", models.PROTECT, null=True, blank=True, related_name="calls")
    consultation = models.ForeignKey("activities.Consultation", models.PROTECT, null=True, blank=True, related_name="calls")
    activity = models.ForeignKey("activities.Activity", models.PROTECT, null=True, blank=True, related_name="calls")
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_reason = models.CharField(max_length=400, blank=True)

    objects = SteeringGroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("call")
        ordering = ["-held_on", "-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="ck_call_record_zone", condition=~Q(time_zone="")),
            models.CheckConstraint(
                name="ck_call_record_withdrawn_reason", condition=Q(withdrawn_at__isnull=True) | ~Q(withdrawn_reason="")
            ),
            paired("call_record", "withdrawn"),
        ]

    def __str__(self) -> str:
        return self.subject


@pghistory.track()
class CallSeat(models.Model):
    """A seat whose holder, or somebody for the holder, took part in a call. A model of its own, so that it has a history."""

    call = models.ForeignKey(CallRecord, models.CASCADE, related_name="call_seats")
    seat = models.ForeignKey("members.Seat", models.PROTECT, related_name="call_seats")

    objects = OfCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("seat in a call")
        constraints = [models.UniqueConstraint(fields=["call", "seat"], name="uniq_call_seat")]

    def __str__(self) -> str:
        return f"{self.call}: {self.seat}"
