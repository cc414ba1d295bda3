"""Exchanges with other processes, and who cited this one: the desk's two ledgers [21, 46, 89]."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, transaction
from django.utils.translation import gettext as _

from activities.enums import OutreachDirection
from activities.models import ExternalReference, Outreach
from members.audit import acting
from members.errors import Conflict, DomainError
from members.models import Source, User
from members.permissions import check_can
from members.roles import Permission

_LOCK = 4_200_003  # one number of a year at a time


@transaction.atomic
def save_outreach(*, row: Outreach, sources: Iterable[Source] = (), expected_version: int = 0, by: User) -> Outreach:
    """Store an exchange; `expected_version` is 0 for a new one. Raises Conflict, DomainError, ValidationError."""
    if row.direction == OutreachDirection.THEIRS and row.activity is None and row.forum is None:
        raise DomainError(_("Name the forum that came, or the activity that it came to."), field="forum")
    if row.is_public and not row.public_note.strip():
        raise DomainError(_("Write what the public may read."), field="public_note")
    _store(row, sources, expected_version, by, verb="save_outreach")
    return row


@transaction.atomic
def save_external_reference(
    *, row: ExternalReference, sources: Iterable[Source] = (), expected_version: int = 0, by: User
) -> ExternalReference:
    """Store who cited the process; a new one gets its code `XR-<year>-<nn>`, which never changes. Raises as save_outreach."""
    if not row.code:
        row.code = _next_code(row)
    _store(row, sources, expected_version, by, verb="save_external_reference")
    return row


def _store(row: Outreach | ExternalReference, sources: Iterable[Source], expected_version: int, by: User, *, verb: str) -> None:
    check_can(by, Permission.RECORD_ACTIVITIES)
    if row.pk:
        current = type(row)._default_manager.select_for_update().get(pk=row.pk)
        if current.version != expected_version:
            raise Conflict(_("Somebody else changed this in between."), current=current)
    row.version = expected_version + 1
    row.full_clean()
    with acting(by=by, verb=verb):
        row.save()
        row.source.set(sources)


def _next_code(row: ExternalReference) -> str:
    """The next free number of the year, UNDT where none is known; a number once given is never given again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    stem = f"XR-{row.date.year if row.date else 'UNDT'}-"
    history = ExternalReference._meta.apps.get_model("activities", "ExternalReferenceEvent")._default_manager
    used = {*history.filter(code__startswith=stem).values_list("code", flat=True)}
    used |= {*ExternalReference.objects.filter(code__startswith=stem).values_list("code", flat=True)}
    numbers = [int(code.removeprefix(stem)) for code in used if code.removeprefix(stem).isdigit()]
    return f"{stem}{max(numbers, default=0) + 1:02}"
