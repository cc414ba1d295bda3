"""Finding activities by words: full text, references, and the names of those who held them, in any known spelling."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank, TrigramWordSimilarity
from django.db.models import Case, CharField, F, Func, Q, QuerySet, TextField, Value, When, Window
from django.db.models.aggregates import Count
from django.db.models.functions import Concat, Greatest

from activities.models import Activity, Hosting
from members.enums import AccessClass
from members.selectors import participants_named

MOST_RANKED = 1000  # ranking every hit is the worst thing one can do: the newest are ranked
MOST_COMPARED = 5000  # letters are compared in the newest only: no index helps there
LEAST_LIKENESS = 0.45  # of a misspelt word to a word of the record, from 0 to 1
MARKS = ("\x02", "\x03")  # around a found word in a snippet; no text of the record holds them
_REFERENCE = re.compile(r"[A-Za-z]{1,8}-[0-9A-Za-z-]{1,15}")


def query_of(words: str) -> SearchQuery:
    """A search as people type it: words, "a phrase", -without. Never an error, whatever is typed."""
    return SearchQuery(words, config="english", search_type="websearch")


def words_q(words: str) -> Q:
    """Activities that the words find. Three searches by index, joined, so that no table is read through."""
    text = Activity.objects.filter(search=query_of(words)).order_by().values("pk")
    hosted = Hosting.objects.filter(participant__in=participants_named(words)).order_by().values("activity_id")
    legs: list[QuerySet[Any, Any]] = [hosted]
    if _REFERENCE.fullmatch(words):
        legs.append(Activity.objects.filter(reference__istartswith=words).order_by().values("pk"))
    return Q(pk__in=text.union(*legs))


def found_activities(base: QuerySet[Activity], words: str, *, most: int) -> list[Activity]:
    """The best of the newest hits of `words` in `base`, with `found` (hits, at most 1,000) and `snippet`. One query."""
    query = query_of(words)
    newest = base.filter(words_q(words)).order_by(F("start").desc(nulls_last=True), "-reference")[:MOST_RANKED]
    findable = Case(
        When(content_class=AccessClass.PUBLIC, then="outcome"), default=Value(""), output_field=TextField()
    )  # as the index has it
    text = Concat("public_note", Value(" "), findable, output_field=CharField())
    ranked = (
        Activity.objects.filter(pk__in=newest.values("pk"))
        .annotate(
            found=Window(Count("pk")),
            rank=SearchRank(F("search"), query),
            snippet=SearchHeadline(
                text, query, config="english", start_sel=MARKS[0], stop_sel=MARKS[1], max_words=30, min_words=12, max_fragments=1
            ),
        )
        .select_related("kind", "joint_with")
        .order_by("-rank", F("start").desc(nulls_last=True), "-reference")
    )
    found: list[Any] = list(ranked[:most])
    for activity in found:
        activity.snippet = activity.snippet if MARKS[0] in activity.snippet else ""
    return found


def similar_activities(base: QuerySet[Activity], words: str, *, most: int) -> list[Activity]:
    """Activities with a word like `words`, for a search that found nothing. Accents do not count. One query."""
    plain: Any = Unaccent(Value(words))
    likeness = Greatest(
        *(TrigramWordSimilarity(plain, Unaccent(F(field))) for field in ("title", "title_id", "city", "country")),
    )
    newest = base.order_by(F("start").desc(nulls_last=True), "-reference").values("pk")[:MOST_COMPARED]
    rows = Activity.objects.filter(pk__in=newest).annotate(likeness=likeness).filter(likeness__gte=LEAST_LIKENESS)
    return list(
        rows.select_related("kind", "joint_with").order_by("-likeness", F("start").desc(nulls_last=True), "-reference")[:most]
    )


class Unaccent(Func):
    """PostgreSQL's unaccent(): "Türkiye" as "Turkiye"."""

    function = "unaccent"
    output_field = CharField()
