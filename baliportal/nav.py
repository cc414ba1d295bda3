"""Navigation as data."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from members.roles import Permission, Rights


@dataclass(frozen=True)
class Entry:
    """One link; `key` is the first part of the addresses that belong to it."""

    label: str | Promise
    route: str
    key: str
    needs: Permission = Permission.SEE_DESK  # at the desk: shown to those who have it

    @property
    def url(self) -> str:
        return reverse(self.route)


MAIN = (
    Entry(_("Activities"), "activity_list", "activities"),
    Entry(_("Objectives"), "activities:objective_list", "objectives"),
    Entry(_("Reports"), "reports:document_list", "reports"),
    Entry(_("Participants"), "participant_list", "participants"),
    Entry(_("Calendar"), "calendar", "calendar"),
    Entry(_("About"), "about", "about"),
)
DESK = (
    Entry(_("Work to do"), "desk", "desk"),
    Entry(_("Record"), "activities:desk_activity_list", "activities"),
    Entry(_("Proposals"), "activities:desk_proposal_list", "proposals"),
    Entry(_("Objectives"), "activities:aim_list", "objectives"),
    Entry(_("Reviews"), "activities:review_meetings", "reviews"),
    Entry(_("Recommendations"), "activities:desk_recommendation_list", "recommendations"),
    Entry(_("Contacts"), "members:contact_list", "contacts"),
    Entry(_("Forums"), "members:forum_desk_list", "forums"),
    Entry(_("Calls"), "activities:desk_call_list", "steering-group"),
    Entry(_("Reports"), "reports:progress_report_list", "progress-reports"),
    Entry(_("Circulation"), "reports:circulation_list", "circulations"),
    Entry(_("Accounts"), "members:account_list", "accounts", Permission.INVITE_ACCOUNTS),
    Entry(_("Consultations"), "activities:consultation_list", "consultations"),
)


_BELONGS_TO = {"import": "contacts"}  # pages of the desk that stand below an entry of another name


def desk_key(part: str) -> str:
    """The key of the entry that a page of the desk belongs to, from the second part of its address."""
    return _BELONGS_TO.get(part, part)


def built(entries: tuple[Entry, ...]) -> list[Entry]:
    """Entries whose page exists."""
    return [entry for entry in entries if _exists(entry.route)]


def desk_entries(rights: Rights) -> list[Entry]:
    """The desk's bar, for those who work there."""
    return built(tuple(entry for entry in DESK if entry.needs in rights.permissions))


def _exists(route: str) -> bool:
    try:
        reverse(route)
    except NoReverseMatch:
        return False
    return True
