"""A lost second factor: two persons, never oneself, 48 hours, and the person told at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from members.enums import AccountEventKind as Kind
from members.enums import AppointmentRole
from members.errors import DomainError
from members.models import AccountEvent, Delivery, FactorReset, User
from members.services.account_state import close_account
from members.services.factor_reset import confirm_reset, confirmers_of, start_reset, stop_reset
from tests.cast import World, client_for, make_world, person

CHECK = {"check_made": "call-back", "evidence": "Called +62 21 000 on record, spoke to the director"}


@pytest.fixture
def world(db: None) -> World:
    return with_factor(make_world())


@pytest.fixture
def committed_world(transactional_db: None) -> Iterator[World]:
    return with_factor(make_world())


def with_factor(world: World) -> World:
    """Focal point A has lost an app; the cast's second administrator is closed, so that there is one."""
    for kind in ("totp", "recovery_codes", "webauthn"):
        Authenticator.objects.create(user=world.users["focal_point_a"], type=kind, data={"migrated_codes": []})
    User.objects.filter(pk=world.users["half_signed_in"].pk).update(is_active=False)
    return world


def second(world: World) -> User:
    world.users["second"] = person("second", None, role=AppointmentRole.ADMINISTRATOR)
    return world.users["second"]


def started(world: World, name: str = "focal_point_a") -> FactorReset:
    return start_reset(user=world.users[name], by=world.users["administrator"], **CHECK)


def factors(world: World) -> int:
    return Authenticator.objects.filter(user=world.users["focal_point_a"]).count()


def test_two_administrators_reset_and_the_person_starts_anew(world: World) -> None:
    other, concerned = second(world), client_for(world, "focal_point_a")
    client = client_for(world, "administrator")
    pk = world.users["focal_point_a"].pk
    place = client.post(f"/desk/accounts/{pk}/reset/", CHECK)["Location"]
    assert factors(world) == 3
    assert concerned.get("/national/aland/").status_code == 200
    assert client.post(f"{place}confirm/").status_code == 403
    assert factors(world) == 3
    assert client_for(world, "second").post(f"{place}confirm/")["Location"] == place
    assert factors(world) == 0
    assert concerned.get("/national/aland/")["Location"].startswith("/accounts/login/")
    assert client_for(world, "focal_point_a").get("/national/aland/")["Location"] == "/accounts/2fa/totp/activate/"
    kinds = list(AccountEvent.objects.filter(user_id=pk).order_by("pk").values_list("kind", flat=True))
    assert kinds == [Kind.RESET_STARTED, Kind.RESET_CONFIRMED]
    told = [d.subject for d in Delivery.objects.filter(email="focal-point-a@cast.example", kind="account-notice").order_by("pk")]
    assert [subject.split(":")[0] for subject in told] == [
        "A reset of the second factor was started",
        "The second factor was reset",
    ]
    assert Delivery.objects.get(kind="factor-reset").email == other.email
    reset = FactorReset.objects.get()
    assert (reset.started_by, reset.confirmed_by) == (world.users["administrator"], other)


def test_one_administrator_needs_a_co_chair(world: World) -> None:
    reset = started(world)
    assert confirmers_of(reset) == [world.users["co_chair"]]
    place = f"/accounts/resets/{reset.pk}/"
    chair = client_for(world, "co_chair")
    assert place in chair.get("/accounts/").content.decode()
    assert "Confirm the reset" in chair.get(place).content.decode()
    chair.post(f"{place}confirm/")
    assert factors(world) == 0


def test_co_chair_sees_nothing_where_another_administrator_can_confirm(world: World) -> None:
    second(world)
    reset = started(world)
    for verb in ("", "confirm/", "stop/"):
        client = client_for(world, "co_chair")
        path = f"/accounts/resets/{reset.pk}/{verb}"
        assert (client.post(path) if verb else client.get(path)).status_code == 404
    with pytest.raises(DomainError, match="other than the one"):
        confirm_reset(reset=reset, by=world.users["co_chair"])
    assert factors(world) == 3


def test_second_administrator_who_lost_the_factor_is_confirmed_by_a_co_chair(world: World) -> None:
    second(world)
    reset = started(world, "second")
    assert confirmers_of(reset) == [world.users["co_chair"]]
    for name in ("administrator", "second", "secretariat", "focal_point_a"):
        with pytest.raises(DomainError):
            confirm_reset(reset=reset, by=world.users[name])
    confirm_reset(reset=reset, by=world.users["co_chair"])


