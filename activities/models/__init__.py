"""What is planned, who was invited, who came, what followed."""

from activities.models.activity import Activity, ActivityKind, Hosting, Session
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
    "ActivityKind",
    "Agenda",
    "AgendaItem",
    "AreaInterest",
    "Attendance",
    "CallRecord",
    "CallSeat",
    "Consultation",
    "Contribution",
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
