"""System checks: what the machine lacks is said at the start, not in the middle of a circulation."""

from __future__ import annotations

import ctypes.util
from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register  # noqa: A004 - Django's name

LIBRARIES = ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset")


@register(Tags.compatibility)
def check_text_libraries(app_configs: Sequence[Any] | None = None, **_options: object) -> list[CheckMessage]:  # noqa: ARG001
    """Warn where PDF files cannot be made on this machine."""
    missing = [name for name in LIBRARIES if ctypes.util.find_library(name) is None]
    if not missing:
        return []
    return [
        Warning(
            f"PDF files cannot be made here: {', '.join(missing)} not found.",
            hint="Debian: apt-get install libpangoft2-1.0-0 libharfbuzz-subset0; macOS: brew install pango.",
            id="members.W001",
        )
    ]
