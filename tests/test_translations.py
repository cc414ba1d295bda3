"""Every string that a person can meet has its Bahasa Indonesia; the catalogue compiles, and its placeholders fit."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.test import Client
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
NAMES = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
IN_TEMPLATE = re.compile(r"\bn?gettext\((u?(?:'(?:[^'\\\\]|\\\\.)*'|\"(?:[^\"\\\\]|\\\\.)*\"))", re.DOTALL)
APPS = ("members", "activities", "reports", "baliportal")
PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]")


def marked() -> Iterator[tuple[str, str]]:
    """(file, message) of all that is marked in code and templates."""
    for path in (p for app in APPS for p in (ROOT / app).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in NAMES and node.args:
                said = node.args[0]
                if isinstance(said, ast.Constant) and isinstance(said.value, str):
                    yield str(path.relative_to(ROOT)), said.value
    for path in (p for p in (ROOT / "templates").rglob("*") if p.suffix in {".html", ".txt"}):
        for found in IN_TEMPLATE.finditer(templatize(path.read_text(encoding="utf-8"), origin=str(path))):
            yield str(path.relative_to(ROOT)), ast.literal_eval(found[1])


def catalogue() -> dict[str, str]:
    with (ROOT / "baliportal/locale/id/LC_MESSAGES/django.po").open("rb") as text:
        found = read_po(text)
    assert not any(message.fuzzy for message in found if message.id)
    return {
        (message.id if isinstance(message.id, str) else message.id[0]): (
            message.string if isinstance(message.string, str) else message.string[0]
        )
        for message in found
        if message.id
    }


def test_nothing_marked_is_untranslated() -> None:
    known = catalogue()
    missing = sorted({f"{file}: {message}" for file, message in marked() if message and not known.get(message)})
    assert missing == []


def test_placeholders_of_original_and_translation_are_the_same() -> None:
    wrong = [
        message
        for message, translation in catalogue().items()
        if translation and set(PLACEHOLDER.findall(message)) != set(PLACEHOLDER.findall(translation))
    ]
    assert wrong == []


@pytest.mark.django_db
def test_pages_speak_bahasa_indonesia_under_their_prefix() -> None:
    page = Client().get("/id/objectives/").content.decode()
    assert '<html lang="id"' in page
    assert "Tujuan" in page
    assert "What ministers set" not in page
