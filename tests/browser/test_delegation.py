"""A delegation of eight on one sheet: on a slow line by keyboard alone, again without JavaScript, and on a phone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Person, Portal, mailed

ROLE = "Focal point of Indonesia, people smuggling"
MOST_STEPS = 60  # a field filled, a choice made, a button pressed
LINE = {"offline": False, "latency": 400, "downloadThroughput": 400_000 / 8, "uploadThroughput": 400_000 / 8}  # 400 kbit/s
FIRST_VIEW = 60_000  # bytes on the line, of all that the page fetches
DOMAIN = "delegates.example"
WITHIN = 180  # seconds for eight people
PEOPLE = [
    ("Dewi Lestari", "Director, Ministry of Examples"),
    ("Budi Santoso", "Head of unit, Example Police"),
    ("Sri Wahyuni", "Adviser, Example Ministry"),
    ("Agus Wijaya", "Attaché, Example Embassy"),
    ("Rina Kusuma", "Analyst, Example Agency"),
    ("Hendra Gunawan", "Prosecutor, Example Office"),
    ("Maya Putri", "Interpreter, Example Ministry"),
    ("Joko Susilo", "Adviser, Example Immigration"),
]


class Keys:
    """Somebody with a keyboard and nothing else; counts what is filled, chosen and pressed."""

    def __init__(self, page: Page) -> None:
        self.page, self.steps = page, 0

    def to(self, selector: str) -> None:
        """Tab on until the focus is there; tabbing is no step."""
        for _turn in range(600):
            if self.page.evaluate("s => document.activeElement.matches(s)", selector):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard does not reach {selector}")

    def fill(self, selector: str, text: str) -> None:
        self.to(selector)
        self.page.keyboard.insert_text(text)
        self.steps += 1

    def choose(self, selector: str, letters: str) -> None:
        self.to(selector)
        self.page.keyboard.type(letters)
        self.steps += 1

    def press(self, selector: str) -> None:
        self.to(selector)
        self.page.keyboard.press("Enter")
        self.page.wait_for_load_state()
        self.steps += 1


def slow_down(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", LINE)


def count_bytes(page: Page) -> list[float]:
    """The bytes of everything that this page fetches from now on."""
    session, got = page.context.new_cdp_session(page), [0.0]
    session.send("Network.enable")

    def add(event: Any) -> None:
        got[0] += event["encodedDataLength"]

    session.on("Network.loadingFinished", add)
    return got


def invited(desk: Person, title: str) -> str:
    """Record an activity of three days, publish it, invite Indonesia; returns its reference."""
    start = date.today() + timedelta(days=30)
    desk.go("/desk/activities/new/")
    desk.page.fill("#id_title", title)
    desk.page.select_option("#id_kind", label="Workshop")
    desk.page.fill("#id_start", start.isoformat())
    desk.page.fill("#id_end", (start + timedelta(days=2)).isoformat())
    desk.page.fill("#id_city", "Jakarta")
    desk.page.fill("#id_practical_en", "Bring an identity card.")
    desk.press("Save draft")
    reference = desk.page.url.rstrip("/").rsplit("/", 1)[1]
    desk.follow("Look at its page and publish it")
    desk.press("Publish")
    desk.go(f"/desk/activities/{reference}/invitations/")
    desk.page.get_by_label("Indonesia", exact=True).check()
    desk.press("Issue the invitations")
    return reference


def address_of(focal: Person, title: str) -> str:
    focal.go("/national/")
    focal.follow(f"Answer: {title}")
    return focal.page.url


@pytest.fixture
def without_scripts(portal: Portal, browser: Browser) -> Iterator[Any]:
    """A page of the same person in a browser that runs no script and has nothing in its cache."""
    made: list[Any] = []

    def make(person: Person) -> Page:
        context = browser.new_context(
            viewport={"width": 1280, "height": 900}, java_script_enabled=False, storage_state=person.page.context.storage_state()
        )
        made.append(context)
        return context.new_page()

    yield make
    for context in made:
        context.close()


def register_eight(page: Page) -> int:
    """Fill in the whole sheet by keyboard alone and register; returns the number of steps."""
    keys = Keys(page)
    for rows in (4, 7, 10):
        keys.press("button[name=add][value='3']")
        page.wait_for_selector(f"#id_form-{rows - 1}-name")
    for number, (name, position) in enumerate(PEOPLE):
        keys.fill(f"#id_form-{number}-name", name)
        keys.fill(f"#id_form-{number}-position", position)
        keys.fill(f"#id_form-{number}-email", f"{name.split()[0].lower()}@{DOMAIN}")
        if not number:
            keys.choose(f"#id_form-{number}-part", "Head")
    keys.press("button[name=register]")
    return keys.steps


def test_eight_delegates_by_keyboard_alone_on_a_slow_line(portal: Portal, people: Any) -> None:
    desk, title = people("Secretariat"), "Workshop on slow lines"
    reference = invited(desk, title)
    focal = people(ROLE)
    address_of(focal, title)
    focal.look_everywhere()
    slow_down(focal.page)
    began = time.monotonic()
    steps = register_eight(focal.page)
    focal.page.wait_for_url("**/done/")
    assert time.monotonic() - began < WITHIN
    assert steps <= MOST_STEPS
    assert all(name in focal.text for name, _position in PEOPLE)
    focal.look_everywhere()
    desk.go(f"/desk/activities/{reference}/invitations/")
    assert "8" in desk.page.inner_text("td[data-l=Delegates]")
    link = mailed(portal, f"dewi@{DOMAIN}", r"http://\S+/r/\S+/")
    dewi = people(width=360)
    dewi.page.goto(link)
    dewi.look_everywhere()
    assert "Bring an identity card." in dewi.text
    dewi.press("I will come")
    assert "You have confirmed that you will come" in dewi.text


def test_eight_delegates_without_javascript_within_sixty_kilobytes(people: Any, without_scripts: Any) -> None:
    title = "Workshop without scripts"
    invited(people("Secretariat"), title)
    focal = people(ROLE)
    address = address_of(focal, title)
    page = without_scripts(focal)
    got = count_bytes(page)
    answer = page.goto(address, wait_until="load")
    page.wait_for_timeout(500)
    assert answer
    assert 0 < got[0] < FIRST_VIEW
    slow_down(page)
    began = time.monotonic()
    steps = register_eight(page)
    page.wait_for_url("**/done/")
    assert time.monotonic() - began < WITHIN
    assert steps <= MOST_STEPS
    assert all(name in page.inner_text("main") for name, _position in PEOPLE)


def test_a_pasted_list_on_a_phone_with_errors_that_name_their_rows(people: Any) -> None:
    title = "Workshop on a phone"
    invited(people("Secretariat"), title)
    focal = people(ROLE, width=360)
    address_of(focal, title)
    focal.page.get_by_text("Paste a list from Excel").click()
    rows = [f"{name}\t{position}\t{name.split()[0].lower()}@{DOMAIN}" for name, position in PEOPLE]
    rows[2] = rows[2].replace("sri@", "sri at ")
    focal.page.fill("#id_list", "Nama\tJabatan\tSurel\n" + "\n".join(rows))
    focal.press("Read the list")
    assert "Row 3, Sri Wahyuni: Enter an email address with an @ sign" in focal.text
    focal.look_everywhere()
    focal.page.locator(".errsum a").first.click()
    focal.page.keyboard.press("Control+A")
    focal.page.keyboard.insert_text(f"sri@{DOMAIN}")
    focal.press("Register 8 delegates")
    assert "The delegation is registered" in focal.text
    focal.page.get_by_role("button", name="Withdraw Joko Susilo").click()
    focal.page.wait_for_load_state()
    focal.look_everywhere()
    focal.page.get_by_role("button", name="Undo Joko Susilo").click()
    focal.page.wait_for_load_state()
    assert "Joko Susilo is on the delegation again." in focal.text
    focal.follow("Change the delegation")
    focal.look_everywhere()
    focal.page.get_by_role("button", name="Replace delegate 8").click()
    focal.page.wait_for_load_state()
    assert "In place of Joko Susilo" in focal.text
