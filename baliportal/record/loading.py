"""Loading a whole record: all of it, or, where one row is broken, nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from django.db import transaction

from baliportal.record import directory, meetings, programme, reference_tables
from baliportal.record.lookups import Lookups
from baliportal.record.rows import Problem, read_rows
from baliportal.record.store import Loader, Report, Storer
from members.audit import acting
from members.models import User
from reports.services.documents import withhold_links_of_sources


class _Undo(Exception):
    """Raised to leave the transaction without storing anything."""


def load_record(
    folder: Path,
    *,
    overwrite: Iterable[str] = (),
    dry_run: bool = False,
    on_file: Callable[[str], None] = lambda _name: None,
) -> Report:
    """Load the CSV files of `folder` in one transaction, acting as the service account.

    `overwrite` names references or keys whose row replaces what was edited in the portal. `on_file` hears each file's
    name as it starts. With problems, or with `dry_run`, nothing is stored. Founding record: data/notes.md.
    """
    by = User.objects.service_account()
    storer = Storer(by=by, overwrite=frozenset(overwrite))
    try:
        with transaction.atomic(), acting(by=by, verb="load_record"):
            _store_all(folder, storer, by, on_file)
            if storer.report.problems or dry_run:
                raise _Undo
            withhold_links_of_sources(by=by)
            storer.remember()
    except _Undo:
        pass
    return storer.report


def _store_all(folder: Path, storer: Storer, by: User, on_file: Callable[[str], None]) -> None:
    lookups = Lookups(by)
    _store_files(folder, storer, reference_tables.loaders(lookups), on_file)
    _store_files(folder, storer, directory.loaders(lookups), on_file)
    before, after = programme.loaders(lookups)
    _store_files(folder, storer, before, on_file)
    activities, documents = meetings.loaders(lookups)
    _store_files(folder, storer, activities, on_file)
    _store_files(folder, storer, after, on_file)
    _store_files(folder, storer, documents, on_file)


def _store_files(folder: Path, storer: Storer, loaders: list[Loader], on_file: Callable[[str], None]) -> None:
    for loader in loaders:
        if loader.is_optional and not (folder / loader.file).exists():
            continue
        on_file(loader.label)
        for row in read_rows(folder / loader.file, loader.columns, loader.optional):
            if isinstance(row, Problem):
                if row not in storer.report.problems:  # a file that is read twice is refused once
                    storer.report.problems.append(row)
            else:
                storer.store(loader, row)
