"""What a message says: subject, text and HTML of a kind, in the recipient's language first, the other below a rule.

A kind is three templates in templates/emails/<kind>/: subject.txt, body.txt, body.html. Text is rendered without
escaping, HTML with it, by this module, so that no template can get it wrong.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import css_inline
from django.conf import settings
from django.template import Context, Template
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import override

from members.models import Process

WIDTH = 76
LONGEST_SUBJECT = 250
_CONTROL = re.compile("[\x00-\x1f\x7f\x85\u2028\u2029]+")


def render_mail(kind: str, context: Mapping[str, Any], language: str) -> tuple[str, str, str]:
    """Subject, text and HTML of a message of `kind`, the first in `language`, the bodies in all languages of the process.

    `context` goes to each template, with `process` and `language`; where it has an `activity`, `title` is its title in
    that language; where it has `bodies` (a letter's text per language), `body` is the one of that language. Where a
    language says nothing of its own, it is left out. Raises TemplateDoesNotExist for a kind that has no templates.
    """
    process = Process.objects.first()
    first = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    contexts = {code: _context(context, process, code, is_first=code == first) for code in _languages(process, first)}
    texts = {code: _text(f"emails/{kind}/body.txt", words, code) for code, words in contexts.items()}
    said = {code: text for code, text in texts.items() if code == first or text not in {"", texts[first]}}
    subject = _CONTROL.sub(" ", _text(f"emails/{kind}/subject.txt", contexts[first], first))
    parts = [(code, mark_safe(_html(f"emails/{kind}/body.html", contexts[code], code))) for code in said]  # noqa: S308 - our template
    shared = {**contexts[first], "subject": subject, "parts": parts, "texts": list(said.values())}
    text = _wrap(_text("emails/base.txt", shared, first))
    html = _inliner().inline(_html("emails/base.html", shared, first))
    return _shorten(" ".join(subject.split())), text, html


def _languages(process: Process | None, first: str) -> list[str]:
    known = dict(settings.LANGUAGES)
    spoken = process.languages.replace(";", " ").split() if process else []
    return list(dict.fromkeys([first, *(code for code in spoken if code in known)]))


def _context(context: Mapping[str, Any], process: Process | None, language: str, *, is_first: bool) -> dict[str, Any]:
    words = {**context, "process": process, "language": language, "origin": settings.ORIGIN}
    activity = context.get("activity")
    if activity is not None and "title" not in context:
        words["title"] = (activity.title_id if language == "id" else "") or activity.title
    bodies = context.get("bodies")
    if bodies is not None:
        words["body"] = bodies.get(language) or (context.get("body", "") if is_first else "")
    return words


def _render(name: str, context: Mapping[str, Any], language: str, *, autoescape: bool) -> SafeString:
    template: Template = get_template(name).template  # type: ignore[attr-defined] # the backend's wrapper has it
    with override(language):
        return template.render(Context(dict(context), autoescape=autoescape))


def _text(name: str, context: Mapping[str, Any], language: str) -> str:
    return str(_render(name, context, language, autoescape=False)).strip()


def _html(name: str, context: Mapping[str, Any], language: str) -> str:
    return str(_render(name, context, language, autoescape=True))


def _wrap(text: str) -> str:
    """Lines of at most 76 characters where words allow, addresses whole, one empty line between paragraphs."""
    lines = [_wrap_line(line.rstrip()) for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def _wrap_line(line: str) -> str:
    if len(line) <= WIDTH:
        return line
    return "\n".join(_pieces(line))


def _pieces(line: str) -> Iterable[str]:
    return textwrap.wrap(line, WIDTH, break_long_words=False, break_on_hyphens=False)


def _shorten(subject: str) -> str:
    return subject if len(subject) <= LONGEST_SUBJECT else f"{subject[: LONGEST_SUBJECT - 1].rstrip()}…"


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(keep_style_tags=True, keep_at_rules=True, load_remote_stylesheets=False)
