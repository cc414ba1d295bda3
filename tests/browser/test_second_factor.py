"""An invited official accepts, sets up a second factor and signs in with it: by an app's code, and by a passkey."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from tests.browser.conftest import Person, Portal, mailed

PASSWORD = "three long words together"


def link_for(portal: Portal, address: str) -> str:
    """The path of the newest invitation that the portal mailed to `address`."""
    return mailed(portal, address, r"/accounts/invitation/[\w-]+/")


def accepted(portal: Portal, people: Callable[..., Person], address: str) -> Person:
    """A new official who has an account, and is signed in without a second factor."""
    administrator = people("Secretariat administrator")
    administrator.go("/desk/accounts/invite/")
    administrator.page.fill("#id_email", address)
    administrator.page.fill("#id_name", "Rahmat Hidayat")
    administrator.page.get_by_label("Secretariat staff", exact=True).check()
    administrator.press("Send the invitation")
    assert "Rahmat Hidayat" in administrator.text
    administrator.look_everywhere()
    official = people()
    official.go(link_for(portal, address))
    official.look_everywhere()
    official.page.fill("#id_password", PASSWORD)
    official.press("Make my account")
    enter(official, address)
    assert official.page.url.endswith("/accounts/2fa/totp/activate/")
    return official


def enter(person: Person, address: str) -> None:
    person.page.fill("#id_login", address)
    person.page.fill("#id_password", PASSWORD)
    person.press("Sign in")


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def test_with_an_authenticator_app(portal: Portal, people: Any) -> None:
    address = "rahmat@secretariat.example"
    official = accepted(portal, people, address)
    official.look_everywhere()
    picture = official.page.locator(".qr img")
    assert picture.evaluate("image => image.complete && image.naturalWidth > 100")
    assert (picture.get_attribute("src") or "").endswith("/qr.svg")
    secret = official.page.locator(".mono").inner_text()
    used = code_of(secret)
    official.page.fill("#id_code", used)
    official.press("Turn it on")
    assert "10 codes are left." in official.text
    assert official.page.locator("#recovery_codes li").count() == 10
    official.look_everywhere()
    first_code = official.page.locator("#recovery_codes li").first.inner_text()
    for path in (
        "/accounts/",
        "/accounts/2fa/",
        "/accounts/sessions/",
        "/accounts/history/",
        "/accounts/2fa/recovery-codes/generate/",
    ):
        official.go(path)
        official.look_everywhere()
    official.press("Sign out")

    official.go("/accounts/login/")
    enter(official, address)
    assert official.page.url.endswith("/accounts/2fa/authenticate/")
    official.look_everywhere()
    official.page.fill("#id_code", "000000")
    official.press("Sign in")
    while (now := code_of(secret)) == used:
        time.sleep(1)
    official.page.fill("#id_code", now)
    official.press("Sign in")
    assert official.page.url.endswith("/desk/")
    official.press("Sign out")

    official.go("/accounts/login/")
    enter(official, address)
    official.page.fill("#id_code", first_code)
    official.press("Sign in")
    assert official.page.url.endswith("/desk/")
    official.go("/accounts/history/")
    assert "A recovery code was used" in official.text
    assert "Wrong second factor" in official.text


def test_with_a_passkey(portal: Portal, people: Any) -> None:
    address = "passkey@secretariat.example"
    official = accepted(portal, people, address)
    devtools = official.page.context.new_cdp_session(official.page)
    devtools.send("WebAuthn.enable")
    device = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options = {**device, "isUserVerified": True, "automaticPresenceSimulation": True}
    key = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    official.follow("Add a passkey")
    official.look_everywhere()
    official.page.get_by_label("Passwordless").check()
    with official.page.expect_navigation():
        official.page.get_by_role("button", name="Add it").click()
    official.look()
    assert len(devtools.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"]) == 1
    official.go("/accounts/2fa/webauthn/")
    assert "Passkey" in official.text
    official.look_everywhere()
    official.press("Sign out")

    official.go("/accounts/login/")
    official.look_everywhere()
    with official.page.expect_navigation(url=re.compile("/desk/")):
        official.page.get_by_role("button", name="Sign in with a passkey").click()
    official.look()
    assert official.page.url.endswith("/desk/")
    official.press("Sign out")

    official.go("/accounts/login/")
    enter(official, address)
    with official.page.expect_navigation(url=re.compile("/desk/")):
        official.page.get_by_role("button", name="Use a passkey or a security key").click()
    assert official.page.url.endswith("/desk/")


@pytest.mark.parametrize("path", ["/desk/accounts/", "/desk/accounts/invite/", "/accounts/", "/accounts/sessions/"])
def test_account_pages_at_both_widths_and_schemes(people: Any, path: str) -> None:
    person = people("Secretariat administrator")
    person.go(path)
    person.look_everywhere()
    if path == "/desk/accounts/":
        person.page.locator("tbody th a").first.click()
        person.page.wait_for_load_state()
        person.look_everywhere()
