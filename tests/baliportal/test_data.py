"""All that is public can be taken away: lists, records, threads, feeds and citations, and the page that says so."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from activities.models import Activity, LegislationStatus, Mandate, Objective, Outreach, ProgrammeArea, Recommendation
from baliportal.data_catalogue import CALENDARS, FEEDS, LISTS, SINGLES
from members.enums import AccessClass
from members.models import AccessRecord, Forum, Participant
from reports.models import Document
from tests.cast import World, client_for, make_world

ROWS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parents[1] / "access.yaml").read_text())
ENDINGS = (".ris", ".bib", ".ics", ".atom")


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def text(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


def patterns(resolver: Any, namespace: str = "", stem: str = "") -> Iterator[tuple[str, str]]:
    """Name and pattern of every route."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = ":".join(part for part in (namespace, entry.namespace or "") if part)
            yield from patterns(entry, inner, stem + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield f"{namespace}:{entry.name}" if namespace else str(entry.name), stem + str(entry.pattern)


def test_data_page_lists_every_public_list_record_and_feed(world: World) -> None:
    """The resolver is walked: what gives a visitor JSON is a list or a record; what ends as a file is a citation or a feed."""
    public = {"restricted_document": world.document, "restricted_activity": world.activity}
    LegislationStatus.objects.all().delete()
    known = vars(world) | public
    tables, files = set(), set()
    of_route = dict(patterns(get_resolver()))
    for row in ROWS:
        pattern = of_route[row["route"]]
        if pattern.startswith(("r/", "accounts/", "desk/", "national/")):
            continue
        path = row["url"].format(**known).split("?")[0]
        is_file = path.endswith(ENDINGS)
        answer = Client().get(path if is_file else f"{path}?format=json")
        if answer.streaming:
            b"".join(answer)  # type: ignore[arg-type]  # read to its end, so that the file is closed
        if answer.status_code == 200 and is_file:
            files.add(row["route"])
        elif answer.status_code == 200 and answer.headers["Content-Type"] == "application/json" and "results" in answer.json():
            tables.add(row["route"])
    routes = [route for single in SINGLES for route in single.routes]
    listed = [row.route for row in (*LISTS, *FEEDS, *CALENDARS)] + routes
    assert sorted(listed) == sorted(tables | files)
    shown = text(Client(), "/data/")
    for row in LISTS:
        assert shown.count(f">{row.words}</a></th>") == 1, row
    for row in (*FEEDS, *CALENDARS):
        assert f'href="/{of_route[row.route]}">{row.words}</a>' in shown
    for single in SINGLES:
        assert f'<th scope="row">{single.words}</th><td class="mono">{single.address}</td>' in shown


def test_every_address_on_the_data_page_leads_to_what_it_says(world: World) -> None:
    shown = text(Client(), "/data/").split("<main")[1].split("</main>")[0]
    found = set(re.findall(r'href="(/[^"#]*)"', shown))
    assert len(found) > 60
    for path in sorted(found):
        assert Client().get(path).status_code == 200, path
    assert set(re.findall(r'href="(/[^"#]*\?[^"#]*)"', text(Client(), "/id/data/").split("<main")[1])) >= {
        path for path in found if "format=" in path
    }


def test_feed_of_areas_holds_who_agreed_them(world: World) -> None:
    area = ProgrammeArea.objects.get()
    draft = Activity.objects.get(reference=world.draft_activity)
    Mandate.objects.create(area=area, activity=draft, paragraph="CANARY")
    Activity.objects.filter(pk=draft.pk).update(title="CANARY")
    som = Activity.objects.get(reference="XX-2009-01")
    Mandate.objects.create(area=area, activity=som, act="set")
    ProgrammeArea.objects.create(code="PA-02", order=2, short_title="Second", origin="new")
    feed = text(Client(), "/feeds/areas.atom")
    titles = re.findall(r"<entry><title>([^<]+)</title>", feed)
    assert titles == ["PA-01 First", "PA-02 Second"]  # recorded at the same moment
    assert "Agreed: Earlier." in feed
    assert "CANARY" not in feed
    assert '<link rel="alternate" type="application/atom+xml" href="/feeds/areas.atom">' in text(Client(), "/programme-areas/")


@pytest.mark.parametrize("name", ["objective", "area"])
def test_unknown_objective_or_area_is_said_in_words(world: World, name: str) -> None:
    words = {"objective": "The record has no objective XX-99.", "area": "The record has no programme area XX-99."}[name]
    path = f"/recommendations/?{name}=XX-99"
    assert words in text(Client(), path, 422)
    assert f"Tidak ada {'tujuan' if name == 'objective' else 'bidang program'} XX-99 dalam catatan." in text(
        Client(), f"/id{path}", 422
    )
    answer = Client().get(f"{path}&format=json")
    assert (answer.status_code, answer.json()["count"], answer.json()["errors"]) == (422, 0, {name: words})
    assert text(Client(), f"{path}&format=csv", 422) == f"{words}\n"
    for odd in ("%00", "<script>", "9" * 300):
        shown = Client().get(f"/recommendations/?{name}={odd}")
        assert shown.status_code in {200, 422}
        assert b"<script>." not in shown.content
    known = {"objective": "OBJ-01", "area": "PA-01"}[name]
    assert "The record has no" not in text(Client(), f"/recommendations/?{name}={known}")


def test_thread_leaves_as_a_table(world: World) -> None:
    row = Recommendation.objects.get()
    row.objective, row.document_symbol = Objective.objects.get(), world.document
    row.save()
    for path in (
        f"/recommendations/{world.recommendation}/thread/",
        "/objectives/OBJ-01/thread/",
        "/programme-areas/PA-01/thread/",
        f"/reports/{world.document}/thread/",
        f"/activities/{world.activity}/thread/",
    ):
        page, found = text(Client(), path), Client().get(f"{path}?format=json").json()
        table = page.split("<tbody>")[1].split("</tbody>")[0]
        assert found["count"] == len(found["results"]) == table.count("<tr>") > 0, path
        assert 'href="?format=csv"' in page
        lines = list(csv.reader(io.StringIO(text(Client(), f"{path}?format=csv").removeprefix("\ufeff"))))
        assert lines[0] == ["Step", "Record", "Date", "Address"]
        assert len(lines) == found["count"] + 1
        moved = Client().get(f"/id{path}?format=csv")
        assert (moved.status_code, moved["Location"]) == (302, f"{path}?format=csv")
    rows = Client().get(f"/recommendations/{world.recommendation}/thread/?format=json").json()["results"]
    assert [(line["step"], line["record"], line["url"].split("/", 3)[3]) for line in rows] == [
        ("Who set it", "XX-R-2010-01", "reports/XX-R-2010-01/"),
        ("Who set it", "First", "objectives/OBJ-01/"),
        ("The promise", "XX-REC-2010-01: Do it", "recommendations/XX-REC-2010-01/"),
    ]


def test_restricted_parts_of_a_thread_leave_a_trace(world: World) -> None:
    objective = Objective.objects.get()
    Recommendation.objects.create(
        reference="XX-REC-2010-09", text="CANARY", objective=objective, access_class=AccessClass.STEERING_GROUP
    )
    path = "/objectives/OBJ-01/thread/?format=csv"
    assert "CANARY" not in text(Client(), path)
    assert AccessRecord.objects.count() == 0
    member = client_for(world, "steering_group_member")
    assert "CANARY" in text(member, path)
    text(member, f"/reports/{world.restricted_document}/thread/?format=json")
    text(member, f"/reports/{world.restricted_document}/cite.ris")
    text(member, f"/reports/{world.restricted_document}/?format=csv")
    assert sorted(AccessRecord.objects.values_list("object_ref", "action")) == [
        *[(world.restricted_document, "exported")] * 3,
        ("XX-REC-2010-09", "exported"),
    ]


def test_legislation_leaves_in_the_words_of_each_participant(world: World) -> None:
    LegislationStatus.objects.all().delete()
    aland, bland = (Participant.objects.get(slug=slug) for slug in ("aland", "bland"))
    now, by = timezone.now(), world.users["focal_point_a"]
    common: dict[str, Any] = {"entered_at": now, "entered_by": by}
    LegislationStatus.objects.create(participant=bland, title="=A law", link="Gazette 7", access_class="public", **common)
    LegislationStatus.objects.create(participant=aland, title="A bill", objective=Objective.objects.get(), **common)
    LegislationStatus.objects.create(
        participant=aland, title="CANARY", access_class="public", withdrawn_at=now, withdrawn_by=by, **common
    )
    public = Client().get("/legislation/?format=json").json()
    assert [(row["participant"], row["words"], row["source"]) for row in public["results"]] == [("Bland", "=A law", "Gazette 7")]
    assert "'=A law" in text(Client(), "/legislation/?format=csv")
    focal = client_for(world, "focal_point_b")
    assert [row["words"] for row in focal.get("/legislation/?format=json").json()["results"]] == ["A bill", "=A law"]
    assert AccessRecord.objects.get().object_ref == str(LegislationStatus.objects.get(title="A bill").pk)
    shown = text(Client(), "/legislation/")
    assert "Gazette 7" in shown
    for words in ("A bill", "CANARY"):
        assert words not in shown
    LegislationStatus.objects.all().delete()
    assert "No participant has said anything here, and none need do so." in text(Client(), "/legislation/")


def test_public_notes_of_exchanges_leave_and_nothing_else_of_them(world: World) -> None:
    secret = {"summary": "CANARY", "lessons": "CANARY", "represented_by": "CANARY", "title": "A visit"}
    Outreach.objects.create(is_public=True, public_note="We spoke", forum=Forum.objects.get(), date=date(2010, 5, 1), **secret)
    Outreach.objects.create(**(secret | {"title": "CANARY"}))
    for client in (Client(), client_for(world, "secretariat")):
        found = client.get("/forums/exchanges/?format=json").json()
        assert [(row["title"], row["note"], row["forum"]) for row in found["results"]] == [("A visit", "We spoke", "F-X")]
        for path in ("/forums/exchanges/", "/forums/exchanges/?format=csv", "/id/forums/exchanges/"):
            shown = text(client, path)
            assert "We spoke" in shown
            assert "CANARY" not in shown


def test_document_is_cited_and_leaves_by_itself(world: World) -> None:
    Document.objects.filter(symbol=world.document).update(title="Report & notes", date=date(2010, 5, 1), date_precision="month")
    page = text(Client(), f"/reports/{world.document}/")
    assert "“Report &amp; notes”, record XX-R-2010-01, version of" in page
    assert f'href="/reports/{world.document}/cite.ris"' in page
    ris, bib = (text(Client(), f"/reports/{world.document}/cite.{ending}") for ending in ("ris", "bib"))
    for line in ("TY  - RPRT\r\n", "TI  - Report & notes\r\n", "PY  - 2010\r\n", "DA  - 2010/05//\r\n", "ID  - XX-R-2010-01\r\n"):
        assert line in ris
    assert ris.endswith("ER  - \r\n")
    assert "title = {Report \\& notes}" in bib
    found = Client().get(f"/reports/{world.document}/?format=json").json()
    assert [(row["symbol"], row["title"]) for row in found["results"]] == [("XX-R-2010-01", "Report & notes")]
    row = Document.objects.get(symbol=world.document)
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_reason = timezone.now(), world.users["secretariat"], "Wrong text"
    row.save()
    for tail in ("cite.ris", "cite.bib", "?format=json"):
        assert "Wrong text" in text(Client(), f"/reports/{world.document}/{tail}", 410)


def test_lists_ask_as_often_with_one_row_as_with_three(world: World) -> None:
    LegislationStatus.objects.all().delete()
    participant, forum = Participant.objects.get(slug="aland"), Forum.objects.get()

    def add(number: int) -> None:
        LegislationStatus.objects.create(
            participant=participant, title=f"Law {number}", access_class="public", objective=Objective.objects.get()
        )
        Outreach.objects.create(title="A visit", is_public=True, public_note="We spoke", forum=forum)
        area = ProgrammeArea.objects.create(code=f"PA-1{number}", order=10 + number, short_title="x", origin="new")
        Mandate.objects.create(area=area, activity=Activity.objects.get(reference="XX-2009-01"))

    def asked() -> dict[str, int]:
        numbers = {}
        for path in (
            *("/legislation/", "/legislation/?format=json", "/forums/exchanges/", "/forums/exchanges/?format=json"),
            *("/feeds/areas.atom", "/data/"),
        ):
            with CaptureQueriesContext(connection) as found:
                assert Client().get(path).status_code == 200
            numbers[path] = len(found)
        return numbers

    add(1)
    asked()
    one = asked()
    add(2)
    add(3)
    assert asked() == one
    assert max(one.values()) <= 12
