"""Reading other forums: who belongs to which, as of a day."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Lower

from members.models import Delivery, Forum, ForumContact, ForumKind, ForumMembership, Participant
from members.models.base import today
from members.selectors_coverage import LOST, with_last_message

if TYPE_CHECKING:
    from members.models import AnyUser


@dataclass(frozen=True)
class Line:
    """One participant with one cell per forum of the matrix: its membership, or None."""

    participant: Participant
    cells: list[tuple[Forum, ForumMembership | None]]


@dataclass(frozen=True)
class Matrix:
    """Participants × forums, both in English alphabetical order; only those with a membership on the day."""

    forums: list[Forum]
    lines: list[Line]


def forums_found(user: AnyUser, words: str = "", kind: str = "") -> QuerySet[Forum]:
    """Forums in the order of their kinds, each with `members_now`, the number of participants that belong to it today."""
    day = today()
    holds = Q(memberships__period_from__isnull=True) | Q(memberships__period_from__lte=day)
    holds &= Q(memberships__period_to__isnull=True) | Q(memberships__period_to__gte=day)
    rows = (
        Forum.objects.visible_to(user)
        .select_related("kind", "region", "participant")
        .prefetch_related("source")
        .annotate(members_now=Count("memberships", filter=holds & Q(memberships__isnull=False)))
    )
    if words:
        rows = rows.filter(
            Q(full_name__unaccent__icontains=words)
            | Q(short_name__unaccent__icontains=words)
            | Q(relationship__unaccent__icontains=words)
        )
    if kind and "\x00" not in kind:
        rows = rows.filter(kind__key=kind)
    return rows.order_by("kind__order", "full_name")


def with_code(forums: QuerySet[Forum], code: str) -> QuerySet[Forum]:
    """The forum of this code; none for an address that holds what the database cannot."""
    return forums.none() if "\x00" in code else forums.filter(code=code)


def kinds_of_forums() -> QuerySet[ForumKind]:
    """Kinds that a forum on record has."""
    return ForumKind.objects.filter(forums__isnull=False).distinct()


def memberships_on(user: AnyUser, day: date) -> QuerySet[ForumMembership]:
    """Memberships of `day`, by participant and forum."""
    rows = ForumMembership.objects.visible_to(user).as_of(day).select_related("forum", "participant").prefetch_related("source")
    return rows.order_by(Lower("participant__name"), Lower("forum__short_name"), "pk")


def membership_matrix(user: AnyUser, day: date) -> Matrix:
    """Who belonged to which forum on `day`. The same number of queries for any number of rows."""
    cells: dict[Participant, dict[int, ForumMembership]] = defaultdict(dict)
    forums: dict[int, Forum] = {}
    for row in memberships_on(user, day):
        forums[row.forum_id] = row.forum
        cells[row.participant][row.forum_id] = row
    columns = sorted(forums.values(), key=lambda forum: forum.short_name.casefold())
    lines = [Line(who, [(forum, held.get(forum.pk)) for forum in columns]) for who, held in cells.items()]
    return Matrix(columns, lines)


def members_of(user: AnyUser, forum: Forum, day: date) -> list[ForumMembership]:
    """Participants that belonged to `forum` on `day`."""
    return list(memberships_on(user, day).filter(forum=forum))


def past_members_of(user: AnyUser, forum: Forum) -> list[ForumMembership]:
    """Memberships of `forum` that have ended."""
    rows = ForumMembership.objects.visible_to(user).filter(forum=forum, period_to__lt=today())
    return list(rows.select_related("participant").order_by(Lower("participant__name"), "period_to", "pk"))


def members_at_desk(user: AnyUser, forum: Forum) -> tuple[list[ForumMembership], list[ForumMembership]]:
    """Memberships of `forum` that hold today, and those that have ended. One query."""
    rows = ForumMembership.objects.visible_to(user).filter(forum=forum).select_related("participant")
    found, day = list(rows.order_by(Lower("participant__name"), "period_to", "pk")), today()
    return [row for row in found if row.holds_on(day)], [row for row in found if row.period_to and row.period_to < day]


def forums_of(user: AnyUser, participant: Participant, day: date) -> list[ForumMembership]:
    """Forums that `participant` belonged to on `day`."""
    return list(memberships_on(user, day).filter(participant=participant).order_by(Lower("forum__short_name"), "pk"))


def letters_to(user: AnyUser, forum: Forum) -> QuerySet[Delivery]:
    """Letters to posts of `forum`, the latest first."""
    rows = Delivery.objects.visible_to(user).filter(forum_contact__forum=forum)
    return rows.select_related("forum_contact", "letter").order_by("-queued_at", "-pk")


def forums_to_mend(user: AnyUser) -> set[int]:
    """Keys of forums of whose current contacts one's last letter came back or could not be handed over."""
    rows: Any = with_last_message(ForumContact.objects.visible_to(user).current())
    return set(rows.filter(last_message__in=LOST).values_list("forum_id", flat=True))


def contacts_of(user: AnyUser, forum: Forum) -> tuple[list[ForumContact], list[ForumContact]]:
    """Posts of `forum` that can be written to, and those of the past; nothing outside the secretariat.

    Each with `last_message`, what became of the last message to its address, or None.
    """
    rows = list(with_last_message(ForumContact.objects.visible_to(user).filter(forum=forum)))
    past = [row for row in rows if row.period_to and row.period_to < today()]
    return [row for row in rows if row not in past], past
