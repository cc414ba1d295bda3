"""The founding record, loaded once for the tests of a module that reads it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import vacuum_as_owner

FOUNDING = Path(__file__).resolve().parents[2] / "baliportal" / "founding"


@pytest.fixture(scope="module")
def founding_record(django_db_setup: None, django_db_blocker: Any) -> Iterator[Path]:
    """The record as `load_record` stores it, committed; the tables are empty again after the module."""
    from django.core.management import call_command

    from baliportal.record.loading import load_record

    with django_db_blocker.unblock():
        report = load_record(FOUNDING)
        assert report.problems == []
        vacuum_as_owner()
    yield FOUNDING
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)
