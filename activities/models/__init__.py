"""What is planned, who was invited, who came, what followed."""

from activities.models.activity import Activity, ActivityKind, Hosting, Session
from activities.models.followup import Addressee, FollowUp, Recommendation
from activities.models.invitation import Attendance, Delegate, Invitation, Nomination
from activities.models.mandate import Mandate
from activities.models.objective import AreaInterest, Goal, Objective, ProgrammeArea
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
from activities.models.review import OpenChallenge, Review, ReviewArea, ReviewEvidence

__all__ = [
    "Activity",
    "ActivityKind",
    "Addressee",
    "AreaInterest",
    "Attendance",
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
    "Mandate",
    "Nomination",
    "Objective",
    "OpenChallenge",
    "Outreach",
    "PriorityNeed",
    "ProgrammeArea",
    "Proposal",
    "Recommendation",
    "Reply",
    "Review",
    "ReviewArea",
    "ReviewEvidence",
    "Session",
]