def test_nobody_starts_for_oneself_and_only_administrators_start(world: World) -> None:
    with pytest.raises(DomainError, match="their own"):
        start_reset(user=world.users["administrator"], by=world.users["administrator"], **CHECK)
    with pytest.raises(PermissionDenied):
        start_reset(user=world.users["focal_point_a"], by=world.users["secretariat"], **CHECK)


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({}, "required"),
        ({"check_made": "call-back", "evidence": "  "}, "required"),
        ({"check_made": "operator", "evidence": "x"}, "Select a valid choice"),
        ({"check_made": "nonsense", "evidence": "x"}, "Select a valid choice"),
        ({"check_made": "call-back", "evidence": "x\x00"}, "Null characters"),
        ({"check_made": "call-back", "evidence": "x" * 401}, "at most 400"),
    ],
)
def test_start_says_what_is_missing(world: World, answers: dict[str, str], said: str) -> None:
    response = client_for(world, "administrator").post(f"/desk/accounts/{world.users['focal_point_a'].pk}/reset/", answers)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not FactorReset.objects.exists()


def test_person_stops_it_from_an_open_session(world: World) -> None:
    concerned, reset = client_for(world, "focal_point_a"), started(world)
    page = concerned.get("/accounts/").content.decode()
    assert "Somebody asked to take away your second factor" in page
    assert CHECK["evidence"] not in concerned.get(f"/accounts/resets/{reset.pk}/").content.decode()
    concerned.post(f"/accounts/resets/{reset.pk}/stop/")
    with pytest.raises(DomainError, match="confirmed, stopped"):
        confirm_reset(reset=reset, by=world.users["co_chair"])
    assert factors(world) == 3
    started(world)  # and may be started again


def test_others_cannot_stop_it(world: World) -> None:
    reset = started(world)
    with pytest.raises(DomainError, match="Only the person"):
        stop_reset(reset=reset, by=world.users["co_chair"])
    stop_reset(reset=reset, by=world.users["administrator"])


def test_reset_lapses_after_48_hours_and_another_can_be_started(world: World) -> None:
    reset = started(world)
    with pytest.raises(DomainError, match="running already"):
        started(world)
    with time_machine.travel(timezone.now() + timedelta(hours=48, minutes=1)):
        with pytest.raises(DomainError, match="too old"):
            confirm_reset(reset=reset, by=world.users["co_chair"])
        assert "Too old" in client_for(world, "administrator").get(f"/accounts/resets/{reset.pk}/").content.decode()
        assert started(world).pk != reset.pk


def test_closed_account_is_not_reset(world: World) -> None:
    close_account(user=world.users["focal_point_a"], reason="x", by=world.users["administrator"])
    with pytest.raises(DomainError, match="closed"):
        started(world)


def test_administrator_who_was_closed_meanwhile_confirms_nothing(world: World) -> None:
    other, reset = second(world), started(world)
    User.objects.filter(pk=other.pk).update(is_active=False)
    with pytest.raises(DomainError):
        confirm_reset(reset=reset, by=User.objects.get(pk=other.pk))


def test_operator_leaves_the_same_trail(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("reset_second_factor", "Focal-Point-A@cast.example", "--reason", "The only administrator, met in person")
    reset = FactorReset.objects.get()
    assert (reset.check_made, reset.started_by.is_service, reset.confirmed_by) == ("operator", True, reset.started_by)
    assert factors(world) == 0
    assert AccountEvent.objects.filter(user=reset.user).count() == 2
    assert Delivery.objects.filter(kind="account-notice").count() == 2
    with pytest.raises(CommandError, match="no account"):
        call_command("reset_second_factor", "nobody@cast.example", "--reason", "x")
    with pytest.raises(CommandError, match="Say what shows it"):
        call_command("reset_second_factor", "focal-point-a@cast.example", "--reason", " ")
    assert "Reset " in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_confirmation_and_stop_at_once_end_in_one_of_both(committed_world: World) -> None:
    world = committed_world
    other = second(world)
    third = person("third", None, role=AppointmentRole.ADMINISTRATOR)
    reset, barrier, refused = started(world), threading.Barrier(3), []

    def run(act: object, by: User) -> None:
        barrier.wait()
        try:
            act(reset=FactorReset.objects.get(pk=reset.pk), by=User.objects.get(pk=by.pk))  # type: ignore[operator]
        except DomainError as error:
            refused.append(error.message)
        finally:
            connection.close()

    who = ((confirm_reset, other), (confirm_reset, third), (stop_reset, world.users["focal_point_a"]))
    threads = [threading.Thread(target=run, args=pair) for pair in who]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["This reset was confirmed, stopped or is too old."] * 2
    row = FactorReset.objects.get()
    assert (row.confirmed_at is None) != (row.stopped_at is None)
    assert factors(world) == (0 if row.confirmed_at else 3)


@pytest.mark.django_db(transaction=True)
def test_two_starts_at_once_make_one_reset(committed_world: World) -> None:
    world, barrier, refused = committed_world, threading.Barrier(2), []
    starters = [world.users["administrator"].pk, second(world).pk]

    def run(by: int) -> None:
        barrier.wait()
        try:
            start_reset(user=world.users["focal_point_a"], by=User.objects.get(pk=by), **CHECK)
        except DomainError as error:
            refused.append(error.message)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(by,)) for by in starters]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["A reset for this account is running already."]
    assert FactorReset.objects.count() == 1
