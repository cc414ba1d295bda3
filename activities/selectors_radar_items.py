"""What the duplication radar compares: a proposal, activities of others and our own, each read for what it is about [32]."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat

from activities.enums import ActivityStatus
from activities.models import Activity, ForeignActivity, Proposal
from activities.radar_places import Reach, area_of, reach_of
from activities.radar_words import OTHER_FIELD, Words, entries_of, mark_of, names_people, read_words, weight_of, wider
from activities.selectors_places import country_codes
from members.models import Portfolio, Topic
from members.models.base import today
from members.names import plain
from members.partial_dates import last_day

if TYPE_CHECKING:
    from members.models import AnyUser

FAR = 180  # days apart from which on nothing makes two one
_LONGEST_MONTHS = 366  # days that a date known to the year may cover
_WIDER = 1.0  # weight, at most, of what a subject is a part of
_BESIDE = 0.5  # of a subject's weight, where the description or the topics name it and the title does not
_OTHER, _OTHERS_COUNTED = 0.5, 3  # weight of a word that nothing is known of, and how many of them count


@dataclass
class Item:
    """One activity as the radar compares it. `title` and `beside` hold the weight of each subject."""

    record: Any
    text: str
    start: date | None
    end: date | None
    country: str
    city: str
    topics: frozenset[str] = frozenset()
    ministries: frozenset[str] = frozenset()
    described: str = ""
    reach: Reach = field(default_factory=lambda: Reach(frozenset(), "", is_global=False))
    said: frozenset[str] = frozenset()  # the subjects that the title names, without what they are a part of
    title: dict[str, float] = field(default_factory=dict)
    beside: dict[str, float] = field(default_factory=dict)  # what only the description or the topics name
    words: dict[str, str] = field(default_factory=dict)  # subject → the words that say so

    @property
    def areas(self) -> frozenset[str]:
        """The parts of the world that it is for: those that the title names, or else where it is."""
        return self.reach.areas or frozenset(filter(None, [area_of(self.country)]))


def _names(rows: QuerySet[Any]) -> ArraySubquery:
    """Of each linked row key and names in one text, divided by "|"."""
    return ArraySubquery(rows.values(said=Concat(F("key"), Value("|"), F("name_en"), Value("|"), F("name_id"))))


def _linked(model: Any, field_name: str, target: Any) -> ArraySubquery:
    through = getattr(model, field_name).through
    source, goal = model._meta.model_name, target._meta.model_name
    keys = through.objects.filter(**{source: OuterRef(OuterRef("pk"))}).values(goal)
    return _names(target._default_manager.filter(pk__in=keys))


def item_of(proposal: Proposal) -> Item:
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
        proposal.added_value,
    )


def _in_reach(mine: Item, first: str, last: str) -> Q:
    """Not so far in time that nothing else could make it an overlap; without a date it may be. Older ones lie behind a proposal."""
    start, end = mine.start or today(), mine.end
    near = Q(**{f"{first}__isnull": True}) | Q(**{f"{last}__gte": start - timedelta(days=FAR)})
    near |= Q(**{f"{last}__isnull": True, f"{first}__gte": start - timedelta(days=FAR + _LONGEST_MONTHS)})
    return near & Q(Q(**{f"{first}__isnull": True}) | Q(**{f"{first}__lte": end + timedelta(days=FAR)})) if end else near


def foreign_items(user: AnyUser, mine: Item) -> list[Item]:
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
            row.summary,
        )
        for row in rows
    ]


def own_items(user: AnyUser, mine: Item, not_this: int | None) -> list[Item]:
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
            described=f"{row.scope} {row.added_value}",
        )
        for row in rows
    ]


def _said(names: Iterable[str], more: str = "") -> frozenset[str]:
    """Topics as "key|English|Indonesian", and words of a list that name none of ours."""
    return frozenset([*names, *(word.strip() for word in more.split(";") if word.strip())])


def english(said: str) -> str:
    return said.split("|")[1] if "|" in said else said


def find_subjects(items: list[Item]) -> None:
    """Read all titles, descriptions and topics; words that no list knows are brought to their stems. Three queries."""
    more = entries_of(_vocabulary())
    titles = [read_words(item.text, more) for item in items]
    places = [set(item.city.split()) for item in items]
    unknown = [[word for word in words.others if word not in city] for words, city in zip(titles, places, strict=True)]
    stems = _stems({word for words in unknown for word in words})
    topics = {topic: read_words(english(topic), more) for topic in {topic for item in items for topic in item.topics}}
    for item, words, others in zip(items, titles, unknown, strict=True):
        _weigh(item, words, [(stems[word], word) for word in others[:_OTHERS_COUNTED]])
        _look_beside(item, [read_words(item.described, more), *(topics[topic] for topic in sorted(item.topics))])
        item.reach = reach_of(item.text)


def _weigh(item: Item, words: Words, others: list[tuple[str, str]]) -> None:
    """Weigh what a title says. Where people are its matter, another field's word in it says where or by whom, and weighs nothing."""
    of_people = names_people(words.subjects)
    item.said = frozenset(words.subjects)
    matter = {subject: said for subject, said in words.subjects.items() if not (of_people and mark_of(subject) == OTHER_FIELD)}
    for subject, said in matter.items():
        item.title[subject] = weight_of(subject)
        item.words[subject] = said
    for subject, said in matter.items():
        for wide in wider(subject):
            item.title.setdefault(wide, min(weight_of(wide), _WIDER))
            item.words.setdefault(wide, said)
    for stem, said in others:
        item.title.setdefault(stem, _OTHER)
        item.words.setdefault(stem, said)


def _look_beside(item: Item, readings: Iterable[Words]) -> None:
    for words in readings:
        for subject, said in words.subjects.items():
            for name in (subject, *wider(subject)):
                item.beside.setdefault(name, weight_of(name) * _BESIDE)
                item.words.setdefault(name, said)


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
