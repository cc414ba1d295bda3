"""Who a letter goes to: one named rule each, in one place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from members.enums import Standing
from members.models import Ministry, Office, Official, Participant, Portfolio, Topic
from members.selectors_coverage import ACTING, BOUNCED, EXPIRING, STALE, Contact, bounced_addresses, contacts_of
from members.selectors_routing import routes_for

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
            found.append(Recipient(participant, office, office.email if office else "", participant.language, doubts))
    return found


def for_matter(
    participants: Iterable[Participant], *, topic: Topic | None = None, portfolios: Iterable[Portfolio] = ()
) -> list[Recipient]:
    """Whom a letter on a matter goes to: the office of the ministry it passes through, copied to whoever it is for [16, 18].

    Where no such office can be written to, the focal points are addressed themselves; where nobody of the matter can be,
    the participant's usual recipients are, so that no letter is lost [37]. Doubts are those of the entry.
    """
    found: list[Recipient] = []
    for one in routes_for(participants, topic=topic, portfolios=portfolios):
        addressed = [office for office in one.offices if office.email and office.ministry == one.through]
        holders = _once_each(one.participant, [c for c in one.contacts if c.email])
        known = {recipient.to for recipient in holders}
        holders += [
            _to_office(one.participant, office)
            for office in one.offices
            if office.email and office.ministry in one.ministries and office not in known
        ]
        if addressed:
            copies = [replace(row, copy_of=addressed[0]) for row in holders if row.to != addressed[0]]
            found += [_to_office(one.participant, addressed[0]), *copies]
        else:
            found += holders or for_participants([one.participant])
    return found


def _to_office(participant: Participant, office: Office) -> Recipient:
    doubts = (BOUNCED,) if office.email.lower() in bounced_addresses([office.email]) else ()
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
        )
        for holder, doubts in by_holder.items()
    ]


def _offices(participants: list[Participant]) -> Iterable[Office]:
    """The last one wins: an office of the ministry letters go through, then others, then the invented one of a trial."""
    is_channel = Exists(Ministry.objects.filter(pk=OuterRef("ministry"), portfolios__is_channel=True))
    offices = Office.objects.current().filter(participant__in=participants).exclude(email="").alias(is_channel=is_channel)
    return offices.order_by("-is_invented", "is_channel", "-pk")


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


__all__ = ["RULES", "Recipient", "counterparts", "for_matter", "for_participants", "members_only", "recipients"]
