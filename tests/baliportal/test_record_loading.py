"""Loading a record: all of it or nothing, again and again, and never over what people edited."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from activities.models import Activity, Objective, Review
from baliportal.record.loading import load_record
from members.models import Appointment, LoadedRow, Participant, Seat, StandingPeriod, User
from reports.models import Document

FOUNDING = Path(__file__).resolve().parents[2] / "baliportal" / "founding"


KEPT = {
    "activities.csv": {"BP-2002-01", "BP-2003-06", "BP-2004-02", "BP-2004-04"},
    "documents.csv": {"BP-S-2002-01"},
    "external_references.csv": set[str](),
    "participants.csv": {
        *("Indonesia", "Australia", "New Zealand", "Thailand", "Budapest Process", "International Organization for Migration"),
        *(
            "United Nations High Commissioner for Refugees",
            "Asia-Pacific Consultations on Refugees, Displaced Persons and Migrants",
        ),
    },
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small part of the founding record, whole in itself, that a test may break."""
    copy = tmp_path / "record"
    shutil.copytree(FOUNDING, copy)
    for file, kept in KEPT.items():
        change(
            copy / file,
            lambda rows, kept=kept: rows.__setitem__(slice(None), [row for row in rows if next(iter(row.values())) in kept]),
        )
    change(
        copy / "ministries.csv",
        lambda rows: rows.__setitem__(slice(None), [row for row in rows if row["country"] in {"Australia", "Indonesia"}]),
    )
    cited = {
        key
        for path in copy.glob("*.csv")
        for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())
        for key in row.get("source", "").split("; ")
    }
    change(
        copy / "sources.csv", lambda rows: rows.__setitem__(slice(None), [row for row in rows if row["key"] in cited | {"S02"}])
    )
    return copy


def change(path: Path, edit: Callable[[list[dict[str, str]]], None]) -> None:
    """Read a file, let `edit` change its rows, write it back."""
    with path.open(newline="", encoding="utf-8") as text:
        reader = csv.DictReader(text)
        rows, names = list(reader), reader.fieldnames or []
    edit(rows)
    with path.open("w", newline="", encoding="utf-8") as text:
        writer = csv.DictWriter(text, names)
        writer.writeheader()
        writer.writerows(rows)


def cell(file: str, key: str, column: str, value: str) -> Callable[[Path], None]:
    """Set one cell of the row whose first column (or name) is `key`."""

    def apply(folder: Path) -> None:
        def edit(rows: list[dict[str, str]]) -> None:
            found = [row for row in rows if next(iter(row.values())) == key]
            assert found, key
            found[0][column] = value

        change(folder / file, edit)

    return apply


def double(file: str) -> Callable[[Path], None]:
    return lambda folder: change(folder / file, lambda rows: rows.append(dict(rows[0])))


def raw(file: str, old: bytes, new: bytes) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        content = (folder / file).read_bytes()
        assert old in content
        (folder / file).write_bytes(content.replace(old, new, 1))

    return apply


