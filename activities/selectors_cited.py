"""What the record cites of documents, and what came of one. Documents are kept by an app above, which answers by symbol."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.module_loading import import_string

from activities.models import Mandate, Recommendation, ReviewEvidence
from activities.selectors import archive_base
from members.symbols import symbols_in

if TYPE_CHECKING:
    from members.models import AnyUser

MOST = 100  # of each kind, on the page of one document


@dataclass(frozen=True)
class CitedFile:
    """One file of a document: number of its version, language, how it ends ("pdf") and its address."""

    number: int
    language: str
    extension: str
    url: str


@dataclass(frozen=True)
class CitedDocument:
    """A document as a citation needs it: what it is called, its page, its files in the order of versions."""

    symbol: str
    title: str
    url: str
    files: tuple[CitedFile, ...] = ()

    @property
    def numbers(self) -> list[int]:
        """Numbers of its versions, each once, from the first."""
        return sorted({file.number for file in self.files})

    def files_of(self, number: int | None) -> list[CitedFile]:
        """The files of one version, one for each language."""
        return [file for file in self.files if file.number == number]


type Cited = Mapping[str, CitedDocument]


def cited_documents(user: AnyUser, symbols: Iterable[str]) -> Cited:
    """The documents of `symbols` that `user` may see, by symbol. Two queries; none where nothing is cited.

    `settings.DOCUMENT_REGISTER` names the function that knows: one of a user and of symbols, in an app above.
    """
    wanted = {symbol for symbol in symbols if symbol}
    if not wanted:
        return {}
    register: Callable[[AnyUser, Iterable[str]], Cited] = import_string(settings.DOCUMENT_REGISTER)
    return register(user, wanted)


def symbols_of_aim(row: Any) -> list[str]:
    """Symbols that the acts and the reviews of a goal, objective or area name; of rows that were read with both."""
    found = [symbol for mandate in row.mandates_then for symbol in symbols_in(mandate.paragraph)]
    for review in row.reviews_then:
        if "evidence" in getattr(review, "_prefetched_objects_cache", {}):
            found += [evidence.document_symbol for evidence in review.evidence.all()]
    return found


@dataclass(frozen=True)
class CameOf:
    """What cites one document: recommendations made from it, evidence of reviews, acts that name a paragraph of it."""

    recommendations: list[Recommendation]
    evidence: list[ReviewEvidence]
    mandates: list[Mandate]

    def __bool__(self) -> bool:
        return bool(self.recommendations or self.evidence or self.mandates)


def came_of(user: AnyUser, symbol: str) -> CameOf:
    """What cites the document with this symbol, as far as `user` may see it. Three queries."""
    made = Recommendation.objects.visible_to(user).filter(document_symbol=symbol)
    found = ReviewEvidence.objects.filter(
        document_symbol=symbol, review__meeting__in=archive_base(user).order_by().values("pk")
    ).select_related("review__meeting", "review__objective", "review__goal")
    acts = Mandate.objects.visible_to(user).filter(paragraph__contains=symbol)
    acts = acts.select_related("activity", "goal", "objective", "area").order_by("pk")
    return CameOf(
        list(made.select_related("objective", "area").order_by("reference")[:MOST]),
        list(found.order_by("review__meeting__start", "review__pk", "order", "pk")[:MOST]),
        [act for act in acts[:MOST] if symbol in symbols_in(act.paragraph)],
    )
