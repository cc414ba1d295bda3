"""A senior officials' meeting reviews an objective at the desk; the public page shows it as of that day."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.browser.conftest import Person, Portal
from tests.browser.test_journey import record

TODAY = date.today()
MEETING = "Senior officials' meeting with a review"
PUBLIC = (
    "/objectives/",
    "/objectives/OBJ-10/",
    "/objectives/GOAL-1/",
    "/objectives/OBJ-02/thread/",
    "/programme-areas/",
    "/programme-areas/PA-01/",
    "/programme-areas/PA-01/thread/",
    "/recommendations/",
    "/id/objectives/OBJ-10/thread/",
)


def test_review_at_a_senior_officials_meeting(portal: Portal, people: Any) -> None:
    desk = people("Secretariat")
    meeting = record(desk, MEETING, "Senior officials' meeting")
    desk.go("/desk/reviews/")
    desk.follow(MEETING)
    assert "0 of 12 reviewed." in desk.text
    desk.page.locator("#OBJ-05 > summary").click()
    desk.page.select_option("#id_OBJ-05-outcome", value="completed")
    desk.page.fill("#id_OBJ-05-finding", "Arrangements are in place.")
    desk.press("Save the review of OBJ-05")
    assert "Say in which sense the objective was completed." in desk.text
    assert desk.page.input_value("#id_OBJ-05-finding") == "Arrangements are in place."
    desk.page.fill("#id_OBJ-05-status_qualifier", "between the governments concerned")
    desk.page.fill("#id_OBJ-05-evidence", "BP-2004-02")
    desk.page.fill("#id_OBJ-05-challenges", "Arrangements with other regions")
    desk.press("Save the review of OBJ-05")
    assert "the review is saved." in desk.text
    assert "1 of 12 reviewed." in desk.text

    desk.go("/desk/objectives/")
    desk.go("/desk/objectives/OBJ-05/")
    desk.go("/desk/objectives/OBJ-05/mandates/new/")
    desk.page.fill("#id_activity", meeting)
    desk.page.select_option("#id_act", value="reaffirmed")
    desk.page.fill("#id_paragraph", "paragraph 7")
    desk.press("Save")

    visitor = people(width=360)
    visitor.go(f"/objectives/OBJ-05/?as_of={TODAY.isoformat()}")
    assert "Completed, between the governments concerned" in visitor.text
    assert "Arrangements are in place." in visitor.text
    assert "Arrangements with other regions" in visitor.text
    assert "paragraph 7" in visitor.text
    visitor.go("/objectives/OBJ-05/?as_of=2004-12-31")
    assert "Arrangements are in place." not in visitor.text
    assert "That does not mean that it was dropped." in visitor.text


def test_recommendation_from_paragraph_to_news(portal: Portal, people: Any) -> None:
    desk = people("Secretariat", width=360)
    desk.go("/desk/recommendations/new/?document_symbol=BP-R-2004-01&paragraph=paragraph+5")
    desk.page.fill("#id_text", "Train officers who check travel documents.")
    desk.press("Save")
    desk.follow("Add news")
    desk.page.check("#id_kind_1")
    desk.page.fill("#id_text", "A workshop took it up.")
    desk.page.fill("#id_activity", "BP-2004-03")
    desk.press("Save the news")
    assert "Taken forward" in desk.text
    desk.go("/desk/recommendations/")
    visitor = people()
    visitor.go("/recommendations/")
    visitor.follow("Train officers who check travel documents.")
    visitor.follow("From promise to result")
    assert "A workshop took it up." in visitor.text


def test_pages_are_clean_in_light_and_dark(people: Any) -> None:
    visitor: Person = people()
    for path in PUBLIC:
        visitor.go(path)
        visitor.look_everywhere()
