"""Persons and posts that can be written to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.enums import Channel, OfficeRank
from members.models.base import Dated, Versioned, paired
from members.models.visibility import ContactQuerySet, SecretariatQuerySet

if TYPE_CHECKING:
    from datetime import date

LONGEST_EMAIL = 254  # signs of an address, as the column holds them; a form of Django's takes more


@pghistory.track(exclude=["email"])
class Office(Dated, Versioned):
    """A post that can be written to without naming a person: minister, head of organisation, director [22, 83]."""

    participant = models.ForeignKey("members.Participant", models.PROTECT, related_name="offices")
    ministry = models.ForeignKey("members.Ministry", models.PROTECT, null=True, blank=True, related_name="offices")
    title = models.CharField(_("title"), max_length=250)
    rank = models.CharField(_("rank"), max_length=24, choices=OfficeRank, default=OfficeRank.OTHER)
    form_of_address = models.CharField(_("form of address"), max_length=120, blank=True)
    salutation = models.CharField(_("salutation"), max_length=160, blank=True)
    channel = models.CharField(_("channel"), max_length=20, choices=Channel, default=Channel.DIRECT)
    email = models.EmailField(_("official e-mail"), blank=True)
    is_invented = models.BooleanField(default=False, editable=False)  # a labelled contact of a trial

    objects = ContactQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = _("office")
        ordering = ["participant__name", "title"]

    def __str__(self) -> str:
        return f"{self.title}, {self.participant}"


class OfficialQuerySet[M: models.Model](ContactQuerySet[M]):
    """Officials. An entry that was merged into another is no contact any more; only its own page still finds it."""

    def apart(self) -> Self:
        """Entries that were not merged into another."""
        return self.exclude(pk__in=_open_merges().values("merged"))

    def as_of(self, day: date) -> Self:
        return super().as_of(day).apart()


def _open_merges() -> models.QuerySet[models.Model]:
    merges = Official._meta.apps.get_model("members", "MergeRecord")
    return merges._default_manager.filter(undone_at__isnull=True)


# Personal values stay out of the history: it says that, when and by whom they changed, not what they were.
@pghistory.track(exclude=["name", "name_own_script", "form_of_address", "salutation", "email", "phone"])
class Official(Dated, Versioned):
    """A person in the service of a participant, with the title in official use. No passport numbers, ever."""

    participant = models.ForeignKey("members.Participant", models.PROTECT, null=True, blank=True, related_name="officials")
    ministry = models.ForeignKey("members.Ministry", models.PROTECT, null=True, blank=True, related_name="officials")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="officials")
    name = models.CharField(_("full name"), max_length=200)
    name_own_script = models.CharField(_("name in own script"), max_length=200, blank=True)
    form_of_address = models.CharField(_("form of address"), max_length=120, blank=True)
    salutation = models.CharField(_("salutation"), max_length=160, blank=True)
    channel = models.CharField(_("channel"), max_length=20, choices=Channel, default=Channel.DIRECT)
    position = models.CharField(_("position and ministry"), max_length=250, blank=True)
    email = models.EmailField(_("e-mail"), max_length=LONGEST_EMAIL, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=5, blank=True)
    is_invented = models.BooleanField(default=False, editable=False)

    objects = OfficialQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = _("official")
        ordering = ["name"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                "participant",
                Lower("email"),
                name="uniq_official_current_email",
                condition=Q(period_to__isnull=True) & ~Q(email=""),
                violation_error_message=_("Another official of this participant has this e-mail address."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track(exclude=["text"])
class ContactRemark(models.Model):
    """What a contact says is not right any more about its own entry; emptied once the desk has settled it."""

    official = models.ForeignKey(Official, models.PROTECT, null=True, blank=True, related_name="remarks")
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="remarks")
    text = models.TextField(_("what has changed"), max_length=2000, blank=True)
    said_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = SecretariatQuerySet.as_manager()

    class Meta:
        verbose_name = _("remark on a contact")
        ordering = ["said_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="ck_contact_remark_one_contact",
                condition=Q(official__isnull=False, office__isnull=True) | Q(official__isnull=True, office__isnull=False),
            ),
            paired("contact_remark", "settled"),
        ]

    def __str__(self) -> str:
        return f"{self.official_id or self.office_id}: {self.said_at:%Y-%m-%d}"
