"""Dates known to the day, the month or the year only: reading them, and saying no more than is known."""

from __future__ import annotations

import calendar
import re
from datetime import date

from babel.dates import get_month_names

from members.enums import DatePrecision

_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_WORDS = re.compile(r"(?:(\d{1,2})\s+)?([^\W\d_]+)\s+(\d{4})")
LANGUAGES = ("en", "id")


def parse_partial(text: str) -> tuple[date, DatePrecision]:
    """First day and precision of "2004", "2004-05", "2004-05-14", "May 2004" or "14 Mei 2004". Raises ValueError."""
    cleaned = " ".join(text.split())
    if found := _ISO.fullmatch(cleaned):
        year, month, day = (int(part) if part else None for part in found.groups())
        return _build(year or 0, month, day)
    if found := _WORDS.fullmatch(cleaned):
        day = int(found[1]) if found[1] else None
        return _build(int(found[3]), _month_number(found[2]), day)
    raise ValueError(text)


def _build(year: int, month: int | None, day: int | None) -> tuple[date, DatePrecision]:
    precision = DatePrecision.DAY if day else DatePrecision.MONTH if month else DatePrecision.YEAR
    if month == 0 or day == 0:
        raise ValueError(f"{year}-{month}-{day}")
    return date(year, month or 1, day or 1), precision


def _month_number(word: str) -> int:
    for language in LANGUAGES:
        for width in ("wide", "abbreviated"):
            for number, name in get_month_names(width, locale=language).items():
                if name.rstrip(".").casefold() == word.casefold():
                    return int(number)
    raise ValueError(word)


def last_day(first: date, precision: str) -> date:
    """Last day that a date of this precision may mean."""
    if precision == DatePrecision.MONTH:
        return first.replace(day=calendar.monthrange(first.year, first.month)[1])
    if precision == DatePrecision.YEAR:
        return date(first.year, 12, 31)
    return first


def months_later(day: date, months: int) -> date:
    """The same day some months later; the last of the month where that month is shorter."""
    year, month = divmod(min(day.year, 9000) * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def iso_partial(value: date | None, precision: str) -> str:
    """The date as known, in ISO form: "2004-05"; empty where unknown."""
    if value is None or precision == DatePrecision.UNKNOWN:
        return ""
    length = {DatePrecision.YEAR: 4, DatePrecision.MONTH: 7}.get(DatePrecision(precision), 10)
    return value.isoformat()[:length]


def as_of_address(url: str, day: date | None) -> str:
    """The address `url` as of `day`; as it is where no day is asked for."""
    return f"{url}?as_of={day.isoformat()}" if day else url


def format_partial(value: date | None, precision: str, language: str = "en") -> str:
    """The date in words, no finer than known: "May 2004"; empty where unknown."""
    if value is None or precision == DatePrecision.UNKNOWN:
        return ""
    if precision == DatePrecision.YEAR:
        return str(value.year)
    month = get_month_names("wide", locale=_locale(language))[value.month]
    if precision == DatePrecision.MONTH:
        return f"{month} {value.year}"
    return f"{value.day} {month} {value.year}"


def format_span(start: date | None, end: date | None, precision: str, language: str = "en") -> str:
    """A span in words: "26–28 February 2002", "28 February – 2 March 2002", "May 2004"; empty where unknown."""
    if start is None or precision == DatePrecision.UNKNOWN:
        return ""
    if end is None or format_partial(end, precision) == format_partial(start, precision):
        return format_partial(start, precision, language)
    whole_end = format_partial(end, precision, language)
    if precision == DatePrecision.YEAR or start.year != end.year:
        return f"{format_partial(start, precision, language)} – {whole_end}"
    months = get_month_names("wide", locale=_locale(language))
    if precision == DatePrecision.MONTH:
        return f"{months[start.month]} – {whole_end}"
    if start.month == end.month:
        return f"{start.day}–{whole_end}"
    return f"{start.day} {months[start.month]} – {whole_end}"


def _locale(language: str) -> str:
    return language if language in LANGUAGES else "en"
