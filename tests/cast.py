"""The fixed cast of fourteen, and the world they live in. The same for fixtures, access matrix and browser."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, time, timedelta
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
    Addressee,
    Agenda,
    AgendaItem,
    CallRecord,
    Comment,
    Consultation,
    ConsultationAddressee,
    ConsultationQuestion,
    CorrectionRequest,
    ExternalReference,
    FollowUp,
    ForeignActivity,
    Invitation,
    InvitationCopy,
    InvitationRule,
    IssueItem,
    IssueRun,
    LateChange,
    LegislationStatus,
    Mandate,
    NationalAgendaItem,
    NationalMeeting,
    NewsRequest,
    Nomination,
    Objective,
    OpenChallenge,
    Outreach,
    PriorityNeed,
    ProgrammeArea,
    Proposal,
    Recommendation,
    Review,
)
from activities.services.foreign import start_list
from members.enums import AccessClass, AppointmentRole, ParticipantKind
from members.models import (
    AccountInvitation,
    Appointment,
    Body,
    ContactRemark,
    Delivery,
    FactorReset,
    Forum,
    ForumContact,
    ForumKind,
    Handover,
    Ministry,
    Official,
    Participant,
    Process,
    Seat,
    SeatRole,
    StandingItem,
    Topic,
    User,
)
from members.models.base import today
from members.services.imports import start_import
from members.services.merging import merge_officials
from members.services.outbox import Enclosure, queue_delivery
from members.sheets import read_paste
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
    nomination_a: int = 0
    nomination_b: int = 0
    late_change: int = 0
    token: str = "none"
    missing: int = 999_999_999
    progress_report: int = 0
    frozen_report: str = ""
    circulation: int = 0
    delivery: int = 0
    delivery_file: int = 0
    letter_file: int = 0
    issue_run: int = 0
    body: str = "steering-group"
    seat: int = 0
    official_a: int = 0
    ministry_a: int = 0
    appointment_a: int = 0
    handover_a: int = 0
    remark: int = 0
    message_a: int = 0
    correction: int = 0
    account: int = 0
    topic: str = "people-smuggling"
    certificate: int = 0
    account_invitation: int = 0
    factor_reset: int = 0
    import_batch: int = 0
    merge_record: int = 0
    forum: str = "F-X"
    forum_contact: int = 0
    standing_item: int = 0
    call: int = 0
    agenda_item: int = 0
    draft_consultation: int = 0
    consultation: int = 0
    consultation_b: int = 0
    room_consultation: int = 0
    past_activity: str = "XX-2009-02"
    comment_a: int = 0
    agenda_item_a: int = 0
    meeting_a: int = 0
    message_b: int = 0
    official_b: int = 0
    ministry_b: int = 0
    appointment_b: int = 0
    handover_b: int = 0
    comment_b: int = 0
    agenda_item_b: int = 0
    meeting_b: int = 0
    news: int = 0
    news_a: int = 0
    news_b: int = 0
    news_request: int = 0
    legislation_a: int = 0
    legislation_b: int = 0
    outreach: int = 0
    reference: str = "XR-2010-01"
    proposal: int = 0
    endorsed_proposal: int = 0
    need: int = 0
    foreign_activity: int = 0
    foreign_list: int = 0


def make_world() -> World:
    """Participants, bodies, records of each visibility, and thirteen accounts."""
    Process.objects.create(name_en="The Test Process", full_name_en="The Test Process on Tests", prefix="XX", since=2002)
    a, b, c, d, agency, other = (_participant(name) for name in ("Aland", "Bland", "Cland", "Dland", "Agency", "Other Agency"))
    topic = Topic.objects.create(key="people-smuggling", name_en="People smuggling", order=1)
    body = Body.objects.create(key="steering-group", name_en="Steering group", activity_kind="workshop")
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
    _own_record(world, a)
    _room(world, body, seats["co_chair"])
    _national(world, a, b)
    _news(world, a, b)
    _planning(world, a)
    return world


def _planning(world: World, a: Participant) -> None:
    """An idea, an endorsed proposal, a need, an activity of another body, and a list of such that waits to be confirmed."""
    by = world.users["secretariat"]
    words = {"added_value": "Nobody else does it", "recorded_by": by}
    world.proposal = Proposal.objects.create(title="An idea", proposed_by=a, **words).pk
    world.endorsed_proposal = Proposal.objects.create(title="An endorsed proposal", state="endorsed", **words).pk
    world.need = PriorityNeed.objects.create(title="Equipment", participant=a).pk
    world.foreign_activity = ForeignActivity.objects.create(title="Of another body", date=today() + timedelta(days=400)).pk
    world.foreign_list = start_list(sheet=read_paste("title\tfrom\nFrom a list\t2030-05\n"), by=by).pk


def _room(world: World, body: Body, seat: Seat) -> None:
    """A forum with a contact, a standing item, a published agenda and a call."""
    by = world.users["secretariat"]
    forum = Forum.objects.create(
        code=world.forum, short_name="X", full_name="Forum X", kind=ForumKind.objects.create(key="x", name_en="X")
    )
    world.forum_contact = ForumContact.objects.create(forum=forum, title="Secretariat of X", email="x@forum.example").pk
    world.standing_item = StandingItem.objects.create(body=body, order=1, title_en="Plan").pk
    agenda = Agenda.objects.create(
        activity=Activity.objects.get(reference=world.activity),
        body=body,
        made_by=by,
        published_at=timezone.now(),
        published_by=by,
    )
    world.agenda_item = AgendaItem.objects.create(agenda=agenda, order=1, title_en="Plan").pk
    call = CallRecord.objects.create(
        held_on=today(), starts_at=time(9), time_zone="Asia/Jakarta", subject="Budget", recorded_by=by
    )
    call.seats.add(seat)
    world.call = call.pk


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
    sheet = read_paste("Name\tCountry\nPerson of a list\tAland\n")
    world.import_batch = start_import(sheet=sheet, by=by).pk
    twins = [Official.objects.create(name=f"Twin {number}") for number in ("one", "two")]
    world.merge_record = merge_officials(kept=twins[0], other=twins[1], choices={}, by=by).pk
    world.remark = ContactRemark.objects.create(official=former, text="A new address").pk


def _own_record(world: World, participant: Participant) -> None:
    """An invitation that the participant was sent, and a correction that it asked for."""
    to = Official.objects.get(user=world.users["focal_point_a"])
    message = {"subject": "You are invited", "text": "Please come", "by": world.users["secretariat"]}
    world.message_a = queue_delivery(kind="invitation", to=to, key="invitation:cast", **message).pk
    world.correction = CorrectionRequest.objects.create(
        participant=participant,
        record="participant",
        reference=participant.slug,
        record_title=participant.name,
        field="region",
        new_value="Elsewhere",
        reason="It lies there",
        asked_by=world.users["focal_point_a"],
    ).pk


def add_accounts(world: World) -> None:
    """An open invitation, and a reset of the second factor of focal point B that waits for another administrator."""
    by, world.account = world.users["administrator"], world.users["focal_point_a"].pk
    later = timezone.now() + timedelta(days=2)
    world.account_invitation = AccountInvitation.objects.create(
        email="invited@cast.example", role=AppointmentRole.SECRETARIAT, token_hash="cast", invited_by=by, expires_at=later
    ).pk
    world.factor_reset = FactorReset.objects.create(
        user=world.users["focal_point_b"], check_made="call-back", evidence="Called", started_by=by, lapses_at=later
    ).pk


def add_own_of_b(world: World) -> None:
    """Of B what the world has of A: in the directory, in the mail and in its own space."""
    b, focal = Participant.objects.get(slug=world.participant_b), world.users["focal_point_b"]
    by, incoming = world.users["secretariat"], Appointment.objects.get(official__user=focal)
    ministry = Ministry.objects.create(code="BBB-M01", participant=b, name="Ministry of Bland")
    former = Official.objects.create(participant=b, ministry=ministry, name="Person before B", email="before-b@cast.example")
    period = {"period_from": date(2018, 1, 1), "period_to": date(2019, 12, 31)}
    outgoing = Appointment.objects.create(
        official=former, role=AppointmentRole.FOCAL_POINT, participant=b, topic=incoming.topic, **period
    )
    world.handover_b = Handover.objects.create(outgoing=outgoing, incoming=incoming, handed_over_by=by).pk
    world.official_b, world.ministry_b, world.appointment_b = former.pk, ministry.pk, incoming.pk
    to, message = incoming.official, {"subject": "You are invited", "text": "Please come", "by": by}
    assert to
    world.message_b = queue_delivery(kind="invitation", to=to, key="invitation:cast-b", **message).pk
    call = Consultation.objects.get(pk=world.consultation)
    world.comment_b = Comment.objects.create(participant=b, consultation=call, text="Said", written_by=focal).pk
    world.agenda_item_b = NationalAgendaItem.objects.create(participant=b, heading="positions", text="Item", added_by=focal).pk
    world.meeting_b = NationalMeeting.objects.create(participant=b, day=today() - timedelta(days=200), recorded_by=focal).pk


def _national(world: World, a: Participant, b: Participant) -> None:
    """Calls for views to A and B, one to B alone, one to the steering group, a draft; and what A keeps for itself."""
    by, focal = world.users["secretariat"], world.users["focal_point_a"]
    world.draft_consultation = call_for(by, [], is_open=False).pk
    world.consultation = call_for(by, [a, b]).pk
    world.consultation_b = call_for(by, [b]).pk
    seats = Participant.objects.filter(seats__isnull=False)
    world.room_consultation = call_for(by, seats, audience="steering-group", rule="steering-group").pk
    past = Activity.objects.create(
        reference=world.past_activity,
        title="Past",
        kind=ActivityKind.objects.get(),
        start=date(2009, 5, 1),
        status=ActivityStatus.HELD,
        published_at=timezone.now(),
        published_by=by,
    )
    for participant in (a, b):
        Invitation.objects.create(
            activity=past, participant=participant, state="accepted", issued_at=timezone.now(), issued_by=by
        )
    call = Consultation.objects.get(pk=world.consultation)
    world.comment_a = Comment.objects.create(participant=a, consultation=call, text="Said", written_by=focal).pk
    world.agenda_item_a = NationalAgendaItem.objects.create(participant=a, heading="positions", text="Item", added_by=focal).pk
    world.meeting_a = NationalMeeting.objects.create(participant=a, day=today() - timedelta(days=200), recorded_by=focal).pk


def add_delegations(world: World) -> None:
    """A delegation of one for A and for B, and a late change that A asks for."""
    for side in "ab":
        focal, invitation = world.users[f"focal_point_{side}"], getattr(world, f"invitation_{side}")
        official = Official.objects.get(user=focal)
        nomination = Nomination.objects.create(invitation_id=invitation, official=official, submitted_by=focal)
        setattr(world, f"nomination_{side}", nomination.pk)
    asked = {"invitation_id": world.invitation_a, "asked_by": world.users["focal_point_a"], "number": 1}
    person = {"name": "Somebody new", "position": "Director", "email": "new@cast.example", "official": None, "replaces": None}
    choices = {"part": "delegate", "mode": "in-person", "days": [], "visa_letter": False, "tell": True}
    words = {"meal": "", "access_needs": "", "name_own_script": ""}
    world.late_change = LateChange.objects.create(people=[person | choices | words], **asked).pk


def _news(world: World, a: Participant, b: Participant) -> None:
    """A recommendation addressed to A and B, news of each that nobody decided on, and a letter that asked A for more."""
    row = Recommendation.objects.get(reference=world.recommendation)
    for participant, name in ((a, "focal_point_a"), (b, "focal_point_b")):
        Addressee.objects.create(recommendation=row, participant=participant)
        news = FollowUp.objects.create(
            recommendation=row, text="Begun", origin="national-space", participant=participant, recorded_by=world.users[name]
        )
        setattr(world, "news_a" if participant == a else "news_b", news.pk)
    world.news = world.news_a
    to = Official.objects.get(user=world.users["focal_point_a"])
    world.news_request = NewsRequest.objects.create(
        recommendation=row, participant=a, official=to, asked_on=today(), asked_by=world.users["secretariat"]
    ).pk
    world.legislation_a, world.legislation_b = (
        LegislationStatus.objects.create(
            participant=participant, title="A law is being prepared", entered_at=timezone.now(), entered_by=world.users[name]
        ).pk
        for participant, name in ((a, "focal_point_a"), (b, "focal_point_b"))
    )
    world.outreach = Outreach.objects.create(title="A meeting of another process").pk
    ExternalReference.objects.create(code=world.reference, referrer="Leaders elsewhere", title="A statement")


def call_for(by: User, participants: Any, *, is_open: bool = True, **fields: Any) -> Consultation:
    """A consultation with two questions, open to `participants` unless it is to stay a draft."""
    fields = {
        "title": "Views",
        "audience": "participants",
        "question": "About",
        "deadline": today() + timedelta(days=10),
    } | fields
    call = Consultation.objects.create(**fields)
    for number in (1, 2):
        ConsultationQuestion.objects.create(consultation=call, number=number, text=f"Question {number}?")
    if is_open:
        call.opened_at, call.opened_by = timezone.now(), by
        call.save()
        for participant in participants:
            ConsultationAddressee.objects.create(consultation=call, participant=participant)
    return call


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
    _rule(world, other, by)
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


def _rule(world: World, activity: Activity, by: User) -> None:
    """A rule that names A alone, and an issue of it that has written to B."""
    rule = InvitationRule.objects.create(activity=activity, by_rule=False, added=[world.participant_a], subject_en="Other")
    run = IssueRun.objects.create(activity=activity, rule=rule, digest="0" * 64, started_by=by, done_at=timezone.now())
    invitation = Invitation.objects.get(pk=world.other_invitation)
    IssueItem.objects.create(
        run=run,
        participant=invitation.participant,
        number=1,
        state="done",
        invitation=invitation,
        settled_at=timezone.now(),
    )
    world.issue_run = run.pk


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


def add_reports(world: World) -> None:
    """A draft and a frozen progress report, a circulation not yet started, and one message; few tests need them."""
    participant = Participant.objects.get(slug="aland")
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
    content = b"%PDF-1.7 enclosed"
    name = default_storage.save("test/enclosed.pdf", ContentFile(content))
    enclosed = Enclosure(name, "enclosed.pdf", hashlib.sha256(content).hexdigest())
    delivery = queue_delivery(
        kind="test", to=to, key="test:1", subject="A message", text="Its text", by=by, attachments=[enclosed]
    )
    world.delivery, world.delivery_file = delivery.pk, delivery.attachments.get().pk
    letter = Delivery.objects.get(pk=world.message_a)
    world.letter_file = letter.attachments.create(storage_name=name, filename="letter.pdf", sha256=enclosed.sha256).pk
    InvitationCopy.objects.create(invitation_id=world.invitation_a, delivery=letter, number="L1-1")
