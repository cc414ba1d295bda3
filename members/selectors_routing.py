"""Where a matter goes: to which ministry, through which channel, as of which day; and what the record does not know."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.enums import Channel
from members.models import Ministry, Office, Participant, Portfolio, Topic
from members.models.base import today
from members.selectors_coverage import Contact, contacts_of

# What the record does not know about a route.
NO_FOCAL_POINT, NO_MINISTRY, NO_CHANNEL, NO_ADDRESS = "no-focal-point", "no-ministry", "no-channel", "no-address"
# What it knows, but not for sure.
OTHER_TIME, UNCONFIRMED = "other-time", "unconfirmed"
ROUTE_WORDS: dict[str, str | Promise] = {
    NO_FOCAL_POINT: gettext_lazy("nobody is named"),
    NO_MINISTRY: gettext_lazy("no ministry is recorded"),
    NO_CHANNEL: gettext_lazy("the ministry that letters go through is not recorded"),
    NO_ADDRESS: gettext_lazy("no address is recorded"),
    OTHER_TIME: gettext_lazy("documented for another time"),
    UNCONFIRMED: gettext_lazy("unconfirmed"),
}
_YEAR = re.compile(r"\d{4}")


@dataclass(frozen=True)
class Route:
    """The way of a matter to one participant as of `day`.

    `ministries` are those it is for, the principal first; `through` is the ministry that passes letters on, None where they
    go direct; `contacts` hold the place of focal point; `offices` are posts of these ministries that can be written to.
    """

    participant: Participant
    day: date
    topic: Topic | None
    portfolios: tuple[Portfolio, ...]
    ministries: tuple[Ministry, ...]
    channel: str
    through: Ministry | None
    contacts: tuple[Contact, ...]
    offices: tuple[Office, ...]
    holes: tuple[str, ...]
    doubts: tuple[str, ...]

    @property
    def ministry(self) -> Ministry | None:
        """The ministry that the matter is for."""
        return self.ministries[0] if self.ministries else None

    @property
    def matter(self) -> str:
        """What the matter is about, in words."""
        return self.topic.name if self.topic else ", ".join(portfolio.name for portfolio in self.portfolios)

    @property
    def words(self) -> str:
        """The route as a sentence, without naming persons."""
        names = {"matter": self.matter, "ministry": self.ministry, "through": self.through}
        if self.ministry is None and self.contacts:
            return _("A matter of %(matter)s goes to the focal point.") % names
        if self.ministry is None:
            return _("The record does not say where a matter of %(matter)s goes.") % names
        if self.through is not None:
            return _("A matter of %(matter)s goes to %(ministry)s, through %(through)s.") % names
        if self.channel == Channel.MISSION:
            return _("A matter of %(matter)s goes to %(ministry)s, through the mission.") % names
        return _("A matter of %(matter)s goes to %(ministry)s.") % names

    @property
    def public_words(self) -> str:
        """What anybody may know to be doubtful: nothing about persons and addresses."""
        return ", ".join(str(ROUTE_WORDS[name]) for name in self.doubts if name in ROUTE_WORDS)

    @property
    def doubt_words(self) -> str:
        """Holes and doubts in words, for whoever is about to write."""
        return ", ".join(str(ROUTE_WORDS[name]) for name in (*self.holes, *self.doubts) if name in ROUTE_WORDS)


@dataclass(frozen=True)
class _Known:
    """What routes are read from, for one participant and day."""

    participant: Participant
    day: date
    ministries: list[Ministry]
    offices: list[Office]
    contacts: list[Contact]

    @property
    def channel(self) -> Ministry | None:
        """The ministry that has the portfolio letters go through [18]."""
        return next((row for row in self.ministries if any(p.is_channel for p in row.portfolios.all())), None)


def _known(participants: Iterable[Participant], day: date | None) -> list[_Known]:
    """Five queries for any number of participants."""
    wanted, when = list(participants), day or today()
    ministries: dict[int, list[Ministry]] = {}
    rows = Ministry.objects.as_of(when).filter(participant__in=wanted).select_related("successor")
    for row in rows.prefetch_related("portfolios", "focal_topic").order_by("period_from", "pk"):
        if not (row.successor and row.successor.holds_on(when)):
            ministries.setdefault(row.participant_id, []).append(row)
    offices: dict[int, list[Office]] = {}
    for office in _offices(wanted, when):
        offices.setdefault(office.participant_id, []).append(office)
    contacts = contacts_of(wanted, day=day)
    return [_Known(one, when, ministries.get(one.pk, []), offices.get(one.pk, []), contacts.get(one.pk, [])) for one in wanted]


def _offices(participants: list[Participant], day: date) -> QuerySet[Office]:
    rows = Office.objects.as_of(day).filter(participant__in=participants, ministry__isnull=False, is_invented=False)
    return rows.select_related("ministry").order_by("pk")


def route(
    participant: Participant, *, topic: Topic | None = None, portfolios: Iterable[Portfolio] = (), day: date | None = None
) -> Route:
    """Where a matter of `topic`, or for `portfolios`, goes as of `day` (today where none is given) [16, 18, 37]."""
    (known,) = _known([participant], day)
    return _route(known, topic, tuple(portfolios))


def routes_of(participant: Participant, *, day: date | None = None) -> list[Route]:
    """A route for each topic that the participant has a focal point or a ministry for, in the order of the topics."""
    (known,) = _known([participant], day)
    topics = {topic for row in known.ministries for topic in row.focal_topic.all()}
    topics |= {contact.appointment.topic for contact in known.contacts if contact.appointment.topic}
    return [_route(known, topic, ()) for topic in sorted(topics, key=lambda topic: (topic.order, topic.key))]


def routes_for(
    participants: Iterable[Participant], *, topic: Topic | None = None, portfolios: Iterable[Portfolio] = ()
) -> list[Route]:
    """Today's route of one matter to each of `participants`, in their order."""
    wanted = tuple(portfolios)
    return [_route(known, topic, wanted) for known in _known(participants, None)]


