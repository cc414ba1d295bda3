"""A session that ends while a form is open loses nothing, sends nothing by itself, and shows nothing to anybody else."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from activities.models import Activity, Nomination
from members.form_filling import fill_form
from members.models import KeptForm
from members.periodic import forget_old
from members.services.kept_forms import LARGEST, worth_keeping
from tests.cast import PASSWORD, World, make_world

FORM = "/desk/activities/new/"
TEXT = 'Workshop on <b>"documents"</b> & travel\nsecond line'


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def token_in(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert found
    return found[1]


def browser(world: World, name: str = "secretariat") -> Client:
    client = Client(enforce_csrf_checks=True)
    sign_in(client, world, name)
    return client


def sign_in(client: Client, world: World, name: str, path: str = "/accounts/login/") -> Any:
    page = client.get(path).content.decode()
    target = re.search(r'name="next" value="([^"]*)"', page)
    answers = {"login": world.users[name].email, "password": PASSWORD, "csrfmiddlewaretoken": token_in(page)}
    return client.post("/accounts/login/", answers | ({"next": target[1]} if target else {}))


def opened(client: Client, path: str = FORM) -> dict[str, str]:
    """The token of a form that is open."""
    return {"csrfmiddlewaretoken": token_in(client.get(path).content.decode().split("<main")[1])}


def lose_session(client: Client) -> None:
    Session.objects.filter(session_key=client.session.session_key).delete()


def lost(world: World, **answers: Any) -> tuple[Client, Any]:
    """A browser whose session ended before the form was sent, and the answer it got."""
    client = browser(world)
    token = opened(client)
    lose_session(client)
    return client, client.post(FORM, {"title": "Kept title", "outcome": TEXT, "city": "Jakarta"} | token | answers)


def test_text_comes_back_into_the_form_and_is_sent_by_the_person_only(world: World) -> None:
    before = Activity.objects.count()
    client, answer = lost(world)
    assert answer["Location"] == "/accounts/login/?next=/accounts/kept/"
    page = client.get(answer["Location"]).content.decode()
    assert "Your text is kept for an hour" in page
    answer = sign_in(client, world, "secretariat", "/accounts/login/?next=/accounts/kept/")
    assert answer["Location"] == "/accounts/kept/"
    assert client.get("/accounts/kept/")["Location"] == f"{FORM}?kept=1"
    page = client.get(f"{FORM}?kept=1").content.decode()
    assert "Nothing has been sent." in page
    assert 'value="Kept title"' in page
    assert 'value="Jakarta"' in page
    assert "Workshop on &lt;b&gt;&quot;documents&quot;&lt;/b&gt; &amp; travel\nsecond line" in page
    assert Activity.objects.count() == before
    form = page.split('name="_kept"')[0].rsplit("<form", 1)[1]
    kind = re.search(r'<select name="kind".*?<option value="(\d+)"', page, re.DOTALL)
    assert kind
    answers = {"title": "Kept title", "kind": kind[1], "start": "May 2030", "status": "planned", "access_class": "public"}
    fields = dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', form))
    answer = client.post(FORM, fields | answers | {"_kept": "1"})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    assert Activity.objects.count() == before + 1
    assert not KeptForm.objects.exists()
    assert client.get("/accounts/kept/")["Location"] == "/start/"


def test_another_person_on_the_same_browser_gets_nothing(world: World) -> None:
    client, _answer = lost(world)
    answer = sign_in(client, world, "administrator", "/accounts/login/?next=/accounts/kept/")
    assert answer["Location"] == "/accounts/kept/"
    assert client.get("/accounts/kept/")["Location"] == "/start/"
    for path in (f"{FORM}?kept=1", "/accounts/kept/?list=1"):
        assert "Kept title" not in client.get(path, follow=True).content.decode()
    assert KeptForm.objects.count() == 1  # still there for its owner


def test_another_browser_of_the_same_person_gets_nothing(world: World) -> None:
    lost(world)
    assert browser(world).get("/accounts/kept/")["Location"] == "/start/"


def test_idle_and_absolute_age_keep_the_text_too(world: World) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client = browser(world)
        token = opened(client)
        clock.shift(timedelta(minutes=31))
        assert client.post(FORM, {"title": "Idle"} | token)["Location"] == "/accounts/login/?next=/accounts/kept/"
        client = browser(world)
        for _round in range(25):
            clock.shift(timedelta(minutes=29))
            client.get("/accounts/history/")
        token = opened(client)
        clock.shift(timedelta(minutes=29))
        assert client.post(FORM, {"title": "Absolute"} | token)["Location"] == "/accounts/login/?next=/accounts/kept/"
        assert KeptForm.objects.count() == 2


def test_form_of_an_older_session_is_kept_where_its_token_is_stale(world: World) -> None:
    client = browser(world)
    token = opened(client)
    lose_session(client)
    sign_in(client, world, "secretariat")  # in another tab: the secret of the forms changes
    answer = client.post(FORM, {"title": "Stale"} | token)
    assert answer["Location"] == "/accounts/kept/"
    assert 'value="Stale"' in client.get(f"{FORM}?kept=1").content.decode()


def test_stale_form_of_another_person_is_refused_and_not_kept(world: World) -> None:
    client = browser(world)
    token = opened(client)
    lose_session(client)
    sign_in(client, world, "administrator")
    assert client.post(FORM, {"title": "Of somebody else"} | token).status_code == 403
    assert not KeptForm.objects.exists()


def test_form_of_another_site_is_refused_and_not_kept(world: World) -> None:
    client = browser(world)
    lose_session(client)
    for token in ("", "x", "a" * 64, "b" * 32):
        answer = client.post(FORM, {"title": "Planted", "csrfmiddlewaretoken": token})
        assert answer.status_code == 403
    stranger = Client()
    assert stranger.post(FORM, {"title": "x", "csrfmiddlewaretoken": "a" * 64})["Location"].startswith(
        "/accounts/login/?next=/desk/"
    )
    assert not KeptForm.objects.exists()


def test_kept_text_is_unreadable_in_the_database_and_for_an_hour_only(world: World) -> None:
    client, _answer = lost(world)
    row = KeptForm.objects.get()
    assert b"Kept title" not in bytes(row.content)
    assert row.expires_at - row.kept_at == timedelta(hours=1)
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        sign_in(client, world, "secretariat")
        assert client.get("/accounts/kept/")["Location"] == "/start/"
        forget_old()
    assert not KeptForm.objects.exists()


def test_passwords_codes_and_files_are_not_kept_and_files_are_said(world: World) -> None:
    posted = {
        "title": ["x"],
        "password": ["p"],
        "oldpassword": ["p"],
        "code": ["1"],
        "csrfmiddlewaretoken": ["t"],
        "zip_code": ["9"],
    }
    assert worth_keeping(posted) == {"title": ["x"], "zip_code": ["9"]}
    client, _answer = lost(world, file=SimpleUploadedFile("secret.pdf", b"FILE-CANARY"))
    sign_in(client, world, "secretariat")
    page = client.get(f"{FORM}?kept=1").content.decode()
    assert "Files must be chosen again." in page
    assert "secret.pdf" not in page


def test_forms_of_the_sign_in_are_never_kept(world: World) -> None:
    client = browser(world)
    token = opened(client, "/accounts/password/change/")
    lose_session(client)
    answer = client.post("/accounts/password/change/", {"oldpassword": PASSWORD} | token)
    assert answer["Location"].startswith("/accounts/login/?next=/accounts/password/change/")
    assert not KeptForm.objects.exists()


def test_too_large_a_text_is_not_kept_and_five_are_the_most(world: World) -> None:
    _client, answer = lost(world, outcome="x" * LARGEST)
    assert answer["Location"] == f"/accounts/login/?next={FORM}"
    for _number in range(7):
        lost(world)
    assert KeptForm.objects.count() == 5


def test_button_without_a_form_of_its_own_is_listed_with_send_and_discard(world: World) -> None:
    client = browser(world)
    path = f"/desk/activities/{world.draft_activity}/publish/"
    token = opened(client, f"/desk/activities/{world.draft_activity}/")
    lose_session(client)
    client.post(path, token)
    sign_in(client, world, "secretariat")
    assert client.get(client.get("/accounts/kept/")["Location"])["Location"] == "/accounts/kept/?list=1"
    page = client.get("/accounts/kept/?list=1").content.decode()
    assert f'action="{path}"' in page
    assert Activity.objects.get(reference=world.draft_activity).published_at is None
    main = page.split("<main")[1]
    client.post(path, {"csrfmiddlewaretoken": token_in(main), "_kept": "1"})
    assert Activity.objects.get(reference=world.draft_activity).published_at is not None
    assert not KeptForm.objects.exists()


def test_discarding_forgets(world: World) -> None:
    client, _answer = lost(world)
    sign_in(client, world, "secretariat")
    token = token_in(client.get(f"{FORM}?kept=1").content.decode().split("<main")[1])
    assert client.post("/accounts/kept/discard/", {"csrfmiddlewaretoken": token})["Location"] == FORM
    assert not KeptForm.objects.exists()


def test_sheet_with_more_rows_than_the_page_has_loses_none(world: World) -> None:
    path = f"/national/{world.participant_a}/invitations/{world.invitation_a}/"
    client = browser(world, "focal_point_a")
    page = client.get(path).content.decode().split("<main")[1]
    answers = {"csrfmiddlewaretoken": token_in(page), "form-TOTAL_FORMS": "3", "form-INITIAL_FORMS": "0", "token": "one"}
    for number in range(3):
        answers |= {
            f"form-{number}-name": f"Person {number}",
            f"form-{number}-position": "Clerk",
            f"form-{number}-part": "delegate",
        }
        answers |= {f"form-{number}-email": f"p{number}@a.example", f"form-{number}-mode": "in-person"}
    lose_session(client)
    client.post(path, answers)
    sign_in(client, world, "focal_point_a")
    page = client.get(f"{path}?kept=1").content.decode()
    assert [f'value="Person {number}"' in page for number in range(3)] == [True] * 3
    assert not Nomination.objects.exists()
    fresh = token_in(page.split("Person 0")[0].rsplit("<form", 1)[1])
    assert client.post(path, answers | {"csrfmiddlewaretoken": fresh, "_kept": "1"}).status_code == 302
    assert Nomination.objects.count() == 3


PAGE = """<main id="main" tabindex="-1"><form method="get"><input name="q"></form>
<form method="post" action="/other/"><input name="title"></form>
<form method="post"><input type="hidden" name="csrfmiddlewaretoken" value="t"><input name="title" value="old">
<textarea name="text">old &amp; gold</textarea><input type="checkbox" name="c" value="1" checked><input type="checkbox" name="c" value="2">
<select name="s"><option value="a" selected>A</option><option value="b">B</option></select><input type="password" name="p">
<button name="act">Go</button></form></main>"""


def test_filling_touches_the_controls_of_the_right_form_only() -> None:
    fields = {"title": ['"><script>'], "text": ["</textarea>"], "c": ["2"], "s": ["b"], "more": ["m"], "act": [""], "p": ["x"]}
    page = fill_form(PAGE, "/here/?x=1", fields, "NOTICE")
    assert page is not None
    assert page.startswith('<main id="main" tabindex="-1">NOTICE<form method="get"><input name="q"></form>')
    assert '<form method="post" action="/other/"><input name="title"></form>' in page
    assert '<input name="title" value="&quot;&gt;&lt;script&gt;">' in page
    assert '<textarea name="text">\n&lt;/textarea&gt;</textarea>' in page
    assert '<input type="checkbox" name="c" value="1"><input type="checkbox" name="c" value="2" checked>' in page
    assert '<option value="a">A</option><option value="b" selected>B</option>' in page
    assert '<input type="password" name="p">' in page
    assert '<input type="hidden" name="_kept" value="1"><input type="hidden" name="more" value="m"></form>' in page
    assert fill_form(PAGE, "/here/", {"unknown": ["x"]}, "") is None
