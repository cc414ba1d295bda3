"""Letters to posts of other forums: shown first, sent once, to the address on record, seen by the secretariat alone."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from members.entitlement import why_withheld
from members.enums import DeliveryState
from members.errors import DomainError
from members.forms_letters import mark_of
from members.models import Delivery, Forum, ForumContact, Letter, Official, User
from members.models.base import today
from members.selectors_forums import forums_to_mend
from members.services.forum_letters import Words, letter_mail, write_to_contact
from members.services.outbox import queue_delivery, record_bounce, send_again
from reports.services.contacts import change_address
from tests.cast import PERSONS, World, client_for, make_world

TOKEN = "t" * 32
HOSTILE = '<b>"Ali" & sons</b>'
WORDS = Words(
    subject_en="Joint workshop", body_en="We propose a joint workshop.\n\nCould we meet in May?", signatories="Co-chairs"
)
BOTH = Words(subject_en="Joint workshop", body_en="English.", subject_id="Lokakarya bersama", body_id="Indonesia.")


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def committed_world(transactional_db: None) -> Iterator[World]:
    return make_world()


def contact(world: World) -> ForumContact:
    return ForumContact.objects.select_related("forum").get(pk=world.forum_contact)


def page(world: World) -> str:
    return f"/desk/forums/{world.forum}/contacts/{world.forum_contact}/write/"


def answers(**changes: Any) -> dict[str, Any]:
    return {"token": TOKEN, "subject_en": "Joint workshop", "body_en": "We propose it.", "language": "en"} | changes


def to_send(**changes: Any) -> dict[str, Any]:
    """The answers of a letter that was shown as it is sent."""
    said = answers(send="yes") | changes
    names = ("form_of_address", "subject_en", "body_en", "subject_id", "body_id", "signatories")
    words = Words(**{name: said.get(name, "") for name in names})
    return said | {"shown": mark_of(words, said["language"], "x@forum.example")}


def letters() -> list[Delivery]:
    return list(Delivery.objects.filter(kind="forum_letter").select_related("letter").order_by("pk"))


def write(world: World, words: Words = WORDS, token: str = TOKEN) -> Delivery:
    by = world.users["secretariat"]
    return write_to_contact(contact=contact(world), words=words, language="en", token=token, by=by)


def test_letter_is_shown_before_it_is_sent(world: World) -> None:
    desk = client_for(world, "secretariat")
    shown = desk.post(page(world), answers(preview="yes"))
    text = shown.content.decode()
    assert (shown.status_code, letters(), Letter.objects.filter(reference__contains="-L-").count()) == (200, [], 0)
    for words in ("Dear Secretariat of X,", "We propose it.", "x@forum.example", "Send the letter", f'value="{TOKEN}"'):
        assert words in text
    assert desk.post(page(world), to_send())["Location"] == f"/desk/forums/{world.forum}/"
    (sent,) = letters()
    assert sent.letter is not None
    found = (sent.email, sent.subject, sent.key, sent.state, sent.letter.reference, sent.is_automatic, sent.recipient)
    reference = f"XX-L-{today().year}-01"
    key = f"forum-letter:{TOKEN}:forum-contact-{world.forum_contact}"
    assert found == ("x@forum.example", "Joint workshop", key, "queued", reference, False, contact(world))
    assert f"Our reference: {reference}" in sent.text
    overview = desk.get(f"/desk/forums/{world.forum}/").content.decode()
    assert (f'href="/desk/deliveries/{sent.pk}/">Joint workshop</a>' in overview, reference in overview) == (True, True)
    assert "Secretariat of X, Forum X, x@forum.example" in desk.get(f"/desk/deliveries/{sent.pk}/").content.decode()
    assert "Secretariat of X, Forum X" in desk.get("/desk/deliveries/?format=csv").content.decode()


def test_sent_twice_it_leaves_once(world: World) -> None:
    desk = client_for(world, "secretariat")
    for _again in range(2):
        assert desk.post(page(world), to_send()).status_code == 302
    assert (len(letters()), Letter.objects.filter(subject_en="Joint workshop").count()) == (1, 1)
    other = desk.post(page(world), to_send(body_en="Other words."))
    assert (other.status_code, "This letter was sent already." in other.content.decode()) == (422, True)
    assert desk.post(page(world), to_send(token="u" * 32)).status_code == 302
    assert [sent.letter.reference[-2:] for sent in letters() if sent.letter] == ["01", "02"]


def test_only_what_was_shown_is_sent(world: World) -> None:
    """Enter in a changed field presses the first button of the page: it shows the letter anew and sends nothing."""
    desk = client_for(world, "secretariat")
    shown = desk.post(page(world), answers(preview="yes")).content.decode()
    mark = re.search(r'name="shown" value="([0-9a-f]{64})"', shown)
    assert mark
    for changes in ({"body_en": "Changed."}, {"language": "en", "shown": ""}, {"subject_en": "Changed"}):
        again = desk.post(page(world), answers(send="yes", shown=mark[1]) | changes)
        assert (again.status_code, "changed since it was shown" in again.content.decode(), letters()) == (200, True, [])
    ForumContact.objects.filter(pk=world.forum_contact).update(email="other@forum.example")
    again = desk.post(page(world), answers(send="yes", shown=mark[1]))
    assert (again.status_code, "other@forum.example" in again.content.decode(), letters()) == (200, True, [])


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_send_one_and_two_letters_get_two_numbers(committed_world: World) -> None:
    world, failed = committed_world, []
    barrier = threading.Barrier(4)

    def run(token: str) -> None:
        barrier.wait()
        try:
            write(world, token=token)
        except Exception as error:  # noqa: BLE001 - whatever happens in the thread is looked at below
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(token,)) for token in (TOKEN, TOKEN, "u" * 32, "v" * 32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert sorted(sent.letter.reference[-2:] for sent in letters() if sent.letter) == ["01", "02", "03"]


def test_both_languages_go_out_and_an_unwritten_one_is_left_out(world: World) -> None:
    by = world.users["secretariat"]
    subject, text, html = letter_mail(contact(world), BOTH, language="id")
    assert (subject, text.index("Indonesia.") < text.index("English."), "LOKAKARYA BERSAMA" in text) == (
        "Lokakarya bersama",
        True,
        True,
    )
    assert ('lang="id"' in html, 'lang="en"' in html, ">Joint workshop</h1>" in html) == (True, True, True)
    subject, text, html = letter_mail(contact(world), WORDS, language="en")
    assert (subject, "-----" in text, 'lang="id"' in html) == ("Joint workshop", False, False)
    assert write_to_contact(contact=contact(world), words=BOTH, language="id", token=TOKEN, by=by).language == "id"


def test_words_are_escaped_in_html_and_plain_in_text(world: World) -> None:
    words = Words(subject_en=HOSTILE, body_en=HOSTILE, form_of_address=HOSTILE, signatories=HOSTILE)
    _subject, text, html = letter_mail(contact(world), words, language="en")
    assert text.count(HOSTILE) >= 3
    assert ("<b>" in html, "&amp;amp;" in html, "&amp;lt;" in html) == (False, False, False)
    shown = client_for(world, "secretariat").post(page(world), answers(body_en=HOSTILE, preview="yes")).content.decode()
    assert HOSTILE not in shown


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"subject_en": ""}, "This field is required."),
        ({"body_en": "a\x00b"}, "Null characters are not allowed"),
        ({"body_en": "x" * 10_001}, "at most 10000"),
        ({"subject_en": "x" * 201}, "at most 200"),
        ({"language": "xx"}, "Select a valid choice"),
        ({"language": "id"}, "Write the letter in Bahasa Indonesia first"),
        ({"subject_id": "Perihal"}, "or leave both empty"),
        ({"body_id": "Isi"}, "or leave both empty"),
    ],
)
def test_bad_letter_is_said_and_nothing_is_sent(world: World, changes: dict[str, str], said: str) -> None:
    response = client_for(world, "secretariat").post(page(world), to_send(**changes))
    assert (response.status_code, said in response.content.decode(), letters()) == (422, True, [])


@pytest.mark.parametrize("token", ["", "x", "\x00", "a" * 50, "ä" * 20])
def test_odd_tokens_break_nothing(world: World, token: str) -> None:
    response = client_for(world, "secretariat").post(page(world), to_send(token=token))
    assert response.status_code in {302, 422}
    assert [bool(re.fullmatch(r"forum-letter:[\w-]{16,40}:forum-contact-\d+", sent.key)) for sent in letters()] in ([], [True])


def test_a_post_that_is_past_or_without_an_address_is_not_written_to(world: World) -> None:
    desk = client_for(world, "secretariat")
    ForumContact.objects.filter(pk=world.forum_contact).update(email="")
    for button in ("send", "preview"):
        response = desk.post(page(world), to_send(**{button: "yes"}))
        assert (response.status_code, "has no e-mail address" in response.content.decode()) == (422, True)
    assert "Write to this contact" not in desk.get(f"/desk/forums/{world.forum}/").content.decode()
    ForumContact.objects.filter(pk=world.forum_contact).update(email="x@forum.example", period_to=today() - timedelta(days=1))
    with pytest.raises(DomainError, match="This contact is past"):
        write(world)
    assert letters() == []


def test_only_the_secretariat_writes_and_reads(world: World) -> None:
    sent = write(world)
    for name in PERSONS:
        user = world.users.get(name)
        if user is not None and name not in {"secretariat", "administrator", "half_signed_in", "deactivated"}:
            assert not Delivery.objects.visible_to(user).filter(pk=sent.pk).exists()
            with pytest.raises(PermissionDenied):
                write_to_contact(contact=contact(world), words=WORDS, language="en", token="w" * 32, by=user)
    assert Delivery.objects.visible_to(world.users["secretariat"]).filter(pk=sent.pk).exists()


def bounce(sent: Delivery, by: User) -> None:
    Delivery.objects.filter(pk=sent.pk).update(state=DeliveryState.SENDING)
    Delivery.objects.filter(pk=sent.pk).update(state=DeliveryState.ACCEPTED, accepted_at=timezone.now())
    record_bounce(message_id=sent.message_id, reply="550 no such mailbox", by=by)


def test_letter_that_comes_back_marks_the_contact_until_one_arrives(world: World) -> None:
    desk, by, sent = client_for(world, "secretariat"), world.users["secretariat"], write(world)
    assert "came back" not in desk.get(f"/desk/forums/{world.forum}/").content.decode()
    bounce(sent, by)
    assert forums_to_mend(by) == {contact(world).forum_id}
    assert forums_to_mend(world.users["co_chair"]) == set()
    assert "Last message came back" in desk.get(f"/desk/forums/{world.forum}/").content.decode()
    assert "A letter to a contact came back" in desk.get("/desk/forums/").content.decode()
    change_address(delivery=Delivery.objects.get(pk=sent.pk), email="new@forum.example", by=by)
    again = send_again(delivery=sent, by=by)
    assert (again.email, again.state, contact(world).email) == ("new@forum.example", "queued", "new@forum.example")
    assert "came back" not in desk.get("/desk/forums/").content.decode()


def test_letter_waits_no_longer_than_the_post_holds(world: World) -> None:
    sent = write(world)
    assert why_withheld(Delivery.objects.get(pk=sent.pk)) == ""
    Delivery.objects.filter(pk=sent.pk).update(access_class="steering-group")
    assert "class of documents" in why_withheld(Delivery.objects.get(pk=sent.pk))
    ForumContact.objects.filter(pk=world.forum_contact).update(period_to=today() - timedelta(days=1))
    assert "term ended" in why_withheld(Delivery.objects.get(pk=sent.pk))


def test_contact_that_was_written_to_is_not_taken_away(world: World) -> None:
    write(world)
    response = client_for(world, "secretariat").post(
        f"/desk/forums/{world.forum}/contacts/{world.forum_contact}/remove/", follow=True
    )
    assert "Other records refer to it." in response.content.decode()
    assert ForumContact.objects.filter(pk=world.forum_contact).exists()


def test_delivery_has_exactly_one_recipient_of_three(world: World) -> None:
    by, message = world.users["secretariat"], {"kind": "test", "subject": "S", "text": "T"}
    one = queue_delivery(to=contact(world), key="test:forum", by=by, **message)
    person = Official.objects.exclude(email="").first()
    for changes in ({"official": person}, {"forum_contact": None}):
        with pytest.raises(IntegrityError, match="ck_delivery_one_recipient"), transaction.atomic():
            Delivery.objects.filter(pk=one.pk).update(**changes)
    two = queue_delivery(to=person, key="test:person", by=by, **message)  # type: ignore[arg-type]
    with pytest.raises(IntegrityError, match="ck_delivery_one_recipient"), transaction.atomic():
        Delivery.objects.filter(pk=two.pk).update(forum_contact=contact(world))


@pytest.mark.parametrize("address", ["/desk/forums/", "/desk/forums/F-X/", "/desk/deliveries/"])
def test_pages_ask_as_often_with_one_letter_as_with_three(world: World, address: str) -> None:
    desk: Client = client_for(world, "secretariat")
    forum, counted = Forum.objects.get(), []
    for number in (1, 2):
        for more in range(number):
            post = ForumContact.objects.create(forum=forum, title=f"Post {number}.{more}", email=f"p{number}{more}@forum.example")
            token = f"{number}{more}" * 10
            sent = write_to_contact(contact=post, words=WORDS, language="en", token=token, by=world.users["secretariat"])
            bounce(sent, world.users["secretariat"])
        desk.get("/about/")
        with CaptureQueriesContext(connection) as found:
            assert desk.get(address).status_code == 200
        counted.append(len(found))
    assert counted[0] == counted[1] <= 12
