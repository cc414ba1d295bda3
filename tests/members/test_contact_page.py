"""Writing to the secretariat, signed out, and what the desk sees of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertNumQueries

from members.models import ContactMessage, User
from members.services.contact import empty_old_messages, settle_message
from tests.cast import World, client_for, make_world

pytestmark = pytest.mark.django_db
GOOD = {
    "topic": "correction",
    "record": "XX-2010-01",
    "text": "The city was another one.",
    "name": "A Reader",
    "email": "reader@else.example",
    "token": "t" * 20,
}


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def test_message_is_kept_and_confirmed_without_its_words(client: Client, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/contact/", GOOD)
    assert (answer.status_code, answer["Location"]) == (302, "/contact/sent/")
    message = ContactMessage.objects.get()
    assert (message.topic, message.record, message.text, message.email) == (
        "correction",
        "XX-2010-01",
        GOOD["text"],
        GOOD["email"],
    )
    (sent,) = mail.outbox
    assert sent.to == [GOOD["email"]]
    for words in (GOOD["text"], GOOD["record"], GOOD["name"]):
        assert words not in sent.body
        assert words not in str(sent.alternatives)
    assert "has reached the secretariat" in client.get("/contact/sent/").content.decode()


def test_sent_twice_is_one_message(client: Client, django_capture_on_commit_callbacks: Any) -> None:
    for _again in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            assert client.post("/contact/", GOOD).status_code == 302
    assert ContactMessage.objects.count() == 1
    assert len(mail.outbox) == 1


def test_in_indonesian_the_confirmation_is_indonesian(client: Client, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/id/contact/", GOOD)
    assert ContactMessage.objects.get().language == "id"
    assert mail.outbox[0].subject.startswith("Pesan Anda")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "nobody"),
        ("email", ""),
        ("text", "  "),
        ("text", "x" * 4001),
        ("text", "a\x00b"),
        ("topic", "none"),
        ("topic", ""),
        ("record", "x" * 251),
        ("name", "x" * 201),
        ("token", "x" * 41),
    ],
)
def test_bad_input_is_told_and_the_rest_is_kept(client: Client, field: str, value: str) -> None:
    answer = client.post("/contact/", GOOD | {field: value})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Error:" in page
    kept = "record" if field != "record" else "name"
    assert f'value="{GOOD[kept]}"' in page
    assert ContactMessage.objects.count() == 0


def test_programs_are_thanked_and_not_heard(client: Client) -> None:
    assert client.post("/contact/", GOOD | {"website": "https://spam.example"}).status_code == 302
    assert ContactMessage.objects.count() == 0


def test_too_many_messages_wait_and_keep_their_text(client: Client) -> None:
    answers = [client.post("/contact/", GOOD | {"token": f"token-{n}"}) for n in range(6)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert GOOD["text"] in answers[-1].content.decode()
    assert ContactMessage.objects.count() == 5


def test_links_fill_the_form_in(client: Client) -> None:
    page = client.get("/contact/?topic=correction&record=XX-2010-01").content.decode()
    assert 'value="XX-2010-01"' in page
    assert '<option value="correction" selected>' in page
    assert client.get("/contact/?topic=%00&record=%00" + "x" * 999).status_code == 200


def test_desk_reads_and_settles_and_nobody_else_knows(world: World, client: Client) -> None:
    client.post("/contact/", GOOD)
    message = ContactMessage.objects.get()
    desk = client_for(world, "secretariat")
    assert GOOD["text"] in desk.get("/desk/messages/").content.decode()
    assert "Answer 1 message" in desk.get("/desk/").content.decode()
    assert client_for(world, "focal_point_a").post(f"/desk/messages/{message.pk}/settle/").status_code == 404
    desk.post(f"/desk/messages/{message.pk}/settle/")
    message.refresh_from_db()
    assert (message.settled_by, message.settled_at is not None) == (world.users["secretariat"], True)
    assert GOOD["text"] not in desk.get("/desk/messages/").content.decode()


def test_list_takes_the_same_queries_for_one_and_for_three(world: World) -> None:
    desk = client_for(world, "secretariat")
    by = world.users["secretariat"]

    def add(number: int) -> None:
        for settled in (False, True):
            row = ContactMessage.objects.create(
                topic="other", text="A text", email="a@b.example", submit_token=f"{number}{settled}"
            )
            if settled:
                settle_message(message=row, by=by)

    add(1)
    desk.get("/desk/messages/")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as one:
        desk.get("/desk/messages/")
    add(2)
    add(3)
    with assertNumQueries(len(one)):
        desk.get("/desk/messages/")


def test_a_year_after_it_was_settled_only_the_fact_is_left(world: World) -> None:
    by = world.users["secretariat"]
    old, young = (ContactMessage.objects.create(submit_token=t, **{k: v for k, v in GOOD.items() if k != "token"}) for t in "ab")
    for row in (old, young):
        settle_message(message=row, by=by)
    ContactMessage.objects.filter(pk=old.pk).update(settled_at=timezone.now() - timedelta(days=366))
    assert empty_old_messages(by=User.objects.service_account()) == 1
    assert empty_old_messages(by=User.objects.service_account()) == 0
    old.refresh_from_db()
    young.refresh_from_db()
    assert (old.text, old.email, old.name, old.record, old.topic) == ("", "", "", "", "correction")
    assert young.text == GOOD["text"]
