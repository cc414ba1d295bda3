"""Markdown that staff write, as HTML that cannot harm: no images, no scripts, no raw HTML, headings below those of the page."""

from __future__ import annotations

from functools import cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

_TAGS = {"p", "br", "ul", "ol", "li", "strong", "em", "a", "blockquote", "h3", "h4", "h5", "h6", "hr", "code"}
_TOP = 2  # levels that stand above in the page


def to_html(text: str) -> SafeString:
    """Paragraphs, lists, emphasis, links to the web, to mail and to telephones; whatever else is typed stays text."""
    tokens = _reader().parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1:]) + _TOP, 6)}"
    html: str = _reader().renderer.render(tokens, _reader().options, {})
    clean = nh3.clean(
        html, tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"https", "http", "mailto", "tel"}, link_rel="noreferrer"
    )
    return mark_safe(clean)  # noqa: S308 - cleaned just before


@cache
def _reader() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(["image"])
