"""Navigation as data."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from members.roles import Rights


@dataclass(frozen=True)
class Entry:
    """One link; `key` is the first part of the addresses that belong to it."""

    label: str | Promise
    route: str
    key: str

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
    Entry(_("Objectives"), "activities:aim_list", "objectives"),
    Entry(_("Reviews"), "activities:review_meetings", "reviews"),
    Entry(_("Recommendations"), "activities:desk_recommendation_list", "recommendations"),
    Entry(_("Contacts"), "members:contact_list", "contacts"),
    Entry(_("Reports"), "reports:progress_report_list", "progress-reports"),
    Entry(_("Circulation"), "reports:circulation_list", "circulations"),
)


def built(entries: tuple[Entry, ...]) -> list[Entry]:
    """Entries whose page exists."""
    return [entry for entry in entries if _exists(entry.route)]


def desk_entries(rights: Rights) -> list[Entry]:
    """The desk's bar, for those who work there."""
    return built(DESK) if rights.is_secretariat else []


def _exists(route: str) -> bool:
    try:
        reverse(route)
    except NoReverseMatch:
        return False
    return True
