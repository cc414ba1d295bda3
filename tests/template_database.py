"""A migrated database to copy from: migrating takes more than a minute, copying a second."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from baliportal.trial import postgres

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "template_portal_"
MOST_KEPT = 12  # templates, of several checkouts that share a cluster
Ingredients = dict[str, str]  # file -> SHA-256


def template_database(var: Path) -> str:
    """Name of the database that all migrations of this checkout have run in.

    Where it is missing it is made from the one that has most of them already, since migrations are only ever added.
    """
    wanted = _ingredients()
    name = PREFIX + _sha(json.dumps(wanted, sort_keys=True).encode())[:16]
    with (var / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        place = {"dbname": "postgres", "user": "owner", "host": str(postgres.socket_folder(var.resolve()))}
        with psycopg.connect(**place, autocommit=True) as connection:  # type: ignore[arg-type]
            known = _known(connection)
            if name in known:
                return name
            for old in list(known)[MOST_KEPT:]:
                _run(connection, "DROP DATABASE {}", old)
                del known[old]
            _run(connection, "DROP DATABASE IF EXISTS {}", f"{name}_new")
            _run(connection, "CREATE DATABASE {} TEMPLATE {}", f"{name}_new", _nearest(known, wanted))
            _migrate(postgres.urls(var.resolve()).owner.replace("/portal?", f"/{name}_new?"))
            _run(connection, "ALTER DATABASE {} RENAME TO {}", f"{name}_new", name)
            connection.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), json.dumps(wanted)))
    return name


def _ingredients() -> Ingredients:
    """What the tables depend on: the migrations, the locked packages, the settings."""
    files = [*ROOT.glob("*/migrations/*.py"), *(ROOT / "requirements").glob("*.txt"), *ROOT.glob("baliportal/settings*.py")]
    return {str(path.relative_to(ROOT)): _sha(path.read_bytes()) for path in files}


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _known(connection: psycopg.Connection[Any]) -> dict[str, Ingredients]:
    """The finished templates, newest first, with what each was made of."""
    rows = connection.execute(
        "SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database WHERE datname LIKE %s ORDER BY oid DESC",
        [f"{PREFIX}%"],
    )
    return {name: json.loads(made_of or "{}") for name, made_of in rows if not name.endswith("_new")}


def _nearest(known: dict[str, Ingredients], wanted: Ingredients) -> str:
    """The template with most of the wanted migrations and nothing else; PostgreSQL's own where there is none."""
    fit = [
        (sum("/migrations/" in file for file in made_of), name)
        for name, made_of in known.items()
        if made_of and all(wanted.get(file) == sha for file, sha in made_of.items()) and _rest(made_of) == _rest(wanted)
    ]
    return max(fit)[1] if fit else "template1"


def _rest(ingredients: Ingredients) -> Ingredients:
    return {file: sha for file, sha in ingredients.items() if "/migrations/" not in file}


def _run(connection: psycopg.Connection[Any], statement: str, *names: str) -> None:
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))  # type: ignore[arg-type]


def _migrate(url: str) -> None:
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "baliportal.settings_test"}
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
