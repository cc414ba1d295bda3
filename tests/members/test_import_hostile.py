"""Lists that mean harm, or are broken: each gets a sentence, none an error page."""

from __future__ import annotations

import io
import time
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from members.models import ImportBatch
from members.names import looks_like_zawgyi, name_key, plain
from members.sheets import SheetError, read_paste, read_upload
from tests.cast import World, client_for, make_world

START = "/desk/import/"


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def desk(world: World) -> Client:
    return client_for(world, "secretariat")


def book(rows: list[list[Any]]) -> bytes:
    made = Workbook()
    sheet: Any = made.active
    for row in rows:
        sheet.append(row)
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def changed(content: bytes, **parts: bytes) -> bytes:
    """A workbook with some parts replaced or added; "__" in a name stands for "/", "_dot_" for "."."""
    wanted = {name.replace("__", "/").replace("_dot_", "."): body for name, body in parts.items()}
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        for name in {*old.namelist(), *wanted}:
            new.writestr(name, wanted.get(name) or old.read(name))
    return result.getvalue()


def sheet_xml(rows: bytes) -> bytes:
    return (
        b'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b"<sheetData>" + rows + b"</sheetData></worksheet>"
    )


PLAIN = [["Name", "Country"], ["Ani Wijaya", "Aland"]]


def million_rows() -> bytes:
    return changed(book(PLAIN), xl__worksheets__sheet1_dot_xml=sheet_xml(b"<row/>" * 1_000_000))


def far_row() -> bytes:
    rows = b'<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>x</t></is></c></row>'
    return changed(book(PLAIN), xl__worksheets__sheet1_dot_xml=sheet_xml(rows))


def bomb() -> bytes:
    return changed(book(PLAIN), xl__sharedStrings_dot_xml=b"<sst>" + b" " * 300_000_000 + b"</sst>")


def big_cell() -> bytes:
    rows = b'<row r="1"><c r="A1" t="inlineStr"><is><t>' + b"x" * 10_000_000 + b"</t></is></c></row>"
    return changed(book(PLAIN), xl__worksheets__sheet1_dot_xml=sheet_xml(rows))


