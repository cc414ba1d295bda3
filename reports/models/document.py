"""Documents with permanent symbols, and their immutable versions."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.enums import AccessClass, DatePrecision
from members.models.base import Sourced, Versioned, append_only, paired
from reports.enums import DocumentKind, DocumentState, Held
from reports.models.visibility import DocumentQuerySet, OfDocumentQuerySet


@pghistory.track(exclude=["search"])
class Document(Versioned, Sourced):
    """A document known to exist, with its symbol; its text is held here, elsewhere or not at all."""

    symbol = models.CharField(_("symbol"), max_length=40)
    kind = models.CharField(_("kind"), max_length=16, choices=DocumentKind)
    form = models.CharField(_("form"), max_length=60, blank=True)
    title = models.CharField(_("title"), max_length=250)
    title_id = models.CharField(_("title in Bahasa Indonesia"), max_length=250, blank=True)
    date = models.DateField(_("date"), null=True, blank=True)
    date_precision = models.CharField(max_length=8, choices=DatePrecision, default=DatePrecision.DAY)
    activity = models.ForeignKey("activities.Activity", models.PROTECT, null=True, blank=True, related_name="documents")
    authors = models.ManyToManyField("members.Participant", blank=True, related_name="documents_written")
    author_bodies = models.ManyToManyField("members.Body", blank=True, related_name="documents_written")
    labels = models.CharField(_("labels"), max_length=250, blank=True)  # "Attachment A (text)"; several by "; "
    language = models.CharField(_("language"), max_length=5, blank=True)  # of the copy held elsewhere
    held = models.CharField(_("held"), max_length=10, choices=Held, default=Held.FILE)
    url = models.URLField(_("address"), max_length=600, blank=True)
    link_withheld = models.BooleanField(_("the copy elsewhere names persons: no link to it"), default=False)
    public_note = models.TextField(_("public note"), blank=True)
    access_class = models.CharField(_("access"), max_length=16, choices=AccessClass, default=AccessClass.PUBLIC)
    release_at = models.DateTimeField(_("public from"), null=True, blank=True)
    state = models.CharField(max_length=10, choices=DocumentState, default=DocumentState.DRAFT)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_reason = models.CharField(max_length=400, blank=True)
    current_version = models.ForeignKey(
        "reports.DocumentVersion", models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    recorded_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    search = models.GeneratedField(
        expression=SearchVector("title", "title_id", "symbol", "form", "labels", config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        ordering = [F("date").desc(nulls_last=True), "symbol"]
        indexes = [GinIndex(fields=["search"], name="document_search")]
        constraints = [
            models.UniqueConstraint(fields=["symbol"], name="uniq_document_symbol"),
            models.CheckConstraint(name="ck_document_class", condition=Q(access_class__in=AccessClass.values)),
            models.CheckConstraint(
                name="ck_document_published_has_version_or_not_held",
                condition=Q(published_at__isnull=True) | Q(current_version__isnull=False) | ~Q(held=Held.FILE),
                violation_error_message=_("Attach a file before publishing, or say where the document is held."),
            ),
            models.CheckConstraint(
                name="ck_document_precision",
                condition=Q(date_precision=DatePrecision.UNKNOWN, date__isnull=True)
                | (~Q(date_precision=DatePrecision.UNKNOWN) & Q(date__isnull=False)),
            ),
            paired("document", "published"),
            paired("document", "withdrawn"),
        ]

    def __str__(self) -> str:
        return f"{self.symbol}: {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("reports:document_detail", args=[self.symbol])


class DocumentVersion(models.Model):
    """One file of a document: number and language, with its hash. It never changes; a correction is a new version."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=5, default="en")
    storage_name = models.CharField(max_length=250, unique=True)
    filename = models.CharField(max_length=160)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()  # bytes
    pages = models.PositiveSmallIntegerField(null=True, blank=True)
    sha256 = models.CharField(max_length=64)
    text = models.TextField(blank=True)  # for search
    added_at = models.DateTimeField(default=timezone.now)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = OfDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a document")
        ordering = ["document", "-number", "language"]
        constraints = [models.UniqueConstraint(fields=["document", "number", "language"], name="uniq_document_version_language")]
        indexes = [GinIndex(SearchVector("text", config="english"), name="document_version_text")]
        triggers: list[pgtrigger.Trigger] = [append_only()]

    def __str__(self) -> str:
        return f"{self.document.symbol} v{self.number} {self.language}"

    @property
    def extension(self) -> str:
        return self.filename.rsplit(".", 1)[-1].lower()
