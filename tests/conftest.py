"""The tests' database: made and migrated by the role `owner`, used by the role `app`, as in production."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("BALIPORTAL_VAR", ROOT / "var")) / "test"
BROWSER, FORMS = "tests/browser/", "tests/forms/"
LONGEST = (
    BROWSER,
    "tests/test_canaries.py",
    "tests/test_access_matrix.py",
    FORMS,
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--nightly", action="store_true", help="run the long tests too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without --nightly the long tests are not part of the run; what takes longest begins first, that no core waits at the end."""
    if not config.getoption("--nightly"):
        long = [item for item in items if item.get_closest_marker("nightly")]
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]
    items.sort(key=lambda item: next((place for place, path in enumerate(LONGEST) if item.nodeid.startswith(path)), len(LONGEST)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A file's tests stay in one process, and so do the browser's and the forms', which share what takes long to make."""
    from xdist.scheduler import LoadScopeScheduling

    class ByPlace(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return next((place for place in (BROWSER, FORMS) if nodeid.startswith(place)), nodeid.partition("::")[0])

    config.option.loadscopereorder = False  # they come in the order they are wanted in
    return ByPlace(config, log)


def pytest_configure(config: pytest.Config) -> None:
    """Start or adopt the cluster, and point the settings, which pytest-django has read by now, to it."""
    import environ
    from django.conf import settings

    from baliportal.trial import postgres
    from baliportal.trial.supervisor import compile_translations
    from tests.template_database import template_database

    if not os.environ.get("PYTEST_XDIST_WORKER"):
        postgres.start(VAR)
        compile_translations()
    os.environ["DATABASE_URL"] = postgres.urls(VAR).owner
    place = environ.Env().db_url_config(os.environ["DATABASE_URL"])
    settings.DATABASES["default"].update({name: place[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")})
    settings.DATABASES["default"]["OPTIONS"].update(place["OPTIONS"])
    settings.DATABASES["default"].setdefault("TEST", {})["TEMPLATE"] = template_database(VAR)
    _ = config


@pytest.fixture(scope="session")
def django_db_modify_db_settings_parallel_suffix(request: pytest.FixtureRequest) -> None:
    _suffix(getattr(request.config, "workerinput", {}).get("workerid", ""))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """One database a worker and a checkout."""


def _suffix(worker: str) -> None:
    from django.conf import settings

    name = "_".join(part for part in ("test_portal", os.environ.get("TEST_DB_SUFFIX", ""), worker) if part)
    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = name


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """From here on the tests are the role `app`, which owns nothing and cannot truncate."""
    from django.db import connection

    with django_db_blocker.unblock():
        owner = dict(connection.settings_dict)
        _flush_as_owner(owner)
        connection.close()
        connection.settings_dict["USER"] = "app"
    yield
    connection.close()
    connection.settings_dict["USER"] = "owner"


def _flush_as_owner(owner: dict[str, Any]) -> None:
    """Tests that commit leave rows behind; only the owner can empty the tables."""
    import psycopg
    from django.db.backends.postgresql.operations import DatabaseOperations

    def execute_sql_flush(_self: Any, statements: list[str]) -> None:
        with psycopg.connect(dbname=owner["NAME"], user="owner", host=owner["OPTIONS"]["host"], autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)  # type: ignore[call-overload]

    DatabaseOperations.execute_sql_flush = execute_sql_flush  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _no_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing leaves this computer."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and address[0] not in {"127.0.0.1", "::1", "localhost"}:
            raise RuntimeError(f"a test tried to reach {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """A request in Indonesian leaves its language to the thread; the next test must not inherit it."""
    from django.utils import translation

    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _fresh_caches() -> None:
    from django.core.cache import caches

    for alias in ("default", "disposable"):
        caches[alias].clear()


def vacuum_as_owner() -> None:
    """Sweep up after other tests and count anew: only the owner may, and the planner needs it after a loading."""
    import psycopg
    from django.db import connection

    from baliportal.trial import postgres

    place, host = connection.settings_dict, str(postgres.socket_folder(VAR.resolve()))
    with psycopg.connect(dbname=place["NAME"], user="owner", host=host, autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE")
