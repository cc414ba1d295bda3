"""Places: of a participant and of the activity in all, counted under a lock on the activity's row, and who waits for one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.utils.translation import gettext as _

from activities.enums import ActivityStatus, NominationState
from activities.models import Activity, Invitation, Nomination
from activities.services.delegates import settle, write_to_participant
from members.errors import DomainError
from members.models import User


def lock_activity(pk: int) -> Activity:
    """The activity, locked: whoever counts places or decides a state comes after whoever came before."""
    return Activity.objects.select_for_update(of=("self",)).select_related("kind").get(pk=pk)


def lock_invitation(pk: int, activity: Activity) -> Invitation:
    """The invitation, locked behind its activity. Raises DomainError for one that does not exist any more."""
    found = Invitation.objects.select_for_update(of=("self",)).select_related("participant").filter(pk=pk).first()
    if found is None or found.activity_id != activity.pk:
        raise DomainError(_("This invitation was withdrawn."))
    found.activity = activity
    return found


def places_for(invitation: Invitation, activity: Activity) -> int | None:
    """How many people of this participant can have a place, those who have one now included; None for any number."""
    limits = [invitation.quota] if invitation.quota else []
    if activity.capacity is not None:
        others = Nomination.objects.filter(invitation__activity=activity).exclude(invitation=invitation)
        limits.append(max(activity.capacity - others.holding().count(), 0))
    return min(limits) if limits else None


def has_room(invitation: Invitation, activity: Activity) -> bool:
    """Whether one more person of this participant can have a place now."""
    most = places_for(invitation, activity)
    return most is None or invitation.nominations.holding().count() < most


def fill_places(*, activity: Activity, by: User, first: Invitation | None = None) -> list[Nomination]:
    """Give the free places to those who wait, of the participant of `first` before others, and tell their focal points.

    The activity's row must be locked. Returns who got a place. Nobody gets one in an activity that is over.
    """
    if activity.status in {ActivityStatus.CANCELLED, ActivityStatus.HELD} or activity.withdrawn_at:
        return []
    promoted = [_give_place(nomination, activity, by) for nomination in _next(activity, first)]
    by_invitation: dict[int, list[Nomination]] = {}
    for nomination in promoted:
        by_invitation.setdefault(nomination.invitation_id, []).append(nomination)
    for found in by_invitation.values():
        invitation, number = found[0].invitation, "-".join(f"{row.pk}.{row.version}" for row in found[:4])
        write_to_participant("place_given", invitation, number, by=by, people=[row.official for row in found])
    return promoted


def _next(activity: Activity, first: Invitation | None) -> Iterable[Nomination]:
    """Those who get a place, in turn; a participant that has all of its own is passed over."""
    own = Nomination.objects.filter(invitation__activity=activity)
    waiting = list(own.waiting().select_related("invitation__participant", "official"))
    if not waiting:
        return []
    taken = Counter(own.holding().values_list("invitation", flat=True))
    left = len(waiting) if activity.capacity is None else activity.capacity - taken.total()
    found: list[Nomination] = []
    for nomination in sorted(waiting, key=lambda row: first is None or row.invitation_id != first.pk):
        quota = nomination.invitation.quota
        if len(found) < left and not (quota and taken[nomination.invitation_id] >= quota):
            taken[nomination.invitation_id] += 1
            found.append(nomination)
    return found


def _give_place(nomination: Nomination, activity: Activity, by: User) -> Nomination:
    nomination.invitation.activity = activity
    nomination.state, nomination.waiting_since = NominationState.SUBMITTED, None
    nomination.version += 1
    nomination.save()
    settle(nomination, by=by)
    return nomination


def waiting_places(activity: Activity, rows: Iterable[Nomination]) -> dict[int, int]:
    """The place of each waiting nomination on the activity's list, from 1, by key; none where nobody of `rows` waits."""
    if all(row.state != NominationState.WAITING for row in rows):
        return {}
    waiting = Nomination.objects.filter(invitation__activity=activity).waiting()
    return {pk: number for number, pk in enumerate(waiting.values_list("pk", flat=True), start=1)}
