"""The models and their migrations agree, and the installed rules are those that the models declare."""

from __future__ import annotations

from typing import Any

import pghistory.models
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

OURS = ("members", "activities", "reports")


@pytest.mark.django_db
def test_no_migration_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("makemigrations", check=True, dry_run=True)
    assert "No changes detected" in capsys.readouterr().out


@pytest.mark.django_db
def test_every_declared_trigger_is_installed_and_no_other() -> None:
    declared = {
        trigger.get_pgid(model)
        for app in OURS
        for model in apps.get_app_config(app).get_models()
        for trigger in getattr(model._meta, "triggers", [])
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE 'pgtrigger%%'")
        installed = {row[0] for row in cursor.fetchall()}
    assert installed == declared


@pytest.mark.django_db
def test_every_declared_constraint_is_installed_under_its_name() -> None:
    declared = {
        constraint.name
        for app in OURS
        for model in apps.get_app_config(app).get_models()
        for constraint in model._meta.constraints
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint UNION SELECT indexname FROM pg_indexes")
        installed = {row[0] for row in cursor.fetchall()}
    assert declared - installed == set()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE members_participant CASCADE",
        "UPDATE activities_activityevent SET title = 'x'",
        "DELETE FROM activities_activityevent",
        "UPDATE members_accessrecord SET object_ref = 'x'",
        "DELETE FROM members_deliverytransition",
        "DELETE FROM reports_documentversion",
        "ALTER TABLE activities_activity DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "CREATE TABLE mine (id int)",
    ],
)
def test_role_of_web_and_workers_may_not(statement: str) -> None:
    from django.db import ProgrammingError, transaction

    with (
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.django_db
def test_role_of_web_and_workers_owns_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = 'app'"
        )
        assert cursor.fetchone() == ("app", 0)


@pytest.mark.django_db
def test_role_of_web_and_workers_only_adds_to_histories_and_ledgers() -> None:
    tables = [model._meta.db_table for model in apps.get_models() if issubclass(model, pghistory.models.Event)]
    tables += [model._meta.db_table for model in apps.get_models() if any(t.name == "append_only" for t in _triggers(model))]
    allowed = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute("SELECT has_table_privilege('app', %s, 'UPDATE, DELETE, TRUNCATE')", [table])
            if cursor.fetchone() != (False,):
                allowed.append(table)
    assert allowed == []


@pytest.mark.django_db
def test_every_history_is_read_by_time_through_an_index() -> None:
    tables = {model._meta.db_table for model in apps.get_models() if issubclass(model, pghistory.models.Event)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_indexes WHERE indexdef LIKE '%%(pgh_created_at DESC, pgh_id DESC)%%'")
        assert {row[0] for row in cursor.fetchall()} == tables


def _triggers(model: Any) -> list[Any]:
    return list(getattr(model._meta, "triggers", []))
