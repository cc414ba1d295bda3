"""From the door on a phone to a certificate that anybody can check."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tests.browser.conftest import Portal, mailed
from tests.browser.test_journey import TODAY, record

TITLE = "Workshop on reading machine-readable travel documents"


def test_from_the_door_to_a_certificate_that_is_checked(portal: Portal, people: Any) -> None:
    desk = people("Secretariat")
    workshop = record(desk, TITLE, "Workshop")
    desk.go(f"/desk/activities/{workshop}/invitations/")
    desk.page.get_by_label("Indonesia", exact=True).check()
    desk.press("Issue the invitations")

    indonesia = people("Focal point of Indonesia, people smuggling", width=360)
    indonesia.follow(f"Answer: {TITLE}")
    for number, name in enumerate(("Ratna Wulandari", "Agus Salim")):
        if number:
            indonesia.press("Add another delegate")
        indonesia.page.fill(f"#id_form-{number}-name", name)
        indonesia.page.fill(f"#id_form-{number}-position", "Director, Example Ministry")
        indonesia.page.fill(f"#id_form-{number}-email", f"attended{number}@ministry.example")
    indonesia.press("Register 2 delegates")

    door = people("Secretariat", width=360)
    base = f"/desk/activities/{workshop}/attendance/"
    door.go(base)
    door.page.fill("#id_q", "ratna")
    door.press("Find")
    assert "Agus Salim" not in door.text
    door.press("Absent")
    door.press("Take the last press back")
    assert "Not recorded" in door.text
    door.press("Present")
    assert re.search(r"q=ratna.*#d\d+$", door.page.url)
    assert "Secretariat" in door.text
    door.look_everywhere()
    door.go(f"{base}?as=table")
    door.look_everywhere()
    door.page.get_by_label("Attendance of Agus Salim").select_option(label="Excused")
    door.press("Save attendance")
    assert "1 record changed." in door.text

    desk.go(f"{base}import/")
    desk.page.fill("#id_text", f"Name\t{TODAY.isoformat()}\nAgus Salim\tmaybe\nNobody\tpresent")
    desk.press("Look at the list")
    assert "No delegate of this activity has this name." in desk.text
    desk.look_everywhere()
    desk.go(f"{base}papers/")
    desk.look_everywhere()
    desk.press("Make certificates and write to who was there")
    assert "1 letter is on its way." in desk.text
    desk.go(f"{base}papers/")
    desk.look_everywhere()

    delegate = people(width=360)
    link = mailed(portal, "attended0@ministry.example", r"http://\S+/r/attended/\S+")
    delegate.go(link.removeprefix(portal.url))
    assert "Ratna Wulandari" in delegate.text
    delegate.look_everywhere()
    with delegate.page.expect_download() as download:
        delegate.page.evaluate("document.querySelector('a[href*=certificate]').setAttribute('download', '')")
        delegate.page.get_by_role("link", name="Open the PDF").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")
    code = delegate.page.locator(".mono").first.inner_text()

    visitor = people(width=360)
    visitor.go(f"/certificates/{code.lower()}/")
    assert "This certificate is ours" in visitor.text
    assert "Ratna Wulandari" in visitor.text
    assert "attended0@ministry.example" not in visitor.page.content()
    visitor.look_everywhere()
    visitor.go("/certificates/AAAA-AAAA-AAAA-AAAA/")
    assert "not ours" in visitor.text
    visitor.go("/data/participation/")
    visitor.look_everywhere()

    door.go(base)
    door.page.fill("#id_q", "ratna")
    door.press("Find")
    door.press("Absent")
    visitor.go(f"/certificates/{code}/")
    assert "no longer holds" in visitor.text
    visitor.look_everywhere()
    desk.go("/desk/activities/figures/")
    desk.look_everywhere()
    indonesia.go("/national/")
    indonesia.go(f"/certificates/{code}/")
