"""What is planned, who was invited, who came, what followed."""

from activities.models.activity import Activity, ActivityArea, ActivityKind, ActivityObjective, Hosting, Session
from activities.models.certificate import Certificate
from activities.models.consultation import Consultation, ConsultationAddressee, ConsultationQuestion, Reply, ReplyVersion
from activities.models.correction import CorrectionRequest
from activities.models.cost import ActivityCost
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
from activities.models.review import OpenChallenge, Review, ReviewArea, ReviewEvidence

__all__ = [
    "Activity",
    "ActivityArea",
    "ActivityCost",
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
    "Goal",
    "Hosting",
    "Invitation",
    "LegislationStatus",
    "Mandate",
    "NationalAgendaItem",
    "NationalCoordination",
    "NationalMeeting",
    "Nomination",
    "Objective",
    "OpenChallenge",
    "Outreach",
    "PriorityNeed",
    "ProgrammeArea",
    "Proposal",
    "Recommendation",
    "Reply",
    "ReplyVersion",
    "Review",
    "ReviewArea",
    "ReviewEvidence",
    "Session",
    "Stakeholder",
]
