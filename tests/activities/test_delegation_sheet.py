"""The delegation on one sheet: rows, last time's people, pasted lists, duplicates, substitutes, and nothing lost on an error."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import html

from activities.delegation_paste import read_people
from activities.enums import DelegatePart, NominationState
from activities.models import Activity, Delegate, Invitation, LateChange, Nomination
from activities.services.nominations import RowError, confirm_delegate, restore_nominee, withdraw_nominee
from members.errors import Conflict, DomainError
from members.models import Delivery, Official, Participant
from members.sheets import SheetError
from tests.activities.delegations import PEOPLE, activity_of, edited, invitation_of, page, sheet, states, submit
from tests.cast import World, client_for, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def values(content: bytes, field: str) -> list[str]:
    """What stands in a field of every row, in order; the empty row of the script does not count."""
    tree = html.fromstring(content.decode())
    return [found.get("value") or "" for found in tree.xpath(f"//*[@data-rows]//*[contains(@name, '-{field}')]")]


def problems(content: bytes) -> list[str]:
    return [
        " ".join(found.text_content().split()) for found in html.fromstring(content.decode()).xpath("//*[@class='errsum']//li")
    ]


# --- rows ---------------------------------------------------------------------------------------------------------------


def test_one_row_to_begin_with_and_three_more_on_request(world: World) -> None:
    client, url = page(world)
    assert len(values(client.get(url).content, "name")) >= 1
    more = client.post(url, edited({"add": "3"}, {"name": "Dewi"}))
    assert values(more.content, "email") == ["p0@x.example", "", "", ""]
    assert values(client.post(url, edited({"add": "1"}, {})).content, "email") == ["p0@x.example", ""]
    blank = {"name": "", "position": "", "email": ""}
    assert len(values(client.post(url, edited({"add": "3"}, blank, blank)).content, "email")) == 5
    fewer = client.post(url, edited({"take_out": "2"}, {}, blank, {"name": "Budi"}))
    assert values(fewer.content, "email") == ["p0@x.example", ""]
    assert Nomination.objects.count() == 0


def test_order_of_the_sheet_is_kept_and_can_change(world: World) -> None:
    submit(world, PEOPLE)
    client, url = page(world)
    assert values(client.get(url).content, "email") == [person.email for person in PEOPLE]
    submit(world, PEOPLE[::-1])
    assert values(client.get(url).content, "email") == [person.email for person in PEOPLE[::-1]]


def test_empty_rows_among_others_are_left_out(world: World) -> None:
    client, url = page(world)
    blank = {"name": "", "position": "", "email": "", "part": "adviser"}
    assert client.post(url, sheet({}, blank, {"name": "Budi Santoso"}, blank)).status_code == 302
    assert states(world) == {"Dewi Lestari": "submitted", "Budi Santoso": "submitted"}


def test_first_view_is_light(world: World) -> None:
    submit(world, PEOPLE)
    client, url = page(world)
    assert len(client.get(url).content) < 60_000


@pytest.mark.parametrize("number", [1, 3])
def test_the_sheet_asks_as_often_with_one_person_as_with_three(world: World, number: int) -> None:
    submit(world, PEOPLE[:number])
    client, url = page(world)
    client.get("/about/")
    with CaptureQueriesContext(connection) as asked:
        client.get(url)
    assert len(asked) == 12, "\n".join(row["sql"][:60] + row["sql"][-60:] for row in asked)
    with CaptureQueriesContext(connection) as asked:
        client.get(f"{url}done/")
    assert len(asked) <= 12


# --- errors name the row ------------------------------------------------------------------------------------------------


def test_every_error_names_its_row_and_everything_typed_stays(world: World) -> None:
    client, url = page(world)
    answers = sheet(
        {"name": ""},
        {"name": "Budi Santoso", "email": "no-address"},
        {"name": "Sri Wahyuni", "part": "head"},
        {"name": "Ani Yudhoyono", "part": "head", "email": "P2@X.example"},
    )
    response = client.post(url, answers)
    assert response.status_code == 422
    assert problems(response.content) == [
        "Row 1: Enter the full name.",
        "Row 2, Budi Santoso: Enter an email address with an @ sign, such as name@ministry.go.id",
        "Row 4, Ani Yudhoyono: A delegation has one head.",
        "Row 4, Ani Yudhoyono: This address stands twice: in row 3, too.",
    ]
    assert values(response.content, "email") == ["p0@x.example", "no-address", "p2@x.example", "P2@X.example"]
    assert Nomination.objects.count() == 0


def test_too_many_people_are_named_by_their_rows(world: World) -> None:
    Invitation.objects.update(quota=2)
    client, url = page(world)
    response = client.post(url, sheet({}, {"name": "Budi Santoso"}, {"name": "Sri Wahyuni"}, {"name": "Ani Yudhoyono"}))
    assert response.status_code == 422
    assert problems(response.content) == [
        "There are 2 places for each participant.",
        "Row 3, Sri Wahyuni: There is no place for this row.",
        "Row 4, Ani Yudhoyono: There is no place for this row.",
    ]
    assert len(values(response.content, "email")) == 4


def test_a_name_that_stands_twice_is_asked_about_and_one_tick_answers(world: World) -> None:
    client, url = page(world)
    twins = sheet({"name": "Dewi LESTARI"}, {"name": "Lestari, Dewi"})
    response = client.post(url, twins)
    assert problems(response.content) == [
        "Row 2, Lestari, Dewi: This looks like Dewi LESTARI in row 1. Take one of the two off, or tick that they are two people."
    ]
    assert client.post(url, twins | {"form-1-distinct": "on"}).status_code == 302
    assert Nomination.objects.count() == 2


def test_a_known_name_with_a_new_address_is_asked_about(world: World) -> None:
    Official.objects.create(
        participant=Participant.objects.get(slug=world.participant_a), name="Dewi Lestari", email="old@x.example"
    )
    Official.objects.create(
        participant=Participant.objects.get(slug=world.participant_b), name="Budi Santoso", email="theirs@x.example"
    )
    client, url = page(world)
    response = client.post(url, sheet({}, {"name": "Budi Santoso"}))
    assert problems(response.content) == [
        "Row 1, Dewi Lestari: Dewi Lestari is known with the address old@x.example. Use it, or tick that this is another person."
    ]
    assert "theirs@x.example" not in response.content.decode()
    assert client.post(url, sheet({"email": "old@x.example"})).status_code == 302
    assert Official.objects.filter(name="Dewi Lestari").count() == 1


def test_somebody_named_already_is_changed_and_not_named_twice(world: World) -> None:
    submit(world, PEOPLE[:1])
    client, url = page(world)
    assert client.post(url, sheet({"email": "DEWI@ministry.example", "position": "Minister"})).status_code == 302
    assert [(row.official.position, row.state) for row in Nomination.objects.all()] == [("Minister", "submitted")]


def test_an_address_of_another_person_of_the_delegation_is_refused_at_its_row(world: World) -> None:
    made = submit(world, PEOPLE[:2])
    client, url = page(world)
    own = made[0].official
    answers = sheet({"official": own.pk, "name": own.name, "email": PEOPLE[1].email})
    response = client.post(url, answers)
    assert problems(response.content)[-1] == (
        f"Row 1, {own.name}: Another official of this participant has the address {PEOPLE[1].email}."
    )
    assert states(world) == {"Dewi Lestari": "submitted", "Budi Santoso": "submitted"}


def test_two_who_have_the_sheet_open_do_not_undo_each_other(world: World) -> None:
    client, url = page(world)
    began = invitation_of(world).version
    submit(world, PEOPLE[1:2])
    response = client.post(url, sheet({}, version=str(began)))
    text = response.content.decode()
    assert response.status_code == 409
    assert ("Budi Santoso" in text, "Dewi Lestari" in text) == (True, True)
    assert states(world) == {"Budi Santoso": "submitted"}
    with pytest.raises(Conflict):
        submit(world, PEOPLE[:1], expected_version=began)
    now = html.fromstring(text).xpath("//input[@name='version']/@value")[0]
    assert client.post(url, sheet({}, version=now)).status_code == 302
    assert states(world) == {"Budi Santoso": "withdrawn", "Dewi Lestari": "submitted"}


# --- days ---------------------------------------------------------------------------------------------------------------


def test_days_are_asked_for_where_there_are_several_and_all_is_the_same_as_none(world: World) -> None:
    activity = activity_of(world)
    assert activity.start
    days = [activity.start + timedelta(days=n) for n in range(3)]
    client, url = page(world)
    assert values(client.get(url).content, "days") == []
    Activity.objects.filter(pk=activity.pk).update(end=days[-1])
    assert values(client.get(url).content, "days") == [f"{day:%Y-%m-%d}" for day in days]
    chosen = [f"{day:%Y-%m-%d}" for day in days[:2]]
    every = [f"{day:%Y-%m-%d}" for day in days]
    client.post(url, sheet({"days": chosen}, {"name": "Budi Santoso", "days": every}, {"name": "Sri Wahyuni"}))
    assert [row.days for row in Nomination.objects.order_by("order")] == [days[:2], [], []]
    bad = client.post(url, sheet({"days": ["1999-01-01"]}))
    assert bad.status_code == 422


# --- the same people as last time -----------------------------------------------------------------------------------------


def with_history(world: World, number: int) -> list[Activity]:
    """Earlier activities, each with a delegate of A of its own and one who came to all, the latest first."""
    a, official = Participant.objects.get(slug=world.participant_a), Official.objects.get(user=world.users["focal_point_a"])
    made = []
    for n in range(number):
        activity = Activity.objects.create(
            reference=f"XX-2009-5{n}",
            title=f"Time {n}",
            kind=activity_of(world).kind,
            start=activity_of(world).start - timedelta(days=400 + n),
            status="held",
        )
        other = Official.objects.create(participant=a, name=f"Person {n}", position="Clerk", email=f"person{n}@x.example")
        for one in (official, other):
            Delegate.objects.create(activity=activity, official=one, participant=a)
        made.append(activity)
    return made


def test_people_of_one_of_the_last_three_times_are_filled_in(world: World) -> None:
    times = with_history(world, 4)
    client, url = page(world)
    offered = html.fromstring(client.get(url).content.decode()).xpath("//button[@name='reuse']/@value")
    assert offered == [activity.reference for activity in times[:3]]
    filled = client.post(url, edited({"reuse": times[1].reference}, {}))
    assert values(filled.content, "email") == ["p0@x.example", "focal-point-a@cast.example", "person1@x.example"]
    again = client.post(url, edited({"reuse": times[1].reference}, {"email": "Person1@x.example"}))
    assert values(again.content, "email") == ["Person1@x.example", "focal-point-a@cast.example"]


def test_who_has_left_and_people_of_others_are_not_offered(world: World) -> None:
    time = with_history(world, 1)[0]
    Official.objects.filter(name="Person 0").update(period_to=activity_of(world).start - timedelta(days=300))
    b = Participant.objects.get(slug=world.participant_b)
    theirs = Official.objects.get(user=world.users["focal_point_b"])
    Delegate.objects.create(activity=time, official=theirs, participant=b)
    client, url = page(world)
    filled = client.post(url, edited({"reuse": time.reference}))
    assert values(filled.content, "email") == ["focal-point-a@cast.example"]


# --- a pasted list --------------------------------------------------------------------------------------------------------

LISTS = [
    ("Name\tPosition\tE-mail\nDewi Lestari\tDirector\tdewi@x.example\nBudi Santoso\tClerk\tbudi@x.example", "tabs, headings"),
    ("Dewi Lestari;Director;dewi@x.example\nBudi Santoso;Clerk;budi@x.example", "semicolons, none"),
    ("No,Email,Nama Lengkap,Jabatan\n1,dewi@x.example,Dewi Lestari,Director\n2,budi@x.example,Budi Santoso,Clerk", "Indonesian"),
    (
        (
            "Delegation of Aland\n\nSurname\tFirst name\tRank\tMail\nLestari\tDewi\tDirector\tdewi@x.example\n"
            "Santoso\tBudi\tClerk\tbudi@x.example"
        ),
        "title, two names",
    ),
    ("Mr\tDewi Lestari\tDirector\tDewi <dewi@x.example>\nMs\tBudi Santoso\tClerk\tmailto:budi@x.example", "forms of address"),
]


@pytest.mark.parametrize(("text", "what"), LISTS)
def test_columns_are_found_by_headings_or_by_what_stands_in_them(text: str, what: str) -> None:
    rows = [(row["name"], row["position"], row["email"]) for row in read_people(text)]
    assert rows == [("Dewi Lestari", "Director", "dewi@x.example"), ("Budi Santoso", "Clerk", "budi@x.example")], what


def test_ministry_part_and_mode_are_understood() -> None:
    text = "Nama\tJabatan\tKementerian\tSurel\tPeran\tKehadiran\nDewi\tDirektur\tKemlu\td@x.example\tKetua Delegasi\tdaring"
    assert read_people(text) == [
        {
            "name": "Dewi",
            "position": "Direktur, Kemlu",
            "email": "d@x.example",
            "part": DelegatePart.HEAD.value,
            "mode": "online",
            "meal": "",
            "access_needs": "",
            "name_own_script": "",
        }
    ]


def test_nothing_of_a_list_is_saved_and_its_problems_stand_at_their_rows(world: World) -> None:
    client, url = page(world)
    text = "Dewi Lestari\tDirector\tdewi@x.example\nBudi Santoso\t\tbudi\nDewi Lestari\tDirector\tDEWI@x.example"
    response = client.post(url, edited({"read": "1", "list": text}, {"name": "Sri Wahyuni"}))
    assert response.status_code == 200
    assert values(response.content, "name")[:3] == ["Sri Wahyuni", "", "Dewi Lestari"] or values(response.content, "email") == [
        "p0@x.example",
        "dewi@x.example",
        "budi",
        "DEWI@x.example",
    ]
    assert problems(response.content) == [
        "Row 3, Budi Santoso: Enter position and ministry.",
        "Row 3, Budi Santoso: Enter an email address with an @ sign, such as name@ministry.go.id",
        "Row 4, Dewi Lestari: This address stands twice: in row 2, too.",
    ]
    assert (Nomination.objects.count(), Official.objects.filter(name="Dewi Lestari").count()) == (0, 0)


@pytest.mark.parametrize("text", ["", "   ", "just words", '"never closed', "a\x00b\t\x00", "\t" * 60, "=1+1\t@\t-", "x" * 6000])
def test_no_text_fails(world: World, text: str) -> None:
    client, url = page(world)
    response = client.post(url, edited({"read": "1", "list": text}, {}))
    assert response.status_code in {200, 422}
    assert values(response.content, "email")[0] == "p0@x.example"
    try:
        read_people(text)
    except SheetError as error:
        assert str(error)


def test_a_long_list_is_cut_and_says_so(world: World) -> None:
    client, url = page(world)
    text = "\n".join(f"Person {n:03}\tClerk\tp{n}@list.example" for n in range(60))
    response = client.post(url, edited({"read": "1", "list": text}))
    assert len(values(response.content, "email")) == 50
    assert "The rest of the list was left out." in response.content.decode()


# --- substitutes, withdrawing, undo ---------------------------------------------------------------------------------------


def test_one_comes_in_place_of_another_who_is_told_and_history_says_so(world: World) -> None:
    made = submit(world, PEOPLE[:2])
    Delivery.objects.filter(kind="delegate_named").update(state="sending")  # has left, so that it cannot be held back
    client, url = page(world)
    rows = [
        {"official": row.official_id, "name": row.official.name, "email": row.official.email, "part": "delegate"} for row in made
    ]
    emptied = client.post(url, edited({"replace": "1"}, *rows))
    assert values(emptied.content, "email") == [PEOPLE[0].email, ""]
    assert values(emptied.content, "replaces") == ["", str(made[1].pk)]
    assert "In place of Budi Santoso" in emptied.content.decode()
    unnamed = client.post(url, sheet(rows[0], {"name": "", "position": "", "email": "", "replaces": made[1].pk}))
    assert "Row 2: Enter the full name." in problems(unnamed.content)
    client.post(url, sheet(rows[0], {"name": "Sri Wahyuni", "replaces": made[1].pk}))
    assert states(world) == {"Dewi Lestari": "submitted", "Budi Santoso": "withdrawn", "Sri Wahyuni": "submitted"}
    assert Nomination.objects.get(official__name="Sri Wahyuni").replaces == made[1]
    told = Delivery.objects.get(kind="delegate_withdrawn")
    assert (told.email, "somebody else in your place" in told.text) == (PEOPLE[1].email, True)
    assert "Sri Wahyuni comes instead" in client.get(url).content.decode()


def test_nobody_replaces_who_is_still_there_or_of_another_delegation(world: World) -> None:
    made = submit(world, PEOPLE[:1])
    theirs = submit(world, [replace(PEOPLE[1], email="b@b.example")], side="b")[0]
    with pytest.raises(RowError, match="leaves the sheet"):
        submit(world, [replace(PEOPLE[0], official=made[0].official_id), replace(PEOPLE[1], replaces=made[0].pk)])
    with pytest.raises(RowError):
        submit(world, [replace(PEOPLE[1], replaces=theirs.pk)])
    with pytest.raises(RowError):
        submit(world, [replace(PEOPLE[1], replaces=made[0].pk), replace(PEOPLE[2], replaces=made[0].pk)])
    assert states(world) == {"Dewi Lestari": "submitted"}


def test_one_is_withdrawn_and_brought_back(world: World) -> None:
    made = submit(world, PEOPLE[:2])
    client, url = page(world)
    response = client.post(f"{url}people/{made[0].pk}/withdraw/", follow=True)
    assert "Dewi Lestari is withdrawn. You can undo this below." in response.content.decode()
    assert (states(world)["Dewi Lestari"], Delegate.objects.filter(withdrawn_at=None).count()) == ("withdrawn", 1)
    client.post(f"{url}people/{made[0].pk}/withdraw/")
    client.post(f"{url}people/{made[0].pk}/restore/")
    client.post(f"{url}people/{made[0].pk}/restore/")
    assert (states(world)["Dewi Lestari"], Delegate.objects.filter(withdrawn_at=None).count()) == ("submitted", 2)


def test_a_head_who_comes_back_finds_another_head(world: World) -> None:
    by = world.users["focal_point_a"]
    first = submit(world, [replace(PEOPLE[0], part=DelegatePart.HEAD), PEOPLE[1]])[0]
    withdraw_nominee(nomination=first, by=by)
    submit(world, [replace(PEOPLE[1], part=DelegatePart.HEAD)])
    back = restore_nominee(nomination=first, by=by)
    assert (back.part, Delegate.objects.get(part="head").official.name) == (DelegatePart.DELEGATE, "Budi Santoso")


def test_a_refused_head_who_is_confirmed_after_all_finds_another_head(world: World) -> None:
    Activity.objects.update(confirm_delegates=True)
    staff = world.users["secretariat"]
    first = submit(world, [replace(PEOPLE[0], part=DelegatePart.HEAD)])[0]
    confirm_delegate(nomination=first, by=staff, accept=False)
    second = submit(world, [replace(PEOPLE[1], part=DelegatePart.HEAD)])[0]
    for nomination in (second, first):
        confirm_delegate(nomination=nomination, by=staff)
    heads = Delegate.objects.filter(withdrawn_at=None).order_by("pk").values_list("official__name", "part")
    assert sorted(heads) == [("Budi Santoso", "head"), ("Dewi Lestari", "delegate")]


def test_another_substitute_takes_over_wherever_it_stands_on_the_sheet(world: World) -> None:
    gone = submit(world, PEOPLE[:1])[0]
    submit(world, [replace(PEOPLE[1], replaces=gone.pk)])
    submit(world, [replace(PEOPLE[2], replaces=gone.pk), PEOPLE[1]])
    rows = Nomination.objects.exclude(replaces=None).values_list("official__name", "replaces")
    assert list(rows) == [("Sri Wahyuni", gone.pk)]


def test_a_withdrawn_one_is_put_back_on_the_sheet_without_saving(world: World) -> None:
    made = submit(world, PEOPLE[:2])
    submit(world, PEOPLE[1:2])
    client, url = page(world)
    rows = {"official": made[1].official_id, "name": "Budi Santoso", "email": PEOPLE[1].email}
    back = client.post(url, edited({"bring_back": str(made[0].official_id)}, rows))
    assert values(back.content, "email") == [PEOPLE[1].email, PEOPLE[0].email]
    assert states(world)["Dewi Lestari"] == NominationState.WITHDRAWN


def test_who_is_replaced_comes_back_only_after_the_substitute_left(world: World) -> None:
    made = submit(world, PEOPLE[:1])
    submit(world, [replace(PEOPLE[1], replaces=made[0].pk)])
    with pytest.raises(DomainError, match="Budi Santoso comes in this person's place"):
        restore_nominee(nomination=made[0], by=world.users["focal_point_a"])


def test_focal_point_of_another_gets_404_for_every_address_and_changes_nothing(world: World) -> None:
    made = submit(world, PEOPLE[:1])
    LateChange.objects.create(invitation_id=world.invitation_a, asked_by=world.users["focal_point_a"], number=0)
    other = client_for(world, "focal_point_b")
    for base in (
        f"/national/{world.participant_a}/invitations/{world.invitation_a}/",
        f"/national/{world.participant_b}/invitations/{world.invitation_a}/",
        f"/national/{world.participant_b}/invitations/{world.invitation_b}/",
    ):
        posts = [f"{base}people/{made[0].pk}/withdraw/", f"{base}people/{made[0].pk}/restore/"]
        posts += [f"{base}change/take-back/"] if world.invitation_b != int(base.rsplit("/", 2)[1]) else []
        assert {other.post(url).status_code for url in posts} == {404}
    change = LateChange.objects.get()
    assert other.get(f"/desk/activities/{world.activity}/changes/{change.pk}/").status_code == 404
    assert (states(world)["Dewi Lestari"], change.state) == ("submitted", "asked")


@pytest.mark.parametrize("who", ["ministry_official_a"])
def test_a_colleague_reads_and_does_not_change(world: World, who: str) -> None:
    made = submit(world, PEOPLE[:1])
    client, url = client_for(world, who), page(world)[1]
    answers: dict[str, Any] = {"add": "1"}
    assert client.post(url, edited(answers, {})).status_code == 403
    assert client.post(f"{url}people/{made[0].pk}/withdraw/").status_code == 403
