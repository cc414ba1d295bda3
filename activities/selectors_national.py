"""Reading the national space of one participant: what waits, and the agenda of its next meeting [34-36]."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, IntegerField, Model, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from activities.enums import ActivityStatus, InvitationState
from activities.enums_national import AgendaHeading
from activities.models import (
    Activity,
    ActivityFeedback,
    Comment,
    Consultation,
    Invitation,
    NationalAgendaItem,
    NationalCoordination,
    NationalMeeting,
    Outreach,
    Proposal,
    Reply,
)
from activities.selectors_consultation import calls_of
from members.models import NationalMechanism, Participant, User
from members.models.base import today
from members.models.visibility import NOTHING

if TYPE_CHECKING:
    from members.models import AnyUser

MOST = 50
LONGEST_OFFICE = 250


@dataclass(frozen=True)
class Line:
    """One line of the agenda. `due` is the day to answer by."""

    text: str
    url: str = ""
    detail: str = ""
    due: date | None = None
    item: int | None = None  # primary key of one that was added by hand


@dataclass(frozen=True)
class Section:
    """One of the five headings with its lines."""

    heading: AgendaHeading
    lines: list[Line] = field(default_factory=list)


def office_of(user: User, participant: Participant) -> str:
    """The position and ministry in which `user` speaks here: an office, never a name."""
    official = user.officials.filter(participant=participant).current().select_related("ministry").order_by("-pk").first()
    if official is None:
        return ""
    parts = [official.position, str(official.ministry) if official.ministry else ""]
    if not any(parts):
        place = official.appointments.filter(participant=participant).current().first()
        parts = [str(place.get_role_display())] if place else []
    return ", ".join(part for part in parts if part)[:LONGEST_OFFICE]


def open_invitations(participant: Participant) -> list[Invitation]:
    """Invitations of the participant that it has not answered and still can."""
    rows = Invitation.objects.filter(
        participant=participant, state=InvitationState.ISSUED, activity__withdrawn_at__isnull=True
    ).filter(Q(reply_by__isnull=True) | Q(reply_by__gte=today() - timedelta(days=1)))
    ahead = rows.exclude(activity__status__in=[ActivityStatus.HELD, ActivityStatus.CANCELLED])
    return list(ahead.select_related("activity", "participant").order_by("reply_by", "pk")[:MOST])


def open_calls(participant: Participant) -> list[Consultation]:
    """Calls for views that the participant may still answer and has not answered."""
    answered = Reply.objects.filter(participant=participant, submitted_at__isnull=False).values("consultation")
    rows = calls_of(participant).filter(closed_at__isnull=True).exclude(pk__in=answered)
    return [row for row in rows[:MOST] if row.is_open]


def with_overview(user: AnyUser) -> QuerySet[Participant]:
    """Participants with what the front page of their space says in a line each.

    `next_meeting_day` is the day of the next coordination meeting or None; `to_assess` counts past activities without
    submitted feedback.
    """
    own = OuterRef("pk")
    ahead = NationalMeeting.objects.filter(participant=own, day__gt=today()).order_by("day").values("day")[:1]
    past = _without_feedback(own, user).order_by().annotate(one=Value(1)).values("one").annotate(n=Count("pk", distinct=True))
    return Participant.objects.annotate(
        next_meeting_day=Subquery(ahead), to_assess=Coalesce(Subquery(past.values("n"), output_field=IntegerField()), 0)
    )


def with_agenda(user: AnyUser) -> QuerySet[Participant]:
    """Participants with the short lines of their agenda, so that its page asks once for all of them.

    `coordination_name` is the name of its own mechanism or None, `last_meeting_day` and `next_meeting_day` a day or None.
    `item_lines`, `meeting_lines`, `outreach_lines` and `proposal_lines` are lists of mappings, as `user` may see them; None or empty
    where there is nothing.
    """
    own = OuterRef("pk")
    meetings = NationalMeeting.objects.filter(participant=own)
    over = meetings.filter(day__lte=today()).order_by("-day").values("day")[:1]
    ahead = meetings.filter(day__gt=today()).order_by("day").values("day")[:1]
    items = NationalAgendaItem.objects.filter(participant=own, done_at__isnull=True).order_by("added_at", "pk")
    outreach = Outreach.objects.visible_to(user).filter(participant=own).order_by("-date", "-pk")
    return Participant.objects.annotate(
        coordination_name=Subquery(NationalCoordination.objects.filter(participant=own).values("name")[:1]),
        last_meeting_day=Subquery(over),
        next_meeting_day=Subquery(ahead),
        item_lines=_lines(items, "pk", "heading", "text"),
        meeting_lines=_lines(meetings.order_by("-day", "-pk")[:MOST], "pk", "day", "kind"),
        outreach_lines=_lines(outreach[:MOST], "title", "summary"),
        proposal_lines=_lines(_proposals(user), "title"),
    )


def _lines(rows: QuerySet[Any], *names: str) -> ArraySubquery:
    """The rows as one array of JSON objects with these fields."""
    return ArraySubquery(rows.values(said=JSONObject(**{name: name for name in names})))


def meetings_of(participant: Any) -> list[NationalMeeting]:
    """Meetings of a participant of `with_agenda`, the latest first, with nothing but key, day and kind."""
    rows = participant.meeting_lines or []
    return [NationalMeeting(pk=row["pk"], day=date.fromisoformat(row["day"]), kind=row["kind"]) for row in rows]


def past_activities(participant: Participant | OuterRef, user: AnyUser) -> QuerySet[Activity]:
    """Activities that are over and that the participant was invited to or took part in."""
    concerned = Q(
        invitations__participant=participant, invitations__issued_at__isnull=False, invitations__withdrawn_at__isnull=True
    ) | Q(delegate_rows__participant=participant, delegate_rows__withdrawn_at__isnull=True)
    over = Q(status=ActivityStatus.HELD) | Q(status=ActivityStatus.PLANNED, last_day__lt=today())
    visible = Activity.objects.filter(pk__in=Activity.objects.visible_to(user).values("pk"))
    return visible.live().filter(over).filter(concerned).distinct().order_by("-start", "-reference")


def without_feedback(participant: Participant, user: AnyUser) -> list[Activity]:
    """Past activities of the participant on which it has submitted nothing yet, at most 50."""
    return list(_without_feedback(participant, user)[:MOST])


def _without_feedback(participant: Participant | OuterRef, user: AnyUser) -> QuerySet[Activity]:
    given = ActivityFeedback.objects.filter(activity=OuterRef("pk"), submitted_at__isnull=False)
    of = OuterRef(participant) if isinstance(participant, OuterRef) else participant
    return past_activities(participant, user).exclude(Exists(given.filter(participant=of)))


def comments_on(participant: Participant, **subjects: Model | None) -> QuerySet[Comment]:
    """Comments of the participant on an invitation, a consultation or a reply, or on any of several, in their order."""
    about = NOTHING
    for name, subject in subjects.items():
        about |= Q(**{name: subject}) if subject is not None else NOTHING
    return Comment.objects.filter(about, participant=participant).order_by("written_at", "pk")


def _invitation_line(row: Invitation) -> Line:
    return Line(
        _("Invitation: %(title)s") % {"title": row.activity.title},
        reverse("activities:delegation", args=[row.participant.slug, row.pk]),
        due=row.reply_by,
    )


def _call_line(row: Consultation, participant: Participant) -> Line:
    return Line(
        _("Call for views: %(title)s") % {"title": row.title},
        reverse("activities:reply", args=[participant.slug, row.pk]),
        due=row.deadline,
    )


def agenda(participant: Any, user: AnyUser, documents: Iterable[Line] = ()) -> list[Section]:
    """The agenda under the five headings, each with what the portal knows and what was added by hand.

    `participant` is one of `with_agenda`. `documents` are those new since its last meeting, in words; they are read
    above this layer.
    """
    drawn: dict[AgendaHeading, list[Line]] = {
        AgendaHeading.PROPOSED: [
            *(_invitation_line(row) for row in open_invitations(participant)),
            *(Line(_("Proposal: %(title)s") % {"title": row["title"]}) for row in participant.proposal_lines or []),
        ],
        AgendaHeading.PAST: [_feedback_line(row, participant) for row in without_feedback(participant, user)],
        AgendaHeading.POSITIONS: [_call_line(row, participant) for row in open_calls(participant)],
        AgendaHeading.INFORMATION: list(documents),
        AgendaHeading.COORDINATION: [Line(row["title"], detail=row["summary"]) for row in participant.outreach_lines or []],
    }
    by_hand: dict[str, list[Line]] = {}
    for item in participant.item_lines:
        by_hand.setdefault(item["heading"], []).append(Line(item["text"], item=item["pk"]))
    return [Section(heading, drawn[heading] + by_hand.get(heading, [])) for heading in AgendaHeading]


def _feedback_line(row: Activity, participant: Participant) -> Line:
    return Line(
        _("Assess: %(title)s") % {"title": row.title},
        reverse("activities:feedback", args=[participant.slug, row.reference]),
        row.reference,
    )


def _proposals(user: AnyUser) -> QuerySet[Proposal]:
    from activities.models.lifecycles import PROPOSAL_TRANSITIONS

    open_states = [state for state, after in PROPOSAL_TRANSITIONS.items() if after and state != "declined"]
    return Proposal.objects.visible_to(user).filter(state__in=open_states).order_by("-recorded_at", "pk")[:MOST]


def since_meeting(day: date | None) -> datetime:
    """From when on something is new to the next meeting: the day of the last meeting, or ninety days ago without one."""
    if day is None:
        return timezone.now() - timedelta(days=90)
    return datetime(day.year, day.month, day.day, tzinfo=timezone.get_current_timezone())


def coordination_of(participant: Participant) -> NationalCoordination | None:
    """The participant's own record of its coordination; None until it is first saved."""
    rows = NationalCoordination.objects.filter(participant=participant).select_related("lead")
    return rows.prefetch_related("ministries__portfolios", "topics", "stakeholders").first()


def public_mechanism(participant: Participant) -> NationalMechanism | None:
    """What the public record holds of it, to start from."""
    rows = NationalMechanism.objects.filter(participant=participant).select_related("lead")
    return rows.prefetch_related("members__portfolios", "topic").order_by("code").first()
