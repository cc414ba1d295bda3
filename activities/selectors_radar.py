"""The duplication radar: which activities of others, or of ours, a proposal may repeat, and by which reasons [32].

Points are given for named reasons and added up; nothing is learned or weighed in secret. Subject: words of the titles up to 4 (where
all they have in common is what much of the work is about, and other subjects differ, 1 or 2), topics up to 3. Time: overlapping days
3, within 60 days 2, within 120 days 1; more than 180 days apart is no overlap. Place: the same city 2, the same country 1. Ministries:
two portfolios in common, or all there are, 2, one 1. Without 3 points for the subject there is no overlap, whatever else agrees, and
none between what is about goods and what is not; from 7 points on it is likely.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from activities.enums import ActivityStatus
from activities.models import Activity, ForeignActivity, OverlapDecision, Proposal
from activities.radar_words import Words, core_subjects, entries_of, goods, read_words
from activities.selectors_places import country_codes
from members.models import Portfolio, Topic
from members.models.base import today
from members.names import plain
from members.partial_dates import last_day

if TYPE_CHECKING:
    from members.models import AnyUser

LIKELY = 7  # points from which on an overlap is shown
_SUBJECT_NEEDED = 3  # of them for what it is about
_NEAR, _NOT_FAR, _FAR = 60, 120, 180  # days between the two
_LONGEST_MONTHS = 366  # days that a date known to the year may cover
_WIDE = 120  # days: within a longer period "at the same time" says little
_BACKGROUND = 10  # activities assumed beside those compared, so that a short list weighs words as a long one does
_TITLE_STEPS = ((0.55, 4), (0.35, 3), (0.2, 2), (0.1, 1))
_TOPIC_STEPS = ((0.6, 3), (0.4, 2), (0.2, 1))


@dataclass
class Item:
    """One activity as the radar compares it. `title` and `subject` are sets of what their words are about."""

    record: Any
    text: str
    start: date | None
    end: date | None
    country: str
    city: str
    topics: frozenset[str] = frozenset()
    ministries: frozenset[str] = frozenset()
    words: Words = field(default_factory=lambda: Words({}, ()))
    title: dict[str, str] = field(default_factory=dict)  # what it is about → the words that say so
    subject: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()  # the part of it that the topics name


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
    mine = _item_of(proposal)
    others = [*_foreign_items(user, mine), *_own_items(user, mine, proposal.activity_id)]
    _find_subjects([mine, *others])
    weights = _weights([mine, *others])
    found = []
    for other in others:
        is_foreign = isinstance(other.record, ForeignActivity)
        decision = decided.get((other.record.pk, None) if is_foreign else (None, other.record.pk))
        overlap = Overlap(other.record, tuple(_reasons(mine, other, weights)), decision)
        if overlap.points >= LIKELY or decision:
            found.append(overlap)
    return sorted(found, key=lambda overlap: (-overlap.points, overlap.kind, overlap.record.title, overlap.record.pk))


def undecided_overlaps(proposal: Proposal, *, user: AnyUser) -> list[Overlap]:
    """The likely overlaps about which nobody has decided."""
    return [overlap for overlap in likely_overlaps(proposal, user=user) if overlap.decision is None]


def _names(rows: QuerySet[Any]) -> ArraySubquery:
    """Of each linked row key and names in one text, divided by "|"."""
    return ArraySubquery(rows.values(said=Concat(F("key"), Value("|"), F("name_en"), Value("|"), F("name_id"))))


def _linked(model: Any, field_name: str, target: Any) -> ArraySubquery:
    through = getattr(model, field_name).through
    source, goal = model._meta.model_name, target._meta.model_name
    keys = through.objects.filter(**{source: OuterRef(OuterRef("pk"))}).values(goal)
    return _names(target._default_manager.filter(pk__in=keys))


def _item_of(proposal: Proposal) -> Item:
    row: Any = (
        Proposal.objects.annotate(
            topic_names=_linked(Proposal, "topics", Topic), portfolio_names=_linked(Proposal, "portfolios", Portfolio)
        )
        .only("pk")
        .get(pk=proposal.pk)
    )
    start = proposal.earliest
    end = proposal.latest
    if start and not end:
        end = last_day(start, proposal.earliest_precision)
    elif end and not start:
        start = end
    return Item(
        proposal,
        proposal.title,
        start,
        end,
        proposal.country,
        plain(proposal.city),
        _said(row.topic_names),
        frozenset(row.portfolio_names),
    )


def _in_reach(mine: Item, first: str, last: str) -> Q:
    """Not so far in time that nothing else could make it an overlap; without a date it may be. Older ones lie behind a proposal."""
    start, end = mine.start or today(), mine.end
    near = Q(**{f"{first}__isnull": True}) | Q(**{f"{last}__gte": start - timedelta(days=_FAR)})
    near |= Q(**{f"{last}__isnull": True, f"{first}__gte": start - timedelta(days=_FAR + _LONGEST_MONTHS)})
    return near & Q(Q(**{f"{first}__isnull": True}) | Q(**{f"{first}__lte": end + timedelta(days=_FAR)})) if end else near


def _foreign_items(user: AnyUser, mine: Item) -> list[Item]:
    rows: Any = ForeignActivity.objects.visible_to(user).select_related("forum")
    rows = rows.filter(_in_reach(mine, "date", "end") | Q(decisions__proposal=mine.record)).distinct()
    rows = rows.annotate(
        topic_names=_linked(ForeignActivity, "topics", Topic), portfolio_names=_linked(ForeignActivity, "portfolios", Portfolio)
    )
    return [
        Item(
            row,
            row.title,
            row.date,
            row.end or (last_day(row.date, row.date_precision) if row.date else None),
            row.country,
            plain(row.city),
            _said(row.topic_names, row.topics_said),
            frozenset(row.portfolio_names),
        )
        for row in rows
    ]


def _own_items(user: AnyUser, mine: Item, not_this: int | None) -> list[Item]:
    """Our own activities, past and planned; a country is text there, so its name is looked up."""
    rows: Any = Activity.objects.visible_to(user).live().exclude(status=ActivityStatus.CANCELLED)
    rows = rows.exclude(pk=not_this) if not_this else rows
    rows = rows.filter(_in_reach(mine, "start", "last_day") | Q(overlap_decisions__proposal=mine.record)).distinct()
    rows = list(rows.annotate(portfolio_names=_linked(Activity, "portfolios", Portfolio)).defer("search", "outcome", "notes"))
    codes = country_codes() if rows else {}
    return [
        Item(
            row,
            row.title,
            row.start,
            row.last_day,
            codes.get(plain(row.country), ""),
            plain(row.city),
            ministries=frozenset(row.portfolio_names),
        )
        for row in rows
    ]


def _said(names: Iterable[str], more: str = "") -> frozenset[str]:
    """Topics as "key|English|Indonesian", and words of a list that name none of ours."""
    return frozenset([*names, *(word.strip() for word in more.split(";") if word.strip())])


def _english(said: str) -> str:
    return said.split("|")[1] if "|" in said else said


def _shown(names: Iterable[str]) -> str:
    """Topics or portfolios in the language of the page."""
    language = get_language()
    pairs = [name.split("|") if "|" in name else ["", name, name] for name in names]
    return ", ".join(sorted((pair[2] if language == "id" else "") or pair[1] for pair in pairs))


def _find_subjects(items: list[Item]) -> None:
    """Read all titles and topics; words that the lexicon does not know are brought to their stems. Three queries."""
    more = entries_of(_vocabulary())
    topics = {topic: read_words(_english(topic), more) for item in items for topic in item.topics}
    for item in items:
        item.words = read_words(item.text, more)
    stems = _stems({word for words in [*topics.values(), *(item.words for item in items)] for word in words.others})
    for item in items:
        place = set(item.city.split())
        item.title = {**item.words.subjects, **{stems[word]: word for word in item.words.others if word not in place}}
        named = [topics[topic] for topic in item.topics]
        item.named = frozenset[str]().union(
            *(words.subjects for words in named), *([stems[w] for w in words.others] for words in named)
        )
        item.subject = item.named.union(item.title)


def _vocabulary() -> list[tuple[str, ...]]:
    """Key and names of topics and portfolios. Two queries."""
    names = ("key", "name_en", "name_id")
    return [*Topic.objects.values_list(*names), *Portfolio.objects.values_list(*names)]


def _stems(words: Collection[str]) -> dict[str, str]:
    """Each word by its stem: PostgreSQL's stemmers for Indonesian and English, one after the other, so that one form is left."""
    if not words:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word, coalesce((ts_lexize('english_stem', i.stem))[1], i.stem) FROM unnest(%s::text[]) word, "
            "LATERAL (SELECT coalesce(nullif((ts_lexize('indonesian_stem', word))[1], ''), word) AS stem) i",
            [sorted(words)],
        )
        return dict(cursor.fetchall())


