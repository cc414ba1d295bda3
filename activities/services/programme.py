"""The programme of an activity and what its delegates need to know; stored with the activity, in its transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time

from django.utils.translation import gettext as _

from activities.models import Activity, PracticalText, Session, SessionChair
from members.errors import DomainError
from members.models import Forum, Participant
from members.partial_dates import last_day

type Party = Participant | Forum


@dataclass(frozen=True)
class Part:
    """A part of a programme as a form gives it; `session` is the row that it was, None for a new one."""

    title: str
    day: date
    starts_at: time | None = None
    ends_at: time | None = None
    chairs: Sequence[Party] = field(default_factory=list)
    session: int | None = None


def last_day_of(activity: Activity) -> date | None:
    """Last day that the dates of `activity` may mean; None where undated. The generated column says so after a reload only."""
    if activity.start is None:
        return None
    return activity.end or last_day(activity.start, activity.date_precision)


def set_programme(activity: Activity, parts: Iterable[Part]) -> None:
    """Store `parts` as the whole programme. Raises DomainError where one lies outside of the activity's days."""
    known = {row.pk: row for row in activity.sessions.prefetch_related("chair_rows")}
    kept = set()
    for order, part in enumerate(parts):
        row = known.get(part.session or 0) or Session(activity=activity)
        _store(row, part, order)
        kept.add(row.pk)
    activity.sessions.exclude(pk__in=kept).delete()
    check_programme(activity)


def check_programme(activity: Activity) -> None:
    """Raise DomainError where a part of the programme lies outside of the activity's days."""
    if activity.start is None:
        return
    outside = activity.sessions.exclude(day__range=(activity.start, last_day_of(activity))).first()
    if outside is not None:
        raise DomainError(
            _("“%(title)s” of the programme lies outside these days. Change its day, or these dates.") % {"title": outside.title},
            field="start",
        )


def _store(row: Session, part: Part, order: int) -> None:
    new = {"title": part.title, "day": part.day, "starts_at": part.starts_at, "ends_at": part.ends_at, "order": order}
    if row._state.adding or any(getattr(row, name) != value for name, value in new.items()):
        row.version += not row._state.adding
        for name, value in new.items():
            setattr(row, name, value)
        row.full_clean()
        row.save()
    wanted = list(dict.fromkeys(part.chairs))
    if [chair.party for chair in row.chair_rows.select_related("participant", "forum")] != wanted:
        row.chair_rows.all().delete()
        for number, party in enumerate(wanted):
            SessionChair.objects.create(session=row, order=number, **party_column(party))


def party_column(party: Party) -> dict[str, Party]:
    """The column that holds a participant or a forum."""
    return {"forum" if isinstance(party, Forum) else "participant": party}


def set_practical(activity: Activity, texts: Mapping[str, str]) -> None:
    """Store practical information, one text per language; an empty one is taken away."""
    known = {row.language: row for row in activity.practical_texts.all()}
    for language, text in texts.items():
        row, said = known.get(language), text.strip()
        if row is None and said:
            PracticalText.objects.create(activity=activity, language=language, text=said)
        elif row is not None and not said:
            row.delete()
        elif row is not None and row.text != said:
            row.text = said
            row.version += 1
            row.save()


__all__ = ["Part", "Party", "check_programme", "last_day_of", "party_column", "set_practical", "set_programme"]
