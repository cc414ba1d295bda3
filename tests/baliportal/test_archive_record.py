"""The archive against the founding record, counted here from the CSV itself."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
type Row = dict[str, str]


@pytest.fixture(scope="module")
def rows(founding_record: Path) -> list[Row]:
    with (founding_record / "activities.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def slugs(founding_record: Path, django_db_blocker: Any) -> dict[str, str]:
    from members.models import Participant

    with django_db_blocker.unblock():
        return dict(Participant.objects.values_list("name", "slug"))


def cells(row: Row, *columns: str) -> set[str]:
    return {part for column in columns for part in row[column].split("; ") if part}


def in_json(client: Client, query: str) -> list[str]:
    answer = client.get(f"/activities/?{query}&format=json")
    assert answer.status_code == 200
    body = answer.json()
    assert body["count"] == len(body["results"])
    assert body["next"] is None
    return [result["reference"] for result in body["results"]]


def in_csv(client: Client, query: str) -> list[str]:
    answer = client.get(f"/activities/?{query}&format=csv")
    text = answer.content.decode("utf-8-sig")
    return [line["Reference"] for line in csv.DictReader(io.StringIO(text))]


def in_pages(client: Client, query: str) -> list[str]:
    found: list[str] = []
    number = 1
    while True:
        answer = client.get(f"/activities/?{query}&page={number}")
        assert answer.status_code == 200
        found += [activity.reference for activity in answer.context["activities"]]
        for activity in answer.context["activities"]:
            assert f'href="/activities/{activity.reference}/"' in answer.content.decode()
        if not answer.context["page"].has_next():
            return found
        number += 1


def agree(client: Client, query: str, expected: set[str]) -> None:
    """Page, JSON and CSV hold the same activities, in the same order, and they are the expected ones."""
    listed = in_json(client, query)
    assert set(listed) == expected, query
    assert in_csv(client, query) == listed, query
    assert in_pages(client, query) == listed, query


def facet(client: Client, name: str) -> dict[str, int]:
    return {option.key: option.count for option in client.get("/activities/").context["facets"][name]}


def test_archive_holds_all_102(client: Client, rows: list[Row]) -> None:
    assert len(rows) == 102
    agree(client, "", {row["code"] for row in rows})


def test_kind_filter_agrees_with_the_csv(client: Client, rows: list[Row]) -> None:
    counted = facet(client, "kind")
    kinds = {row["kind"] for row in rows}
    assert set(counted) == kinds
    for kind in kinds:
        expected = {row["code"] for row in rows if row["kind"] == kind}
        agree(client, f"kind={kind}", expected)
        assert counted[kind] == len(expected)


def test_objective_filter_agrees_with_the_csv(client: Client, rows: list[Row]) -> None:
    counted = facet(client, "objective")
    objectives = {code for row in rows for code in cells(row, "objectives")}
    assert len(objectives) == 10
    for code in objectives:
        expected = {row["code"] for row in rows if code in cells(row, "objectives")}
        agree(client, f"objective={code}", expected)
        assert counted[code] == len(expected)


def test_area_filter_agrees_with_the_csv(client: Client, rows: list[Row]) -> None:
    counted = facet(client, "area")
    for code in {code for row in rows for code in cells(row, "programme_areas")}:
        expected = {row["code"] for row in rows if code in cells(row, "programme_areas")}
        agree(client, f"area={code}", expected)
        assert counted[code] == len(expected)


def test_participant_filter_agrees_with_the_csv(client: Client, rows: list[Row], slugs: dict[str, str]) -> None:
    counted = facet(client, "participant")
    parties = {name for row in rows for name in cells(row, "hosts", "co_hosts", "chairs")} & set(slugs)
    assert len(parties) > 15
    assert set(counted) == {slugs[name] for name in parties}
    for name in parties:
        expected = {row["code"] for row in rows if name in cells(row, "hosts", "co_hosts", "chairs")}
        agree(client, f"participant={slugs[name]}", expected)
        assert counted[slugs[name]] == len(expected)


def test_participant_without_any_part_finds_nothing(client: Client, rows: list[Row], slugs: dict[str, str]) -> None:
    assert rows
    agree(client, f"participant={slugs['Afghanistan']}", set())


def test_year_filter_agrees_with_the_csv(client: Client, rows: list[Row]) -> None:
    counted = facet(client, "year")
    for year in {row["start_date"][:4] for row in rows if row["start_date"]}:
        expected = {row["code"] for row in rows if row["start_date"][:4] == year}
        agree(client, f"year={year}", expected)
        assert counted[year] == len(expected)


def test_filters_together_narrow_and_several_of_one_widen(client: Client, rows: list[Row]) -> None:
    both = {row["code"] for row in rows if row["kind"] in {"workshop", "training"} and "OBJ-08" in cells(row, "objectives")}
    agree(client, "kind=workshop&kind=training&objective=OBJ-08", both)
    page = client.get("/activities/?kind=workshop&objective=OBJ-08")
    counts = {option.key: option.count for option in page.context["facets"]["kind"]}
    assert counts["training"] == sum(row["kind"] == "training" and "OBJ-08" in cells(row, "objectives") for row in rows)


def test_partial_dates_count_from_first_to_last_day(client: Client, rows: list[Row]) -> None:
    assert rows
    assert in_json(client, "from=2004-05-20&to=2004-05-24") == ["BP-2004-03", "BP-2004-02"]
    assert in_json(client, "from=May+2004&to=2004-05") == ["BP-2004-03", "BP-2004-02"]
    assert in_json(client, "from=14+April+2005&to=14+April+2005") == ["BP-2005-02", "BP-2005-01"]
    assert in_json(client, "to=2002-02") == ["BP-2002-01"]


def test_order_may_be_turned_and_undated_ones_come_last(client: Client, rows: list[Row]) -> None:
    newest, oldest = in_json(client, ""), in_json(client, "sort=oldest")
    assert newest[0] == "BP-2024-07"
    assert oldest[0] == "BP-2002-01"
    assert newest[-1] == oldest[-1] == "BP-UNDT-01"
    assert set(newest) == set(oldest) == {row["code"] for row in rows}


def test_record_includes_a_document(client: Client, rows: list[Row], founding_record: Path) -> None:
    assert rows
    with (founding_record / "documents.csv").open(encoding="utf-8", newline="") as file:
        expected = {row["activity"] for row in csv.DictReader(file) if row["activity"]}
    agree(client, "has=report", expected)
    with_counts = {row["code"] for row in rows if row["delegates"] or row["countries"] or row["organisations"]}
    agree(client, "has=attendance", with_counts)
    agree(client, "has=report&has=attendance", with_counts & expected)
    agree(client, "has=followup", set())


def test_json_says_what_the_csv_says(client: Client, rows: list[Row]) -> None:
    told = {result["reference"]: result for result in client.get("/activities/?format=json").json()["results"]}
    for row in rows:
        result = told[row["code"]]
        for key, column in (("title", "title"), ("kind", "kind"), ("status", "status"), ("city", "city"), ("country", "country")):
            assert result[key] == row[column]
        assert (result["start"], result["end"]) == (row["start_date"], row["end_date"]), row["code"]
        assert result["date_precision"] == row["date_precision"]
        lists = {
            "hosts": "hosts",
            "co_hosts": "co_hosts",
            "chairs": "chairs",
            "objectives": "objectives",
            "areas": "programme_areas",
        }
        for key, column in lists.items():
            assert set(result[key]) == cells(row, column), (row["code"], key)
        assert set(result["sources"]) == cells(row, "source")
        assert result["public_note"] == row["public_note"]
        assert result["confidence"] == row["confidence"]
        assert result["url"].endswith(f"/activities/{row['code']}/")
        assert "notes" not in result


def test_sheet_holds_the_whole_list(client: Client, rows: list[Row]) -> None:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(client.get("/activities/?format=xlsx").content))
    assert book.active is not None
    assert book.active.max_row == len(rows) + 1


def test_staff_notes_are_on_no_page(client: Client, rows: list[Row]) -> None:
    for row in rows:
        if len(row["notes"]) > 25 and row["notes"] not in row["public_note"]:
            assert row["notes"] not in client.get(f"/activities/{row['code']}/").content.decode(), row["code"]


@pytest.mark.parametrize("language", ["", "/id"])
def test_every_activity_page_opens(client: Client, rows: list[Row], language: str) -> None:
    for row in rows[::7]:
        assert client.get(f"{language}/activities/{row['code']}/").status_code == 200


def test_month_is_said_as_month(client: Client, rows: list[Row]) -> None:
    assert rows
    page = client.get("/activities/BP-2004-02/").content.decode()
    assert "May 2004" in page
    assert "1 May 2004" not in page
    assert "Perth, Australia" in page
    assert "Budapest Process" in page
    assert "The day is not recorded in the source." in page
    assert "our reading" in page
    assert 'datetime="2004-05"' in client.get("/activities/?year=2004").content.decode()


def test_first_conference_has_its_days_and_its_note(client: Client, rows: list[Row]) -> None:
    page = client.get("/activities/BP-2002-01/").content.decode()
    row = next(row for row in rows if row["code"] == "BP-2002-01")
    assert "26–28 February 2002" in page
    assert row["public_note"].replace("'", "&#x27;") in page
    assert row["source_says"].replace("'", "&#x27;") in page


def test_what_was_only_planned_says_so(client: Client, rows: list[Row]) -> None:
    assert rows
    page = client.get("/activities/BP-2005-01/").content.decode()
    assert '<span class="label">Planned</span>' in page
    assert "The record has no evidence that it was held." in page
    assert '<span class="label">Planned</span>' in client.get("/activities/?year=2005").content.decode()


def test_unconfirmed_rows_say_so(client: Client, rows: list[Row]) -> None:
    unconfirmed = {row["code"] for row in rows if row["confidence"] == "general-knowledge"}
    assert unconfirmed == {"BP-2009-01"}
    for row in rows:
        page = client.get(f"/activities/{row['code']}/").content.decode().split("</header>")[1]
        assert ("label--unconfirmed" in page) == (row["code"] in unconfirmed), row["code"]
    assert "label--unconfirmed" in client.get("/activities/?year=2009").content.decode()


def test_search_finds_by_any_spelling(client: Client, rows: list[Row]) -> None:
    assert rows
    assert "BP-2004-02" in client.get("/search/?q=Budapest").content.decode()
    assert 'href="/participants/turkey/"' in client.get("/search/?q=Turkiye").content.decode()
    assert 'href="/participants/myanmar/"' in client.get("/search/?q=Burma").content.decode()
    assert "Burma" not in client.get("/participants/myanmar/").content.decode()
    assert in_json(client, "q=BP-2004-0") == ["BP-2004-05", "BP-2004-04", "BP-2004-03", "BP-2004-02", "BP-2004-01"]
    assert client.get("/search/?q=Oman").context["participants"] == []  # no part of Romania


def test_misspelt_search_offers_what_is_spelt_alike(client: Client, rows: list[Row]) -> None:
    assert rows
    answer = client.get("/search/?q=trafiking")
    assert answer.context["activities"] == []
    assert any("traffick" in activity.title.lower() for activity in answer.context["similar"])
    nothing = client.get("/search/?q=qqqq+zzzz").content.decode()
    assert "Nothing was found for “qqqq zzzz”" in nothing
    assert 'href="?q=qqqq"' in nothing
    assert "/contact/" in nothing


def test_calendar_lists_a_year_by_month(client: Client, rows: list[Row]) -> None:
    page = client.get("/calendar/2004/")
    listed = [activity.reference for _month, activities in page.context["months"] for activity in activities]
    assert sorted(listed) == sorted(row["code"] for row in rows if row["start_date"][:4] == "2004")
    assert "Month not recorded" in client.get("/calendar/2005/").content.decode()
    assert client.get("/calendar/1066/").status_code == 404
    assert client.get("/calendar/").status_code == 200


def test_common_kinds_stay_in_sight_and_rare_ones_can_be_reached(client: Client, rows: list[Row]) -> None:
    assert rows
    options = client.get("/activities/?kind=launch").context["facets"]["kind"]
    shown = {option.key for option in options if not option.is_folded}
    assert {"workshop", "ad-hoc-group-meeting", "ministerial-conference", "launch"} <= shown
    assert len(shown) == 9
    page = client.get("/activities/").content.decode()
    for option in options:
        assert f'name="kind" value="{option.key}"' in page
