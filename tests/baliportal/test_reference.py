"""Reference tables: an administrator keeps them, what is used stays, a key never changes, rights change after a yes."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from activities.models import Activity, ActivityKind
from baliportal.reference import TABLES
from members.models import Body, Ministry, Participant, Portfolio, Process, Region, SeatRole, Topic, User
from members.roles import DESCRIPTIONS, PERMISSION_SETS
from members.services import reference as service
from tests.cast import World, client_for, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def admin(world: World) -> Client:
    return client_for(world, "administrator")


def answers(row: Any, **changes: Any) -> dict[str, Any]:
    found = {
        "name_en": row.name_en,
        "name_id": row.name_id,
        "order": row.order,
        "expected_version": row.version,
    }
    if isinstance(row, SeatRole):
        found |= {"permission_set": row.permission_set}
        found |= {name: "on" for name in ("is_member", "approves") if getattr(row, name)}
    return found | changes


def test_each_permission_set_is_described() -> None:
    assert set(DESCRIPTIONS) == set(PERMISSION_SETS)


@pytest.mark.parametrize("slug", sorted(TABLES))
def test_tables_are_read_by_staff_and_opened_by_administrators(world: World, admin: Client, slug: str) -> None:
    staff = client_for(world, "secretariat")
    for prefix in ("", "/id"):
        page = staff.get(f"{prefix}/desk/reference/{slug}/")
        assert page.status_code == 200
        assert "/new/" not in page.content.decode()
        assert f"/desk/reference/{slug}/new/" in admin.get(f"{prefix}/desk/reference/{slug}/").content.decode()
        assert admin.get(f"{prefix}/desk/reference/{slug}/new/").status_code == 200
    assert staff.get(f"/desk/reference/{slug}/new/").status_code == 403


def test_index_leads_to_all_tables(admin: Client) -> None:
    text = admin.get("/desk/reference/").content.decode()
    for slug in (*TABLES, "process"):
        assert f'href="/desk/reference/{slug}/"' in text


def test_row_is_added_edited_and_says_who_did_it(world: World, admin: Client) -> None:
    given = {"key": "coast-guard", "name_en": "Coast guard", "name_id": "Penjaga pantai", "order": "7", "is_channel": "on"}
    assert admin.post("/desk/reference/portfolio/new/", given).status_code == 302
    row = Portfolio.objects.get(key="coast-guard")
    assert (row.name_en, row.name_id, row.order, row.is_channel) == ("Coast guard", "Penjaga pantai", 7, True)
    path = "/desk/reference/portfolio/coast-guard/"
    assert admin.post(path, answers(row, name_en="Coast guards", key="other")).status_code == 302
    row.refresh_from_db()
    assert (row.key, row.name_en, row.version, row.is_channel) == ("coast-guard", "Coast guards", 2, False)
    dids = [entry.did for entry in admin.get("/desk/history/?reference=coast-guard").context["page"].entries]
    assert dids == ["Edited a row of a reference table", "Added a row to a reference table"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"key": "people-smuggling"}, "Another row has this key already"),
        ({"key": "new"}, "Use small letters, digits and hyphens"),
        ({"key": "Big"}, "Use small letters, digits and hyphens"),
        ({"key": "a_b"}, "Use small letters, digits and hyphens"),
        ({"key": "a b"}, "Enter a valid"),
        ({"key": ""}, "This field is required"),
        ({"name_en": ""}, "This field is required"),
        ({"name_en": "x" * 121}, "at most 120"),
        ({"name_en": "x\x00"}, "Null characters"),
        ({"order": "many"}, "Enter a whole number"),
        ({"order": "99999999999999999999"}, "less than or equal"),
        ({"order": "-1"}, "greater than or equal"),
    ],
)
def test_bad_rows_are_refused_in_words(admin: Client, changes: dict[str, str], said: str) -> None:
    given = {"key": "borders", "name_en": "Borders", "name_id": "", "order": "1"}
    response = admin.post("/desk/reference/topic/new/", given | changes)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert Topic.objects.count() == 1


def test_two_editors_at_once_see_both_texts(admin: Client) -> None:
    row = Topic.objects.get()
    path = f"/desk/reference/topic/{row.key}/"
    assert admin.post(path, answers(row, name_en="First")).status_code == 302
    response = admin.post(path, answers(row, name_en="Second"))
    assert response.status_code == 409
    text = response.content.decode()
    assert "First" in text
    assert "Second" in text
    assert Topic.objects.get().name_en == "First"


@pytest.mark.parametrize("version", ["", "x", "99999999999999999999"])
def test_an_edit_needs_the_version_it_started_from(admin: Client, version: str) -> None:
    row = Topic.objects.get()
    response = admin.post(f"/desk/reference/topic/{row.key}/", answers(row, name_en="X", expected_version=version))
    assert response.status_code in {409, 422}
    assert Topic.objects.get().name_en == row.name_en


# --- what is used stays ---------------------------------------------------------------------------------------------
def test_table_says_what_uses_each_row(world: World, admin: Client) -> None:
    rows = admin.get("/desk/reference/topic/").context["rows"]
    uses = {use.words: use.number for _row, found in rows for use in found}
    assert uses == {"Appointment": 4}  # of A, B, one who has left and A's predecessor


def test_links_of_many_to_many_count_as_uses_and_keep_the_row(world: World, admin: Client) -> None:
    row = Portfolio.objects.create(key="borders", name_en="Borders")
    ministry = Ministry.objects.get(pk=world.ministry_a)
    ministry.portfolios.add(row)
    response = admin.post("/desk/reference/portfolio/borders/delete/", follow=True)
    assert "It is used and cannot be deleted (Ministry: 1). Retire it instead." in response.content.decode()
    assert list(ministry.portfolios.all()) == [row]
    ministry.portfolios.clear()
    assert admin.post("/desk/reference/portfolio/borders/delete/").status_code == 302
    assert not Portfolio.objects.exists()


def test_key_that_another_table_holds_as_text_is_a_use(admin: Client) -> None:
    kind = ActivityKind.objects.create(key="sitting", name_en="Sitting")
    Body.objects.update(activity_kind="sitting")
    admin.post("/desk/reference/activity-kind/sitting/delete/")
    assert ActivityKind.objects.filter(pk=kind.pk).exists()
    assert "Body: 1" in admin.get("/desk/reference/activity-kind/sitting/").content.decode()


@pytest.mark.parametrize("slug", sorted(TABLES))
def test_as_many_queries_with_one_row_as_with_three(admin: Client, slug: str) -> None:
    model: Any = TABLES[slug].model
    counts = []
    for number in range(3):
        model.objects.create(key=f"k{number}", name_en=f"K{number}")
        with CaptureQueriesContext(connection) as found:
            admin.get(f"/desk/reference/{slug}/")
        counts.append(len(found))
    assert counts[0] == counts[2]


# --- retired rows ---------------------------------------------------------------------------------------------------
def test_retired_row_is_offered_no_longer_and_still_shown(world: World, admin: Client) -> None:
    staff = client_for(world, "secretariat")
    kind = ActivityKind.objects.get()
    other = ActivityKind.objects.create(key="meeting", name_en="Meeting")
    assert admin.post("/desk/reference/activity-kind/workshop/retire/").status_code == 302
    assert admin.post("/desk/reference/activity-kind/workshop/retire/").status_code == 302
    kind.refresh_from_db()
    assert (kind.retired_by, kind.version) == (world.users["administrator"], 2)
    offered = staff.get("/desk/activities/new/").context["form"].fields["kind"].queryset
    assert list(offered) == [other]
    assert "Workshop" in staff.get(f"/activities/{world.activity}/").content.decode()
    kept = staff.get(f"/desk/activities/{world.activity}/edit/").context["form"].fields["kind"].queryset
    assert set(kept) == {kind, other}
    assert "Retired" in staff.get("/desk/reference/activity-kind/").content.decode()
    assert admin.post("/desk/reference/activity-kind/workshop/offer/").status_code == 302
    assert set(staff.get("/desk/activities/new/").context["form"].fields["kind"].queryset) == {kind, other}


def test_retired_kind_of_an_old_record_survives_its_edit(world: World, admin: Client) -> None:
    from activities.forms import ActivityForm

    admin.post("/desk/reference/activity-kind/workshop/retire/")
    activity = Activity.objects.get(reference=world.activity)
    given = {name: value for name, value in ActivityForm.initial_of(activity).items() if value not in (None, "", [], False)}
    given["kind"] = activity.kind_id
    response = client_for(world, "secretariat").post(f"/desk/activities/{world.activity}/edit/", given | {"title": "Again"})
    assert response.status_code == 302
    activity.refresh_from_db()
    assert (activity.title, activity.kind.key) == ("Again", "workshop")


def test_retired_row_is_not_chosen_by_a_forged_answer(world: World, admin: Client) -> None:
    region = Region.objects.create(key="x", name_en="X")
    admin.post("/desk/reference/region/x/retire/")
    participant = Participant.objects.get(slug="aland")
    response = client_for(world, "secretariat").post(
        "/desk/contacts/participants/aland/edit/",
        {
            "name": "Aland",
            "kind": "government",
            "language": "en",
            "confidence": "public",
            "region": region.pk,
            "expected_version": participant.version,
        },
    )
    assert response.status_code == 422


# --- what a role may do ---------------------------------------------------------------------------------------------
def test_rights_of_a_role_change_after_a_yes_that_says_how_many(world: World, admin: Client) -> None:
    role = SeatRole.objects.get(key="partner-agency")  # two agencies hold such a seat
    path = "/desk/reference/seat-role/partner-agency/"
    response = admin.post(path, answers(role, permission_set="co-chair"))
    assert response.status_code == 422
    text = response.content.decode()
    assert "This changes what 2 people may do from now on. Say that it is meant." in text
    assert "Yes, change what 2 people may do" in text
    role.refresh_from_db()
    assert role.permission_set == "steering-group"
    assert admin.post(path, answers(role, permission_set="co-chair", confirmed="on")).status_code == 302
    role.refresh_from_db()
    assert role.permission_set == "co-chair"


def test_whether_a_role_approves_is_a_right_too_and_a_name_is_none(admin: Client) -> None:
    role = SeatRole.objects.get(key="coordinator")
    path = "/desk/reference/seat-role/coordinator/"
    assert admin.post(path, answers(role, approves="on")).status_code == 422
    assert admin.post(path, answers(role, name_en="Coordinator")).status_code == 302


def test_unknown_permission_set_is_refused(admin: Client) -> None:
    role = SeatRole.objects.get(key="coordinator")
    assert admin.post("/desk/reference/seat-role/coordinator/", answers(role, permission_set="root")).status_code == 422


# --- the process, and rights ----------------------------------------------------------------------------------------
def test_names_of_the_process_are_edited_and_its_prefix_stays(admin: Client) -> None:
    given = {"name_en": "New", "name_id": "Baru", "full_name_en": "New name", "full_name_id": "", "expected_version": "1"}
    assert admin.post("/desk/reference/process/", given | {"prefix": "ZZ"}).status_code == 302
    process = Process.objects.get()
    assert (process.name_en, process.name_id, process.prefix, process.version) == ("New", "Baru", "XX", 2)
    assert admin.post("/desk/reference/process/", given | {"name_en": "Late"}).status_code == 409
    assert admin.post("/desk/reference/process/", given | {"name_en": ""}).status_code == 422


def test_services_ask_for_the_right_themselves(world: World) -> None:
    staff: User = world.users["secretariat"]
    row = Topic.objects.get()
    calls: list[Any] = [
        lambda: service.add_row(row=Topic(key="x", name_en="X"), by=staff),
        lambda: service.edit_row(row=row, expected_version=1, by=staff),
        lambda: service.retire_row(row=row, by=staff),
        lambda: service.offer_row(row=row, by=staff),
        lambda: service.delete_row(row=row, by=staff),
        lambda: service.edit_process(process=Process.objects.get(), expected_version=1, by=staff),
    ]
    for call in calls:
        with pytest.raises(PermissionDenied):
            call()


@pytest.mark.parametrize("path", ["nothing/", "topic/none/", "nothing/new/"])
def test_what_is_not_there_is_not_found(admin: Client, path: str) -> None:
    assert admin.get(f"/desk/reference/{path}").status_code == 404
