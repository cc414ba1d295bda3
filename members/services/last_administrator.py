"""An administrator remains: whatever ends, is merged, imported or closed, somebody can sign in who opens accounts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from django.db.models import Model, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from members.errors import DomainError
from members.models import Appointment, Official, Seat, SeatRole, User
from members.models.appointment import giving
from members.models.base import today
from members.partial_dates import format_partial
from members.roles import Permission

Period = tuple[date, date]  # inclusive on both ends
_PATHS: dict[type[Model], str] = {
    Appointment: "pk",
    Official: "official",
    Seat: "seat",
    SeatRole: "seat__role",
    User: "official__user",
}
_ENDS = ("period_from", "period_to", "official__period_from", "official__period_to", "seat__period_from", "seat__period_to")


@contextmanager
def administrator_remains(*records: Model) -> Iterator[None]:
    """Refuse a change of `records` that leaves a day without an administrator who can sign in, where there was one.

    For use inside a transaction. It locks the accounts of all administrators, now and to come, in one order, so that two
    changes at once see each other. Other records than those of administrators pass unseen. Raises DomainError.
    """
    if not any(_concerns(record) for record in records):
        yield
        return
    lock_administrators()
    before = _periods()
    yield
    after = _periods()
    lost = next((day for day in _turns([*before, *after]) if _covers(before, day) and not _covers(after, day)), None)
    if lost is not None:
        raise DomainError(_refusal(lost), field="successor")


def lock_administrators(*also: int) -> dict[int, User]:
    """Accounts of administrators, now and to come, and those of the keys `also`, locked in one order, by their keys."""
    keys = _places().values_list("official__user", flat=True)
    rows = User.objects.select_for_update().filter(pk__in=[*(key for key in keys if key), *also]).order_by("pk")
    return {row.pk: row for row in rows}


def _concerns(record: Model) -> bool:
    """Whether some administrator's appointment that is not over hangs on the record."""
    return record.pk is not None and _places().filter(**{_PATHS[type(record)]: record.pk}).exists()


def _places() -> QuerySet[Appointment]:
    rows = Appointment.objects.filter(giving(Permission.INVITE_ACCOUNTS), official__user__isnull=False, ended_at__isnull=True)
    return rows.filter(Q(period_to__isnull=True) | Q(period_to__gte=today()))


def _periods() -> list[Period]:
    """When each administrator can act: while appointment, official and seat hold all three, by an account that is open."""
    rows = _places().filter(official__user__is_active=True, official__user__is_service=False).values_list(*_ENDS)
    found = [(max(_known(row[::2]), default=date.min), min(_known(row[1::2]), default=date.max)) for row in rows]
    return [(start, end) for start, end in found if start <= end]


def _known(days: Iterable[date | None]) -> list[date]:
    return [day for day in days if day is not None]


def _turns(periods: Iterable[Period]) -> list[date]:
    """Days from today on on which the number of administrators may change, in their order."""
    days = {today()} | {start for start, _end in periods}
    days |= {end + timedelta(days=1) for _start, end in periods if end < date.max}
    return sorted(day for day in days if day >= today())


def _covers(periods: Iterable[Period], day: date) -> bool:
    return any(start <= day <= end for start, end in periods)


def _refusal(day: date) -> str:
    if day == today():
        said = _("Nobody could sign in as administrator any more.")
    else:
        shown = format_partial(day, "day", get_language() or "en")
        said = _("From %(day)s on nobody could sign in as administrator.") % {"day": shown}
    return f"{said} {_('Name a successor who has an account, or invite another administrator first.')}"
