"""Bars and meters as SVG: presentation attributes for the PDF, classes for the web; always beside a table or list."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

_ROW, _LABEL, _WIDTH, _BAR = 26, 74, 640, 12
INK, QUIET, FIRST, SECOND = "#14262b", "#46585e", "#0f6f83", "#c8973a"


def bars(rows: Sequence[tuple[str, int, int]], *, title: str, first: str, second: str) -> SafeString:
    """Stacked bars of two series, one row per label, with the numbers written behind: (label, first, second)."""
    most = max((one + two for _label, one, two in rows), default=0) or 1
    scale = (_WIDTH - _LABEL - 110) / most
    height = _ROW * len(rows) + 30
    drawn = []
    for number, (label, one, two) in enumerate(rows):
        y = number * _ROW + 6
        drawn.append(
            format_html(
                '<text x="0" y="{}" font-size="12" fill="{}">{}</text><rect class="m-go" x="{}" y="{}" width="{}" height="{}" fill="{}"/>'
                '<rect class="k-m" x="{}" y="{}" width="{}" height="{}" fill="{}"/><text x="{}" y="{}" font-size="12" fill="{}">{}</text>',
                *(y + 11, INK, label, _LABEL, y, f"{one * scale:.1f}", _BAR, FIRST),
                *(f"{_LABEL + one * scale:.1f}", y, f"{two * scale:.1f}", _BAR, SECOND),
                *(f"{_LABEL + (one + two) * scale + 6:.1f}", y + 11, QUIET, f"{one} + {two}" if two else str(one)),
            )
        )
    key = format_html(
        '<rect x="{0}" y="{1}" width="10" height="10" fill="{2}"/><text x="{3}" y="{4}" font-size="12" fill="{5}">{6}</text>'
        '<rect x="{7}" y="{1}" width="10" height="10" fill="{8}"/><text x="{9}" y="{4}" font-size="12" fill="{5}">{10}</text>',
        *(_LABEL, height - 16, FIRST, _LABEL + 16, height - 7, QUIET, first, _LABEL + 240, SECOND, _LABEL + 256, second),
    )
    told = "; ".join(f"{label}: {one} {first}, {two} {second}" for label, one, two in rows)
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" role="img" aria-label="{}. {}"><title>{}</title>{}{}</svg>',
        *(_WIDTH, height, title, told, title, mark_safe("".join(drawn)), key),  # noqa: S308 - escaped above
    )


def meter(parts: Sequence[tuple[str, str, int]], *, label: str) -> SafeString:
    """One stacked bar: (class name, words, number) in order; the words below it say the same."""
    total = sum(number for _css, _words, number in parts) or 1
    drawn, x = [], 0.0
    for css, _words, number in parts:
        width = 840 * number / total
        drawn.append(format_html('<rect x="{}" width="{}" height="14" class="{}"/>', f"{x:.1f}", f"{width:.1f}", css))
        x += width
    items = format_html_join(
        "", '<li class="{}">{} {}</li>', ((_KEYS.get(css, "m3"), number, words) for css, words, number in parts)
    )
    told = ", ".join(f"{number} {words}" for _css, words, number in parts)
    return format_html(
        '<div class="meter"><svg viewBox="0 0 840 14" preserveAspectRatio="none" role="img" aria-label="{}: {}">{}</svg>'
        '<ul class="meter__k">{}</ul></div>',
        *(label, told or _("nothing"), mark_safe("".join(drawn)), items),  # noqa: S308 - escaped above
    )


_KEYS = {"m-ok": "m1", "m-go": "m2", "m-wait": "m3", "m-bad": "m4"}
