"""The last administrator's appointment: no form, service, merge or import ends it without a successor."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from members.enums import AppointmentRole
from members.errors import DomainError
from members.models import Appointment, Body, MergeRecord, Official, Participant, Seat, SeatRole, User
from members.models.base import today
from members.roles import Permission
from members.services.account_state import close_account
from members.services.appointments import appoint, end_appointment, extend_appointment, hand_over
from members.services.directory import save_record
from members.services.merging import merge_officials, unmerge_officials
from members.services.reference import edit_row
from tests.cast import World, client_for, make_world, person

NOW = "Nobody could sign in as administrator any more."
NEXT = "Name a successor who has an account, or invite another administrator first."
DAYS = timedelta(days=1)


@pytest.fixture
def world(db: None) -> World:
    return _alone(make_world())


@pytest.fixture
def committed_world(transactional_db: None) -> Iterator[World]:
    return _alone(make_world())


def _alone(world: World) -> World:
    """The world with one administrator: the second account of the cast was closed."""
    User.objects.filter(pk=world.users["half_signed_in"].pk).update(is_active=False)
    return world


def place(world: World, who: str = "administrator") -> Appointment:
    return Appointment.objects.get(official__user=world.users[who])


def official(world: World, who: str) -> Official:
    return Official.objects.get(user=world.users[who])


def second(world: World, **period: Any) -> Appointment:
    """Another administrator, for the period given."""
    world.users["second"] = person("second", None, role=AppointmentRole.ADMINISTRATOR, **period)
    return place(world, "second")


def said(act: Callable[[], object]) -> str:
    with pytest.raises(DomainError) as found:
        act()
    return found.value.message


def day_words(day: Any) -> str:
    return f"From {day.day} {day:%B %Y} on nobody could sign in as administrator. {NEXT}"


def test_the_last_appointment_is_neither_ended_nor_shortened(world: World) -> None:
    by, one, later = world.users["administrator"], place(world), today() + 20 * DAYS
    assert said(lambda: end_appointment(appointment=one, by=by)) == f"{NOW} {NEXT}"
    assert said(lambda: end_appointment(appointment=one, by=by, last_day=later)) == day_words(later + DAYS)
    assert said(lambda: extend_appointment(appointment=one, until=later, by=by)) == day_words(later + DAYS)
    assert said(lambda: hand_over(appointment=one, by=by)) == f"{NOW} {NEXT}"
    assert (place(world).period_to, place(world).version) == (None, one.version)


def test_an_appointment_that_ends_already_may_be_longer_and_not_shorter(world: World) -> None:
    by, until = world.users["administrator"], today() + 20 * DAYS
    Appointment.objects.filter(pk=place(world).pk).update(period_to=until)
    assert said(lambda: extend_appointment(appointment=place(world), until=until - DAYS, by=by)) == day_words(until)
    assert extend_appointment(appointment=place(world), until=until + DAYS, by=by).period_to == until + DAYS


def test_a_successor_with_an_account_may_follow_on_the_day_after(world: World) -> None:
    by, last = world.users["secretariat"], today() + 5 * DAYS
    made = hand_over(appointment=place(world), by=by, last_day=last, successor=official(world, "secretariat"))
    assert made.incoming is not None
    assert made.incoming.period_from == last + DAYS


def test_a_successor_who_begins_later_leaves_a_day_without_anybody(world: World) -> None:
    by, last = world.users["secretariat"], today() + 5 * DAYS
    role, who = AppointmentRole.ADMINISTRATOR, official(world, "secretariat")
    following = appoint(official=who, role=role, from_day=last + 2 * DAYS, by=by)
    assert said(lambda: end_appointment(appointment=place(world), by=by, last_day=last)) == day_words(last + DAYS)
    Appointment.objects.filter(pk=following.pk).update(period_from=last + DAYS)
    assert end_appointment(appointment=place(world), by=by, last_day=last).period_to == last
    assert said(lambda: end_appointment(appointment=following, by=by, last_day=last + DAYS)) == day_words(last + 2 * DAYS)
    assert "nobody could sign in" in said(lambda: close_account(user=world.users["secretariat"], reason="x", by=by_admin(world)))


def by_admin(world: World) -> User:
    return User.objects.get(pk=world.users["administrator"].pk)


def test_a_successor_without_an_account_does_not_count(world: World) -> None:
    by, nobody = world.users["administrator"], Official.objects.create(name="Not yet invited", email="n@cast.example")
    assert said(lambda: hand_over(appointment=place(world), by=by, successor=nobody)) == f"{NOW} {NEXT}"
    second(world)
    User.objects.filter(pk=world.users["second"].pk).update(is_active=False)
    assert said(lambda: end_appointment(appointment=place(world), by=by)) == f"{NOW} {NEXT}"


def test_of_two_one_may_end(world: World) -> None:
    other, by = second(world), world.users["administrator"]
    end_appointment(appointment=other, by=by)
    assert said(lambda: end_appointment(appointment=place(world), by=by)) == f"{NOW} {NEXT}"


def test_who_leaves_all_places_takes_no_last_administrator_along(world: World) -> None:
    by, who = world.users["administrator"], official(world, "administrator")
    staff = appoint(official=who, role=AppointmentRole.SECRETARIAT, from_day=today() - 100 * DAYS, by=by)
    assert said(lambda: hand_over(appointment=staff, by=by, leaves=True)) == f"{NOW} {NEXT}"
    assert Appointment.objects.current().filter(official=who).count() == 2
    hand_over(appointment=staff, by=by)


def test_other_appointments_end_as_before(world: World) -> None:
    by = world.users["administrator"]
    for who in ("secretariat", "focal_point_a", "co_chair"):
        end_appointment(appointment=place(world, who), by=by)


def test_where_nobody_was_nothing_is_refused(world: World) -> None:
    one = place(world)
    User.objects.filter(pk=world.users["administrator"].pk).update(is_active=False)
    assert end_appointment(appointment=one, by=world.users["secretariat"]).ended_at is not None


@pytest.mark.parametrize("path", ["hand-over", "term"])
def test_form_says_it_and_keeps_the_answers(world: World, path: str) -> None:
    until = f"{today() + 3 * DAYS}"
    answers = {"when": "day", "last_day": until, "reason": "Posted elsewhere", "ends": until}
    page = f"/desk/contacts/appointments/{place(world).pk}/{path}/"
    response = client_for(world, "secretariat").post(page, answers)
    shown = response.content.decode()
    assert (response.status_code, NEXT in shown, until in shown) == (422, True, True)
    field = {"hand-over": "successor", "term": "ends"}[path]
    assert f'href="#id_{field}"' in shown
    assert place(world).period_to is None


def test_edit_or_import_of_the_person_ends_no_last_administrator(world: World) -> None:
    by, who = world.users["secretariat"], official(world, "administrator")
    for changes in ({"period_to": today() - DAYS}, {"period_from": today() + DAYS}, {"period_to": today() + DAYS}):
        record = Official.objects.get(pk=who.pk)
        for name, value in changes.items():
            setattr(record, name, value)
        with pytest.raises(DomainError, match="invite another administrator first"):
            save_record(record=record, by=by, expected_version=record.version, verb="import_contacts")
    record = Official.objects.get(pk=who.pk)
    record.position = "Head"
    assert save_record(record=record, by=by, expected_version=record.version).position == "Head"


def test_merge_into_somebody_who_left_is_refused(world: World) -> None:
    by, who = world.users["secretariat"], official(world, "administrator")
    left = Official.objects.create(name="Left", period_to=today() - DAYS)
    assert said(lambda: merge_officials(kept=left, other=who, choices={}, by=by)) == f"{NOW} {NEXT}"
    assert MergeRecord.objects.filter(kept=left).count() == 0
    leaving = Official.objects.create(name="Leaving", period_to=today() + 2 * DAYS)
    assert said(lambda: merge_officials(kept=leaving, other=who, choices={}, by=by)) == day_words(today() + 3 * DAYS)
    merged = merge_officials(kept=Official.objects.create(name="In office"), other=who, choices={}, by=by)
    assert User.objects.holding(Permission.INVITE_ACCOUNTS).get() == world.users["administrator"]
    assert unmerge_officials(record=merged, by=by) == []
    assert User.objects.holding(Permission.INVITE_ACCOUNTS).get() == world.users["administrator"]


def test_seat_that_makes_somebody_administrator_is_guarded_too(world: World) -> None:
    """A role of a seat may name the administrators' set of rights: its edit or end is an end of theirs."""
    by, who = world.users["administrator"], official(world, "co_chair")
    role = SeatRole.objects.create(key="managing", name_en="Managing", permission_set="administrator")
    body = Body.objects.get(key="steering-group")
    seat = Seat.objects.create(body=body, role=role, participant=Participant.objects.get(slug="cland"))
    appoint(official=who, role=AppointmentRole.SEAT, seat=seat, by=by)
    end_appointment(appointment=place(world), by=by)
    seat.period_to = today() + DAYS
    assert said(lambda: save_record(record=seat, by=by_staff(world), expected_version=seat.version)) == day_words(
        today() + 2 * DAYS
    )
    role.permission_set = "steering-group"
    editor = User.objects.get(pk=world.users["co_chair"].pk)
    assert said(lambda: edit_row(row=role, expected_version=1, by=editor, confirmed=True)) == f"{NOW} {NEXT}"


