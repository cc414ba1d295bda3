"""Making two entries of one person one, and apart again: nothing is lost, and everything that moved is written down."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from members.audit import acting
from members.enums import DatePrecision
from members.errors import Conflict, DomainError
from members.models import MergeRecord, Official, User
from members.models.base import today
from members.permissions import check_can
from members.roles import Permission
from members.selectors_merging import Reference, clashes, open_merge_of, references
from members.services.last_administrator import administrator_remains
from members.services.official_values import PERSONAL, put_back, state_of

OTHER = "other"


@transaction.atomic
def merge_officials(  # noqa: PLR0913 - a merge has these parts
    *,
    kept: Official,
    other: Official,
    choices: Mapping[str, str],
    by: User,
    expected_version: int | None = None,
    expected_other: int | None = None,
) -> MergeRecord:
    """Make `other` part of `kept`. `choices` names the fields whose value comes from "other"; all others stay.

    Everything that refers to `other` refers to `kept` afterwards; past appointments keep the title of their day. `other` ends
    and is no contact any more. Raises Conflict where an entry changed since it was shown, DomainError where a rule forbids it.
    """
    check_can(by, Permission.MANAGE_CONTACTS)
    if kept.pk == other.pk:
        raise DomainError(_("Choose two different entries."))
    locked = {row.pk: row for row in Official.objects.select_for_update().filter(pk__in=[kept.pk, other.pk]).order_by("pk")}
    one, two = locked[kept.pk], locked[other.pk]
    for row, expected in ((one, expected_version), (two, expected_other)):
        if expected is not None and row.version != expected:
            raise Conflict(_("%(name)s was changed since you looked. Compare both again.") % {"name": row}, current=row)
        if open_merge_of(row):
            raise DomainError(_("%(name)s was merged into another entry already.") % {"name": row})
    if found := clashes(one, two):
        raise DomainError(" ".join(found))
    with administrator_remains(one, two), acting(by=by, verb="merge_officials"):
        return _merge(one, two, choices, by)


def _merge(kept: Official, other: Official, choices: Mapping[str, str], by: User) -> MergeRecord:
    before = {"kept": _state(kept), "merged": _state(other)}
    moved = {reference.label: _move(reference, other, kept) for reference in references()}
    for name in PERSONAL:
        if choices.get(name) == OTHER:
            setattr(kept, name, getattr(other, name))
    kept.user_id, other.user_id = kept.user_id or other.user_id, None
    yesterday = today() - timedelta(days=1)
    last = max(yesterday, other.period_from or yesterday)
    other.period_to = min(other.period_to, last) if other.period_to else last
    other.period_to_precision = DatePrecision.DAY
    _save(other)
    _save(kept)
    return MergeRecord.objects.create(
        kept=kept,
        merged=other,
        moved={label: keys for label, keys in moved.items() if keys},
        before=before,
        after={"kept": _state(kept)},
        merged_by=by,
    )


def _state(official: Official) -> dict[str, Any]:
    return {**state_of(official), "user_id": official.user_id}


def _save(official: Official) -> None:
    official.version += 1
    try:
        official.full_clean()
    except ValidationError as error:
        raise DomainError(" ".join(error.messages)) from error
    official.save()


def _move(reference: Reference, source: Official, target: Official, keys: list[int] | None = None) -> list[int]:
    """Point rows at another official and return their keys; versioned ones get a new version."""
    rows = reference.rows(source) if keys is None else reference.rows(source).filter(pk__in=keys)
    found = list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))
    changes: dict[str, Any] = {reference.field: target}
    if any(field.name == "version" for field in reference.model._meta.concrete_fields):
        changes["version"] = models.F("version") + 1
    reference.model._default_manager.filter(pk__in=found).update(**changes)
    return found


def what_stays(record: MergeRecord) -> list[str]:
    """What undoing a merge cannot bring back, because somebody changed it since; one sentence each."""
    found = []
    for name in _changed(record):
        if _state(record.kept)[name] != record.after["kept"][name]:
            label = record.kept._meta.get_field(name.removesuffix("_id")).verbose_name  # type: ignore[union-attr]
            found.append(_("%(field)s stays as it is now: it was edited since.") % {"field": str(label).capitalize()})
    for reference in references():
        keys = record.moved.get(reference.label, [])
        gone = len(keys) - reference.rows(record.kept).filter(pk__in=keys).count()
        if gone:
            said = _("%(number)d of the moved records stay where they are now (%(kind)s): they were changed since.")
            found.append(said % {"number": gone, "kind": reference.model._meta.verbose_name})
    return found


def _changed(record: MergeRecord) -> list[str]:
    return [name for name, value in record.before["kept"].items() if value != record.after["kept"][name]]


@transaction.atomic
def unmerge_officials(*, record: MergeRecord, by: User) -> list[str]:
    """Bring back two entries as they were. Returns what stays, since somebody changed it in between (`what_stays`).

    Raises DomainError where it cannot be undone: undone already, the kept entry merged into a third, an address taken.
    """
    check_can(by, Permission.MANAGE_CONTACTS)
    found = MergeRecord.objects.select_for_update().get(pk=record.pk)
    if found.undone_at is not None:
        raise DomainError(_("This merge is undone already."))
    locked = {
        row.pk: row for row in Official.objects.select_for_update().filter(pk__in=[found.kept_id, found.merged_id]).order_by("pk")
    }
    kept, merged = locked[found.kept_id], locked[found.merged_id]
    found.kept, found.merged = kept, merged
    if further := open_merge_of(kept):
        raise DomainError(_("%(name)s was merged into %(other)s since. Undo that first.") % {"name": kept, "other": further.kept})
    stays = what_stays(found)
    with administrator_remains(kept, merged), acting(by=by, verb="unmerge_officials"):
        for reference in references():
            if keys := found.moved.get(reference.label):
                _move(reference, kept, merged, keys)
        now = _state(kept)
        put_back(kept, {name: found.before["kept"][name] for name in _changed(found) if now[name] == found.after["kept"][name]})
        put_back(merged, found.before["merged"])
        if kept.user_id and kept.user_id == merged.user_id:
            merged.user_id = None
        _save(kept)
        _save(merged)
        found.undone_at, found.undone_by = timezone.now(), by
        found.version += 1
        found.save()
    return stays
