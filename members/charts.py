"""Charts as SVG. No style attribute; classes for the web, so that dark mode works; always beside a list or table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

WIDTH, HEIGHT, BASE = 820, 110, 74
_APART = 15.0


def dot_timeline(dots: Sequence[tuple[date, str]], *, year_url: Callable[[int], str]) -> SafeString:
    """Dots over time; shape tells the kind (m, s, w, x); years are links; dots of the same weeks stack upwards.

    Empty where fewer than two years have a dot: then there is nothing to see.
    """
    years = sorted({when.year for when, _shape in dots})
    if len(years) < 2:  # noqa: PLR2004 - a line needs two ends
        return SafeString("")
    first, last = years[0], years[-1] + 1

    def x_of(when: date) -> float:
        share = (when.year + (when.timetuple().tm_yday - 1) / 365.25 - first) / (last - first)
        return 6 + share * (WIDTH - 12)

    placed: list[tuple[float, float]] = []
    marks: list[SafeString] = []
    for when, shape in sorted(dots, key=lambda dot: ("mswx".index(dot[1]), dot[0])):
        x, y = x_of(when), float(BASE - 2)
        while any(abs(x - other) < _APART * 0.6 and abs(y - height) < _APART * 0.7 for other, height in placed):
            y -= _APART * 0.75
        placed.append((x, y))
        marks.append(_mark(shape, x, y))
    top = min(0.0, min((y for _x, y in placed), default=0.0) - 10)
    step = max(1, (last - first) // 8)
    axis = format_html_join(
        "",
        '<line class="grid" x1="{0}" x2="{0}" y1="6" y2="{1}"/><a href="{2}"><rect x="{0}" y="{3}" width="48" height="24" '
        'fill="transparent"/><text x="{4}" y="{5}">{6}</text></a>',
        (
            (
                f"{x_of(date(year, 1, 1)):.1f}",
                BASE + 8,
                year_url(year),
                BASE + 9,
                f"{x_of(date(year, 1, 1)) + 4:.1f}",
                BASE + 25,
                year,
            )
            for year in range(first, last, step)
        ),
    )
    title = _("%(number)d dated activities from %(first)d to %(last)d") % {"number": len(dots), "first": first, "last": last - 1}
    return format_html(
        '<div class="tl"><svg viewBox="0 {} {} {}" role="group" direction="ltr" aria-labelledby="tl-t"><title id="tl-t">{}</title>'
        '{}<line class="ax" x1="6" x2="{}" y1="{}" y2="{}"/>{}</svg>{}</div>',
        *(f"{top:.0f}", WIDTH, f"{HEIGHT - top:.0f}", title, axis, WIDTH - 6, BASE + 8, BASE + 8),
        *(mark_safe("".join(marks)), key_of_shapes()),  # noqa: S308 - numbers and class names of this module
    )


def dot_row(dots: Sequence[tuple[date, str]], *, number: int, first: int, last: int) -> SafeString:
    """Dots of one row of a table, for `number` activities, on a line from the year `first` to the end of `last`."""
    width, height, edge = 300, 24, 8

    def x_of(when: date) -> float:
        share = (when.year + (when.timetuple().tm_yday - 1) / 365.25 - first) / (last + 1 - first)
        return edge + share * (width - 2 * edge)

    ordered = sorted(dots, key=lambda dot: (-"mswx".index(dot[1]), dot[0]))  # the weightiest on top
    marks = "".join(_mark(shape, x_of(when), height / 2) for when, shape in ordered)
    years = sorted({when.year for when, _shape in dots})
    said = ngettext(
        "%(number)d dated activity, from %(first)d to %(last)d", "%(number)d dated activities, from %(first)d to %(last)d", number
    )
    return format_html(
        '<svg class="dots" viewBox="0 0 {} {}" role="img" direction="ltr" aria-label="{}">'
        '<line class="ax" x1="{}" x2="{}" y1="{}" y2="{}"/>{}</svg>',
        *(width, height, said % {"number": number, "first": years[0], "last": years[-1]}),
        *(edge, width - edge, height // 2, height // 2),
        mark_safe(marks),  # noqa: S308 - numbers and class names of this module
    )


def _mark(shape: str, x: float, y: float) -> SafeString:
    text = {
        "m": f'<path class="k-m" d="M{x:.1f} {y - 7:.1f}l7 7-7 7-7-7z"/>',
        "s": f'<path class="k-s" d="M{x - 5:.1f} {y - 5:.1f}h10v10h-10z"/>',
        "w": f'<circle class="k-w" cx="{x:.1f}" cy="{y:.1f}" r="5"/>',
        "x": f'<circle class="k-x" cx="{x:.1f}" cy="{y:.1f}" r="4.4"/>',
    }[shape]
    return mark_safe(text)  # noqa: S308 - numbers and class names of this module


def key_of_shapes() -> SafeString:
    """What the shapes of dots stand for."""
    shapes = {
        "m": ("M8 0l8 8-8 8-8-8z", _("Ministerial conference")),
        "s": ("M2 2h12v12H2z", _("Senior officials’ meeting")),
        "w": ("M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13z", _("Workshop or training")),
        "x": ("M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2z", _("Other meeting")),
    }
    items = format_html_join(
        "",
        '<li><svg viewBox="0 0 16 16"><path class="k-{}" d="{}"/></svg>{}</li>',
        ((shape, path, label) for shape, (path, label) in shapes.items()),
    )
    return format_html('<ul class="tl__key" aria-hidden="true">{}</ul>', items)
