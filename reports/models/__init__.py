"""What is said about the record, on paper, and to whom."""

from reports.models.circulation import Acknowledgement, Circulation, CirculationRecipient
from reports.models.document import Document, DocumentVersion
from reports.models.progress import Approval, ProgressReport, Rendering

__all__ = [
    "Acknowledgement",
    "Approval",
    "Circulation",
    "CirculationRecipient",
    "Document",
    "DocumentVersion",
    "ProgressReport",
    "Rendering",
]
