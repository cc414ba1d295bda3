"""A migrated database to copy from: migrating takes most of a minute, copying a second."""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import psycopg

from baliportal.trial import postgres

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "template_portal_"


def template_database(var: Path) -> str:
    """Name of the database that all migrations of this checkout have run in; made where it is missing, older ones dropped."""
    name = PREFIX + _digest()
    with (var / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with psycopg.connect(
            dbname="postgres", user="owner", host=str(postgres.socket_folder(var.resolve())), autocommit=True
        ) as c:
            known = [row[0] for row in c.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{PREFIX}%"])]
            if name in known:
                return name
            for old in known:
                c.execute(f'DROP DATABASE "{old}"')  # type: ignore[call-overload]
            c.execute(f'CREATE DATABASE "{name}_new"')  # type: ignore[call-overload]
            _migrate(postgres.urls(var.resolve()).owner.replace("/portal?", f"/{name}_new?"))
            c.execute(f'ALTER DATABASE "{name}_new" RENAME TO "{name}"')  # type: ignore[call-overload]
    return name


def _digest() -> str:
    """What the tables depend on: the migrations, the locked packages, the settings."""
    files = sorted(
        [*ROOT.glob("*/migrations/*.py"), *(ROOT / "requirements").glob("*.txt"), *ROOT.glob("baliportal/settings*.py")]
    )
    return hashlib.sha256(b"".join(path.name.encode() + path.read_bytes() for path in files)).hexdigest()[:16]


def _migrate(url: str) -> None:
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "baliportal.settings_test"}
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
