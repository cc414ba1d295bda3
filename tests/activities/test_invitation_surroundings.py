"""From an invitation to everything about it: the activity's page, what delegates need to know, the letters, the calendar."""

from __future__ import annotations

import hashlib
import io
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

from activities.models import Activity, Invitation, InvitationCopy, PracticalText
from activities.services.nominations import decline_invitation
from members.enums import AccessClass
from members.models import AccessRecord, Delivery, DeliveryAttachment, Official
from members.services.outbox import Enclosure, queue_delivery
from tests.activities.delegations import PEOPLE, activity_of, invitation_of, submit
from tests.cast import World, client_for, make_world

LETTER = b"%PDF-1.7 letter"


@pytest.fixture(autouse=True)
def _media(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def letter(world: World, side: str = "a", *, number: str = "L1-1", kind: str = "invitation", content: bytes = LETTER) -> Any:
    """A letter that went to the focal point of a side with its invitation."""
    name = default_storage.save("letters/one.pdf", ContentFile(content))
    file = Enclosure(name, "letter.pdf", hashlib.sha256(content).hexdigest())
    entry = Enclosure(default_storage.save("letters/one.ics", ContentFile(b"BEGIN")), "one.ics", "0" * 64, "text/calendar")
    to = Official.objects.get(user=world.users[f"focal_point_{side}"])
    delivery = queue_delivery(
        kind=kind,
        to=to,
        key=f"{kind}:{side}:{Delivery.objects.count()}",
        subject="You are invited",
        text="Come",
        by=world.users["secretariat"],
        attachments=[file, entry],
    )
    InvitationCopy.objects.create(
        invitation=invitation_of(world, side), delivery=delivery, number=number, is_note_verbale=number.startswith("N")
    )
    return delivery.attachments.get(media_type="application/pdf")


def base(world: World, side: str = "a") -> str:
    return f"/national/{getattr(world, f'participant_{side}')}/invitations/{getattr(world, f'invitation_{side}')}/"


def read(client: Client, url: str) -> str:
    response: Any = client.get(url)
    assert response.status_code == 200
    return " ".join(unescape(response.content.decode()).split())


def places(world: World) -> list[str]:
    return [base(world), f"{base(world)}done/", f"/national/{world.participant_a}/"]


@pytest.mark.parametrize("who", ["focal_point_a", "ministry_official_a"])
def test_each_page_of_the_invitation_leads_on(world: World, who: str) -> None:
    PracticalText.objects.create(activity=activity_of(world), language="en", text="Gate 3, *north*")
    file = letter(world)
    submit(world, PEOPLE[:1])
    client = client_for(world, who)
    for url in places(world):
        text = read(client, url)
        links = (
            f'href="/activities/{world.activity}/">The activity’s page',
            f'href="{base(world)}letters/{file.pk}/">Letter L1-1 (PDF)',
            f'href="/activities/{world.activity}.ics">Add to calendar',
            "Practical information for delegates",
        )
        assert [link in text for link in links] == [True] * 4, url
    assert [("Gate 3, <em>north</em>" in read(client, url)) for url in places(world)] == [True, True, False]
    assert client.get(f"/activities/{world.activity}/").status_code == 200
    assert client.get(f"/activities/{world.activity}.ics").status_code == 200


def test_an_activity_for_those_invited_alone_opens_to_them(world: World) -> None:
    Activity.objects.filter(reference=world.activity).update(access_class=AccessClass.SECRETARIAT)
    client = client_for(world, "ministry_official_a")
    assert f'href="/activities/{world.activity}/">' in read(client, base(world))
    assert client.get(f"/activities/{world.activity}/").status_code == 200
    assert client_for(world, "co_chair").get(f"/activities/{world.activity}/").status_code == 404


def test_nothing_is_led_to_that_does_not_open(world: World) -> None:
    Activity.objects.filter(reference=world.activity).update(
        access_class=AccessClass.SECRETARIAT, withdrawn_at="2026-01-01T00:00Z", withdrawn_by=world.users["secretariat"]
    )
    PracticalText.objects.create(activity=Activity.objects.get(reference=world.other_activity), language="en", text="Elsewhere")
    letter(world, "b")
    for url in places(world)[:2]:
        text = read(client_for(world, "focal_point_a"), url)
        assert [words in text for words in ("The activity’s page", "Add to calendar", "(PDF)", "Elsewhere")] == [False] * 4


def test_the_letter_is_the_file_of_the_mail_and_taking_it_is_written_down(world: World) -> None:
    file, client = letter(world, number="N1-1"), client_for(world, "focal_point_a")
    assert "Note verbale N1-1 (PDF)" in read(client, base(world))
    response: Any = client.get(f"{base(world)}letters/{file.pk}/")
    assert (response.status_code, response.getvalue()) == (200, LETTER)
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    row = AccessRecord.objects.get(object_label="enclosure")
    assert (row.object_ref, row.actor_id) == (f"{file.delivery_id} letter.pdf", world.users["focal_point_a"].pk)


def test_one_letter_to_two_recipients_stands_once_and_a_reminder_beside_it(world: World) -> None:
    for more in ({}, {}, {"kind": "reminder-before-7", "number": "", "content": b"%PDF-1.7 other"}):
        letter(world, **more)
    text = read(client_for(world, "focal_point_a"), base(world))
    assert [text.count(f'{base(world)}letters/{row.pk}/"') for row in DeliveryAttachment.objects.order_by("pk")] == [
        *(1, 0, 0, 0, 1, 0)
    ]


def test_a_letter_that_was_held_back_or_belongs_to_others_is_not_found(world: World) -> None:
    own, other = letter(world), letter(world, "b")
    client = client_for(world, "focal_point_a")
    assert client.get(f"{base(world)}letters/{other.pk}/").status_code == 404
    assert client_for(world, "focal_point_b").get(f"{base(world)}letters/{own.pk}/").status_code == 404
    calendar = own.delivery.attachments.get(media_type="text/calendar")
    assert client.get(f"{base(world)}letters/{calendar.pk}/").status_code == 404
    Delivery.objects.filter(pk=own.delivery_id).update(state="withheld")
    assert client.get(f"{base(world)}letters/{own.pk}/").status_code == 404
    assert "(PDF)" not in read(client, base(world))


def test_a_file_that_is_not_what_was_queued_is_not_found(world: World) -> None:
    file, client = letter(world), client_for(world, "focal_point_a")
    with default_storage.open(file.storage_name, "wb") as stored:
        stored.write(io.BytesIO(b"%PDF-1.7 another").read())
    assert client.get(f"{base(world)}letters/{file.pk}/").status_code == 404


def test_the_pages_lead_on_in_bahasa_indonesia_with_the_text_in_it(world: World) -> None:
    for language, text in (("en", "Gate 3"), ("id", "Gerbang 3")):
        PracticalText.objects.create(activity=activity_of(world), language=language, text=text)
    text = read(client_for(world, "focal_point_a"), f"/id{base(world)}")
    assert ("Gerbang 3" in text, "Gate 3" in text) == (True, False)


def test_declined_it_still_leads_to_the_letter(world: World) -> None:
    file = letter(world)
    decline_invitation(invitation=Invitation.objects.get(pk=world.invitation_a), note="", by=world.users["focal_point_a"])
    assert f"letters/{file.pk}/" in read(client_for(world, "focal_point_a"), base(world))
