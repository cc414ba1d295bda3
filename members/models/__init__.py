"""Who takes part, who may do what, how they are reached."""

from members.models.access_record import AccessRecord
from members.models.appointment import Appointment, Body, Handover, Seat, StandingItem
from members.models.delivery import Delivery, DeliveryAttachment, DeliveryTransition
from members.models.forum import Forum, ForumContact, ForumMembership
from members.models.letter import Letter
from members.models.official import ContactRemark, Office, Official
from members.models.participant import Ministry, NationalMechanism, Participant, StandingPeriod
from members.models.process import LoadedRow, Process, Source
from members.models.user import AccountInvitation, AnyUser, User
from members.models.vocabulary import ForumKind, Portfolio, Region, SeatRole, Topic

__all__ = [
    "AccessRecord",
    "AccountInvitation",
    "AnyUser",
    "Appointment",
    "Body",
    "ContactRemark",
    "Delivery",
    "DeliveryAttachment",
    "DeliveryTransition",
    "Forum",
    "ForumContact",
    "ForumKind",
    "ForumMembership",
    "Handover",
    "Letter",
    "LoadedRow",
    "Ministry",
    "NationalMechanism",
    "Office",
    "Official",
    "Participant",
    "Portfolio",
    "Process",
    "Region",
    "Seat",
    "SeatRole",
    "Source",
    "StandingItem",
    "StandingPeriod",
    "Topic",
    "User",
]