def _weights(items: list[Item]) -> dict[str, float]:
    """How much it says that two have a word in common: little where many have it."""
    counts = Counter(word for item in items for word in item.subject)
    total, core = len(items) + _BACKGROUND, core_subjects()
    return {word: math.log(1 + total / (number + (_BACKGROUND * 0.4 if word in core else 1))) for word, number in counts.items()}


def _likeness(one: Collection[str], other: Collection[str], weights: dict[str, float]) -> float:
    """From 0 to 1: the weight of what is common against the weight of each."""
    both = sum(weights[word] for word in set(one) & set(other))
    return both / math.sqrt(sum(weights[word] for word in one) * sum(weights[word] for word in other)) if both else 0.0


def _step(value: float, steps: Iterable[tuple[float, int]]) -> int:
    return next((points for least, points in steps if value >= least), 0)


def _reasons(mine: Item, other: Item, weights: dict[str, float]) -> list[Reason]:
    """The reasons why the two may be one; none where they are about other things, or too far apart in time."""
    subject = _subject_reasons(mine, other, weights) if goods(mine.title) == goods(other.title) else []
    gap = _gap(mine, other)
    if sum(reason.points for reason in subject) < _SUBJECT_NEEDED or (gap is not None and gap > _FAR):
        return []
    return [*subject, *_time_reasons(mine, gap), *_place_reasons(mine, other), *_ministry_reasons(mine, other)]


