"""Two entries of one person become one and come apart again; everything that refers to them goes along."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pghistory.models
import pytest
from django.apps import apps
from django.core.serializers import serialize
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from activities.models import Activity, Delegate, Invitation, Nomination
from members.enums import AppointmentRole
from members.errors import Conflict, DomainError
from members.models import Appointment, ContactRemark, Delivery, MergeRecord, Official, Participant
from members.models.base import append_only, today
from members.selectors_directory import contacts_found, directory_of
from members.selectors_duplicates import likely_duplicates
from members.selectors_merging import clashes, references
from members.services.directory import save_record
from members.services.merging import merge_officials, unmerge_officials
from members.services.outbox import queue_delivery
from tests.cast import World, client_for, make_world

DESK = "/desk/contacts/"


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def desk(world: World) -> Client:
    return client_for(world, "secretariat")


@pytest.fixture
def pair(world: World) -> tuple[Official, Official]:
    """Two entries of one person of Aland; the second has past and present of every kind."""
    aland, by = Participant.objects.get(slug="aland"), world.users["secretariat"]
    one = Official.objects.create(participant=aland, name="Taro Tanaka", position="Head", email="taro@a.example")
    two = Official.objects.create(participant=aland, name="TANAKA Tarō", phone="7", email="tanaka@a.example")
    invitation = Invitation.objects.get(pk=world.invitation_a)
    nomination = Nomination.objects.create(invitation=invitation, official=two, submitted_by=by)
    Delegate.objects.create(
        activity=invitation.activity, official=two, participant=aland, nomination=nomination, title="Clerk of that day"
    )
    Appointment.objects.create(
        official=two,
        role=AppointmentRole.MINISTRY,
        participant=aland,
        title="Clerk of that day",
        period_from=date(2010, 1, 1),
        period_to=date(2011, 1, 1),
    )
    ContactRemark.objects.create(official=two, text="A new address")
    queue_delivery(kind="test", to=two, key="test:two", subject="S", text="T", by=by)
    return one, two


def tables() -> dict[str, Any]:
    """Every row of ours, without versions, histories and merges."""
    found: dict[str, Any] = {}
    for model in (model for app in ("members", "activities", "reports") for model in apps.get_app_config(app).get_models()):
        if not model.__name__.endswith("Event") and model is not MergeRecord:
            rows = json.loads(serialize("json", model._default_manager.order_by("pk")))
            for row in rows:
                row["fields"].pop("version", None)
            found[model._meta.label] = rows
    return found


def merge(world: World, kept: Official, other: Official, **choices: str) -> MergeRecord:
    return merge_officials(kept=kept, other=other, choices=choices, by=world.users["secretariat"])


def test_every_foreign_key_to_an_official_is_covered() -> None:
    known = {reference.label for reference in references()}
    all_keys = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if not issubclass(model, pghistory.models.Event) and model is not MergeRecord
        for field in [*model._meta.concrete_fields, *model._meta.many_to_many]
        if field.related_model is Official
    }
    assert known == all_keys
    assert known == {
        "activities.Delegate.official",
        "activities.NewsRequest.official",
        "activities.Nomination.official",
        "members.Appointment.official",
        "members.ContactRemark.official",
        "members.Delivery.official",
    }
    unchangeable = append_only().name
    for reference in references():
        triggers: list[Any] = getattr(reference.model._meta, "triggers", [])
        assert unchangeable not in {trigger.name for trigger in triggers}


def test_merge_moves_everything_and_unmerge_brings_back_exactly_what_was(world: World, pair: tuple[Official, Official]) -> None:
    one, two = pair
    before = tables()
    record = merge(world, one, two, name="other", phone="other")
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.name, one.position, one.phone, one.email) == ("TANAKA Tarō", "Head", "7", "taro@a.example")
    assert two.period_to == today() - timedelta(days=1)
    assert {label: len(keys) for label, keys in record.moved.items()} == {
        "activities.Delegate.official": 1,
        "activities.Nomination.official": 1,
        "members.Appointment.official": 1,
        "members.ContactRemark.official": 1,
        "members.Delivery.official": 1,
    }
    for model in (Delegate, Nomination, Appointment, ContactRemark, Delivery):
        assert not model._default_manager.filter(official=two).exists()
    assert set(one.delegations.values_list("title", flat=True)) == {"Clerk of that day"}
    assert set(one.appointments.values_list("title", flat=True)) == {"Clerk of that day"}
    assert unmerge_officials(record=record, by=world.users["secretariat"]) == []
    assert tables() == before


def test_merged_entry_is_in_no_list_and_no_choice(world: World, desk: Client, pair: tuple[Official, Official]) -> None:
    one, two = pair
    Official.objects.filter(pk=two.pk).update(period_from=today())  # begun and ended today: its period alone would not hide it
    record = merge(world, one, two)
    user = world.users["secretariat"]
    assert two not in Official.objects.current()
    assert two not in directory_of(Participant.objects.get(slug="aland"), user).officials
    assert list(contacts_found("tanaka", user)["officials"]) == [one]
    assert "TANAKA" not in desk.get(f"{DESK}participants/aland/appoint/").content.decode()
    assert all(two not in found for found in likely_duplicates(user))
    gone = desk.get(f"{DESK}records/official/{two.pk}/")
    assert (gone.status_code, gone["Location"]) == (302, f"{DESK}merges/{record.pk}/")
    assert desk.get(f"{DESK}officials/{one.pk}/merge/?with={two.pk}").status_code == 404


def test_account_moves_where_only_one_has_it(world: World, pair: tuple[Official, Official]) -> None:
    one, two = pair
    account = world.users["former_focal_point"]
    Official.objects.filter(pk=two.pk).update(user=account)
    before = tables()
    record = merge(world, one, two)
    assert Official.objects.get(pk=one.pk).user == account
    assert Official.objects.get(pk=two.pk).user is None
    unmerge_officials(record=record, by=world.users["secretariat"])
    assert tables() == before


def test_what_clashes_is_said_and_nothing_is_changed(world: World, desk: Client, pair: tuple[Official, Official]) -> None:
    one, two = pair
    invitation = Invitation.objects.get(pk=world.invitation_a)
    Delegate.objects.create(activity=invitation.activity, official=one, participant=invitation.participant)
    place: dict[str, Any] = {
        "role": AppointmentRole.MINISTRY,
        "participant": invitation.participant,
        "period_from": date(2010, 6, 1),
    }
    Appointment.objects.create(official=one, **place)
    Official.objects.filter(pk=one.pk).update(user=world.users["former_focal_point"])
    Official.objects.filter(pk=two.pk).update(user=world.users["partner_invited"])
    one.refresh_from_db()
    two.refresh_from_db()
    before = tables()
    said = clashes(one, two)
    assert len(said) == 3
    assert said[0] == "Both have an account. End one of the accounts first."
    assert said[1] == "Both are in one place at one time: Ministry official, Aland. End one of the two first."
    assert said[2].startswith("Both have a record of one kind in one place: delegate, ")
    with pytest.raises(DomainError, match="Both have an account"):
        merge(world, one, two)
    page = desk.get(f"{DESK}officials/{one.pk}/merge/", {"with": two.pk}).content.decode()
    assert "They cannot be made one yet" in page
    assert "Make them one</button>" not in page
    answers = {"with": two.pk, "version": one.version, "other_version": two.version, "name": "kept", "position": "kept"}
    refused = desk.post(f"{DESK}officials/{one.pk}/merge/", answers | {"email": "kept", "phone": "other"})
    assert refused.status_code == 422
    assert tables() == before


def test_nobody_is_merged_across_participants_or_into_itself(world: World, pair: tuple[Official, Official]) -> None:
    one, _two = pair
    stranger = Official.objects.get(user=world.users["focal_point_b"])
    with pytest.raises(DomainError, match="different participants"):
        merge(world, one, stranger)
    with pytest.raises(DomainError, match="two different entries"):
        merge(world, one, one)


def test_merge_on_the_page_and_back(world: World, desk: Client, pair: tuple[Official, Official]) -> None:
    one, two = pair
    before = tables()
    address = f"{DESK}officials/{one.pk}/merge/"
    assert "TANAKA" in desk.get(address).content.decode()  # suggested
    assert "TANAKA" in desk.get(address, {"q": "7 tanaka"}).content.decode()
    page = desk.get(address, {"with": two.pk}).content.decode()
    assert "delegate: 1" in page
    answers = {"with": two.pk, "version": one.version, "other_version": two.version}
    answers |= {"name": "other", "position": "kept", "email": "kept", "phone": "other"}
    response = desk.post(address, answers)
    record = MergeRecord.objects.get(kept=one)
    assert (response.status_code, response["Location"]) == (302, f"{DESK}merges/{record.pk}/")
    assert "5 records moved." in desk.get(response["Location"]).content.decode()
    assert "TANAKA Tarō into TANAKA Tarō" in desk.get(f"{DESK}duplicates/").content.decode()
    assert desk.post(f"{DESK}merges/{record.pk}/undo/").status_code == 302
    assert tables() == before
    assert desk.post(f"{DESK}merges/{record.pk}/undo/").status_code == 302  # said, and nothing happens
    assert tables() == before


def test_merge_of_an_entry_that_changed_meanwhile_is_refused(world: World, desk: Client, pair: tuple[Official, Official]) -> None:
    one, two = pair
    answers = {"with": two.pk, "version": one.version, "other_version": two.version + 1}
    answers |= {"name": "other", "position": "kept", "email": "kept", "phone": "other"}
    assert desk.post(f"{DESK}officials/{one.pk}/merge/", answers).status_code == 409
    with pytest.raises(Conflict):
        merge_officials(kept=one, other=two, choices={}, expected_version=99, by=world.users["secretariat"])


def test_undo_keeps_what_was_edited_since_and_says_so(world: World, desk: Client, pair: tuple[Official, Official]) -> None:
    one, two = pair
    record = merge(world, one, two, name="other", phone="other")
    one.refresh_from_db()
    one.phone = "8"
    save_record(record=one, by=world.users["administrator"], expected_version=one.version)
    remark = ContactRemark.objects.get(official=one)
    remark.delete()
    page = desk.get(f"{DESK}merges/{record.pk}/").content.decode()
    assert "Phone stays as it is now: it was edited since." in page
    assert "1 of the moved records stay where they are now (remark on a contact)" in page
    assert len(unmerge_officials(record=record, by=world.users["secretariat"])) == 2
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.name, one.phone, two.phone, two.period_to) == ("Taro Tanaka", "8", "7", None)


def test_merges_of_merges_are_undone_in_turn(world: World, pair: tuple[Official, Official]) -> None:
    one, two = pair
    three = Official.objects.create(participant=one.participant, name="Tanaka T.")
    before = tables()
    first = merge(world, one, two)
    second = merge(world, three, Official.objects.get(pk=one.pk))
    with pytest.raises(DomainError, match="Undo that first"):
        unmerge_officials(record=first, by=world.users["secretariat"])
    with pytest.raises(DomainError, match="merged into another entry already"):
        merge(world, two, three)
    for record in (second, first):
        assert unmerge_officials(record=record, by=world.users["secretariat"]) == []
    assert tables() == before


def test_taken_address_stops_the_undo(world: World, pair: tuple[Official, Official]) -> None:
    one, two = pair
    record = merge(world, one, two)
    Official.objects.create(participant=one.participant, name="New", email="tanaka@a.example")
    with pytest.raises(DomainError, match="has this e-mail address"):
        unmerge_officials(record=record, by=world.users["secretariat"])
    assert MergeRecord.objects.get(pk=record.pk).undone_at is None


def test_history_keeps_no_personal_value_of_a_merge(world: World, pair: tuple[Official, Official]) -> None:
    record = merge(world, *pair, name="other")
    unmerge_officials(record=record, by=world.users["secretariat"])
    events = apps.get_model("members", "MergeRecordEvent").objects.filter(pgh_obj_id=record.pk).order_by("pk")
    assert [event.pgh_context["verb"] for event in events] == ["merge_officials", "unmerge_officials"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM members_mergerecordevent t WHERE t::text ~* 'tanaka'")
        assert cursor.fetchone() == (0,)


def test_duplicates_cost_the_same_with_one_pair_and_with_three(
    world: World, desk: Client, pair: tuple[Official, Official]
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert desk.get(f"{DESK}duplicates/").status_code == 200
        return len(found)

    before = queries()
    assert Activity.objects.exists()
    for number in range(3):
        for name in (f"Citra Dewanti {number}{number}{number}", f"DEWANTI Citra {number}{number}{number}"):
            Official.objects.create(participant=Participant.objects.get(slug="bland"), name=name)
    other = [Official.objects.create(participant=Participant.objects.get(slug="dland"), name=f"Eko {name}") for name in "ab"]
    merge(world, *other)
    assert queries() == before


@pytest.mark.parametrize("value", ["", "x", "-1", "99999999999999999999", "\x00", "1"])
def test_foolish_other_entry_is_not_there(world: World, desk: Client, pair: tuple[Official, Official], value: str) -> None:
    one, _two = pair
    assert desk.get(f"{DESK}officials/{one.pk}/merge/", {"with": value}).status_code == 404
    assert desk.post(f"{DESK}officials/{one.pk}/merge/", {"with": value}).status_code == 404
    assert desk.get(f"{DESK}officials/{one.pk}/merge/", {"q": value}).status_code == 200
