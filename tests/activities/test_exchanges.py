"""A participant's own words on its legislation; exchanges with other processes; who cited this one."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from activities.models import ExternalReference, LegislationStatus, Outreach
from members.models import AccessRecord, Forum, Participant
from tests.cast import World, client_for, make_world


@pytest.fixture
def world(db: None) -> World:
    made = make_world()
    LegislationStatus.objects.all().delete()
    return made


@pytest.fixture
def desk(world: World) -> Client:
    return client_for(world, "secretariat")


@pytest.fixture
def focal(world: World) -> Client:
    return client_for(world, "focal_point_a")


def words(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def law(world: World, **answers: str) -> dict[str, str]:
    from activities.models import Objective

    objective = Objective.objects.get(code=world.objective)
    own = {"title": "CANARY A bill is before parliament", "title_id": "CANARY Rancangan undang-undang", "since": "May 2005"}
    return own | {"access_class": "public", "link": "https://gazette.example/7", "objective": str(objective.pk)} | answers


def test_legislation_is_the_participant_s_own_choice_and_words(world: World, focal: Client) -> None:
    nothing = focal.post("/national/aland/legislation/new/", {"title": "A bill"})
    assert nothing.status_code == 422
    assert LegislationStatus.objects.count() == 0
    assert focal.post("/national/aland/legislation/new/", law(world)).status_code == 302
    row = LegislationStatus.objects.get()
    assert (row.entered_by, row.date_precision, row.participant.slug) == (world.users["focal_point_a"], "month", "aland")
    for path in ("/participants/aland/", f"/objectives/{world.objective}/"):
        shown = words(Client(), path)
        assert "CANARY A bill is before parliament" in shown
        assert "May 2005" in shown
        assert 'href="https://gazette.example' not in shown
        assert "CANARY Rancangan undang-undang" in words(Client(), f"/id{path}")
    assert "CANARY" not in words(Client(), f"/objectives/{world.objective}/?as_of=2005-04-30")
    assert "CANARY" not in words(Client(), "/participants/bland/")


def test_legislation_for_participants_is_read_by_participants(world: World, focal: Client) -> None:
    focal.post("/national/aland/legislation/new/", law(world, access_class="participants"))
    for path in ("/participants/aland/", f"/objectives/{world.objective}/", "/participants/", "/search/?q=parliament"):
        assert "CANARY" not in words(Client(), path)
    seen = {
        n: "CANARY" in words(client_for(world, n), "/participants/aland/") for n in ("focal_point_b", "co_chair", "secretariat")
    }
    assert seen == {"focal_point_b": True, "co_chair": True, "secretariat": True}


def test_entry_names_its_source_in_the_participant_s_own_words_or_none(world: World, focal: Client) -> None:
    form = words(focal, "/national/aland/legislation/new/")
    assert "Source: the title of the text, and where it can be read" in form
    source = "Law 7 of 2005 <on smuggling>, State Gazette 12, https://gazette.example/7"
    shown_as = "Law 7 of 2005 &lt;on smuggling&gt;, State Gazette 12, https://gazette.example/7"
    assert focal.post("/national/aland/legislation/new/", law(world, link=source)).status_code == 302
    for path in ("/participants/aland/", f"/objectives/{world.objective}/", "/legislation/"):
        shown = words(Client(), path)
        assert f"Source, as the participant names it: {shown_as}" in shown
        assert 'href="https://gazette.example' not in shown
    assert f"Source: {shown_as}" in words(focal, "/national/aland/legislation/")
    assert Client().get("/legislation/?format=json").json()["results"][0]["source"] == source
    row = LegislationStatus.objects.get()
    path = f"/national/aland/legislation/{row.pk}/"
    assert focal.post(path, law(world, link="", expected_version="1")).status_code == 302
    assert "as the participant names it" not in words(Client(), "/participants/aland/")
    too_long = focal.post(path, law(world, link="x" * 601, expected_version="2"))
    assert too_long.status_code == 422
    assert 'id="id_link_error"' in too_long.content.decode()


@pytest.mark.parametrize("chosen", ["secretariat", "steering-group", "", "nobody"])
def test_legislation_has_two_kinds_of_readers(world: World, focal: Client, chosen: str) -> None:
    assert focal.post("/national/aland/legislation/new/", law(world, access_class=chosen)).status_code == 422
    assert LegislationStatus.objects.count() == 0


def test_legislation_is_changed_and_withdrawn_any_day_and_the_changes_are_kept(world: World, focal: Client, desk: Client) -> None:
    focal.post("/national/aland/legislation/new/", law(world))
    row = LegislationStatus.objects.get()
    path = f"/national/aland/legislation/{row.pk}/"
    assert focal.post(path, law(world, title="Now a law", expected_version="1")).status_code == 302
    late = focal.post(path, law(world, title="Not yet", expected_version="1"))
    assert late.status_code == 409
    assert "Now a law" in late.content.decode()
    assert "Now a law" in words(Client(), "/participants/aland/")
    stale = focal.post(f"{path}withdraw/", {"number": "1"}, follow=True)
    assert "Somebody else of your participant changed this" in stale.content.decode()
    assert focal.post(f"{path}withdraw/", {"number": "2"}).status_code == 302
    assert "Now a law" not in words(Client(), "/participants/aland/")
    assert "Now a law" not in words(desk, "/participants/aland/")
    assert "Now a law" in words(focal, "/national/aland/legislation/")
    assert focal.get(path).status_code == 404
    events = row.events.order_by("pgh_id").values_list("title", "access_class")  # type: ignore[attr-defined]
    assert [title for title, _access in events] == ["CANARY A bill is before parliament", "Now a law", "Now a law"]


def exchange(**answers: Any) -> dict[str, Any]:
    said = {"title": "CANARY visit", "direction": "ours", "confidence": "public", "day": "June 2004", "lessons": "CANARY lesson"}
    return said | {"expected_version": "0"} | answers


def test_exchange_is_kept_in_both_directions_and_the_public_reads_the_marked_note(world: World, desk: Client) -> None:
    Outreach.objects.all().delete()
    forum = Forum.objects.get()
    assert desk.post("/desk/forums/outreach/new/", exchange(forum=forum.pk)).status_code == 302
    row = Outreach.objects.get()
    page, edit = f"/forums/{world.forum}/", f"/desk/forums/outreach/{row.pk}/"
    assert "CANARY" not in words(Client(), page)
    assert "CANARY lesson" in words(client_for(world, "steering_group_member"), page)
    unmarked = desk.post(edit, exchange(forum=forum.pk, is_public="on", expected_version="1"))
    assert unmarked.status_code == 422
    assert "Write what the public may read." in unmarked.content.decode()
    marked = exchange(forum=forum.pk, title="A visit", is_public="on", public_note="We spoke of return.", expected_version="1")
    assert desk.post(edit, marked).status_code == 302
    assert desk.post(edit, marked).status_code == 409
    shown = words(Client(), page)
    assert "We spoke of return." in shown
    assert "A visit" in shown
    assert "CANARY" not in shown


def test_exchange_says_what_is_missing(desk: Client) -> None:
    for answers, said in (
        ({"title": ""}, "This field is required."),
        ({"direction": "theirs"}, "Name the forum that came, or the activity that it came to."),
        ({"activity": "XX-1999-99"}, "No activity has this reference."),
        ({"day": "yesterday"}, "Enter a year, a month or a day"),
        ({"forum": "999999999"}, "Select a valid choice."),
    ):
        answer = desk.post("/desk/forums/outreach/new/", exchange(**answers))
        assert answer.status_code == 422
        assert said in answer.content.decode()


def test_exchanges_leave_as_sheets_with_a_trace(world: World, desk: Client) -> None:
    activity = world.activity
    desk.post("/desk/forums/outreach/new/", exchange(direction="theirs", activity=activity))
    rows = desk.get("/desk/forums/outreach/?format=json").json()["results"]
    assert [(row["title"], row["date"], row["direction"], row["activity"]) for row in rows] == [
        ("CANARY visit", "2004-06", "theirs", activity),
        ("A meeting of another process", "", "ours", ""),
    ]
    assert AccessRecord.objects.filter(object_label="outreach", action="exported").count() == 1
    assert client_for(world, "co_chair").get("/desk/forums/outreach/?format=json").status_code == 404


def test_reference_is_recorded_shown_cited_fed_and_exported(world: World, desk: Client) -> None:
    answers = {
        "referrer": "Leaders of a region",
        "title": "A joint statement",
        "kind": "joint statement",
        "day": "2010",
        "summary": "It recognises the process.",
        "confidence": "public",
        "notes": "CANARY",
        "expected_version": "0",
    }
    for _turn in range(2):
        assert desk.post("/desk/forums/references/new/", answers).status_code == 302
    codes = list(ExternalReference.objects.order_by("code").values_list("code", flat=True))
    assert codes == ["XR-2010-01", "XR-2010-02", "XR-2010-03"]
    undated = desk.post("/desk/forums/references/new/", answers | {"day": ""})
    assert undated.status_code == 302
    assert ExternalReference.objects.filter(code="XR-UNDT-01").exists()
    assert desk.post("/desk/forums/references/XR-2010-02/", answers | {"expected_version": "9"}).status_code == 409
    bad = desk.post("/desk/forums/references/new/", answers | {"url": "javascript:alert(1)"})
    assert bad.status_code == 422
    public = Client()
    everything = "".join(
        words(public, path)
        for path in (
            "/forums/references/",
            "/forums/references/?format=json",
            "/forums/references/XR-2010-02/",
            "/forums/references/XR-2010-02/?format=json",
            "/feeds/references.atom",
        )
    )
    assert "It recognises the process." in everything
    assert "CANARY" not in everything
    assert words(public, "/feeds/references.atom").count("<entry>") == 4
    ris = words(public, "/forums/references/XR-2010-02/cite.ris")
    assert "TI  - Leaders of a region: A joint statement\r\n" in ris
    assert "A joint statement" in words(public, "/forums/references/XR-2010-02/cite.bib")
    assert public.get("/forums/references/XR-1999-01/").status_code == 404
    assert public.get("/forums/references/XR-1999-01/cite.ris").status_code == 404
    assert [row["date"] for row in public.get("/forums/references/?format=json").json()["results"]] == ["2010", "2010", "", ""]


def test_lists_ask_as_often_with_one_row_as_with_three(world: World) -> None:
    forum, aland, by = Forum.objects.get(), Participant.objects.get(slug="aland"), world.users["focal_point_a"]
    clients = {name: client_for(world, name) for name in ("secretariat", "focal_point_a")}

    def add(number: int) -> None:
        Outreach.objects.create(title="x", forum=forum, participant=aland, is_public=True, public_note="x")
        ExternalReference.objects.create(code=f"XR-2011-0{number}", referrer="x", title="x", forum=forum)
        LegislationStatus.objects.create(participant=aland, title="x", entered_at="2011-01-01T00:00Z", entered_by=by)

    def asked() -> dict[str, int]:
        numbers = {}
        for name, path in (
            ("secretariat", "/desk/forums/outreach/"),
            ("secretariat", "/desk/forums/outreach/?format=json"),
            ("secretariat", "/desk/forums/references/"),
            ("secretariat", "/forums/references/"),
            ("secretariat", "/feeds/references.atom"),
            ("focal_point_a", "/national/aland/legislation/"),
        ):
            with CaptureQueriesContext(connection) as found:
                assert clients[name].get(path).status_code == 200
            numbers[path] = len(found)
        return numbers

    add(1)
    asked()
    one = asked()
    add(2)
    add(3)
    assert asked() == one
    assert max(one.values()) <= 12, one
