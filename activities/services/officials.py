"""Storing the entry of an official from a sheet or at the door, with what is wrong said at its field."""

from __future__ import annotations

from django.core.exceptions import ValidationError

from members.errors import DomainError
from members.models import Official


def save_entry(official: Official) -> None:
    """Check and store the entry. Raises DomainError, with its field, for what the directory does not take."""
    official.version += 1
    try:
        official.full_clean(exclude=["user"])
    except ValidationError as error:
        field, words = next(iter(error.message_dict.items()))
        raise DomainError(words[0], field=field if field in {"name", "position", "email"} else "") from error
    official.save()
