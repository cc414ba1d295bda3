"""What waits at the desk, each with the page where it is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy

from activities.enums import ActivityStatus, InvitationState, NominationState
from activities.models import Activity, Nomination
from activities.selectors_addressees import news_waiting
from activities.selectors_delegations import changes_to_decide
from activities.selectors_followup import due_soon, stale
from activities.selectors_group import bodies_without_next_meeting, rhythm_words
from members.models.base import today

if TYPE_CHECKING:
    from members.models import AnyUser

MOST = 30


@dataclass(frozen=True)
class Task:
    """One row of the work list: what to do, where, and since when it waits (days, 0 where it is not late)."""

    text: str
    url: str
    detail: str = ""
    late: int = 0


def needs_attention(user: AnyUser) -> list[Task]:
    """Drafts to go on with, activities whose day has passed, delegates to confirm; the latest first."""
    day = today()
    own = Activity.objects.visible_to(user).filter(withdrawn_at__isnull=True)
    tasks = [
        Task(
            _("Say whether it was held: %(title)s") % {"title": row.title},
            reverse("activities:desk_activity", args=[row.reference]),
            _("Its last day has passed, and its status is still planned."),
            (day - row.last_day).days if row.last_day else 0,
        )
        for row in own.filter(status=ActivityStatus.PLANNED, last_day__lt=day, invitations__isnull=False).distinct()[:MOST]
    ]
    unrecorded = own.filter(status=ActivityStatus.HELD, delegate_rows__isnull=False, delegate_rows__attendance__isnull=True)
    tasks += [
        Task(
            _("Record attendance: %(title)s") % {"title": row.title},
            reverse("activities:activity_attendance", args=[row.reference]),
            _("Delegates are registered, and attendance is not complete."),
        )
        for row in unrecorded.distinct()[:MOST]
    ]
    waiting = Nomination.objects.filter(state=NominationState.SUBMITTED, invitation__activity__confirm_delegates=True)
    for row in waiting.values("invitation__activity__reference", "invitation__activity__title").annotate(n=Count("pk"))[:MOST]:
        said = ngettext("Confirm %(number)d delegate: %(title)s", "Confirm %(number)d delegates: %(title)s", row["n"])
        words = said % {"number": row["n"], "title": row["invitation__activity__title"]}
        tasks.append(Task(words, reverse("activities:activity_invitations", args=[row["invitation__activity__reference"]])))
    tasks += [
        Task(
            _("Answer the late change of %(participant)s: %(title)s")
            % {"participant": row.invitation.participant, "title": row.invitation.activity.title},
            reverse("activities:late_change", args=[row.invitation.activity.reference, row.pk]),
            "",
            (day - row.asked_at.date()).days,
        )
        for row in changes_to_decide(user)[:MOST]
    ]
    tasks += [
        Task(
            _("Go on with the draft: %(title)s") % {"title": row.title},
            reverse("activities:desk_activity", args=[row.reference]),
            row.reference,
        )
        for row in own.filter(published_at__isnull=True).order_by("-changed_at")[:MOST]
    ]
    return sorted(tasks, key=lambda task: -task.late)


def meetings_to_set(user: AnyUser) -> list[Task]:
    """Bodies that meet regularly and have no next meeting on record [28]: a soft reminder, never late."""
    return [
        Task(
            _("Set the next meeting: %(body)s") % {"body": found.body.name},
            reverse("activities:activity_new"),
            " ".join(rhythm_words(found)),
        )
        for found in bodies_without_next_meeting(user)
    ]


def recommendation_tasks(user: AnyUser) -> list[Task]:
    """News from addressees to decide on, recommendations due soon, and those without news for half a year; none is late."""
    at_desk = reverse("activities:desk_recommendation_list")
    found = [
        (
            news_waiting(user).count(),
            reverse("activities:desk_news_list"),
            ngettext_lazy(
                "Decide on %(number)d message from an addressee", "Decide on %(number)d messages from addressees", "number"
            ),
        ),
        (
            due_soon(user).count(),
            f"{at_desk}?show=due#r",
            ngettext_lazy(
                "%(number)d recommendation is due within 60 days", "%(number)d recommendations are due within 60 days", "number"
            ),
        ),
        (
            stale(user).count(),
            f"{at_desk}?show=stale#r",
            ngettext_lazy(
                "%(number)d recommendation has no news for half a year",
                "%(number)d recommendations have no news for half a year",
                "number",
            ),
        ),
    ]
    return [Task(str(words % {"number": number}), url) for number, url, words in found if number]


def waiting_for_others(user: AnyUser) -> list[Task]:
    """Activities ahead whose invitations are not all answered."""
    unanswered = Count("invitations", filter=Q(invitations__state=InvitationState.ISSUED))
    rows = Activity.objects.visible_to(user).filter(withdrawn_at__isnull=True).annotate(n=unanswered).filter(n__gt=0)
    return [
        Task(
            ngettext("%(number)d answer: %(title)s", "%(number)d answers: %(title)s", row.n)
            % {"number": row.n, "title": row.title},
            reverse("activities:activity_invitations", args=[row.reference]),
        )
        for row in rows.order_by("start", "reference")[:MOST]
    ]


def recently_changed(user: AnyUser) -> list[Activity]:
    """The last activities that somebody changed."""
    return list(Activity.objects.visible_to(user).select_related("kind").order_by("-changed_at", "-pk")[:8])
