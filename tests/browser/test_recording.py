"""The secretariat records a workshop on one sheet, loses a window, comes back, publishes, and has to call it off."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.browser.conftest import Person, Portal, mailed

DAY = date.today() + timedelta(days=60)
TITLE = "Workshop on keeping records together"


def pressed(person: Person, name: str) -> str:
    person.press(name)
    return person.text


def test_workshop_from_the_first_keystroke_to_the_public_page(portal: Portal, people: Any) -> None:
    desk = people("Secretariat")
    desk.go("/desk/activities/new/")
    desk.look_everywhere()
    desk.page.fill("#id_title", TITLE)
    desk.page.get_by_text("Kept at").wait_for(timeout=15_000)
    desk.page.close()

    desk.page = desk.page.context.new_page()
    desk.go("/desk/activities/new/")
    desk.follow("Go on with it")
    assert desk.page.input_value("#id_title") == TITLE
    desk.page.select_option("#id_kind", label="Workshop")
    desk.page.fill("#id_start", DAY.isoformat())
    desk.page.fill("#id_city", "Suva")
    desk.page.fill("#id_practical_en", "The hotel is **near the port**.")
    desk.page.fill("#id_parts-0-day", DAY.isoformat())
    desk.page.fill("#id_parts-0-title", "Opening")
    desk.page.fill("#id_parts-0-chairs", "Indonesia; Australia")
    desk.press("Add another part")
    assert desk.page.input_value("#id_parts-0-chairs") == "Indonesia; Australia"
    desk.page.fill("#id_parts-1-day", (DAY + timedelta(days=9)).isoformat())
    desk.page.fill("#id_parts-1-title", "Closing")
    assert "This day is not one of the activity’s days." in pressed(desk, "Save draft")
    desk.look_everywhere()
    desk.page.fill("#id_parts-1-day", DAY.isoformat())
    assert "is saved as a draft." in pressed(desk, "Save draft")
    desk.look_everywhere()
    desk.follow("Look at its page and publish it")
    assert "What is missing" in desk.text
    desk.look_everywhere()
    desk.press("Publish")
    reference = desk.page.url.rstrip("/").rsplit("/", 1)[1]

    visitor = people(width=360)
    visitor.go(f"/activities/{reference}/")
    assert ("Opening" in visitor.text, "near the port" in visitor.text) == (True, False)
    visitor.look_everywhere()
    visitor.go("/calendar/")
    assert TITLE in visitor.text
    visitor.look_everywhere()

    desk.go(f"/desk/activities/{reference}/invitations/")
    desk.page.get_by_label("Indonesia", exact=True).check()
    desk.press("Issue the invitations")
    desk.go(f"/desk/activities/{reference}/")
    desk.follow("Cancel the activity")
    assert "Indonesia" in desk.text
    desk.look_everywhere()
    desk.page.fill("#id_reason_en", "The venue was flooded.")
    desk.page.fill("#id_reason_id", "Tempat acara kebanjiran.")
    assert "It is cancelled. Its page says why." in pressed(desk, "Cancel this activity")
    visitor.go(f"/activities/{reference}/")
    assert "The venue was flooded." in visitor.text
    visitor.look_everywhere()
    focal = portal.accounts["Focal point of Indonesia, people smuggling"]["email"]
    assert "venue was flooded" in mailed(portal, focal, r"venue\s+was\s+flooded").replace("\n", " ")

    desk.follow("Take the cancellation back")
    assert "The cancellation is taken back." in pressed(desk, "Take it back")
    desk.follow("Postpone the activity")
    desk.look_everywhere()
    desk.page.fill("#id_reason_en", "The venue must dry.")
    desk.page.fill("#id_reason_id", "Tempat acara harus dikeringkan.")
    assert "It is postponed." in pressed(desk, "Postpone this activity")
    visitor.go("/calendar/")
    assert "Date not yet set" in visitor.text
