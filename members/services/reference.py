"""Reference tables: rows that an administrator adds, edits and retires. What is used is never deleted, a key never changes."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.audit import acting
from members.errors import Conflict, DomainError
from members.models import Process, SeatRole, User
from members.models.base import Vocabulary
from members.permissions import check_can
from members.roles import Permission
from members.selectors_reference import TextUses, people_in_role, uses_of
from members.services.last_administrator import administrator_remains


class NeedsConfirmation(DomainError):
    """What a role may do would change for `people` people; the service wants a yes to exactly that."""

    def __init__(self, message: str, *, people: int) -> None:
        super().__init__(message, field="confirmed")
        self.people = people


@transaction.atomic
def add_row[V: Vocabulary](*, row: V, by: User) -> V:
    """A new row. Raises ValidationError for a key that is taken."""
    check_can(by, Permission.EDIT_REFERENCE_TABLES)
    row.full_clean()
    with acting(by=by, verb="add_reference_row"):
        row.save(force_insert=True)
    return row


@transaction.atomic
def edit_row[V: Vocabulary](*, row: V, expected_version: int, by: User, confirmed: bool = False) -> V:
    """Store new names, order and what else the row says; its key stays.

    Raises Conflict where somebody else changed it since `expected_version`, NeedsConfirmation where rights of people
    would change and `confirmed` does not say yes, DomainError where no administrator who can sign in would be left.
    """
    check_can(by, Permission.EDIT_REFERENCE_TABLES)
    current: Any = type(row)._default_manager.select_for_update().get(pk=row.pk)
    if current.version != expected_version:
        raise Conflict(_("Somebody else changed this in between."), current=current)
    row.key, row.version = current.key, current.version + 1
    row.retired_at, row.retired_by = current.retired_at, current.retired_by
    row.full_clean()
    if isinstance(row, SeatRole) and not confirmed:
        _check_rights_stay(current, row)
    guarded = [row] if isinstance(row, SeatRole) else []
    with administrator_remains(*guarded), acting(by=by, verb="edit_reference_row"):
        row.save()
    return row


def _check_rights_stay(before: SeatRole, after: SeatRole) -> None:
    if (before.permission_set, before.approves) == (after.permission_set, after.approves):
        return
    people = people_in_role(before)
    words = ngettext(
        "This changes what %(people)s person may do from now on. Say that it is meant.",
        "This changes what %(people)s people may do from now on. Say that it is meant.",
        people,
    )
    raise NeedsConfirmation(words % {"people": people}, people=people)


@transaction.atomic
def retire_row[V: Vocabulary](*, row: V, by: User) -> V:
    """Offer the row no longer; records that have it go on showing it. Doing it twice changes nothing."""
    return _set_retired(row, by, retired=True)


@transaction.atomic
def offer_row[V: Vocabulary](*, row: V, by: User) -> V:
    """Offer a retired row again. Doing it twice changes nothing."""
    return _set_retired(row, by, retired=False)


def _set_retired[V: Vocabulary](row: V, by: User, *, retired: bool) -> V:
    check_can(by, Permission.EDIT_REFERENCE_TABLES)
    found: Any = type(row)._default_manager.select_for_update().get(pk=row.pk)
    if (found.retired_at is not None) != retired:
        found.retired_at, found.retired_by = (timezone.now(), by) if retired else (None, None)
        found.version += 1
        with acting(by=by, verb="retire_reference_row" if retired else "offer_reference_row"):
            found.save(update_fields=["retired_at", "retired_by", "version"])
    return found  # type: ignore[no-any-return] # of the row's own type


@transaction.atomic
def delete_row(*, row: Vocabulary, by: User, texts: TextUses = ()) -> None:
    """Take away a row that nothing uses; the history keeps it. Raises DomainError that says what uses it.

    The lock keeps others from using it in the meantime: whoever refers to a row needs a share of it.
    """
    check_can(by, Permission.EDIT_REFERENCE_TABLES)
    found: Any = type(row)._default_manager.select_for_update().get(pk=row.pk)
    uses = ", ".join(f"{use.words}: {use.number}" for use in uses_of(found, texts))
    if uses:
        raise DomainError(_("It is used and cannot be deleted (%(uses)s). Retire it instead.") % {"uses": uses})
    try:
        with acting(by=by, verb="delete_reference_row"), transaction.atomic():
            found.delete()
    except ProtectedError as error:
        raise DomainError(_("Other records refer to it. Retire it instead.")) from error


@transaction.atomic
def edit_process(*, process: Process, expected_version: int, by: User) -> Process:
    """New names of the process; its prefix stands in every reference and stays. Raises Conflict."""
    check_can(by, Permission.EDIT_REFERENCE_TABLES)
    current = Process.objects.select_for_update().get(pk=process.pk)
    if current.version != expected_version:
        raise Conflict(_("Somebody else changed this in between."), current=current)
    process.prefix, process.version = current.prefix, current.version + 1
    process.full_clean()
    with acting(by=by, verb="edit_process"):
        process.save()
    return process
