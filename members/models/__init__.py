"""Who takes part, who may do what, how they are reached."""

from members.models.access_record import AccessRecord
from members.models.account import AccountEvent, Closure, FactorReset, KeptForm
from members.models.appointment import Appointment, Body, Handover, Seat, StandingItem
from members.models.contact_message import ContactMessage
from members.models.declaration import ParticipantDeclaration
from members.models.delivery import Delivery, DeliveryAttachment, DeliveryTransition
from members.models.forum import Forum, ForumContact, ForumMembership
from members.models.imports import ImportBatch, MergeRecord
from members.models.letter import Letter
from members.models.official import ContactRemark, Office, Official
from members.models.participant import Ministry, NationalMechanism, Participant, ParticipantName, StandingPeriod
from members.models.process import LoadedRow, Process, Source
from members.models.user import AccountInvitation, AnyUser, User
from members.models.vocabulary import ForumKind, Portfolio, Region, SeatRole, Topic

__all__ = [
    "AccessRecord",
    "AccountEvent",
    "AccountInvitation",
    "AnyUser",
    "Appointment",
    "Body",
    "Closure",
    "ContactMessage",
    "ContactRemark",
    "Delivery",
    "DeliveryAttachment",
    "DeliveryTransition",
    "FactorReset",
    "Forum",
    "ForumContact",
    "ForumKind",
    "ForumMembership",
    "Handover",
    "ImportBatch",
    "KeptForm",
    "Letter",
    "LoadedRow",
    "MergeRecord",
    "Ministry",
    "NationalMechanism",
    "Office",
    "Official",
    "Participant",
    "ParticipantDeclaration",
    "ParticipantName",
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
