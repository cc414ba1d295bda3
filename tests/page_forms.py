"""Forms of a page as a browser sees them: where they go, what stands in them, what a person may change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from lxml import html

_TYPED = {"text", "search", "email", "url", "date", "number", "tel", "password"}


@dataclass
class PageForm:
    """One form that posts. `values` is what the page sends untouched, in order, as (name, value)."""

    action: str
    values: list[tuple[str, str]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    typed: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)

    def changed(self, answers: dict[str, Any]) -> dict[str, list[Any]]:
        """What is sent when some answers differ; None leaves a field out, a list repeats it."""
        data: dict[str, list[Any]] = {}
        for name, value in self.values:
            data.setdefault(name, []).append(value)
        for name, answer in answers.items():
            data.pop(name, None)
            if answer is not None:
                data[name] = answer if isinstance(answer, list) else [answer]
        return data


def tree_of(content: bytes) -> Any:
    """The page as a tree."""
    return html.fromstring(content.decode())


def posting_forms(address: str, content: bytes) -> list[PageForm]:
    """All forms of a page that change something."""
    forms = [form for form in tree_of(content).iter("form") if form.get("method", "get").lower() == "post"]
    return [found for form in forms for found in _forms(address, form)]


def asked_for(content: bytes) -> set[str]:
    """Names in the page's forms that only ask."""
    forms = [form for form in tree_of(content).iter("form") if form.get("method", "get").lower() == "get"]
    return {control.get("name") for form in forms for control in form.iter("input", "select") if control.get("name")}


def _forms(address: str, form: Any) -> list[PageForm]:
    """The form once for each of its buttons, since the button is part of what is sent."""
    found = PageForm(urljoin(address, form.get("action") or address))
    buttons: list[tuple[str, str, str]] = []
    for control in form.iter("input", "select", "textarea", "button"):
        name, kind = control.get("name") or "", (control.get("type") or "").lower()
        if control.tag == "button" or kind in {"submit", "image"}:
            buttons.append((name, control.get("value") or "", control.get("formaction") or ""))
        elif name and name != "csrfmiddlewaretoken" and control.get("disabled") is None:
            _note(found, control, name, kind)
    return [_with_button(address, found, *button) for button in buttons or [("", "", "")]]


def _with_button(address: str, form: PageForm, name: str, value: str, action: str) -> PageForm:
    values = [*form.values, (name, value)] if name else form.values
    return PageForm(urljoin(address, action) if action else form.action, values, form.names, form.typed, form.files)


def _note(form: PageForm, control: Any, name: str, kind: str) -> None:
    if name not in form.names:
        form.names.append(name)
    if kind == "file":
        form.files.add(name)
    elif control.tag == "select":
        options = list(control.iter("option"))
        chosen = [option for option in options if option.get("selected") is not None]
        if not chosen and control.get("multiple") is None:
            chosen = options[:1]
        form.values += [(name, option.get("value", "")) for option in chosen]
    elif kind in {"checkbox", "radio"}:
        if control.get("checked") is not None:
            form.values.append((name, control.get("value") or "on"))
    elif control.tag == "textarea":
        form.typed.add(name)
        form.values.append((name, (control.text or "").removeprefix("\n")))
    else:
        if kind in _TYPED or not kind:
            form.typed.add(name)
        form.values.append((name, control.get("value") or ""))
