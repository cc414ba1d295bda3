"""Attendance: at the door, from a printed list, by focal points, by delegates, from files; whose word goes first."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone
from openpyxl import Workbook

from activities.enums import ActivityStatus
from activities.models import Activity, Attendance, Delegate, Session
from activities.selectors_attendance import days_present, marks_of_delegates
from activities.services import attendance as service
from activities.services.attendance import declare_attendance, record_attendance, record_sheet, undo_attendance
from activities.services.certificates import link_of
from members.errors import Conflict, DomainError
from members.models import AccessRecord, Delivery, Official, Participant, User
from members.models.base import today
from members.signing import make_token
from tests.cast import World, client_for, make_world

YESTERDAY = today() - timedelta(days=1)
USUAL = {"Ana Aland": "aland", "Bo Bland": "bland", "Cai Bland": "bland"}


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def desk(world: World) -> Client:
    return client_for(world, "secretariat")


def held(world: World, names: dict[str, str] | None = None, **fields: Any) -> Activity:
    """The published activity, yesterday and today, with delegates: name to the slug of the participant."""
    names = names or USUAL
    activity = Activity.objects.get(reference=world.activity)
    defaults = {"start": YESTERDAY, "end": today(), "status": ActivityStatus.HELD}
    for name, value in (defaults | fields).items():
        setattr(activity, name, value)
    activity.save()
    for name, slug in names.items():
        participant = Participant.objects.get(slug=slug)
        first = name.split()[0].lower()
        email = f"{first}@{slug}.example" if names is USUAL else f"{len(name)}.{Official.objects.count()}@{slug}.example"
        official = Official.objects.create(participant=participant, name=name, email=email, position="Director")
        Delegate.objects.create(activity=activity, official=official, participant=participant)
    activity.refresh_from_db()
    return activity


def who(name: str) -> Delegate:
    return Delegate.objects.select_related("activity", "official", "participant").get(official__name=name)


def address(world: World, more: str = "") -> str:
    return f"/desk/activities/{world.activity}/attendance/{more}"


def press(world: World, desk: Client, name: str, mark: str, **fields: str) -> Any:
    found = Attendance.objects.filter(delegate=who(name), day=today()).first()
    data = {"delegate": who(name).pk, "place": f"{today():%Y%m%d}", "version": found.version if found else 0, "mark": mark}
    return desk.post(address(world, "mark/"), data | fields)


def test_one_press_records_and_comes_back_to_the_same_person(world: World, desk: Client) -> None:
    held(world)
    answer = press(world, desk, "Ana Aland", "present", q="ana")
    place = f"{today():%Y%m%d}"
    key = who("Ana Aland").pk
    assert answer.headers["Location"] == f"{address(world)}?place={place}&q=ana&pressed={key}#d{key}"
    page = desk.get(answer.headers["Location"]).content.decode()
    assert "Take the last press back" in page
    assert "Bo Bland" not in page
    mark = Attendance.objects.get()
    assert (mark.status, mark.how, mark.recorded_by) == ("present", "desk", world.users["secretariat"])


def test_last_press_is_taken_back_with_who_said_what_before(world: World, desk: Client) -> None:
    activity = held(world)
    delegate, place = who("Ana Aland"), f"{today():%Y%m%d}"
    declare_attendance(delegate=delegate, marks={today(): "remote"})
    before = Attendance.objects.get()
    press(world, desk, "Ana Aland", "absent")
    now = Attendance.objects.get()
    data = {"delegate": delegate.pk, "place": place, "version": now.version}
    assert desk.post(address(world, "undo/"), data).status_code == 302
    after = Attendance.objects.get()
    assert (after.status, after.how, after.recorded_at, after.recorded_by) == (
        "remote",
        "self",
        before.recorded_at,
        User.objects.service_account(),
    )
    press(world, desk, "Bo Bland", "present")
    fresh = Attendance.objects.get(delegate=who("Bo Bland"))
    desk.post(address(world, "undo/"), {"delegate": fresh.delegate_id, "place": place, "version": fresh.version})
    assert not Attendance.objects.filter(delegate=who("Bo Bland")).exists()
    assert activity.delegate_rows.count() == 3


def test_what_another_did_since_is_not_taken_back(world: World) -> None:
    activity = held(world)
    one, two = world.users["secretariat"], world.users["administrator"]
    place = next(row for row in service.places_of(activity) if row.day == today())
    delegate = who("Ana Aland")
    record_attendance(activity=activity, marks={(delegate.pk, today()): "present"}, by=one)
    version = Attendance.objects.get().version
    record_attendance(activity=activity, marks={(delegate.pk, today()): "absent"}, by=two)
    with pytest.raises(Conflict):
        undo_attendance(delegate=delegate, place=place, expected_version=version, by=one)
    with pytest.raises(DomainError, match="nothing of yours"):
        undo_attendance(delegate=delegate, place=place, expected_version=version + 1, by=one)
    assert Attendance.objects.get().status == "absent"


def test_two_phones_at_one_door_do_not_overwrite_each_other_unseen(world: World, desk: Client) -> None:
    held(world)
    press(world, desk, "Ana Aland", "present")
    answer = press(world, desk, "Ana Aland", "absent", version="0")  # pressed on a page from before
    assert "Somebody recorded this person just now" in desk.get(answer.headers["Location"]).content.decode()
    assert Attendance.objects.get().status == "present"


def test_typed_list_saves_each_row_by_itself_and_shows_both_words(world: World, desk: Client) -> None:
    activity = held(world)
    a, b, place = who("Ana Aland").pk, who("Bo Bland").pk, f"{today():%Y%m%d}"
    record_attendance(activity=activity, marks={(a, today()): "excused"}, by=world.users["administrator"])
    data = {"place": place, "as": "table", f"d{a}-{place}": "present", f"v{a}-{place}": "0"}
    data |= {f"d{b}-{place}": "absent", f"v{b}-{place}": "0"}
    answer = desk.post(address(world), data)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Excused" in page
    assert "You chose: Present" in page
    assert {row.delegate_id: row.status for row in Attendance.objects.all()} == {a: "excused", b: "absent"}
    data[f"v{a}-{place}"] = str(Attendance.objects.get(delegate=a).version)
    data[f"v{b}-{place}"] = str(Attendance.objects.get(delegate=b).version)
    assert desk.post(address(world), data).status_code == 302
    assert Attendance.objects.get(delegate=a).status == "present"


def test_a_field_that_was_not_sent_leaves_its_record(world: World, desk: Client) -> None:
    activity = held(world)
    a, b = who("Ana Aland").pk, who("Bo Bland").pk
    record_attendance(activity=activity, marks={(a, today()): "present", (b, today()): "present"}, by=world.users["secretariat"])
    desk.post(address(world), {f"d{a}-{today():%Y%m%d}": ""})
    assert list(Attendance.objects.values_list("delegate_id", flat=True)) == [b]


@pytest.mark.parametrize(
    ("first", "second", "stays"),
    [
        ("self", "focal", "focal-point"),
        ("self", "desk", "desk"),
        ("focal", "desk", "desk"),
        ("desk", "focal", "desk"),
        ("desk", "self", "desk"),
        ("focal", "self", "focal-point"),
    ],
)
def test_whose_word_goes_first(world: World, first: str, second: str, stays: str) -> None:
    activity = held(world)
    delegate = who("Ana Aland")

    def say(whose: str, status: str) -> None:
        if whose == "self":
            declare_attendance(delegate=delegate, marks={today(): status})
            return
        by = world.users["focal_point_a" if whose == "focal" else "secretariat"]
        record_sheet(activity=activity, marks={(delegate.pk, today()): status}, by=by)

    say(first, "present")
    say(second, "absent")
    mark = Attendance.objects.get()
    assert (mark.how, mark.status) == (stays, "absent" if stays.startswith(second) else "present")


def test_pressing_what_the_delegate_says_makes_it_the_desks_word(world: World, desk: Client) -> None:
    held(world)
    declare_attendance(delegate=who("Ana Aland"), marks={today(): "present"})
    press(world, desk, "Ana Aland", "present")
    assert Attendance.objects.get().how == "desk"


def test_sessions_are_places_of_their_own(world: World, desk: Client) -> None:
    activity = held(world)
    session = Session.objects.create(activity=activity, title="Opening", day=today())
    delegate = who("Ana Aland")
    desk.post(address(world, "mark/"), {"delegate": delegate.pk, "place": f"s{session.pk}", "version": 0, "mark": "present"})
    mark = Attendance.objects.get()
    assert (mark.day, mark.session) == (None, session)
    marks = marks_of_delegates([delegate.pk])
    assert days_present(marks) == {today(): "present"}
    record_attendance(activity=activity, marks={(delegate.pk, today()): "absent"}, by=world.users["secretariat"])
    assert days_present(marks_of_delegates([delegate.pk])) == {}


def test_no_mark_for_a_day_to_come_or_somebody_elses_activity(world: World) -> None:
    activity = held(world, end=today() + timedelta(days=1))
    by = world.users["secretariat"]
    with pytest.raises(DomainError, match="not begun"):
        record_attendance(activity=activity, marks={(who("Ana Aland").pk, today() + timedelta(days=1)): "present"}, by=by)
    Delegate.objects.filter(pk=who("Ana Aland").pk).update(withdrawn_at=timezone.now(), withdrawn_by=by)
    with pytest.raises(DomainError, match="does not fit"):
        record_attendance(activity=activity, marks={(who("Ana Aland").pk, today()): "present"}, by=by)


def link(name: str) -> str:
    return link_of(who(name)).split("/", 3)[3]


def test_delegate_says_so_by_the_signed_link_and_reading_changes_nothing(world: World) -> None:
    held(world)
    client, page = Client(), f"/{link('Ana Aland')}"
    assert client.get(page).status_code == 200
    assert not Attendance.objects.exists()
    assert client.post(page, {f"day-{YESTERDAY:%Y%m%d}": "present", f"day-{today():%Y%m%d}": "remote"}).status_code == 302
    marks = list(Attendance.objects.order_by("day").values_list("day", "status", "how"))
    assert marks == [(YESTERDAY, "present", "self"), (today(), "remote", "self")]
    assert client.post(page, {}).status_code == 422
    assert client.post(page, {f"day-{today():%Y%m%d}": "excused"}).status_code == 422
    assert Client().get("/r/attended/none/").status_code == 404
    assert Client().get(f"/r/attended/{make_token('badge', who('Ana Aland').pk)}/").status_code == 404


@pytest.mark.parametrize(
    ("zone", "now", "is_open"),
    [
        ("Asia/Jakarta", "2026-03-09 16:59", False),  # 23:59 in Jakarta, the day before
        ("Asia/Jakarta", "2026-03-09 17:00", True),  # 00:00 of the first day there
        ("Pacific/Honolulu", "2026-03-10 09:59", False),
        ("Pacific/Honolulu", "2026-03-10 10:00", True),
        ("Asia/Jakarta", "2026-03-25 16:59", True),  # the last minute of the fourteenth day after the end
        ("Asia/Jakarta", "2026-03-25 17:00", False),
    ],
)
def test_window_opens_and_closes_by_the_activitys_clock(
    world: World, monkeypatch: pytest.MonkeyPatch, zone: str, now: str, is_open: bool
) -> None:
    activity = held(world, start=date(2026, 3, 10), end=date(2026, 3, 11), time_zone=zone)
    moment = datetime.fromisoformat(now).replace(tzinfo=ZoneInfo("UTC"))
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
    marks = {activity.start: "present"}
    if is_open:
        assert declare_attendance(delegate=who("Ana Aland"), marks=marks) == 1  # type: ignore[arg-type]
    else:
        with pytest.raises(DomainError):
            declare_attendance(delegate=who("Ana Aland"), marks=marks)  # type: ignore[arg-type]


def test_square_on_the_badge_opens_the_row_for_staff_and_nothing_for_others(world: World, desk: Client) -> None:
    held(world)
    page = f"/r/badge/{make_token('badge', who('Bo Bland').pk)}/"
    answer = desk.get(page)
    assert answer.headers["Location"] == f"{address(world)}?person={who('Bo Bland').pk}"
    content = desk.get(answer.headers["Location"]).content.decode()
    assert "Bo Bland" in content
    assert "Cai Bland" not in content
    for person in ("anonymous", "focal_point_b", "co_chair", "deactivated"):
        assert client_for(world, person).get(page).status_code == 404
    assert desk.get(f"/r/badge/{make_token('attended', who('Bo Bland').pk)}/").status_code == 404


LIST = "Name\tE-mail\t{one}\t{two}\nAna Aland\t\tpresent\thadir\nNobody\t\tpresent\t\n\tbo@bland.example\tmaybe\tonline\n"


def listed() -> str:
    return LIST.format(one=f"{YESTERDAY:%Y-%m-%d}", two=f"{today():%Y-%m-%d}")


def test_list_is_looked_at_cell_by_cell_before_anything_is_recorded(world: World, desk: Client) -> None:
    held(world)
    page = desk.post(address(world, "import/"), {"text": listed()})
    content = page.content.decode()
    assert page.status_code == 200
    assert "No delegate of this activity has this name." in content
    assert "Write present, absent, excused or online." in content
    assert "Record 3 marks" in content
    assert not Attendance.objects.exists()
    reading = page.context["reading"]
    answer = desk.post(address(world, "import/"), {"text": page.context["text"], "digest": reading.digest, "confirm": "1"})
    assert answer.status_code == 302
    found = set(Attendance.objects.values_list("delegate__official__name", "day", "status", "how"))
    assert found == {
        ("Ana Aland", YESTERDAY, "present", "imported"),
        ("Ana Aland", today(), "present", "imported"),
        ("Bo Bland", today(), "remote", "imported"),
    }


def test_list_that_somebody_overtook_is_shown_again(world: World, desk: Client) -> None:
    activity = held(world)
    page = desk.post(address(world, "import/"), {"text": listed()})
    data = {"text": page.context["text"], "digest": page.context["reading"].digest, "confirm": "1"}
    record_attendance(activity=activity, marks={(who("Ana Aland").pk, today()): "absent"}, by=world.users["administrator"])
    answer = desk.post(address(world, "import/"), data)
    assert answer.status_code == 409
    assert "changed since you saw these numbers" in answer.content.decode()
    assert Attendance.objects.count() == 1


def test_same_list_as_excel_and_with_a_row_a_day(world: World, desk: Client) -> None:
    activity = held(world)
    Session.objects.create(activity=activity, title="Opening", day=today())
    book = Workbook()
    assert book.active is not None
    for row in (
        ["Nama", "Peserta", "Tanggal", "Sesi", "Kehadiran"],
        ["Ana Aland", "Aland", YESTERDAY, "", "Hadir"],
        ["Ana Aland", "Aland", "", "Opening", "x"],
        ["Ana Aland", "Bland", today(), "", "Hadir"],
        ["Bo Bland", "", "1999-01-01", "", "Hadir"],
    ):
        book.active.append(row)
    content = BytesIO()
    book.save(content)
    file = SimpleUploadedFile("list.xlsx", content.getvalue())
    page = desk.post(address(world, "import/"), {"file": file})
    reading = page.context["reading"]
    assert sorted(reading.marks.values()) == ["present", "present"]
    assert {row.line: list(row.problems.values()) for row in reading.left_out} == {
        4: ["No delegate of this activity has this name."],
        5: ["This is no day or session of the activity."],
    }


@pytest.mark.parametrize("text", ["", "just words", "Name\tCountry\nAna\tAland", "\x00\tName\n", "Name;2010-02-30\nAna;x"])
def test_list_without_the_needed_columns_is_refused_with_why(world: World, desk: Client, text: str) -> None:
    held(world)
    assert desk.post(address(world, "import/"), {"text": text}).status_code == 422


def test_list_as_a_file_is_what_can_be_imported_again(world: World, desk: Client) -> None:
    activity = held(world)
    record_attendance(activity=activity, marks={(who("Ana Aland").pk, today()): "excused"}, by=world.users["secretariat"])
    answer = desk.get(address(world, "papers/list/?format=csv"))
    assert answer.content.decode().splitlines()[1] == "Ana Aland,ana@aland.example,Aland,,excused"
    assert AccessRecord.objects.filter(object_label="attendance list", object_ref=world.activity).count() == 1
    page = desk.post(address(world, "import/"), {"file": SimpleUploadedFile("x.csv", answer.content)})
    assert (page.context["reading"].same, dict(page.context["reading"].marks)) == (1, {})


def test_focal_point_sees_and_records_its_own_and_leaves_the_desks_word(world: World) -> None:
    activity = held(world)
    record_attendance(activity=activity, marks={(who("Bo Bland").pk, today()): "absent"}, by=world.users["secretariat"])
    client = client_for(world, "focal_point_b")
    page = f"/national/{world.participant_b}/invitations/{world.invitation_b}/attendance/"
    content = client.get(page).content.decode()
    place, bo, cai = f"{today():%Y%m%d}", who("Bo Bland").pk, who("Cai Bland").pk
    assert "Ana Aland" not in content
    assert f'name="d{bo}-{place}"' not in content
    assert client.post(page, {f"d{bo}-{place}": "present", f"d{cai}-{place}": "present"}).status_code == 409
    assert {row.delegate_id: (row.status, row.how) for row in Attendance.objects.all()} == {
        bo: ("absent", "desk"),
        cai: ("present", "focal-point"),
    }
    assert client.post(page, {f"d{who('Ana Aland').pk}-{place}": "present"}).status_code == 302
    assert Attendance.objects.count() == 2


def test_delegates_of_whom_nothing_is_recorded_are_written_to_once(world: World, desk: Client) -> None:
    activity = held(world)
    record_attendance(activity=activity, marks={(who("Ana Aland").pk, today()): "present"}, by=world.users["secretariat"])
    for _time in range(2):
        assert desk.post(address(world, "ask/")).status_code == 302
    asked = Delivery.objects.filter(kind="attendance_question")
    assert sorted(asked.values_list("email", flat=True)) == ["bo@bland.example", "cai@bland.example"]
    assert all("/r/attended/" in row.text for row in asked)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("more", ["", "?as=table"])
def test_page_asks_as_often_for_one_as_for_three(world: World, rows: int, more: str, django_assert_num_queries: Any) -> None:
    activity = held(world, {f"Person {n}": world.participant_a for n in range(rows)})
    marks = {(row.pk, today()): "present" for row in Delegate.objects.all()}
    record_attendance(activity=activity, marks=marks, by=world.users["secretariat"])
    client = client_for(world, "secretariat")
    client.get("/about/")
    with django_assert_num_queries(11):
        client.get(address(world, more))


@pytest.mark.parametrize("garbage", ["", "x", "9" * 30, "-1", "\x00"])
def test_garbage_at_the_door_is_answered(world: World, desk: Client, garbage: str) -> None:
    held(world)
    key = str(who("Ana Aland").pk)
    assert desk.post(address(world, "mark/"), {"delegate": garbage, "place": f"{today():%Y%m%d}"}).status_code == 404
    assert desk.post(address(world, "mark/"), {"delegate": key, "place": garbage, "mark": "present"}).status_code == 302
    assert desk.post(address(world, "mark/"), {"delegate": key, "place": f"{today():%Y%m%d}", "mark": garbage}).status_code == 302
    undone = {"delegate": key, "place": f"{today():%Y%m%d}", "version": garbage}
    assert desk.post(address(world, "undo/"), undone).status_code == 302
    assert desk.get(address(world), {"place": garbage, "q": garbage, "person": garbage, "pressed": garbage}).status_code == 200
    assert not Attendance.objects.exists()


@pytest.fixture
def _committed(transactional_db: None) -> Iterator[None]:
    yield
    connection.close()


def test_two_who_press_at_once_make_one_record(_committed: None) -> None:
    world = make_world()
    activity, by = held(world), world.users["secretariat"]
    delegate, answers = who("Ana Aland"), []

    def mark(status: str) -> None:
        try:
            seen: Any = {(delegate.pk, today()): 0}
            answers.append(record_sheet(activity=activity, marks={(delegate.pk, today()): status}, seen=seen, by=by))
        finally:
            connection.close()

    threads = [threading.Thread(target=mark, args=(status,)) for status in ("present", "absent")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Attendance.objects.count() == 1
    assert sorted(len(answer.conflicts) for answer in answers) == [0, 1]
