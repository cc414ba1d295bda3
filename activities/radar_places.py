"""Where activities are, and for which part of the world: areas, their neighbours, and the words of titles that name them.

All of it stands in lexicon/places.txt.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache

from activities.radar_words import fits, lines_of, split_words


@dataclass
class _World:
    areas: dict[str, str] = field(default_factory=dict)  # code → area
    beside: set[frozenset[str]] = field(default_factory=set)  # pairs of areas
    borders: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # code → codes
    says: list[tuple[tuple[str, ...], frozenset[str]]] = field(default_factory=list)
    everywhere: list[tuple[str, ...]] = field(default_factory=list)


@dataclass(frozen=True)
class Reach:
    """The areas that a title names, in its words; or that it is for all the world."""

    areas: frozenset[str]
    words: str
    is_global: bool


@cache
def _world() -> _World:
    world = _World()
    for line in lines_of("places.txt"):
        head, _colon, said = line.partition(": ")
        kind, _space, names = head.partition(" ")
        if kind == "area":
            world.areas.update(dict.fromkeys(said.split(), names))
        elif kind == "beside":
            world.beside.add(frozenset(said.split(", ")))
        elif kind == "border":
            first, *others = said.split()
            for other in others:
                world.borders[first].add(other)
                world.borders[other].add(first)
        elif kind == "says":
            world.says += [(tuple(words.split()), frozenset(names.split(", "))) for words in said.split(", ")]
        else:
            world.everywhere += [tuple(words.split()) for words in said.split(", ")]
    world.says.sort(key=lambda pair: -len(pair[0]))
    return world


def area_of(country: str) -> str:
    """The part of the world in which a country lies, by its code; "" where that is not known."""
    return _world().areas.get(country, "")


def _place_of(parts: tuple[str, ...], words: list[str]) -> int | None:
    for place in range(len(words) - len(parts) + 1):
        if all(fits(part, word) for part, word in zip(parts, words[place:], strict=False)):
            return place
    return None


def reach_of(text: str) -> Reach:
    """The parts of the world that a title names. Of two names that overlap the longer counts."""
    words = split_words(text)
    is_global = any(_place_of(parts, words) is not None for parts in _world().everywhere)
    areas: set[str] = set()
    said: list[str] = []
    for parts, named in _world().says:
        place = _place_of(parts, words)
        if place is not None:
            said.append(" ".join(words[place : place + len(parts)]))
            areas |= named
            words[place : place + len(parts)] = [""]
    return Reach(frozenset(areas), ", ".join(said), is_global)


def are_neighbours(one: str, other: str) -> bool:
    """Whether two countries are in one part of the world or share a border."""
    return bool(area_of(one)) and (area_of(one) == area_of(other) or other in _world().borders.get(one, ()))


def are_near(some: frozenset[str], others: frozenset[str]) -> bool:
    """Whether any two of the areas are the same or lie beside one another."""
    return any(one == other or frozenset((one, other)) in _world().beside for one in some for other in others)
