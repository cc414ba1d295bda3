"""Objectives, areas, participants, steering group, forums and documents against the founding record's files."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
type Row = dict[str, str]


@pytest.fixture(scope="module")
def file(founding_record: Path) -> Callable[[str], list[Row]]:
    def read(name: str) -> list[Row]:
        with (founding_record / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))

    return read


def in_json(client: Client, path: str) -> list[dict[str, Any]]:
    answer = client.get(f"{path}{'&' if '?' in path else '?'}format=json")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["count"], body["next"]) == (len(body["results"]), None)
    return list(body["results"])


def in_csv(client: Client, path: str) -> list[Row]:
    answer = client.get(f"{path}{'&' if '?' in path else '?'}format=csv")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    ("path", "name", "key", "column"),
    [
        ("/objectives/", "objectives", "code", "code"),
        ("/programme-areas/", "programme_areas", "code", "code"),
        ("/participants/", "participants", "name", "name"),
        ("/forums/", "forums", "code", "code"),
        ("/reports/", "documents", "symbol", "symbol"),
    ],
)
def test_list_holds_what_the_file_holds(
    client: Client, file: Callable[[str], list[Row]], path: str, name: str, key: str, column: str
) -> None:
    wanted = {row[column] for row in file(name)}
    found = in_json(client, path)
    assert {row[key] for row in found} == wanted
    assert len(found) == len(wanted)
    assert len(in_csv(client, path)) == len(wanted)
    assert client.get(f"{path}?format=xlsx").status_code == 200


STAFF_ONLY = {
    "activities": ("notes",),
    "participants": ("notes", "role_2005", "ad_hoc_group_2009_on"),
    "ministries": ("notes",),
    "steering_group": ("notes",),
    "objectives": ("notes",),
    "programme_areas": ("notes",),
    "forums": ("notes",),
    "documents": ("notes",),
    "national_mechanisms": ("notes",),
    "sources": ("import_test", "note"),
}


def test_staff_notes_and_other_spellings_are_on_no_public_page(client: Client, file: Callable[[str], list[Row]]) -> None:
    public = {cell for name in STAFF_ONLY for row in file(name) for column, cell in row.items() if column not in STAFF_ONLY[name]}
    secret = {
        row[column]
        for name, columns in STAFF_ONLY.items()
        for row in file(name)
        for column in columns
        if len(row[column]) > 24 and not any(row[column] in cell for cell in public)
    }
    secret |= {
        part
        for row in file("participants")
        for part in row["alt_names"].split("; ")
        if len(part) > 12 and not any(part in cell for cell in public - {row["alt_names"]})
    }
    assert len(secret) > 60
    paths = [
        "/objectives/",
        "/programme-areas/",
        "/participants/",
        "/steering-group/",
        "/forums/",
        "/reports/",
        "/",
        "/activities/",
    ]
    paths += [f"/participants/{row['slug']}/" for row in in_json(client, "/participants/")]
    paths += [f"/objectives/{row['code']}/" for row in file("objectives")]
    paths += [f"/programme-areas/{row['code']}/" for row in file("programme_areas")]
    paths += [f"/reports/{row['symbol']}/" for row in file("documents")]
    forms = ["/participants/", "/objectives/", "/programme-areas/", "/steering-group/", "/forums/", "/reports/", "/activities/"]
    paths += [f"{path}?format={form}" for path in forms for form in ("json", "csv")]
    paths += ["/feeds/activities.atom", "/feeds/calendar.ics"]
    found = []
    for path in paths:
        page = client.get(path).content.decode()
        found += [(path, words) for words in secret if words in page]
    assert found == []


def test_guest_of_one_meeting_is_no_member(client: Client, founding_record: Path) -> None:
    apc = "Asia-Pacific Consultations on Refugees, Displaced Persons and Migrants"
    day = {row["holder"]: row for row in in_json(client, "/steering-group/?as_of=2003-03-26")}
    assert (day[apc]["role"], day[apc]["is_member"]) == ("guest", False)
    page = text(client, "/steering-group/?as_of=2003-03-26")
    assert page.index("not members") < page.index(apc) if "not members" in page else apc in page
    for other in ("2003-03-25", "2003-03-27", "2005-04-14"):
        assert apc not in {row["holder"] for row in in_json(client, f"/steering-group/?as_of={other}")}


def test_support_office_is_in_attendance_only(client: Client, founding_record: Path) -> None:
    office = {row["holder"]: row for row in in_json(client, "/steering-group/?as_of=2024-05-02")}["Regional Support Office"]
    assert (office["role"], office["is_member"]) == ("in-attendance", False)
    members = {row["holder"] for row in in_json(client, "/steering-group/?as_of=2024-05-02") if row["is_member"]}
    assert "Regional Support Office" not in members


def test_steering_group_of_the_paper(client: Client, founding_record: Path) -> None:
    found = {(row["holder"], row["role"], row["is_member"]) for row in in_json(client, "/steering-group/?as_of=2005-04-14")}
    iom = "International Organization for Migration"
    assert found == {
        ("Indonesia", "co-chair", True),
        ("Australia", "co-chair", True),
        ("New Zealand", "coordinator", True),
        ("Thailand", "coordinator", True),
        (iom, "partner-agency", True),
        ("United Nations High Commissioner for Refugees", "partner-agency", True),
        (iom, "administrator", False),
    }
    rows = in_json(client, "/steering-group/?as_of=2005-04-14")
    said = {row["holder"]: (row["represents"], row["topics"]) for row in rows if row["represents"] or row["topics"]}
    ministers = "the co-chairing foreign ministers"
    assert said == {
        "Indonesia": (ministers, []),
        "Australia": (ministers, []),
        "New Zealand": ("", ["legal-frameworks", "policy-issues"]),
        "Thailand": ("", ["law-enforcement", "policy-issues"]),
    }
    page = text(client, "/steering-group/?as_of=2005-04-14")
    for name, _role, _member in found:
        assert name in page
    assert page.count("On behalf of the co-chairing foreign ministers") == 2
    for topics in ("Legal frameworks, Policy issues", "Law enforcement, Policy issues"):
        assert topics in page


def test_objectives_say_what_the_review_said(client: Client, file: Callable[[str], list[Row]]) -> None:
    shown = {row["code"]: row for row in in_json(client, "/objectives/")}
    for row in file("objectives"):
        assert shown[row["code"]]["outcome"] == row["review_outcome"]
        assert shown[row["code"]]["qualifier"] == row["status_qualifier"]
    assert "not stated" in text(client, "/objectives/OBJ-01/").lower()
    assert "completed" in text(client, "/objectives/OBJ-07/").lower()
    assert shown["OBJ-07"]["qualifier"] in text(client, "/objectives/OBJ-07/").replace("&#x27;", "'")
    early = {row["code"]: row for row in in_json(client, "/objectives/?as_of=2003-12-31")}
    assert {row["outcome"] for row in early.values()} == {""}
    assert len(early) == 10


def test_unconfirmed_facts_say_so(client: Client, file: Callable[[str], list[Row]]) -> None:
    unsure = [row["name"] for row in file("participants") if row["confidence"] == "general-knowledge"]
    assert unsure
    rows = {row["name"]: row for row in in_json(client, "/participants/")}
    for name in unsure:
        assert rows[name]["confidence"] == "general-knowledge"
        assert "label--unconfirmed" in text(client, f"/participants/{rows[name]['slug']}/")
    for row in file("documents"):
        if row["confidence"] == "general-knowledge":
            assert "label--unconfirmed" in text(client, f"/reports/{row['symbol']}/")


def test_special_administrative_regions_are_never_called_states(client: Client, file: Callable[[str], list[Row]]) -> None:
    regions = [row["name"] for row in file("participants") if row["kind"] == "special administrative region"]
    assert len(regions) == 2
    for row in in_json(client, "/participants/"):
        if row["name"] in regions:
            assert (row["kind"], row["special_administrative_region"]) == ("government", True)
            assert "Special administrative region" in text(client, f"/participants/{row['slug']}/")


def test_copies_that_name_persons_are_not_linked(client: Client, file: Callable[[str], list[Row]]) -> None:
    with_names = {"BP-A-2003-02", "BP-A-2004-01"}
    assert with_names <= {row["symbol"] for row in file("documents")}
    for row in file("documents"):
        page = text(client, f"/reports/{row['symbol']}/").replace("&amp;", "&")
        if row["symbol"] in with_names:
            assert row["url"] not in page
            assert "no link until it is redacted" in page
        elif row["held"] == "elsewhere" and row["url"]:
            assert f'href="{row["url"]}"' in page


PATHS = [
    *("/objectives/", "/objectives/OBJ-01/", "/programme-areas/", "/programme-areas/PA-01/", "/participants/"),
    *(
        "/participants/indonesia/",
        "/steering-group/",
        "/forums/",
        "/reports/",
        "/recommendations/",
        "/data/",
        "/about/",
        "/contact/",
    ),
]
HOSTILE = [
    *("as_of=garbage", "as_of=0000", "as_of=99999-99-99", "as_of=2003-02-31", "as_of=%00", "page=-1", "page=99999999", "page=x"),
    *("q=%00", "q=%27%3B+DROP", "kind=none&kind=x", "year=12345678901234567890", "year=%C3%28", "held=no", "a[]=1&a=2"),
    "q=" + "x" * 10_000,
]


@pytest.mark.parametrize("path", PATHS)
def test_hostile_questions_never_break_a_page(client: Client, founding_record: Path, path: str) -> None:
    for query in HOSTILE:
        answer = client.get(f"{path}?{query}")
        assert answer.status_code in {200, 404, 422}, query
    assert client.get(f"{path}?format=exe").status_code in {200, 404}


@pytest.mark.parametrize("path", PATHS)
def test_pages_answer_in_indonesian(client: Client, founding_record: Path, path: str) -> None:
    page = text(client, f"/id{path}")
    assert '<html lang="id"' in page
    assert 'hreflang="en"' in page


def test_dates_are_in_the_language_of_the_page(client: Client, founding_record: Path) -> None:
    assert "since 2 May 2024" in text(client, "/steering-group/")
    assert "2 Mei 2024" in text(client, "/id/steering-group/")


def test_as_of_is_said_and_kept_in_both_languages(client: Client, founding_record: Path) -> None:
    for path in ("/steering-group/", "/objectives/", "/participants/", "/participants/indonesia/"):
        assert 'value="2003-03-26"' in text(client, f"{path}?as_of=2003-03-26")
        assert client.get(f"{path}?as_of=yesterday").status_code == 422
