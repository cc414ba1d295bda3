"""A mail server and recipients for the tests of the outbox."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from members.enums import ParticipantKind
from members.models import Delivery, Official, Participant, User
from members.services.outbox import Enclosure, queue_delivery
from tests.smtp_sink import Sink

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 20


@pytest.fixture
def sink(tmp_path: Path, settings: Any) -> Iterator[Sink]:
    with Sink(tmp_path / "kept") as running:
        settings.SMTP_HOST, settings.SMTP_PORT, settings.SMTP_STARTTLS, settings.SMTP_USER = "127.0.0.1", running.port, False, ""
        settings.SMTP_TIMEOUT = 1
        yield running


@pytest.fixture
def staff(db: None) -> User:
    return User.objects.create_user("desk@secretariat.example")


@pytest.fixture
def participant(db: None) -> Participant:
    return Participant.objects.create(name="Participant A", slug="participant-a", kind=ParticipantKind.GOVERNMENT)


@pytest.fixture
def official(participant: Participant) -> Official:
    return Official.objects.create(participant=participant, name="Łukasz ກ", email="focal.point@a.example")


@pytest.fixture
def enclosure(db: None) -> Enclosure:
    name = default_storage.save("test/report.pdf", ContentFile(PDF))
    return Enclosure(storage_name=name, filename="BP-R-2004-02-v2-en.pdf", sha256=hashlib.sha256(PDF).hexdigest())


@pytest.fixture
def queue(staff: User, official: Official) -> Callable[..., Delivery]:
    def queue_one(key: str = "circulation:1:official-1", **changes: Any) -> Delivery:
        words: dict[str, Any] = {
            "kind": "notice",
            "to": official,
            "key": key,
            "subject": "Please acknowledge by 16 July: Report to Ministers",
            "text": "Dear focal point,\n",
            "html": "<p>Dear focal point,</p>",
            "by": staff,
            **changes,
        }
        return queue_delivery(**words)

    return queue_one
