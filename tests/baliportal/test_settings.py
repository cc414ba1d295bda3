"""Production refuses to start with a missing or unsafe value, and names it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from baliportal.trial import postgres
from tests.conftest import VAR

ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "SECRET_KEY": "correct-horse-battery-staple-" * 3,
    "PORTAL_ORIGIN": "https://portal.example.org",
    "DATABASE_URL": "postgresql://app:x@db/portal",
    "CELERY_BROKER_URL": "redis://queue:6379/0",
    "SMTP_HOST": "mail.example.org",
    "MAIL_FROM": "Secretariat <secretariat@example.org>",
}


def manage(*arguments: str, **changes: str | None) -> subprocess.CompletedProcess[str]:
    """manage.py with a good production environment, but for `changes`; None takes a value away."""
    environment = {"PATH": os.environ["PATH"], **GOOD} | {k: v for k, v in changes.items() if v is not None}
    for name in (name for name, value in changes.items() if value is None):
        environment.pop(name, None)
    command = [sys.executable, "-W", "error::DeprecationWarning:django", "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_check_deploy_has_no_warning() -> None:
    place = postgres.urls(VAR).app  # some checks ask the database for its version
    done = manage("check", "--deploy", "--fail-level", "WARNING", DATABASE_URL=place)
    assert (done.returncode, "no issues" in done.stdout + done.stderr) == (0, True), done.stdout + done.stderr


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        *(({name: None}, name) for name in GOOD),
        *(({name: ""}, name) for name in GOOD),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": "k" * 60}, "SECRET_KEY"),
        ({"SECRET_KEY": "trial-only-" + "0" * 50}, "SECRET_KEY"),
        ({"PORTAL_ORIGIN": "http://portal.example.org"}, "PORTAL_ORIGIN"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "portal.example.org,*"}, "ALLOWED_HOSTS"),
        ({"SMTP_STARTTLS": "off"}, "SMTP_STARTTLS"),
        ({"PORTAL_MODE": "demo"}, "PORTAL_MODE"),
    ],
)
def test_missing_or_unsafe_value_stops_the_start_and_is_named(changes: dict[str, str | None], named: str) -> None:
    done = manage("check", **changes)
    assert done.returncode != 0
    assert f"ImproperlyConfigured: {named}" in done.stderr


def test_trial_people_are_refused_in_production() -> None:
    done = manage("trial_people", "--skip-checks")
    assert done.returncode != 0
    assert "trial mode only" in done.stderr


def test_compose_holds_the_production_arrangement() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    assert {"web", "worker-mail", "worker-pdf", "beat", "migrate", "db", "queue", "catcher"} <= set(services)
    for name, service in services.items():
        assert service["read_only"] is True, name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert service.get("healthcheck"), name
        assert name == "db" or service["user"] not in {"0", "root"}, name
    assert services["catcher"]["profiles"] == ["trial"]
    assert services["db"]["volumes"] == ["database:/var/lib/postgresql"]
    assert "# syntax=" not in (ROOT / "Dockerfile").read_text()
    assert "\nUSER portal\n" in (ROOT / "Dockerfile").read_text()
