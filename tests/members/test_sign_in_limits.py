"""Guessing is slow everywhere, also without the disposable cache, and tells nothing about who has an account."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.test import Client

from members.models import AccountEvent, User
from tests.cast import PASSWORD, TOTP_SECRET, World, client_for, make_world
from tests.members.test_accounts import code, invited

ADDRESSES = ("secretariat@cast.example", "deactivated@cast.example", "nobody@cast.example")
UNREACHABLE = {
    "BACKEND": "django.core.cache.backends.redis.RedisCache",
    "LOCATION": "redis://127.0.0.1:9/0",
    "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
}


@pytest.fixture(params=[False, True], ids=["disposable cache up", "disposable cache down"])
def world(db: None, request: pytest.FixtureRequest, settings: Any) -> World:
    if request.param:
        settings.CACHES = {**settings.CACHES, "disposable": UNREACHABLE}
    return make_world()


def sign_in(address: str, password: str, client: Client | None = None) -> Any:
    return (client or Client()).post("/accounts/login/", {"login": address, "password": password})


def test_counting_stands_in_the_database_in_production() -> None:
    from baliportal import settings as real

    assert real.CACHES["default"]["BACKEND"] == "django.core.cache.backends.db.DatabaseCache"


def test_sixth_wrong_password_is_not_looked_at_and_the_right_one_neither(world: World) -> None:
    for _attempt in range(8):
        sign_in(ADDRESSES[0], "wrong password")
    assert AccountEvent.objects.filter(kind="password-wrong").count() == 5
    assert sign_in(ADDRESSES[0], PASSWORD).status_code == 200
    assert sign_in("co-chair@cast.example", PASSWORD).status_code == 302  # nobody else is locked out


def test_sixth_wrong_code_is_not_looked_at(world: World) -> None:
    client = client_for(world, "half_signed_in")
    for _attempt in range(8):
        client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert AccountEvent.objects.filter(kind="code-wrong").count() == 5
    client.post("/accounts/2fa/authenticate/", {"code": code()})
    assert client.get("/desk/").status_code == 302


def test_second_factor_of_a_victim_cannot_be_locked_without_the_password(world: World) -> None:
    victim = world.users["half_signed_in"]
    Authenticator.objects.get_or_create(user=victim, type="totp", defaults={"data": {"secret": TOTP_SECRET}})
    for _attempt in range(8):
        Client().post("/accounts/2fa/authenticate/", {"code": "000000"})
    client = client_for(world, "half_signed_in")
    client.post("/accounts/2fa/authenticate/", {"code": code()})
    assert client.get("/desk/").status_code == 200


def test_sixth_reset_of_a_password_in_a_minute_sends_nothing(world: World) -> None:
    answers = {Client().post("/accounts/password/reset/", {"email": ADDRESSES[0]}).status_code for _attempt in range(8)}
    assert len(mail.outbox) == 5
    assert answers <= {302, 429}


def test_guessing_behind_an_invitation_counts_as_at_the_sign_in(world: World) -> None:
    token = invited(world, email="focal-point-a@cast.example")
    path = f"/accounts/invitation/{token}/"
    for _attempt in range(8):
        Client().post(path, {"name": "X", "password": "wrong password 1"})
    assert AccountEvent.objects.filter(kind="password-wrong", user=world.users["focal_point_a"]).count() == 5
    assert Client().post(path, {"name": "X", "password": PASSWORD}).status_code == 422
    for _attempt in range(4):
        answer = Client().post(path, {"name": "X", "password": PASSWORD})
    assert answer.status_code == 429
    assert sign_in("focal-point-a@cast.example", PASSWORD).status_code == 200  # the same count


def test_closed_account_cannot_add_a_place(world: World) -> None:
    token = invited(world, email="focal-point-a@cast.example")
    User.objects.filter(email="focal-point-a@cast.example").update(is_active=False)
    answer = Client().post(f"/accounts/invitation/{token}/", {"name": "X", "password": PASSWORD})
    assert (answer.status_code, "is closed" in answer.content.decode()) == (422, True)


def test_known_closed_and_unknown_addresses_cost_the_same_work(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    User.objects.filter(email=ADDRESSES[1]).update(is_active=False)
    runs: list[int] = []
    encode = MD5PasswordHasher.encode

    def counted(self: Any, password: str, salt: str) -> str:
        runs[-1] += 1
        return str(encode(self, password, salt))

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    for address in ADDRESSES:
        runs.append(0)
        sign_in(address, "wrong password")
    assert runs == [runs[0]] * 3
    assert AccountEvent.objects.filter(kind="password-wrong").count() == 3
    mail.outbox.clear()
    for address in ADDRESSES:
        Client().post("/accounts/password/reset/", {"email": address})
    assert [message.to for message in mail.outbox] == [[address] for address in ADDRESSES]


@pytest.mark.parametrize("address", ["a\x00b@x.example", "x" * 500, "", "'; drop table members_user; --"])
def test_odd_addresses_are_answered(world: World, address: str) -> None:
    assert sign_in(address, "wrong password").status_code in {200, 302, 422}
