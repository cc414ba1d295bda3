"""What is planned, who was invited, who came, what followed."""

from activities.models.activity import Activity, ActivityArea, ActivityKind, ActivityObjective, Hosting, Session
from activities.models.correction import CorrectionRequest
from activities.models.followup import FollowUp, Recommendation
from activities.models.group import Agenda, AgendaItem, CallRecord, CallSeat
from activities.models.invitation import Attendance, Delegate, Invitation, Nomination
from activities.models.objective import AreaInterest, Goal, Objective, ProgrammeArea, Review
from activities.models.planning import (
    Consultation,
    Contribution,
    ExternalReference,
    ForeignActivity,
    LegislationStatus,
    Outreach,
    PriorityNeed,
    Proposal,
    Reply,
)

__all__ = [
    "Activity",
    "ActivityArea",
    "ActivityKind",
    "ActivityObjective",
    "Agenda",
    "AgendaItem",
    "AreaInterest",
    "Attendance",
    "CallRecord",
    "CallSeat",
    "Consultation",
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
    "Nomination",
    "Objective",
    "Outreach",
    "PriorityNeed",
    "ProgrammeArea",
    "Proposal",
    "Recommendation",
    "Reply",
    "Review",
    "Session",
]
