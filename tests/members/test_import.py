"""Importing contacts: everything wrong is shown before anything is saved, and Undo brings back what was."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.serializers import serialize
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from members.errors import Conflict, DomainError
from members.models import Appointment, ImportBatch, Ministry, Official, Participant, Portfolio, Topic
from members.models.base import today
from members.selectors_assess import assess
from members.selectors_import import take_snapshot
from members.services.directory import save_record
from members.services.imports import confirm_import, forget_outdated, start_import
from members.services.imports_undo import undo_import
from members.sheets import read_paste
from tests.cast import World, client_for, make_world
from tests.members.contact_lists import ContactList, make_directory, make_list

START = "/desk/import/"


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def desk(world: World) -> Client:
    return client_for(world, "secretariat")


def tables() -> dict[str, Any]:
    """Every row of every table of ours, but for histories and the list itself."""
    found = {}
    for model in (model for app in ("members", "activities", "reports") for model in apps.get_app_config(app).get_models()):
        if not model.__name__.endswith("Event") and model is not ImportBatch:
            found[model._meta.label] = json.loads(serialize("json", model._default_manager.order_by("pk")))
    return found


def paste(desk: Client, text: str, **more: Any) -> ImportBatch:
    response = desk.post(START, {"text": text, **more})
    assert response.status_code == 302, response.content.decode()[:3000]
    return ImportBatch.objects.get(pk=int(response["Location"].rstrip("/").rsplit("/", 1)[1]))


def page(desk: Client, batch: ImportBatch, **query: Any) -> str:
    response = desk.get(f"{START}{batch.pk}/", query)
    assert response.status_code == 200
    return response.content.decode()


def lines(desk: Client, batch: ImportBatch, show: str) -> set[int]:
    """Rows that the pages of one filter show, all of them."""
    found: set[int] = set()
    for number in range(1, 12):
        here = {int(line) for line in re.findall(r'id="row-(\d+)"', page(desk, batch, show=show, page=number))}
        if here <= found:
            break
        found |= here
    return found


def confirm(desk: Client, batch: ImportBatch) -> Any:
    digest = re.search(r'name="digest" value="(\w+)"', page(desk, batch))
    return desk.post(f"{START}{batch.pk}/confirm/", {"digest": digest[1] if digest else ""})


def list_of(*rows: str) -> str:
    return "\n".join(["Name\tCountry\tMinistry\tPosition\tE-mail\tTopic\tFrom\tUntil\tOwn script", *rows])


# --- 500 contacts ----------------------------------------------------------------------------------------------------


def test_500_contacts_show_all_50_planted_rows_and_no_other_and_undo_brings_back_what_was(world: World, desk: Client) -> None:
    make_directory()
    made = make_list()
    assert (len(made.rows), len(set(made.errors.values())), len(set(made.duplicates.values()))) == (500, 10, 6)
    before = tables()
    batch = paste(desk, made.as_text())
    assert lines(desk, batch, "all") == set(range(2, 502))
    assert lines(desk, batch, "problems") == set(made.errors)
    assert lines(desk, batch, "duplicates") == set(made.duplicates)
    shown = page(desk, batch)
    assert "450 new entries are made." in shown
    assert "50 rows are left out." in shown
    assert "Confirm: import 450 contacts" in shown
    assert tables() == before  # nothing is saved before Confirm
    assert confirm(desk, batch).status_code == 302
    assert Official.objects.count() == len(before["members.Official"]) + 450
    result = page(desk, batch)
    assert "450 new entries" in result
    assert "50 rows left out" in result
    assert desk.post(f"{START}{batch.pk}/undo/").status_code == 302
    assert tables() == before
    assert "The directory is as it was before." in page(desk, batch)


def test_problems_stand_at_their_cells_in_words(world: World, desk: Client) -> None:
    make_directory()
    made = make_list()
    batch = paste(desk, made.as_text())
    result = assess(batch, take_snapshot(world.users["secretariat"]))
    at = {"e-mail": 4, "participant": 1, "ministry": 2, "topic": 7, "date": 8, "long": 3, "name": 0, "formula": 3, "zawgyi": 6}
    for verdict in result.verdicts:
        if verdict.line in made.errors:
            column = at.get(made.errors[verdict.line], 0)
            assert set(verdict.problems) == {column}, (made.errors[verdict.line], verdict.problems)
    shown = page(desk, batch, show="problems")
    for said in (
        "Enter one e-mail address with an @ sign",
        "No participant has this name. Is it Borduria?",
        "has no ministry of this name on record",
        "No topic has this name. Topics are: People smuggling.",
        "This is no date.",
        "This is longer than 250 letters.",
        "The name is missing.",
        "This looks like a formula.",
        "This holds signs that cannot be seen.",
        "This looks like Burmese in Zawgyi.",
    ):
        assert said in shown


def test_paste_csv_and_xlsx_give_the_same_preview(world: World, desk: Client) -> None:
    make_directory()
    made = make_list()
    files = {
        "utf8.csv": made.as_text(",").encode(),
        "bom.csv": made.as_text(";").encode("utf-8-sig"),
        "utf16.csv": made.as_text("\t").encode("utf-16"),
        "utf16le.csv": made.as_text(",").encode("utf-16-le"),
        "list.xlsx": made.as_xlsx(),
    }
    wanted = _judged(world, paste(desk, made.as_text()))
    for name, content in files.items():
        response = desk.post(START, {"file": SimpleUploadedFile(name, content)})
        assert response.status_code == 302, name
        batch = ImportBatch.objects.order_by("-pk")[0]
        assert _judged(world, batch) == wanted, name


def _judged(world: World, batch: ImportBatch) -> Any:
    result = assess(batch, take_snapshot(world.users["secretariat"]))
    return [(v.line, v.outcome, v.why, v.problems, [(m.reason, m.entry.line) for m in v.matches]) for v in result.verdicts]


def test_list_in_windows_1252_is_read_and_said(world: World, desk: Client) -> None:
    content = "Name;Country\nJosé Müller;Aland\n".encode("cp1252")
    response = desk.post(START, {"file": SimpleUploadedFile("a.csv", content)})
    batch = ImportBatch.objects.get(pk=int(response["Location"].rstrip("/").rsplit("/", 1)[1]))
    assert batch.rows[0]["cells"] == ["José Müller", "Aland"]
    assert "Read as Windows-1252" in page(desk, batch)
    for encoding in ("utf-8", "utf-16"):
        refused = desk.post(START, {"file": SimpleUploadedFile("a.csv", content), "encoding": encoding})
        assert refused.status_code == 422
        assert "Choose another encoding" in refused.content.decode()


# --- columns, names, rows --------------------------------------------------------------------------------------------


def test_columns_without_headings_are_assigned_by_hand(world: World, desk: Client) -> None:
    batch = paste(desk, "Ani Wijaya\tani@a.example\tHead\nBudi Santoso\tbudi@a.example\tClerk")
    assert batch.columns == ["", "email", ""]
    assert "Say first what the columns hold" in page(desk, batch)
    address = f"{START}{batch.pk}/columns/"
    wrong = desk.post(address, {"column-0": "name", "column-1": "name", "column-2": "-"})
    assert wrong.status_code == 422
    assert "Two columns hold the same field." in wrong.content.decode()
    assert desk.post(address, {"column-0": "-", "column-1": "email", "column-2": "-"}).status_code == 422
    aland = Participant.objects.get(slug="aland")
    answers = {"column-0": "name", "column-1": "email", "column-2": "position", "participant": aland.pk}
    assert desk.post(address, answers).status_code == 302
    assert confirm(desk, batch).status_code == 302
    assert set(aland.officials.filter(email__endswith="@a.example").values_list("name", "position")) == {
        ("Ani Wijaya", "Head"),
        ("Budi Santoso", "Clerk"),
    }


def test_unknown_names_are_decided_once_and_a_ministry_is_made(world: World, desk: Client) -> None:
    justice = Portfolio.objects.create(key="justice", name_en="Justice", order=1)
    rows = (
        "Ani Wijaya\tAlnd\tMinistry of New Things",
        "Budi Santoso\tALND\tministry of new things",
        "Citra\tAland\tMinistry of Alund",
    )
    batch = paste(desk, list_of(*rows))
    ministry = Ministry.objects.get(pk=world.ministry_a)
    address = f"{START}{batch.pk}/names/"

    def fields() -> dict[str, str]:
        shown = page(desk, batch)
        found = re.findall(r'<select name="((?:participant|ministry)-\w+)"', shown)
        return dict.fromkeys(found, "")

    (participant,) = [name for name in fields() if name.startswith("participant")]
    assert desk.post(address, fields() | {participant: "Aland"}).status_code == 302
    unknown = [name for name in fields() if name.startswith("ministry")]
    assert len(unknown) == 2
    shown = page(desk, batch)
    new = re.search(r"Ministry “Ministry of New Things”.*?<select name=\"(ministry-\w+)\"", shown, re.DOTALL)
    near = re.search(r"Ministry “Ministry of Alund”.*?<select name=\"(ministry-\w+)\"", shown, re.DOTALL)
    assert new
    assert near
    answers = fields() | {participant: "Aland", new[1]: "new:justice", near[1]: f"is:{ministry.pk}"}
    assert desk.post(address, answers).status_code == 302
    assert confirm(desk, batch).status_code == 302
    made = Ministry.objects.get(name="Ministry of New Things")
    assert list(made.portfolios.all()) == [justice]
    assert set(Official.objects.filter(ministry=made).values_list("name", flat=True)) == {"Ani Wijaya", "Budi Santoso"}
    assert Official.objects.get(name="Citra").ministry == ministry
    assert desk.post(f"{START}{batch.pk}/undo/").status_code == 302
    assert not Ministry.objects.filter(name="Ministry of New Things").exists()


def test_row_is_mended_in_place_and_answers_are_kept(world: World, desk: Client) -> None:
    batch = paste(desk, list_of("Ani Wijaya\tAland\t\tHead\tani at a.example"))
    address = f"{START}{batch.pk}/rows/2/"
    assert "Enter one e-mail address" in desk.get(address).content.decode()
    cells = {f"cell-{place}": cell for place, cell in enumerate(batch.rows[0]["cells"])}
    still = desk.post(address, cells | {"cell-3": "Deputy", "cell-4": "ani@"})
    assert still.status_code == 422
    assert 'value="Deputy"' in still.content.decode()
    mended = desk.post(address, cells | {"cell-4": "ani@a.example", "show": "problems", "page": "1"})
    assert (mended.status_code, mended["Location"]) == (302, f"{START}{batch.pk}/?show=problems&page=1#row-2")
    assert "1 new entry is made." in page(desk, batch)
    assert desk.get(f"{START}{batch.pk}/rows/99/").status_code == 404


def test_burmese_said_to_be_right_is_taken(world: World, desk: Client) -> None:
    batch = paste(desk, list_of("Thiha Zeya\tAland\t\t\t\t\t\t\tျမန္မာ", "Khin Khin\tAland\t\t\t\t\t\t\tမြန်မာ"))
    assert lines(desk, batch, "problems") == {2}
    cells = {f"cell-{place}": cell for place, cell in enumerate(batch.rows[0]["cells"])}
    assert desk.post(f"{START}{batch.pk}/rows/2/", cells | {"as_is": "on"}).status_code == 302
    assert lines(desk, batch, "problems") == set()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("05/06/2027", "Day and month may be mixed up here."),
        ("31 February 2027", "This is no date."),
        ("99999-99-99", "This is no date."),
        ("May 2027", "Enter the full day: rights begin and end with it."),
        ("1 May 2020", "The period must not end before it starts."),
    ],
)
def test_dates_of_a_place_are_full_days(world: World, desk: Client, text: str, said: str) -> None:
    batch = paste(desk, list_of(f"Ani Wijaya\tCland\t\t\t\tPeople smuggling\t\t{text}"))
    assert said in page(desk, batch)


# --- duplicates ------------------------------------------------------------------------------------------------------


def test_same_person_is_updated_old_to_new_and_nothing_is_taken_away(world: World, desk: Client) -> None:
    aland = Participant.objects.get(slug="aland")
    known = Official.objects.create(participant=aland, name="Taro Tanaka", position="Clerk", email="taro@a.example", phone="1")
    batch = paste(desk, list_of("TANAKA Tarō\tAland\t\tHead\t"))
    shown = page(desk, batch)
    assert "Same name and participant" in shown
    assert "Perhaps the same person; nobody has decided." in shown
    assert "There is nothing to import yet" in shown
    assert desk.post(f"{START}{batch.pk}/choices/", {"choice-2": f"same-{known.pk}"}).status_code == 302
    shown = page(desk, batch)
    assert "<del><bdi>Clerk</bdi></del> → <ins><bdi>Head</bdi></ins>" in shown
    assert "1 entry on record is updated." in shown
    before = tables()
    assert confirm(desk, batch).status_code == 302
    known.refresh_from_db()
    assert (known.name, known.position, known.email, known.phone) == ("TANAKA Tarō", "Head", "taro@a.example", "1")
    assert desk.post(f"{START}{batch.pk}/undo/").status_code == 302
    after = tables()
    for row in (*before["members.Official"], *after["members.Official"]):
        row["fields"].pop("version")  # an undone change is a change: whoever opened the form in between is told
    assert after == before


def test_different_person_and_left_out_are_taken_at_their_word(world: World, desk: Client) -> None:
    aland = Participant.objects.get(slug="aland")
    Official.objects.create(participant=aland, name="Taro Tanaka", email="taro@a.example")
    rows = ("Taro Tanaka\tAland", "Budi Santoso\tAland", "Budi Santosa\tAland", "Other\tAland\t\t\tTARO@a.example")
    batch = paste(desk, list_of(*rows))
    assert lines(desk, batch, "duplicates") == {2, 4, 5}
    choices = {"choice-2": "other", "choice-4": "out", "choice-5": "other"}
    assert desk.post(f"{START}{batch.pk}/choices/", choices).status_code == 302
    shown = page(desk, batch)
    assert "Taro Tanaka of this participant has this address already." in shown
    assert "2 new entries are made." in shown
    assert confirm(desk, batch).status_code == 302
    assert Official.objects.filter(participant=aland, name__in=["Taro Tanaka", "Budi Santoso", "Budi Santosa"]).count() == 3


def test_foolish_answers_to_duplicates_change_nothing(world: World, desk: Client) -> None:
    batch = paste(desk, list_of("Ani Wijaya\tAland"))
    stranger = Official.objects.get(user=world.users["focal_point_b"])
    for choice in ("same-x", "same-", "same-99999999999999999999", "friend", "\x00", f"same-{stranger.pk}"):
        assert (
            desk.post(f"{START}{batch.pk}/choices/", {"choice-2": choice, "choice-x": "out", "choice-99": ""}).status_code == 302
        )
    assert desk.post(f"{START}{batch.pk}/choices/", {"choice-2": f"same-{stranger.pk}"}).status_code == 302
    assert "1 new entry is made." in page(desk, batch)  # nobody of another participant is ever updated


# --- places ----------------------------------------------------------------------------------------------------------


def test_focal_points_are_named_from_topics_unless_somebody_holds_the_place(world: World, desk: Client) -> None:
    Topic.objects.create(key="trafficking", name_en="Trafficking in persons", order=2)
    rows = (
        "Ani Wijaya\tAland\t\tHead\tani@a.example\tPeople smuggling",
        "Budi Santoso\tCland\t\tHead\tbudi@c.example\tPeople smuggling; trafficking\t2026-01-01\t2030-12-31",
        "Citra Dewanti\tCland\t\tHead\tcitra@c.example\tPeople smuggling",
    )
    batch = paste(desk, list_of(*rows))
    shown = page(desk, batch)
    assert "Person focal_point_a is focal point for People smuggling." in shown
    assert "Row 3 names somebody for People smuggling already." in shown
    assert "2 places are filled." in shown
    assert confirm(desk, batch).status_code == 302
    budi = Official.objects.get(email="budi@c.example")
    assert set(budi.appointments.values_list("topic__key", "title", "period_from", "period_to")) == {
        ("people-smuggling", "Head", date(2026, 1, 1), date(2030, 12, 31)),
        ("trafficking", "Head", date(2026, 1, 1), date(2030, 12, 31)),
    }
    assert (budi.period_from, budi.period_to) == (None, None)
    assert desk.post(f"{START}{batch.pk}/undo/").status_code == 302
    assert not Appointment.objects.filter(official__name="Budi Santoso").exists()
    assert not Official.objects.filter(name="Budi Santoso").exists()


def test_places_are_left_alone_where_that_is_asked(world: World, desk: Client) -> None:
    batch = paste(
        desk, "Name\tCountry\tRole\tPeople smuggling\nAni Wijaya\tCland\tministry official\tno\nBudi Santoso\tCland\t\tx"
    )
    assert batch.columns == ["name", "participant", "role", "topic:people-smuggling"]
    assert "2 places are filled." in page(desk, batch)
    columns = {f"column-{place}": key for place, key in enumerate(batch.columns)}
    assert desk.post(f"{START}{batch.pk}/columns/", columns).status_code == 302
    assert "places are filled" not in page(desk, batch)
    before = Appointment.objects.count()
    assert confirm(desk, batch).status_code == 302
    assert Appointment.objects.count() == before


# --- confirm and undo ------------------------------------------------------------------------------------------------


def test_confirm_pressed_twice_imports_once(world: World, desk: Client) -> None:
    batch = paste(desk, list_of("Ani Wijaya\tAland"))
    assert confirm(desk, batch).status_code == 302
    assert desk.post(f"{START}{batch.pk}/confirm/", {"digest": "any"}).status_code == 302
    assert Official.objects.filter(name="Ani Wijaya").count() == 1


def test_confirm_of_numbers_that_are_not_true_any_more_is_refused(world: World, desk: Client) -> None:
    batch = paste(desk, list_of("Ani Wijaya\tAland", "Budi Santoso\tAland"))
    digest = assess(batch, take_snapshot(world.users["secretariat"])).digest
    Official.objects.create(participant=Participant.objects.get(slug="aland"), name="Wijaya Ani")
    response = desk.post(f"{START}{batch.pk}/confirm/", {"digest": digest})
    assert response.status_code == 409
    assert "changed since you saw these numbers" in response.content.decode()
    assert not Official.objects.filter(name="Budi Santoso").exists()
    with pytest.raises(Conflict):
        confirm_import(batch=batch, digest=digest, by=world.users["secretariat"])


def test_one_row_that_fails_leaves_nothing(world: World, desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = paste(desk, list_of("Ani Wijaya\tAland", "Budi Santoso\tAland"))
    store = save_record

    def fails(*, record: Any, **options: Any) -> Any:
        if record.name == "Budi Santoso":
            raise DomainError("This cannot be.")
        return store(record=record, **options)

    monkeypatch.setattr("members.services.imports.save_record", fails)
    before = tables()
    response = confirm(desk, batch)
    assert response.status_code == 422
    assert "Row 3: This cannot be." in response.content.decode()
    assert tables() == before


def test_undo_keeps_what_somebody_edited_and_says_so(world: World, desk: Client) -> None:
    aland = Participant.objects.get(slug="aland")
    known = Official.objects.create(participant=aland, name="Taro Tanaka", position="Clerk")
    batch = paste(desk, list_of("Ani Wijaya\tAland", "Budi Santoso\tAland", "Taro Tanaka\tAland\t\tHead"))
    desk.post(f"{START}{batch.pk}/choices/", {"choice-4": f"same-{known.pk}"})
    assert confirm(desk, batch).status_code == 302
    for name in ("Ani Wijaya", "Taro Tanaka"):
        row = Official.objects.get(name=name)
        row.phone = "7"
        save_record(record=row, by=world.users["administrator"], expected_version=row.version)
    desk.post(f"{START}{batch.pk}/undo/")
    shown = page(desk, batch)
    assert "Ani Wijaya stays: somebody edited the entry since." in shown
    assert "Taro Tanaka stays as it is now: somebody edited the entry since." in shown
    assert not Official.objects.filter(name="Budi Santoso").exists()
    known.refresh_from_db()
    assert known.position == "Head"


def test_undo_keeps_whoever_is_referred_to_by_now(world: World, desk: Client) -> None:
    from members.services.outbox import queue_delivery

    batch = paste(desk, list_of("Ani Wijaya\tAland\t\t\tani@a.example"))
    confirm(desk, batch)
    to = Official.objects.get(name="Ani Wijaya")
    queue_delivery(kind="test", to=to, key="test:2", subject="S", text="T", by=world.users["secretariat"])
    desk.post(f"{START}{batch.pk}/undo/")
    assert "Ani Wijaya stays: other records refer to the entry by now." in page(desk, batch)


def test_undo_is_over_after_ten_minutes(world: World, desk: Client) -> None:
    batch = paste(desk, list_of("Ani Wijaya\tAland"))
    confirm(desk, batch)
    assert "Undo the import" in page(desk, batch)
    with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=1), tick=False):
        assert "Undo the import" not in page(desk, batch)
        with pytest.raises(DomainError, match="ten minutes"):
            undo_import(batch=batch, by=world.users["secretariat"])
    assert Official.objects.filter(name="Ani Wijaya").exists()


def test_list_is_its_owners_for_a_day_and_then_nobodys(world: World, desk: Client) -> None:
    batch = paste(desk, list_of("Ani Wijaya\tAland"))
    assert client_for(world, "administrator").get(f"{START}{batch.pk}/").status_code == 404
    with time_machine.travel(timezone.now() + timedelta(hours=24, seconds=1)):
        assert not ImportBatch.objects.visible_to(world.users["secretariat"]).exists()
        assert forget_outdated(by=world.users["secretariat"]) == 2  # and the one of the cast
    assert not ImportBatch.objects.exists()


def test_history_says_who_imported_and_who_undid(world: World, desk: Client) -> None:
    batch = paste(desk, list_of("Ani Wijaya\tCland\t\t\t\tPeople smuggling"))
    confirm(desk, batch)
    pk = Official.objects.get(name="Ani Wijaya").pk
    desk.post(f"{START}{batch.pk}/undo/")
    events = apps.get_model("members", "OfficialEvent").objects.filter(pgh_obj_id=pk).order_by("pk")
    assert [(event.pgh_context["verb"], event.pgh_context["user"]) for event in events] == [
        ("import_contacts", world.users["secretariat"].pk),
        ("undo_import", world.users["secretariat"].pk),
    ]
    named = apps.get_model("members", "AppointmentEvent").objects.filter(official_id=pk).order_by("pk")
    assert [event.pgh_context["verb"] for event in named] == ["import_contacts", "undo_import"]


def test_list_can_be_forgotten_before_it_is_imported(world: World, desk: Client) -> None:
    batch = paste(desk, list_of("Ani Wijaya\tAland"))
    assert desk.post(f"{START}{batch.pk}/discard/").status_code == 302
    assert not ImportBatch.objects.filter(pk=batch.pk).exists()
    with pytest.raises(DomainError):
        start_import(sheet=read_paste("Name\tCountry\n"), by=world.users["secretariat"])


# --- what it costs ---------------------------------------------------------------------------------------------------


def test_pages_cost_the_same_with_one_row_and_with_three(world: World, desk: Client) -> None:
    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert desk.get(path).status_code == 200
        return len(found)

    one = paste(desk, list_of("Ani Wijaya\tAland\t\t\tani@a.example\tPeople smuggling"))
    few = [queries(START), queries(f"{START}{one.pk}/"), queries(f"{START}{one.pk}/rows/2/")]
    rows = [f"{name}\tCland\tNowhere {name}\t\t\t" for name in ("Budi Santoso", "Citra Dewanti", "Eko Prasetyo")]
    three = paste(desk, list_of(*rows, "Person focal_point_a\tAland", "Person focal_point_a\tAland"))
    assert [queries(START), queries(f"{START}{three.pk}/"), queries(f"{START}{three.pk}/rows/3/")] == few
    done = [
        paste(desk, list_of(*(f"{name} {number}\tDland" for name in names)))
        for number, names in enumerate((["Ani"], ["Budi", "Citra", "Eko"]))
    ]
    for batch in done:
        confirm(desk, batch)
    assert queries(f"{START}{done[0].pk}/") == queries(f"{START}{done[1].pk}/")


def test_2000_rows_of_one_participant_are_judged_in_time(world: World) -> None:
    import time

    rows = ContactList(
        [[f"{a} {b} {n}", "Aland", *[""] * 7] for n, (a, b) in enumerate([("Muhammad", "Rahman"), ("Siti", "Rahayu")] * 1000)]
    )
    batch = start_import(sheet=read_paste(rows.as_text()), by=world.users["secretariat"])
    known = take_snapshot(world.users["secretariat"])
    began = time.process_time()
    assert len(assess(batch, known).verdicts) == 2000
    assert time.process_time() - began < 3  # names that are all alike are the worst there is
    assert today()
