"""Who is told when the plan of an activity changes: those invited, and those named for its delegations."""

from __future__ import annotations

from django.db.models import Q

from activities.enums import InvitationState, NominationState
from activities.models import Activity, Delegate, Nomination
from members.models import Official, Participant
from members.selectors_recipients import Recipient, for_matter, for_participants

_ASKED = (InvitationState.ISSUED, InvitationState.ACCEPTED)
_NAMED = (NominationState.SUBMITTED, NominationState.CONFIRMED)


def who_is_told(activity: Activity) -> list[Recipient]:
    """Each recipient once, by participant: whoever invitations go to, then the officials nominated or registered.

    Participants that declined, or whose invitation was withdrawn, hear no more of it. One without any address stands in
    the list too, with `to` None, so that the hole is seen.
    """
    participants = list(
        Participant.objects.filter(invitations__activity=activity, invitations__state__in=_ASKED).distinct().order_by("name")
    )
    found = for_participants(participants)
    written = {row.to for row in found}
    if portfolios := list(activity.portfolios.all()):
        offices = [row for row in for_matter(participants, portfolios=portfolios) if row.to and row.to not in written]
        found += offices
        written |= {row.to for row in offices}
    found += [_named(official) for official in _officials(activity) if official not in written]
    return sorted(found, key=lambda row: row.participant.name)


def _officials(activity: Activity) -> list[Official]:
    """Delegates, and those named for it who were told: whoever was not to hear of it by mail does not hear of it now."""
    nominated = Nomination.objects.filter(invitation__activity=activity, state__in=_NAMED, told_at__isnull=False)
    untold = Q(nomination__isnull=False, nomination__told_at__isnull=True)
    registered = Delegate.objects.filter(activity=activity, withdrawn_at__isnull=True).exclude(untold)
    rows = (
        Official.objects.filter(pk__in=nominated.values("official").union(registered.values("official")))
        .exclude(email="")
        .filter(participant__isnull=False)
    )
    return list(rows.select_related("participant").order_by("name", "pk"))


def _named(official: Official) -> Recipient:
    participant = official.participant
    if participant is None:
        raise ValueError(official.pk)
    return Recipient(participant, official, official.email, official.language or participant.language)
