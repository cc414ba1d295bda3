"""What the public may know of a record's history: when it changed and in what, never the staff's words or names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

import pghistory.models
from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from activities.models import Activity
from activities.models.activity import ActivityAreaEvent, ActivityObjectiveEvent

# Fields whose change is told, and in which word; a field that is not here is nobody's business.
PUBLIC_FIELDS: dict[str, Promise] = {
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
LINKS, HOSTS = _("objectives and areas"), _("hosts and chairs")


@dataclass(frozen=True)
class Change:
    """One change: when, and the kinds of facts it touched; `is_first` is the recording itself."""

    at: datetime
    kinds: list[str | Promise]
    is_first: bool = False


def public_changes(activity: Activity) -> list[Change]:
    """Changes since publication, newest first, and the recording. Four queries. What one transaction did is one change."""
    found: defaultdict[datetime, dict[str, str | Promise]] = defaultdict(dict)
    events = list(_events("ActivityEvent").filter(pgh_obj_id=activity.pk).order_by("pgh_id"))
    for before, after in pairwise(events):
        for field, kind in PUBLIC_FIELDS.items():
            if getattr(before, field) != getattr(after, field):
                found[after.pgh_created_at][str(kind)] = kind
    _note(found, LINKS, ActivityObjectiveEvent.objects.filter(activity_id=activity.pk))
    _note(found, LINKS, ActivityAreaEvent.objects.filter(activity_id=activity.pk))
    _note(found, HOSTS, _events("HostingEvent").filter(activity_id=activity.pk))
    recorded = events[0].pgh_created_at if events else activity.recorded_at
    since = activity.published_at or recorded
    changes = [
        Change(at, list(kinds.values())) for at, kinds in sorted(found.items(), reverse=True) if at >= since and at != recorded
    ]
    return [*changes, Change(recorded, [], is_first=True)]


def _note(found: defaultdict[datetime, dict[str, str | Promise]], kind: Promise, events: Any) -> None:
    times: Iterable[datetime] = events.values_list("pgh_created_at", flat=True).distinct()
    for at in times:
        found[at][str(kind)] = kind


def _events(name: str) -> Any:
    model: type[pghistory.models.Event] = apps.get_model("activities", name)
    return model._default_manager.all()
