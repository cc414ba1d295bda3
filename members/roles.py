"""What a person may do, as code: permissions, the sets that appointments name, and a snapshot of one person's rights."""

from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from members.enums import AccessClass


class Permission(StrEnum):
    """One thing that a person may do."""

    RECORD_ACTIVITIES = "record-activities"
    ISSUE_INVITATIONS = "issue-invitations"
    RECORD_ATTENDANCE = "record-attendance"
    MANAGE_DOCUMENTS = "manage-documents"
    COMPILE_REPORTS = "compile-reports"
    APPROVE_REPORTS = "approve-reports"
    CIRCULATE = "circulate"
    MANAGE_CONTACTS = "manage-contacts"
    INVITE_ACCOUNTS = "invite-accounts"
    EDIT_REFERENCE_TABLES = "edit-reference-tables"
    SEE_DESK = "see-desk"
    SEE_STEERING_GROUP = "see-steering-group"
    NOMINATE = "nominate"
    SEE_NATIONAL_SPACE = "see-national-space"
    COORDINATE = "coordinate"  # keeps the participant's own mechanism, meetings and agenda


_DESK = frozenset(
    {
        Permission.SEE_DESK,
        Permission.RECORD_ACTIVITIES,
        Permission.ISSUE_INVITATIONS,
        Permission.RECORD_ATTENDANCE,
        Permission.MANAGE_DOCUMENTS,
        Permission.COMPILE_REPORTS,
        Permission.CIRCULATE,
        Permission.MANAGE_CONTACTS,
    }
)


# Seat roles are rows that name one of these keys; an unknown key gives nothing.
PERMISSION_SETS: dict[str, frozenset[Permission]] = {
    "secretariat": _DESK,
    "administrator": _DESK | {Permission.INVITE_ACCOUNTS, Permission.EDIT_REFERENCE_TABLES},
    "co-chair": frozenset({Permission.SEE_STEERING_GROUP, Permission.APPROVE_REPORTS}),
    "steering-group": frozenset({Permission.SEE_STEERING_GROUP}),
    "focal-point": frozenset({Permission.NOMINATE, Permission.SEE_NATIONAL_SPACE, Permission.COORDINATE}),
    "ministry": frozenset({Permission.SEE_NATIONAL_SPACE}),
    "national-lead": frozenset({Permission.SEE_NATIONAL_SPACE, Permission.COORDINATE}),
    "": frozenset(),
}

DESCRIPTIONS: dict[str, Promise] = {
    "secretariat": _("Records activities, attendance, documents and reports; circulates; keeps contacts."),
    "administrator": _("All that the secretariat does; invites accounts and edits reference tables."),
    "co-chair": _("Reads what the steering group reads; approves reports and letters."),
    "steering-group": _("Reads proposals, consultations and documents for the steering group."),
    "focal-point": _("Answers invitations and names the delegation of its own participant."),
    "national-lead": _("Leads the coordination at home; reads and comments in the national space of its own participant."),
    "ministry": _("Reads and comments in the national space of its own participant."),
    "": _("No rights beyond those of the public."),
}


@dataclass(frozen=True)
class Rights:
    """One person's rights now, taken from current appointments. `*_ids` are primary keys.

    `speaks_for` holds participants the person is a focal point of, `belongs_to` those whose national space it reads.
    """

    permissions: frozenset[Permission] = frozenset()
    speaks_for: frozenset[int] = frozenset()
    belongs_to: frozenset[int] = frozenset()
    leads: frozenset[int] = frozenset()  # participants whose coordination at home the person leads
    sits_for: frozenset[int] = frozenset()  # participants whose member seat the person holds
    represents: frozenset[int] = frozenset()  # every participant an appointment ties the person to
    approving_seats: frozenset[int] = frozenset()
    officials: frozenset[int] = frozenset()
    access: frozenset[str] = field(default=frozenset({AccessClass.PUBLIC.value}))

    @property
    def is_secretariat(self) -> bool:
        return Permission.SEE_DESK in self.permissions

    @property
    def is_administrator(self) -> bool:
        return Permission.INVITE_ACCOUNTS in self.permissions

    @property
    def in_steering_group(self) -> bool:
        return Permission.SEE_STEERING_GROUP in self.permissions


NO_RIGHTS = Rights()
