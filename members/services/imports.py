"""A list of contacts: taken in, mended, confirmed as a whole, and for ten minutes undone as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from members.audit import acting
from members.errors import Conflict, DomainError
from members.import_columns import FIELDS, TOPIC_PREFIX, find_columns
from members.models import ImportBatch, Ministry, Official, Participant, Portfolio, User
from members.partial_dates import last_day
from members.permissions import check_can
from members.roles import Permission
from members.selectors_assess import (
    BY_CHOICE,
    BY_PROBLEM,
    LEAVE_OUT,
    NEW,
    OTHER_PERSON,
    OUT,
    SAME,
    UNCHANGED,
    UNDECIDED,
    Assessment,
    Verdict,
    assess,
    is_ready,
    ministry_key,
)
from members.selectors_import import take_snapshot, topic_names, topics_of
from members.services.appointments import appoint
from members.services.directory import save_record
from members.services.official_values import state_of
from members.sheets import MOST_CELL, MOST_ROWS, Sheet, storable

VERB = "import_contacts"


@transaction.atomic
def start_import(*, sheet: Sheet, by: User, filename: str = "", participant: Participant | None = None) -> ImportBatch:
    """Keep a list for its preview. Nothing of it is in the directory yet. Raises DomainError for one without rows."""
    check_can(by, Permission.MANAGE_CONTACTS)
    headings, columns, rows = find_columns(sheet.rows, topic_names(topics_of(by)))
    if not rows:
        raise DomainError(_("The list has headings only."))
    if len(rows) > MOST_ROWS:
        raise DomainError(_("The list has more than 2,000 rows. Import it in parts."))
    return ImportBatch.objects.create(
        owner=by,
        kind=sheet.kind,
        filename=storable(filename)[:160],
        encoding=sheet.encoding,
        headings=headings,
        columns=columns,
        rows=[{"line": line, "cells": cells, "choice": "", "as_is": False} for line, cells in rows],
        participant=participant,
    )


def _open(batch: ImportBatch, by: User) -> ImportBatch:
    """The list with its row locked, while it is still to be confirmed. Raises DomainError."""
    check_can(by, Permission.MANAGE_CONTACTS)
    found = ImportBatch.objects.visible_to(by).select_for_update(of=("self",)).select_related("participant").get(pk=batch.pk)
    if found.confirmed_at is not None:
        raise DomainError(_("This list is imported already."))
    return found


def _keep(batch: ImportBatch) -> ImportBatch:
    batch.version += 1
    batch.save()
    return batch


@transaction.atomic
def assign_columns(
    *, batch: ImportBatch, columns: list[str], participant: Participant | None, names_places: bool, by: User
) -> ImportBatch:
    """Say by hand what each column holds, whose contacts these are where no column says it, and whether places are filled.

    Raises DomainError where a field is given twice or the name is missing.
    """
    found = _open(batch, by)
    allowed = {"", *FIELDS, *(f"{TOPIC_PREFIX}{topic.key}" for topic in topics_of(by))}
    if len(columns) != len(found.columns) or not set(columns) <= allowed:
        raise DomainError(_("Choose what each column holds."))
    for key in set(columns) - {"", "topic"}:
        if columns.count(key) > 1:
            raise DomainError(_("Two columns hold the same field. Leave one of them out."), field=str(columns.index(key)))
    if "name" not in columns:
        raise DomainError(_("Say which column holds the full name."))
    if "participant" not in columns and participant is None:
        raise DomainError(_("Say which column holds the participant, or choose one for the whole list."), field="participant")
    found.columns, found.participant, found.names_places = columns, participant, names_places
    return _keep(found)


@transaction.atomic
def edit_row(*, batch: ImportBatch, line: int, cells: Mapping[int, str], as_is: bool, by: User) -> ImportBatch:
    """Change cells of one row, by column. Raises DomainError for a row that is not there."""
    found = _open(batch, by)
    row = _row(found, line)
    row["cells"] = [storable(cells.get(place, old))[:MOST_CELL] for place, old in enumerate(row["cells"])]
    row["as_is"] = as_is
    return _keep(found)


@transaction.atomic
def choose(*, batch: ImportBatch, choices: Mapping[int, str], by: User) -> ImportBatch:
    """Say of rows, by their line: the same person ("same-<key>"), another person, or leave out; "" takes it back."""
    found = _open(batch, by)
    for line, choice in choices.items():
        if choice not in {"", OTHER_PERSON, LEAVE_OUT} and not _is_key(choice.removeprefix(SAME)):
            raise DomainError(_("Choose one of the answers of the list."))
        _row(found, line)["choice"] = choice
    return _keep(found)


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19  # noqa: PLR2004 - fits a key of the database


def _row(batch: ImportBatch, line: int) -> dict[str, Any]:
    row: dict[str, Any] | None = next((row for row in batch.rows if row["line"] == line), None)
    if row is None:
        raise DomainError(_("This row is not in the list."))
    return row


@transaction.atomic
def decide_names(*, batch: ImportBatch, decisions: Mapping[str, Mapping[str, str]], by: User) -> ImportBatch:
    """Say what names mean that are not on record: "participant" to the name of one; "ministry" to "is:<key>" or "new:<portfolio>".

    An empty answer takes a decision back.
    """
    found = _open(batch, by)
    for kind in ("participant", "ministry"):
        mine = found.decisions.setdefault(kind, {})
        for key, answer in decisions.get(kind, {}).items():
            mine.pop(key, None)
            if answer:
                mine[key] = answer
    return _keep(found)


@transaction.atomic
def discard_import(*, batch: ImportBatch, by: User) -> None:
    """Forget a list before it is imported."""
    _open(batch, by).delete()


@transaction.atomic
def confirm_import(*, batch: ImportBatch, digest: str, by: User) -> ImportBatch:
    """Import the good rows of a list, all or none; a second press changes nothing.

    `digest` says what the person was shown: where the directory moved since, Conflict is raised and nothing is imported.
    """
    check_can(by, Permission.MANAGE_CONTACTS)
    found = ImportBatch.objects.visible_to(by).select_for_update(of=("self",)).select_related("participant").get(pk=batch.pk)
    if found.confirmed_at is not None:
        return found
    if not is_ready(found):
        raise DomainError(_("Say first what the columns hold."))
    result = assess(found, take_snapshot(by))
    if digest != result.digest:
        raise Conflict(_("The directory or the list changed since you saw these numbers. Look at them again."), current=found)
    if not result.counts[NEW] and not result.counts["update"]:
        raise DomainError(_("There is nothing to import yet: every row is left out."))
    found.made = _carry_out(found, result, by)
    found.confirmed_at, found.confirmed_by = timezone.now(), by
    return _keep(found)


def _carry_out(batch: ImportBatch, result: Assessment, by: User) -> dict[str, Any]:
    """Store what the rows say and return what undoing it needs to know."""
    made: dict[str, Any] = {"ministries": [], "officials": [], "appointments": [], "changed": []}
    ministries: dict[str, Ministry] = {}
    for verdict in result.verdicts:
        if verdict.outcome == OUT:
            continue
        try:
            _ministry(batch, verdict, ministries, made, by)
            official = _store(verdict, made, by)
            _name_places(verdict, official, made, by)
        except ValidationError as error:
            raise DomainError(_("Row %(row)d: %(said)s") % {"row": verdict.line, "said": " ".join(error.messages)}) from error
        except DomainError as error:
            raise DomainError(_("Row %(row)d: %(said)s") % {"row": verdict.line, "said": error.message}) from error
    made["counts"] = result.counts
    made["left_out"] = [
        {"line": verdict.line, "name": verdict.values.get("name", ""), "why": verdict.why, "said": verdict.all_problems[:3]}
        for verdict in result.verdicts
        if verdict.outcome == OUT
    ]
    return made


def _ministry(batch: ImportBatch, verdict: Verdict, ministries: dict[str, Ministry], made: dict[str, Any], by: User) -> None:
    """Make the ministry that a row needs, once for all rows that name it."""
    if not verdict.new_ministry or verdict.participant is None:
        return
    key = ministry_key(verdict.participant, verdict.new_ministry)
    if key not in ministries:
        portfolio = Portfolio.objects.filter(key=batch.decisions["ministry"][key].removeprefix("new:"))
        if not portfolio:
            raise DomainError(_("Choose a portfolio of the new ministry."))
        record = Ministry(participant=verdict.participant, name=verdict.new_ministry)
        ministries[key] = save_record(record=record, by=by, links={"portfolios": portfolio}, verb=VERB)
        made["ministries"].append(ministries[key].pk)
    verdict.ministry = ministries[key]


def _store(verdict: Verdict, made: dict[str, Any], by: User) -> Official:
    if verdict.target is None:
        official = Official(participant=verdict.participant)
        _apply(verdict, official)
        save_record(record=official, by=by, verb=VERB)
        made["officials"].append(official.pk)
        return official
    official = Official.objects.select_for_update().get(pk=verdict.target.pk)
    if not verdict.changes:
        return official
    before = state_of(official)
    _apply(verdict, official)
    save_record(record=official, by=by, expected_version=verdict.target.version, verb=VERB)
    made["changed"].append({"pk": official.pk, "version": official.version, "before": before})
    return official


def _apply(verdict: Verdict, official: Official) -> None:
    """Only what the list gives: an empty cell never takes a value away."""
    for name, value in verdict.values.items():
        setattr(official, name, value)
    if verdict.ministry is not None:
        official.ministry = verdict.ministry
    if verdict.places:
        return  # the dates are those of the place
    if verdict.starts:
        official.period_from, official.period_from_precision = verdict.starts
    if verdict.ends:
        official.period_to, official.period_to_precision = last_day(*verdict.ends), verdict.ends[1]


def _name_places(verdict: Verdict, official: Official, made: dict[str, Any], by: User) -> None:
    for role, topic in verdict.places:
        appointment = appoint(
            role=role,
            official=official,
            participant=verdict.participant,
            topic=topic,
            from_day=verdict.starts[0] if verdict.starts else None,
            until=verdict.ends[0] if verdict.ends else None,
            by=by,
            verb=VERB,
        )
        made["appointments"].append([appointment.pk, appointment.version, official.pk])


def why_left_out(why: str) -> str:
    """The reason in words."""
    return {
        BY_PROBLEM: _("A problem is marked in it."),
        UNDECIDED: _("Perhaps the same person; nobody has decided."),
        BY_CHOICE: _("Left out by choice."),
        UNCHANGED: _("Nothing would change."),
    }.get(why, "")


def forget_outdated(*, by: User) -> int:
    """Delete lists that are older than a day. Returns how many."""
    with acting(by=by, verb="forget_imports"):
        return ImportBatch.objects.outdated().delete()[0]
