"""Records of reports whose history can be read at the desk."""

from __future__ import annotations

from members.tracked import Tracked, said
from reports import models as m

TRACKED = (
    Tracked(
        "document",
        m.Document,
        said("symbol", "=: ", "title"),
        key="symbol",
        why=("withdrawn_reason",),
        page=("reports:desk_document",),
    ),
    Tracked("progress-report", m.ProgressReport, said("title"), page=("reports:progress_report_detail",)),
    Tracked("rendering", m.Rendering, said("report__title", "= ", "language"), part_of=("progress-report", "report_id")),
    Tracked("approval", m.Approval, said("rendering__report__title", "=: ", "holder_label")),
    Tracked("circulation", m.Circulation, said("title"), page=("reports:circulation_detail",)),
)
