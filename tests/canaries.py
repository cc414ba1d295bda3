"""A random token in every restricted text of the world of tests/cast.py. Who may read which stands in tests/test_canaries.py."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import Model
from django.utils import timezone

from activities.models import (
    Activity,
    ActivityDraft,
    ActivityFeedback,
    ActivityKind,
    Agenda,
    AgendaItem,
    CallRecord,
    Certificate,
    Comment,
    Consultation,
    ConsultationQuestion,
    Contribution,
    CorrectionRequest,
    Delegate,
    ExternalReference,
    FollowUp,
    ForeignActivity,
    Goal,
    Invitation,
    InvitationRule,
    LateChange,
    LegislationStatus,
    LinkedReply,
    Mandate,
    NationalAgendaItem,
    NationalCoordination,
    NationalMeeting,
    Nomination,
    Objective,
    OpenChallenge,
    Outreach,
    OverlapDecision,
    PracticalText,
    PriorityNeed,
    ProgrammeArea,
    Proposal,
    ProposalStep,
    Recommendation,
    Reply,
    ReplyVersion,
    Review,
    ReviewEvidence,
    Session,
    Stakeholder,
    StatusChange,
)
from activities.services.foreign import start_list
from members.enums import AccessClass, AppointmentRole
from members.models import (
    AccountInvitation,
    Appointment,
    Body,
    Closure,
    ContactMessage,
    ContactRemark,
    Delivery,
    FactorReset,
    Forum,
    ForumContact,
    Handover,
    ImportBatch,
    KeptForm,
    Letter,
    Ministry,
    Office,
    Official,
    Participant,
    Seat,
    Source,
    StandingItem,
    User,
)
from members.models.base import today
from members.services.imports import start_import
from members.services.outbox import queue_delivery
from members.sheets import read_paste
from reports.enums import DocumentKind, DocumentState, Held
from reports.models import Document, DocumentVersion, ProgressReport
from tests.cast import World, call_for

WORD = "canary"  # stands before every token, so that a search for what is next to it has something to find
NOBODY: dict[str, Any] = {
    "official": None,
    "replaces": None,
    "part": "delegate",
    "mode": "in-person",
    "days": [],
    "name_own_script": "",
    "visa_letter": False,
    "tell": True,
}
ACTIVITY_TEXTS = "title title_id city venue host_basis coordinator scope added_value outcome source_says public_note notes"


@dataclass
class Planted:
    """Where the tokens are: `tokens` maps "record.field" to the token, `addresses` are of records that the cast has not."""

    tokens: dict[str, str] = field(default_factory=dict)
    activities: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)

    def word(self, record: str, name: str) -> str:
        """The text for one field: an address where the field is one."""
        token = self.tokens.setdefault(f"{record}.{name}", f"zq{secrets.token_hex(4)}")
        return f"{token}@{WORD}.example" if name.endswith("email") else f"{WORD} {token}"

    def words(self, record: str, names: str, model: type[Model] | None = None) -> dict[str, str]:
        """Texts for fields; where a field is short, the token alone."""
        found = {name: self.word(record, name) for name in names.split()}
        for name in found if model else ():
            room = getattr(model._meta.get_field(name), "max_length", None)  # type: ignore[union-attr]
            if room and room < len(found[name]):
                found[name] = self.tokens[f"{record}.{name}"]
        return found

    def make[M: Model](self, record: str, model: type[M], names: str, /, **rest: Any) -> M:
        """A new record with a token in each of `names`."""
        return model._default_manager.create(**self.words(record, names, model), **rest)

    def fill(self, record: str, model: type[Model], pk: Any, names: str) -> None:
        """Tokens in `names` of a record of the cast."""
        changed = model._default_manager.filter(pk=pk).update(**self.words(record, names, model))
        assert changed == 1, record


def plant(world: World) -> Planted:
    """Fill the world; needs `add_accounts` before."""
    planted, by = Planted(), world.users["secretariat"]
    _activities(planted, world, by)
    _recorded(planted, world, by)
    _promises(planted, world)
    _news(planted, world)
    _documents(planted, by)
    _directory(planted, world)
    _delegation(planted, world)
    _mail(planted, world, by)
    _room(planted, world, by)
    _national(planted, world)
    _consultations(planted, world, by)
    _accounts(planted, world)
    return planted


def _activities(planted: Planted, world: World, by: User) -> None:
    def known(reference: str) -> Any:
        return Activity.objects.get(reference=reference).pk

    planted.fill("public_activity", Activity, known(world.activity), "notes")
    planted.fill("draft_activity", Activity, known(world.draft_activity), ACTIVITY_TEXTS)
    planted.fill("invited_activity", Activity, known(world.restricted_activity), ACTIVITY_TEXTS)
    planted.fill("withdrawn_activity", Activity, known(world.withdrawn_activity), f"{ACTIVITY_TEXTS} withdrawn_reason")
    more = (
        ("room_activity", "XX-2010-11", AccessClass.STEERING_GROUP, False),
        ("participants_activity", "XX-2010-12", AccessClass.PARTICIPANTS, False),
        ("secret_activity", "XX-2010-13", AccessClass.SECRETARIAT, False),
        ("withdrawn_room_activity", "XX-2010-14", AccessClass.STEERING_GROUP, True),
    )
    for record, reference, access, is_withdrawn in more:
        withdrawn = {"withdrawn_at": timezone.now(), "withdrawn_by": by} if is_withdrawn else {}
        activity = planted.make(
            record,
            Activity,
            f"{ACTIVITY_TEXTS} withdrawn_reason" if is_withdrawn else ACTIVITY_TEXTS,
            reference=reference,
            kind=ActivityKind.objects.get(),
            start=today() + timedelta(days=20),
            status="planned",
            access_class=access,
            published_at=timezone.now(),
            published_by=by,
            **withdrawn,
        )
        planted.make(f"{record}_session", Session, "title", activity=activity, day=activity.start)
        planted.activities.append(reference)


def _recorded(planted: Planted, world: World, by: User) -> None:
    """An activity that is public while its content is closed; what delegates need to know; why a plan changed; unsaved text."""
    closed = planted.make(
        "closed_content",
        Activity,
        "outcome",
        reference="XX-2010-16",
        title="Closed",
        kind=ActivityKind.objects.get(),
        start=today() + timedelta(days=20),
        content_class=AccessClass.STEERING_GROUP,
        published_at=timezone.now(),
        published_by=by,
    )
    planted.make("closed_session", Session, "title", activity=closed, day=closed.start)
    planted.activities.append(closed.reference)
    planted.make("practical", PracticalText, "text", activity=Activity.objects.get(reference=world.activity), language="en")
    room = Activity.objects.get(reference="XX-2010-11")
    change = {"kind": "postponed", "old_status": "planned", "made_by": by}
    planted.make("room_change", StatusChange, "reason_en reason_id", activity=room, **change)
    fields = {"title": [planted.word("unsaved", "title")]}
    ActivityDraft.objects.create(user=by, fields=fields)
    planted.addresses.append("/desk/activities/new/?draft=1")


def _promises(planted: Planted, world: World) -> None:
    """Reviews, mandates and challenges of meetings that are not public; recommendations of every class."""
    objective = Objective.objects.get(code=world.objective)
    area = ProgrammeArea.objects.get(code=world.programme_area)
    goal = planted.make("goal", Goal, "notes", code="G-01", order=1, short_title="Goal")
    planted.addresses.append(f"/desk/objectives/{goal.code}/")
    planted.fill("objective", Objective, objective.pk, "notes")
    planted.fill("area", ProgrammeArea, area.pk, "notes")
    for record, reference in (("draft", world.draft_activity), ("room", "XX-2010-11")):
        meeting = Activity.objects.get(reference=reference)
        names = "finding status_qualifier status_basis rationale authority accepted_by_forum notes"
        review = planted.make(f"{record}_review", Review, names, meeting=meeting, objective=objective, outcome="completed")
        planted.make(f"{record}_challenge", OpenChallenge, "text", review=review)
        planted.make(f"{record}_evidence", ReviewEvidence, "text paragraph document_symbol", review=review)
        planted.make(f"{record}_mandate", Mandate, "paragraph authority what_changed", objective=objective, activity=meeting)
        planted.addresses.append(f"/desk/reviews/{reference}/")
    for record, access in (("room", AccessClass.STEERING_GROUP), ("secret", AccessClass.SECRETARIAT)):
        reference = f"XX-REC-2010-{record}"
        recommendation = planted.make(
            f"{record}_recommendation",
            Recommendation,
            "text paragraph coordinator",
            reference=reference,
            access_class=access,
            objective=objective,
            area=area,
        )
        by = world.users["secretariat"]
        planted.make(f"{record}_follow_up", FollowUp, "text evidence", recommendation=recommendation, recorded_by=by)
        tails = ("", "thread/", "cite.ris", "cite.bib")
        planted.addresses += [f"/recommendations/{reference}/{tail}" for tail in tails]
        planted.addresses += [f"/desk/recommendations/{reference}/", f"/desk/recommendations/{reference}/follow-up/"]


def _documents(planted: Planted, by: User) -> None:
    rows = (
        ("draft_document", "XX-R-2010-11", AccessClass.PUBLIC, DocumentState.DRAFT),
        ("room_document", "XX-R-2010-12", AccessClass.STEERING_GROUP, DocumentState.PUBLISHED),
        ("participants_document", "XX-R-2010-13", AccessClass.PARTICIPANTS, DocumentState.PUBLISHED),
        ("secret_document", "XX-R-2010-14", AccessClass.SECRETARIAT, DocumentState.PUBLISHED),
        ("withdrawn_document", "XX-R-2010-15", AccessClass.PUBLIC, None),
        ("public_document", "XX-R-2010-16", AccessClass.PUBLIC, DocumentState.PUBLISHED),
    )
    for record, symbol, access, state in rows:
        names = "notes" if record == "public_document" else "title title_id form labels public_note notes"
        document = planted.make(
            record,
            Document,
            names + (" withdrawn_reason" if state is None else ""),
            symbol=symbol,
            kind=DocumentKind.REPORT,
            access_class=access,
            date=date(2010, 1, 1),
            held=Held.FILE,
        )
        document.current_version = _version(planted, record, document, by)
        document.state = state or DocumentState.PUBLISHED
        if state != DocumentState.DRAFT:
            document.published_at, document.published_by = timezone.now(), by
        if state is None:
            document.withdrawn_at, document.withdrawn_by = timezone.now(), by
        document.save()
        planted.documents.append(symbol)


def _version(planted: Planted, record: str, document: Document, by: User) -> DocumentVersion:
    body = b"%PDF-1.7 " + (planted.word(record, "body") if record != "public_document" else "Body").encode()
    text, filename = ("Text", "file") if record == "public_document" else planted.words(record, "text filename").values()
    return DocumentVersion.objects.create(
        document=document,
        number=1,
        storage_name=default_storage.save(f"test/{document.symbol}.pdf", ContentFile(body)),
        filename=f"{filename}.pdf",
        media_type="application/pdf",
        size=len(body),
        sha256=hashlib.sha256(body).hexdigest(),
        text=text,
        added_by=by,
    )


def _directory(planted: Planted, world: World) -> None:
    """Notes beside the public record; officials, offices and what is said of them."""
    a, b = (Participant.objects.get(slug=slug) for slug in (world.participant_a, world.participant_b))
    by = world.users["secretariat"]
    planted.fill("participant", Participant, a.pk, "notes alt_names")
    planted.fill("ministry", Ministry, world.ministry_a, "notes")
    planted.addresses.append(f"/desk/contacts/records/ministry/{world.ministry_a}/")
    planted.fill("body", Body, Body.objects.get(key=world.body).pk, "notes")
    planted.fill("seat", Seat, world.seat, "notes")
    planted.fill("forum", Forum, Forum.objects.get(code=world.forum).pk, "notes")
    planted.make("source", Source, "note import_test", key="S-X", title="Source", kind="web")
    person = "name name_own_script form_of_address salutation position email phone"
    for record, participant in (("official_a", a), ("official_b", b)):
        official = planted.make(record, Official, person, participant=participant)
        planted.addresses.append(f"/desk/contacts/records/official/{official.pk}/")
    for record, participant in (("office_a", a), ("office_b", b)):
        office = planted.make(record, Office, "title form_of_address salutation email", participant=participant)
        planted.addresses.append(f"/desk/contacts/records/office/{office.pk}/")
    planted.fill("former_official_a", Official, world.official_a, "name email phone position")
    planted.fill("appointment_a", Appointment, world.appointment_a, "official_email basis")
    seated = Appointment.objects.get(official__user=world.users["co_chair"])
    planted.fill("seated", Appointment, seated.pk, "official_email basis")
    planted.addresses.append(f"/desk/contacts/appointments/{seated.pk}/term/")
    planted.fill("remark", ContactRemark, world.remark, "text")
    planted.fill("handover", Handover, world.handover_a, "note")
    planted.fill("forum_contact", ForumContact, world.forum_contact, "title email note")
    focal_b = Official.objects.get(user=world.users["focal_point_b"])
    planted.fill("focal_point_b", Official, focal_b.pk, "phone")
    planted.addresses.append(f"/desk/contacts/records/official/{focal_b.pk}/")
    sheet = read_paste(f"Name\tCountry\n{planted.word('import', 'row')}\tAland\n")
    batch = start_import(sheet=sheet, by=by, filename=f"{planted.word('import', 'filename')}.csv")
    planted.addresses += [f"/desk/import/{batch.pk}/", f"/desk/import/{batch.pk}/rows/2/"]
    assert ImportBatch.objects.filter(pk=batch.pk, owner=by).exists()
    planted.make("contact_message", ContactMessage, "name email text record", topic="other", submit_token="canary")


def _delegation(planted: Planted, world: World) -> None:
    """What A and B answered to their invitations, and one that has not been issued."""
    by = world.users["secretariat"]
    planted.fill("invitation_a", Invitation, world.invitation_a, "reply_note")
    planted.fill("invitation_b", Invitation, world.invitation_b, "reply_note")
    rule = InvitationRule.objects.get()
    planted.fill("invitation_rule", InvitationRule, rule.pk, "subject_en subject_id body_en body_id")
    for side, pk in (("a", world.invitation_a), ("b", world.invitation_b)):
        invitation = Invitation.objects.get(pk=pk)
        official = planted.make(f"nominee_{side}", Official, "name email phone", participant=invitation.participant)
        planted.addresses.append(f"/desk/contacts/records/official/{official.pk}/")
        nomination = planted.make(
            f"nomination_{side}",
            Nomination,
            "meal access_needs",
            invitation=invitation,
            official=official,
            submitted_by=by,
            state="submitted",
        )
        delegate = planted.make(
            f"delegate_{side}",
            Delegate,
            "title",
            activity=invitation.activity,
            official=official,
            participant=invitation.participant,
            part="delegate",
            nomination=nomination,
        )
        said = {name: planted.word(f"certificate_{side}", name) for name in ("name", "participant")}
        planted.make(
            f"certificate_{side}",
            Certificate,
            "withdrawn_reason",
            code=f"CANARY-{side.upper()}",
            delegate=delegate,
            facts={**said, "days": [], "online": []},
            issued_by=by,
            withdrawn_at=timezone.now(),
            withdrawn_by=by,
            why="desk",
        )
        _late_changes(planted, world, side, invitation)


def _late_changes(planted: Planted, world: World, side: str, invitation: Invitation) -> None:
    """A late change that was declined with a word, and one that waits."""
    by, record = world.users["secretariat"], f"late_change_{side}"
    asked = {"invitation": invitation, "asked_by": world.users[f"focal_point_{side}"]}
    # On another invitation: where a change waits, the sheet shows that, and not what is nominated.
    issued = {"state": "issued", "issued_at": timezone.now(), "issued_by": by}
    other = Activity.objects.get(reference=world.other_activity)
    another, _new = Invitation.objects.get_or_create(activity=other, participant=invitation.participant, defaults=issued)
    planted.addresses.append(f"/national/{another.participant.slug}/invitations/{another.pk}/")
    decided = {"state": "declined", "decided_at": timezone.now(), "decided_by": by}
    refused = planted.make(f"refused_change_{side}", LateChange, "word", **asked, **decided)
    person = {name: planted.word(record, name) for name in ("name", "position", "email", "meal", "access_needs")}
    waits = LateChange.objects.create(people=[NOBODY | person], number=1, **(asked | {"invitation": another}))
    planted.addresses.append(f"/desk/activities/{world.activity}/changes/{refused.pk}/")
    planted.addresses.append(f"/desk/activities/{world.other_activity}/changes/{waits.pk}/")


def _mail(planted: Planted, world: World, by: User) -> None:
    names = "reference subject_en subject_id body_en body_id form_of_address signatories"
    letter = planted.make("letter", Letter, names, kind="letter", written_by=by)
    to = Official.objects.get(user=world.users["focal_point_b"])
    text = {name: planted.word("delivery", name) for name in ("subject", "text")}
    delivery = queue_delivery(kind="test", to=to, key="test:canary", by=by, **text)
    Delivery.objects.filter(pk=delivery.pk).update(letter=letter, reason=planted.word("delivery", "reason"))
    planted.addresses.append(f"/desk/deliveries/{delivery.pk}/")
    own = Official.objects.get(user=world.users["focal_point_a"])
    text = {name: planted.word("message_a", name) for name in ("subject", "text")}
    message = queue_delivery(kind="invitation", to=own, key="invitation:canary", by=by, **text)
    post = ForumContact.objects.get(pk=world.forum_contact)
    text = {name: planted.word("forum_letter", name) for name in ("subject", "text")}
    abroad = queue_delivery(kind="forum_letter", to=post, key="forum-letter:canary", by=by, **text)
    planted.addresses.append(f"/desk/deliveries/{abroad.pk}/")
    tail = f"record/messages/{message.pk}/"
    planted.addresses += [f"/desk/deliveries/{message.pk}/", f"/national/{world.participant_a}/{tail}"]
    report = ProgressReport.objects.get(pk=world.progress_report)
    report.sections = [{**row, "text": planted.word("draft_report", "text")} for row in report.sections]
    report.title = planted.word("draft_report", "title")
    report.save()


def _room(planted: Planted, world: World, by: User) -> None:
    planted.fill("call", CallRecord, world.call, "others subject summary agreed")
    withdrawn = planted.make(
        "withdrawn_call",
        CallRecord,
        "others subject summary agreed withdrawn_reason",
        held_on=today(),
        starts_at=time(9),
        time_zone="Asia/Jakarta",
        recorded_by=by,
        withdrawn_at=timezone.now(),
        withdrawn_by=by,
    )
    planted.addresses += [f"/steering-group/room/calls/{withdrawn.pk}/", f"/desk/steering-group/calls/{withdrawn.pk}/"]
    planted.fill("standing_item", StandingItem, world.standing_item, "title_en title_id note")
    planted.fill("agenda_item", AgendaItem, world.agenda_item, "title_en title_id note reference")
    draft = Agenda.objects.create(
        activity=Activity.objects.get(reference=world.other_activity), body=Body.objects.get(key=world.body), made_by=by
    )
    item = planted.make("draft_agenda_item", AgendaItem, "title_en title_id note reference", agenda=draft, order=1)
    root = f"/desk/activities/{world.other_activity}/agenda/"
    planted.addresses += [root, f"{root}items/{item.pk}/", f"/steering-group/room/agendas/{world.other_activity}/"]
    a = Participant.objects.get(slug=world.participant_a)
    proposal = _planning(planted, world, a, by)
    planted.make("priorityneed", PriorityNeed, "title summary notes", participant=a)
    planted.make("contribution", Contribution, "title summary notes", participant=a, proposal=proposal)
    planted.addresses.append(f"/desk/proposals/needs/{PriorityNeed.objects.latest('pk').pk}/")
    _exchanges(planted, world)


def _exchanges(planted: Planted, world: World) -> None:
    """Exchanges with another forum, one of them marked for the public, and staff notes on who cited the process."""
    forum, names = Forum.objects.get(), "title summary represented_by lessons place public_note notes"
    kept = planted.make("outreach", Outreach, names, forum=forum)
    marked = planted.make("public_outreach", Outreach, names, forum=forum, is_public=True)
    planted.addresses += [f"/desk/forums/outreach/{row.pk}/" for row in (kept, marked)]
    planted.fill("reference", ExternalReference, ExternalReference.objects.get(code=world.reference).pk, "notes")


def _news(planted: Planted, world: World) -> None:
    """News of A: with the secretariat, kept to participants, withdrawn from the record; and what it says of its legislation."""
    a, by = Participant.objects.get(slug=world.participant_a), world.users["focal_point_a"]
    row, staff = Recommendation.objects.get(reference=world.recommendation), world.users["secretariat"]
    decided = {"decided_at": timezone.now(), "decided_by": staff}
    states: dict[str, dict[str, Any]] = {
        "waiting_news": {},
        "participants_news": {**decided, "access_class": AccessClass.PARTICIPANTS},
        "withdrawn_news": {**decided, "withdrawn_at": timezone.now(), "withdrawn_by": by},
    }
    for record, fields in states.items():
        names = "text evidence office" + (" withdrawn_reason" if record == "withdrawn_news" else "")
        news = planted.make(
            record, FollowUp, names, recommendation=row, origin="national-space", participant=a, recorded_by=by, **fields
        )
        own = f"/national/{a.slug}/recommendations/{row.reference}/news/{news.pk}/withdraw/"
        planted.addresses += [f"/desk/recommendations/news/{news.pk}/", own]
    names = "title title_id summary summary_id link"
    said = planted.make(
        "legislation_a", LegislationStatus, names, participant=a, objective=Objective.objects.get(code=world.objective)
    )
    planted.addresses.append(f"/national/{a.slug}/legislation/{said.pk}/")
    gone = {"withdrawn_at": timezone.now(), "withdrawn_by": by, "access_class": AccessClass.PUBLIC}
    planted.make("withdrawn_legislation_a", LegislationStatus, "title link", participant=a, **gone)


def _planning(planted: Planted, world: World, a: Participant, by: User) -> Proposal:
    """A proposal with a step, an overlap that is decided, an activity of another body, and a list that waits."""
    names = "title added_value priority_needs overlap_check funding_guideline funded city"
    proposal = planted.make("proposal", Proposal, names, kind=ActivityKind.objects.get(), proposed_by=a, recorded_by=by)
    foreign = planted.make("foreignactivity", ForeignActivity, "title summary notes organiser city topics_said portfolios_said")
    planted.make(
        "proposal_step", ProposalStep, "reason", proposal=proposal, from_state="idea", to_state="considered", recorded_by=by
    )
    planted.make(
        "overlap", OverlapDecision, "reason acceptance", proposal=proposal, foreign=foreign, choice="hand-over", decided_by=by
    )
    root = f"/desk/proposals/{proposal.pk}/"
    planted.addresses += [root, *(f"{root}{tail}/" for tail in ("edit", "move", "ask", "contributions/new"))]
    planted.addresses += [f"{root}overlaps/foreign/{foreign.pk}/", f"/steering-group/room/proposals/{proposal.pk}/"]
    planted.addresses.append(f"/desk/proposals/foreign/{foreign.pk}/")
    listed = start_list(sheet=read_paste(f"title\n{planted.word('foreign_list', 'row')}\n"), by=by, filename="x.csv")
    planted.addresses.append(f"/desk/proposals/foreign/lists/{listed.pk}/")
    return proposal


def _national(planted: Planted, world: World) -> None:
    """What A keeps for itself, and the same of B."""
    sides = (("a", world.participant_a, "focal_point_a"), ("b", world.participant_b, "focal_point_b"))
    past = Activity.objects.get(reference=world.past_activity)
    for side, slug, name in sides:
        own, by = Participant.objects.get(slug=slug), world.users[name]
        coordination = planted.make(f"mechanism_{side}", NationalCoordination, "name chair cadence remarks", participant=own)
        planted.make(f"stakeholder_{side}", Stakeholder, "name part", coordination=coordination, participant=own, kind="other")
        meeting = planted.make(f"meeting_{side}", NationalMeeting, "note", participant=own, day=today(), recorded_by=by)
        planted.addresses.append(f"/national/{slug}/agenda/meetings/{meeting.pk}/")
        planted.make(f"agenda_{side}", NationalAgendaItem, "text", participant=own, heading="positions", added_by=by)
        planted.make(f"feedback_{side}", ActivityFeedback, "useful use_at_home to_follow", participant=own, activity=past)
        for subject in ("invitation", "consultation"):
            about = {"invitation_id": getattr(world, f"invitation_{side}")} if subject == "invitation" else {}
            about = about or {"consultation_id": world.consultation}
            planted.make(f"comment_{subject}_{side}", Comment, "text office", participant=own, written_by=by, **about)
        correction = planted.make(
            f"correction_{side}",
            CorrectionRequest,
            "new_value reason record_title source",
            participant=own,
            record="participant",
            reference=own.slug,
            field="name",
            asked_by=by,
        )
        planted.addresses.append(f"/desk/corrections/{correction.pk}/")


def _consultations(planted: Planted, world: World, by: User) -> None:
    a, b = (Participant.objects.get(slug=slug) for slug in (world.participant_a, world.participant_b))
    d = Participant.objects.get(slug="dland")
    drafted = Consultation.objects.get(pk=world.draft_consultation)
    planted.fill("draft_call", Consultation, drafted.pk, "title question")
    planted.fill("draft_call_question", ConsultationQuestion, drafted.questions.first().pk, "text")  # type: ignore[union-attr]
    to_b = planted.words("call_to_b", "title question")
    consultation = call_for(by, [b], **to_b)
    room = call_for(
        by, Participant.objects.filter(seats__isnull=False), audience="steering-group", rule="steering-group", may_revise=True,
        **planted.words("room_call", "title question"),
    )  # fmt: skip
    both = call_for(by, [a, b], title="Both", may_revise=True)
    for pk in (consultation.pk, room.pk, both.pk):
        planted.addresses += [f"/desk/consultations/{pk}/", f"/steering-group/room/consultations/{pk}/"]
        planted.addresses += [f"/steering-group/room/consultations/{pk}/versions/"]
        for slug in (world.participant_a, world.participant_b):
            planted.addresses += [f"/national/{slug}/replies/{pk}/{tail}" for tail in ("", "submit/", "versions/")]
    drafts = (("a", both, a, "focal_point_a"), ("b", both, b, "focal_point_b"), ("d", room, d, "steering_group_member"))
    for side, call, participant, name in drafts:
        reply = Reply.objects.create(consultation=call, participant=participant)
        author = world.users[name]
        given = planted.make(f"submitted_{side}", ReplyVersion, "text", reply=reply, number=1, is_submitted=True, saved_by=author)
        if call == room:
            planted.make("linked_reply", LinkedReply, "name written_to", reply_version=given)
        Reply.objects.filter(pk=reply.pk).update(submitted_at=timezone.now(), submitted_by=author)
        answers = {"1": planted.word(f"draft_{side}", "answer")}
        planted.make(f"draft_{side}", ReplyVersion, "text", reply=reply, number=2, answers=answers, saved_by=author)


def _accounts(planted: Planted, world: World) -> None:
    by, later = world.users["administrator"], timezone.now() + timedelta(days=2)
    planted.fill("factor_reset", FactorReset, world.factor_reset, "evidence")
    planted.fill("account_invitation", AccountInvitation, world.account_invitation, "name email")
    closed = world.users["deactivated"]
    planted.make("closure", Closure, "reason", user=closed, closed_by=by)
    planted.addresses.append(f"/desk/accounts/{closed.pk}/")
    planted.make(
        "kept_form", KeptForm, "path", user=world.users["focal_point_a"], token_hash="canary", content=b"x",
        expires_at=timezone.now() + timedelta(minutes=30),
    )  # fmt: skip
    planted.make(
        "second_invitation", AccountInvitation, "name email", role=AppointmentRole.ADMINISTRATOR, token_hash="canary",
        invited_by=by, expires_at=later,
    )  # fmt: skip
