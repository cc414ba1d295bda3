"""What proves that a copy is the circulated text: who approved it, to whom it went, whether it is the latest."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q

from reports.enums import CirculationState
from reports.models import Approval, Circulation, Document, DocumentVersion

if TYPE_CHECKING:
    from members.models import AnyUser

SHA256 = re.compile(r"[0-9a-f]{64}")
MOST = 20  # versions with one content, or files of one document, that an answer shows


@dataclass(frozen=True)
class Sent:
    """One circulation of a version: when it started, and the participants that it went to, in alphabetical order."""

    at: datetime
    participants: list[str]


@dataclass(frozen=True)
class Proof:
    """All that the record says of one version."""

    version: DocumentVersion
    approvals: list[Approval]
    sent: list[Sent]

    @property
    def is_latest(self) -> bool:
        current = self.version.document.current_version
        return current is not None and current.number == self.version.number

    @property
    def was_circulated(self) -> bool:
        return bool(self.sent)


def proofs_of(versions: list[DocumentVersion]) -> list[Proof]:
    """The proof of each version, in the same order; three queries whatever their number.

    The versions are ones that the reader may see; participants that a document went to are no secret of theirs [85, 86].
    """
    approvals = Approval.objects.filter(sha256__in=[version.sha256 for version in versions])
    approvals = approvals.select_related("seat__participant", "seat__forum", "seat__role", "rendering__report").order_by(
        "approved_at", "pk"
    )
    approvals = approvals.defer("rendering__report__snapshot", "rendering__report__sections")
    going = Circulation.objects.exclude(state=CirculationState.DRAFT).filter(versions__in=versions).distinct()
    circulations = list(going.order_by("started_at").prefetch_related("versions", "recipients__participant"))
    return [
        Proof(
            version,
            [a for a in approvals if a.sha256 == version.sha256 and a.rendering.report.document_id == version.document_id],
            [_sent(c) for c in circulations if version in c.versions.all()],
        )
        for version in versions
    ]


def _sent(circulation: Circulation) -> Sent:
    names = sorted({row.participant.name for row in circulation.recipients.all()})
    return Sent(circulation.started_at or circulation.prepared_at, names)


def found_by(user: AnyUser, asked: str) -> list[Proof]:
    """Proofs of what `asked` names, as far as `user` may see it: a SHA-256, or the symbol of a document, in any case."""
    text = "".join(asked.split())
    wanted = Q(sha256=text.lower()) if SHA256.fullmatch(text.lower()) else Q(document__symbol__iexact=text)
    rows = DocumentVersion.objects.visible_to(user).filter(wanted, document__withdrawn_at__isnull=True)
    rows = rows.select_related("document__current_version").order_by("document__symbol", "-number", "language")
    return proofs_of(list(rows.distinct()[:MOST]))


def named(user: AnyUser, asked: str) -> Document | None:
    """The document of this symbol that holds no file here, so that the answer can say where it is."""
    return Document.objects.visible_to(user).live().filter(symbol__iexact="".join(asked.split()), versions__isnull=True).first()
