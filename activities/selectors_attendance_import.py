"""A list of attendance, pasted or uploaded: what its columns and cells mean here, and what is wrong with them. Stores nothing."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import override

from activities.enums import AttendanceStatus
from activities.models import Activity, Attendance, Delegate, Session
from activities.selectors_attendance import Place, delegates_at, marks_of_delegates, places_of
from members.enums import DatePrecision
from members.partial_dates import parse_partial
from members.sheets import Sheet

_COLUMNS = {
    "name": {"name", "full name", "delegate", "nama", "nama lengkap", "delegat"},
    "email": {"e-mail", "email", "e-mail address", "surel", "alamat surel"},
    "participant": {"participant", "country", "delegation", "peserta", "negara", "delegasi"},
    "day": {"day", "date", "hari", "tanggal"},
    "session": {"session", "sesi"},
    "status": {"attendance", "status", "kehadiran"},
}
_WORDS = {
    AttendanceStatus.PRESENT: {"present", "yes", "y", "x", "1", "✓", "✔", "hadir", "ya"},
    AttendanceStatus.ABSENT: {"absent", "no", "n", "0", "tidak hadir", "tidak"},
    AttendanceStatus.EXCUSED: {"excused", "apologies", "izin", "berhalangan"},
    AttendanceStatus.REMOTE: {"remote", "online", "took part online", "daring"},
}
_STATUSES = {word: status for status, words in _WORDS.items() for word in words}


@dataclass
class Row:
    """One line of the list: its cells, who it is, and what is wrong, by column (-1: the row as a whole)."""

    line: int
    cells: list[str]
    delegate: Delegate | None = None
    problems: dict[int, str] = field(default_factory=dict)
    headings: list[str] = field(default_factory=list)

    @property
    def shown(self) -> list[tuple[str, str, str]]:
        """Heading, cell and what is wrong in it."""
        return [
            (heading, cell, self.problems.get(number, ""))
            for number, (heading, cell) in enumerate(zip(self.headings, self.cells, strict=True))
        ]

    @property
    def problem(self) -> str:
        return self.problems.get(-1, "")


@dataclass
class Reading:
    """What a list says of one activity: marks to record, those that are recorded already, and rows with problems."""

    headings: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)  # headings that mean nothing here
    error: str = ""  # why the list cannot be read at all
    marks: dict[tuple[int, date | Session], str] = field(default_factory=dict)
    seen: dict[tuple[int, date | Session], int] = field(default_factory=dict)
    same: int = 0
    replaced: int = 0

    @property
    def left_out(self) -> list[Row]:
        return [row for row in self.rows if row.problems]

    @property
    def digest(self) -> str:
        """The same for two readings that would record the same over the same marks."""
        said = sorted(f"{key}:{_key(where)}:{status}:{self.seen[key, where]}" for (key, where), status in self.marks.items())
        return hashlib.sha256("\n".join(said).encode()).hexdigest()


def _key(where: date | Session) -> str:
    return f"s{where.pk}" if isinstance(where, Session) else f"{where:%Y%m%d}"


def read_attendance(activity: Activity, sheet: Sheet) -> Reading:
    """Read a list against the delegates, days and sessions of an activity. Three queries."""
    (_line, headings), *lines = sheet.rows
    places = places_of(activity)
    columns = [_column(heading, places) for heading in headings]
    reading = Reading(headings, unknown=[h for h, c in zip(headings, columns, strict=True) if h.strip() and c is None])
    names = [column for column in columns if isinstance(column, str)]
    if not {"name", "email"} & set(names) or not ({"status"} & set(names) or any(isinstance(c, Place) for c in columns)):
        reading.error = _(
            "The first row must name the columns: a name or an e-mail address, and attendance or a column for each day."
        )
        return reading
    people = _People(delegates_at(activity).select_related("official", "participant"))
    recorded = {(m.delegate_id, m.session or m.day): m for m in marks_of_delegates(people.keys)}
    for number, cells in lines:
        row = Row(number, cells, headings=headings)
        reading.rows.append(row)
        _read_row(reading, row, columns, people, places)
    _compare(reading, recorded)
    return reading


def _column(heading: str, places: Sequence[Place]) -> str | Place | None:
    word = " ".join(heading.split()).casefold()
    named = next((name for name, words in _COLUMNS.items() if word in words), None)
    return named or _place(heading, "", places)


def _place(day: str, session: str, places: Sequence[Place]) -> Place | None:
    """The place that a day in words, and a session's title, name together; a title alone will do where it stands once."""
    wanted = " ".join((session or day).split()).casefold()
    titled = [p for p in places if p.session and p.session.title.casefold() == wanted]
    asked = _day(day)
    if session.strip():
        fitting = [p for p in titled if asked is None or p.day == asked]
        return fitting[0] if len(fitting) == 1 else None
    if asked is not None:
        return next((p for p in places if p.session is None and p.day == asked), None)
    if len(titled) == 1:
        return titled[0]
    return next((p for p in places if wanted in _spelled(p)), None)


