"""Where activities are, and for which part of the world: areas, their neighbours, and the words of titles that name them.

All of it stands in lexicon/places.txt.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache

from activities.radar_words import fits, lines_of, split_words


@dataclass
class _World:
    areas: dict[str, str] = field(default_factory=dict)  # code → area
    beside: set[frozenset[str]] = field(default_factory=set)  # pairs of areas
    borders: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # code → codes
    says: dict[str, frozenset[str]] = field(default_factory=dict)  # words → areas
    everywhere: list[str] = field(default_factory=list)


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
            world.says.update(dict.fromkeys(said.split(", "), frozenset(names.split(", "))))
        else:
            world.everywhere += said.split(", ")
    return world


def area_of(country: str) -> str:
    """The part of the world in which a country lies, by its code; "" where that is not known."""
    return _world().areas.get(country, "")


@cache
def _pattern(kind: str) -> re.Pattern[str]:
    """Finds the names of places in words, of two that begin alike the longer one."""
    names = _world().says if kind == "says" else _world().everywhere
    words = [re.escape(name).replace(r"\*", r"\w*") for name in sorted(names, key=len, reverse=True)]
    return re.compile(rf"\b(?:{'|'.join(words)})\b")


def reach_of(text: str) -> Reach:
    """The parts of the world that a title names, or all of it where it names none. Of two names that overlap the longer counts."""
    words = " ".join(split_words(text))
    said = list(dict.fromkeys(_pattern("says").findall(words)))
    areas = frozenset(area for name in said for area in _areas_said(name))
    return Reach(areas, ", ".join(said), is_global=not areas and bool(_pattern("everywhere").search(words)))


@cache
def _areas_said(said: str) -> frozenset[str]:
    says = _world().says
    return says.get(said) or next(areas for name, areas in says.items() if fits(name, said))


def are_neighbours(one: str, other: str) -> bool:
    """Whether two countries are in one part of the world or share a border."""
    return bool(area_of(one)) and (area_of(one) == area_of(other) or other in _world().borders.get(one, ()))


def are_near(some: frozenset[str], others: frozenset[str]) -> bool:
    """Whether any two of the areas are the same or lie beside one another."""
    return any(one == other or frozenset((one, other)) in _world().beside for one in some for other in others)
