"""Who acts and why, for the history; and the only door to AccessRecord."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pghistory

from members.models import AccessRecord
from members.signing import without_tokens

if TYPE_CHECKING:
    from django.http import HttpRequest

    from members.models import AnyUser, User


@contextmanager
def acting(*, by: User, verb: str) -> Iterator[None]:
    """Open the history's context: every row changed inside says that `by` did `verb`. Raises ValueError without an actor."""
    if not getattr(by, "pk", None):
        raise ValueError("A change needs an actor: pass by=, or the service account.")
    with pghistory.context(user=by.pk, verb=verb):
        yield


def record_access(*, by: AnyUser, action: str, label: str, ref: str, request: HttpRequest | None = None) -> AccessRecord:
    """Write that `by` opened, downloaded or exported restricted material, or was denied it."""
    return AccessRecord.objects.create(
        actor_id=by.pk,
        action=action,
        object_label=label[:60],
        object_ref=ref[:120],
        address=without_tokens(request.path)[:250] if request else "",
        request_id=getattr(request, "request_id", "")[:64] if request else "",
    )
