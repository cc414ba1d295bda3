"""The history at the desk: who changed what, narrowed and paged, and never what is not the secretariat's."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path
from typing import Any

import pghistory.models
import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from activities.enums import ActivityStatus
from activities.models import (
    Activity,
    AreaInterest,
    Comment,
    Consultation,
    NationalMeeting,
    Objective,
    ProgrammeArea,
    Reply,
    ReplyVersion,
)
from activities.services.activities import withdraw_activity
from baliportal.history import BY_KIND, KINDS
from members.audit import acting
from members.history_words import FIELDS, UNTOLD, VERBS, field_words
from members.models import AccountInvitation, Ministry, Official, Participant, Portfolio, User
from members.services.directory import remove_record, save_record
from members.tracked import Reader
from tests.cast import World, client_for, make_world

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def desk(world: World) -> Client:
    return client_for(world, "secretariat")


def ministry(world: World, name: str) -> Ministry:
    record = Ministry(participant=Participant.objects.get(slug="aland"), name=name)
    return save_record(record=record, by=world.users["secretariat"])


# --- nothing is forgotten -------------------------------------------------------------------------------------------
def test_every_tracked_model_is_in_the_registry() -> None:
    tracked = {model.pgh_tracked_model for model in apps.get_models() if issubclass(model, pghistory.models.Event)}
    assert {kind.model for kind in KINDS} == tracked
    assert len(KINDS) == len(tracked)


def test_every_field_of_a_history_has_words_in_both_languages() -> None:
    missing = []
    for language in ("en", "id"):
        with translation.override(language):
            for kind in KINDS:
                kept = {field.name for field in kind.event_model._meta.concrete_fields} - UNTOLD
                for field in kind.model._meta.concrete_fields:
                    if field.name not in kept:
                        continue
                    try:
                        field_words(field)
                    except KeyError:
                        missing.append(f"{kind.kind}.{field.name}")
                assert kind.words
    assert missing == []


def verbs_in_code() -> set[str]:
    """Verbs that services and tasks give, with those made of a prefix spelt out."""
    models = {
        "participant",
        "participantname",
        "standingperiod",
        "ministry",
        "office",
        "official",
        "seat",
        "forum",
        "forumcontact",
    }
    models |= {"standingitem", "body", "goal", "objective", "programmearea"}
    kept = {"participant", "body", "forum", "goal", "objective", "programmearea"}  # never taken away
    of_prefix = {"mark_": set(ActivityStatus.values), "record_": models - {"body"}, "edit_": models, "remove_": models - kept}
    found: set[str] = set()
    for path in (p for app in ("members", "activities", "reports", "baliportal") for p in (ROOT / app).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = {
            node.targets[0].id: node.value
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        }
        for node in ast.walk(tree):
            said = [k.value for k in node.keywords if k.arg == "verb"] if isinstance(node, ast.Call) else []
            if isinstance(node, ast.FunctionDef):
                defaults = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
                said = [value for argument, value in defaults if argument.arg == "verb" and value is not None]
            for value in said:
                if isinstance(value, ast.IfExp):
                    said += [value.body, value.orelse]
                elif isinstance(value, ast.Name) and value.id in named:
                    said.append(named[value.id])
                elif isinstance(value, ast.BoolOp):
                    said += value.values
                elif isinstance(value, ast.Constant) and value.value:
                    found.add(value.value)
                elif isinstance(value, ast.JoinedStr):
                    first = value.values[0]
                    inner = first.value if isinstance(first, ast.FormattedValue) else first
                    starts = (
                        [f"{c.value}_" for c in (inner.body, inner.orelse)] if isinstance(inner, ast.IfExp) else [inner.value]
                    )
                    found |= {f"{start}{end}" for start in starts for end in of_prefix[start]}
    return found


def test_every_verb_has_words() -> None:
    assert sorted(verbs_in_code() - set(VERBS)) == []
    assert len(verbs_in_code()) > 60


def test_words_are_needed() -> None:
    fields = {field.name for kind in KINDS for field in kind.model._meta.concrete_fields}
    assert sorted(set(FIELDS) - fields) == []
    assert sorted(set(VERBS) - verbs_in_code()) == []


def test_secretariat_sees_every_row_whose_history_it_reads(world: World) -> None:
    """Else the list would show changes of rows that are hidden from it; such a kind needs `seen_only`."""
    user = world.users["secretariat"]
    for kind in KINDS:
        if kind.reader == Reader.DESK and not kind.seen_only:
            assert kind.rows(user).count() == kind.model._default_manager.count(), kind.kind


# --- the list -------------------------------------------------------------------------------------------------------
def texts(response: Any) -> list[tuple[str, str, str]]:
    return [(entry.did, entry.who, entry.label) for entry in response.context["page"].entries]


def test_list_says_who_did_what_to_which_record(world: World, desk: Client) -> None:
    ministry(world, "Ministry of Ships")
    response = desk.get("/desk/history/?kind=ministry&verb=record_ministry")
    assert texts(response) == [("Recorded a ministry", "Person secretariat", "Ministry of Ships")]
    assert "Recorded a ministry" in response.content.decode()
    assert "Mencatat kementerian</td>" in desk.get("/id/desk/history/?kind=ministry&verb=record_ministry").content.decode()


def test_names_of_persons_are_those_of_now_and_loading_is_the_record(world: World, desk: Client) -> None:
    from members.models import User

    ministry(world, "One")
    Official.objects.filter(user=world.users["secretariat"]).update(name="Married name")
    with acting(by=User.objects.service_account(), verb="load_record"):
        Portfolio.objects.create(key="loaded", name_en="Loaded")
    assert texts(desk.get("/desk/history/?kind=ministry"))[0][1] == "Married name"
    assert texts(desk.get("/desk/history/?kind=portfolio")) == [("Loaded from files", "record", "Loaded")]


def test_filters_by_person_verb_day_and_reference(world: World, desk: Client) -> None:
    first = ministry(world, "First")
    record = Ministry.objects.get(pk=first.pk)
    record.name = "Second"
    save_record(record=record, by=world.users["administrator"], expected_version=1)
    admin = world.users["administrator"].pk
    assert [row[0] for row in texts(desk.get(f"/desk/history/?person={admin}"))] == ["Edited a ministry"]
    assert len(texts(desk.get("/desk/history/?kind=ministry&verb=edit_ministry"))) == 1
    year = timezone.now().year
    assert len(texts(desk.get(f"/desk/history/?kind=ministry&since={year}"))) == 3
    assert texts(desk.get(f"/desk/history/?kind=ministry&until={year - 1}")) == []
    assert {row[2] for row in texts(desk.get(f"/desk/history/?reference={world.document.lower()}"))} == {
        f"{world.document}: {world.document}"
    }
    assert texts(desk.get("/desk/history/?reference=nothing")) == []


def test_reference_finds_what_hangs_on_the_record_too(world: World, desk: Client) -> None:
    activity = Activity.objects.get(reference=world.activity)
    with acting(by=world.users["secretariat"], verb="edit_activity"):
        activity.objectives.add(Objective.objects.get())
    kinds = [entry.tracked.kind for entry in desk.get(f"/desk/history/?reference={world.activity}").context["page"].entries]
    assert sorted(kinds) == ["activity", "activity-objective"]


def test_pages_hold_every_change_once_and_end(world: World, desk: Client) -> None:
    with acting(by=world.users["secretariat"], verb="load_record"):  # of one moment, across kinds
        for number in range(70):
            Portfolio.objects.create(key=f"p{number}", name_en=f"P{number}")
            Ministry.objects.create(code=f"M{number}", participant_id=Participant.objects.values_list("pk")[0][0], name="M")
    seen, path = [], "/desk/history/?verb=load_record"
    while path:
        page = desk.get(path).context["page"]
        seen += [(entry.tracked.kind, entry.object) for entry in page.entries]
        path = f"/desk/history/?verb=load_record&after={page.following}".replace("+", "%2B") if page.following else ""
    assert len(seen) == len(set(seen)) == 140


@pytest.mark.parametrize(
    "query",
    [
        "kind=nothing",
        "person=x",
        "person=99999999999999999999",
        "verb=x",
        "since=yesterday",
        "since=2026&until=2025",
        "after=x",
        "after=2026-01-01~1~1",
        "after=2026-01-01T00:00:00%2B00:00~1~99999999999",
        "reference=%00",
    ],
)
def test_bad_questions_are_answered_in_words(desk: Client, query: str) -> None:
    response = desk.get(f"/desk/history/?{query}")
    assert response.status_code == 422
    assert "There is a problem" in response.content.decode()


def test_as_many_queries_with_one_row_as_with_three(world: World, desk: Client) -> None:
    counts = []
    for number in range(3):
        ministry(world, f"Ministry {number}")
        with CaptureQueriesContext(connection) as found:
            assert len(desk.get("/desk/history/?kind=ministry").context["page"].entries) == number + 2
        counts.append(len(found))
    assert counts[0] == counts[2]
    with CaptureQueriesContext(connection) as found:
        assert len(desk.get("/desk/history/").context["page"].entries) == 50
    assert len(found) == counts[0]


# --- one record -----------------------------------------------------------------------------------------------------
def changes(response: Any) -> list[list[tuple[str, str, str]]]:
    return [[(field.words, field.old, field.new) for field in change.fields] for change in response.context["changes"]]


def test_record_shows_fields_old_and_new_with_dates_as_known(world: World, desk: Client) -> None:
    made = ministry(world, "Ships")
    record = Ministry.objects.get(pk=made.pk)
    record.name, record.period_to, record.period_to_precision = "Boats", date(2004, 5, 31), "month"
    save_record(record=record, by=world.users["secretariat"], expected_version=1)
    response = desk.get(f"/desk/history/ministry/{made.pk}/")
    assert changes(response)[0] == [
        ("until", "", "May 2004"),
        ("how exactly the end is known", "day", "month"),
        ("name", "Ships", "Boats"),
    ]
    assert ("name", "", "Ships") in changes(response)[1]
    assert len(changes(response)) == 2


def test_personal_values_are_said_to_have_changed_but_not_kept(world: World, desk: Client) -> None:
    official = Official.objects.get(pk=world.official_a)
    official.email = "new-secret@a.example"
    save_record(record=official, by=world.users["secretariat"], expected_version=1)
    response = desk.get(f"/desk/history/official/{official.pk}/")
    first = response.context["changes"][0]
    assert (first.fields, first.note) == (
        [],
        "Personal details changed. The history keeps that, when and by whom, not what they were.",
    )
    assert "new-secret" not in response.content.decode()


def test_reason_of_a_withdrawal_is_shown(world: World, desk: Client) -> None:
    withdraw_activity(
        activity=Activity.objects.get(reference=world.activity), reason="Entered twice", by=world.users["secretariat"]
    )
    response = desk.get(f"/desk/history/activity/{world.activity}/")
    assert response.context["changes"][0].why == "Entered twice"
    assert response.context["changes"][0].entry.did == "Withdrew an activity"


def test_links_are_changes_of_their_record(world: World, desk: Client) -> None:
    activity = Activity.objects.get(reference=world.activity)
    with acting(by=world.users["secretariat"], verb="edit_activity"):
        activity.objectives.add(Objective.objects.get())
    with acting(by=world.users["secretariat"], verb="edit_activity"):
        activity.objectives.clear()
    found = changes(desk.get(f"/desk/history/activity/{world.activity}/"))
    assert [("objective", "", "OBJ-01: First")] in found
    assert [("objective", "OBJ-01: First", "")] in found


def test_record_that_was_taken_away_keeps_its_history(world: World, desk: Client) -> None:
    made = ministry(world, "Gone")
    pk = made.pk
    remove_record(record=made, by=world.users["secretariat"])
    entry = desk.get("/desk/history/?kind=ministry").context["page"].entries[0]
    response = desk.get(f"/desk/history/ministry/{entry.key}/")
    assert (response.status_code, entry.key, entry.action) == (200, str(pk), "delete")
    assert ("name", "Gone", "") in changes(response)[0]
    portfolio = Portfolio.objects.create(key="gone", name_en="Gone")
    number = portfolio.pk
    portfolio.delete()
    assert desk.get(f"/desk/history/portfolio/{number}/").status_code == 200
    assert desk.get("/desk/history/portfolio/gone/").status_code == 200


def test_record_page_asks_as_often_for_one_change_as_for_three(world: World, desk: Client) -> None:
    made = ministry(world, "One")
    counts = []
    for number in range(2, 5):
        record = Ministry.objects.get(pk=made.pk)
        record.name = f"Name {number}"
        save_record(record=record, by=world.users["secretariat"], expected_version=record.version)
        with CaptureQueriesContext(connection) as found:
            desk.get(f"/desk/history/ministry/{made.pk}/")
        counts.append(len(found))
    assert counts[0] == counts[2]


@pytest.mark.parametrize(
    "path",
    [
        "nothing/1/",
        "ministry/999999999/",
        "ministry/99999999999999999999999/",
        "ministry/x/",
        "activity/%00/",
        "activity/XX-1999-99/",
        "ministry/²/",
    ],
)
def test_records_that_are_not_there_are_not_found(desk: Client, path: str) -> None:
    assert desk.get(f"/desk/history/{path}").status_code == 404


def test_bad_place_in_a_record_is_not_found(world: World, desk: Client) -> None:
    assert desk.get(f"/desk/history/activity/{world.activity}/?after=x").status_code == 404


# --- what is not the secretariat's ----------------------------------------------------------------------------------
def everything(client: Client) -> str:
    """All pages of the list, and the page of each record on them."""
    text, path = "", "/desk/history/"
    records: set[str] = set()
    while path:
        response = client.get(path)
        text += response.content.decode()
        page = response.context["page"]
        records |= {f"/desk/history/{entry.tracked.kind}/{entry.key}/" for entry in page.entries}
        path = f"/desk/history/?after={page.following}".replace("+", "%2B") if page.following else ""
    return text + "".join(client.get(record).content.decode() for record in sorted(records))


def open_call(by: User) -> Consultation:
    return Consultation.objects.create(
        title="Views", audience="participants", question="?", opened_at=timezone.now(), opened_by=by
    )


def test_national_space_never_appears_for_the_secretariat(world: World) -> None:
    aland, focal = Participant.objects.get(slug="aland"), world.users["focal_point_a"]
    consultation = open_call(focal)
    with acting(by=focal, verb="canary_interest"):
        interest = AreaInterest.objects.create(participant=aland, area=ProgrammeArea.objects.get(), interest="observe")
        reply = Reply.objects.create(consultation=consultation, participant=aland)
        for number, words in enumerate(("CANARY-DRAFT", "CANARY-SECOND"), start=1):
            ReplyVersion.objects.create(reply=reply, number=number, text=words, saved_by=focal)
        Comment.objects.create(participant=aland, reply=reply, text="CANARY-COMMENT", written_by=focal)
        NationalMeeting.objects.create(participant=aland, day=date(2026, 1, 5), recorded_by=focal)
    for name in ("secretariat", "administrator"):
        client = client_for(world, name)
        found = everything(client)
        assert "CANARY" not in found
        assert "Canary" not in found
        assert client.get(f"/desk/history/area-interest/{interest.pk}/").status_code == 404
        assert client.get(f"/desk/history/reply/{reply.pk}/").status_code == 404
        assert client.get("/desk/history/?kind=area-interest").status_code == 422


def test_reply_appears_once_submitted_without_its_drafts(world: World, desk: Client) -> None:
    aland, focal = Participant.objects.get(slug="aland"), world.users["focal_point_a"]
    consultation = open_call(focal)
    reply = Reply.objects.create(consultation=consultation, participant=aland)
    ReplyVersion.objects.create(reply=reply, number=1, text="CANARY-DRAFT", saved_by=focal)
    ReplyVersion.objects.create(reply=reply, number=2, text="Final", saved_by=focal, is_submitted=True)
    Reply.objects.filter(pk=reply.pk).update(submitted_at=timezone.now(), submitted_by=focal)
    response = desk.get(f"/desk/history/reply/{reply.pk}/")
    assert len(response.context["changes"]) == 1
    assert "CANARY" not in response.content.decode()


def test_accounts_are_for_administrators(world: World, desk: Client) -> None:
    invitation = AccountInvitation.objects.create(
        email="canary-mail@x.example",
        role="secretariat",
        token_hash="h",
        invited_by=world.users["administrator"],
        expires_at=timezone.now(),
    )
    account = world.users["focal_point_a"].pk
    for path in (f"account-invitation/{invitation.pk}", f"account/{account}"):
        assert desk.get(f"/desk/history/{path}/").status_code == 404
        assert client_for(world, "administrator").get(f"/desk/history/{path}/").status_code == 200
    assert "canary-mail" not in everything(desk)


def test_kinds_of_addresses_stay() -> None:
    assert {
        *("participant", "ministry", "official", "office", "seat", "appointment", "body", "forum", "activity", "invitation"),
        *("nomination", "delegate", "attendance", "objective", "goal", "programme-area", "review", "recommendation"),
        *("document", "progress-report", "circulation", "letter", "portfolio", "topic"),
    } <= set(BY_KIND)
