"""Lists of others' activities: every cell judged before anything is saved, nothing twice, nothing that a list can break."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from openpyxl import Workbook

from activities.models import ForeignActivity, ForeignList
from activities.periodic import forget_foreign_lists
from members.models import Forum, Portfolio, Topic
from tests.cast import World, client_for, make_world

URL = "/desk/proposals/foreign/"
HEADINGS = "title,from,to,country,city,forum,topics,portfolios,url"
GOOD = "Course on passports,2030-05-04,2030-05-06,Indonesia,Jakarta,Forum X,People smuggling;Sea rescue,immigration,https://x.example/"


@pytest.fixture
def world(db: None) -> World:
    made = make_world()
    ForeignActivity.objects.all().delete()
    ForeignList.objects.all().delete()
    Portfolio.objects.create(key="immigration", name_en="Immigration", name_id="Imigrasi")
    return made


@pytest.fixture
def desk(world: World) -> Client:
    return client_for(world, "secretariat")


def upload(desk: Client, *rows: str, headings: str = HEADINGS, name: str = "list.csv", encoding: str = "utf-8") -> Any:
    content = "\n".join([headings, *rows]).encode(encoding)
    return desk.post(URL, {"file": SimpleUploadedFile(name, content)})


def taken(desk: Client, *rows: str, **options: str) -> ForeignList:
    answer = upload(desk, *rows, **options)
    assert answer.status_code == 302, answer.content.decode()
    return ForeignList.objects.latest("pk")


def test_nothing_is_saved_before_confirm_and_all_of_a_row_after(world: World, desk: Client) -> None:
    made = taken(desk, GOOD)
    text = desk.get(f"{URL}lists/{made.pk}/").content.decode()
    assert ("1 activity is added." in text, "Kept as words: Sea rescue" in text) == (True, True)
    assert not ForeignActivity.objects.exists()
    assert desk.post(f"{URL}lists/{made.pk}/confirm/").status_code == 302
    row = ForeignActivity.objects.get()
    assert (row.title, row.date, row.end, row.date_precision) == (
        "Course on passports",
        date(2030, 5, 4),
        date(2030, 5, 6),
        "day",
    )
    assert (row.country, row.city, row.forum, row.organiser) == ("ID", "Jakarta", Forum.objects.get(), "")
    assert ([topic.key for topic in row.topics.all()], row.topics_said) == (["people-smuggling"], "Sea rescue")
    assert ([one.key for one in row.portfolios.all()], row.url) == (["immigration"], "https://x.example/")
    assert "4–6 May 2030" in desk.get(URL).content.decode()


def test_same_row_twice_or_again_adds_nothing(desk: Client) -> None:
    made = taken(desk, GOOD, GOOD.replace("Course", "COURSE"), GOOD.replace("05-06", "05-07"))
    text = desk.get(f"{URL}lists/{made.pk}/").content.decode()
    assert ("2 activities are added." in text, "Twice in the list" in text) == (True, True)
    for _turn in range(2):
        assert desk.post(f"{URL}lists/{made.pk}/confirm/").status_code == 302
    assert ForeignActivity.objects.count() == 2
    again = taken(desk, GOOD)
    answer = desk.post(f"{URL}lists/{again.pk}/confirm/")
    assert (answer.status_code, "There is nothing to add" in answer.content.decode()) == (422, True)
    assert ForeignActivity.objects.count() == 2


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (",2030-05-04,,,,,,,", "Write the title."),
        ("=cmd(),,,,,,,,", "It begins like a formula."),
        ("T,04/05/2030,,,,,,,", "Write it as 2027-05-14"),
        ("T,2030-05-04,2030-05-03,,,,,,", "The last day is before the first."),
        ("T,,2030-05-03,,,,,,", "Give the first day too."),
        ("T,0001-01-01,,,,,,,", "Enter a year between 1900 and 2200."),
        ("T,,,Atlantis,,,,,", "No country or territory has this name."),
        ("T,,,,,,,,javascript:alert(1)", "Write the whole address"),
        (f"{'x' * 251},,,,,,,,", "Shorten it to 250 letters."),
        ("a\x01b,,,,,,,,", "It holds signs that are no text"),
    ],
)
def test_bad_cell_is_named_and_its_row_left_out(desk: Client, row: str, said: str) -> None:
    made = taken(desk, row, GOOD)
    text = desk.get(f"{URL}lists/{made.pk}/?show=problems").content.decode()
    assert (said in text, "Course on passports" in text) == (True, False)
    desk.post(f"{URL}lists/{made.pk}/confirm/")
    assert [one.title for one in ForeignActivity.objects.all()] == ["Course on passports"]


@pytest.mark.parametrize(
    ("headings", "rows", "said"),
    [
        ("a,b,c", ["x,y,z"], "No column is headed “title”."),
        (HEADINGS, [], "The list has headings only."),
        (HEADINGS, ["T"] * 2001, "more than 2,000 rows"),
    ],
)
def test_list_that_is_none_is_refused(desk: Client, headings: str, rows: list[str], said: str) -> None:
    answer = upload(desk, *rows, headings=headings)
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert not ForeignList.objects.exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_accents_survive_any_usual_encoding(desk: Client, encoding: str) -> None:
    made = taken(desk, "Séminaire à Hanoï,May 2030,,Viet Nam,,,,,", encoding=encoding)
    desk.post(f"{URL}lists/{made.pk}/confirm/")
    row = ForeignActivity.objects.get()
    assert (row.title, row.date, row.date_precision, row.country) == ("Séminaire à Hanoï", date(2030, 5, 1), "month", "VN")


def test_headings_in_indonesian_and_a_workbook(desk: Client) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet
    sheet.append(["Judul", "Mulai", "Sampai", "Negara", "Kota", "Topik"])
    sheet.append(["Lokakarya", date(2030, 5, 4), date(2030, 5, 5), "Filipina", "Manila", "penyelundupan manusia"])
    stream = io.BytesIO()
    book.save(stream)
    assert desk.post(URL, {"file": SimpleUploadedFile("list.xlsx", stream.getvalue())}).status_code == 302
    desk.post(f"{URL}lists/{ForeignList.objects.get().pk}/confirm/")
    row = ForeignActivity.objects.get()
    assert (row.date, row.end, row.country, [topic.key for topic in row.topics.all()]) == (
        *(date(2030, 5, 4), date(2030, 5, 5), "PH"),
        ["people-smuggling"],
    )


def test_list_is_its_owner_s_for_a_day(world: World, desk: Client) -> None:
    made = taken(desk, GOOD)
    other = client_for(world, "administrator")
    assert other.get(f"{URL}lists/{made.pk}/").status_code == 404
    assert other.post(f"{URL}lists/{made.pk}/confirm/").status_code == 404
    assert desk.post(f"{URL}lists/{made.pk}/discard/").status_code == 302
    assert not ForeignList.objects.exists()
    old = taken(desk, GOOD)
    ForeignList.objects.filter(pk=old.pk).update(started_at=timezone.now() - timedelta(hours=25))
    assert desk.get(f"{URL}lists/{old.pk}/").status_code == 404
    assert (forget_foreign_lists(), ForeignList.objects.count(), ForeignActivity.objects.count()) == (1, 0, 0)


def test_entry_by_hand_is_edited_and_never_doubled(world: World, desk: Client) -> None:
    answers = {"title": "Seminar", "start": "2030-05", "country": "TH", "organiser": "A body", "url": "x.example/a"}
    assert desk.post(f"{URL}new/", answers).status_code == 302
    row = ForeignActivity.objects.get()
    assert (row.date, row.date_precision, row.country, row.url) == (date(2030, 5, 1), "month", "TH", "https://x.example/a")
    answer = desk.post(f"{URL}new/", answers | {"title": "SEMINAR "})
    assert (answer.status_code, "The same activity is on record" in answer.content.decode()) == (422, True)
    topic = Topic.objects.get()
    assert desk.post(f"{URL}{row.pk}/", answers | {"version": 1, "topics": [topic.pk]}).status_code == 302
    assert desk.post(f"{URL}{row.pk}/", answers | {"version": 1, "title": "Mine"}).status_code == 409
    row.refresh_from_db()
    assert (row.title, row.version, list(row.topics.all())) == ("Seminar", 2, [topic])
    text = desk.get(f"{URL}?q=semin").content.decode()
    assert ("Seminar" in text, "Nothing was found" in desk.get(f"{URL}?q=zzz").content.decode()) == (True, True)
