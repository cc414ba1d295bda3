"""A focal point is posted elsewhere: access ends at once, and who comes after finds all that is open on one page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from tests.browser.conftest import Person, Portal, mailed
from tests.browser.test_second_factor import PASSWORD, code_of, enter, link_for

TITLE = "Workshop on returns with dignity"
SPACE = "/national/sri-lanka/"
CONTACTS = "/desk/contacts/participants/sri-lanka/"
BEFORE, BEFORE_ADDRESS = "Nimal Perera", "nimal.perera@foreign.example"
AFTER, AFTER_ADDRESS = "Kumari Jayasinghe", "kumari.jayasinghe@foreign.example"
TITLE_THEN, TITLE_NOW = "Deputy Director, consular affairs", "Ambassador to Jordan"
NOTE = "The ministry of justice answers on the venue by Friday."


def test_handover_from_one_focal_point_to_the_next(portal: Portal, people: Callable[..., Person]) -> None:
    desk = people("Secretariat")
    name_focal_point(desk, people("Secretariat administrator"))
    nimal = take_account(portal, people(), BEFORE_ADDRESS, BEFORE)
    invite_to_workshop(desk)
    nimal.go(SPACE)
    assert TITLE in nimal.text

    hand_over(desk)
    response = nimal.page.goto(portal.url + SPACE)
    assert response is not None
    assert response.status == 404
    assert TITLE not in nimal.page.content()
    nimal.look_everywhere()

    kumari = take_account(portal, people(width=360, scheme="dark"), AFTER_ADDRESS, AFTER)
    kumari.go(handover_path(portal))
    kumari.look_everywhere()
    assert NOTE in kumari.text
    assert f"{BEFORE}, {TITLE_THEN}" in kumari.text
    kumari.press("I have read it")
    assert "Noted that you have read it." in kumari.page.inner_text("body")
    assert kumari.page.get_by_role("button", name="I have read it").count() == 0
    kumari.look_everywhere()
    answer_invitation(kumari)

    desk.go(CONTACTS)
    desk.page.get_by_role("link", name=BEFORE, exact=True).first.click()
    desk.page.fill("#id_position", TITLE_NOW)
    desk.press("Save")
    past = desk.page.locator("section", has=desk.page.get_by_role("heading", name="Who was in which place", exact=True))
    assert TITLE_THEN in past.inner_text()
    assert TITLE_NOW not in past.inner_text()
    assert AFTER in desk.page.locator("section", has=desk.page.locator("#p")).inner_text()
    desk.look_everywhere()


def name_focal_point(desk: Person, administrator: Person) -> None:
    """The one before: on record with a title, in the place, with an invitation to an account."""
    desk.go(CONTACTS)
    desk.look_everywhere()
    desk.follow("New official")
    desk.look_everywhere()
    desk.page.fill("#id_name", BEFORE)
    desk.page.fill("#id_position", TITLE_THEN)
    desk.page.fill("#id_email", BEFORE_ADDRESS)
    desk.press("Save")
    desk.follow("Name somebody")
    desk.look_everywhere()
    desk.page.select_option("#id_topic", label="People smuggling")
    desk.page.select_option("#id_holder", label=f"{BEFORE}, {TITLE_THEN}")
    desk.press("Save")
    administrator.go("/desk/accounts/invite/")
    administrator.page.fill("#id_email", BEFORE_ADDRESS)
    administrator.page.fill("#id_name", BEFORE)
    administrator.page.get_by_label("Focal point", exact=True).check()
    administrator.page.select_option("#id_participant", label="Sri Lanka")
    administrator.page.select_option("#id_topic", label="People smuggling")
    administrator.press("Send the invitation")


def take_account(portal: Portal, person: Person, address: str, name: str) -> Person:
    """Accept the mailed invitation and set up a second factor, which nobody of a government goes without."""
    person.go(link_for(portal, address))
    assert person.page.input_value("#id_name") == name
    person.look_everywhere()
    person.page.fill("#id_password", PASSWORD)
    person.press("Make my account")
    enter(person, address)
    assert person.page.url.endswith("/accounts/2fa/totp/activate/")
    person.page.fill("#id_code", code_of(person.page.locator(".mono").inner_text()))
    person.press("Turn it on")
    return person


def invite_to_workshop(desk: Person) -> None:
    desk.go("/desk/activities/new/")
    desk.page.fill("#id_title", TITLE)
    desk.page.select_option("#id_kind", label="Workshop")
    desk.page.fill("#id_start", f"{date.today() + timedelta(days=40)}")
    desk.page.fill("#id_city", "Colombo")
    desk.page.fill("#id_country", "Sri Lanka")
    desk.press("Save draft")
    reference = desk.page.url.rstrip("/").rsplit("/", 1)[1]
    desk.follow("Look at its page and publish it")
    desk.press("Publish")
    desk.go(f"/desk/activities/{reference}/invitations/")
    desk.page.get_by_label("Sri Lanka", exact=True).check()
    desk.press("Issue the invitations")
    assert "1 invitation is issued." in desk.text


def hand_over(desk: Person) -> None:
    desk.go(CONTACTS)
    desk.look_everywhere()
    desk.follow("Hand over or end")
    desk.look_everywhere()
    desk.page.fill("#id_new_name", AFTER)
    desk.press("Hand over")
    assert "Enter the e-mail address of the successor." in desk.text
    desk.look_everywhere()
    desk.page.get_by_label("Now: access stops at once").check()
    desk.page.fill("#id_reason", "Posted to Amman")
    desk.page.fill("#id_new_position", "Director, consular affairs")
    desk.page.fill("#id_new_email", AFTER_ADDRESS)
    desk.page.fill("#id_note", NOTE)
    desk.press("Hand over")
    assert "Ended. The successor is named." in desk.page.inner_text("body")


def handover_path(portal: Portal) -> str:
    """The address of the page, from the letter to the successor."""
    return mailed(portal, AFTER_ADDRESS, r"/handovers/\d+/")


def answer_invitation(person: Person) -> None:
    person.follow(TITLE)
    person.page.fill("#id_form-0-name", "Ruwan Fonseka")
    person.page.fill("#id_form-0-position", "Superintendent, border police")
    person.page.fill("#id_form-0-email", "ruwan.fonseka@police.example")
    person.press("Register 1 delegate")
    assert "The delegation is registered" in person.text
    person.look_everywhere()
