"""Symbols of documents in running text, as in "BP-R-2004-01, paragraph 5"."""

from __future__ import annotations

import re

SYMBOL = re.compile(r"\b[A-Za-z]{2,8}-[RSAGD]-\d{4}-\d{2,4}(?:\.(?:Add|Corr|Rev)\d+)?\b")


def symbols_in(text: str) -> list[str]:
    """Each symbol that `text` names, once, in its order."""
    return list(dict.fromkeys(SYMBOL.findall(text)))