BROKEN = {
    "file missing": (lambda folder: (folder / "topics.csv").unlink(), "topics.csv, line 1: the file is missing"),
    "column missing": (raw("activities.csv", b"code,title,kind,", b"code,kind,"), "column title is missing"),
    "unknown column": (raw("topics.csv", b"key,name_en", b"clef,name_en"), "column clef is not known"),
    "cells too many": (raw("topics.csv", b"Suaka,4", b"Suaka,4,5"), "the row has 5 cells where the header has 4"),
    "not UTF-8": (raw("topics.csv", b"Suaka", b"Su\xffka"), "topics.csv, line 5: the file is not UTF-8"),
    "control character": (cell("topics.csv", "asylum", "name_en", "Asy\x00lum"), "control character"),
    "key twice": (double("regions.csv"), "stands twice in this file"),
    "title empty": (cell("activities.csv", "BP-2004-02", "title", ""), "title is empty"),
    "title too long": (cell("activities.csv", "BP-2004-02", "title", "x" * 251), "title is longer than 250"),
    "date that is none": (cell("activities.csv", "BP-2004-02", "start_date", "2004-13"), "not a date such as"),
    "precision differs": (cell("activities.csv", "BP-2004-02", "date_precision", "day"), "date_precision says day"),
    "end before start": (cell("activities.csv", "BP-2002-01", "end_date", "2002-02-20"), "end_date is before start_date"),
    "end coarser": (cell("activities.csv", "BP-2002-01", "end_date", "2002-02"), "end_date is not as fine"),
    "unknown kind": (cell("activities.csv", "BP-2004-02", "kind", "party"), "kind names “party”"),
    "unknown status": (cell("activities.csv", "BP-2004-02", "status", "done"), "status is “done”; it must be one of"),
    "unknown host": (cell("activities.csv", "BP-2004-02", "hosts", "Atlantis"), "hosts names “Atlantis”"),
    "host twice": (cell("activities.csv", "BP-2004-02", "hosts", "Australia; Australia"), "hosts names something twice"),
    "unknown source": (cell("activities.csv", "BP-2004-02", "source", "S999"), "source names “S999”"),
    "unknown confidence": (cell("activities.csv", "BP-2004-02", "confidence", "sure"), "confidence is “sure”"),
    "unknown objective": (cell("activities.csv", "BP-2004-02", "objectives", "OBJ-99"), "objectives names “OBJ-99”"),
    "link without basis": (cell("activities.csv", "BP-2004-02", "mapping_basis", ""), "mapping_basis belongs with"),
    "number with a comma": (cell("activities.csv", "BP-2004-04", "delegates", "1,39"), "not a whole number"),
    "negative number": (cell("activities.csv", "BP-2004-04", "delegates", "-1"), "not a whole number"),
    "year of the reference": (cell("activities.csv", "BP-2004-02", "code", "BP-2005-77"), "but the activity starts in 2004"),
    "reference of another process": (cell("activities.csv", "BP-2004-02", "code", "XX-2004-02"), "not BP-<year>-<nn>"),
    "differing source without note": (cell("activities.csv", "BP-2002-01", "public_note", ""), "source_says needs a public_note"),
    "address that is none": (cell("sources.csv", "S02", "url", "javascript:alert(1)"), "not a web address"),
    "ISO code": (cell("participants.csv", "Indonesia", "iso3", "idn"), "not 3 capital letters"),
    "unknown standing": (cell("participants.csv", "Indonesia", "role", "friend"), "role is “friend”"),
    "years of standing": (
        cell("participants.csv", "Indonesia", "documented_from", "2003"),
        "documented_from differs from joined",
    ),
    "ministry of nobody": (cell("ministries.csv", "AUS-DFAT", "country", "Atlantis"), "country names “Atlantis”"),
    "ministry's code": (cell("ministries.csv", "AUS-DFAT", "iso3", "IDN"), "Australia has “AUS”"),
    "focal point without topic": (cell("ministries.csv", "IDN-POLKAM", "focal_topic", ""), "focal_topic is empty"),
    "seat of nobody": (raw("steering_group.csv", b"steering-group,Indonesia", b"steering-group,Atlantis"), "member names"),
    "completed without qualifier": (cell("objectives.csv", "OBJ-07", "status_qualifier", ""), "in which sense"),
    "moved nowhere": (cell("objectives.csv", "OBJ-10", "moved_to_forum", ""), "where the objective was moved"),
    "continued in no area": (cell("objectives.csv", "OBJ-02", "linked_programme_areas", ""), "no linked area continues"),
    "links that do not mirror": (cell("programme_areas.csv", "PA-06", "related_objectives", "OBJ-01"), "differ in"),
    "symbol's letter": (cell("documents.csv", "BP-S-2002-01", "kind", "report"), "report has the letter R"),
    "symbol's year": (cell("documents.csv", "BP-S-2002-01", "date", "2003-02"), "but the document is of 2003"),
    "two processes": (raw("process.csv", b"en; id,2002\n", b"en; id,2002\nB,B,B,B,B,en,2002\n"), "there is one process"),
}


