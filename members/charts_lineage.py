"""A picture of lineage as SVG: boxes in columns with lines between them. Classes for the web; always beside a table."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

BOX_WIDTH, BOX_HEIGHT, GAP_X, GAP_Y, TOP = 190, 62, 44, 14, 34
LETTERS = 23  # that fit on a line of a box, in wide fonts too
LINES = 3
MOST_BOXES = 7  # a column beyond that says how many more there are

_FULL = 5 * (BOX_WIDTH + GAP_X) - GAP_X  # width of a picture with all five steps


@dataclass(frozen=True)
class Box:
    """One record of the picture: words, where it leads, and the key that lines name."""

    key: str
    words: str
    url: str = ""


@dataclass(frozen=True)
class Column:
    """A step of the lineage; `more` says in words what is not drawn."""

    heading: str
    boxes: Sequence[Box]
    more: str = ""


def lineage(columns: Sequence[Column], lines: Iterable[tuple[str, str]], *, title: str) -> SafeString:
    """The picture. Lines join boxes by key, from left to right; those to a box that is not drawn are left out.

    It is as wide as all steps, so that words are as large where there are few.
    """
    drawn = [column for column in columns if column.boxes]
    height = TOP + max((len(column.boxes) + bool(column.more) for column in drawn), default=1) * (BOX_HEIGHT + GAP_Y)
    places = {
        box.key: (number * (BOX_WIDTH + GAP_X), TOP + row * (BOX_HEIGHT + GAP_Y))
        for number, column in enumerate(drawn)
        for row, box in enumerate(column.boxes)
    }
    paths = [_line(places[start], places[end]) for start, end in lines if start in places and end in places]
    width = len(drawn) * (BOX_WIDTH + GAP_X) - GAP_X
    return format_html(
        '<svg class="flow" viewBox="-1 0 {} {}" role="group" aria-labelledby="flow-t"><title id="flow-t">{}</title>{}{}</svg>',
        *(max(width, _FULL) + 2, height, title),
        mark_safe("".join(paths)),  # noqa: S308 - numbers of this module
        mark_safe("".join(_column(number, column, places) for number, column in enumerate(drawn))),  # noqa: S308 - escaped below
    )


def _line(start: tuple[int, int], end: tuple[int, int]) -> str:
    x1, y1 = start[0] + BOX_WIDTH, start[1] + BOX_HEIGHT // 2
    x2, y2 = end[0], end[1] + BOX_HEIGHT // 2
    middle = (x1 + x2) // 2
    return f'<path d="M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}"/>'


def _column(number: int, column: Column, places: dict[str, tuple[int, int]]) -> SafeString:
    x = number * (BOX_WIDTH + GAP_X)
    below = TOP + len(column.boxes) * (BOX_HEIGHT + GAP_Y) + 18
    more = format_html('<text x="{}" y="{}">{}</text>', x, below, column.more) if column.more else ""
    boxes = format_html_join("", "{}", ((_box(box, *places[box.key]),) for box in column.boxes))
    return format_html('<text class="flow__h" x="{}" y="18">{}</text>{}{}', x, column.heading, boxes, more)


def _box(box: Box, x: int, y: int) -> SafeString:
    lines = textwrap.wrap(box.words, LETTERS, max_lines=LINES, placeholder=" …")
    text = format_html_join(
        "", '<tspan x="{}" y="{}">{}</tspan>', ((x + 10, y + 20 + 17 * n, line) for n, line in enumerate(lines))
    )
    inner = format_html(
        '<title>{}</title><rect x="{}" y="{}" width="{}" height="{}" rx="3"/><text>{}</text>',
        *(box.words, x, y, BOX_WIDTH, BOX_HEIGHT, text),
    )
    return format_html('<a href="{}">{}</a>', box.url, inner) if box.url else format_html("<g>{}</g>", inner)


def folded(heading: str, boxes: Sequence[Box], more: str) -> Column:
    """A column with its first boxes; `more` is what to say of the others, with %(number)s for how many they are."""
    rest = len(boxes) - MOST_BOXES
    return Column(heading, boxes[:MOST_BOXES], more % {"number": rest} if rest > 0 else "")