def entities() -> bytes:
    body = sheet_xml(b"").replace(b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet', 1)
    return changed(book(PLAIN), xl__worksheets__sheet1_dot_xml=body)


def many_parts() -> bytes:
    return changed(book(PLAIN), **{f"x{number}": b"x" for number in range(600)})


HOSTILE: dict[str, tuple[str, Any, str]] = {
    "zip bomb": ("a.xlsx", bomb, "unpacks to far more"),
    "a million empty rows": ("a.xlsx", million_rows, "The list is empty."),
    "a row far down": ("a.xlsx", far_row, "The list is empty."),
    "a cell of 10 MB": ("a.xlsx", big_cell, "more than 5,000 letters"),
    "entities": ("a.xlsx", entities, "cannot be read"),
    "600 parts": ("a.xlsx", many_parts, "unpacks to far more"),
    "macros": ("a.xlsx", lambda: changed(book(PLAIN), xl__vbaProject_dot_bin=b"x"), "macros"),
    "a sheet that is none": ("a.xlsx", lambda: changed(book(PLAIN), xl__worksheets__sheet1_dot_xml=b"<oops"), "cannot be read"),
    "cut in half": ("a.xlsx", lambda: book(PLAIN)[:2000], "cannot be read"),
    "no workbook": ("a.xlsx", lambda: b"PK\x03\x04" + b"\x00" * 100, "cannot be read"),
    "another name": ("a.csv", lambda: book(PLAIN), "not what its name says"),
    "an old Excel file": ("a.csv", lambda: b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "not what its name says"),
    "a PDF": ("a.pdf", lambda: b"%PDF-1.7", "Choose a CSV or XLSX file."),
    "nothing": ("a.csv", lambda: b" \n", "The file is empty."),
    "only signs": ("a.csv", lambda: b",,,\n,,,", "The list is empty."),
    "3 MB": ("a.csv", lambda: b"Name,Country\n" + b"a,b\n" * 800_000, "larger than 2 MB"),
    "2,002 rows": ("a.csv", lambda: b"Name,Country\n" + b"a,b\n" * 2002, "more than 2,000 rows"),
    "41 columns": ("a.csv", lambda: b"Name" + b",x" * 40, "more than 40 columns"),
    "an open quotation mark": ("a.csv", lambda: b'Name,Country\n"a,b\n' + b"c,d\n" * 3000, "quotation mark is not closed"),
    "no encoding": ("a.csv", lambda: b"Name,Country\n\x81\x8d\x8f,b", "encoding of the file could not be found out"),
    "headings only": ("a.csv", lambda: b"Name,Country\n", "headings only"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_gets_a_sentence_in_time(world: World, desk: Client, name: str) -> None:
    filename, make, said = HOSTILE[name]
    file = SimpleUploadedFile(filename, make())
    before, began = ImportBatch.objects.count(), time.process_time()
    response = desk.post(START, {"file": file})
    assert response.status_code == 422
    assert time.process_time() - began < 6
    assert said in response.content.decode()
    assert ImportBatch.objects.count() == before


@pytest.mark.parametrize(
    "text",
    [
        "Name\tCountry\n\x00Ani\tAland",
        "Name\tCountry\n=HYPERLINK(1)\tAland",
        "Name\tCountry\n@SUM(1)\tAland",
        "Name\tCountry\n\u202eAni\tAland",
        "Name\tCountry\n#REF!\tAland",
        "Name\tCountry\n<script>alert(1)</script>\t<img src=x>",
        "Name\tCountry\nAni\t" + "x" * 4000,
        "Name\tCountry\n\ufffdAni\tAland",
    ],
)
def test_hostile_cells_are_marked_and_never_run(world: World, desk: Client, text: str) -> None:
    response = desk.post(START, {"text": text}, follow=True)
    assert response.status_code == 200
    page = response.content.decode()
    assert 'class="cell--bad"' in page
    assert "1 row is left out." in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    batch = ImportBatch.objects.order_by("-pk")[0]
    assert desk.get(f"{START}{batch.pk}/rows/2/").status_code == 200


def test_formulas_of_a_workbook_are_not_run_and_texts_like_them_are_marked(world: World, desk: Client) -> None:
    content = book([["Name", "Country", "Position"], ["Ani Wijaya", "Aland", '=HYPERLINK("http://x.example","Head")']])
    response = desk.post(START, {"file": SimpleUploadedFile("a.xlsx", content)}, follow=True)
    assert "x.example" not in response.content.decode()  # no value was stored with the formula, so none is read
    assert ImportBatch.objects.order_by("-pk")[0].rows[0]["cells"][:2] == ["Ani Wijaya", "Aland"]


def test_numbers_dates_and_signs_of_a_workbook_become_text() -> None:
    from datetime import date

    sheet = read_upload("a.xlsx", book([["Name", "Phone", "From", "x"], ["Ani", 6221.0, date(2027, 5, 4), True]]))
    assert sheet.rows[1] == (2, ["Ani", "6221", "2027-05-04", "yes"])


@pytest.mark.parametrize("field", ["text", "file", "encoding", "participant"])
def test_foolish_forms_are_answered(world: World, desk: Client, field: str) -> None:
    for value in ("", "\x00", "9" * 400, "{}"):
        assert desk.post(START, {"text": "", field: value}).status_code in {302, 422}
    assert desk.post(START, {"text": "Name\tCountry\na\tAland", "file": SimpleUploadedFile("a.csv", b"a")}).status_code == 422


def test_foolish_queries_are_answered(world: World, desk: Client) -> None:
    for query in ("show=x&page=x", "page=-1", "page=99999999999999999999", "show=%00", "participant=%00", "page=%00"):
        for path in (START, f"{START}{world.import_batch}/", f"{START}{world.import_batch}/rows/2/"):
            assert desk.get(f"{path}?{query}").status_code == 200
    assert desk.post(f"{START}{world.import_batch}/rows/2/", {"cell-0": "\x00", "choice": "\x00"}).status_code == 422


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("Name;Country\nAni, Dr;Aland", ["Ani, Dr", "Aland"]),
        ('Name,Country\n"Ani, Dr",Aland', ["Ani, Dr", "Aland"]),
        ("Name\tCountry\nAni, Dr; x\tAland", ["Ani, Dr; x", "Aland"]),
        ('Name\tCountry\n"two\nlines"\tAland', ["two\nlines", "Aland"]),
        ("Name\nAni", ["Ani"]),
    ],
)
def test_cells_are_split_as_they_were_meant(text: str, cells: list[str]) -> None:
    assert read_paste(text).rows[1][1] == cells


def test_too_long_a_text_is_refused() -> None:
    with pytest.raises(SheetError):
        read_paste("a\tb\n" * 600_000)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Dr TANAKA Tarō", "Taro Tanaka"),
        ("Łukasz O'Neil", "ONEIL, Lukasz"),
        ("Nguyễn Văn An", "an van nguyen"),
        ("Ｔａｎａｋａ Taro", "taro tanaka"),
        ("Олег Сидоров", "СИДОРОВ Олег"),
    ],
)
def test_names_are_the_same_whatever_the_accents_case_and_order(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


def test_marks_of_scripts_without_accents_are_kept() -> None:
    assert plain("สมชาย ใจดี") == "สมชาย ใจดี"
    assert name_key("ကိုကို") != name_key("ကကု")


@pytest.mark.parametrize("text", ["မြန်မာ", "အောင်ဆန်းစုကြည်", "ဒေါ်ခင်", "ဦးသန်းရွှေ", "ဝန်ကြီးဌာန နေပြည်တော်", "သီဟ ဇေယျ", "Thiha", "田中"])
def test_burmese_in_unicode_is_not_taken_for_zawgyi(text: str) -> None:
    assert not looks_like_zawgyi(text)


@pytest.mark.parametrize("text", ["ေအာင္ဆန္းစုၾကည္", "ျမန္မာ", "ဦးေန၀င္း", "ေဒၚခင္"])
def test_burmese_in_zawgyi_is_found(text: str) -> None:
    assert looks_like_zawgyi(text)