@pytest.mark.parametrize("kind", BROKEN)
@pytest.mark.django_db
def test_broken_row_is_refused_with_file_line_and_reason_and_nothing_is_stored(folder: Path, kind: str) -> None:
    spoil, reason = BROKEN[kind]
    spoil(folder)
    report = load_record(folder)
    said = [str(problem) for problem in report.problems]
    assert any(reason in problem for problem in said), said
    assert all(", line " in problem for problem in said)
    counts = [model.objects.count() for model in (Activity, Participant, Objective, Document, LoadedRow, Seat)]
    assert counts == [0, 0, 0, 0, 0, 0]


@pytest.mark.django_db
def test_founding_record_is_loaded_whole() -> None:
    assert load_record(FOUNDING).problems == []
    assert Activity.objects.count() == 102
    assert Participant.objects.count() == 87
    assert Document.objects.count() == 38
    assert Seat.objects.count() == 9
    assert Activity.objects.get(reference="BP-2005-01").status == "planned"
    assert Review.objects.get(objective__code="OBJ-01").outcome == "not-stated"
    assert not Seat.objects.get(forum__code="F-RSO").role.is_member
    assert Appointment.objects.filter(office__isnull=False, basis="documented 2005").count() == 2
    united_states = StandingPeriod.objects.filter(participant__name="United States").order_by("period_from")
    assert [(period.standing, str(period.period_to or "")) for period in united_states] == [
        ("observer", "2012-12-31"),
        ("member", ""),
    ]
    assert not Participant.objects.filter(is_special_administrative_region=True).exclude(kind="government").exists()
    assert Participant.objects.filter(is_special_administrative_region=True).count() == 2


@pytest.mark.django_db
def test_loading_twice_changes_nothing_and_an_edited_row_survives_a_third_load() -> None:
    load_record(FOUNDING)
    events = Activity._meta.apps.get_model("activities", "ActivityEvent").objects.count
    before = events()
    second = load_record(FOUNDING)
    assert (second.made, second.changed, second.kept) == ([], [], [])
    assert events() == before
    Activity.objects.filter(reference="BP-2004-02").update(venue="A hall", version=2)
    third = load_record(FOUNDING)
    assert third.kept == ["activities.csv BP-2004-02"]
    assert Activity.objects.get(reference="BP-2004-02").venue == "A hall"


@pytest.mark.django_db
def test_changed_file_changes_its_row_but_not_an_edited_one_unless_forced(folder: Path) -> None:
    load_record(folder)
    Activity.objects.filter(reference="BP-2004-02").update(title="Edited at the desk", version=2)
    cell("activities.csv", "BP-2004-02", "title", "Of the file")(folder)
    cell("activities.csv", "BP-2002-01", "city", "Denpasar")(folder)
    report = load_record(folder)
    assert report.changed == ["activities.csv BP-2002-01"]
    assert report.kept == ["activities.csv BP-2004-02"]
    forced = load_record(folder, overwrite=["BP-2004-02"])
    assert forced.changed == ["activities.csv BP-2004-02"]
    assert Activity.objects.get(reference="BP-2004-02").title == "Of the file"


@pytest.mark.django_db
def test_edit_of_hosts_is_an_edit() -> None:
    load_record(FOUNDING)
    Activity.objects.get(reference="BP-2004-02").hostings.first().delete()
    assert load_record(FOUNDING).kept == ["activities.csv BP-2004-02"]


@pytest.mark.django_db
def test_dry_run_stores_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_record", str(FOUNDING), "--dry-run")
    assert "dry run" in capsys.readouterr().out
    assert Activity.objects.count() == 0


@pytest.mark.django_db
def test_command_names_every_problem_and_fails(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cell("activities.csv", "BP-2004-02", "kind", "party")(folder)
    cell("topics.csv", "law-enforcement", "order", "first")(folder)
    with pytest.raises(CommandError, match="problems; nothing was stored"):
        call_command("load_record", str(folder))
    said = capsys.readouterr().err
    assert "activities.csv, line 4: kind names" in said
    assert "topics.csv, line 9: order is" in said
    assert User.objects.filter(is_service=False).count() == 0