def _subject_reasons(mine: Item, other: Item, weights: dict[str, float]) -> list[Reason]:
    found = []
    common = sorted(set(mine.title) & set(other.title), key=lambda word: (-weights[word], word))
    if points := min(_step(_likeness(mine.title, other.title, weights), _TITLE_STEPS), _most(mine, other, common)):
        words = ", ".join(_both(mine.title[word], other.title[word]) for word in common)
        found.append(Reason(points, _("the titles say the same: %(words)s") % {"words": words}))
    same = mine.topics & other.topics
    at_least = 0 if not same else 2 if mine.topics == other.topics and not mine.named <= core_subjects() else 1
    if points := max(_step(_likeness(mine.subject, other.subject, weights), _TOPIC_STEPS), at_least):
        said = _("same topic: %(topics)s") % {"topics": _shown(same)} if same else _("the same subject by titles and topics")
        found.append(Reason(points, said))
    return found


def _most(mine: Item, other: Item, common: Collection[str]) -> int:
    """The most that titles can give: what much of the work is about says little beside other subjects that are not the same."""
    if not core_subjects().issuperset(common):
        return _TITLE_STEPS[0][1]
    differing = bool(set(mine.title) - set(common)) + bool(set(other.title) - set(common))
    return (_TITLE_STEPS[0][1], 2, 1)[differing]


def _both(one: str, other: str) -> str:
    return one if one == other else f"{one} / {other}"


def _gap(mine: Item, other: Item) -> int | None:
    """Days between the two, 0 where they overlap; None where a date is not known. A proposal without a date lies ahead."""
    if other.start is None or other.end is None:
        return None
    if mine.start is None or mine.end is None:
        return max((today() - other.end).days, 0) or None
    return max((other.start - mine.end).days, (mine.start - other.end).days, 0)


def _time_reasons(mine: Item, gap: int | None) -> list[Reason]:
    if gap is None or mine.start is None or mine.end is None:
        return []
    if gap == 0 and (mine.end - mine.start).days > _WIDE:
        return [Reason(1, _("within the period of the proposal"))]
    if gap == 0:
        return [Reason(3, _("at the same time"))]
    if gap > _NOT_FAR:
        return []
    said = ngettext("%(number)d day apart", "%(number)d days apart", gap) % {"number": gap}
    return [Reason(2 if gap <= _NEAR else 1, said)]


def _place_reasons(mine: Item, other: Item) -> list[Reason]:
    if mine.country and mine.country == other.country:
        is_same = bool(mine.city) and mine.city == other.city
        return [Reason(2, _("same city")) if is_same else Reason(1, _("same country"))]
    return []


def _ministry_reasons(mine: Item, other: Item) -> list[Reason]:
    same = mine.ministries & other.ministries
    if not same:
        return []
    points = 2 if len(same) > 1 or mine.ministries == other.ministries else 1
    return [Reason(points, _("same ministries: %(names)s") % {"names": _shown(same)})]
