"""Closed vocabularies of consultations and of the national space."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RecipientRule(TextChoices):
    """Whom a consultation is addressed to, by rule."""

    COUNTERPARTS = "counterparts", _("All members, observers and other participants")
    MEMBERS = "members", _("Members only")
    STEERING_GROUP = "steering-group", _("Holders of member seats in the steering group")


class Stance(TextChoices):
    """What a seat says to a question on which silence means agreement."""

    AGREES = "agrees", _("We agree")
    DOES_NOT_AGREE = "does-not-agree", _("We do not agree")
    NO_POSITION = "no-position", _("We take no position")


class StakeholderKind(TextChoices):
    """Who joins the coordination at home besides ministries [17]."""

    ACADEMIC = "academic", _("Academics")
    LOCAL_GOVERNMENT = "local-government", _("Local government")
    ARMED_FORCES = "armed-forces", _("Armed forces")
    INTERNATIONAL_ORGANISATION = "international-organisation", _("International organisation")
    CIVIL_SOCIETY = "civil-society", _("Civil society organisation")
    OTHER = "other", _("Other")


class AgendaHeading(TextChoices):
    """The five headings of a coordination meeting [35]."""

    PROPOSED = "proposed", _("Proposed activities")
    PAST = "past", _("Past activities and their assessment")
    POSITIONS = "positions", _("Positions")
    INFORMATION = "information", _("Information")
    COORDINATION = "coordination", _("Coordination with others")


class MeetingKind(TextChoices):
    """Meetings are held regularly, and case by case [36]."""

    SCHEDULED = "scheduled", _("Scheduled")
    AD_HOC = "ad-hoc", _("Ad hoc")
