"""What the words of a title are about, in English and Bahasa Indonesia: subjects by a lexicon, other words as they are.

The lexicon (lexicon/subjects.txt) names what processes like this one work on, what is next to it, and what is another field's.
Beside it stand the names of the portal's own topics and portfolios, so that one whose work is something else needs no other lexicon.
Words that say only what kind of event it is, or that something is to be improved (lexicon/empty.txt), say nothing about its subject
and are left out. A longer word with one letter wrong, missing, doubled or in another place is read as the word that it resembles.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from members.names import plain

_FOLDER = Path(__file__).resolve().parent / "lexicon"
_SUBJECT = re.compile(r"([+~!$]?)(\d(?:\.\d)?) ([^<:]+?)(?: < ([^:]+))?: (.+)")
_LEAST_LETTERS = 6  # of a word, or of its stem, that may be misspelt
_OWN_WEIGHT = 2.0  # of the portal's own topics and portfolios that the lexicon does not know
PEOPLE, MANNER, OTHER_FIELD, BARE = "+", "~", "!", "$"
type Entries = dict[str, list[tuple[tuple[str, ...], str]]]


@dataclass(frozen=True)
class Subject:
    """A line of the lexicon: its mark, how much it says that two have it in common, and what it is a part of."""

    mark: str
    weight: float
    parents: tuple[str, ...]
    entries: tuple[str, ...]


@dataclass(frozen=True)
class Words:
    """A text as what it is about: subject → the words that said so; and the other words that say something."""

    subjects: dict[str, str]
    others: tuple[str, ...]


def lines_of(name: str) -> list[str]:
    """The lines of a file of the lexicon, without its comments."""
    text = (_FOLDER / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


@cache
def _empty() -> frozenset[str]:
    """Words that say nothing of a subject; those that name a part of the world among them."""
    places = [line.partition(": ")[2] for line in lines_of("places.txt") if line.startswith(("says", "everywhere"))]
    return frozenset(word.strip(",") for line in [*lines_of("empty.txt"), *places] for word in line.split())


@cache
def lexicon() -> dict[str, Subject]:
    """Every subject of the lexicon by its name. Raises ValueError where a line cannot be read."""
    found = {}
    for line in lines_of("subjects.txt"):
        if line.startswith("&"):
            continue
        said = _SUBJECT.fullmatch(line)
        if said is None:
            raise ValueError(f"This line of the lexicon cannot be read: {line[:60]}")
        mark, weight, name, parents, entries = said.groups()
        found[name] = Subject(
            mark, float(weight), tuple((parents or "").split(", ")) if parents else (), tuple(entries.split(", "))
        )
    return found


@cache
def compounds() -> tuple[tuple[str, str, str], ...]:
    """(subject, one, other): what two subjects of a title say together."""
    lines = [line[2:].partition(": ") for line in lines_of("subjects.txt") if line.startswith("&")]
    return tuple((name, *_two(pair)) for name, _colon, pairs in lines for pair in pairs.split(", "))


def _two(pair: str) -> tuple[str, str]:
    one, _plus, other = pair.partition(" + ")
    return one, other


def weight_of(subject: str) -> float:
    """How much it says that two have `subject` in common."""
    known = lexicon().get(subject)
    return known.weight if known else _OWN_WEIGHT


def is_listed(subject: str) -> bool:
    """Whether the lexicon names the subject."""
    return subject in lexicon()


def mark_of(subject: str) -> str:
    """PEOPLE, MANNER, OTHER_FIELD, or "" for a matter of the field."""
    known = lexicon().get(subject)
    return known.mark if known else ""


@cache
def wider(subject: str) -> tuple[str, ...]:
    """Everything that `subject` is a part of, the nearest first."""
    known = lexicon().get(subject)
    near = known.parents if known else ()
    return tuple(dict.fromkeys([*near, *(name for parent in near for name in wider(parent))]))


def other_fields(subjects: Iterable[str]) -> frozenset[str]:
    """Those of `subjects` that are another field's."""
    return frozenset(subject for subject in subjects if mark_of(subject) == OTHER_FIELD)


def names_people(subjects: Iterable[str]) -> bool:
    """Whether people are named as the matter, so that another field's word takes nothing away."""
    return any(mark_of(subject) == PEOPLE for subject in subjects)


@cache
def _entries() -> Entries:
    """Entries by the first two letters of their first word, the longest first."""
    pairs = ((entry, name) for name, subject in lexicon().items() for entry in subject.entries)
    return _sorted((tuple(entry.split()), name) for entry, name in pairs)


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


