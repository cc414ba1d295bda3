"""Recording activities: drafts, references that are never used again, publishing, withdrawing, changing a status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from activities.enums import ActivityStatus, HostingPart, MappingBasis
from activities.models import Activity, Hosting
from activities.models.lifecycles import ACTIVITY_TRANSITIONS, TransitionError, check_transition
from activities.services.certificates import end_certificates_of
from activities.services.delegates import meeting_of, tell_changed_meeting
from activities.services.drafts import forget_draft
from activities.services.places import fill_places
from activities.services.programme import Part, Party, check_programme, party_column, set_practical, set_programme
from members.audit import acting
from members.enums import DatePrecision
from members.errors import Conflict, DomainError
from members.models import Process, User
from members.permissions import check_can
from members.roles import Permission

_LOCK = 4_200_001  # one number of a year at a time
UNDATED = "UNDT"


@dataclass(frozen=True)
class Content:
    """What a form says of an activity: plain fields, links, hosts per part; programme and practical texts where it asks for them."""

    fields: Mapping[str, Any]
    links: Mapping[str, list[Any]] = field(default_factory=dict)
    parties: Mapping[HostingPart, list[Party]] = field(default_factory=dict)
    parts: Sequence[Part] | None = None
    practical: Mapping[str, str] | None = None


@transaction.atomic
def record_activity(*, content: Content, by: User) -> Activity:
    """Record a new activity as a draft, with its reference `<prefix>-<year>-<nn>`; UNDT where no year is known."""
    check_can(by, Permission.RECORD_ACTIVITIES)
    start: date | None = content.fields.get("start")
    with acting(by=by, verb="record_activity"):
        activity = Activity(reference=_next_reference(start), **content.fields)
        _store(activity, content)
    forget_draft(activity=None, by=by)
    return activity


def _next_reference(start: date | None) -> str:
    """The next free number of the year; a number once given is never given again, whatever became of it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    process = Process.objects.first()
    stem = f"{process.prefix if process else 'XX'}-{start.year if start else UNDATED}-"
    history = Activity._meta.apps.get_model("activities", "ActivityEvent")._default_manager
    used = {*Activity.objects.filter(reference__startswith=stem).values_list("reference", flat=True)}
    used |= {*history.filter(reference__startswith=stem).values_list("reference", flat=True)}
    numbers = [int(reference.removeprefix(stem)) for reference in used if reference.removeprefix(stem).isdigit()]
    return f"{stem}{max(numbers, default=0) + 1:02}"


def _store(activity: Activity, content: Content) -> None:
    linked = any(content.links.get(name) for name in ("objectives", "programme_areas"))
    if "objectives" in content.links or "programme_areas" in content.links:
        activity.mapping_basis = (activity.mapping_basis or MappingBasis.STATED) if linked else MappingBasis.NONE
    activity.full_clean()
    activity.save()
    for name, rows in content.links.items():
        getattr(activity, name).set(rows)
    for part, parties in content.parties.items():
        _set_parties(activity, part, parties)
    if content.practical is not None:
        set_practical(activity, content.practical)
    if content.parts is None:
        check_programme(activity)
    else:
        set_programme(activity, content.parts)


def _set_parties(activity: Activity, part: HostingPart, parties: list[Party]) -> None:
    """Hosts, co-hosts or chairs in this order; rows that say so already are left alone."""
    rows = list(activity.hostings.filter(part=part).select_related("participant", "forum"))
    if [row.party for row in rows] == parties:
        return
    activity.hostings.filter(part=part).delete()
    for order, party in enumerate(parties):
        Hosting.objects.create(activity=activity, part=part, order=order, **party_column(party))


@transaction.atomic
def edit_activity(*, activity: Activity, content: Content, expected_version: int, by: User) -> Activity:
    """Store an edit that began from `expected_version`. Raises Conflict when somebody else's came between."""
    check_can(by, Permission.RECORD_ACTIVITIES)
    found = Activity.objects.select_for_update().get(pk=activity.pk)
    if found.version != expected_version:
        raise Conflict(_("Somebody else changed this activity while you were editing it."), current=found)
    before = meeting_of(found)
    for name, value in content.fields.items():
        setattr(found, name, value)
    found.version += 1
    with acting(by=by, verb="edit_activity"):
        _store(found, content)
        tell_changed_meeting(activity=found, before=before, by=by)
        fill_places(activity=found, by=by)
    forget_draft(activity=found, by=by)
    return found


@transaction.atomic
def publish_activity(*, activity: Activity, by: User) -> Activity:
    """Show the activity to those of its access class. Publishing twice is harmless."""
    check_can(by, Permission.RECORD_ACTIVITIES)
    found = Activity.objects.select_for_update().get(pk=activity.pk)
    if found.withdrawn_at:
        raise DomainError(_("A withdrawn activity is not published."))
    if found.published_at is None:
        with acting(by=by, verb="publish_activity"):
            found.published_at, found.published_by = timezone.now(), by
            found.version += 1
            found.save()
    return found


@transaction.atomic
def unpublish_activity(*, activity: Activity, by: User) -> Activity:
    """Take publishing back, as long as nobody was invited: then people may have read it."""
    check_can(by, Permission.RECORD_ACTIVITIES)
    found = Activity.objects.select_for_update().get(pk=activity.pk)
    if found.invitations.filter(issued_at__isnull=False).exists():
        raise DomainError(_("Invitations were issued. Withdraw the activity instead, and say why."))
    with acting(by=by, verb="unpublish_activity"):
        found.published_at = found.published_by = None
        found.version += 1
        found.save()
    return found


@transaction.atomic
def withdraw_activity(*, activity: Activity, reason: str, by: User) -> Activity:
    """Withdraw a published activity: its address stays and says why. Raises DomainError without a reason."""
    check_can(by, Permission.RECORD_ACTIVITIES)
    if not reason.strip():
        raise DomainError(_("Say why the activity is withdrawn."), field="reason")
    found = Activity.objects.select_for_update().get(pk=activity.pk)
    before = meeting_of(found)
    with acting(by=by, verb="withdraw_activity"):
        found.withdrawn_at, found.withdrawn_by, found.withdrawn_reason = timezone.now(), by, reason.strip()
        found.version += 1
        found.save()
        end_certificates_of(activity=found, by=by)
        if found.status != ActivityStatus.HELD:
            tell_changed_meeting(activity=found, before=before, by=by)
    return found


@transaction.atomic
def change_status(*, activity: Activity, status: ActivityStatus, by: User) -> Activity:
    """Mark an activity held, planned or under consideration. Raises DomainError where that cannot follow.

    Cancelling and postponing need a reason, and are done by `services/plans.py` alone.
    """
    check_can(by, Permission.RECORD_ACTIVITIES)
    if status in {ActivityStatus.CANCELLED, ActivityStatus.POSTPONED}:
        raise DomainError(_("Say why: cancel or postpone it on the page made for that."), field="status")
    found = Activity.objects.select_for_update().get(pk=activity.pk)
    try:
        check_transition(ACTIVITY_TRANSITIONS, found.status, status)
    except TransitionError as error:
        raise DomainError(str(error), field="status") from error
    if status == ActivityStatus.HELD and found.date_precision == DatePrecision.UNKNOWN:
        raise DomainError(_("Give a date, at least the year, before marking it as held."), field="status")
    before = meeting_of(found)
    with acting(by=by, verb=f"mark_{status}"):
        found.status = status
        found.version += 1
        found.save()
        if status != ActivityStatus.HELD:
            tell_changed_meeting(activity=found, before=before, by=by)
    return found
