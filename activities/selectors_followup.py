"""Reading recommendations: how each stands, which are due, which nobody has reported on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from activities.enums import FollowUpKind
from activities.models import Activity, Addressee, FollowUp, Recommendation
from activities.models.followup import NEWEST_NEWS
from activities.selectors import archive_base
from members.enums import DatePrecision
from members.models.base import today

if TYPE_CHECKING:
    from members.models import AnyUser

DUE_WITHIN = 60  # days
STALE_AFTER = 180  # days without news


def follow_ups_in_record(user: AnyUser) -> QuerySet[FollowUp]:
    """Updates that count and that `user` may read, the newest first. None that an addressee sent and nobody decided on,
    none about an activity that `user` may not see."""
    return FollowUp.objects.counted_for(user).order_by(*NEWEST_NEWS)


def with_updates(user: AnyUser, day: date | None = None) -> Prefetch[Any]:
    """Prefetches `updates`, as `standing_of` reads them; with a day, those of facts by then."""
    rows = follow_ups_in_record(user).select_related("activity", "participant")
    return Prefetch("follow_ups", rows.filter(day__lte=day) if day else rows, to_attr="updates")


def recommended_by(user: AnyUser, day: date | None = None) -> QuerySet[Recommendation]:
    """Recommendations that `user` may see, the newest reference first, with `updates`; with a day, those made by then.

    One of a meeting that `user` may see was made once that meeting had ended; another counts from the day it was recorded.
    """
    rows = Recommendation.objects.visible_to(user)
    if day:
        seen = archive_base(user).order_by()
        recorded = ~Q(activity__in=seen.values("pk")) | Q(activity__isnull=True)
        made = Q(activity__in=seen.filter(last_day__lte=day).values("pk")) | recorded & Q(recorded_at__date__lte=day)
        rows = rows.filter(made)
    return rows.prefetch_related(with_updates(user, day)).order_by("-reference")


def recommendations(user: AnyUser) -> QuerySet[Recommendation]:
    """Recommendations that `user` may see, the newest reference first, with addressees and `updates`. Four queries."""
    seen = archive_base(user).order_by().values("pk")
    parts: list[Any] = [
        Prefetch("addressee_rows", Addressee.objects.select_related("participant", "portfolio", "body")),
        with_updates(user),
        Prefetch("activity", Activity.objects.filter(pk__in=seen), to_attr="meeting_seen"),
    ]
    rows = Recommendation.objects.visible_to(user).select_related("objective", "area")
    return rows.prefetch_related(*parts).order_by("-reference")


@dataclass(frozen=True)
class Standing:
    """How a recommendation stands, in neutral words; `mark` is the status mark of pages, `since` the day of the last fact.

    `known_to` says how exactly that day is known; pages show no more than the month.
    """

    key: str
    words: str | Promise
    mark: str
    since: date | None = None
    known_to: str = DatePrecision.MONTH


def standing_of(row: Recommendation) -> Standing:
    """From the updates of a row with `updates`; participation is voluntary, so nothing is ever "overdue" [39]."""
    updates: list[FollowUp] = row.updates  # type: ignore[attr-defined]
    if not updates:
        return Standing("no-news", _("No news yet"), "wait")
    since, known_to = _day_of(updates[0])
    ended = next((update for update in updates if completes(update, updates)), None)
    if any(update.kind == FollowUpKind.SPIN_OFF for update in updates):
        return Standing("outside", _("Goes on outside the process"), "ok", since, known_to)
    if ended:
        return Standing("completed", _("Completed"), "ok", *_day_of(ended))
    if any(update.kind == FollowUpKind.TAKEN_FORWARD for update in updates):
        return Standing("taken-forward", _("Taken forward"), "go", since, known_to)
    return Standing("in-progress", _("In progress"), "go", since, known_to)


def _day_of(update: FollowUp) -> tuple[date, str]:
    """The day of the fact, told to the month at most."""
    return update.known_day, DatePrecision.MONTH if update.known_to == DatePrecision.DAY else update.known_to


def completes(update: FollowUp, updates: Iterable[FollowUp]) -> bool:
    """Whether it completes its recommendation: it says so, and none recorded after it tells of that day or a later one.

    An old fact that is recorded late takes nothing up again, and a completion of long ago counts though news came since.
    """
    if not update.is_closed:
        return False
    said = (update.recorded_at, update.pk)
    return not any(not row.is_closed and (row.recorded_at, row.pk) > said and row.day >= update.day for row in updates)


def with_standing(rows: Iterable[Recommendation]) -> list[Recommendation]:
    """The rows, which have `updates`, each with its `standing` for a page to show."""
    found = list(rows)
    for row in found:
        row.standing = standing_of(row)  # type: ignore[attr-defined]  # read by templates
    return found


def _open_ones(user: AnyUser) -> QuerySet[Recommendation]:
    return Recommendation.objects.visible_to(user).still_open(follow_ups_in_record(user))


def due_soon(user: AnyUser, *, day: date | None = None) -> QuerySet[Recommendation]:
    """Open ones whose day is within 60 days or past, the earliest first."""
    until = (day or today()) + timedelta(days=DUE_WITHIN)
    return _open_ones(user).filter(due__lte=until).order_by("due", "reference")


def stale(user: AnyUser, *, day: date | None = None) -> QuerySet[Recommendation]:
    """Open ones without any news for 180 days, those recorded first first; "as appropriate" has no day, and waits here."""
    since = (day or today()) - timedelta(days=STALE_AFTER)
    recent = follow_ups_in_record(user).filter(recommendation=OuterRef("pk"), day__gt=since)
    rows = _open_ones(user).filter(recorded_at__date__lte=since)
    return rows.exclude(Exists(recent)).order_by("recorded_at", "reference")


def with_news(user: AnyUser) -> QuerySet[Recommendation]:
    """Those with at least one update in the record that `user` may read."""
    news = follow_ups_in_record(user).filter(recommendation=OuterRef("pk"))
    return Recommendation.objects.visible_to(user).filter(Exists(news))


class Show(TextChoices):
    """What the desk's list may show; the key stands in the address."""

    ALL = "", _("All")
    OPEN = "open", _("Open")
    DUE = "due", _("Due within 60 days")
    STALE = "stale", _("No news for half a year")
    WITH_NEWS = "with-news", _("With news")
    WITHOUT_NEWS = "without-news", _("Without news")


