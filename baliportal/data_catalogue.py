"""What can be taken away: every public list, record and feed, with its forms. The page of data shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Listed:
    """A list or a feed at an address of its own."""

    route: str
    words: str | Promise


@dataclass(frozen=True)
class Single:
    """Records that can be taken one by one: the address with what stands for the record, and the routes behind it."""

    words: str | Promise
    address: str
    forms: str
    routes: Sequence[str]


TABLE_FORMS = ("csv", "xlsx", "json")
LISTS = (
    Listed("activity_list", _("Activities")),
    Listed("calendar", _("Calendar of coming activities")),
    Listed("activities:objective_list", _("Objectives")),
    Listed("activities:programme_area_list", _("Programme areas")),
    Listed("activities:recommendation_list", _("Recommendations")),
    Listed("participant_list", _("Participants")),
    Listed("legislation_public", _("What participants say of their own legislation")),
    Listed("members:steering_group", _("Steering group")),
    Listed("members:steering_group_history", _("History of the steering group’s record")),
    Listed("members:forum_list", _("Other forums")),
    Listed("members:forum_history", _("History of the forums’ record")),
    Listed("external_reference_list", _("Where others refer to the process")),
    Listed("exchange_list", _("Exchanges with other processes")),
    Listed("members:forum_membership", _("Which participants belong to which forum")),
    Listed("reports:document_list", _("Documents")),
    Listed("participation", _("Participation")),
    Listed("participation_portfolios", _("Participation by portfolio")),
)
FEEDS = (
    Listed("activities_feed", _("Activities, as they are recorded or changed (Atom)")),
    Listed("reports_feed", _("Reports, as they are published or changed (Atom)")),
    Listed("objectives_feed", _("Reviews of goals and objectives, as they are recorded or changed (Atom)")),
    Listed("areas_feed", _("Programme areas, as they are agreed or changed (Atom)")),
    Listed("recommendations_feed", _("Recommendations and their news (Atom)")),
    Listed("references_feed", _("References of others to the process (Atom)")),
)
CALENDARS = (Listed("calendar_feed", _("The whole calendar (ICS)")),)
_CITED = "CSV, Excel, JSON, RIS, BibTeX"
_PLAIN = "CSV, Excel, JSON"
SINGLES = (
    Single(
        _("An activity"),
        "/activities/…/",
        f"{_CITED}, ICS",
        ("activity_detail", "activity_ris", "activity_bib", "activity_ics"),
    ),
    Single(
        _("A goal or an objective"),
        "/objectives/…/",
        _CITED,
        ("activities:objective_detail", "objective_ris", "objective_bib"),
    ),
    Single(_("A programme area"), "/programme-areas/…/", _CITED, ("activities:programme_area_detail", "area_ris", "area_bib")),
    Single(
        _("A recommendation"),
        "/recommendations/…/",
        _CITED,
        ("activities:recommendation_detail", "recommendation_ris", "recommendation_bib"),
    ),
    Single(_("A participant"), "/participants/…/", _PLAIN, ("participant_detail",)),
    Single(_("A document"), "/reports/…/", _CITED, ("reports:document_detail", "document_ris", "document_bib")),
    Single(
        _("A reference of others to the process"),
        "/forums/references/…/",
        _CITED,
        ("external_reference", "external_reference_ris", "external_reference_bib"),
    ),
    Single(_("The calendar of a year"), "/calendar/…/", _PLAIN, ("calendar_year",)),
    Single(
        _("The thread of a record, from promise to result"),
        "…/thread/",
        _PLAIN,
        ("activity_thread", "objective_thread", "programme_area_thread", "recommendation_thread", "document_thread"),
    ),
    Single(
        _("The history of a record"),
        "…/history/",
        _PLAIN,
        (
            "activity_history",
            "participant_history",
            "activities:objective_history",
            "activities:programme_area_history",
            "reports:document_history",
        ),
    ),
)
