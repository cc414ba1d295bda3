"""The fixed cast of fourteen, and the world they live in. The same for fixtures, access matrix and browser."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from activities.enums import ActivityStatus, ReviewOutcome
from activities.models import (
    Activity,
    ActivityKind,
    Invitation,
    Mandate,
    Objective,
    OpenChallenge,
    ProgrammeArea,
    Recommendation,
    Review,
)
from members.enums import AccessClass, AppointmentRole, ParticipantKind
from members.models import (
    Appointment,
    Body,
    ContactRemark,
    Handover,
    Ministry,
    Official,
    Participant,
    Process,
    Seat,
    SeatRole,
    Topic,
    User,
)
from members.models.base import today
from members.services.outbox import queue_delivery
from reports.enums import DocumentKind, DocumentState, Held
from reports.models import Document, DocumentVersion
from reports.services.circulation import prepare_circulation
from reports.services.progress import compile_report, freeze_report

SIGNED_OUT = ("anonymous", "delegate", "deactivated", "half_signed_in")
DESK = ("secretariat", "administrator")
PERSONS = (
    *SIGNED_OUT,
    *("former_focal_point", "focal_point_a", "focal_point_b", "ministry_official_a", "steering_group_member"),
    *("co_chair", "partner_invited", "partner_not_invited"),
    *DESK,
)
PASSWORD = "correct horse battery staple"
TOTP_SECRET = "JBSWY3DPEHPK3PXP"


@dataclass
class World:
    """What the addresses of tests/access.yaml name, by attribute."""

    users: dict[str, User]
    activity: str = "XX-2010-01"
    draft_activity: str = "XX-2010-02"
    restricted_activity: str = "XX-2010-03"
    withdrawn_activity: str = "XX-2010-04"
    other_activity: str = "XX-2010-05"
    objective: str = "OBJ-01"
    programme_area: str = "PA-01"
    recommendation: str = "XX-REC-2010-01"
    mandate: int = 0
    challenge: int = 0
    participant_a: str = "aland"
    participant_b: str = "bland"
    document: str = "XX-R-2010-01"
    restricted_document: str = "XX-R-2010-02"
    invitation_a: int = 0
    invitation_b: int = 0
    other_invitation: int = 0
    token: str = "none"
    missing: int = 999_999_999
    progress_report: int = 0
    frozen_report: str = ""
    circulation: int = 0
    delivery: int = 0
    body: str = "steering-group"
    seat: int = 0
    official_a: int = 0
    ministry_a: int = 0
    appointment_a: int = 0
    handover_a: int = 0
    remark: int = 0


def make_world() -> World:
    """Participants, bodies, records of each visibility, and thirteen accounts."""
    Process.objects.create(name_en="The Test Process", full_name_en="The Test Process on Tests", prefix="XX", since=2002)
    a, b, c, d, agency, other = (_participant(name) for name in ("Aland", "Bland", "Cland", "Dland", "Agency", "Other Agency"))
    topic = Topic.objects.create(key="people-smuggling", name_en="People smuggling", order=1)
    body = Body.objects.create(key="steering-group", name_en="Steering group")
    chair = _role("co-chair", member=True, approves=True, permissions="co-chair")
    member = _role("coordinator", member=True, permissions="steering-group")
    partner = _role("partner-agency", member=True, permissions="steering-group")
    seats = {
        "co_chair": Seat.objects.create(body=body, participant=c, role=chair),
        "steering_group_member": Seat.objects.create(body=body, participant=d, role=member),
        "partner_invited": Seat.objects.create(body=body, participant=agency, role=partner),
        "partner_not_invited": Seat.objects.create(body=body, participant=other, role=partner),
    }
    focal: dict[str, Any] = {"role": AppointmentRole.FOCAL_POINT, "topic": topic}
    users = {
        "focal_point_a": person("focal_point_a", a, participant=a, **focal),
        "focal_point_b": person("focal_point_b", b, participant=b, **focal),
        "former_focal_point": person(
            "former_focal_point", d, participant=d, period_from=date(2020, 1, 1), period_to=today() - timedelta(days=1), **focal
        ),
        "ministry_official_a": person("ministry_official_a", a, participant=a, role=AppointmentRole.MINISTRY),
        "secretariat": person("secretariat", None, role=AppointmentRole.SECRETARIAT),
        "administrator": person("administrator", None, role=AppointmentRole.ADMINISTRATOR),
        "deactivated": person("deactivated", None, role=AppointmentRole.SECRETARIAT),
        "half_signed_in": person("half_signed_in", None, role=AppointmentRole.ADMINISTRATOR),
        **{name: person(name, seat.participant, role=AppointmentRole.SEAT, seat=seat) for name, seat in seats.items()},
    }
    world = World(users)
    _directory(world, a, topic, seats["co_chair"])
    _records(world, {"a": a, "b": b, "agency": agency})
    _reports(world, a)
    return world


def _directory(world: World, a: Participant, topic: Topic, seat: Seat) -> None:
    """A ministry, an official who has left, the handover, and what a contact said has changed."""
    by = world.users["secretariat"]
    ministry = Ministry.objects.create(code="AAA-M01", participant=a, name="Ministry of Aland")
    former = Official.objects.create(participant=a, ministry=ministry, name="Person before A", email="before-a@cast.example")
    outgoing = Appointment.objects.create(
        official=former,
        role=AppointmentRole.FOCAL_POINT,
        participant=a,
        topic=topic,
        period_from=date(2018, 1, 1),
        period_to=date(2019, 12, 31),
    )
    incoming = Appointment.objects.get(official__user=world.users["focal_point_a"])
    world.handover_a = Handover.objects.create(outgoing=outgoing, incoming=incoming, handed_over_by=by).pk
    world.official_a, world.ministry_a, world.seat = former.pk, ministry.pk, seat.pk
    world.appointment_a = incoming.pk
    world.remark = ContactRemark.objects.create(official=former, text="A new address").pk


def _participant(name: str) -> Participant:
    return Participant.objects.create(name=name, slug=name.lower().replace(" ", "-"), kind=ParticipantKind.GOVERNMENT)


def _role(key: str, *, member: bool, permissions: str, approves: bool = False) -> SeatRole:
    return SeatRole.objects.create(key=key, name_en=key, is_member=member, approves=approves, permission_set=permissions)


def person(name: str, participant_of: Participant | None, **appointment: Any) -> User:
    """An account whose second factor is waived, its official, and one appointment from 2020 on."""
    email = f"{name.replace('_', '-')}@cast.example"
    user = User.objects.create_user(email, PASSWORD, second_factor_waived=name != "half_signed_in")
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    official = Official.objects.create(user=user, participant=participant_of, name=f"Person {name}", email=email)
    appointment.setdefault("period_from", date(2020, 1, 1))
    Appointment.objects.create(official=official, **appointment)
    return user


def _records(world: World, parties: dict[str, Participant]) -> None:
    by = world.users["secretariat"]
    kind = ActivityKind.objects.create(key="workshop", name_en="Workshop")
    published = {"published_at": timezone.now(), "published_by": by}
    common: dict[str, Any] = {"kind": kind, "start": today() + timedelta(days=30), "status": ActivityStatus.PLANNED}
    activity = Activity.objects.create(reference=world.activity, title="Published", **common, **published)
    Activity.objects.create(reference=world.draft_activity, title="Draft", **common)
    restricted = Activity.objects.create(
        reference=world.restricted_activity, title="Restricted", access_class=AccessClass.SECRETARIAT, **common, **published
    )
    Activity.objects.create(
        reference=world.withdrawn_activity, title="Withdrawn", withdrawn_at=timezone.now(), withdrawn_by=by, **common, **published
    )
    Invitation.objects.create(
        activity=restricted, participant=parties["agency"], state="issued", issued_at=timezone.now(), issued_by=by
    )
    issued: dict[str, Any] = {"activity": activity, "state": "issued", "issued_at": timezone.now(), "issued_by": by}
    world.invitation_a = Invitation.objects.create(participant=parties["a"], **issued).pk
    world.invitation_b = Invitation.objects.create(participant=parties["b"], **issued).pk
    other = Activity.objects.create(reference=world.other_activity, title="Other", **common, **published)
    world.other_invitation = Invitation.objects.create(participant=parties["b"], **(issued | {"activity": other})).pk
    objective = Objective.objects.create(code=world.objective, order=1, short_title="First")
    world.mandate = Mandate.objects.create(objective=objective, decided=date(2010, 1, 1)).pk
    earlier = Activity.objects.create(
        reference="XX-2009-01", title="Earlier", kind=kind, start=date(2009, 1, 1), status=ActivityStatus.HELD, **published
    )
    review = Review.objects.create(meeting=earlier, objective=objective, outcome=ReviewOutcome.NOT_STATED)
    world.challenge = OpenChallenge.objects.create(review=review, text="Still open").pk
    ProgrammeArea.objects.create(code=world.programme_area, order=1, short_title="First")
    Recommendation.objects.create(reference=world.recommendation, text="Do it")
    _document(world.document, by, AccessClass.PUBLIC)
    _document(world.restricted_document, by, AccessClass.STEERING_GROUP)


def _document(symbol: str, by: User, access: AccessClass) -> None:
    document = Document.objects.create(
        symbol=symbol, kind=DocumentKind.REPORT, title=symbol, access_class=access, date=date(2010, 1, 1), held=Held.FILE
    )
    name = default_storage.save(f"test/{symbol}.pdf", ContentFile(b"%PDF-1.7 " + symbol.encode()))
    version = DocumentVersion.objects.create(
        document=document,
        number=1,
        storage_name=name,
        filename=f"{symbol}.pdf",
        media_type="application/pdf",
        size=20,
        sha256="0" * 64,
        added_by=by,
    )
    document.current_version, document.state = version, DocumentState.PUBLISHED
    document.published_at, document.published_by = timezone.now(), by
    document.save()


def client_for(world: World, name: str) -> Client:
    """A browser of this person; a delegate has none of its own and comes as anybody does."""
    client = Client()
    if name in {"anonymous", "delegate"}:
        return client
    user = world.users[name]
    if name == "half_signed_in":
        Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, defaults={"data": {"secret": TOTP_SECRET}})
        client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
        return client
    client.force_login(user)
    if name == "deactivated":
        User.objects.filter(pk=user.pk).update(is_active=False)
    return client


def _reports(world: World, participant: Participant) -> None:
    """A draft and a frozen progress report, a circulation not yet started, and one message."""
    by, year = world.users["secretariat"], today().year
    meeting = Activity.objects.get(reference=world.activity)
    period: dict[str, Any] = {"period_from": date(year, 1, 1), "period_to": date(year, 12, 31)}
    world.progress_report = compile_report(meeting=meeting, by=by, **period).pk
    report = compile_report(meeting=meeting, by=by, **period)
    frozen = freeze_report(report=report, languages=["en"], expected_version=report.version, by=by)
    world.frozen_report = frozen.document.symbol
    world.circulation = prepare_circulation(report=frozen, rule="counterparts", by=by).pk
    to = Official.objects.filter(participant=participant).first()
    assert to
    world.delivery = queue_delivery(kind="test", to=to, key="test:1", subject="A message", text="Its text", by=by).pk
