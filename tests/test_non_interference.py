"""What is hidden does not show: with fifty hidden records of each kind more, the public's pages are the same to the byte."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from activities.models import (
    Activity,
    ActivityKind,
    Hosting,
    Invitation,
    Mandate,
    Objective,
    OpenChallenge,
    ProgrammeArea,
    Proposal,
    Recommendation,
    Review,
    Session,
)
from members.enums import AccessClass
from members.models import Forum, ForumContact, Letter, Office, Official, Participant, ParticipantDeclaration, User
from members.models.base import today
from members.services.outbox import queue_delivery
from reports.enums import DocumentKind, DocumentState, Held
from reports.models import Document, DocumentVersion
from tests.cast import World, add_reports, call_for, make_world
from tests.test_access_matrix import ROWS, expected

MANY = 50
HIDDEN = (AccessClass.PARTICIPANTS, AccessClass.STEERING_GROUP, AccessClass.SECRETARIAT)
WORDS = ("Published", "Draft", "Restricted", "Concealed", "Concealled", "Aland", "XX-R-2010-01", "Still")
LISTS = {
    "/activities/": (
        "kind=workshop",
        "participant=aland",
        "objective=OBJ-01",
        "year=2010",
        "status=planned",
        "page=2",
        "sort=title",
    ),
    "/reports/": ("kind=report", "year=2010", "page=2", "activity=XX-2010-01"),
    "/recommendations/": ("page=2", "objective=OBJ-01", "state=open"),
    "/participants/": ("as_of=2010-01-01", "page=2"),
    "/objectives/": ("as_of=2010-01-01",),
    "/programme-areas/": ("as_of=2010-01-01",),
    "/steering-group/": ("as_of=2021-01-01",),
    "/forums/": (),
    "/forums/membership/": (),
    "/calendar/": (),
    f"/calendar/{today().year}/": (),
}


def addresses(world: World) -> list[str]:
    """All that is public, each list filtered, searched and as data, in both languages where it has them."""
    open_to_all = [
        row for row in ROWS if row.get("forms") != "allauth" and expected(row.get("GET", {"default": 0}), "anonymous") == 200
    ]
    pages = [other["url"].format(**vars(world)) for row in open_to_all for other in (row,)]
    pages += [page.replace("/aland/", "/bland/") for page in pages if "/aland/" in page]
    for path, filters in LISTS.items():
        pages += [f"{path}?{some}" for some in filters]
        pages += [f"{path}?q={word}" for word in WORDS]
    pages += [f"/search/?q={word}" for word in WORDS]
    whole = dict.fromkeys(pages)
    data = [f"{page}{'&' if '?' in page else '?'}format={form}" for page in whole for form in ("json", "csv")]
    return [*whole, *(f"/id{page}" for page in whole if "." not in page.rpartition("?")[0]), *data]


def _seen(client: Client, address: str) -> tuple[int, bytes]:
    response: Any = client.get(address)
    body = b"".join(response) if response.streaming else response.content
    body = re.sub(rb'name="(?:csrfmiddlewaretoken|submit_token|token)" value="[^"]*"', b"", body)
    return response.status_code, re.sub(rb'nonce="[^"]*"', b"", body)


def _conceal(world: World) -> None:
    """Fifty of each, tied to what is public: hosts, objectives, areas, meetings, participants."""
    by, a = world.users["secretariat"], Participant.objects.get(slug=world.participant_a)
    objective, area = Objective.objects.get(code=world.objective), ProgrammeArea.objects.get(code=world.programme_area)
    public, kind = Activity.objects.get(reference=world.activity), ActivityKind.objects.get()
    for number in range(MANY):
        access = HIDDEN[number % 3]
        activity = _activity(number, kind, access, by)
        activity.objectives.add(objective)
        activity.programme_areas.add(area)
        Hosting.objects.create(activity=activity, part="host", participant=a)
        Session.objects.create(activity=activity, title="Concealed", day=activity.start)
        review = Review.objects.create(meeting=activity, objective=objective, outcome="not-stated", finding="Concealed")
        OpenChallenge.objects.create(review=review, text="Still concealed")
        Mandate.objects.create(objective=objective, activity=activity, what_changed="Concealed")
        Recommendation.objects.create(
            reference=f"XX-REC-2010-9{number:02}",
            text="Concealed",
            access_class=HIDDEN[1 + number % 2],
            activity=public,
            objective=objective,
            area=area,
        )
        _document(number, public if number % 2 else activity, access, by)
        _people(number, a, public, by)
        Proposal.objects.create(title="Concealed", kind=kind, proposed_by=a, recorded_by=by)
        call_for(by, [a], is_open=bool(number % 2), title="Concealed")


def _activity(number: int, kind: ActivityKind, access: str, by: User) -> Activity:
    """Half are drafts that would be public, half are published to some."""
    shown: dict[str, Any] = {"published_at": timezone.now(), "published_by": by, "access_class": access} if number % 2 else {}
    start = today() + timedelta(days=number) if number % 3 else date(2004, 5, 1 + number % 28)
    return Activity.objects.create(
        reference=f"XX-2010-9{number:02}", title="Concealed", city="Concealed", country="Concealed", kind=kind,
        start=start, status="planned", **shown,
    )  # fmt: skip


def _document(number: int, activity: Activity, access: str, by: User) -> None:
    document = Document.objects.create(
        symbol=f"XX-R-2010-9{number:02}", kind=DocumentKind.REPORT, title="Concealed", activity=activity,
        access_class=access if number % 2 else AccessClass.PUBLIC, date=date(2010, 1, 1), held=Held.FILE,
    )  # fmt: skip
    document.current_version = DocumentVersion.objects.create(
        document=document, number=1, storage_name=f"test/concealed-{number}", filename="concealed.pdf", media_type="application/pdf",
        size=1, sha256="0" * 64, text="Concealed", added_by=by,
    )  # fmt: skip
    if number % 2:
        document.state, document.published_at, document.published_by = DocumentState.PUBLISHED, timezone.now(), by
    document.save()


def _people(number: int, a: Participant, public: Activity, by: User) -> None:
    """Persons and offices of A, and what is sent to them; an invitation to a public activity that was not issued yet."""
    official = Official.objects.create(participant=a, name="Concealed", email=f"concealed-{number}@cast.example")
    Office.objects.create(participant=a, title="Concealed")
    ForumContact.objects.create(forum=Forum.objects.get(), title="Concealed")
    Letter.objects.create(reference=f"C-{number}", kind="letter", subject_en="Concealed", written_by=by)
    queue_delivery(kind="test", to=official, key=f"concealed:{number}", subject="Concealed", text="Concealed", by=by)
    uninvited = Participant.objects.exclude(invitations__activity=public).first()
    if uninvited:
        Invitation.objects.create(activity=public, participant=uninvited)
        ParticipantDeclaration.objects.create(participant=uninvited, is_source=True, declared_by=by)


@pytest.mark.django_db
def test_hidden_records_change_no_byte_of_what_is_public() -> None:
    world, client = make_world(), Client()
    add_reports(world)
    walked = addresses(world)
    before = {address: _seen(client, address) for address in walked}
    _conceal(world)
    different = [address for address in walked if _seen(client, address) != before[address]]
    assert different == []
    assert sum(status == 200 for status, _body in before.values()) > 200
