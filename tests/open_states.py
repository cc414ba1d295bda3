"""States of the world of tests/cast.py in which every button of the portal is shown on some page."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from activities.enums import ActivityStatus, NominationState
from activities.models import (
    Activity,
    ActivityDraft,
    ActivityFeedback,
    ActivityKind,
    AgendaItem,
    Attendance,
    Certificate,
    Contribution,
    Delegate,
    Invitation,
    LateChange,
    Nomination,
    Reply,
    ReplyVersion,
    StatusChange,
)
from activities.services.certificates import issue_certificate
from activities.services.delegates import link_of
from members.enums import DatePrecision, DeliveryState, Standing
from members.models import (
    Closure,
    ContactMessage,
    Delivery,
    Official,
    Participant,
    Portfolio,
    Region,
    Seat,
    StandingItem,
    StandingPeriod,
    Topic,
    User,
)
from members.models.base import today
from members.signing import make_token
from reports.enums import CirculationState, Held, RenderingState
from reports.models import Approval, Circulation, Document, ProgressReport, Rendering
from reports.services.progress import compile_report, freeze_report
from tests.cast import World

UNDER_WAY = "XX-2010-90"
TO_CONFIRM = "XX-2010-91"
POSTPONED = "XX-2010-92"
CANCELLED = "XX-2010-93"
DRAFT = "XX-R-2010-90"


def open_states(world: World) -> None:
    """An activity under way, a nomination to confirm, copies in doubt and failed, a report approved in part, a circulation."""
    # A question without anything to choose shows no field: a forged answer to it would look like one of another form.
    Portfolio.objects.get_or_create(key="immigration", defaults={"name_en": "Immigration"})
    Region.objects.get_or_create(key="south", defaults={"name_en": "South"})
    _activities(world)
    _changed_plans(world)
    _certificate(world)
    _deliveries(world)
    _files(world)
    StandingPeriod.objects.create(participant=Participant.objects.get(slug="cland"), standing=Standing.MEMBER)
    _drafts(world)
    _seconds(world)
    _planning(world)
    Document.objects.create(
        symbol=DRAFT, kind="report", title="A draft", held=Held.NOT_HELD, date_precision=DatePrecision.UNKNOWN
    )


def _drafts(world: World) -> None:
    """Answers saved and not yet handed in, and a message that nobody answered."""
    focal, chair = world.users["focal_point_a"], world.users["co_chair"]
    for consultation, by, slug in ((world.consultation, focal, world.participant_a), (world.room_consultation, chair, "cland")):
        reply = Reply.objects.create(consultation_id=consultation, participant=Participant.objects.get(slug=slug))
        ReplyVersion.objects.create(reply=reply, number=1, text="A draft", saved_by=by)
    past = Activity.objects.get(reference=world.past_activity)
    ActivityFeedback.objects.create(participant=Participant.objects.get(slug=world.participant_a), activity=past, useful="Much")
    ContactMessage.objects.create(topic="other", text="A question", email="x@else.example", submit_token="open")


def _planning(world: World) -> None:
    """An offer to take away; an activity without a date is among the variants."""
    Contribution.objects.create(title="Venue", proposal_id=world.proposal)
    Contribution.objects.create(title="Interpreters", activity=Activity.objects.get(reference=world.activity))
    Activity.objects.filter(reference=world.draft_activity).update(status=ActivityStatus.UNDER_CONSIDERATION)


def _seconds(world: World) -> None:
    """A second item where items can be moved, a closed account, an unused and a retired row of a reference table."""
    by = world.users["administrator"]
    StandingItem.objects.create(body=StandingItem.objects.get().body, order=2, title_en="Review")
    AgendaItem.objects.create(agenda=AgendaItem.objects.get().agenda, order=2, title_en="Review")
    Closure.objects.create(user=world.users["deactivated"], reason="Left", closed_by=by)
    User.objects.filter(pk=world.users["deactivated"].pk).update(is_active=False)
    Topic.objects.create(key="unused", name_en="Unused")
    Topic.objects.create(key="retired", name_en="Retired", retired_at=timezone.now(), retired_by=by)


def _activities(world: World) -> None:
    by, official = world.users["secretariat"], Official.objects.get(user=world.users["focal_point_a"])
    for reference, start in ((UNDER_WAY, today()), (TO_CONFIRM, today() + timedelta(days=20))):
        activity = Activity.objects.create(
            reference=reference,
            title="With a delegation",
            kind=ActivityKind.objects.get(key="workshop"),
            status=ActivityStatus.PLANNED,
            start=start,
            confirm_delegates=True,
            published_at=timezone.now(),
            published_by=by,
        )
        invitation = Invitation.objects.create(
            activity=activity, participant=official.participant, state="issued", issued_at=timezone.now(), issued_by=by
        )
        nomination = Nomination.objects.create(
            invitation=invitation, official=official, submitted_by=by, state=NominationState.SUBMITTED
        )
        Delegate.objects.create(
            activity=activity, official=official, participant=official.participant, part="delegate", nomination=nomination
        )
        _beside(invitation, world.users["focal_point_a"])
    invitation.reply_by = today() - timedelta(days=1)
    invitation.save()
    LateChange.objects.create(invitation=invitation, asked_by=world.users["focal_point_a"])


def _beside(invitation: Invitation, by: User) -> None:
    """On the same delegation: somebody who was withdrawn, and somebody confirmed, who has a signed link."""
    for name, state in (("Gone", NominationState.WITHDRAWN), ("Confirmed", NominationState.CONFIRMED)):
        official, _made = Official.objects.get_or_create(participant=invitation.participant, name=name, email=f"{name}@x.example")
        Nomination.objects.create(invitation=invitation, official=official, submitted_by=by, state=state)


def _changed_plans(world: World) -> None:
    """One activity postponed without new dates, one cancelled, and text that the secretariat has not saved."""
    by = world.users["secretariat"]
    for reference, kind in ((POSTPONED, "postponed"), (CANCELLED, "cancelled")):
        activity = Activity.objects.create(
            reference=reference,
            title="Another plan",
            kind=ActivityKind.objects.get(key="workshop"),
            status=kind,
            date_precision=DatePrecision.UNKNOWN,
            published_at=timezone.now(),
            published_by=by,
        )
        StatusChange.objects.create(activity=activity, kind=kind, reason_en="Storm", old_status="planned", made_by=by)
    ActivityDraft.objects.create(
        user=by, activity=Activity.objects.get(reference=UNDER_WAY), base_version=1, fields={"title": ["Half"]}
    )


def _certificate(world: World) -> None:
    """A delegate who was there today, and the certificate of it."""
    delegate = Delegate.objects.get(activity__reference=UNDER_WAY)
    by = world.users["secretariat"]
    Attendance.objects.create(delegate=delegate, day=today(), status="present", how="desk", recorded_by=by)
    issue_certificate(delegate=delegate, by=by)


def _deliveries(world: World) -> None:
    known = Delivery.objects.get(pk=world.delivery)
    Delivery.objects.create(
        key="test:failed",
        kind="test",
        official=known.official,
        email=known.email,
        subject="A message",
        message_id="<failed@test>",
        queued_by=known.queued_by,
        state=DeliveryState.FAILED,
    )
    Delivery.objects.filter(pk=world.delivery).update(state=DeliveryState.SENDING)
    Delivery.objects.filter(pk=world.delivery).update(state=DeliveryState.IN_DOUBT)


def _files(world: World) -> None:
    """One frozen report with a file to approve, and one whose file the co-chair has approved."""
    report, by = ProgressReport.objects.get(document__symbol=world.frozen_report), world.users["co_chair"]
    _done(report)
    day = today()
    again = compile_report(meeting=report.meeting, period_from=day, period_to=day, by=world.users["secretariat"])
    approved = freeze_report(report=again, languages=["en"], expected_version=again.version, by=world.users["secretariat"])
    file = _done(approved)
    Approval.objects.create(rendering=file, seat=Seat.objects.get(pk=world.seat), sha256=file.sha256, approved_by=by)
    Circulation.objects.create(
        report=report,
        title="Started",
        rule="members",
        state=CirculationState.STARTED,
        prepared_by=by,
        started_at=timezone.now(),
        started_by=by,
    )


def _done(report: ProgressReport) -> Rendering:
    rows = Rendering.objects.filter(report=report)
    content = b"%PDF-1.7 " + report.document.symbol.encode()
    name = default_storage.save(f"test/{report.document.symbol}.pdf", ContentFile(content))
    rows.update(
        state=RenderingState.DONE,
        storage_name=name,
        size=len(content),
        pages=1,
        done_at=timezone.now(),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    return rows.get()


def variants(world: World) -> list[dict[str, Any]]:
    """What the addresses of tests/access.yaml may name beside the attributes of World, one record of each state."""
    frozen = ProgressReport.objects.get(document__symbol=world.frozen_report)
    approved = Approval.objects.get().rendering.report
    invitation = Invitation.objects.get(activity__reference=UNDER_WAY)
    circulation = Circulation.objects.get(state=CirculationState.STARTED)
    failed = Delivery.objects.get(key="test:failed")
    token = make_token("still-right", f"official-{world.users['focal_point_a'].officials.get().pk}")
    return [
        {},
        {"token": make_token("news", world.news_request)},
        {
            "activity": UNDER_WAY,
            "draft_activity": UNDER_WAY,
            "progress_report": frozen.pk,
            "circulation": circulation.pk,
            "delivery": failed.pk,
            "invitation_a": invitation.pk,
            "document": DRAFT,
            "frozen_report": approved.document.symbol,
            "certificate": Certificate.objects.get().pk,
            "missing": world.appointment_a,
            "token": token,
            "nomination_a": Nomination.objects.get(invitation=invitation, state=NominationState.WITHDRAWN).pk,
        },
        {
            "activity": TO_CONFIRM,
            "draft_activity": world.other_activity,
            "missing": world.official_a,
            "consultation": world.draft_consultation,
            "account": world.users["deactivated"].pk,
            "topic": "unused",
            **_late(),
        },
        {"other_activity": POSTPONED},
        {"other_activity": world.draft_activity},
        {"other_activity": CANCELLED},
        {"activity": world.other_activity, "draft_activity": world.activity, "missing": world.remark, "topic": "retired"},
    ]


def _late() -> dict[str, Any]:
    """A delegation whose day to reply by has passed, with what it asks for, and the link of one of its people."""
    change = LateChange.objects.get(invitation__activity__reference=TO_CONFIRM)
    confirmed = Nomination.objects.get(invitation=change.invitation_id, state=NominationState.CONFIRMED)
    token = link_of(confirmed).rstrip("/").rsplit("/", 1)[1]
    return {"invitation_a": change.invitation_id, "late_change": change.pk, "token": token}
