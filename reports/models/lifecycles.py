"""Lifecycles of reports: which state may follow which."""

from __future__ import annotations

from collections.abc import Mapping

from members.models.lifecycles import TransitionError, check_transition, may_follow
from reports.enums import CirculationState, DocumentState, RenderingState, ReportState

DOCUMENT_TRANSITIONS: Mapping[str, frozenset[str]] = {
    DocumentState.DRAFT: frozenset({DocumentState.SUBMITTED, DocumentState.PUBLISHED}),
    DocumentState.SUBMITTED: frozenset({DocumentState.DRAFT, DocumentState.PUBLISHED}),
    DocumentState.PUBLISHED: frozenset(),
}
REPORT_TRANSITIONS: Mapping[str, frozenset[str]] = {
    ReportState.DRAFT: frozenset({ReportState.FROZEN}),
    ReportState.FROZEN: frozenset({ReportState.APPROVED}),
    ReportState.APPROVED: frozenset({ReportState.CIRCULATED, ReportState.FROZEN}),  # an approval may be withdrawn
    ReportState.CIRCULATED: frozenset(),
}
RENDERING_TRANSITIONS: Mapping[str, frozenset[str]] = {
    RenderingState.PENDING: frozenset({RenderingState.RUNNING}),
    RenderingState.RUNNING: frozenset({RenderingState.DONE, RenderingState.FAILED, RenderingState.PENDING}),
    RenderingState.FAILED: frozenset({RenderingState.PENDING}),
    RenderingState.DONE: frozenset(),
}
CIRCULATION_TRANSITIONS: Mapping[str, frozenset[str]] = {
    CirculationState.DRAFT: frozenset({CirculationState.STARTED}),
    CirculationState.STARTED: frozenset({CirculationState.RECALLED}),
    CirculationState.RECALLED: frozenset(),
}

__all__ = [
    "CIRCULATION_TRANSITIONS",
    "DOCUMENT_TRANSITIONS",
    "RENDERING_TRANSITIONS",
    "REPORT_TRANSITIONS",
    "TransitionError",
    "check_transition",
    "may_follow",
]
