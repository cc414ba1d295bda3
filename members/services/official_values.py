"""The values of an official as JSON holds them, for what can be undone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from members.models import Official

_DAYS = ("period_from", "period_to")
PERSONAL = (
    *("name", "name_own_script", "form_of_address", "salutation", "channel"),
    *("position", "ministry_id", "email", "phone", "language"),
)
KEPT = (*PERSONAL, "period_from", "period_from_precision", "period_to", "period_to_precision")


def state_of(official: Official) -> dict[str, Any]:
    """The values that an import or a merge may change."""
    values = {name: getattr(official, name) for name in KEPT}
    return {name: value.isoformat() if name in _DAYS and value else value for name, value in values.items()}


def put_back(official: Official, values: Mapping[str, Any]) -> None:
    """Give an official in memory values that were kept as JSON."""
    for name, value in values.items():
        setattr(official, name, date.fromisoformat(value) if name in _DAYS and value else value)
