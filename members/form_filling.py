"""Puts kept answers into the form of a page, in the HTML itself: without a script, and without asking the page's code."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

from django.utils.html import escape

type Attributes = list[tuple[str, str | None]]
_NOT_TEXT = frozenset({"submit", "button", "image", "reset", "file", "password"})


@dataclass
class _Control:
    """One control: where its tag, or a text area's content, stands in the page."""

    tag: str
    name: str
    attributes: Attributes
    start: int
    end: int

    def get(self, name: str) -> str:
        return dict(self.attributes).get(name) or ""

    @property
    def kind(self) -> str:
        return self.get("type") or "text" if self.tag == "input" else self.tag


@dataclass
class _Form:
    action: str
    is_post: bool
    controls: list[_Control] = field(default_factory=list)
    buttons: set[str] = field(default_factory=set)
    end: int = 0

    @property
    def names(self) -> set[str]:
        return {control.name for control in self.controls}


class _Reader(HTMLParser):
    """Reads the forms of a page with the places of their controls."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[_Form] = []
        self._form: _Form | None = None
        self._select = ""
        self._lines = [0]
        for line in page.split("\n"):
            self._lines.append(self._lines[-1] + len(line) + 1)
        self.feed(page)
        self.close()

    def _place(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        given = dict(attrs)
        if tag == "form":
            self._form = _Form(given.get("action") or "", (given.get("method") or "").lower() == "post")
            self.forms.append(self._form)
        if self._form is None:
            return
        start = self._place()
        end = start + len(self.get_starttag_text() or "")
        if tag == "button":
            self._form.buttons.add(given.get("name") or "")
        elif tag == "select":
            self._select = given.get("name") or ""
        elif tag == "option" and self._select:
            self._form.controls.append(_Control(tag, self._select, attrs, start, end))
        elif tag in {"input", "textarea"} and given.get("name"):
            place = (end, end) if tag == "textarea" else (start, end)
            self._form.controls.append(_Control(tag, given["name"] or "", attrs, *place))

    def handle_endtag(self, tag: str) -> None:
        if self._form is None:
            return
        if tag == "textarea" and self._form.controls and self._form.controls[-1].tag == "textarea":
            self._form.controls[-1].end = self._place()
        elif tag == "select":
            self._select = ""
        elif tag == "form":
            self._form.end = self._place()
            self._form = None


def fill_form(page: str, path: str, fields: dict[str, list[str]], notice: str) -> str | None:
    """The page with `fields` in the form that posts to `path`, and `notice` (HTML) at its top; None without such a form.

    What the form has no control for goes along as hidden fields, so that nothing is lost; `_kept` marks it.
    """
    here = urlsplit(path).path
    forms = [form for form in _Reader(page).forms if form.is_post and form.end and urlsplit(form.action).path in {"", here}]
    form = max(forms, key=lambda found: len(found.names & set(fields)), default=None)
    if form is None or not form.names & set(fields):
        return None
    left = {name: list(values) for name, values in fields.items()}
    edits = [edit for control in form.controls if (edit := _edit(control, fields, left)) is not None]
    more = [(name, value) for name, values in left.items() if name not in form.names | form.buttons for value in values]
    hidden = "".join(f'<input type="hidden" name="{escape(n)}" value="{escape(v)}">' for n, v in [("_kept", "1"), *more])
    edits.append((form.end, form.end, hidden))
    for start, end, text in sorted(edits, reverse=True):
        page = page[:start] + text + page[end:]
    head, main, tail = page.partition('<main id="main" tabindex="-1">')
    return f"{head}{main}{notice}{tail}"


def _edit(control: _Control, fields: dict[str, list[str]], left: dict[str, list[str]]) -> tuple[int, int, str] | None:
    """What to write in the control's place, or None to leave it."""
    if control.name == "csrfmiddlewaretoken" or control.kind in _NOT_TEXT:
        return None
    if control.kind in {"checkbox", "radio", "option"}:
        mark = "selected" if control.tag == "option" else "checked"
        is_on = (dict(control.attributes).get("value", "on") or "") in fields.get(control.name, [])
        kept = [(name, value) for name, value in control.attributes if name != mark]
        return control.start, control.end, _tag(control.tag, [*kept, (mark, None)] if is_on else kept)
    if not left.get(control.name):
        return None
    value = left[control.name].pop(0)
    if control.tag == "textarea":
        return control.start, control.end, f"\n{escape(value)}"
    others = [(name, given) for name, given in control.attributes if name != "value"]
    return control.start, control.end, _tag("input", [*others, ("value", value)])


def _tag(tag: str, attributes: Attributes) -> str:
    words = [name if value is None else f'{name}="{escape(value)}"' for name, value in attributes]
    return f"<{' '.join([tag, *words])}>"
