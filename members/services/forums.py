"""Who belongs to another forum [91], and the order of a body's standing items [28]."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from members.audit import acting
from members.enums import Confidence, DatePrecision
from members.errors import Conflict, DomainError
from members.models import Body, Forum, ForumMembership, Participant, Source, StandingItem, User
from members.permissions import check_can
from members.roles import Permission


@transaction.atomic
def change_memberships(  # noqa: PLR0913 - what one sheet says
    *,
    forum: Forum,
    seen: frozenset[int],
    wanted: frozenset[int],
    by: User,
    starts: tuple[date, DatePrecision] | None = None,
    until: tuple[date, DatePrecision] | None = None,
    by_mistake: bool = False,
    sources: Sequence[Source] = (),
    confidence: str = Confidence.PUBLIC,
) -> tuple[int, int]:
    """Make the forum's members of today those of `wanted` (keys of participants); how many were added and taken away.

    `seen` is whom the editor saw as members: another editor's change since raises Conflict. What is taken away ends on the
    last day in `until`, or, recorded by mistake, is removed. Raises DomainError, or ValidationError where periods overlap.
    """
    check_can(by, Permission.MANAGE_CONTACTS)
    Forum.objects.select_for_update().get(pk=forum.pk)
    rows = {row.participant_id: row for row in ForumMembership.objects.current().filter(forum=forum)}
    if frozenset(rows) != seen:
        raise Conflict(_("Somebody else changed who belongs to this forum."), current=frozenset(rows))
    added, gone = wanted - seen, seen - wanted
    if gone and not by_mistake and until is None:
        raise DomainError(_("Say until when, or that it was recorded by mistake."), field="ends")
    with acting(by=by, verb="change_memberships"):
        for row in (rows[key] for key in gone):
            _end(row, until, by_mistake=by_mistake)
        for participant in Participant.objects.filter(pk__in=added).order_by("name"):
            _add(forum, participant, starts, sources, confidence)
    return len(added), len(gone)


def _end(row: ForumMembership, until: tuple[date, DatePrecision] | None, *, by_mistake: bool) -> None:
    if by_mistake or until is None:
        row.delete()
        return
    if row.period_from and until[0] < row.period_from:
        said = _("%(name)s is recorded as belonging to it from a later day on.")
        raise DomainError(said % {"name": row.participant}, field="ends")
    row.period_to, row.period_to_precision = until
    row.version += 1
    row.full_clean()
    row.save()


def _add(
    forum: Forum,
    participant: Participant,
    starts: tuple[date, DatePrecision] | None,
    sources: Sequence[Source],
    confidence: str,
) -> None:
    if participant.forum_id == forum.pk:
        said = _("%(name)s is this forum itself and cannot be its own member.")
        raise DomainError(said % {"name": participant}, field="members")
    first, precision = starts or (None, DatePrecision.UNKNOWN)
    row = ForumMembership(
        forum=forum,
        participant=participant,
        period_from=first,
        period_from_precision=precision,
        period_to_precision=DatePrecision.UNKNOWN,
        confidence=confidence,
    )
    row.full_clean()
    row.save()
    row.source.set(sources)


@transaction.atomic
def move_standing_item(*, item: StandingItem, earlier: bool, by: User) -> None:
    """Put a standing item one place earlier or later; at the end of the list nothing happens."""
    check_can(by, Permission.MANAGE_CONTACTS)
    Body.objects.select_for_update().get(pk=item.body_id)
    rows = list(StandingItem.objects.filter(body=item.body_id))
    place = next((number for number, row in enumerate(rows) if row.pk == item.pk), None)
    if place is None:
        return
    other = place + (-1 if earlier else 1)
    if not 0 <= other < len(rows):
        return
    rows[place], rows[other] = rows[other], rows[place]
    with acting(by=by, verb="move_standingitem"):
        for number, row in enumerate(rows, start=1):
            if row.order != number:
                row.order = number
                row.save(update_fields=["order"])


def next_order(body: Body) -> int:
    """The place after the last standing item of a body."""
    last = StandingItem.objects.filter(body=body).order_by("-order").first()
    return last.order + 1 if last else 1
