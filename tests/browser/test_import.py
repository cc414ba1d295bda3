"""A list of contacts from Excel: pasted, mended, confirmed, undone; and two entries that are one person."""

from __future__ import annotations

from typing import Any

from tests.browser.conftest import Person

LIST = """Nama\tNegara\tJabatan\tSurel\tTopik
Ani Wijayanti\tIndonesia\tDirector\tani.wijayanti@ministry.example\t
Budi Hartono\tIndonesia\tHead of unit\tbudi at ministry.example\t
Citra Maheswari\tFiji\tAdviser\tcitra@ministry.example\t
MAHESWARI, Citra\tFiji\tSenior adviser\tcitra.m@ministry.example\t
Dimas Nugroho\tFijii\tAdviser\tdimas@ministry.example\tbasket weaving
"""


def preview(desk: Person, text: str) -> None:
    desk.go("/desk/contacts/")
    desk.follow("Import contacts")
    desk.page.fill("#id_text", text)
    desk.press("Show the preview")


def test_list_is_pasted_mended_confirmed_and_undone(people: Any) -> None:
    desk = people("Secretariat")
    desk.go("/desk/import/")
    desk.look_everywhere()
    preview(desk, LIST)
    desk.look_everywhere()
    assert "2 new entries are made." in desk.text
    assert "Enter one e-mail address" in desk.text
    assert "Is it Fiji?" in desk.text

    desk.follow("Only problems (2)")
    desk.page.locator("#row-3 th a").click()
    desk.page.wait_for_load_state()
    desk.look_everywhere()
    desk.page.get_by_label("E-mail").fill("budi@ministry.example")
    desk.press("Save the row")
    assert "Row 3 is mended." in desk.text
    assert "3 new entries are made." in desk.text

    desk.follow("Only likely duplicates (1)")
    desk.page.locator("#row-5 + tr").get_by_label("A different person").check()
    desk.press("Save these answers")
    assert "4 new entries are made." in desk.text
    desk.press("Confirm: import 4 contacts")
    assert "The contacts are imported" in desk.text
    desk.look_everywhere()

    made = desk.page.url
    desk.go("/desk/contacts/duplicates/")
    desk.look_everywhere()
    desk.page.locator("tr", has_text="MAHESWARI").get_by_role("link", name="Compare").click()
    desk.page.wait_for_load_state()
    desk.look_everywhere()
    desk.page.get_by_label("citra.m@ministry.example").check()
    desk.press("Make them one")
    assert "The two entries are one now." in desk.text
    desk.look_everywhere()
    desk.press("Undo the merge")
    assert "both entries stand by themselves again" in desk.text
    desk.page.get_by_role("link", name="Citra Maheswari").first.click()
    desk.page.wait_for_load_state()
    desk.follow("It is the same person as another entry")
    desk.look_everywhere()

    desk.page.goto(made)
    desk.press("Undo the import")
    assert "The import is undone" in desk.text
    desk.look_everywhere()
    assert "Ani Wijayanti" not in desk.page.inner_text("main")
