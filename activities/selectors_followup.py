"""Reading recommendations: how each stands, which are due, which nobody has reported on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from activities.enums import FollowUpKind
from activities.models import Activity, Addressee, FollowUp, Recommendation
from activities.selectors import archive_base
from members.models.base import today

if TYPE_CHECKING:
    from members.models import AnyUser

DUE_WITHIN = 60  # days
STALE_AFTER = 180  # days without news


def recommendations(user: AnyUser) -> QuerySet[Recommendation]:
    """Recommendations that `user` may see, the newest reference first, with addressees and `updates`. Four queries."""
    seen = archive_base(user).order_by().values("pk")
    updates = FollowUp.objects.filter(Q(activity__isnull=True) | Q(activity__in=seen)).select_related("activity")
    parts: list[Any] = [
        Prefetch("addressee_rows", Addressee.objects.select_related("participant", "portfolio", "body")),
        Prefetch("follow_ups", updates.order_by("-recorded_at", "-pk"), to_attr="updates"),
        Prefetch("activity", Activity.objects.filter(pk__in=seen), to_attr="meeting_seen"),
    ]
    rows = Recommendation.objects.visible_to(user).select_related("objective", "area")
    return rows.prefetch_related(*parts).order_by("-reference")


@dataclass(frozen=True)
class Standing:
    """How a recommendation stands, in neutral words; `mark` is the status mark of pages, `since` the day of the last news."""

    key: str
    words: str | Promise
    mark: str
    since: date | None = None


def standing_of(row: Recommendation) -> Standing:
    """From the newest update of a row with `updates`; participation is voluntary, so nothing is ever "overdue" [39]."""
    updates: list[FollowUp] = row.updates  # type: ignore[attr-defined]
    if not updates:
        return Standing("no-news", _("No news yet"), "wait")
    since = updates[0].recorded_at.date()
    if any(update.kind == FollowUpKind.SPIN_OFF for update in updates):
        return Standing("outside", _("Goes on outside the process"), "ok", since)
    if updates[0].is_closed:
        return Standing("completed", _("Completed"), "ok", since)
    if any(update.kind == FollowUpKind.TAKEN_FORWARD for update in updates):
        return Standing("taken-forward", _("Taken forward"), "go", since)
    return Standing("in-progress", _("In progress"), "go", since)


def _still_open(user: AnyUser) -> QuerySet[Recommendation]:
    done = FollowUp.objects.filter(Q(is_closed=True) | Q(kind=FollowUpKind.SPIN_OFF), recommendation=OuterRef("pk"))
    return recommendations(user).exclude(Exists(done))


def due_soon(user: AnyUser, *, day: date | None = None) -> QuerySet[Recommendation]:
    """Open ones whose day is within 60 days or past, the earliest first."""
    until = (day or today()) + timedelta(days=DUE_WITHIN)
    return _still_open(user).filter(due__lte=until).order_by("due", "reference")


def stale(user: AnyUser, *, day: date | None = None) -> QuerySet[Recommendation]:
    """Open ones without any news for 180 days, those recorded first first."""
    since = (day or today()) - timedelta(days=STALE_AFTER)
    recent = FollowUp.objects.filter(recommendation=OuterRef("pk"), recorded_at__date__gt=since)
    return _still_open(user).filter(recorded_at__date__lte=since).exclude(Exists(recent)).order_by("recorded_at", "reference")


def follow_up_rate(user: AnyUser) -> tuple[int, int]:
    """(recommendations with at least one update, all recommendations) that `user` may see: never per government [39]."""
    rows = Recommendation.objects.visible_to(user)
    return rows.filter(Exists(FollowUp.objects.filter(recommendation=OuterRef("pk")))).count(), rows.count()


def recommendations_on(user: AnyUser, activity: Activity) -> tuple[list[Recommendation], list[Recommendation]]:
    """Recommendations made at this activity, and those that it takes forward. One query where there is none."""
    forward = Exists(FollowUp.objects.filter(recommendation=OuterRef("pk"), activity=activity))
    rows: Any = Recommendation.objects.visible_to(user).annotate(is_forward=forward)
    parties = (f"addressee_rows__{name}" for name in ("participant", "portfolio", "body"))
    found = list(rows.filter(Q(activity=activity) | Q(is_forward=True)).prefetch_related("follow_ups", *parties))
    return [row for row in found if row.activity_id == activity.pk], [row for row in found if row.is_forward]
