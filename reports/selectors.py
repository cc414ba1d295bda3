"""Reading documents, for the pages that show them."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import QueryDict

from activities.models import Activity
from activities.selectors import archive_base
from members.enums import Confidence
from members.models.base import over_by
from members.words import clean_words
from reports.enums import DocumentKind, Held
from reports.models import Document, DocumentVersion

if TYPE_CHECKING:
    from members.models import AnyUser


def documents_for(user: AnyUser) -> QuerySet[Document]:
    """What the document archive may show `user`."""
    return Document.objects.visible_to(user).live()


def documents_by(user: AnyUser, day: date | None) -> QuerySet[Document]:
    """The archive's documents; with a day, those dated by then: a partial date counts to its last day, none is not known."""
    rows = documents_for(user)
    return rows.filter(over_by(day)) if day else rows


def activities_with_documents(user: AnyUser) -> QuerySet[Any, Any]:
    """Keys of activities that have a document `user` may see, for a filter."""
    return documents_for(user).filter(activity__isnull=False).order_by().values("activity")


def document_count(user: AnyUser) -> Coalesce:
    """Number of documents of the outer activity that `user` may see, as a subquery."""
    counted = documents_for(user).filter(activity=OuterRef("pk")).order_by().values("activity").annotate(n=Count("pk"))
    return Coalesce(Subquery(counted.values("n"), output_field=IntegerField()), 0)


def documents_of(user: AnyUser, activity: Activity) -> QuerySet[Document]:
    """Documents of one activity that `user` may see, with what their rows show."""
    return documents_for(user).filter(activity=activity).select_related("current_version")


def latest_document(user: AnyUser) -> Document | None:
    """The newest report or outcome document that can be read, here or elsewhere, and is confirmed."""
    known = documents_for(user).exclude(held=Held.NOT_HELD).exclude(confidence=Confidence.GENERAL_KNOWLEDGE)
    return known.filter(kind__in=["report", "outcome"]).select_related("activity", "current_version").first()


def documents_matching(user: AnyUser, words: str) -> QuerySet[Document]:
    """Documents whose title, symbol or text holds `words`."""
    query = SearchQuery(words, config="english", search_type="websearch")
    in_text = (
        DocumentVersion.objects.annotate(found=SearchVector("text", config="english")).filter(found=query).values("document")
    )
    return documents_for(user).filter(
        Q(search=query) | Q(symbol__istartswith=words) | Q(title__unaccent__icontains=words) | Q(pk__in=in_text)
    )


def documents_asked(user: AnyUser, data: QueryDict) -> QuerySet[Document]:
    """Documents under the filters of an address, the same for page, exports and feed; what makes no sense is left out."""
    words = clean_words(data.get("q", ""))
    rows = documents_matching(user, words) if words else documents_for(user)
    kind, held, year = data.get("kind", ""), data.get("held", ""), data.get("year", "")
    rows = rows.filter(kind=kind) if kind in DocumentKind.values else rows
    rows = rows.filter(held=held) if held in Held.values else rows
    return rows.filter(date__year=int(year)) if re.fullmatch(r"[0-9]{4}", year) and int(year) else rows


def with_authors(rows: QuerySet[Document]) -> QuerySet[Document]:
    """Rows with all that a list or page shows of them."""
    return rows.select_related("activity", "current_version").prefetch_related("authors", "author_bodies", "source")


def with_activity_seen(user: AnyUser, rows: QuerySet[Document]) -> QuerySet[Document]:
    """Rows that say whether `user` may see the activity that they are of, and the codes of its aims. No query more."""
    own = OuterRef("activity")
    objectives = Activity.objectives.through.objects.filter(activity=own).order_by("objective").values("objective__code")
    areas = Activity.programme_areas.through.objects.filter(activity=own).order_by("programmearea").values("programmearea__code")
    return rows.annotate(
        is_activity_seen=Exists(archive_base(user).filter(pk=own)),
        objective_codes=ArraySubquery(objectives),
        area_codes=ArraySubquery(areas),
    )
