"""Countries and territories by their ISO 3166 codes of two letters: names in official use where a participant has one."""

from __future__ import annotations

from functools import cache

from babel import Locale
from django.conf import settings
from django.utils.translation import get_language

from members.models import Participant
from members.names import plain

# Codes that stand for no country or territory: groups, reserved and test codes.
_NO_PLACE = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})


@cache
def _known(language: str) -> dict[str, str]:
    names = Locale.parse(language).territories
    return {code: name for code, name in names.items() if len(code) == 2 and code.isalpha() and code not in _NO_PLACE}  # noqa: PLR2004


def _official() -> dict[str, str]:
    """Names of participants that have a code, as they are in official use."""
    return {code.upper(): name for code, name in Participant.objects.exclude(iso2="").values_list("iso2", "name")}


def country_choices() -> list[tuple[str, str]]:
    """(code, name) in the order of names, in the language of the page. One query."""
    names = _known(get_language() or "en") | _official()
    return sorted(names.items(), key=lambda pair: plain(pair[1]))


def place_words(city: str, code: str) -> str:
    """City and country in words; "" where neither is known. One query where there is a country."""
    names = _official() if code else {}
    return ", ".join(part for part in (city, names.get(code) or _known(get_language() or "en").get(code, "")) if part)


def country_codes() -> dict[str, str]:
    """The code of every way to write a country that is understood: code, name in each language, official name. One query."""
    spoken = [pair for language, _name in settings.LANGUAGES for pair in _known(language).items()]
    short = [(code, name.partition("(")[0]) for code, name in spoken if "(" in name]
    codes = [(code, code) for code, _name in spoken]
    return {plain(name): code for code, name in [*codes, *short, *spoken, *_ALSO, *_official().items()]}


_ALSO = (  # short forms that are common in lists
    ("AE", "UAE"),
    ("CZ", "Czech Republic"),
    ("GB", "UK"),
    ("GB", "Great Britain"),
    ("KR", "Republic of Korea"),
    ("KR", "Korea"),
    ("LA", "Lao PDR"),
    ("LA", "Lao People's Democratic Republic"),
    ("MM", "Burma"),
    ("RU", "Russian Federation"),
    ("SY", "Syrian Arab Republic"),
    ("TL", "East Timor"),
    ("TR", "Turkey"),
    ("US", "USA"),
    ("US", "United States of America"),
    ("VN", "Viet Nam"),
    ("IR", "Islamic Republic of Iran"),
    ("BN", "Brunei Darussalam"),
)
