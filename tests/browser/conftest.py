"""A second instance of what bin/up starts, and Chromium with axe."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from baliportal.trial.supervisor import any_port

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
]
STARTS_WITHIN = 240  # seconds, on a busy machine


@dataclass(frozen=True)
class Portal:
    """A running trial: its address, its sign-ins by role, the folder with the mail it sent."""

    url: str
    accounts: dict[str, dict[str, str]]
    mail: Path


@pytest.fixture(scope="session")
def portal() -> Iterator[Portal]:
    # Not below pytest's own folder: only its owner may enter that one, and root starts PostgreSQL as somebody else.
    var, port = Path(tempfile.mkdtemp(prefix="baliportal-")), any_port()
    var.chmod(0o755)
    environment = {
        key: value for key, value in os.environ.items() if key not in {"DJANGO_SETTINGS_MODULE", "DATABASE_URL", "PORTAL_MODE"}
    }
    log = (var / "up.log").open("wb")
    command = [sys.executable, "-m", "baliportal.trial.supervisor", "--port", str(port)]
    process = subprocess.Popen(
        command, cwd=ROOT, env={**environment, "BALIPORTAL_VAR": str(var)}, stdin=subprocess.DEVNULL, stdout=log, stderr=log
    )
    try:
        until = time.monotonic() + STARTS_WITHIN
        while b"Ctrl-C" not in (var / "up.log").read_bytes():
            assert process.poll() is None, (var / "up.log").read_text()
            assert time.monotonic() < until, (var / "up.log").read_text()
            time.sleep(0.5)
        trial = json.loads((var / "trial.json").read_text())
        yield Portal(trial["url"], {account["role"]: account for account in trial["accounts"]}, var / "mail")
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
        log.close()
        shutil.rmtree(var, ignore_errors=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield chromium
        chromium.close()


@dataclass
class Person:
    """One person's browser. What axe or the content policy finds on a visited page is kept and asked for at the end."""

    portal: Portal
    page: Page
    found: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        self.page.goto(self.portal.url + path)
        self.look()

    def press(self, name: str) -> None:
        """Press a button by its words and look at the page it leads to."""
        self.page.get_by_role("button", name=name, exact=True).first.click()
        self.page.wait_for_load_state()
        self.look()

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name).first.click()
        self.page.wait_for_load_state()
        self.look()

    def look(self) -> None:
        result: Any = Axe().run(self.page)
        self.found += [f"{self.page.url}: {v['id']}: {v['nodes'][0]['html'][:200]}" for v in result.response["violations"]]

    @property
    def text(self) -> str:
        return self.page.inner_text("main")


@pytest.fixture
def people(portal: Portal, browser: Browser) -> Iterator[Any]:
    """Makes a browser for a role of the trial; "" is a visitor."""
    made: list[Person] = []

    def make(role: str = "", *, width: int = 1280) -> Person:
        page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
        person = Person(portal, page)
        page.on(
            "console", lambda m: person.found.append(f"{page.url}: {m.text}") if "Content Security Policy" in m.text else None
        )
        made.append(person)
        if role:
            account = portal.accounts[role]
            person.go("/accounts/login/")
            page.fill("#id_login", account["email"])
            page.fill("#id_password", account["password"])
            person.press("Sign in")
        return person

    yield make
    for person in made:
        person.page.context.close()
    assert [found for person in made for found in person.found] == []
