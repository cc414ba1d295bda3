"""One reading of all pages for the tests of this folder, which change nothing that lasts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command

from tests.cast import make_world
from tests.forms.portal import Portal


@pytest.fixture(scope="package")
def portal(django_db_setup: None, django_db_blocker: Any) -> Iterator[Portal]:
    with django_db_blocker.unblock():
        made = Portal(make_world())
    yield made
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)
