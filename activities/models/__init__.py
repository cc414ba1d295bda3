"""What is planned, who was invited, who came, what followed."""

from activities.models.activity import Activity, ActivityArea, ActivityKind, ActivityObjective, Hosting, Session
from activities.models.consultation import Consultation, ConsultationAddressee, ConsultationQuestion, Reply, ReplyVersion
from activities.models.correction import CorrectionRequest
from activities.models.followup import Addressee, FollowUp, Recommendation
from activities.models.group import Agenda, AgendaItem, CallRecord, CallSeat
from activities.models.invitation import Attendance, Delegate, Invitation, Nomination
from activities.models.mandate import Mandate
from activities.models.national import (
    ActivityFeedback,
    Comment,
    NationalAgendaItem,
    NationalCoordination,
    NationalMeeting,
    Stakeholder,
)
from activities.models.objective import AreaInterest, Goal, Objective, ProgrammeArea
from activities.models.planning import (
    Contribution,
    ExternalReference,
    ForeignActivity,
    LegislationStatus,
    Outreach,
    PriorityNeed,
    Proposal,
)
from activities.models.radar import ForeignList, OverlapDecision, ProposalStep, ReviewBy
from activities.models.reply_link import LinkedReply
from activities.models.review import OpenChallenge, Review, ReviewArea, ReviewEvidence

__all__ = [
    "Activity",
    "ActivityArea",
    "ActivityFeedback",
    "ActivityKind",
    "ActivityObjective",
    "Addressee",
    "Agenda",
    "AgendaItem",
    "AreaInterest",
    "Attendance",
    "CallRecord",
    "CallSeat",
    "Comment",
    "Consultation",
    "ConsultationAddressee",
    "ConsultationQuestion",
    "Contribution",
    "CorrectionRequest",
    "Delegate",
    "ExternalReference",
    "FollowUp",
    "ForeignActivity",
    "ForeignList",
    "Goal",
    "Hosting",
    "Invitation",
    "LegislationStatus",
    "LinkedReply",
    "Mandate",
    "NationalAgendaItem",
    "NationalCoordination",
    "NationalMeeting",
    "Nomination",
    "Objective",
    "OpenChallenge",
    "Outreach",
    "OverlapDecision",
    "PriorityNeed",
    "ProgrammeArea",
    "Proposal",
    "ProposalStep",
    "Recommendation",
    "Reply",
    "ReplyVersion",
    "Review",
    "ReviewArea",
    "ReviewBy",
    "ReviewEvidence",
    "Session",
    "Stakeholder",
]
