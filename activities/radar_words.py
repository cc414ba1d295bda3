"""What the words of a title are about, in English and Bahasa Indonesia: subjects by a small lexicon, other words as they are.

The lexicon (lexicon/subjects.txt) names what processes like this one work on, and what is next to it. Beside it stand the names of
the portal's own topics and portfolios, so that one whose work is something else needs no other lexicon. Words that say only what
kind of event it is, or that something is to be improved (lexicon/empty.txt), say nothing about its subject and are left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from members.names import plain

_FOLDER = Path(__file__).resolve().parent / "lexicon"
type Entries = dict[str, list[tuple[tuple[str, ...], str]]]


def _lines(name: str) -> list[str]:
    text = (_FOLDER / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


@cache
def _empty() -> frozenset[str]:
    return frozenset(word for line in _lines("empty.txt") for word in line.split())


@cache
def _marked(mark: str) -> frozenset[str]:
    return frozenset(line.partition(":")[0][1:] for line in _lines("subjects.txt") if line.startswith(mark))


def core_subjects() -> frozenset[str]:
    """Subjects on which much of the work is: to have them in common says less."""
    return _marked("+")


def goods(subjects: Iterable[str]) -> frozenset[str]:
    """Those of `subjects` that are goods: what is about them is not about people."""
    return _marked("!") & frozenset(subjects)


@dataclass(frozen=True)
class Words:
    """A text as what it is about: subject → the words that said so; and the other words that say something."""

    subjects: dict[str, str]
    others: tuple[str, ...]


@cache
def _entries() -> Entries:
    """Entries by the first two letters of their first word, the longest first."""
    pairs = [line.lstrip("+!").partition(": ") for line in _lines("subjects.txt")]
    return _sorted((tuple(entry.split()), subject) for subject, _colon, listed in pairs for entry in listed.split(", "))


def _sorted(pairs: Iterable[tuple[tuple[str, ...], str]]) -> Entries:
    found: Entries = {}
    for parts, subject in pairs:
        found.setdefault(parts[0][:2], []).append((parts, subject))
    for entries in found.values():
        entries.sort(key=lambda pair: (-len(pair[0]), -sum(len(part) for part in pair[0])))
    return found


def entries_of(names: Iterable[tuple[str, ...]]) -> Entries:
    """Entries from a vocabulary: (key, name, name in another language, …). Names that the lexicon knows need none."""
    pairs = []
    for key, *said in names:
        if not read_words(said[0]).subjects:
            pairs += [(words, key) for name in said if (words := read_words(name).others)]
    return _sorted(pairs)


def _fits(part: str, word: str) -> bool:
    stem, star, ending = part.partition("*")
    return word == part if not star else word.startswith(stem) and word.endswith(ending)


def _entry_at(words: list[str], place: int, more: Entries) -> tuple[int, str] | None:
    """How many words from `place` an entry takes, and its subject; `more` are entries beside the lexicon's."""
    start = words[place][:2]
    for parts, subject in [*_entries().get(start, []), *more.get(start, [])]:
        here = words[place : place + len(parts)]
        if len(here) == len(parts) and all(_fits(part, word) for part, word in zip(parts, here, strict=True)):
            return len(parts), subject
    return None


def read_words(text: str, more: Entries | None = None) -> Words:
    """What a title, or the name of a topic or portfolio, is about; `more` are entries of the portal's own vocabulary."""
    words, place = plain(text.replace("-", " ").replace("/", " ").replace("’s", "").replace("'s", "")).split(), 0
    subjects: dict[str, str] = {}
    others: list[str] = []
    while place < len(words):
        found = _entry_at(words, place, more or {})
        if found:
            subjects.setdefault(found[1], " ".join(words[place : place + found[0]]))
            place += found[0]
            continue
        if words[place] not in _empty() and not words[place].isdigit() and len(words[place]) > 1:
            others.append(words[place])
        place += 1
    return Words(_of_people(subjects), tuple(dict.fromkeys(others)))


def _of_people(subjects: dict[str, str]) -> dict[str, str]:
    """Bare "trafficking" or "smuggling" is of people unless the title names goods."""
    said = subjects.get("illicit trade", "")
    if not said or goods(subjects):
        return subjects
    del subjects["illicit trade"]
    if said.startswith("traffick"):
        subjects.setdefault("trafficking", said)
    elif said.startswith(("smuggl", "penyelundup")):
        subjects.setdefault("smuggling", said)
    else:
        subjects["illicit trade"] = said
    return subjects
