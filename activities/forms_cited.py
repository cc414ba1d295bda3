"""Whether what a form cites is in the record, said at its field: a symbol that nobody can follow proves nothing [60, 72]."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from activities.selectors_cited import cited_documents
from members.models import Process
from members.symbols import symbols_in

if TYPE_CHECKING:
    from members.models import AnyUser


def check_document(reader: AnyUser, symbol: str, version: int | None) -> None:
    """Raises ValidationError, by field, unless `reader` may see a document with this symbol and it has that version."""
    if not symbol:
        if version is not None:
            raise ValidationError({"document_symbol": _("Give the symbol of the document too.")})
        return
    document = cited_documents(reader, [symbol]).get(symbol)
    if document is None:
        raise ValidationError({"document_symbol": unknown(symbol)})
    if version is not None and version not in document.numbers:
        raise ValidationError({"document_version": _no_version(symbol, document.numbers)})


def check_named(reader: AnyUser, text: str, *, kept: Iterable[str] = ()) -> None:
    """Raises ValidationError where `text` names a document by a symbol of this process that `reader` cannot find.

    Papers of others have symbols of their own and are taken as they are. Those in `kept` stood there before.
    """
    stem = f"{_prefix()}-"
    named = [symbol for symbol in symbols_in(text) if symbol.startswith(stem) and symbol not in set(kept)]
    known = cited_documents(reader, named)
    for symbol in named:
        if symbol not in known:
            raise ValidationError(unknown(symbol))


def unknown(symbol: str) -> str:
    """What is said at the field of a symbol that nobody can follow."""
    return _("The record has no document %(symbol)s. Record the document first, or correct the symbol.") % {"symbol": symbol}


def _no_version(symbol: str, numbers: list[int]) -> str:
    if not numbers:
        return _("The record holds no file of %(symbol)s. Leave the version empty.") % {"symbol": symbol}
    words = {"symbol": symbol, "numbers": ", ".join(str(number) for number in numbers)}
    return _("%(symbol)s has no such version. The record holds: %(numbers)s.") % words


def _prefix() -> str:
    process = Process.objects.first()
    return process.prefix if process else ""
