"""Sign-in: by invitation, with a second factor, saying nothing about who has an account."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from members.enums import AppointmentRole
from members.errors import DomainError
from members.models import AccountInvitation, Appointment, Official, Participant, Topic, User
from members.models.visibility import rights_of
from members.services.accounts import Place, accept_invitation, invite_account, open_invitation, revoke_invitation
from members.services.appointments import end_appointment
from tests.cast import PASSWORD, TOTP_SECRET, World, client_for, make_world

NEW = "new official's long password"


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def code(at: float | None = None) -> str:
    return format_hotp_value(hotp_value(TOTP_SECRET, int(at or time.time()) // 30))


def place_b() -> Place:
    return Place(AppointmentRole.FOCAL_POINT, Participant.objects.get(slug="dland"), Topic.objects.get())


def invited(world: World, email: str = "new@ministry.example") -> str:
    """The token of a fresh invitation."""
    _invitation, link = invite_account(email=email, place=place_b(), by=world.users["administrator"], name="New Official")
    return link.rstrip("/").rsplit("/", 1)[1]


def test_invitation_leads_to_an_account_with_its_place_and_works_once(world: World) -> None:
    token = invited(world)
    client, address = Client(), f"/accounts/invitation/{token}/"
    assert "new@ministry.example" in client.get(address).content.decode()
    response = client.post(address, {"name": "New Official", "password": NEW})
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/")
    user = User.objects.get(email="new@ministry.example")
    assert rights_of(user).speaks_for == {Participant.objects.get(slug="dland").pk}
    assert client.get(address).status_code == 410
    with pytest.raises(DomainError):
        accept_invitation(token=token, name="Again", password=NEW)


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"name": "", "password": NEW}, "This field is required."),
        ({"name": "123", "password": NEW}, "Enter the full name."),
        ({"name": "x" * 201, "password": NEW}, "at most 200 characters"),
        ({"name": "A\x00B", "password": NEW}, "Null characters"),
        ({"name": "Kept Name", "password": "short"}, "at least 12 characters"),
        ({"name": "Kept Name", "password": "password1234"}, "too common"),
        ({"name": "Kept Name", "password": "new@ministry.example"}, "too similar"),
        ({}, "This field is required."),
    ],
)
def test_bad_answers_are_said_at_their_field_and_kept(world: World, answers: dict[str, str], said: str) -> None:
    response = Client().post(f"/accounts/invitation/{invited(world)}/", answers)
    text = response.content.decode()
    assert response.status_code == 422
    assert said in text
    if answers.get("name") == "Kept Name":
        assert 'value="Kept Name"' in text
    assert not User.objects.filter(email="new@ministry.example").exists()


def test_invitation_ends_after_seven_days_or_when_taken_back(world: World) -> None:
    token = invited(world)
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        assert open_invitation(token) is None
    revoke_invitation(invitation=AccountInvitation.objects.get(), by=world.users["administrator"])
    assert Client().get(f"/accounts/invitation/{token}/").status_code == 410


def test_second_invitation_replaces_the_first(world: World) -> None:
    first, second = invited(world), invited(world)
    assert open_invitation(first) is None
    assert open_invitation(second) is not None
    assert AccountInvitation.objects.filter(accepted_at=None, revoked_at=None).count() == 1


def test_only_the_hash_of_a_token_is_kept(world: World) -> None:
    token = invited(world)
    assert token not in str(list(AccountInvitation.objects.values()))


def test_place_that_somebody_holds_is_refused_and_nothing_is_made(world: World) -> None:
    place = Place(AppointmentRole.FOCAL_POINT, Participant.objects.get(slug="aland"), Topic.objects.get())
    _invitation, link = invite_account(email="second@aland.example", place=place, by=world.users["administrator"])
    with pytest.raises(DomainError, match="focal point for this topic"):
        accept_invitation(token=link.rstrip("/").rsplit("/", 1)[1], name="Second", password=NEW)
    assert not User.objects.filter(email="second@aland.example").exists()


def test_existing_account_adds_a_place_with_its_password_only(world: World) -> None:
    token = invited(world, email="focal-point-a@cast.example")
    with pytest.raises(DomainError, match="has an account already"):
        accept_invitation(token=token, name="X", password=NEW)
    user = accept_invitation(token=token, name="X", password=PASSWORD)
    assert len(rights_of(User.objects.get(pk=user.pk)).speaks_for) == 2


@pytest.fixture
def committed_world(transactional_db: None) -> Iterator[World]:
    return make_world()


@pytest.mark.django_db(transaction=True)
def test_two_acceptances_at_once_make_one_account(committed_world: World) -> None:
    token, barrier, refused = invited(committed_world), threading.Barrier(2), []

    def accept() -> None:
        barrier.wait()
        try:
            accept_invitation(token=token, name="New Official", password=NEW)
        except DomainError as error:
            refused.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=accept) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert Official.objects.filter(email="new@ministry.example").count() == 1


def test_command_prints_and_mails_the_link(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("invite", "first@secretariat.example", "--role", "administrator")
    link = capsys.readouterr().out.strip()
    assert link.startswith(f"{settings.ORIGIN}/accounts/invitation/")
    assert link in mail.outbox[0].body
    with pytest.raises(CommandError, match="no participant"):
        call_command("invite", "x@x.example", "--role", "focal-point", "--participant", "atlantis")
    with pytest.raises(CommandError, match="Say for which participant"):
        call_command("invite", "x@x.example", "--role", "ministry")
    with pytest.raises(CommandError, match="no seat"):
        call_command("invite", "x@x.example", "--role", "co-chair", "--participant", "aland")
    with pytest.raises(CommandError, match="@ sign"):
        call_command("invite", "nobody", "--role", "secretariat")


def test_account_without_second_factor_is_led_to_set_one_up(world: World) -> None:
    user = world.users["secretariat"]
    User.objects.filter(pk=user.pk).update(second_factor_waived=False)
    client = client_for(world, "secretariat")
    assert client.get("/desk/")["Location"] == "/accounts/2fa/totp/activate/"
    assert client.get("/activities/")["Location"] == "/accounts/2fa/totp/activate/"
    assert client.post("/desk/activities/new/", {"title": "x"})["Location"] == "/accounts/2fa/totp/activate/"


def test_waiver_counts_in_a_trial_only(world: World, settings: Any) -> None:
    settings.SECOND_FACTOR_MAY_BE_WAIVED = False
    assert client_for(world, "secretariat").get("/desk/")["Location"] == "/accounts/2fa/totp/activate/"


def test_password_alone_opens_nothing_and_the_code_opens_once(world: World) -> None:
    client = client_for(world, "half_signed_in")
    assert client.get("/desk/").status_code == 302
    with time_machine.travel(timezone.now(), tick=False):
        used = code()
        assert client.post("/accounts/2fa/authenticate/", {"code": used})["Location"] == "/start/"
        assert client.get("/desk/").status_code == 200
        for spelled in (
            used,
            f"{used[:3]} {used[3:]}",
            "".join(chr(0xFF10 + int(c)) for c in used),
            "".join(chr(0x660 + int(c)) for c in used),
        ):
            again = client_for(world, "half_signed_in")
            again.post("/accounts/2fa/authenticate/", {"code": spelled})
            assert again.get("/desk/").status_code == 302


def test_recovery_code_opens_once(world: World) -> None:
    client_for(world, "half_signed_in")
    user = world.users["half_signed_in"]
    Authenticator.objects.create(user=user, type="recovery_codes", data={"migrated_codes": [get_adapter().encrypt("abcd-1234")]})
    outcomes = []
    for _attempt in range(2):
        client = client_for(world, "half_signed_in")
        client.post("/accounts/2fa/authenticate/", {"code": "abcd-1234"})
        outcomes.append(client.get("/desk/").status_code)
    assert outcomes == [200, 302]


def test_setting_up_the_second_factor_with_our_own_picture(world: World) -> None:
    User.objects.filter(pk=world.users["secretariat"].pk).update(second_factor_waived=False)
    client = Client()
    client.post("/accounts/login/", {"login": "secretariat@cast.example", "password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    assert 'src="/accounts/2fa/totp/qr.svg"' in page
    assert "data:image" not in page
    picture = client.get("/accounts/2fa/totp/qr.svg")
    assert picture["Content-Type"] == "image/svg+xml"
    secret = client.session["mfa.totp.secret"]
    client.post("/accounts/2fa/totp/activate/", {"code": format_hotp_value(hotp_value(secret, int(time.time()) // 30))})
    assert client.get("/desk/").status_code == 200


def test_sign_in_and_reset_say_the_same_to_everybody(world: World) -> None:
    def seen(path: str, answers: dict[str, str]) -> tuple[int, str]:
        response = Client().post(path, answers)
        text = response.content.decode()
        for address in ("secretariat@cast.example", "deactivated@cast.example", "nobody@cast.example"):
            text = text.replace(address, "ADDRESS")
        return response.status_code, response.headers.get("Location", "") or text[text.index("<main") :].split(
            "csrfmiddlewaretoken"
        )[0]

    User.objects.filter(email="deactivated@cast.example").update(is_active=False)
    addresses = ("secretariat@cast.example", "deactivated@cast.example", "nobody@cast.example")
    assert len({seen("/accounts/login/", {"login": address, "password": "wrong password"}) for address in addresses}) == 1
    assert len({seen("/accounts/password/reset/", {"email": address}) for address in addresses}) == 1


def test_failures_are_counted_whatever_address_they_claim_to_come_from(world: World) -> None:
    for number in range(12):
        Client().post(
            "/accounts/login/",
            {"login": "secretariat@cast.example", "password": "wrong password"},
            headers={"x-forwarded-for": f"198.51.100.{number}"},
        )
    response = Client().post("/accounts/login/", {"login": "secretariat@cast.example", "password": PASSWORD})
    assert response.status_code != 302
    assert "Too many failed" in response.content.decode()


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "https:evil.example",
        "\thttps://evil.example",
    ],
)
def test_signing_in_never_leads_off_the_site(world: World, target: str) -> None:
    response = Client().post("/accounts/login/", {"login": "secretariat@cast.example", "password": PASSWORD, "next": target})
    assert response["Location"].startswith("/")
    assert not response["Location"].startswith(("//", "/\\"))


def test_links_in_mail_use_the_configured_address(world: World) -> None:
    Client().post("/accounts/password/reset/", {"email": "secretariat@cast.example"}, headers={"host": "localhost"})
    assert "evil.example" not in mail.outbox[0].body
    assert Client().get("/", headers={"host": "evil.example"}).status_code == 400


def test_nobody_can_sign_up(world: World) -> None:
    before = User.objects.count()
    response = Client().post("/accounts/signup/", {"email": "x@x.example", "password1": NEW, "password2": NEW})
    assert "by invitation" in response.content.decode()
    assert User.objects.count() == before


def test_sessions_end_after_half_an_hour_idle_and_after_twelve_hours(world: World) -> None:
    assert settings.SESSION_COOKIE_AGE == 1800
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client = client_for(world, "secretariat")
        assert client.get("/desk/").status_code == 200
        for _half_hour in range(25):
            clock.shift(timedelta(minutes=29))
            status = client.get("/desk/").status_code
        assert status == 302


def test_ended_appointment_stops_access_with_the_next_request(world: World) -> None:
    client = client_for(world, "focal_point_a")
    assert client.get("/national/aland/").status_code == 200
    appointment = Appointment.objects.get(official__user=world.users["focal_point_a"])
    end_appointment(appointment=appointment, by=world.users["administrator"])
    assert client.get("/national/aland/").status_code == 404


def test_deactivated_account_is_out_with_the_next_request(world: World) -> None:
    client = client_for(world, "secretariat")
    User.objects.filter(pk=world.users["secretariat"].pk).update(is_active=False)
    assert client.get("/desk/")["Location"].startswith("/accounts/login/")


def test_sessions_are_private_to_whoever_stores_pages_on_the_way(world: World) -> None:
    response = client_for(world, "secretariat").get("/activities/")
    assert response["Cache-Control"] == "private, no-store"
    assert "Cookie" in response["Vary"]
    assert "sessionid" not in Client().get("/activities/").cookies


def test_new_key_at_sign_in_and_other_sessions_end_with_a_new_password(world: World) -> None:
    one, other = client_for(world, "secretariat"), client_for(world, "secretariat")
    before = one.session.session_key
    one.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert one.session.session_key != before
    assert other.get("/desk/").status_code == 302
