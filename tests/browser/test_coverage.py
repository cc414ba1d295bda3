"""A hole in the list of focal points is found, asked about and closed; months later the new one says it is still right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from playwright.sync_api import Locator

from tests.browser.conftest import Person, Portal, mailed

HOLES = "/desk/contacts/coverage/?topic=people-smuggling&show=holes"
NAME, ADDRESS = "Eigigu Daoe", "eigigu.daoe@border.example"
MONTHS_AGO = date.today() - timedelta(days=120)


def test_hole_is_asked_about_filled_and_confirmed(portal: Portal, people: Callable[..., Person]) -> None:
    desk = people("Secretariat")
    desk.go("/desk/contacts/")
    desk.look_everywhere()
    desk.follow("Coverage and holes")
    desk.look_everywhere()
    desk.page.get_by_text("Choose what is shown").click()
    desk.page.get_by_label("Only holes and doubtful entries").check()
    desk.press("Show")
    assert "show=holes" in desk.page.url
    desk.look_everywhere()

    desk.go(HOLES)
    line(desk).get_by_role("button", name="Ask for a name").click()
    desk.page.wait_for_load_state()
    assert "Asked Nauru in 1 letter." in desk.page.inner_text("body")
    assert desk.page.url.endswith(HOLES)
    mailed(portal, "contact@nauru.example", r"focal point of Nauru\s+on this topic: People smuggling")

    name_focal_point(desk)
    desk.go(HOLES)
    assert "Nobody is named" not in line(desk).inner_text()
    assert line(desk).get_by_role("button").count() == 0

    confirm(portal, people(width=360))
    desk.go(HOLES)
    assert line(desk).count() == 0  # neither a hole nor doubtful
    desk.go("/desk/contacts/participants/nauru/")
    assert "Confirmed" in desk.text
    assert "A matter of People smuggling goes to the focal point." in desk.text
    desk.look_everywhere()


def line(desk: Person) -> Locator:
    """Nauru's line of the matrix."""
    return desk.page.locator("tbody tr", has=desk.page.get_by_role("rowheader", name="Nauru", exact=True))


def name_focal_point(desk: Person) -> None:
    """What Nauru answered: an official, who has been its focal point for some months."""
    desk.follow("Nauru")
    desk.follow("New official")
    desk.page.fill("#id_name", NAME)
    desk.page.fill("#id_position", "Director of border control")
    desk.page.fill("#id_email", ADDRESS)
    desk.press("Save")
    desk.follow("Name somebody")
    desk.page.select_option("#id_topic", label="People smuggling")
    desk.page.select_option("#id_holder", label=f"{NAME}, Director of border control")
    desk.page.fill("#id_starts", MONTHS_AGO.isoformat())
    desk.page.fill("#id_basis", "note verbale of that day")
    desk.press("Save")
    assert NAME in desk.text
    desk.look_everywhere()


def confirm(portal: Portal, contact: Person) -> None:
    """The letter of the clock; its page changes nothing by being read, and one button confirms."""
    portal.run("members.periodic.ask_whether_right")
    contact.go(mailed(portal, ADDRESS, r"/r/still-right/[^/\s]+/"))
    assert NAME in contact.text
    contact.look_everywhere()
    contact.press("Tell the secretariat")
    assert "There is a problem" in contact.text
    contact.look_everywhere()
    contact.press("Yes, still right")
    assert "Thank you." in contact.text
    contact.look_everywhere()
