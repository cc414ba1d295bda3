"""Comparing names of persons and places whatever the accents, case, order of parts and script of their letters."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from difflib import get_close_matches
from math import ceil

ENOUGH = 10
NEAR = 0.6  # share of common trigrams from which two names are near
_FORMS = frozenset(
    ["mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "dame", "hon", "bapak", "ibu", "bpk"]
)  # of address, not of a name
_SPECIAL = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d", "þ": "th", "ħ": "h"})
_ZAWGYI = re.compile(
    "(?:^|[^\u1000-\u109f])[\u102b-\u1032\u1036-\u103e]"  # begins with a sign that hangs on a letter
    "|[^\u1000-\u1021\u1025\u1027\u1029\u1039\u103a-\u103f\u104e\u1050-\u1097\uaa60-\uaa7f]\u1031"  # e before its letter
    "|\u1039(?![\u1000-\u1021\u1050-\u1070\u1075-\u1081])"  # a stacking sign with nothing below
    "|[\u1000-\u1021][\u1033\u1034\u1060-\u1064\u1066-\u1068\u106c-\u106d\u1085\u1094\u1095]"
)


def plain(text: str) -> str:
    """Letters and digits only, without accents and case; other scripts keep their letters, marks included."""
    folded = unicodedata.normalize("NFKD", text).casefold().translate(_SPECIAL)
    kept: list[str] = []
    latin = False
    for sign in folded:
        kind = unicodedata.category(sign)
        if kind.startswith("M"):
            if not latin and kept:
                kept.append(sign)  # a vowel sign is part of a word in Thai, Burmese or Hindi
        elif kind[0] in "LN":
            latin = unicodedata.name(sign, "").startswith(("LATIN", "GREEK", "CYRILLIC"))
            kept.append(sign)
        elif sign not in "'’‘`":
            kept.append(" ")
    return unicodedata.normalize("NFC", " ".join("".join(kept).split()))


_MENDED = 0.35  # of the trigrams of what two names do not share, from which on one may be the other with letters put right


def name_key(name: str) -> str:
    """A name with its parts sorted and without forms of address: the same for "Dr TANAKA Tarō" and "Taro Tanaka"."""
    parts = plain(name).split()
    return " ".join(sorted([part for part in parts if part not in _FORMS] or parts))


def close_key(name: str) -> str:
    """The same without spaces, for scripts that write none between parts."""
    return "".join(plain(name).split())


def trigrams(key: str) -> frozenset[str]:
    """Trigrams of the words of a key, padded as PostgreSQL's pg_trgm pads them."""
    return frozenset(f"  {word} "[place : place + 3] for word in key.split() for place in range(len(word) + 1))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Share of common trigrams, from 0 to 1."""
    both = len(one & other)
    return both / (len(one) + len(other) - both) if both else 0.0


class NearNames[K: Hashable]:
    """Which of many names are near to one. Only names that share a rare trigram are compared, so that 2,000 take no time."""

    def __init__(self, names: Iterable[tuple[K, str]]) -> None:
        self._grams = {key: trigrams(name) for key, name in names}
        self._count = Counter(gram for grams in self._grams.values() for gram in grams)
        self._by_gram: dict[str, list[K]] = defaultdict(list)
        for key, grams in self._grams.items():
            for gram in self._rarest(grams):
                self._by_gram[gram].append(key)

    def _rarest(self, grams: frozenset[str]) -> Sequence[str]:
        """Two sets as alike as NEAR share at least one of these, by whichever of the two it is counted."""
        ordered = sorted(grams, key=lambda gram: (self._count[gram], gram))
        return ordered[: len(ordered) - ceil(NEAR * len(ordered)) + 1]

    def near(self, name: str, is_wanted: Callable[[K], bool]) -> list[tuple[float, K]]:
        """Keys of wanted near names with their likeness, the most alike first; ten at most are looked for."""
        own = trigrams(name)
        seen: set[K] = set()
        found: list[tuple[float, K]] = []
        for key in (key for gram in self._rarest(own) for key in self._by_gram.get(gram, ())):
            if key not in seen and is_wanted(key):
                seen.add(key)
                likely = likeness(own, self._grams[key])
                if likely >= NEAR:
                    found.append((likely, key))
            if len(found) == ENOUGH:
                break
        return sorted(found, key=lambda one: -one[0])


def nearest(text: str, known: Iterable[str], number: int = 3) -> list[str]:
    """The known names most like a text, best first; none where nothing is like it."""
    by_key = {plain(name): name for name in known}
    return [by_key[key] for key in get_close_matches(plain(text), list(by_key), number, 0.6)]


def looks_like_zawgyi(text: str) -> bool:
    """Whether Burmese text is written in the old Zawgyi font encoding, in which its letters mean something else."""
    return _ZAWGYI.search(text) is not None


def may_be_one(one: str, other: str) -> bool:
    """Whether one name may be the other mended: one has all parts of the other, or what they do not share is nearly the same.

    A first name in common is no more than that: two people may share it.
    """
    first, second = set(name_key(one).split()), set(name_key(other).split())
    apart, others = " ".join(sorted(first - second)), " ".join(sorted(second - first))
    if not apart or not others or close_key(one) == close_key(other):
        return True
    return likeness(trigrams(apart), trigrams(others)) >= _MENDED
