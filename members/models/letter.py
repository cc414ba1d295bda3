"""Letters and notes verbales."""

import pghistory
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.enums import LetterKind
from members.models.base import Versioned
from members.models.visibility import SecretariatQuerySet


@pghistory.track()
class Letter(Versioned):
    """A letter with its reference number; the bodies are per language, the form of address per recipient."""

    reference = models.CharField(_("reference number"), max_length=60)
    kind = models.CharField(max_length=16, choices=LetterKind, default=LetterKind.LETTER)
    subject_en = models.CharField(_("subject in English"), max_length=200)
    subject_id = models.CharField(_("subject in Bahasa Indonesia"), max_length=200, blank=True)
    body_en = models.TextField(_("text in English"))
    body_id = models.TextField(_("text in Bahasa Indonesia"), blank=True)
    form_of_address = models.CharField(_("form of address"), max_length=160, blank=True)
    signatories = models.TextField(_("signatories"), blank=True)  # one office a line
    written_at = models.DateTimeField(default=timezone.now)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="letters")

    objects = SecretariatQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        ordering = ["-written_at"]
        constraints = [models.UniqueConstraint(fields=["reference"], name="uniq_letter_reference")]

    def __str__(self) -> str:
        return f"{self.reference}: {self.subject_en}"

    def subject(self, language: str) -> str:
        return (self.subject_id if language == "id" else "") or self.subject_en

    def body(self, language: str) -> str:
        return (self.body_id if language == "id" else "") or self.body_en
