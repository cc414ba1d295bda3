"""Undoing an import within ten minutes: what was made goes, what was changed comes back, what others touched stays."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from members.errors import DomainError
from members.models import Appointment, ImportBatch, Ministry, Official, User
from members.permissions import check_can
from members.roles import Permission
from members.services.directory import remove_record, save_record
from members.services.official_values import put_back

VERB = "undo_import"


@transaction.atomic
def undo_import(*, batch: ImportBatch, by: User) -> list[str]:
    """Undo a confirmed import. Returns what stays and why, one sentence each. Raises DomainError once the time is over."""
    check_can(by, Permission.MANAGE_CONTACTS)
    found = ImportBatch.objects.visible_to(by).select_for_update().get(pk=batch.pk)
    if found.undone_at is not None:
        return list(found.made.get("stays", []))
    if not found.may_be_undone:
        raise DomainError(_("An import can be undone for ten minutes only. Edit the entries one by one."))
    stays = [*_undo_places(found.made, by), *_undo_entries(found.made, by)]
    stays += [*_undo_changes(found.made, by), *_undo_ministries(found.made, by)]
    found.made["stays"] = stays
    found.undone_at, found.undone_by = timezone.now(), by
    found.version += 1
    found.save()
    return stays


def _undo_places(made: dict[str, Any], by: User) -> list[str]:
    stays = []
    for pk, version, _official in made["appointments"]:
        row = Appointment.objects.select_for_update(of=("self",)).select_related("official").filter(pk=pk).first()
        if row is None:
            continue
        if row.version != version or row.confirmed_at or not _removed(row, by):
            stays.append(_("%(name)s stays in the place: somebody worked with it since.") % {"name": row.official})
    return stays


def _undo_entries(made: dict[str, Any], by: User) -> list[str]:
    """New entries go, unless somebody edited them or something refers to them by now."""
    stays = []
    for row in Official.objects.select_for_update().filter(pk__in=made["officials"]).order_by("pk"):
        if row.version != 1 or row.user_id:
            stays.append(_("%(name)s stays: somebody edited the entry since.") % {"name": row.name})
        elif not _removed(row, by):
            stays.append(_("%(name)s stays: other records refer to the entry by now.") % {"name": row.name})
    return stays


def _undo_changes(made: dict[str, Any], by: User) -> list[str]:
    stays = []
    for change in made["changed"]:
        row = Official.objects.select_for_update().filter(pk=change["pk"]).first()
        if row is None:
            continue
        if row.version != change["version"]:
            stays.append(_("%(name)s stays as it is now: somebody edited the entry since.") % {"name": row.name})
            continue
        name = row.name
        put_back(row, change["before"])
        try:
            with transaction.atomic():
                save_record(record=row, by=by, expected_version=change["version"], verb=VERB)
        except (ValidationError, DomainError) as error:
            said = " ".join(error.messages) if isinstance(error, ValidationError) else error.message
            stays.append(_("%(name)s stays as it is now: %(said)s") % {"name": name, "said": said})
    return stays


def _undo_ministries(made: dict[str, Any], by: User) -> list[str]:
    rows = Ministry.objects.select_for_update(of=("self",)).filter(pk__in=made["ministries"]).order_by("pk")
    said = _("%(name)s stays: somebody worked with it since.")
    return [said % {"name": row.name} for row in rows if row.version != 1 or not _removed(row, by)]


def _removed(row: Any, by: User) -> bool:
    try:
        remove_record(record=row, by=by, verb=VERB)
    except DomainError:
        return False
    return True
