"""A rule says whom a workshop invites; the recipients are shown, the letters go out and arrive, and a reminder follows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from playwright.sync_api import expect

from tests.browser.conftest import Person, Portal, mailed
from tests.browser.test_journey import check_pdf, mails, wait_for

AHEAD = date.today() + timedelta(days=60)
ADDRESS = "fiji@trial.example"


def workshop(desk: Person) -> str:
    """Record and publish a workshop that is still ahead."""
    desk.go("/desk/activities/new/")
    desk.page.fill("#id_title", "Workshop on returning home")
    desk.page.select_option("#id_kind", label="Workshop")
    desk.page.fill("#id_start", AHEAD.isoformat())
    desk.page.fill("#id_city", "Suva")
    desk.press("Save draft")
    reference = desk.page.url.rstrip("/").rsplit("/", 1)[1]
    desk.follow("Look at its page and publish it")
    desk.press("Publish")
    return reference


def test_from_a_rule_to_a_letter_that_arrives_and_a_reminder(portal: Portal, people: Callable[..., Person]) -> None:
    desk = people("Secretariat")
    reference = workshop(desk)
    desk.go(f"/desk/activities/{reference}/invitations/")
    desk.look_everywhere()
    desk.follow("Say whom to invite")
    desk.look_everywhere()
    desk.page.get_by_label("Only those named one by one").check()
    desk.page.select_option("#id_added", ["fiji", "indonesia"])
    desk.page.select_option("#id_topic", label="People smuggling")
    desk.page.fill("#id_reply_by", (AHEAD - timedelta(days=20)).isoformat())
    desk.page.fill("#id_body_en", "The workshop takes up returns in safety and dignity.")
    desk.press("Save and show the recipients")
    assert ADDRESS in desk.text
    desk.look_everywhere()

    desk.press("Issue the invitations to 2 participants")
    desk.look_everywhere()
    expect(desk.page.get_by_text("2 invitations are issued.")).to_be_visible(timeout=180_000)  # the page asks by itself
    desk.look_everywhere()

    def arrived() -> list[bytes]:
        letters = [m for m in mails(portal) if m["X-Envelope-To"] == ADDRESS and "returning home" in str(m["Subject"])]
        parts = [part for message in letters for part in message.iter_attachments()]
        return [content for part in parts if isinstance(content := part.get_payload(decode=True), bytes)]

    pdf, calendar = wait_for(arrived, 120, "the letter did not arrive")
    check_pdf(pdf)
    assert b"METHOD:PUBLISH" in calendar
    assert f"UID:{reference}@".encode() in calendar

    desk.go(f"/desk/activities/{reference}/invitations/")
    desk.look_everywhere()
    desk.follow(f"{reference}.L1/1")
    with desk.page.expect_download() as download:
        desk.page.get_by_role("link", name=f"{reference}.L1-1.pdf").click()
    assert download.value.path().read_bytes() == pdf

    desk.go(f"/desk/activities/{reference}/invitations/")
    desk.follow("Remind those who have not answered")
    desk.look_everywhere()
    desk.press("Remind 2 participants")
    assert "2 reminders are on their way." in desk.page.inner_text("body")
    mailed(portal, ADDRESS, r"has no answer on record\s+yet")