def _route(known: _Known, topic: Topic | None, portfolios: tuple[Portfolio, ...]) -> Route:
    contacts = [c for c in known.contacts if topic and c.appointment.topic_id == topic.pk]
    ministries = _ministries(known, topic, portfolios, contacts)
    channel = contacts[0].holder.channel if contacts else Channel.FOREIGN_MINISTRY
    through = known.channel if channel == Channel.FOREIGN_MINISTRY else None
    offices = [office for office in known.offices if office.ministry in [*ministries, *([through] if through else [])]]
    holes = {
        NO_FOCAL_POINT: topic is not None and not contacts,
        NO_MINISTRY: not ministries,
        NO_CHANNEL: channel == Channel.FOREIGN_MINISTRY and through is None,
        NO_ADDRESS: not any(c.is_reachable for c in contacts) and not any(office.email for office in offices),
    }
    named = [c.ministry for c in contacts]
    doubts = {name for c in contacts for name in c.doubts}
    doubts |= {OTHER_TIME for row in ministries[:1] if row not in named and not documented_on(row, known.day)}
    doubts |= {UNCONFIRMED for row in ministries[:1] if row.is_unconfirmed}
    return Route(
        participant=known.participant,
        day=known.day,
        topic=topic,
        portfolios=portfolios,
        ministries=tuple(ministries),
        channel=channel,
        through=through if ministries[:1] != [through] else None,
        contacts=tuple(contacts),
        offices=tuple(offices),
        holes=tuple(name for name, holds in holes.items() if holds),
        doubts=tuple(sorted(doubts)),
    )


def _ministries(known: _Known, topic: Topic | None, portfolios: tuple[Portfolio, ...], contacts: list[Contact]) -> list[Ministry]:
    """Ministries of the focal points; else those documented with the topic, the channel last; then those with the portfolios."""
    named = [contact.ministry for contact in contacts if contact.ministry]
    on_topic = [row for row in known.ministries if topic and topic in row.focal_topic.all()]
    own = [row for row in on_topic if row != known.channel]
    with_portfolio = [row for row in known.ministries if set(portfolios) & set(row.portfolios.all())]
    return list(dict.fromkeys([*(named or own or on_topic), *with_portfolio]))


def documented_on(ministry: Ministry, day: date) -> bool:
    """Whether the source's words on the period hold `day`; a period without a year says nothing against it."""
    years = [int(year) for year in _YEAR.findall(ministry.period)]
    return not years or min(years) <= day.year <= max(years)


__all__ = [
    "NO_ADDRESS",
    "NO_CHANNEL",
    "NO_FOCAL_POINT",
    "NO_MINISTRY",
    "OTHER_TIME",
    "ROUTE_WORDS",
    "UNCONFIRMED",
    "Route",
    "documented_on",
    "route",
    "routes_for",
    "routes_of",
]
