"""Closed vocabularies of activities."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ActivityStatus(TextChoices):
    UNDER_CONSIDERATION = "under-consideration", _("Under consideration")
    PLANNED = "planned", _("Planned")
    POSTPONED = "postponed", _("Postponed")
    CANCELLED = "cancelled", _("Cancelled")
    HELD = "held", _("Held")


class StatusChangeKind(TextChoices):
    """What happened to a plan; each is told to those invited."""

    CANCELLED = "cancelled", _("Cancelled")
    POSTPONED = "postponed", _("Postponed")
    NEW_DATES = "new-dates", _("New dates")
    REINSTATED = "reinstated", _("Planned again")


class HostingPart(TextChoices):
    HOST = "host", _("Host")
    CO_HOST = "co-host", _("Co-host")
    CHAIR = "chair", _("Chair")


class ReviewOutcome(TextChoices):
    """What a meeting found about an objective or goal. "Not stated" is not "dropped"."""

    MET = "met", _("Met")
    COMPLETED = "completed", _("Completed")
    MOVED = "moved", _("Moved")
    CONTINUED = "continued", _("Continued")
    NOT_STATED = "not-stated", _("Not stated")


class MandateAct(TextChoices):
    """What a meeting did with a goal, an objective or an area [58]."""

    SET = "set", _("Set")
    AMENDED = "amended", _("Amended")
    REAFFIRMED = "reaffirmed", _("Reaffirmed")


class FollowUpKind(TextChoices):
    """What a dated update on a recommendation tells [72, 73]."""

    UPDATE = "update", _("What was done")
    TAKEN_FORWARD = "taken-forward", _("An activity takes it forward")
    SPIN_OFF = "spin-off", _("It goes on outside the process")


class FollowUpOrigin(TextChoices):
    """How an update came: recorded at the desk, or from an addressee itself."""

    DESK = "desk", _("The secretariat")
    NATIONAL_SPACE = "national-space", _("Its national space")
    SIGNED_LINK = "signed-link", _("A signed link")


class OutreachDirection(TextChoices):
    """Who went to whom [21, 46]."""

    OURS = "ours", _("This process at their meeting")
    THEIRS = "theirs", _("They at a meeting of this process")


class Interest(TextChoices):
    TAKE_PART = "take-part", _("Take part")
    OBSERVE = "observe", _("Observe")
    NOT_NOW = "not-now", _("Not now")


class ProposalState(TextChoices):
    IDEA = "idea", _("Idea")
    CONSIDERED = "considered", _("Considered")
    ENDORSED = "endorsed", _("Endorsed")
    DECLINED = "declined", _("Declined")
    REFERRED = "referred", _("Referred")


class ConsultationAudience(TextChoices):
    STEERING_GROUP = "steering-group", _("Steering group")
    PARTICIPANTS = "participants", _("Participants")


class InvitationState(TextChoices):
    """Where an invitation stands; the answer is the participant's own."""

    DRAFT = "draft", _("Not yet issued")
    ISSUED = "issued", _("Issued")
    ACCEPTED = "accepted", _("Will take part")
    DECLINED = "declined", _("Will not take part")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class NominationState(TextChoices):
    SUBMITTED = "submitted", _("Submitted")
    WAITING = "waiting", _("On the waiting list")
    CONFIRMED = "confirmed", _("Confirmed")
    REFUSED = "refused", _("Not confirmed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class DelegateAnswer(TextChoices):
    """What a nominated person said through the signed link; nothing until then."""

    COMING = "coming", _("Will come")
    NOT_COMING = "not-coming", _("Cannot come")


class LateChangeState(TextChoices):
    """Where a change after the day to reply by stands; one that is decided stays as it is."""

    ASKED = "asked", _("Asked for, not yet agreed")
    AGREED = "agreed", _("Agreed")
    DECLINED = "declined", _("Declined")
    TAKEN_BACK = "taken-back", _("Taken back")


class DelegatePart(TextChoices):
    HEAD = "head", _("Head of delegation")
    DELEGATE = "delegate", _("Delegate")
    ADVISER = "adviser", _("Adviser")


class AttendanceMode(TextChoices):
    IN_PERSON = "in-person", _("In person")
    ONLINE = "online", _("Online")


class AttendanceStatus(TextChoices):
    PRESENT = "present", _("Present")
    ABSENT = "absent", _("Absent")
    EXCUSED = "excused", _("Excused")
    REMOTE = "remote", _("Took part online")


class AttendanceRecordedBy(TextChoices):
    DESK = "desk", _("Secretariat")
    FOCAL_POINT = "focal-point", _("Focal point")
    SELF = "self", _("Delegate")
    IMPORTED = "imported", _("Imported")


class MappingBasis(TextChoices):
    """How the link from an activity to objectives and areas is known."""

    STATED = "stated", _("Stated in the source")
    EDITORIAL = "editorial", _("Our reading")
    NONE = "", _("No link")


class Origin(TextChoices):
    CONTINUES = "continues-objectives", _("Continues objectives")
    NEW = "new", _("New")
    NEW_INFERRED = "new-inferred", _("New (inferred)")


class CorrectionState(TextChoices):
    """Where a participant's request to correct the record stands; one that is decided stays as it is."""

    ASKED = "asked", _("Asked")
    ACCEPTED = "accepted", _("Accepted: the record is changed")
    DECLINED = "declined", _("Declined")


class CorrectedRecord(TextChoices):
    """What kind of record a request is about."""

    PARTICIPANT = "participant", _("Participant")
    ACTIVITY = "activity", _("Activity")
    DOCUMENT = "document", _("Document")
    SEAT = "seat", _("Seat")
    APPOINTMENT = "appointment", _("Appointment")


class CorrectedField(TextChoices):
    """Which fact of the record: each stands on a page that the participant may read, and has a form at the desk."""

    NAME = "name", _("Name")
    KIND = "kind", _("Kind")
    REGION = "region", _("Region")
    STANDING = "standing", _("Standing")
    MINISTRY = "ministry", _("Ministry or agency")
    TITLE = "title", _("Title")
    STATUS = "status", _("Status")
    DATES = "dates", _("Dates")
    PLACE = "place", _("Place")
    HOSTS = "hosts", _("Hosts")
    CO_HOSTS = "co-hosts", _("Co-hosts")
    CHAIRS = "chairs", _("Chairs")
    OBJECTIVES = "objectives", _("Objectives")
    AREAS = "areas", _("Programme areas")
    OUTCOME = "outcome", _("Outcome")
    NOTE = "note", _("Public note")
    DELEGATION = "delegation", _("Who was there for us")
    FORM = "form", _("Form")
    LABELS = "labels", _("Labels")
    ROLE = "role", _("Role")
    REMIT = "remit", _("Remit")
    PERIOD = "period", _("Period")
    HOLDER = "holder", _("Holder")


class AgendaItemKind(TextChoices):
    """What an item of an agenda came from."""

    STANDING = "standing", _("Standing item")
    PROPOSAL = "proposal", _("Proposal")
    CONSULTATION = "consultation", _("Consultation")
    OBJECTIVE = "objective", _("Objective")
    DOCUMENT = "document", _("Document")
    OTHER = "other", _("Other item")


class CertificateEnd(TextChoices):
    """Why a certificate of attendance no longer holds."""

    ABSENT = "absent", _("Attendance was recorded otherwise later.")
    DAYS = "days", _("The days recorded are no longer those on it.")
    REPLACED = "replaced", _("A newer certificate takes its place.")
    GONE = "gone", _("The person is not on the delegation any more.")
    OFF = "off", _("The activity was cancelled, or taken out of the record.")
    DESK = "desk", _("The secretariat withdrew it.")
