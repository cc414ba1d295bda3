"""Closed vocabularies of reports."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class DocumentKind(TextChoices):
    REPORT = "report", _("Report")
    OUTCOME = "outcome", _("Statement or declaration")
    ACTIVITY_REPORT = "activity-report", _("Report of an activity")
    GUIDELINE = "guideline", _("Guideline")
    OTHER = "other", _("Other document")


SYMBOL_LETTERS: dict[str, str] = {
    DocumentKind.REPORT: "R",
    DocumentKind.OUTCOME: "S",
    DocumentKind.ACTIVITY_REPORT: "A",
    DocumentKind.GUIDELINE: "G",
    DocumentKind.OTHER: "D",
}


class Held(TextChoices):
    """Whether the portal has a document's text."""

    FILE = "file", _("Held here")
    ELSEWHERE = "elsewhere", _("Held elsewhere")
    NOT_HELD = "not-held", _("Not held")


class DocumentState(TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    PUBLISHED = "published", _("Published")


class ReportState(TextChoices):
    DRAFT = "draft", _("Draft")
    FROZEN = "frozen", _("Frozen")
    APPROVED = "approved", _("Approved")
    CIRCULATED = "circulated", _("Circulated")


class RenderingState(TextChoices):
    PENDING = "pending", _("Waiting")
    RUNNING = "running", _("Being made")
    DONE = "done", _("Ready")
    FAILED = "failed", _("Failed")


class CirculationState(TextChoices):
    DRAFT = "draft", _("Being prepared")
    STARTED = "started", _("Started")
    RECALLED = "recalled", _("Recalled")
