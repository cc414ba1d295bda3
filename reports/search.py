"""Finding documents by words: titles, symbols, and the text of the versions that are current."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank, SearchVector
from django.db.models import CharField, F, OuterRef, QuerySet, Subquery, Value, Window
from django.db.models.aggregates import Count
from django.db.models.functions import Coalesce

from reports.models import Document, DocumentVersion
from reports.selectors import documents_for

if TYPE_CHECKING:
    from members.models import AnyUser

MOST_RANKED = 1000
MARKS = ("\x02", "\x03")  # around a found word in a snippet; no text of a document holds them


def found_documents(user: AnyUser, words: str, *, most: int) -> list[Document]:
    """The best of the newest hits that `user` may see, with `found` (hits, at most 1,000), and `snippet`. One query."""
    query = SearchQuery(words, config="english", search_type="websearch")
    newest = (
        documents_for(user).filter(pk__in=_hits(query, words)).order_by(F("date").desc(nulls_last=True), "symbol")[:MOST_RANKED]
    )
    texts = _current_texts(query).filter(document=OuterRef("pk")).order_by("language")
    headline = texts.annotate(
        headline=SearchHeadline(
            "text", query, config="english", start_sel=MARKS[0], stop_sel=MARKS[1], max_words=30, min_words=12, max_fragments=1
        )
    )
    ranked = (
        Document.objects.filter(pk__in=newest.values("pk"))
        .annotate(
            found=Window(Count("pk")),
            rank=SearchRank(F("search"), query),
            snippet=Coalesce(Subquery(headline.values("headline")[:1]), Value(""), output_field=CharField()),
        )
        .select_related("activity", "current_version")
        .order_by("-rank", F("date").desc(nulls_last=True), "symbol")
    )
    return list(ranked[:most])


def _current_texts(query: SearchQuery) -> QuerySet[DocumentVersion]:
    """Texts in which the words stand, of current versions in any language."""
    current = DocumentVersion.objects.filter(number=F("document__current_version__number"))
    return current.annotate(vector=SearchVector("text", config="english")).filter(vector=query)


def _hits(query: SearchQuery, words: str) -> QuerySet[Any, Any]:
    titles = Document.objects.filter(search=query).order_by().values("pk")
    symbols = Document.objects.filter(symbol__istartswith=words).order_by().values("pk")
    return titles.union(symbols, _current_texts(query).order_by().values("document_id"))
