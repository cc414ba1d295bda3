"""The register of others' activities: lists taken in as a whole after a preview, and single entries by hand [32]."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from activities.models import ForeignActivity, ForeignList
from activities.selectors_foreign import NEW, Known, Row, assess_rows, key_of, rows_of
from members.audit import acting
from members.errors import Conflict, DomainError
from members.models import Portfolio, Topic, User
from members.permissions import check_can
from members.roles import Permission
from members.sheets import MOST_ROWS, Sheet, storable

_LOCK = 4_200_031  # one at a time adds to the register, so that the same row is not added twice


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


@transaction.atomic
def start_list(*, sheet: Sheet, by: User, filename: str = "") -> ForeignList:
    """Keep a list for its preview; nothing of it is in the register yet. Raises DomainError for one without title or rows."""
    check_can(by, Permission.RECORD_ACTIVITIES)
    rows = rows_of(sheet.rows)
    if rows is None:
        raise DomainError(_("No column is headed “title”. Write the headings in the first row."))
    if not rows:
        raise DomainError(_("The list has headings only."))
    if len(rows) > MOST_ROWS:
        raise DomainError(_("The list has more than 2,000 rows. Import it in parts."))
    return ForeignList.objects.create(
        owner=by, kind=sheet.kind, filename=storable(filename)[:160], encoding=sheet.encoding, rows=rows
    )


def _open(found: ForeignList, by: User) -> ForeignList:
    check_can(by, Permission.RECORD_ACTIVITIES)
    return ForeignList.objects.visible_to(by).select_for_update().get(pk=found.pk)


@transaction.atomic
def discard_list(*, foreign_list: ForeignList, by: User) -> None:
    """Forget a list before it is confirmed. Raises DomainError afterwards."""
    found = _open(foreign_list, by)
    if found.confirmed_at:
        raise DomainError(_("This list is imported already."))
    found.delete()


@transaction.atomic
def confirm_list(*, foreign_list: ForeignList, by: User) -> ForeignList:
    """Add the good rows that are not on record; a second press changes nothing. Raises DomainError where none is left."""
    found = _open(foreign_list, by)
    if found.confirmed_at:
        return found
    _one_at_a_time()
    new = [row for row in assess_rows(found.rows, Known()) if row.outcome == NEW]
    if not new:
        raise DomainError(_("There is nothing to add: no row is both new and without a problem."))
    with acting(by=by, verb="import_foreign_activities"):
        _add(new)
    found.added, found.confirmed_at, found.confirmed_by = len(new), timezone.now(), by
    found.version += 1
    found.save()
    return found


def _add(rows: list[Row]) -> None:
    made = ForeignActivity.objects.bulk_create([ForeignActivity(**row.values) for row in rows])
    pairs = list(zip(made, rows, strict=True))
    topics = ForeignActivity.topics.through
    topics._default_manager.bulk_create(
        topics(foreignactivity=record, topic=topic) for record, row in pairs for topic in row.topics
    )
    portfolios = ForeignActivity.portfolios.through
    portfolios._default_manager.bulk_create(
        portfolios(foreignactivity=record, portfolio=one) for record, row in pairs for one in row.portfolios
    )


@transaction.atomic
def save_foreign(  # noqa: PLR0913 - an entry has these parts
    *,
    record: ForeignActivity,
    values: Mapping[str, Any],
    topics: Iterable[Topic],
    portfolios: Iterable[Portfolio],
    expected_version: int | None,
    by: User,
) -> ForeignActivity:
    """Record or edit one activity of another body. Raises Conflict, and DomainError where the same is on record."""
    check_can(by, Permission.RECORD_ACTIVITIES)
    _one_at_a_time()
    is_new = record.pk is None
    found = record if is_new else ForeignActivity.objects.select_for_update().get(pk=record.pk)
    if not is_new and found.version != expected_version:
        raise Conflict(_("Somebody else changed this in between."), current=found)
    for name, value in values.items():
        setattr(found, name, value)
    found.key = key_of(found)
    if ForeignActivity.objects.filter(key=found.key).exclude(pk=found.pk).exists():
        raise DomainError(_("The same activity is on record: title, dates, place and organiser are equal."), field="title")
    found.full_clean()
    if not is_new:
        found.version += 1
    with acting(by=by, verb="record_foreign_activity" if is_new else "edit_foreign_activity"):
        found.save()
        found.topics.set(topics)
        found.portfolios.set(portfolios)
    return found


def forget_lists(*, by: User) -> int:
    """Delete lists that are older than a day. Returns how many."""
    with acting(by=by, verb="forget_foreign_lists"):
        return ForeignList.objects.outdated().delete()[0]
