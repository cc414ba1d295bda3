"""One's own account: the page, sessions, history, and mail about what happens to it."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from baliportal.logs import json_formatter
from members.devices import browser_of, network_of, system_of
from members.enums import AccountEventKind as Kind
from members.models import AccountEvent, Delivery, User
from members.periodic import forget_old
from tests.cast import PASSWORD, World, client_for, make_world
from tests.members.test_accounts import NEW, code

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile/15E148 Safari/604.1"


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def signed_in(world: World, name: str = "secretariat", agent: str = FIREFOX, address: str = "198.51.100.77") -> Client:
    client = Client(headers={"user-agent": agent}, REMOTE_ADDR=address)
    client.post("/accounts/login/", {"login": world.users[name].email, "password": PASSWORD})
    return client


def kinds_of(user: User) -> list[str]:
    return list(AccountEvent.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))


@pytest.mark.parametrize(
    ("agent", "browser", "system"),
    [
        (FIREFOX, "Firefox", "Linux"),
        (IPHONE, "Safari", "iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0", "Edge", "Windows"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36", "Chrome", "Android"),
        ("curl/8.0 <script>", "", ""),
    ],
)
def test_device_is_two_words_of_ours(agent: str, browser: str, system: str) -> None:
    assert (browser_of(agent), system_of(agent)) == (browser, system)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("198.51.100.77", "198.51.100.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("::ffff:198.51.100.77", "198.51.100.0/24"),
        ("nonsense", ""),
    ],
)
def test_address_is_shown_as_its_network(address: str, network: str) -> None:
    assert network_of(address) == network


def test_page_shows_places_with_title_and_what_is_left(world: World) -> None:
    user = world.users["focal_point_a"]
    codes = [get_adapter().encrypt(word) for word in ("aa", "bb")]
    Authenticator.objects.create(user=user, type="totp", data={"secret": get_adapter().encrypt("SECRET")})
    Authenticator.objects.create(user=user, type="recovery_codes", data={"migrated_codes": codes})
    page = client_for(world, "focal_point_a").get("/accounts/").content.decode()
    assert "Person focal_point_a" in page
    assert "Focal point, Aland: People smuggling" in page
    assert "authenticator app" in page
    assert "2 codes are left." in page


def test_language_of_mail_is_chosen_from_the_list(world: World) -> None:
    client = client_for(world, "focal_point_a")
    client.post("/accounts/language/", {"language": "id"})
    assert User.objects.get(pk=world.users["focal_point_a"].pk).language == "id"
    for wrong in ("xx", "", "\x00"):
        client.post("/accounts/language/", {"language": wrong})
    assert User.objects.get(pk=world.users["focal_point_a"].pk).language == "id"


def test_sessions_say_device_network_and_which_is_this(world: World) -> None:
    here, _there = signed_in(world), signed_in(world, agent=IPHONE, address="203.0.113.9")
    page = here.get("/accounts/sessions/").content.decode()
    first, second = page.split("<tbody>")[1].split("</tr>")[:2]
    assert "Firefox on Linux" in first
    assert "this one" in first
    assert "Safari on iPhone" in second
    assert "203.0.113.0/24" in second
    assert "203.0.113.9" not in page
    assert here.session.session_key not in page


def test_ending_one_session_ends_that_one_only(world: World) -> None:
    here, there, third = signed_in(world), signed_in(world), signed_in(world)
    stranger = signed_in(world, "co_chair")
    row = UserSession.objects.get(session_key=there.session.session_key)
    assert stranger.post(f"/accounts/sessions/{row.pk}/end/").status_code == 404
    own = UserSession.objects.get(session_key=here.session.session_key)
    assert here.post(f"/accounts/sessions/{own.pk}/end/").status_code == 404  # this one: sign out
    assert here.post(f"/accounts/sessions/{row.pk}/end/")["Location"] == "/accounts/sessions/"
    assert [client.get("/desk/").status_code for client in (here, there, third)] == [200, 302, 200]
    assert here.post(f"/accounts/sessions/{row.pk}/end/").status_code == 404


def test_ending_the_others_leaves_this_one(world: World) -> None:
    here, others = signed_in(world), [signed_in(world), client_for(world, "secretariat")]
    stranger = signed_in(world, "co_chair")
    page = here.post("/accounts/sessions/end-others/", follow=True).content.decode()
    assert "2 other sessions are ended." in page
    assert [client.get("/desk/").status_code for client in (here, *others)] == [200, 302, 302]
    assert stranger.get("/accounts/").status_code == 200
    assert kinds_of(world.users["secretariat"])[-1] == Kind.SESSIONS_ENDED


def test_reading_the_sessions_changes_nothing_and_costs_the_same(world: World) -> None:
    here = signed_in(world)
    here.get("/accounts/sessions/")
    counts = []
    for number in range(2):
        with CaptureQueriesContext(connection) as asked:
            here.get("/accounts/sessions/")
        counts.append(len(asked))
        if not number:
            signed_in(world)
            signed_in(world)
    assert counts[0] == counts[1]
    rows = UserSession.objects.count()
    Session.objects.exclude(session_key=here.session.session_key).delete()
    here.get("/accounts/sessions/")
    assert UserSession.objects.count() == rows


def test_rows_of_ended_sessions_are_forgotten_with_their_addresses(world: World) -> None:
    here = signed_in(world)
    signed_in(world)
    Session.objects.exclude(session_key=here.session.session_key).delete()
    forget_old()
    assert [row.session_key for row in UserSession.objects.all()] == [here.session.session_key]


def test_history_holds_sign_ins_failures_and_changes_in_words(world: World) -> None:
    Client().post("/accounts/login/", {"login": "secretariat@cast.example", "password": "wrong password"})
    client = signed_in(world)
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert kinds_of(world.users["secretariat"]) == [Kind.PASSWORD_WRONG, Kind.SIGNED_IN, Kind.PASSWORD_CHANGED]
    page = client.get("/accounts/history/").content.decode()
    for word in ("Wrong password", "Signed in", "The password was changed", "Firefox on Linux", "198.51.100.0/24"):
        assert word in page
    assert "198.51.100.77" not in page
    assert "Wrong password" not in client_for(world, "co_chair").get("/accounts/history/").content.decode()


def test_wrong_code_and_used_recovery_code_are_in_the_history(world: World) -> None:
    user = world.users["half_signed_in"]
    client = client_for(world, "half_signed_in")
    Authenticator.objects.create(user=user, type="recovery_codes", data={"migrated_codes": [get_adapter().encrypt("abcd-1234")]})
    client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    client.post("/accounts/2fa/authenticate/", {"code": "abcd-1234"})
    assert kinds_of(user) == [Kind.CODE_WRONG, Kind.RECOVERY_CODE_USED, Kind.SIGNED_IN]
    assert Delivery.objects.get(kind="account-notice").subject.startswith("A recovery code was used")


def test_every_change_is_mailed_in_the_persons_language(world: World, django_capture_on_commit_callbacks: Any) -> None:
    user = world.users["secretariat"]
    User.objects.filter(pk=user.pk).update(language="id")
    client = signed_in(world)
    client.get("/accounts/2fa/totp/activate/")
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    secret = client.session["mfa.totp.secret"]
    with django_capture_on_commit_callbacks(execute=True):
        client.post(
            "/accounts/2fa/totp/activate/", {"code": format_hotp_value(hotp_value(secret, int(timezone.now().timestamp()) // 30))}
        )
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.post("/accounts/2fa/totp/deactivate/")
    assert kinds_of(user)[-2:] == [Kind.FACTOR_ADDED, Kind.FACTOR_REMOVED]
    first, second = Delivery.objects.filter(kind="account-notice").order_by("pk")
    assert (first.email, first.language) == ("secretariat@cast.example", "id")
    assert "Faktor kedua ditambahkan" in first.subject
    assert "Faktor kedua dihapus" in second.subject
    assert "secretariat@cast.example" not in first.subject


def test_first_recovery_codes_are_shown_at_once_and_later_only_to_who_proves_it(world: World) -> None:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    user, early = world.users["secretariat"], signed_in(world)
    Authenticator.objects.create(user=user, type="totp", data={"secret": get_adapter().encrypt("JBSWY3DPEHPK3PXP")})
    RecoveryCodes.activate(user)
    assert early.get("/accounts/2fa/recovery-codes/").status_code == 200
    assert early.get("/accounts/2fa/recovery-codes/generate/")["Location"].startswith("/accounts/reauthenticate/")
    assert early.post("/accounts/2fa/totp/deactivate/")["Location"].startswith("/accounts/reauthenticate/")
    late = signed_in(world)
    late.post("/accounts/2fa/authenticate/", {"code": code()})
    assert "reauthenticate" in late.get("/accounts/2fa/recovery-codes/")["Location"]


def test_new_or_removed_factor_ends_the_other_sessions(world: World, django_capture_on_commit_callbacks: Any) -> None:
    user, other = world.users["secretariat"], signed_in(world)
    here = signed_in(world)
    Authenticator.objects.create(user=user, type="totp", data={"secret": get_adapter().encrypt("JBSWY3DPEHPK3PXP")})
    here = signed_in(world)
    here.post("/accounts/2fa/authenticate/", {"code": code()})
    here.post("/accounts/reauthenticate/", {"password": PASSWORD})
    here.post("/accounts/2fa/totp/deactivate/")
    assert kinds_of(user)[-1] == Kind.FACTOR_REMOVED
    assert other.get("/desk/").status_code == 302
    assert here.get("/desk/").status_code == 200


def test_changed_address_is_told_to_the_old_one(world: World) -> None:
    user = world.users["secretariat"]
    client = signed_in(world)
    client.post("/accounts/email/", {"email": "new@cast.example", "action_add": ""})
    address = EmailAddress.objects.get(email="new@cast.example")
    client.post(f"/accounts/confirm-email/{EmailConfirmationHMAC(address).key}/")
    assert User.objects.get(pk=user.pk).email == "new@cast.example"
    assert kinds_of(user)[-1] == Kind.ADDRESS_CHANGED
    assert Delivery.objects.get(kind="account-notice").email == "secretariat@cast.example"


def test_mail_about_ones_account_goes_out_after_ones_term(world: World) -> None:
    from members.entitlement import why_withheld

    user = world.users["secretariat"]
    user.officials.update(period_to=timezone.now().date() - timedelta(days=1))
    signed_in(world).post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert why_withheld(Delivery.objects.get(kind="account-notice")) == ""


def test_mail_server_that_is_down_stops_no_change_and_no_reset_page(world: World, settings: Any) -> None:
    settings.MAILERS = {
        "default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": {"host": "127.0.0.1", "port": 9}}
    }
    answers = [
        Client().post("/accounts/password/reset/", {"email": address}) for address in ("secretariat@cast.example", "x@x.example")
    ]
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, "/accounts/password/reset/done/")] * 2


def test_events_are_kept_for_twelve_months(world: World) -> None:
    user = world.users["secretariat"]
    for days in (366, 364, 0):
        AccountEvent.objects.create(user=user, kind=Kind.SIGNED_IN, at=timezone.now() - timedelta(days=days))
    forget_old()
    ages = [(timezone.now() - event.at).days for event in AccountEvent.objects.filter(user=user)]
    assert ages == [0, 364]


def test_log_has_the_event_without_a_name(world: World) -> None:
    seen: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            seen.append(self.format(record))

    handler, logger = Keep(), logging.getLogger("members.services.account_events")
    handler.setFormatter(json_formatter())
    logger.addHandler(handler)
    level = logger.level
    logger.setLevel(logging.INFO)
    try:
        signed_in(world)
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
    line = json.loads(seen[-1])
    assert (line["event"], line["kind"], line["account"]) == ("account event", "signed-in", world.users["secretariat"].pk)
    assert "cast.example" not in seen[-1]
    assert "Person" not in seen[-1]


def test_history_is_paged_and_costs_the_same(world: World) -> None:
    client, user = signed_in(world), world.users["secretariat"]
    client.get("/accounts/history/")
    counts = []
    for number in (0, 60):
        AccountEvent.objects.bulk_create(AccountEvent(user=user, kind=Kind.SIGNED_IN, by=user) for _n in range(number))
        with CaptureQueriesContext(connection) as asked:
            page = client.get("/accounts/history/?page=1").content.decode()
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert page.count("<tr>") == 51


def test_nothing_is_mailed_twice_by_allauth(world: World) -> None:
    signed_in(world).post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert mail.outbox == []