def shown(user: AnyUser, key: str) -> QuerySet[Recommendation]:
    """The desk's list under one of `Show`; all for a key that there is not."""
    rows = recommendations(user)
    if key == Show.OPEN:
        return rows.filter(pk__in=_open_ones(user).order_by().values("pk"))
    if key == Show.DUE:
        return rows.filter(pk__in=due_soon(user).values("pk")).order_by("due", "reference")
    if key == Show.STALE:
        return rows.filter(pk__in=stale(user).values("pk")).order_by("recorded_at", "reference")
    if key == Show.WITH_NEWS:
        return rows.filter(pk__in=with_news(user).order_by().values("pk"))
    return rows.exclude(pk__in=with_news(user).order_by().values("pk")) if key == Show.WITHOUT_NEWS else rows


def follow_up_rate(user: AnyUser) -> tuple[int, int]:
    """(recommendations with at least one update, all recommendations) that `user` may see: never per government [38, 39]."""
    return with_news(user).count(), Recommendation.objects.visible_to(user).count()


def withdrawn_from_record(user: AnyUser, row: Recommendation) -> QuerySet[FollowUp]:
    """Updates that stood in the record and were withdrawn: that, when, by whom and why; never their words."""
    seen = Q(activity__isnull=True) | Q(activity__in=archive_base(user).order_by().values("pk"))
    gone = FollowUp.objects.visible_to(user).filter(
        seen, recommendation=row, decided_at__isnull=False, withdrawn_at__isnull=False
    )
    fields = (
        "happened_on",
        "happened_on_precision",
        "recorded_at",
        "withdrawn_at",
        "withdrawn_reason",
        "participant__name",
        "origin",
    )
    return gone.select_related("participant").only(*fields).order_by("-withdrawn_at", "-pk")


def recommendations_on(user: AnyUser, activity: Activity) -> tuple[list[Recommendation], list[Recommendation]]:
    """Recommendations made at this activity, each with its `standing`, and those that it takes forward.

    One query where there is none.
    """
    on_it = FollowUp.objects.visible_to(user).in_record().filter(recommendation=OuterRef("pk"), activity=activity)
    rows: Any = Recommendation.objects.visible_to(user).annotate(is_forward=Exists(on_it))
    parties = (f"addressee_rows__{name}" for name in ("participant", "portfolio", "body"))
    found = with_standing(rows.filter(Q(activity=activity) | Q(is_forward=True)).prefetch_related(with_updates(user), *parties))
    return [row for row in found if row.activity_id == activity.pk], [row for row in found if row.is_forward]  # type: ignore[attr-defined]