def fits(part: str, word: str) -> bool:
    """Whether a word is one of an entry's, which may end in * for any ending and have * within."""
    stem, star, ending = part.partition("*")
    if not star:
        return word == part
    return word.startswith(stem) and word.endswith(ending) and len(word) >= len(stem) + len(ending)


@cache
def _spellings() -> dict[str, list[tuple[str, bool]]]:
    """Words of the lexicon that are long enough to be misspelt, by their first letter: the word, and whether any ending may follow."""
    words = {part for entries in _entries().values() for parts, _subject in entries for part in parts}
    found: dict[str, list[tuple[str, bool]]] = {}
    for word in sorted(words):
        stem, star, ending = word.partition("*")
        if len(stem) >= _LEAST_LETTERS and not ending:
            found.setdefault(stem[0], []).append((stem, bool(star)))
    return found


def _one_apart(one: str, other: str) -> bool:
    """Whether one letter is wrong, missing, too many, or two neighbours have changed places."""
    if abs(len(one) - len(other)) > 1:
        return False
    place = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    a, b = one[place:], other[place:]
    if len(a) == len(b):
        return a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
    return a[1:] == b if len(a) > len(b) else a == b[1:]


@lru_cache(maxsize=20_000)
def _known_spelling(word: str) -> str:
    """The word of the lexicon that `word` is but for one letter; otherwise itself."""
    listed = _spellings().get(word[:1], [])
    if (
        len(word) < _LEAST_LETTERS
        or word in _empty()
        or any(word == stem or (is_open and word.startswith(stem)) for stem, is_open in listed)
    ):
        return word
    for stem, is_open in listed:
        lengths = (len(stem) - 1, len(stem), len(stem) + 1) if is_open else (len(word),)
        for length in lengths:
            if length <= len(word) and _one_apart(word[:length], stem):
                return stem + (word[length:] if is_open else "")
    return word


def split_words(text: str) -> list[str]:
    """The words of a text in small letters, without signs and possessives."""
    return plain(text.replace("-", " ").replace("/", " ").replace("’s", "").replace("'s", "")).split()


@lru_cache(maxsize=20_000)
def _starting(word: str) -> tuple[tuple[tuple[str, ...], str], ...]:
    """Entries of the lexicon whose first word this is, the longest first."""
    return tuple((parts, subject) for parts, subject in _entries().get(word[:2], []) if fits(parts[0], word))


def _entry_at(words: list[str], place: int, more: Entries) -> tuple[int, str] | None:
    """How many words from `place` an entry takes, and its subject; `more` are entries beside the lexicon's."""
    for parts, subject in [*_starting(words[place]), *more.get(words[place][:2], [])]:
        here = words[place : place + len(parts)]
        if len(here) == len(parts) and all(fits(part, word) for part, word in zip(parts, here, strict=True)):
            return len(parts), subject
    return None


def read_words(text: str, more: Entries | None = None) -> Words:
    """What a title, or the name of a topic or portfolio, is about; `more` are entries of the portal's own vocabulary."""
    said = split_words(text)
    words, place = [_known_spelling(word) for word in said], 0
    subjects: dict[str, str] = {}
    others: list[str] = []
    while place < len(words):
        found = _entry_at(words, place, more or {})
        if found:
            subjects.setdefault(found[1], " ".join(said[place : place + found[0]]))
            place += found[0]
            continue
        if words[place] not in _empty() and not words[place].isdigit() and len(words[place]) > 1:
            others.append(words[place])
        place += 1
    return Words(_compounded(_of_people(subjects)), tuple(dict.fromkeys(others)))


def _of_people(subjects: dict[str, str]) -> dict[str, str]:
    """Bare "trafficking" or "smuggling" is of people unless the title names another field."""
    bare = next((subject for subject in subjects if mark_of(subject) == BARE), "")
    if not bare:
        return subjects
    said = subjects.pop(bare)
    if other_fields(subjects):
        return subjects
    word = _known_spelling(said)
    if word.startswith("traffick"):
        subjects.setdefault("trafficking", said)
    elif word.startswith(("smuggl", "penyelundup", "selundup")):
        subjects.setdefault("smuggling", said)
    return subjects


def _compounded(subjects: dict[str, str]) -> dict[str, str]:
    """With what two of them say together."""
    known = {name for subject in subjects for name in (subject, *wider(subject))}
    for name, one, other in compounds():
        if name not in subjects and one in known and other in known and (one in subjects or other in subjects):
            words = [subjects[part] for part in (one, other) if part in subjects]
            subjects[name] = " ".join(words)
    return subjects
