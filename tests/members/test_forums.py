"""Other forums: the register, contacts that nobody else sees, and the matrix of who belongs to which."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from activities.models import (
    Activity,
    ExternalReference,
    ForeignActivity,
    Hosting,
    Objective,
    Outreach,
    Review,
)
from members.enums import Confidence, DatePrecision
from members.errors import Conflict, DomainError
from members.models import Forum, ForumContact, ForumKind, ForumMembership, Participant, Source
from members.services.forums import change_memberships
from tests.cast import PERSONS, World, client_for, make_world

DESK = "/desk/forums/"
SHEET = f"{DESK}membership/?forum=F-X"


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def desk(world: World) -> Client:
    return client_for(world, "secretariat")


def forum() -> Forum:
    return Forum.objects.get(code="F-X")


def who(*slugs: str) -> list[int]:
    return [Participant.objects.get(slug=slug).pk for slug in slugs]


def members() -> dict[str, tuple[str, str]]:
    rows = ForumMembership.objects.select_related("participant")
    return {row.participant.slug: (str(row.period_from or ""), str(row.period_to or "")) for row in rows}


def seen(*keys: int) -> str:
    return ",".join(str(key) for key in sorted(keys))


def answers(**changes: Any) -> dict[str, Any]:
    form: dict[str, Any] = {
        "code": "F-NEW",
        "full_name": "New Forum",
        "short_name": "NF",
        "kind": ForumKind.objects.get().pk,
        "founded": "1996",
        "relationship": "Shares a workshop",
        "confidence": "public",
    }
    return form | changes


def test_forum_is_recorded_and_edited_and_its_code_stays(world: World, desk: Client) -> None:
    source = Source.objects.create(key="S1", title="A source")
    assert desk.post(f"{DESK}new/", answers(source=[source.pk])).status_code == 302
    new = Forum.objects.get(code="F-NEW")
    assert (new.full_name, new.founded, list(new.source.all())) == ("New Forum", 1996, [source])
    changed = answers(full_name="Newer Forum", code="F-OTHER", expected_version=new.version)
    assert desk.post(f"{DESK}F-NEW/edit/", changed).status_code == 302
    new.refresh_from_db()
    assert (new.code, new.full_name, new.version, new.source.count()) == ("F-NEW", "Newer Forum", 2, 0)
    late = desk.post(f"{DESK}F-NEW/edit/", answers(full_name="Mine", expected_version="1"))
    assert late.status_code == 409
    assert ("Name in full", "Mine", "Newer Forum") in [(str(a), b, c) for a, b, c in late.context["rows"]]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"code": "X"}, "Enter F- and capital letters or digits"),
        ({"code": "F-X"}, "already exists"),
        ({"code": "F-\x00"}, "Null characters are not allowed."),
        ({"full_name": ""}, "This field is required."),
        ({"founded": "1799"}, "Enter a year from 1800 to today"),
        ({"founded": "9" * 30}, "Enter a year from 1800 to today"),
        ({"kind": "999999"}, "Select a valid choice."),
        ({"source": ["x"]}, "is not a valid value"),
    ],
)
def test_bad_input_to_a_forum(world: World, desk: Client, changes: dict[str, Any], said: str) -> None:
    answer = desk.post(f"{DESK}new/", answers(**changes))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Forum.objects.count() == 1


def test_contacts_are_kept_and_reach_the_secretariat_only(world: World, desk: Client) -> None:
    contact = {"title": "CANARY post", "email": "canary@forum.example", "channel": "direct", "note": "CANARY note"}
    assert desk.post(f"{DESK}F-X/contacts/new/", contact | {"starts": "2005"}).status_code == 302
    row = ForumContact.objects.get(title="CANARY post")
    assert (row.period_from, row.period_from_precision) == (date(2005, 1, 1), DatePrecision.YEAR)
    assert "canary@forum.example" in desk.get(f"{DESK}F-X/").content.decode()
    wrong = desk.post(f"{DESK}F-X/contacts/{row.pk}/", contact | {"email": "no", "expected_version": row.version})
    assert wrong.status_code == 422
    leaks = []
    for name in PERSONS:
        client = client_for(world, name)
        for url in (
            "/forums/F-X/",
            "/forums/",
            "/forums/?format=json",
            "/forums/membership/",
            "/search/?q=CANARY",
            f"{DESK}F-X/",
        ):
            text = client.get(url).content.decode()
            if ("CANARY post" in text or "canary@forum" in text or "CANARY note" in text) and name not in {
                "secretariat",
                "administrator",
            }:
                leaks.append((name, url))
    assert leaks == []
    event = apps.get_model("members", "ForumContactEvent")
    assert "email" not in {field.name for field in event._meta.fields}
    assert desk.post(f"{DESK}F-X/contacts/{row.pk}/remove/").status_code == 302
    assert not ForumContact.objects.filter(pk=row.pk).exists()


def test_ticks_add_end_and_take_away(world: World, desk: Client) -> None:
    aland, bland, cland = who("aland", "bland", "cland")
    source = Source.objects.create(key="S1", title="A source")
    form = {"members": [aland, bland], "seen": "", "starts": "May 2004", "source": [source.pk], "confidence": "paper"}
    assert desk.post(SHEET, form).status_code == 302
    assert members() == {"aland": ("2004-05-01", ""), "bland": ("2004-05-01", "")}
    row = ForumMembership.objects.get(participant=aland)
    assert (row.confidence, list(row.source.all()), row.period_from_precision) == ("paper", [source], DatePrecision.MONTH)
    page = desk.get(SHEET)
    assert page.context["form"].initial == {"members": sorted([aland, bland]), "seen": seen(aland, bland)}
    ended = {"members": [aland, cland], "seen": seen(aland, bland), "removed": "ended"}
    missing = desk.post(SHEET, ended)
    assert (missing.status_code, "Say until when" in missing.content.decode()) == (422, True)
    assert desk.post(SHEET, ended | {"ends": "2010"}).status_code == 302
    assert members() == {"aland": ("2004-05-01", ""), "bland": ("2004-05-01", "2010-12-31"), "cland": ("", "")}
    mistake = {"members": [aland], "seen": seen(aland, cland), "removed": "mistake"}
    assert desk.post(SHEET, mistake).status_code == 302
    assert members() == {"aland": ("2004-05-01", ""), "bland": ("2004-05-01", "2010-12-31")}
    again = {"members": [aland, bland], "seen": seen(aland)}
    overlap = desk.post(SHEET, again)
    assert (overlap.status_code, "for part of the period already" in overlap.content.decode()) == (422, True)
    assert desk.post(SHEET, again | {"starts": "2015"}).status_code == 302
    assert ForumMembership.objects.filter(participant=bland).count() == 2


def test_two_editors_of_one_forums_members(world: World, desk: Client) -> None:
    aland, bland, cland = who("aland", "bland", "cland")
    by = world.users["administrator"]
    change_memberships(forum=forum(), seen=frozenset(), wanted=frozenset([aland]), by=by)
    answer = desk.post(SHEET, {"members": [bland, cland], "seen": ""})
    assert answer.status_code == 409
    assert (answer.context["added"], answer.context["gone"]) == (["Aland"], [])
    assert answer.context["form"]["members"].value() == [str(key) for key in sorted([aland, bland, cland])]
    assert answer.context["form"]["seen"].value() == seen(aland)
    assert sorted(members()) == ["aland"]
    with pytest.raises(Conflict):
        change_memberships(forum=forum(), seen=frozenset(), wanted=frozenset([bland]), by=by)


def test_rules_of_membership(world: World) -> None:
    by, aland = world.users["secretariat"], Participant.objects.get(slug="aland")
    aland.forum = forum()
    aland.save()
    with pytest.raises(DomainError, match="this forum itself"):
        change_memberships(forum=forum(), seen=frozenset(), wanted=frozenset([aland.pk]), by=by)
    (bland,) = who("bland")
    start = (date(2010, 1, 1), DatePrecision.YEAR)
    change_memberships(forum=forum(), seen=frozenset(), wanted=frozenset([bland]), starts=start, by=by)
    until = (date(2009, 12, 31), DatePrecision.YEAR)
    with pytest.raises(DomainError, match="from a later day on"):
        change_memberships(forum=forum(), seen=frozenset([bland]), wanted=frozenset(), until=until, by=by)
    with pytest.raises(ValidationError):
        ForumMembership(forum=forum(), participant_id=bland).full_clean()


@pytest.mark.parametrize(
    "form",
    [
        {"seen": "x"},
        {"seen": "1," * 50},
        {"seen": "9" * 40},
        {"members": ["999999999"]},
        {"members": ["x"]},
        {"members": ["\x00"]},
        {"starts": "soon"},
        {"ends": "2010-13"},
        {"removed": "song"},
        {"confidence": "song"},
        {"source": ["0"]},
    ],
)
def test_bad_input_to_the_sheet(world: World, desk: Client, form: dict[str, Any]) -> None:
    assert desk.post(SHEET, {"seen": ""} | form).status_code == 422
    assert members() == {}


def test_hostile_addresses(world: World, desk: Client) -> None:
    for client in (desk, client_for(world, "anonymous")):
        for url in (
            "/steering-group/room/agendas/%00/",
            "/desk/activities/%00/agenda/",
            "/forums/%00/",
            "/forums/F-NONE/",
            f"{DESK}%00/",
            f"{DESK}membership/?forum=%00",
            f"{DESK}F-X/contacts/9999999999/",
        ):
            assert client.get(url, follow=True).status_code in {200, 404}, url
    for question in ("as_of=soon", "as_of=%00", "as_of=0000"):
        assert client.get(f"/forums/F-X/?{question}").status_code == 422
        assert client.get(f"/forums/membership/?{question}").status_code == 422
    for question in ("q=%00", "kind=%00", "kind=song", "q=" + "x" * 3000):
        assert client.get(f"/forums/?{question}").status_code == 200


def join(slug: str, code: str = "F-X", **fields: Any) -> ForumMembership:
    participant = Participant.objects.get(slug=slug)
    return ForumMembership.objects.create(forum=Forum.objects.get(code=code), participant=participant, **fields)


def test_public_matrix_as_of_a_day_and_its_exports(world: World) -> None:
    kind = ForumKind.objects.get()
    Forum.objects.create(code="F-A", short_name="A", full_name="Forum A", kind=kind)
    join("bland", period_from=date(2004, 1, 1), period_from_precision="year", confidence=Confidence.GENERAL_KNOWLEDGE)
    join("aland", code="F-A", period_to=date(2006, 12, 31), period_to_precision="year")
    client = client_for(world, "anonymous")
    matrix = client.get("/forums/membership/").context["matrix"]
    assert ([f.code for f in matrix.forums], [line.participant.slug for line in matrix.lines]) == (["F-X"], ["bland"])
    page = client.get("/forums/membership/?as_of=2005")
    matrix = page.context["matrix"]
    assert [f.code for f in matrix.forums] == ["F-A", "F-X"]
    grid = [(line.participant.slug, [cell is not None for _forum, cell in line.cells]) for line in matrix.lines]
    assert grid == [("aland", [True, False]), ("bland", [False, True])]
    assert page.content.decode().count("Unconfirmed") == 1
    found = client.get("/forums/membership/?as_of=2005&format=json").json()
    rows = [(row["participant"], row["forum"], row["from"], row["until"], row["confidence"]) for row in found["results"]]
    assert rows == [("Aland", "F-A", "", "2006", "public"), ("Bland", "F-X", "2004", "", "general-knowledge")]
    for form in ("csv", "xlsx"):
        assert client.get(f"/forums/membership/?format={form}").status_code == 200
    assert client.get("/forums/membership/?as_of=1900").content.decode().count("No membership is recorded for that day.") == 0
    ForumMembership.objects.all().delete()
    assert "has been recorded yet" in client.get("/forums/membership/").content.decode()


def test_memberships_stand_on_both_pages(world: World) -> None:
    join("bland", period_from=date(2004, 1, 1), period_from_precision="year")
    client = client_for(world, "anonymous")
    assert "/participants/bland/" in client.get("/forums/F-X/").content.decode()
    assert "/forums/F-X/" in client.get("/participants/bland/").content.decode()
    assert "/participants/bland/" not in client.get("/forums/F-X/?as_of=2003").content.decode()
    assert "/forums/F-X/" not in client.get("/participants/bland/?as_of=2003").content.decode()
    assert "/forums/F-X/" not in client.get("/participants/aland/").content.decode()


def test_forum_page_joins_what_the_record_knows_and_no_more(world: World) -> None:
    by = world.users["secretariat"]
    activity = Activity.objects.get(reference=world.activity)
    Activity.objects.filter(reference__in=[world.activity, world.draft_activity, world.restricted_activity]).update(
        joint_with=forum()
    )
    Hosting.objects.create(activity=Activity.objects.get(reference=world.other_activity), part="chair", forum=forum())
    Hosting.objects.create(activity=Activity.objects.get(reference=world.withdrawn_activity), part="host", forum=forum())
    objective = Objective.objects.get()
    moved: dict[str, Any] = {"outcome": "moved", "moved_to_forum": forum(), "status_qualifier": "With a caveat"}
    Review.objects.create(meeting=activity, objective=objective, accepted_by_forum="At its third meeting", **moved)
    ExternalReference.objects.create(code="XR-1", referrer="Leaders", forum=forum(), title="A statement")
    ForeignActivity.objects.create(title="CANARY theirs", forum=forum())
    Outreach.objects.create(title="CANARY outreach", forum=forum())
    Forum.objects.update(notes="CANARY staff")
    text = client_for(world, "anonymous").get("/forums/F-X/").content.decode()
    for words in ("Published", "Other", "With a caveat", "At its third meeting", "A statement"):
        assert words in text
    for words in ("Draft", "Restricted", "Withdrawn", "CANARY"):
        assert words not in text
    member = client_for(world, "steering_group_member").get("/forums/F-X/").content.decode()
    assert ("CANARY theirs" in member, "CANARY outreach" in member, "CANARY staff" in member) == (True, True, False)
    assert "CANARY staff" in client_for(world, "secretariat").get("/forums/F-X/").content.decode()
    assert activity.published_at
    assert by


def test_list_is_found_by_words_and_kind(world: World) -> None:
    other = ForumKind.objects.create(key="dialogue", name_en="Dialogue", order=2)
    Forum.objects.create(code="F-D", short_name="D", full_name="Délegate Dialogue", kind=other, relationship="Shares")
    client = client_for(world, "anonymous")
    for question, codes in (("", ["F-X", "F-D"]), ("?q=delegate", ["F-D"]), ("?kind=x", ["F-X"]), ("?q=nothing", [])):
        page = client.get(f"/forums/{question}")
        assert [row.code for row in page.context["forums"]] == codes, question
    assert "No forum was found." in client.get("/forums/?q=nothing").content.decode()


def test_pages_ask_the_same_number_of_questions_for_any_number_of_rows(world: World, desk: Client) -> None:
    def questions() -> list[int]:
        counted = []
        for url in ("/forums/", "/forums/membership/", "/forums/F-X/", DESK, f"{DESK}F-X/", f"{DESK}membership/", SHEET):
            with CaptureQueriesContext(connection) as seen_queries:
                assert desk.get(url).status_code == 200, url
            counted.append(len(seen_queries))
        return counted

    kind, activity = ForumKind.objects.get(), Activity.objects.get(reference=world.activity)
    source = Source.objects.create(key="S1", title="A source")

    def more(number: int, slug: str) -> None:
        row = Forum.objects.create(code=f"F-{number}", short_name=str(number), full_name=f"Forum {number}", kind=kind)
        row.source.add(source)
        for code in (row.code, "F-X"):
            join(slug, code=code).source.add(source)
        ForumContact.objects.create(forum=forum(), title=f"Post {number}")
        ForeignActivity.objects.create(title="Theirs", forum=forum())
        Outreach.objects.create(title="Ours", forum=forum())
        meeting = Activity.objects.create(
            reference=f"XX-2011-{number:02}",
            title="Joint",
            kind=activity.kind,
            start=date(2011, 1, 1),
            joint_with=forum(),
            published_at=timezone.now(),
            published_by=world.users["secretariat"],
        )
        Hosting.objects.create(activity=meeting, part="host", forum=forum())
        Review.objects.create(meeting=meeting, objective=Objective.objects.get(), outcome="moved", moved_to_forum=forum())

    more(1, "aland")
    before = questions()
    more(2, "bland")
    more(3, "cland")
    assert questions() == before
