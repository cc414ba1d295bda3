"""What anybody may know of the history of documents."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from members.public_history import Change, events_of, public_changes
from reports.models import Document

DOCUMENT_FIELDS: dict[str, str | Promise] = {
    "kind": _("kind"),
    "form": _("form"),
    "title": _("title"),
    "title_id": _("title"),
    "date": _("date"),
    "date_precision": _("date"),
    "activity_id": _("activity"),
    "labels": _("labels"),
    "language": _("language"),
    "held": _("where it is held"),
    "url": _("where it is held"),
    "link_withheld": _("where it is held"),
    "public_note": _("note"),
    "access_class": _("who may read it"),
    "release_at": _("who may read it"),
    "current_version_id": _("file"),
    "confidence": _("how well confirmed"),
    "withdrawn_at": _("withdrawal"),
}


def document_changes(document: Document) -> list[Change]:
    """Changes of a document since its publication, and its recording. One query."""
    return public_changes(events_of(Document).filter(id=document.pk), DOCUMENT_FIELDS, since=document.published_at)
