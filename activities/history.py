"""What anybody may know of the history of activities, objectives and programme areas."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.db.models.functions import Greatest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from activities.models import (
    Activity,
    ActivityArea,
    ActivityObjective,
    Hosting,
    Mandate,
    Objective,
    ProgrammeArea,
    Recommendation,
    Review,
)
from activities.selectors import archive_base
from members.public_history import Change, Part, events_of, public_changes

if TYPE_CHECKING:
    from members.models import AnyUser

PUBLIC_FIELDS: dict[str, str | Promise] = {
    "title": _("title"),
    "title_id": _("title"),
    "kind_id": _("kind"),
    "status": _("status"),
    "start": _("date"),
    "end": _("date"),
    "date_precision": _("date"),
    "starts_at": _("times"),
    "ends_at": _("times"),
    "time_zone": _("times"),
    "city": _("place"),
    "country": _("place"),
    "venue": _("place"),
    "joint_with_id": _("held with"),
    "coordinator": _("coordinator"),
    "scope": _("scope"),
    "outcome": _("outcome"),
    "delegates": _("participation figures"),
    "countries": _("participation figures"),
    "organisations": _("participation figures"),
    "source_says": _("note on sources"),
    "public_note": _("note"),
    "confidence": _("how well confirmed"),
    "mapping_basis": _("objectives and areas"),
    "withdrawn_at": _("withdrawal"),
}
_AIM: dict[str, str | Promise] = {
    "order": _("number"),
    "short_title": _("title"),
    "short_title_id": _("title"),
    "summary": _("summary"),
    "summary_id": _("summary"),
    "official_wording": _("official wording"),
    "confidence": _("how well confirmed"),
}
OBJECTIVE_FIELDS = {**_AIM, "official_wording_id": _("official wording"), "status_basis": _("how the outcome is known")}
AREA_FIELDS = {**_AIM, "official_wording_id": _("official wording"), "origin": _("origin")}
_MANDATE = ("act", "activity_id", "paragraph", "decided", "decided_precision", "authority", "what_changed")
LINKS, HOSTS = _("objectives and areas"), _("hosts and chairs")
_REVIEW = (
    *("outcome", "finding", "status_qualifier", "moved_to_forum_id", "moved_bilaterally", "accepted_by_forum"),
    *("status_basis", "rationale", "authority", "meeting_id", "objective_id"),
)


def activity_changes(activity: Activity) -> list[Change]:
    """Changes of an activity since its publication, and its recording. Four queries."""
    own = {"activity_id": activity.pk}
    parts = [
        Part(events_of(ActivityObjective).filter(**own), LINKS, ("objective_id",)),
        Part(events_of(ActivityArea).filter(**own), LINKS, ("programmearea_id",)),
        Part(events_of(Hosting).filter(**own), HOSTS, ("part", "participant_id", "forum_id", "order")),
    ]
    return public_changes(events_of(Activity).filter(id=activity.pk), PUBLIC_FIELDS, parts, since=activity.published_at)


def objective_changes(objective: Objective, user: AnyUser) -> list[Change]:
    """Changes of an objective, as far as `user` may see what they are about. Five queries."""
    reviews = events_of(Review).filter(objective_id=objective.pk, meeting__in=archive_base(user))
    recommendations = events_of(Recommendation).filter(
        objective_id=objective.pk, id__in=Recommendation.objects.visible_to(user).values("pk")
    )
    parts = [
        Part(reviews, _("reviews"), _REVIEW),
        _mandates(user, objective_id=objective.pk),
        _activities_of(events_of(ActivityObjective).filter(objective_id=objective.pk), user),
        Part(recommendations, _("recommendations"), ("text", "paragraph", "document_symbol", "addressees", "objective_id")),
    ]
    return public_changes(events_of(Objective).filter(id=objective.pk), OBJECTIVE_FIELDS, parts)


def area_changes(area: ProgrammeArea, user: AnyUser) -> list[Change]:
    """Changes of a programme area, as far as `user` may see what they are about. Three queries."""
    links = _activities_of(events_of(ActivityArea).filter(programmearea_id=area.pk), user)
    parts = [links, _mandates(user, area_id=area.pk)]
    return public_changes(events_of(ProgrammeArea).filter(id=area.pk), AREA_FIELDS, parts)


def _mandates(user: AnyUser, **of: int) -> Part:
    """What meetings that `user` may see set, amended or reaffirmed, and decisions without a meeting on record."""
    seen = Q(activity__isnull=True) | Q(activity__in=archive_base(user))
    return Part(events_of(Mandate).filter(seen, **of), _("mandate"), _MANDATE)


def _activities_of(links: Any, user: AnyUser) -> Part:
    """Links from activities that `user` may see; one made before the activity was published is told from then on."""
    seen = links.filter(activity__in=archive_base(user)).annotate(h_told_at=Greatest("pgh_created_at", "activity__published_at"))
    return Part(seen, _("activities"), (), at=_told_at)


def _told_at(event: Any) -> datetime:
    moment: datetime = event.h_told_at
    return moment
