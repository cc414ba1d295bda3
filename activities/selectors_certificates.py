"""What a certificate of attendance says, from the record; and which certificate a code names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from activities.models import Attendance, Certificate, Delegate
from activities.selectors_attendance import days_present
from members.partial_dates import format_partial, format_span

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no 0, O, 1, I, L: people read it from paper
CODE_LENGTH, GROUP = 16, 4
LANGUAGES = ("en", "id")


def facts_of(delegate: Delegate, marks: Iterable[Attendance]) -> dict[str, Any]:
    """What a certificate for `delegate` would say now. The days are those that not only the delegate speaks of."""
    activity, official = delegate.activity, delegate.official
    days = days_present(marks, confirmed_only=True)
    return {
        "name": official.name,
        "name_own_script": official.name_own_script,
        "participant": delegate.participant.name,
        "reference": activity.reference,
        "title": activity.title,
        "title_id": activity.title_id,
        "place": ", ".join(part for part in (activity.city, activity.country) if part),
        "start": f"{activity.start:%Y-%m-%d}" if activity.start else "",
        "end": f"{activity.end:%Y-%m-%d}" if activity.end else "",
        "days": [f"{day:%Y-%m-%d}" for day, how in days.items() if how == "present"],
        "online": [f"{day:%Y-%m-%d}" for day, how in days.items() if how == "remote"],
    }


@dataclass(frozen=True)
class Attested:
    """The facts of a certificate in the words of one language."""

    language: str
    title: str
    when: str
    days: str
    online: str


def attested_in(facts: dict[str, Any], language: str) -> Attested:
    """Title and days of a certificate in `language`."""
    start, end = (date.fromisoformat(facts[name]) if facts[name] else None for name in ("start", "end"))
    with override(language):
        return Attested(
            language,
            (facts["title_id"] if language == "id" else "") or facts["title"],
            format_span(start, end, "day", language),
            _days(facts["days"], language),
            _days(facts["online"], language),
        )


def _days(days: list[str], language: str) -> str:
    said = [format_partial(date.fromisoformat(day), "day", language) for day in days]
    if len(said) < 2:  # noqa: PLR2004 - nothing to join
        return "".join(said)
    return _("%(first)s and %(last)s") % {"first": ", ".join(said[:-1]), "last": said[-1]}


def spelled(code: str) -> str:
    """A code as it is printed, however it was typed: capitals, in groups of four. At most as long as a code is."""
    plain = re.sub(r"[^0-9A-Za-z]", "", code.upper())[: CODE_LENGTH + 1]
    return "-".join(plain[n : n + GROUP] for n in range(0, len(plain), GROUP))


def certificate_by_code(code: str) -> Certificate | None:
    """The certificate that a code names, whoever asks: who has the code has the paper."""
    return Certificate.objects.filter(code=spelled(code)).first()
