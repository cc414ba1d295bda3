"""What a participant says of a past activity: drafted at home, given once by the focal point [35]."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from activities.models import Activity, ActivityFeedback
from activities.selectors_national import past_activities
from members.audit import acting
from members.errors import Conflict, DomainError
from members.models import Participant, User
from members.permissions import check_can
from members.roles import Permission

WORDS = ("useful", "use_at_home", "to_follow")


def _check_concerned(participant: Participant, activity: Activity, by: User) -> None:
    if not past_activities(participant, by).filter(pk=activity.pk).exists():
        raise DomainError(_("Feedback is for past activities that you were invited to or took part in."))


@transaction.atomic
def save_feedback(
    *, participant: Participant, activity: Activity, words: Mapping[str, str], expected_version: int, by: User
) -> ActivityFeedback:
    """Keep the shared draft. `expected_version` is 0 for a new one. Raises Conflict, DomainError once submitted."""
    check_can(by, Permission.SEE_NATIONAL_SPACE, participant=participant)
    _check_concerned(participant, activity, by)
    Participant.objects.select_for_update().get(pk=participant.pk)  # two first drafts at once wait for each other
    found = ActivityFeedback.objects.select_for_update().filter(participant=participant, activity=activity).first()
    if found and found.submitted_at:
        raise DomainError(_("This feedback is submitted. It cannot be changed."))
    if (found.version if found else 0) != expected_version:
        raise Conflict(_("Somebody else changed this in between."), current=found)
    feedback = found or ActivityFeedback(participant=participant, activity=activity, version=0)
    for name in WORDS:
        setattr(feedback, name, words.get(name, "").strip())
    feedback.version += 1
    with acting(by=by, verb="save_feedback"):
        feedback.save()
    return feedback


@transaction.atomic
def submit_feedback(*, feedback: ActivityFeedback, expected_version: int, by: User) -> ActivityFeedback:
    """Give it to the secretariat, once. Again it changes nothing. Raises Conflict, DomainError where it is empty."""
    found = ActivityFeedback.objects.select_for_update().select_related("participant").get(pk=feedback.pk)
    check_can(by, Permission.NOMINATE, participant=found.participant)
    if found.submitted_at:
        return found
    if found.version != expected_version:
        raise Conflict(_("Somebody changed the draft while you were reading it."), current=found)
    if not any(getattr(found, name) for name in WORDS):
        raise DomainError(_("The draft is empty. Write at least one sentence first."))
    found.submitted_at, found.submitted_by = timezone.now(), by
    found.version += 1
    with acting(by=by, verb="submit_feedback"):
        found.save()
    return found
