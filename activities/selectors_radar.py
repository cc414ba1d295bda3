"""The duplication radar: which activities of others, or of ours, a proposal may repeat, and by which reasons [32].

Points are given for named reasons and added up; nothing is learned or weighed in secret. Matter comes first: what the titles have in
common by the lexicon gives up to 6, what a description adds to it counts there too, a topic in common 1. Time: overlapping days 3,
within 60 days 2, within 120 days 1; more than 180 days apart is no overlap. Place: the same city 3, the same country 2, a neighbour
or a region that the title names 1; another part of the world takes 3 away. Ministries: two portfolios in common, or all there are, 2,
one 1. Without 3 points for the matter, or 2 for time and place, there is no overlap, whatever else agrees; none either where
the other is about another field (terrorism, wildlife, disease) that the proposal does not name, and not about people. From 8 points on it is likely.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from activities.models import Activity, ForeignActivity, OverlapDecision, Proposal
from activities.radar_places import are_near, are_neighbours
from activities.radar_words import MANNER, OTHER_FIELD, is_listed, mark_of, names_people, other_fields, weight_of
from activities.selectors_radar_items import FAR, Item, find_subjects, foreign_items, item_of, own_items
from members.models.base import today

if TYPE_CHECKING:
    from datetime import date

    from members.models import AnyUser

LIKELY = 8  # points from which on an overlap is shown
_MATTER_NEEDED, _NEARNESS_NEEDED = 3, 2  # points of them for the matter, and for time and place
_NEAR, _NOT_FAR = 60, 120  # days between the two
_WIDE = 120  # days: within a longer period "at the same time" says little
_STEPS = ((0.75, 6), (0.6, 5), (0.48, 4), (0.36, 3), (0.25, 2), (0.12, 1))
_LITTLE, _MOST_BY_LITTLE, _MOST_IF_ALL = (
    2.0,
    2,
    4,
)  # below this weight in common: points at most, and where it is all that both say
_CHIEF, _MOST_WITHOUT_CHIEF = 2.0, 3  # least weight of what a proposal is chiefly about, and points at most without it
_MOST_BY_DESCRIPTION = 3
_ELSEWHERE = -3


@dataclass(frozen=True)
class Reason:
    """Why two activities may be one, in words, with its points."""

    points: int
    words: str


@dataclass(frozen=True)
class Overlap:
    """An activity that a proposal may repeat: `record` is one of another body (foreign) or one of ours."""

    record: ForeignActivity | Activity
    reasons: tuple[Reason, ...]
    decision: OverlapDecision | None = None

    @property
    def points(self) -> int:
        return sum(reason.points for reason in self.reasons)

    @property
    def kind(self) -> str:
        """Its part of an address: "foreign" or "own"."""
        return "foreign" if isinstance(self.record, ForeignActivity) else "own"


def likely_overlaps(proposal: Proposal, *, user: AnyUser) -> list[Overlap]:
    """Activities that `user` may see and the proposal may repeat, the likeliest first, each with what was decided about it.

    What was decided about stays in the list, also where it is not likely any more.
    """
    decisions = OverlapDecision.objects.visible_to(user).filter(proposal=proposal).select_related("decided_by")
    decided = {(row.foreign_id, row.activity_id): row for row in decisions}
    mine = item_of(proposal)
    others = [*foreign_items(user, mine), *own_items(user, mine, proposal.activity_id)]
    find_subjects([mine, *others])
    found = []
    for other in others:
        is_foreign = isinstance(other.record, ForeignActivity)
        decision = decided.get((other.record.pk, None) if is_foreign else (None, other.record.pk))
        overlap = Overlap(other.record, tuple(_reasons(mine, other)), decision)
        if overlap.points >= LIKELY or decision:
            found.append(overlap)
    return sorted(found, key=lambda overlap: (-overlap.points, overlap.kind, overlap.record.title, overlap.record.pk))


def undecided_overlaps(proposal: Proposal, *, user: AnyUser) -> list[Overlap]:
    """The likely overlaps about which nobody has decided."""
    return [overlap for overlap in likely_overlaps(proposal, user=user) if overlap.decision is None]


def _shown(names: Iterable[str]) -> str:
    """Topics or portfolios in the language of the page."""
    language = get_language()
    pairs = [name.split("|") if "|" in name else ["", name, name] for name in names]
    return ", ".join(sorted((pair[2] if language == "id" else "") or pair[1] for pair in pairs))


def _step(value: float, steps: Iterable[tuple[float, int]]) -> int:
    return next((points for least, points in steps if value >= least), 0)


def _reasons(mine: Item, other: Item) -> list[Reason]:
    """The reasons why the two may be one; none where they are about other things, or too far apart in time or place."""
    gap = _gap(mine, other)
    if (gap is not None and gap > FAR) or not _same_field(mine, other):
        return []
    matter, topics = _matter_reasons(mine, other), _topic_reasons(mine, other)
    if sum(reason.points for reason in matter) < _MATTER_NEEDED:
        return []
    time, place = _time_reasons(mine, other, gap), _place_reasons(mine, other)
    nearness = sum(reason.points for reason in [*time, *place]) + (_NEARNESS_NEEDED if gap is None else 0)
    return [*matter, *topics, *time, *place, *_ministry_reasons(mine, other)] if nearness >= _NEARNESS_NEEDED else []


def _same_field(mine: Item, other: Item) -> bool:
    """Whether the other is of no field that the proposal is not of; where it names people as its matter, that takes nothing away."""
    return other_fields(other.said) <= other_fields(mine.said) or names_people(other.said)


def _matter_reasons(mine: Item, other: Item) -> list[Reason]:
    """What the titles have in common, and what the descriptions and topics add to it."""
    titles = {subject: min(mine.title[subject], other.title[subject]) for subject in mine.title.keys() & other.title.keys()}
    described = {
        subject: weight
        for one, two in ((mine, other), (other, mine))
        for subject in one.title.keys() & two.beside.keys() - titles.keys()
        if (weight := min(one.title[subject], two.beside[subject]))
    }
    by_titles = _matter_points(mine, other, titles)
    more = min(_matter_points(mine, other, titles | described) - by_titles, _MOST_BY_DESCRIPTION)
    found = []
    if by_titles:
        found.append(Reason(by_titles, _("the titles say the same: %(words)s") % {"words": _in_words(mine, other, titles)}))
    if more > 0:
        said = _("its description or topics say the same: %(words)s") % {"words": _in_words(mine, other, described)}
        found.append(Reason(more, said))
    return found


def _matter_points(mine: Item, other: Item, shared: dict[str, float]) -> int:
    """Points for what is in common against all that each title says. Manner, place and office count beside a matter only."""
    matters = {subject for subject in shared if _is_matter(subject, mine, other)}
    if not matters or not mine.title or not other.title:
        return 0
    common = sum(shared.values())
    points = _step(common / math.sqrt(sum(mine.title.values()) * sum(other.title.values())), _STEPS)
    if common < _LITTLE:
        is_all = set(mine.title) == set(other.title)
        return min(points, _MOST_IF_ALL if is_all else _MOST_BY_LITTLE)
    said = mine.said & mine.title.keys()
    heaviest = max((weight_of(subject) for subject in said), default=0)
    chief = {subject for subject in said if weight_of(subject) == heaviest >= _CHIEF}
    return points if not chief or chief & shared.keys() else min(points, _MOST_WITHOUT_CHIEF)


def _is_matter(subject: str, mine: Item, other: Item) -> bool:
    """Whether a subject is one by itself: not a manner, a place or an office, nor a word that no list knows."""
    is_known = is_listed(subject) or subject in mine.said or subject in other.said
    return is_known and mark_of(subject) not in {MANNER, OTHER_FIELD}


def _in_words(mine: Item, other: Item, subjects: dict[str, float]) -> str:
    """The words of each for what they have in common, what weighs most first."""
    ordered = sorted(subjects, key=lambda subject: (-subjects[subject], subject))
    return ", ".join(dict.fromkeys(_both(mine.words[subject], other.words[subject]) for subject in ordered))


def _both(one: str, other: str) -> str:
    return one if one == other else f"{one} / {other}"


def _topic_reasons(mine: Item, other: Item) -> list[Reason]:
    same = mine.topics & other.topics
    return [Reason(1, _("same topic: %(topics)s") % {"topics": _shown(same)})] if same else []


def _gap(mine: Item, other: Item) -> int | None:
    """Days between the two, 0 where they overlap; None where a date is not known. A proposal without a date lies ahead."""
    if other.start is None or other.end is None:
        return None
    if mine.start is None or mine.end is None:
        return max((today() - other.end).days, 0) or None
    return max((other.start - mine.end).days, (mine.start - other.end).days, 0)


def _is_long(start: date | None, end: date | None) -> bool:
    return start is not None and end is not None and (end - start).days > _WIDE


def _time_reasons(mine: Item, other: Item, gap: int | None) -> list[Reason]:
    if gap is None or mine.start is None or mine.end is None:
        return []
    if gap == 0 and _is_long(mine.start, mine.end):
        return [Reason(1, _("within the period of the proposal"))]
    if _is_long(other.start, other.end):
        return [Reason(1, _("perhaps at the same time"))] if gap == 0 else []
    if gap == 0:
        return [Reason(3, _("at the same time"))]
    if gap > _NOT_FAR:
        return []
    said = ngettext("%(number)d day apart", "%(number)d days apart", gap) % {"number": gap}
    return [Reason(2 if gap <= _NEAR else 1, said)]


def _place_reasons(mine: Item, other: Item) -> list[Reason]:
    """Where the two are and for whom: an event elsewhere may be for the region of the proposal, and one here for another."""
    here = mine.areas
    if other.areas and here and not are_near(here, other.areas) and not _is_next_to(mine, other):
        return [] if other.reach.is_global else [Reason(_ELSEWHERE, _("for another part of the world"))]
    if mine.country and mine.country == other.country:
        is_same = bool(mine.city) and mine.city == other.city
        return [Reason(3, _("same city")) if is_same else Reason(2, _("same country"))]
    if here & other.reach.areas:
        return [Reason(1, _("for the same region: %(words)s") % {"words": other.reach.words})]
    return [Reason(1, _("neighbouring country"))] if are_neighbours(mine.country, other.country) else []


def _is_next_to(mine: Item, other: Item) -> bool:
    return not other.reach.areas and are_neighbours(mine.country, other.country)


def _ministry_reasons(mine: Item, other: Item) -> list[Reason]:
    same = mine.ministries & other.ministries
    if not same:
        return []
    points = 2 if len(same) > 1 or mine.ministries == other.ministries else 1
    return [Reason(points, _("same ministries: %(names)s") % {"names": _shown(same)})]