def _spelled(place: Place) -> set[str]:
    found = {place.key}
    for language in ("en", "id"):
        with override(language):
            found.add(place.words.casefold())
    return found


def _day(text: str) -> date | None:
    try:
        day, precision = parse_partial(text)
    except (ValueError, OverflowError):
        return None
    return day if precision == DatePrecision.DAY else None


class _People:
    """Delegates by address, and by name with and without participant; a name that two have is nobody's."""

    def __init__(self, rows: Iterable[Delegate]) -> None:
        self.keys: list[int] = []
        self._email: dict[str, Delegate] = {}
        self._name: defaultdict[str, list[Delegate]] = defaultdict(list)
        for row in rows:
            self.keys.append(row.pk)
            self._email[row.official.email.casefold()] = row
            for name in {_plain(row.official.name), _plain(row.official.name_own_script)} - {""}:
                self._name[name].append(row)
        self._email.pop("", None)

    def find(self, email: str, name: str, participant: str) -> tuple[Delegate | None, str]:
        """The delegate, or the name of the column that is wrong with why."""
        if _plain(email):
            found = self._email.get(_plain(email))
            return found, "" if found else _("No delegate of this activity has this address.")
        rows = self._name.get(_plain(name), [])
        if _plain(participant):
            rows = [row for row in rows if _plain(row.participant.name) == _plain(participant)]
        if len(rows) == 1:
            return rows[0], ""
        if rows:
            return None, _("Two delegates have this name. Add the address or the participant.")
        return None, _("No delegate of this activity has this name.")


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _read_row(reading: Reading, row: Row, columns: list[str | Place | None], people: _People, places: Sequence[Place]) -> None:
    at = {column: number for number, column in enumerate(columns) if isinstance(column, str)}
    said = {name: row.cells[number].strip() for name, number in at.items()}
    row.delegate, why = people.find(said.get("email", ""), said.get("name", ""), said.get("participant", ""))
    if row.delegate is None:
        row.problems[at["email"] if said.get("email") else at.get("name", -1)] = why
        return
    found = [(column, number) for number, column in enumerate(columns) if isinstance(column, Place)]
    if "status" in at:
        place = _place_of_row(row, said, at, places)
        found += [(place, at["status"])] if place else []
    for place, number in found:
        _read_mark(reading, row, place, number)


def _place_of_row(row: Row, said: dict[str, str], at: dict[str, int], places: Sequence[Place]) -> Place | None:
    day, session = said.get("day", ""), said.get("session", "")
    days = [place for place in places if place.session is None]
    if not day and not session:
        if len(days) == 1:
            return days[0]
        row.problems[at.get("day", -1)] = _("Say on which day.")
        return None
    place = _place(day, session, places)
    if place is None:
        row.problems[at["session"] if session else at["day"]] = _("This is no day or session of the activity.")
    return place


def _read_mark(reading: Reading, row: Row, place: Place, number: int) -> None:
    word = _plain(row.cells[number])
    if not word or row.delegate is None:
        return
    status = _STATUSES.get(word) or next((s for s in AttendanceStatus if word in _labels(s)), None)
    if status is None:
        row.problems[number] = _("Write present, absent, excused or online.")
        return
    key = (row.delegate.pk, place.session or place.day)
    if reading.marks.get(key, status) != status:
        row.problems[number] = _("Another row says something else of this person.")
        return
    reading.marks[key] = status.value


def _labels(status: AttendanceStatus) -> set[str]:
    found = {status.value}
    for language in ("en", "id"):
        with override(language):
            found.add(str(status.label).casefold())
    return found


def _compare(reading: Reading, recorded: dict[tuple[int, date | Session | None], Attendance]) -> None:
    """Leave out what is recorded already, and note the versions of what would be replaced."""
    for key, status in list(reading.marks.items()):
        mark = recorded.get(key)
        if mark and mark.status == status:
            del reading.marks[key]
            reading.same += 1
            continue
        reading.seen[key] = mark.version if mark else 0
        reading.replaced += mark is not None
