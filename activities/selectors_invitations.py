"""Whom a rule invites, who is written to for each, and what stands in the way: read before issuing and by the worker."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from activities.enums import InvitationState
from activities.enums_invitations import LetterForm
from activities.models import Activity, Invitation, InvitationRule
from activities.selectors_audience import Invitee, audience
from members.enums import Channel, Standing
from members.models import Appointment, Office, Official, Participant, Portfolio, StandingPeriod
from members.selectors_coverage import BOUNCED, lapsed_contacts
from members.selectors_recipients import Recipient, for_matter, for_offices, for_participants

if TYPE_CHECKING:
    from members.models import AnyUser


class Basis(TextChoices):
    """Why a participant is on the list."""

    RULE = "rule", _("by the rule")
    OPEN = "open", _("open to participants from elsewhere and to observers")
    ADDED = "added", _("added")


class Hole(TextChoices):
    """Why nothing reaches a participant as things are. The first two stop the issue until somebody decides."""

    EXPIRED = "expired", _("the term of its focal point has ended, and nobody has followed")
    BOUNCED = "bounced", _("the last message came back")
    NO_ADDRESS = "no-address", _("no address is recorded")
    LEFT = "left", _("it does not take part any more")


BLOCKING = frozenset({Hole.EXPIRED, Hole.BOUNCED})


@dataclass(frozen=True)
class Line:
    """One participant of the list: why it is on it, who is written to, and what is in the way."""

    invitee: Invitee
    basis: Basis
    recipients: tuple[Recipient, ...] = ()
    hole: Hole | None = None
    lapsed: Appointment | None = None  # the focal point whose term ended last
    has_office: bool = False
    is_invited: bool = False

    @property
    def participant(self) -> Participant:
        return self.invitee.participant

    @property
    def blocks(self) -> bool:
        """Whether somebody must decide before letters go to all."""
        return self.hole in BLOCKING and not self.is_invited

    @property
    def is_to_send(self) -> bool:
        return self.hole is None and not self.is_invited

    @property
    def channel(self) -> Channel:
        """How its letters go: through the ministry that passes them on, through the mission, or direct."""
        if any(row.passes_on or row.copy_of for row in self.recipients):
            return Channel.FOREIGN_MINISTRY
        holder = next((row.to for row in self.recipients if row.to), None)
        return Channel(holder.channel) if holder else Channel.DIRECT


@dataclass(frozen=True)
class Way:
    """One recipient as the preview shows it, in words."""

    row: Recipient
    is_note_verbale: bool
    number: int  # among the recipients of its participant, from 1

    @property
    def recipient(self) -> str:
        to = self.row.to
        return to.name if isinstance(to, Official) else getattr(to, "title", "")

    @property
    def ministry(self) -> str:
        ministry = self.row.to.ministry if self.row.to else None
        return ministry.name if ministry else ""

    @property
    def words(self) -> str:
        """How it gets there."""
        if self.row.passes_on:
            return gettext("To the ministry that passes it on")
        if self.row.copy_of:
            return gettext("Copy; the original goes to %(office)s") % {"office": self.row.copy_of.title}
        return str(Channel(self.row.to.channel).label) if self.row.to else ""


@dataclass(frozen=True)
class Audience:
    """What a rule comes to today: who is on the list, and whom the rule would name but for its wishes or a decision."""

    lines: list[Line]
    withheld: list[Invitee]
    left_out: list[Participant]
    digest: str
    rule: InvitationRule

    @property
    def rows(self) -> list[tuple[Line, Way | None]]:
        """A row for each recipient, and one for each participant without any."""
        found: list[tuple[Line, Way | None]] = []
        for line in self.lines:
            ways = [Way(row, is_by_note(self.rule, row), number) for number, row in enumerate(line.recipients, start=1)]
            found += [(line, way) for way in ways] if ways else [(line, None)]
        return found

    @property
    def to_send(self) -> list[Line]:
        return [line for line in self.lines if line.is_to_send]

    @property
    def blocking(self) -> list[Line]:
        return [line for line in self.lines if line.blocks]

    @property
    def invited(self) -> list[Line]:
        return [line for line in self.lines if line.is_invited]

    @property
    def unreachable(self) -> list[Line]:
        return [line for line in self.lines if line.hole and not line.blocks and not line.is_invited]

    @property
    def letters(self) -> int:
        """How many messages would go out."""
        return sum(len(line.recipients) for line in self.to_send)


def standing_invitations(activity: Activity) -> set[int]:
    """Participants that are invited and whose invitation was not taken back."""
    out = [InvitationState.DRAFT, InvitationState.WITHDRAWN]
    rows = Invitation.objects.filter(activity=activity).exclude(state__in=out)
    return set(rows.values_list("participant", flat=True))


def audience_of(rule: InvitationRule, user: AnyUser) -> Audience:
    """Whom `rule` invites as of today. The same number of queries for any number of participants. Empty for all but the desk."""
    invitees = audience(rule.activity, user, areas=rule.areas or None)
    today = _standings()
    chosen: list[tuple[Invitee, Basis]] = []
    withheld: list[Invitee] = []
    left_out: list[Participant] = []
    for invitee in invitees:
        basis = _basis(rule, invitee.participant, today)
        if basis is None:
            continue
        if invitee.participant.slug in rule.left_out:
            left_out.append(invitee.participant)
        elif not invitee.is_in and rule.heeds_interests and basis != Basis.ADDED:
            withheld.append(invitee)
        else:
            chosen.append((invitee, basis))
    lines = _lines(rule, chosen, today)
    return Audience(lines, withheld, left_out, _digest(rule, lines), rule)


def basis_of(rule: InvitationRule, participant: Participant) -> Basis | None:
    """Why `participant` is meant by `rule` as of today; None where it is not."""
    return _basis(rule, participant, _standings())


@dataclass(frozen=True)
class _Today:
    """Standings of today by participant, and participants that had one and have none now."""

    standing: dict[int, str]
    left: frozenset[int]


def _standings() -> _Today:
    current = dict(StandingPeriod.objects.current().values_list("participant", "standing"))
    ever = set(StandingPeriod.objects.values_list("participant", flat=True))
    return _Today(current, frozenset(ever - set(current)))


def _basis(rule: InvitationRule, participant: Participant, today: _Today) -> Basis | None:
    """Why `participant` is meant by the rule before wishes and decisions; None where it is not."""
    if participant.slug in rule.added:
        return Basis.ADDED
    if not rule.by_rule or participant.pk in today.left:
        return None
    if rule.kinds and participant.kind not in rule.kinds:
        return None
    standing = today.standing.get(participant.pk, "")
    of_region = not rule.regions or (participant.region is not None and participant.region.key in rule.regions)
    of_standing = not rule.standings or standing in rule.standings
    if of_region and of_standing:
        return Basis.RULE
    from_elsewhere = not of_region and of_standing
    is_guest = from_elsewhere or standing in {Standing.OBSERVER, Standing.OTHER}
    return Basis.OPEN if rule.is_open and is_guest else None


def _lines(rule: InvitationRule, chosen: Sequence[tuple[Invitee, Basis]], today: _Today) -> list[Line]:
    participants = [invitee.participant for invitee, _basis in chosen]
    written = recipients_of(rule, participants)
    lapsed = lapsed_contacts(participants, topic=rule.topic)
    offices = {row.participant.pk for row in for_offices(participants) if row.is_reachable}
    invited = standing_invitations(rule.activity)
    lines = []
    for invitee, basis in chosen:
        key = invitee.participant.pk
        recipients = tuple(written.get(key, ()))
        is_decided = invitee.participant.slug in rule.by_office
        ended = None if is_decided else lapsed.get(key)
        hole = Hole.LEFT if key in today.left else _hole(recipients, ended, is_decided=is_decided)
        lines.append(
            Line(
                invitee,
                basis,
                recipients=() if hole in {Hole.EXPIRED, Hole.LEFT, Hole.NO_ADDRESS} else recipients,
                hole=hole,
                lapsed=ended,
                has_office=key in offices,
                is_invited=key in invited,
            )
        )
    return lines


def _hole(recipients: Sequence[Recipient], lapsed: Appointment | None, *, is_decided: bool) -> Hole | None:
    if lapsed is not None:
        return Hole.EXPIRED
    if not recipients:
        return Hole.NO_ADDRESS
    if not is_decided and all(BOUNCED in row.doubts for row in recipients):
        return Hole.BOUNCED
    return None


def recipients_of(rule: InvitationRule | None, participants: Iterable[Participant]) -> dict[int, list[Recipient]]:
    """Who is written to for each participant, as of now; those with no address are not in it [16, 18, 20].

    With a topic: the ministry that letters pass through, copied to the focal points on it. Without: the focal points, who
    register the delegation, and the offices of the ministries with the portfolios. Where the rule says so: an office.
    """
    wanted = list(participants)
    by_office = {row.pk for row in wanted if rule and row.slug in rule.by_office}
    found = for_offices([row for row in wanted if row.pk in by_office])
    rest = [row for row in wanted if row.pk not in by_office]
    portfolios = list(Portfolio.objects.filter(key__in=rule.portfolios)) if rule and rule.portfolios else []
    routed: list[Recipient] = []
    if rule and (rule.topic or portfolios):
        routed = for_matter(rest, topic=rule.topic, portfolios=portfolios)
    answered = {row.participant.pk for row in routed if _is_contact(row)}
    found += routed
    found += for_participants([row for row in rest if row.pk not in answered])
    return _by_participant(found)


def _is_contact(row: Recipient) -> bool:
    """Whether the recipient is named for the participant, and not only the ministry that passes letters on."""
    return row.is_contact and row.is_reachable


def _by_participant(found: Iterable[Recipient]) -> dict[int, list[Recipient]]:
    """Each recipient once. An office that only fills in for a missing focal point stays out where somebody is written to."""
    by_participant: dict[int, list[Recipient]] = {}
    for row in found:
        mine = by_participant.setdefault(row.participant.pk, [])
        known = {(type(other.to), other.to.pk) for other in mine if other.to}
        is_filler = isinstance(row.to, Office) and row.is_fallback and bool(mine)
        if row.is_reachable and row.to and not is_filler and (type(row.to), row.to.pk) not in known:
            mine.append(row)
    return {key: rows for key, rows in by_participant.items() if rows}


def is_by_note(rule: InvitationRule, row: Recipient) -> bool:
    """Whether this recipient gets a note verbale: as chosen, or because its way leads through a ministry or mission [20]."""
    if rule.form != LetterForm.AS_ROUTED:
        return rule.form == LetterForm.NOTE_VERBALE
    through = {Channel.FOREIGN_MINISTRY, Channel.MISSION}
    return row.passes_on or row.copy_of is not None or (row.to is not None and row.to.channel in through)


def _digest(rule: InvitationRule, lines: Sequence[Line]) -> str:
    """Of what was shown: another one means that the list is not true any more."""
    shown = [
        (
            line.participant.pk,
            line.basis.value,
            line.hole.value if line.hole else "",
            line.is_invited,
            [(_key(row.to), row.email, row.language, _key(row.copy_of)) for row in line.recipients],
        )
        for line in lines
    ]
    return hashlib.sha256(repr((rule.pk, rule.version, shown)).encode()).hexdigest()


def _key(to: Official | Office | None) -> str:
    return f"{type(to).__name__}-{to.pk}" if to else ""


def recipients_now(invitation: Invitation) -> list[Recipient]:
    """Who is written to about an invitation as of now, by the rule of its activity where it has one."""
    rule = InvitationRule.objects.filter(activity=invitation.activity_id).select_related("topic").first()
    return recipients_of(rule, [invitation.participant]).get(invitation.participant_id, [])


__all__ = [
    "Audience",
    "Basis",
    "Hole",
    "Line",
    "Way",
    "audience_of",
    "basis_of",
    "is_by_note",
    "recipients_now",
    "recipients_of",
    "standing_invitations",
]
