"""Closed vocabularies of members; what staff may edit are rows (models/vocabulary.py)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class DatePrecision(TextChoices):
    """How far a date is known; text around it says no more than this."""

    DAY = "day", _("day")
    MONTH = "month", _("month")
    YEAR = "year", _("year")
    UNKNOWN = "unknown", _("not dated")


class Confidence(TextChoices):
    """Where a fact stands; the last one is labelled on every page."""

    PAPER = "paper", _("Stated in the founding paper")
    PUBLIC = "public", _("Read in a public source")
    GENERAL_KNOWLEDGE = "general-knowledge", _("Unconfirmed")


class ParticipantKind(TextChoices):
    GOVERNMENT = "government", _("Government")
    INTERNATIONAL_ORGANISATION = "international-organisation", _("International organisation")
    REGIONAL_PROCESS = "regional-process", _("Regional process")
    REGIONAL_ORGANISATION = "regional-organisation", _("Regional organisation")
    CIVIL_SOCIETY = "civil-society", _("Civil society organisation")


class Standing(TextChoices):
    MEMBER = "member", _("Member")
    OBSERVER = "observer", _("Observer")
    OTHER = "other-participating", _("Other participating")


class AccessClass(TextChoices):
    """Who may read a record before its release time."""

    PUBLIC = "public", _("Public")
    PARTICIPANTS = "participants", _("Participants")
    STEERING_GROUP = "steering-group", _("Steering group")
    SECRETARIAT = "secretariat", _("Secretariat")


class Channel(TextChoices):
    FOREIGN_MINISTRY = "foreign-ministry", _("Through the foreign ministry")
    MISSION = "mission", _("Through the mission")
    DIRECT = "direct", _("Direct")


class OfficeRank(TextChoices):
    """What kind of addressee an office is [22]."""

    MINISTER = "minister", _("Minister")
    HEAD_OF_ORGANISATION = "head-of-organisation", _("Head of an organisation")
    OTHER = "other", _("Other office")


class AppointmentRole(TextChoices):
    """What kind of place an appointment fills."""

    SEAT = "seat", _("Holder of a seat")
    FOCAL_POINT = "focal-point", _("Focal point")
    MINISTRY = "ministry", _("Ministry official")
    NATIONAL_LEAD = "national-lead", _("National lead")
    SECRETARIAT = "secretariat", _("Secretariat staff")
    ADMINISTRATOR = "administrator", _("Secretariat administrator")


class MessageTopic(TextChoices):
    """What somebody writes to the secretariat about."""

    CORRECTION = "correction", _("Something in the record is wrong or missing")
    QUESTION = "question", _("A question about the record")
    ACCESS = "access", _("I cannot sign in")
    DEADLINE = "deadline", _("A deadline is near")
    PRIVACY = "privacy", _("What is stored about me")
    OTHER = "other", _("Something else")


class LetterKind(TextChoices):
    LETTER = "letter", _("Letter")
    NOTE_VERBALE = "note-verbale", _("Note verbale")


class DeliveryState(TextChoices):
    """States of one recipient's copy; `accepted` is the mail server's word, not proof of reading."""

    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Sending")
    DEFERRED = "deferred", _("Trying again later")
    ACCEPTED = "accepted", _("Sent")
    FAILED = "failed", _("Not sent")
    BOUNCED = "bounced", _("Bounced")
    WITHHELD = "withheld", _("Held back")
    IN_DOUBT = "in-doubt", _("In doubt")


class AccessAction(TextChoices):
    OPENED = "opened", _("Opened")
    DOWNLOADED = "downloaded", _("Downloaded")
    EXPORTED = "exported", _("Exported")
    DENIED = "denied", _("Denied")


class AccountEventKind(TextChoices):
    """What happened to an account; the person and an administrator read it in these words."""

    SIGNED_IN = "signed-in", _("Signed in")
    PASSWORD_WRONG = "password-wrong", _("Wrong password")
    CODE_WRONG = "code-wrong", _("Wrong second factor")
    RECOVERY_CODE_USED = "recovery-code-used", _("A recovery code was used")
    FACTOR_ADDED = "factor-added", _("A second factor was added")
    FACTOR_REMOVED = "factor-removed", _("A second factor was removed")
    RECOVERY_CODES_MADE = "recovery-codes-made", _("New recovery codes were made")
    PASSWORD_CHANGED = "password-changed", _("The password was changed")
    PASSWORD_RESET = "password-reset", _("A forgotten password was replaced")
    ADDRESS_CHANGED = "address-changed", _("The e-mail address was changed")
    SESSIONS_ENDED = "sessions-ended", _("Sessions were ended")
    DEACTIVATED = "deactivated", _("The account was closed")
    REACTIVATED = "reactivated", _("The account was opened again")
    RESET_STARTED = "reset-started", _("A reset of the second factor was started")
    RESET_STOPPED = "reset-stopped", _("The reset of the second factor was stopped")
    RESET_CONFIRMED = "reset-confirmed", _("The second factor was reset")


class IdentityCheck(TextChoices):
    """How somebody who lost every factor was recognised before a reset; never by the address that asks."""

    CALL_BACK = "call-back", _("Call back to the number on record")
    NOTE_VERBALE = "note-verbale", _("Note verbale or letter of the ministry")
    IN_PERSON = "in-person", _("Met in person")
    OPERATOR = "operator", _("By the operator of the server")


class SheetKind(TextChoices):
    """How a list of contacts came in."""

    PASTE = "paste", _("Pasted text")
    CSV = "csv", _("CSV file")
    XLSX = "xlsx", _("Excel file")
