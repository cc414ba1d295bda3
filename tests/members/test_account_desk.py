"""Accounts at the desk: the list, invitations, closing and opening, the last administrator."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from members.enums import AccountEventKind, AppointmentRole
from members.errors import DomainError
from members.models import AccessRecord, AccountEvent, AccountInvitation, Closure, Delivery, Participant, Seat, Topic, User
from members.services.account_state import close_account, reopen_account
from members.services.accounts import open_invitation
from tests.cast import World, client_for, make_world, person

DESK = "/desk/accounts/"


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def committed_world(transactional_db: None) -> Iterator[World]:
    return make_world()


def administrator(world: World, name: str = "administrator") -> Client:
    return client_for(world, name)


def second_administrator(world: World) -> User:
    world.users["second"] = person("second", None, role=AppointmentRole.ADMINISTRATOR)
    return world.users["second"]


def token_of(text: str) -> str:
    return text.split("/accounts/invitation/")[1].split("/", maxsplit=1)[0]


def test_list_shows_person_places_factor_and_state(world: World) -> None:
    Authenticator.objects.create(user=world.users["focal_point_a"], type="totp", data={"secret": "SECRET-CANARY"})
    page = administrator(world).get(DESK).content.decode()
    row = page.split("Person focal_point_a")[1].split("</tr>")[0]
    assert "Focal point, Aland: People smuggling" in row
    assert "authenticator app" in row
    assert "Can sign in" in row
    assert "SECRET-CANARY" not in page


@pytest.mark.parametrize("query", ["q=focal_point_b", "q=bland", "q=focal-point-b%40cast", "q=person+bland"])
def test_search_finds_by_name_address_and_participant(world: World, query: str) -> None:
    page = administrator(world).get(f"{DESK}?{query}").content.decode()
    assert "1 account<" in page
    assert "Person focal_point_b" in page


@pytest.mark.parametrize("query", ["q=%00", "q=" + "x" * 5000, "state=nonsense", "page=999", "page=x", "state=closed%00"])
def test_list_survives_odd_questions(world: World, query: str) -> None:
    assert administrator(world).get(f"{DESK}?{query}").status_code == 200


def test_list_asks_the_database_as_often_for_many_as_for_few(world: World) -> None:
    client = administrator(world)
    counts = []
    for query in ("q=focal_point_a", ""):
        with CaptureQueriesContext(connection) as asked:
            client.get(f"{DESK}?{query}")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_export_holds_what_the_page_does_and_is_recorded(world: World) -> None:
    response = administrator(world).get(f"{DESK}?format=csv")
    text = response.content.decode("utf-8-sig")
    assert text.splitlines()[0] == "Names,E-mail address,Places held,Second factor,Last sign-in,State"
    assert "Person co_chair" in text
    record = AccessRecord.objects.get(object_label="accounts")
    assert (record.actor_id, record.action) == (world.users["administrator"].pk, "exported")
    assert administrator(world).get(f"{DESK}?format=pdf").status_code == 404


def test_staff_may_not_and_others_find_nothing(world: World) -> None:
    pk = world.users["focal_point_a"].pk
    for path in (DESK, f"{DESK}invite/", f"{DESK}{pk}/", f"{DESK}?format=csv"):
        assert client_for(world, "secretariat").get(path).status_code == 403
        assert client_for(world, "co_chair").get(path).status_code == 404


def test_invitation_goes_by_mail_and_names_its_place(world: World, django_capture_on_commit_callbacks: Any) -> None:
    answers = {
        "email": "New.Person@d.example",
        "name": "New Person",
        "language": "id",
        "role": "focal-point",
        "participant": Participant.objects.get(slug="dland").pk,
        "topic": Topic.objects.get().pk,
    }
    with django_capture_on_commit_callbacks(execute=True):
        response = administrator(world).post(f"{DESK}invite/", answers)
    assert response["Location"] == DESK
    invitation = AccountInvitation.objects.get()
    assert (invitation.email, invitation.role, invitation.language) == ("new.person@d.example", "focal-point", "id")
    assert open_invitation(token_of(mail.outbox[0].body)) == invitation
    assert "New Person" in administrator(world).get(DESK).content.decode()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"email": "nobody"}, "with an @ sign"),
        ({"role": ""}, "required"),
        ({"role": "king"}, "Select a valid choice"),
        ({"participant": ""}, "Say for which participant."),
        ({"topic": ""}, "Say for which topic."),
        ({"role": "seat"}, "Say for which seat."),
        ({"participant": "99999999999999999999"}, "Select a valid choice"),
        ({"name": "A\x00"}, "Null characters"),
        ({"participant": "aland"}, "holds this place today"),
        ({"participant": "aland", "email": "focal-point-a@cast.example"}, "with this place already"),
        ({"email": "deactivated@cast.example"}, "is closed"),
    ],
)
def test_bad_invitations_are_said_in_words_and_nothing_is_sent(world: World, changes: dict[str, str], said: str) -> None:
    User.objects.filter(email="deactivated@cast.example").update(is_active=False)
    answers: dict[str, Any] = {"email": "n@d.example", "name": "Kept", "language": "en", "role": "focal-point"}
    answers |= {"participant": "dland", "topic": Topic.objects.get().pk} | changes
    known = Participant.objects.filter(slug=answers["participant"]).first()
    answers["participant"] = known.pk if known else answers["participant"]
    response = administrator(world).post(f"{DESK}invite/", answers)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not AccountInvitation.objects.exists()
    assert mail.outbox == []


def test_seat_that_somebody_holds_is_refused(world: World) -> None:
    answers = {"email": "n@d.example", "language": "en", "role": "seat", "seat": Seat.objects.get(role__key="co-chair").pk}
    assert "holds this place today" in administrator(world).post(f"{DESK}invite/", answers).content.decode()


def test_new_link_kills_the_old_one_and_taking_back_kills_both(world: World, django_capture_on_commit_callbacks: Any) -> None:
    client = administrator(world)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{DESK}invite/", {"email": "n@d.example", "language": "en", "role": "secretariat"})
    first = AccountInvitation.objects.get()
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        client = administrator(world)
        assert "too old: send a new link" in client.get(DESK).content.decode()
        with django_capture_on_commit_callbacks(execute=True):
            client.post(f"{DESK}invitations/{first.pk}/resend/")
        old, new = (token_of(message.body) for message in mail.outbox)
        assert (open_invitation(old), open_invitation(new) is None) == (None, False)
        again = client.post(f"{DESK}invitations/{first.pk}/resend/", follow=True)
        assert "accepted or taken back already" in again.content.decode()
        client.post(f"{DESK}invitations/{AccountInvitation.objects.get(revoked_at=None).pk}/take-back/")
        assert open_invitation(new) is None
        assert "Nobody is invited" in client.get(DESK).content.decode()


def test_closing_ends_sessions_at_once_and_opening_lets_in_again(world: World) -> None:
    concerned = client_for(world, "focal_point_a")
    assert concerned.get("/national/aland/").status_code == 200
    pk, client = world.users["focal_point_a"].pk, administrator(world)
    assert client.post(f"{DESK}{pk}/close/", {"reason": ""}).status_code == 422
    assert client.post(f"{DESK}{pk}/close/", {"reason": "Left the ministry"})["Location"] == f"{DESK}{pk}/"
    assert concerned.get("/national/aland/")["Location"].startswith("/accounts/login/")
    assert "Left the ministry" in client.get(f"{DESK}{pk}/").content.decode()
    assert "1 account<" in client.get(f"{DESK}?state=closed").content.decode()
    assert "is closed already" in client.post(f"{DESK}{pk}/close/", {"reason": "x"}).content.decode()
    client.post(f"{DESK}{pk}/reopen/", {"reason": "Came back"})
    assert concerned.get("/national/aland/").status_code == 302  # the old session stays dead
    assert client_for(world, "focal_point_a").get("/national/aland/").status_code == 200
    closure = Closure.objects.get()
    assert (closure.closed_by, closure.reopened_by) == (world.users["administrator"], world.users["administrator"])
    kinds = list(AccountEvent.objects.filter(user_id=pk).values_list("kind", flat=True))
    assert kinds == [AccountEventKind.REACTIVATED, AccountEventKind.DEACTIVATED]
    assert Delivery.objects.filter(kind="account-notice", email="focal-point-a@cast.example").count() == 2


def test_nobody_closes_oneself_or_the_last_administrator(world: World) -> None:
    me = world.users["administrator"]
    half = world.users["half_signed_in"]  # the second administrator of the cast
    with pytest.raises(DomainError, match="your own account"):
        close_account(user=me, reason="x", by=me)
    close_account(user=half, reason="x", by=me)
    other = second_administrator(world)
    User.objects.filter(pk=me.pk).update(is_active=True)
    close_account(user=me, reason="x", by=other)
    with pytest.raises(DomainError, match="your own account"):
        close_account(user=other, reason="x", by=other)
    assert list(User.objects.filter(email__in=[me.email, half.email, other.email], is_active=True)) == [other]


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_close_each_other_leave_one(committed_world: World) -> None:
    world = committed_world
    close_account(user=world.users["half_signed_in"], reason="x", by=world.users["administrator"])
    one, two = world.users["administrator"].pk, second_administrator(world).pk
    barrier, refused = threading.Barrier(2), []

    def close(by: int, user: int) -> None:
        barrier.wait()
        try:
            close_account(user=User.objects.get(pk=user), reason="x", by=User.objects.get(pk=by))
        except DomainError as error:
            refused.append(error.message)
        finally:
            connection.close()

    threads = [threading.Thread(target=close, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert User.objects.filter(pk__in=[one, two], is_active=True).count() == 1
    assert refused == ["This is the last administrator who can sign in. Invite another one first."]


def test_reopening_an_open_account_is_refused(world: World) -> None:
    with pytest.raises(DomainError, match="open already"):
        reopen_account(user=world.users["co_chair"], reason="x", by=world.users["administrator"])


def test_history_at_the_desk_is_without_networks(world: World) -> None:
    user = world.users["co_chair"]
    AccountEvent.objects.create(
        user=user, kind=AccountEventKind.SIGNED_IN, browser="Firefox", system="Linux", network="192.0.2.0/24"
    )
    page = administrator(world).get(f"{DESK}{user.pk}/").content.decode()
    assert "Firefox on Linux" in page
    assert "192.0.2" not in page