def by_staff(world: World) -> User:
    return User.objects.get(pk=world.users["secretariat"].pk)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["both end", "one closes the account"])
def test_two_who_end_each_other_at_once_leave_one(committed_world: World, how: str) -> None:
    world = committed_world
    one, two = place(world), second(world)
    first, other = world.users["administrator"].pk, world.users["second"].pk
    barrier, refused = threading.Barrier(2), []

    def end(appointment: int, by: int) -> None:
        end_appointment(appointment=Appointment.objects.get(pk=appointment), by=User.objects.get(pk=by))

    def close(appointment: int, by: int) -> None:
        user = Appointment.objects.select_related("official__user").get(pk=appointment).official.user  # type: ignore[union-attr]
        assert user
        close_account(user=user, reason="x", by=User.objects.get(pk=by))

    def run(act: Callable[[int, int], None], appointment: int, by: int) -> None:
        barrier.wait()
        try:
            act(appointment, by)
        except (DomainError, PermissionDenied) as error:  # whose own appointment has ended closes no account any more
            refused.append(str(error))
        finally:
            connection.close()

    acts = [(end, one.pk, other), (end if how == "both end" else close, two.pk, first)]
    threads = [threading.Thread(target=run, args=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert User.objects.holding(Permission.INVITE_ACCOUNTS).count() == 1
    assert len(refused) == 1
