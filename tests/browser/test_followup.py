"""A recommendation, the addressee's news on it, the desk's decision, and the figures of the next report."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.browser.conftest import Person, Portal, mailed
from tests.browser.test_journey import record

TODAY = date.today()
TEXT = "Exchange experience in checking travel documents."
SPACE = "/national/indonesia"
ADDRESS = "indonesia.smuggling@trial.example"


def recommended(desk: Person, meeting: str) -> str:
    """Record a recommendation of `meeting`, addressed to Indonesia; returns its reference."""
    desk.go("/desk/recommendations/new/")
    desk.page.fill("#id_text", TEXT)
    desk.page.fill("#id_activity", meeting)
    desk.page.get_by_label("Indonesia", exact=True).check()
    desk.press("Save")
    return desk.page.url.rstrip("/").rsplit("/", 1)[1]


def test_from_a_recommendation_to_the_next_report_s_figures(portal: Portal, people: Any) -> None:
    desk = people("Secretariat")
    meeting = record(desk, "Senior officials' meeting with a recommendation", "Senior officials' meeting")
    reference = recommended(desk, meeting)

    focal = people("Focal point of Indonesia, people smuggling", width=360)
    focal.go(f"{SPACE}/recommendations/")
    focal.look_everywhere()
    focal.follow(TEXT)
    focal.press("Send the news")
    assert "This field is required." in focal.text
    focal.page.fill("#id_text", "Two services met in Jakarta.")
    focal.page.fill("#id_evidence", "BP-R-2004-01, paragraph 5")
    focal.press("Send the news")
    assert "With the secretariat, not published" in focal.text
    focal.look_everywhere()

    visitor = people(width=360)
    visitor.go(f"/recommendations/{reference}/")
    assert "Two services met in Jakarta." not in visitor.page.content()

    desk.go("/desk/")
    desk.follow("Decide on 1 message from an addressee")
    desk.look_everywhere()
    desk.follow("Two services met in Jakarta.")
    desk.look_everywhere()
    desk.page.get_by_label("Everybody: publish it").check()
    desk.press("Take it into the record")
    assert "It is published." in desk.page.inner_text("body")
    visitor.go(f"/recommendations/{reference}/")
    assert "Two services met in Jakarta." in visitor.text
    assert "Reported by Indonesia itself." in visitor.text

    desk.go("/desk/progress-reports/")
    desk.page.fill("#id_meeting", meeting)
    desk.page.fill("#id_period_from", str(TODAY.year))
    desk.page.fill("#id_period_to", str(TODAY.year))
    desk.press("Compile the report")
    figure = desk.page.locator("dl.facts--figures div", has_text="Of these, with news of what became of them").first
    assert reference in figure.inner_text()

    by_link(portal, people, desk, reference)


def by_link(portal: Portal, people: Any, desk: Person, reference: str) -> None:
    """The desk asks, the letter's link reports, and the news is withdrawn from the record."""
    desk.go(f"/desk/recommendations/{reference}/ask/")
    desk.look_everywhere()
    for box in desk.page.locator("input[name=recipients]").all():
        box.uncheck()
    desk.page.locator("label", has_text=ADDRESS).locator("input").check()
    desk.press("Send the letters")
    assert "1 letter is on its way." in desk.page.inner_text("body")
    path = mailed(portal, ADDRESS, r"/r/news/\S+/")
    holder = people(width=360)
    holder.go(path)
    holder.look_everywhere()
    holder.page.fill("#id_text", "A third service joined.")
    holder.press("Send the news")
    assert "Sent by this link" in holder.text
    holder.look_everywhere()

    desk.go("/desk/recommendations/news/")
    desk.follow("A third service joined.")
    desk.page.get_by_label("Everybody: publish it").check()
    desk.press("Take it into the record")
    focal = people("Focal point of Indonesia, people smuggling")
    focal.go(f"{SPACE}/recommendations/{reference}/")
    focal.page.get_by_role("link", name="Withdraw it").first.click()
    focal.page.wait_for_load_state()
    focal.look_everywhere()
    focal.page.fill("#id_reason", "Another service answers.")
    focal.press("Withdraw the news")
    visitor = people()
    visitor.go(f"/recommendations/{reference}/")
    visitor.look_everywhere()
    assert "A third service joined." not in visitor.page.content()
    assert "Another service answers." in visitor.text


def test_own_words_on_legislation_and_the_desk_s_ledgers(people: Any) -> None:
    focal = people("Focal point of Indonesia, people smuggling", width=360)
    focal.go(f"{SPACE}/legislation/")
    focal.follow("Say something")
    focal.look_everywhere()
    focal.page.fill("#id_title", "A law against trafficking in persons is being completed.")
    focal.page.fill("#id_since", "2005")
    focal.page.get_by_label("Everybody", exact=True).check()
    focal.page.select_option("#id_objective", index=1)
    focal.press("Save")
    focal.look_everywhere()

    desk = people("Secretariat")
    desk.go("/desk/forums/outreach/")
    desk.follow("Record an exchange")
    desk.look_everywhere()
    desk.page.fill("#id_title", "A meeting of senior officials elsewhere")
    desk.page.select_option("#id_forum", index=1)
    desk.page.fill("#id_day", "June 2004")
    desk.page.fill("#id_represented_by", "The host of the next meeting")
    desk.page.fill("#id_lessons", "Small groups speak more freely.")
    desk.page.check("#id_is_public")
    desk.page.fill("#id_public_note", "This process was presented.")
    desk.press("Save")
    desk.look_everywhere()
    desk.go("/desk/forums/references/")
    desk.look_everywhere()
    desk.go("/desk/recommendations/?show=with-news")
    desk.look_everywhere()

    visitor = people()
    for path in ("/participants/indonesia/", "/forums/references/", "/forums/references/XR-2004-01/"):
        visitor.go(path)
        visitor.look_everywhere()
    visitor.go("/participants/indonesia/")
    assert "A law against trafficking in persons is being completed." in visitor.text
