"""The directory: participants, their standing, ministries, offices, officials and seats."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from members.audit import acting
from members.enums import DatePrecision
from members.errors import Conflict, DomainError
from members.models import Ministry, Office, Official, Participant, ParticipantName, Seat, User
from members.models.base import today
from members.permissions import check_can
from members.roles import Permission
from members.services.last_administrator import administrator_remains

Links = Mapping[str, Iterable[models.Model]]


@transaction.atomic
def save_record[M: models.Model](
    *, record: M, by: User, expected_version: int | None = None, links: Links | None = None, verb: str = ""
) -> M:
    """Store a new or changed row of the directory with its many-to-many `links` (field name to rows).

    `verb` is what the history says where the row is part of something larger, such as an import.

    Raises Conflict where somebody else changed a versioned row since `expected_version`, ValidationError where a rule of
    the model stands against it, DomainError where no administrator who can sign in would be left.
    """
    check_can(by, Permission.MANAGE_CONTACTS)
    name = record._meta.model_name
    is_new = record.pk is None
    if not is_new and expected_version is not None:
        current: Any = type(record)._default_manager.select_for_update().get(pk=record.pk)
        if current.version != expected_version:
            raise Conflict(_("Somebody else changed this in between."), current=current)
        record.version = current.version + 1  # type: ignore[attr-defined] # versioned, since a version is expected
    if isinstance(record, Ministry) and not record.code:
        record.code = _free_code(record.participant)
    record.full_clean()
    guarded = [record] if isinstance(record, Official | Seat) else []
    with administrator_remains(*guarded), acting(by=by, verb=verb or f"{'record' if is_new else 'edit'}_{name}"):
        record.save()
        for field, rows in (links or {}).items():
            getattr(record, field).set(rows)
    return record


def _free_code(participant: Participant) -> str:
    """The next unused code of a ministry, such as "FJI-M03"; codes are for loading, nobody needs to remember one."""
    stem = participant.iso3 or participant.slug[:12].upper()
    number = participant.ministries.count() + 1
    while Ministry.objects.filter(code=f"{stem}-M{number:02}").exists():
        number += 1
    return f"{stem}-M{number:02}"


@transaction.atomic
def remove_record(*, record: models.Model, by: User, verb: str = "") -> None:
    """Take away a row that was entered by mistake; the history keeps it. Raises DomainError where others refer to it."""
    check_can(by, Permission.MANAGE_CONTACTS)
    try:
        with acting(by=by, verb=verb or f"remove_{record._meta.model_name}"), transaction.atomic():
            record.delete()
    except ProtectedError as error:
        raise DomainError(_("Other records refer to it. Give it an end instead, so that the past stays right.")) from error


@transaction.atomic
def rename_ministry(*, ministry: Ministry, name: str, from_day: date, by: User) -> Ministry:
    """A ministry under a new name from a day on: a successor, so that what happened before keeps the old name [14].

    Its people and offices of today move to the successor; titles of past appointments stay. Raises DomainError.
    """
    check_can(by, Permission.MANAGE_CONTACTS)
    found = Ministry.objects.select_for_update().get(pk=ministry.pk)
    if found.successor_id:
        raise DomainError(_("This ministry has a successor already: %(name)s.") % {"name": found.successor}, field="name")
    if found.period_from and from_day <= found.period_from:
        raise DomainError(_("The new name must begin after the old one did."), field="from_day")
    with acting(by=by, verb="rename_ministry"):
        successor = Ministry(
            code=_free_code(found.participant),
            participant=found.participant,
            name=name,
            part_of=found.part_of,
            role=found.role,
            period_from=from_day,
            confidence=found.confidence,
        )
        successor.full_clean()
        successor.save()
        successor.portfolios.set(found.portfolios.all())
        successor.focal_topic.set(found.focal_topic.all())
        found.period_to, found.period_to_precision = from_day - timedelta(days=1), DatePrecision.DAY
        found.successor = successor
        found.version += 1
        found.save()
        for model in (Official, Office):
            for row in model.objects.filter(ministry=found).current().select_for_update():
                row.ministry = successor
                row.version += 1
                row.save(update_fields=["ministry", "version"])
    return successor


@transaction.atomic
def rename_participant(*, participant: Participant, name: str, from_day: date, by: User) -> Participant:
    """A participant under a new name from a day on; the old one is kept for the days before. Its address stays.

    Raises DomainError, ValidationError where a rule of the model stands against it.
    """
    check_can(by, Permission.MANAGE_CONTACTS)
    found = Participant.objects.select_for_update().get(pk=participant.pk)
    if name == found.name:
        raise DomainError(_("This is its name already."), field="name")
    if from_day > today():
        raise DomainError(_("Enter the new name once it holds: the first day must not be in the future."), field="from_day")
    earlier = found.names.order_by("-period_to").first()
    starts = earlier.period_to + timedelta(days=1) if earlier and earlier.period_to else None
    if starts and from_day <= starts:
        raise DomainError(_("The new name must begin after the old one did."), field="from_day")
    with acting(by=by, verb="rename_participant"):
        kept = ParticipantName(
            participant=found,
            name=found.name,
            period_from=starts,
            period_from_precision=DatePrecision.DAY if starts else DatePrecision.UNKNOWN,
            period_to=from_day - timedelta(days=1),
            confidence=found.confidence,
        )
        kept.full_clean()
        kept.save()
        found.name = name
        found.version += 1
        found.full_clean()
        found.save()
    return found
