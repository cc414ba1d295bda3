"""Who a letter goes to: one named rule each, in one place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from members.enums import Standing
from members.models import Ministry, Office, Official, Participant, Portfolio, Topic
from members.selectors_coverage import ACTING, BOUNCED, EXPIRING, STALE, Contact, bounced_addresses, contacts_of
from members.selectors_routing import Route, routes_for

DOUBT_WORDS = {
    BOUNCED: _("the last message came back"),
    EXPIRING: _("the term ends soon"),
    STALE: _("not confirmed for 90 days"),
    ACTING: _("acting"),
}


@dataclass(frozen=True)
class Recipient:
    """One official or office to write to, with address and language; `to` is None where nobody is known."""

    participant: Participant
    to: Official | Office | None
    email: str
    language: str
    doubts: tuple[str, ...] = ()  # what is doubtful about the entry: see members.selectors_coverage
    copy_of: Office | None = None  # the letter is addressed to this office, which passes it on
    passes_on: bool = False  # this is that office
    is_contact: bool = False  # named as focal point
    is_fallback: bool = False  # an office that stands in because nobody is named

    @property
    def is_reachable(self) -> bool:
        return self.to is not None and bool(self.email)

    @property
    def doubt_words(self) -> str:
        """The doubts in words, for whoever is about to write."""
        return ", ".join(str(DOUBT_WORDS[doubt]) for doubt in self.doubts if doubt in DOUBT_WORDS)


def for_participants(participants: Iterable[Participant], *, topics: Iterable[int] = ()) -> list[Recipient]:
    """For each participant its current focal points with an address, on one of `topics` where given; else an office.

    A participant without anybody stands in the list too, so that the hole is seen. Entries that nobody confirmed for 90
    days, whose term ends soon or whose last message came back say so in `doubts`.
    """
    wanted, on = list(participants), set(topics)
    contacts = contacts_of(wanted)
    offices = {office.participant_id: office for office in _offices(wanted)}
    bounced = bounced_addresses(office.email for office in offices.values())
    found: list[Recipient] = []
    for participant in wanted:
        own = [c for c in contacts.get(participant.pk, []) if c.email and (not on or c.appointment.topic_id in on)]
        named = _once_each(participant, own)
        found += named
        if not named:
            office = offices.get(participant.pk)
            doubts = (BOUNCED,) if office and office.email.lower() in bounced else ()
            email = office.email if office else ""
            found.append(Recipient(participant, office, email, participant.language, doubts, is_fallback=True))
    return found


def for_offices(participants: Iterable[Participant]) -> list[Recipient]:
    """For each participant the office that stands in where nobody is named, even where somebody is."""
    wanted = list(participants)
    offices = {office.participant_id: office for office in _offices(wanted)}
    bounced = bounced_addresses(office.email for office in offices.values())
    rows = [(row, offices[row.pk]) for row in wanted if row.pk in offices]
    return [_to_office(row, office, bounced) for row, office in rows]


def for_matter(
    participants: Iterable[Participant], *, topic: Topic | None = None, portfolios: Iterable[Portfolio] = ()
) -> list[Recipient]:
    """Whom a letter on a matter goes to: the office of the ministry it passes through, copied to whoever it is for [16, 18].

    Where no such office can be written to, the focal points are addressed themselves; where nobody of the matter can be,
    the participant's usual recipients are, so that no letter is lost [37]. Doubts are those of the entry.
    """
    routes = routes_for(participants, topic=topic, portfolios=portfolios)
    bounced = bounced_addresses(office.email for one in routes for office in one.offices)
    by_route = [_of_route(one, bounced) for one in routes]
    lost = [one.participant for one, rows in zip(routes, by_route, strict=True) if not rows]
    usual: dict[int, list[Recipient]] = {}
    for row in for_participants(lost) if lost else ():
        usual.setdefault(row.participant.pk, []).append(row)
    return [row for one, rows in zip(routes, by_route, strict=True) for row in rows or usual[one.participant.pk]]


def _of_route(one: Route, bounced: set[str]) -> list[Recipient]:
    """Who is addressed and who gets a copy, by one route; nobody where nobody of the matter can be written to."""
    addressed = [office for office in one.offices if office.email and office.ministry == one.through]
    holders = _once_each(one.participant, [c for c in one.contacts if c.email])
    known = {recipient.to for recipient in holders}
    holders += [
        _to_office(one.participant, office, bounced)
        for office in one.offices
        if office.email and office.ministry in one.ministries and office not in known
    ]
    if not addressed:
        return holders
    copies = [replace(row, copy_of=addressed[0]) for row in holders if row.to != addressed[0]]
    return [replace(_to_office(one.participant, addressed[0], bounced), passes_on=True), *copies]


def _to_office(participant: Participant, office: Office, bounced: set[str]) -> Recipient:
    doubts = (BOUNCED,) if office.email.lower() in bounced else ()
    return Recipient(participant, office, office.email, participant.language, doubts)


def _once_each(participant: Participant, contacts: list[Contact]) -> list[Recipient]:
    """Each person or office once, with the doubts of all its places; in the order of the first place."""
    by_holder: dict[Official | Office, list[str]] = {}
    for contact in contacts:
        by_holder.setdefault(contact.holder, []).extend(contact.doubts)
    return [
        Recipient(
            participant,
            holder,
            holder.email,
            (holder.language if isinstance(holder, Official) else "") or participant.language,
            tuple(name for name in DOUBT_WORDS if name in doubts),
            is_contact=True,
        )
        for holder, doubts in by_holder.items()
    ]


def _offices(participants: list[Participant]) -> Iterable[Office]:
    """The last one wins: an office of the ministry letters go through, then others, then the invented one of a trial."""
    is_channel = Exists(Ministry.objects.filter(pk=OuterRef("ministry"), portfolios__is_channel=True))
    offices = Office.objects.current().filter(participant__in=participants).exclude(email="").alias(is_channel=is_channel)
    return offices.select_related("ministry").order_by("-is_invented", "is_channel", "-pk")


def counterparts() -> list[Recipient]:
    """Every member, observer and other participant of today: whom the progress report goes to [83]."""
    standings = [Standing.MEMBER, Standing.OBSERVER, Standing.OTHER]
    return for_participants(_with_standing(standings))


def members_only() -> list[Recipient]:
    """Members of today."""
    return for_participants(_with_standing([Standing.MEMBER]))


def _with_standing(standings: list[Standing]) -> list[Participant]:
    from members.models import StandingPeriod

    then = StandingPeriod.objects.current().filter(standing__in=standings).values("participant")
    return list(Participant.objects.filter(pk__in=then).order_by("name"))


RULES: dict[str, Callable[[], list[Recipient]]] = {"counterparts": counterparts, "members": members_only}


def recipients(rule: str) -> list[Recipient]:
    """Recipients by a named rule. Raises KeyError for a rule that does not exist."""
    return RULES[rule]()


__all__ = ["RULES", "Recipient", "counterparts", "for_matter", "for_offices", "for_participants", "members_only", "recipients"]
