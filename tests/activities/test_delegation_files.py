"""A delegation's list as a file: CSV and Excel come into the sheet as a pasted list does, and nothing of them is stored."""

from __future__ import annotations

import io
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from lxml import html
from openpyxl import Workbook

from activities.delegation_paste import people_of
from activities.models import Nomination
from members.models import Official
from members.sheets import MOST_BYTES, read_upload
from tests.activities.delegations import edited, page, sheet, states
from tests.cast import World, client_for, make_world

ROWS = [
    ["Delegation of Aland"],
    ["No", "Nama", "Jabatan", "Kementerian", "Surel", "Peran", "Makanan"],
    [1, "Dewi Lestari", "Direktur", "Kemlu", "dewi@x.example", "Ketua", "Halal"],
    [2, "Budi Santoso", "Staf", "Polri", "budi@x.example", "Anggota", None],
]


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def book(rows: list[list[Any]] = ROWS) -> bytes:
    made, content = Workbook(), io.BytesIO()
    active: Any = made.active
    for row in rows:
        active.append(row)
    made.save(content)
    return content.getvalue()


def table(rows: list[list[Any]] = ROWS, mark: str = ";") -> str:
    return "\r\n".join(mark.join("" if cell is None else str(cell) for cell in row) for row in rows)


def file(content: bytes, name: str = "delegation.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def send(world: World, content: bytes, name: str = "delegation.xlsx", *people: dict[str, Any], **more: Any) -> Any:
    client, url = page(world)
    return client.post(url, edited({"read": "1", "file": file(content, name)} | more, *people))


def values(content: bytes, name: str) -> list[str]:
    tree = html.fromstring(content.decode())
    return [row.get("value") or "" for row in tree.xpath(f'//div[@data-rows]//input[contains(@name, "-{name}")]')]


def problem(response: Any) -> str:
    tree = html.fromstring(response.content.decode())
    return " ".join(tree.xpath('//div[@class="errsum"]//li/a[@href="#id_file"]/text()'))


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (book(), "delegation.xlsx"),
        (table().encode(), "delegation.csv"),
        (table(mark=",").encode("utf-8-sig"), "delegation.CSV"),
        (table(mark="\t").encode("utf-16"), "delegation.txt"),
    ],
)
def test_a_file_comes_into_the_sheet_and_nothing_is_saved(world: World, content: bytes, name: str) -> None:
    response = send(world, content, name, {"name": "Sri Wahyuni"})
    assert response.status_code == 200
    assert values(response.content, "email") == ["p0@x.example", "dewi@x.example", "budi@x.example"]
    assert values(response.content, "position") == ["Director", "Direktur, Kemlu", "Staf, Polri"]
    assert values(response.content, "meal") == ["", "Halal", ""]
    assert "2 people were read. Check the rows, then register." in response.content.decode()
    assert (Nomination.objects.count(), Official.objects.filter(name="Dewi Lestari").count()) == (0, 0)


def test_what_came_from_a_file_registers_as_any_other_row(world: World) -> None:
    response = send(world, book())
    tree = html.fromstring(response.content.decode())
    form = tree.xpath("//form[@data-sheet]")[0]
    answers = {name: value for name, value in form.form_values() if value is not None}
    client, url = page(world)
    assert client.post(url, answers | {"register": "1"}).status_code == 302
    assert states(world) == {"Dewi Lestari": "submitted", "Budi Santoso": "submitted"}
    assert Nomination.objects.get(official__name="Dewi Lestari").meal == "Halal"


def test_the_form_takes_files_and_names_their_kinds_and_size(world: World) -> None:
    client, url = page(world)
    form = html.fromstring(client.get(url).content.decode()).xpath("//form[@data-sheet]")[0]
    assert form.get("enctype") == "multipart/form-data"
    assert form.xpath('.//input[@type="file"]/@accept') == [".csv,.txt,.tsv,.xlsx"]
    assert "CSV or Excel (XLSX), up to 2 MB." in form.text_content()


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "list.csv", "The file is empty."),
        (b"x" * (MOST_BYTES + 1), "list.csv", "The file is larger than 2 MB."),
        (b"%PDF-1.7", "list.pdf", "Choose a CSV or XLSX file."),
        (book(), "list.csv", "The file is not what its name says."),
        (b"PK\x03\x04 no archive", "list.xlsx", "The file cannot be read."),
        (b"1;2;3\n4;5;6", "list.csv", "No people were found in this."),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_what_was_typed_stays(
    world: World, content: bytes, name: str, words: str
) -> None:
    response = send(world, content, name, {"name": "Sri Wahyuni"})
    assert (response.status_code, problem(response).startswith(words)) == (422, True)
    assert values(response.content, "email") == ["p0@x.example"]


def test_a_list_and_a_file_at_once_are_not_guessed_between(world: World) -> None:
    text = "Ani\tClerk\tani@x.example"
    response = send(world, book(), "list.xlsx", {"name": "Sri Wahyuni"}, list=text)
    assert (response.status_code, problem(response)) == (422, "Paste a list or choose a file: one of the two.")
    assert text in unescape(response.content.decode())


def test_registering_with_a_file_that_was_not_read_registers_nothing(world: World) -> None:
    client, url = page(world)
    response = client.post(url, sheet({"name": "Sri Wahyuni"}) | {"file": file(book())})
    assert (response.status_code, problem(response).startswith("Your file is not read yet.")) == (422, True)
    assert (values(response.content, "email"), states(world)) == (["p0@x.example"], {})
    assert client.post(url, sheet({"name": "Sri Wahyuni"})).status_code == 302


def test_formulas_and_dates_of_a_workbook_are_text(world: World) -> None:
    rows = [["Name", "Position", "Email", "Meal"], ["Dewi", "=1+1", "dewi@x.example", "=HYPERLINK(1)"]]
    read = people_of(read_upload("list.xlsx", book(rows)))
    assert [(row["name"], row["position"], row["meal"]) for row in read] == [("Dewi", "", "")]


@pytest.mark.parametrize("who", ["focal_point_b", "ministry_official_a"])
def test_nobody_else_reads_a_file_into_the_sheet(world: World, who: str) -> None:
    _client, url = page(world)
    answers = edited({"read": "1", "file": file(book())}, {})
    response = client_for(world, who).post(url, answers)
    assert (response.status_code, b"dewi@x.example" in response.content) == (404 if who == "focal_point_b" else 403, False)
