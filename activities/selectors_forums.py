"""What joins another forum to this process: activities, objectives moved to it, who cited whom, contacts with it [89-92]."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F, QuerySet

from activities.models import Activity, ExternalReference, ForeignActivity, Hosting, Outreach, Review
from activities.selectors import archive_base
from members.models import Forum

if TYPE_CHECKING:
    from members.models import AnyUser

MOST = 100


def joint_activities(user: AnyUser, forum: Forum) -> QuerySet[Activity]:
    """Activities of this process held together with `forum`, the latest first."""
    return archive_base(user).filter(joint_with=forum).select_related("kind")[:MOST]


def hosted_by(user: AnyUser, forum: Forum) -> QuerySet[Hosting]:
    """Activities of this process that `forum` hosted, co-hosted or chaired."""
    rows = Hosting.objects.filter(forum=forum, activity__in=archive_base(user)).select_related("activity__kind")
    return rows.order_by(F("activity__start").desc(nulls_last=True), "-activity__reference", "part")[:MOST]


def objectives_moved_to(user: AnyUser, forum: Forum) -> QuerySet[Review]:
    """Reviews that moved an objective or a goal to `forum`, with its caveat and the forum's acceptance where known."""
    rows = Review.objects.visible_to(user).filter(moved_to_forum=forum, meeting__in=archive_base(user))
    return rows.select_related("meeting", "objective", "goal").order_by("meeting__start", "pk")


def references_by(user: AnyUser, forum: Forum) -> QuerySet[ExternalReference]:
    """Where `forum`, or its members together, cited this process."""
    return ExternalReference.objects.visible_to(user).filter(forum=forum).order_by("date", "code")


def outreach_to(user: AnyUser, forum: Forum) -> QuerySet[Outreach]:
    """Contacts with `forum` about the process, for those who may read them."""
    return Outreach.objects.visible_to(user).filter(forum=forum)[:MOST]


def activities_of_forum(user: AnyUser, forum: Forum) -> QuerySet[ForeignActivity]:
    """The forum's own activities that are known here, for those who may read them."""
    return ForeignActivity.objects.visible_to(user).filter(forum=forum)[:MOST]
