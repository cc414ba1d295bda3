"""Small records for tests of pages that show activities."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from activities.enums import ActivityStatus, HostingPart
from activities.models import Activity, ActivityKind, Hosting, Objective
from members.enums import ParticipantKind
from members.models import Participant, Process, User


def process() -> Process:
    found, _made = Process.objects.get_or_create(
        prefix="XX", defaults={"name_en": "The Test Process", "full_name_en": "The Test Process on Tests", "since": 2002}
    )
    return found


def kind(key: str = "workshop") -> ActivityKind:
    return ActivityKind.objects.get_or_create(key=key, defaults={"name_en": key.replace("-", " ").capitalize()})[0]


def objective(number: int = 1) -> Objective:
    words = {"order": number, "short_title": f"Objective number {number}"}
    return Objective.objects.get_or_create(code=f"OBJ-{number:02}", defaults=words)[0]


def participant(name: str = "Fiji", **fields: Any) -> Participant:
    words = {"slug": name.lower().replace(" ", "-"), "kind": ParticipantKind.GOVERNMENT} | fields
    return Participant.objects.get_or_create(name=name, defaults=words)[0]


def activity(
    reference: str, *, host: Participant | None = None, objectives: tuple[Objective, ...] = (), **fields: Any
) -> Activity:
    """A published activity, held in Suva on 4 and 5 May 2010; fields replace what is said here."""
    by = User.objects.service_account()
    words: dict[str, Any] = {
        "kind": kind(),
        "status": ActivityStatus.HELD,
        "title": f"Workshop {reference}",
        "start": date(2010, 5, 4),
        "end": date(2010, 5, 5),
        "city": "Suva",
        "country": "Fiji",
        "published_at": timezone.now(),
        "published_by": by,
    }
    made = Activity.objects.create(reference=reference, **words | fields)
    made.objectives.set(objectives)
    if host:
        Hosting.objects.create(activity=made, part=HostingPart.HOST, participant=host)
    return made
