"""Records of activities whose history can be read at the desk."""

from __future__ import annotations

from django.db.models import Q

from activities import models as m
from members.tracked import Reader, Tracked, said

_OF_ACTIVITY = ("activity", "activity_id")
TRACKED = (
    Tracked("activity-kind", m.ActivityKind, said("name_en"), key="key"),
    Tracked(
        "activity",
        m.Activity,
        said("reference", "=: ", "title"),
        key="reference",
        why=("withdrawn_reason",),
        page=("activities:desk_activity",),
    ),
    Tracked(
        "activity-objective",
        m.ActivityObjective,
        said("activity__reference", "=: ", "objective__code"),
        part_of=_OF_ACTIVITY,
    ),
    Tracked(
        "activity-area",
        m.ActivityArea,
        said("activity__reference", "=: ", "programmearea__code"),
        part_of=_OF_ACTIVITY,
    ),
    Tracked(
        "host",
        m.Hosting,
        said("activity__reference", "=: ", "participant__name", "forum__full_name"),
        part_of=_OF_ACTIVITY,
    ),
    Tracked("session", m.Session, said("activity__reference", "=: ", "title"), part_of=_OF_ACTIVITY),
    Tracked(
        "session-chair",
        m.SessionChair,
        said("session__activity__reference", "=: ", "participant__name", "forum__full_name"),
        part_of=("session", "session_id"),
    ),
    Tracked("practical-text", m.PracticalText, said("activity__reference", "=: ", "language"), part_of=_OF_ACTIVITY),
    Tracked("recommendation", m.Recommendation, said("reference"), key="reference"),
    Tracked("follow-up", m.FollowUp, said("recommendation__reference"), part_of=("recommendation", "recommendation_id")),
    Tracked("news-request", m.NewsRequest, said("recommendation__reference", "=: ", "participant__name")),
    Tracked("invitation", m.Invitation, said("activity__reference", "=: ", "participant__name")),
    Tracked("invitation-rule", m.InvitationRule, said("activity__reference"), part_of=_OF_ACTIVITY),
    Tracked("nomination", m.Nomination, said("invitation__activity__reference", "=: ", "official__name")),
    Tracked(
        "late-change",
        m.LateChange,
        said("invitation__activity__reference", "=: ", "invitation__participant__name"),
        why=("word",),
    ),
    Tracked("delegate", m.Delegate, said("activity__reference", "=: ", "official__name")),
    Tracked("certificate", m.Certificate, said("delegate__activity__reference", "=: ", "code"), why=("withdrawn_reason",)),
    Tracked("cost", m.ActivityCost, said("activity__reference")),
    Tracked("attendance", m.Attendance, said("delegate__activity__reference", "=: ", "delegate__official__name")),
    Tracked("goal", m.Goal, said("code", "=: ", "short_title"), key="code"),
    Tracked("objective", m.Objective, said("code", "=: ", "short_title"), key="code"),
    Tracked("programme-area", m.ProgrammeArea, said("code", "=: ", "short_title"), key="code"),
    Tracked("review", m.Review, said("meeting__reference", "=: ", "objective__code", "goal__code")),
    Tracked("evidence", m.ReviewEvidence, said("review__meeting__reference"), part_of=("review", "review_id")),
    Tracked("challenge", m.OpenChallenge, said("review__meeting__reference"), part_of=("review", "review_id")),
    Tracked("mandate", m.Mandate, said("activity__reference", "=: ", "objective__code", "goal__code", "area__code")),
    Tracked("addressee", m.Addressee, said("recommendation__reference"), part_of=("recommendation", "recommendation_id")),
    Tracked("area-interest", m.AreaInterest, said("participant__name"), reader=Reader.NOBODY),
    Tracked("proposal", m.Proposal, said("title"), page=("activities:desk_proposal",)),
    Tracked("overlap-decision", m.OverlapDecision, said("proposal__title"), part_of=("proposal", "proposal_id")),
    Tracked("review-by", m.ReviewBy, said("proposal__title", "activity__title")),
    Tracked("consultation", m.Consultation, said("title")),
    Tracked(
        "reply",
        m.Reply,
        said("consultation__title", "=: ", "participant__name"),
        only=Q(submitted_at__isnull=False),  # until then it is the participant's own
        seen_only=True,
    ),
    Tracked("question", m.ConsultationQuestion, said("consultation__title"), part_of=("consultation", "consultation_id")),
    Tracked(
        "feedback",
        m.ActivityFeedback,
        said("activity__reference", "=: ", "participant__name"),
        only=Q(submitted_at__isnull=False),  # until then it is the participant's own
        seen_only=True,
    ),
    *(
        Tracked(kind, model, said("participant__name"), reader=Reader.NOBODY)
        for kind, model in (
            ("comment", m.Comment),
            ("national-coordination", m.NationalCoordination),
            ("stakeholder", m.Stakeholder),
            ("national-meeting", m.NationalMeeting),
            ("national-agenda-item", m.NationalAgendaItem),
        )
    ),
    Tracked("correction", m.CorrectionRequest, said("participant__name", "=: ", "record_title"), why=("decision_reason",)),
    Tracked("agenda", m.Agenda, said("activity__reference")),
    Tracked("agenda-item", m.AgendaItem, said("agenda__activity__reference"), part_of=("agenda", "agenda_id")),
    Tracked("call", m.CallRecord, said("subject"), why=("withdrawn_reason",)),
    Tracked("call-seat", m.CallSeat, said("call__subject", "=: ", "seat__participant__name"), part_of=("call", "call_id")),
    Tracked("contribution", m.Contribution, said("title")),
    Tracked("need", m.PriorityNeed, said("title")),
    Tracked("foreign-activity", m.ForeignActivity, said("title")),
    Tracked("outreach", m.Outreach, said("title")),
    Tracked("legislation", m.LegislationStatus, said("participant__name", "=: ", "title"), seen_only=True),
    Tracked("external-reference", m.ExternalReference, said("code", "=: ", "title"), key="code"),
)
