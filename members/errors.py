"""What a service says when it cannot do what was asked, in words for the person who asked."""

from __future__ import annotations

from typing import Any


class DomainError(Exception):
    """A rule stands against it. `field` names the form field it belongs to, if any."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class Conflict(DomainError):
    """Somebody else changed the record in between; `current` is how it stands now."""

    def __init__(self, message: str, *, current: Any) -> None:
        super().__init__(message)
        self.current = current
