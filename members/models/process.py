"""The process itself, the sources of its record, and what was loaded from files."""

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from members.models.base import Versioned, VisibleQuerySet


@pghistory.track()
class Process(Versioned):
    """The process that this portal serves: one row."""

    name_en = models.CharField(_("name in English"), max_length=120)
    name_id = models.CharField(_("name in Bahasa Indonesia"), max_length=120, blank=True)
    full_name_en = models.CharField(_("full name in English"), max_length=250)
    full_name_id = models.CharField(_("full name in Bahasa Indonesia"), max_length=250, blank=True)
    prefix = models.CharField(max_length=8)
    languages = models.CharField(max_length=60, default="en; id")
    since = models.PositiveSmallIntegerField(null=True, blank=True)
    singleton = models.BooleanField(default=True, editable=False)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("process")
        constraints = [
            models.UniqueConstraint(fields=["singleton"], name="uniq_process_row"),
            models.CheckConstraint(condition=Q(singleton=True), name="ck_process_singleton"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return (self.name_id if get_language() == "id" else "") or self.name_en

    @property
    def language_codes(self) -> list[str]:
        """Codes of the languages it works in, in its order."""
        return [code.strip() for code in self.languages.split(";") if code.strip()]

    @property
    def full_name(self) -> str:
        return (self.full_name_id if get_language() == "id" else "") or self.full_name_en


@pghistory.track()
class Source(models.Model):
    """A source that facts of the record cite by its key."""

    key = models.CharField(max_length=12, unique=True)
    title = models.CharField(max_length=400)
    kind = models.CharField(max_length=60, blank=True)
    url = models.URLField(max_length=600, blank=True)
    link_withheld = models.BooleanField(_("it names persons: no link to it"), default=False)
    import_test = models.TextField(blank=True)  # staff note
    note = models.TextField(blank=True)  # staff note

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("source")
        ordering = ["key"]

    def __str__(self) -> str:
        return f"{self.key}: {self.title}"


class LoadedRow(models.Model):
    """What a row of a loaded file looked like, so that a row edited in the portal since is recognised and kept."""

    file = models.CharField(max_length=60)
    key = models.CharField(max_length=250)
    digest = models.CharField(max_length=64)  # SHA-256 of the row's cells
    state = models.CharField(max_length=64)  # SHA-256 of the stored record right after loading
    loaded_at = models.DateTimeField(auto_now=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "key"], name="uniq_loaded_row")]

    def __str__(self) -> str:
        return f"{self.file}: {self.key}"
