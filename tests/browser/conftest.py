"""A second instance of what bin/up starts, and Chromium with axe."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import policy
from email.parser import BytesParser
from itertools import product
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from baliportal.trial import postgres, valkey
from baliportal.trial.supervisor import any_port

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
]
STARTS_WITHIN = 240  # seconds, on a busy machine
WIDTHS, SCHEMES = (1280, 360), ("light", "dark")
PICTURES = os.environ.get("BROWSER_PICTURES", "")  # a folder, for looking at the pages afterwards


@dataclass(frozen=True)
class Portal:
    """A running trial: its address, its sign-ins by role, the folder with the mail it sent."""

    url: str
    accounts: dict[str, dict[str, str]]
    mail: Path
    is_thorough: bool = False  # each page at each width, light and dark

    @property
    def var(self) -> Path:
        """The folder with everything the trial keeps."""
        return self.mail.parent

    def run(self, job: str) -> None:
        """Do now what the clock does once a day; `job` is the path of its task, such as members.periodic.forget_old."""
        environment = {
            **{key: value for key, value in os.environ.items() if key != "OWNER_DATABASE_URL"},
            "DJANGO_SETTINGS_MODULE": "baliportal.settings",
            "PORTAL_MODE": "trial",
            "PORTAL_ORIGIN": self.url,
            "SECRET_KEY": (self.var / "secret-key").read_text(),
            "DATABASE_URL": postgres.urls(self.var).app,
            **valkey.urls(self.var),
        }
        module, _dot, name = job.rpartition(".")
        code = f"from {module} import {name}; {name}()"
        subprocess.run([sys.executable, "manage.py", "shell", "-v", "0", "-c", code], cwd=ROOT, env=environment, check=True)


@pytest.fixture(scope="package")
def portal(request: pytest.FixtureRequest) -> Iterator[Portal]:
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
        accounts = {account["role"]: account for account in trial["accounts"]}
        yield Portal(trial["url"], accounts, var / "mail", is_thorough=request.config.getoption("--nightly"))
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
        log.close()
        shutil.rmtree(var, ignore_errors=True)


def mailed(portal: Portal, address: str, pattern: str, *, within: float = 60) -> str:
    """What `pattern` finds in the newest mail to `address` that has it; lines are broken anywhere. Waits `within` seconds."""
    parse = BytesParser(policy=policy.default).parsebytes
    until = time.monotonic() + within
    while time.monotonic() < until:
        for path in sorted(portal.mail.glob("*.eml"), key=lambda file: file.stat().st_mtime, reverse=True):
            message = parse(path.read_bytes())
            body = message.get_body(("plain",)) if message["X-Envelope-To"] == address else None
            if body and (found := re.search(pattern, body.get_content())):
                return found[0]
        time.sleep(0.5)
    raise AssertionError(f"no mail to {address} with {pattern}")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Closed with the last of these tests: while Playwright's loop runs, Django lets no other test of this process near the database."""
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

    def look_everywhere(self) -> None:
        """The page wide and light, on a phone and dark; with --nightly both in both: axe finds nothing, nothing is too wide."""
        before, was = self.page.viewport_size, self.page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        for width, scheme in product(WIDTHS, SCHEMES) if self.portal.is_thorough else zip(WIDTHS, SCHEMES, strict=True):
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type] # one of the two words
            self.look()
            self.keep_picture(f"{width}-{scheme}")
            wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{self.page.url} is {wide} px too wide at {width} px"
        self.page.emulate_media(color_scheme="dark" if was else "light")
        if before:
            self.page.set_viewport_size(before)

    def keep_picture(self, name: str) -> None:
        if PICTURES:
            path = urlsplit(self.page.url).path.strip("/").replace("/", "_")[:80] or "home"
            self.page.screenshot(path=Path(PICTURES) / f"{path}-{name}.png", full_page=True)

    @property
    def text(self) -> str:
        return self.page.inner_text("main")


@pytest.fixture
def people(portal: Portal, browser: Browser) -> Iterator[Any]:
    """Makes a browser for a role of the trial; "" is a visitor."""
    made: list[Person] = []

    def make(role: str = "", *, width: int = 1280, scheme: Literal["light", "dark"] = "light") -> Person:
        page = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme).new_page()
        person = Person(portal, page)
        page.on(
            "console", lambda m: person.found.append(f"{page.url}: {m.text}") if "Content Security Policy" in m.text else None
        )
        made.append(person)
        if role:
            account = portal.accounts[role]
            page.goto(f"{portal.url}/accounts/login/")  # looked at by the tests of signing in
            page.fill("#id_login", account["email"])
            page.fill("#id_password", account["password"])
            page.get_by_role("button", name="Sign in", exact=True).first.click()
            page.wait_for_load_state()
        return person

    yield make
    for person in made:
        person.page.context.close()
    assert [found for person in made for found in person.found] == []
