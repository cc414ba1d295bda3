"""What is planned, who was invited, who came, what followed."""

from activities.models.activity import Activity, ActivityArea, ActivityKind, ActivityObjective, Hosting, Session
from activities.models.certificate import Certificate
from activities.models.consultation import Consultation, ConsultationAddressee, ConsultationQuestion, Reply, ReplyVersion
from activities.models.correction import CorrectionRequest
from activities.models.cost import ActivityCost
from activities.models.followup import Addressee, FollowUp, NewsRequest, Recommendation
from activities.models.group import Agenda, AgendaItem, CallRecord, CallSeat
from activities.models.invitation import Attendance, Delegate, Invitation, LateChange, Nomination
from activities.models.issuing import InvitationCopy, InvitationRule, IssueItem, IssueRun, Reminder
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
from activities.models.recording import ActivityDraft, PracticalText, SessionChair, StatusChange
from activities.models.reply_link import LinkedReply
from activities.models.review import OpenChallenge, Review, ReviewArea, ReviewEvidence

__all__ = [
    "Activity",
    "ActivityArea",
    "ActivityCost",
    "ActivityDraft",
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
    "Certificate",
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
    "InvitationCopy",
    "InvitationRule",
    "IssueItem",
    "IssueRun",
    "LateChange",
    "LegislationStatus",
    "LinkedReply",
    "Mandate",
    "NationalAgendaItem",
    "NationalCoordination",
    "NationalMeeting",
    "NewsRequest",
    "Nomination",
    "Objective",
    "OpenChallenge",
    "Outreach",
    "OverlapDecision",
    "PracticalText",
    "PriorityNeed",
    "ProgrammeArea",
    "Proposal",
    "ProposalStep",
    "Recommendation",
    "Reminder",
    "Reply",
    "ReplyVersion",
    "Review",
    "ReviewArea",
    "ReviewBy",
    "ReviewEvidence",
    "Session",
    "SessionChair",
    "Stakeholder",
    "StatusChange",
]
