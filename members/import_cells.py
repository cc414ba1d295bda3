"""What stands in one cell of a list of contacts: its value, and what is wrong with it in words."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from members.enums import AppointmentRole, DatePrecision
from members.import_columns import FIELDS, TOPIC_PREFIX
from members.names import looks_like_zawgyi, plain
from members.partial_dates import parse_partial

_EMPTY = {"", "-", "–", "—", "n/a", "na", "nil", "none", "tidak ada"}
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")  # they make a text look like another
_FAILED = re.compile(r"#(REF|N/A|VALUE|NAME\?|DIV/0|NUM|NULL)!?$", re.IGNORECASE)
_PHONE = re.compile(r"[+(]?[0-9][0-9 ().,/extEXT;+-]*")
_SLASHES = re.compile(r"\d{1,2}[/.]\d{1,2}[/.]\d{2,4}")
YES = {"yes", "y", "ya", "x", "✓", "✔", "1", "true", "benar"}
NO = {"no", "n", "tidak", "0", "false", "salah"}
LANGUAGES = {
    **dict.fromkeys(("en", "eng", "english", "inggris", "bahasa inggris"), "en"),
    **dict.fromkeys(("id", "ind", "indonesian", "indonesia", "bahasa indonesia", "bahasa"), "id"),
}
ROLES = {
    **dict.fromkeys(("focal point", "narahubung", "focal"), AppointmentRole.FOCAL_POINT),
    **dict.fromkeys(("ministry official", "ministry", "pejabat kementerian", "official"), AppointmentRole.MINISTRY),
    **dict.fromkeys(("national lead", "koordinator nasional", "lead"), AppointmentRole.NATIONAL_LEAD),
}
_BURMESE = ("name", "own_script", "position", "ministry")


def cleaned(text: str) -> str:
    """A cell on one line, with single spaces; a dash or "n/a" is an empty cell."""
    line = " ".join(text.split())
    return "" if line.casefold() in _EMPTY else line


def problems_of_text(key: str, text: str, *, as_is: bool) -> list[str]:
    """What is wrong with a text whatever it means: length, signs, formulas, Zawgyi. `as_is`: a person said it is right."""
    found = []
    longest = FIELDS["topic" if key.startswith(TOPIC_PREFIX) else key].longest
    if len(text) > longest:
        found.append(_("This is longer than %(longest)d letters.") % {"longest": longest})
    if any(unicodedata.category(sign) == "Cc" for sign in text) or "\u2400" in text or _DIRECTIONS.search(text):
        found.append(_("This holds signs that cannot be seen. Type it anew."))
    if "\ufffd" in text:
        found.append(_("Letters were lost in this text. Type it anew."))
    if _FAILED.match(text) or (text.startswith(("=", "@", "+", "-")) and not (key == "phone" and _PHONE.fullmatch(text))):
        found.append(_("This looks like a formula. Enter what it should say."))
    if key in _BURMESE and not as_is and looks_like_zawgyi(text):
        found.append(
            _("This looks like Burmese in Zawgyi. Ask for it in Unicode, or open the row and say that it is right as it is.")
        )
    return found


def problem_of_email(text: str) -> str:
    """What is wrong with an address, or ""."""
    try:
        validate_email(text)
    except ValidationError:
        return _("Enter one e-mail address with an @ sign, such as name@ministry.go.id.")
    return ""


def read_date(text: str) -> tuple[date, DatePrecision]:
    """A date as known. Raises ValueError with the words for the cell."""
    if _SLASHES.fullmatch(text):
        raise ValueError(_("Day and month may be mixed up here. Write the month as a word, such as 4 May 2027."))
    try:
        found = parse_partial(text)
    except (ValueError, OverflowError):
        raise ValueError(_("This is no date. Write it as 2005, May 2005 or 14 May 2005.")) from None
    if not 1900 <= found[0].year <= 2200:  # noqa: PLR2004 - nobody took part before or will after
        raise ValueError(_("This is no date. Write it as 2005, May 2005 or 14 May 2005."))
    return found


def read_language(text: str) -> str:
    """The code of a language of letters. Raises ValueError with the words for the cell."""
    try:
        return LANGUAGES[plain(text)]
    except KeyError:
        raise ValueError(_("Letters are written in English or Bahasa Indonesia. Enter one of them.")) from None


def read_role(text: str) -> AppointmentRole:
    """The place that a word means. Raises ValueError with the words for the cell."""
    try:
        return ROLES[plain(text)]
    except KeyError:
        raise ValueError(_("Enter focal point, ministry official or national lead.")) from None


def read_topics(texts: list[tuple[str, str]], by_word: dict[str, Any]) -> tuple[list[Any], list[tuple[str, str]]]:
    """(topics, problems by column key) of the topic cells of a row: (column key, text)."""
    topics: list[Any] = []
    problems: list[tuple[str, str]] = []
    for key, text in texts:
        if key.startswith(TOPIC_PREFIX):
            if text.casefold() in YES:
                topics.append(by_word[plain(key.removeprefix(TOPIC_PREFIX))])
            elif text.casefold() not in NO:
                problems.append((key, _("Enter yes or no.")))
            continue
        whole = by_word.get(plain(text))
        for part in [text] if whole else re.split(r"[;,/|]", text):
            topic = by_word.get(plain(part))
            if topic is not None:
                topics.append(topic)
            elif plain(part):
                names = ", ".join(dict.fromkeys(str(one) for one in by_word.values()))
                problems.append((key, _("No topic has this name. Topics are: %(names)s.") % {"names": names}))
    return list(dict.fromkeys(topics)), problems
