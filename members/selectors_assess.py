"""A list of contacts held against the directory: what each row would do, and what stands against it. Nothing is stored."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from members import import_cells as cell
from members.enums import AppointmentRole, DatePrecision
from members.import_columns import FIELDS, TOPIC_PREFIX
from members.models import ImportBatch, Ministry, Official, Participant, Topic
from members.models.base import today
from members.names import plain
from members.partial_dates import format_partial, last_day
from members.selectors_duplicates import Entry, Index, Match, strongest
from members.selectors_import import Snapshot

NEW, UPDATE, OUT = "new", "update", "out"
BY_PROBLEM, UNDECIDED, BY_CHOICE, UNCHANGED = "problem", "undecided", "choice", "unchanged"
OTHER_PERSON, LEAVE_OUT, SAME = "other", "out", "same-"
STORED_AS = {
    **{key: key for key in ("name", "form_of_address", "salutation", "position", "email", "phone", "language")},
    "own_script": "name_own_script",
}


@dataclass
class Verdict:
    """One row: its values, what is wrong at which column, whom it may repeat, and what Confirm would do with it."""

    line: int
    cells: list[str]
    choice: str = ""
    as_is: bool = False
    problems: dict[int, list[str]] = field(default_factory=dict)
    matches: list[Match] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    participant: Participant | None = None
    ministry: Ministry | None = None
    new_ministry: str = ""  # its name, where it is to be made
    places: list[tuple[AppointmentRole, Topic | None]] = field(default_factory=list)
    starts: tuple[date, DatePrecision] | None = None
    ends: tuple[date, DatePrecision] | None = None
    odd_participant: str = ""  # a name that is not on record, whatever was decided about it
    odd_ministry: str = ""
    target: Official | None = None
    changes: list[tuple[Any, str, str]] = field(default_factory=list)
    outcome: str = OUT
    why: str = ""

    @property
    def all_problems(self) -> list[str]:
        return [said for found in self.problems.values() for said in found]


@dataclass
class Assessment:
    """All rows of a list, and the names in it that nobody knows."""

    verdicts: list[Verdict]
    unknown_participants: dict[str, tuple[str, int]] = field(default_factory=dict)  # key: (text, rows)
    unknown_ministries: dict[str, tuple[Participant, str, int]] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(verdict.outcome for verdict in self.verdicts)
        why = Counter(verdict.why for verdict in self.verdicts)
        return {
            "rows": len(self.verdicts),
            **{name: found[name] for name in (NEW, UPDATE, OUT)},
            **{name: why[name] for name in (BY_PROBLEM, UNDECIDED, BY_CHOICE, UNCHANGED)},
            "with_problem": sum(bool(verdict.problems) for verdict in self.verdicts),
            "duplicates": sum(bool(verdict.matches) for verdict in self.verdicts),
            "places": sum(len(verdict.places) for verdict in self.verdicts if verdict.outcome != OUT),
        }

    @property
    def digest(self) -> str:
        """Of what Confirm would do: where it is another one than was shown, the numbers shown are not true any more."""
        done = [
            (v.line, v.outcome, v.target.pk if v.target else 0, v.target.version if v.target else 0, v.cells)
            for v in self.verdicts
            if v.outcome != OUT
        ]
        return hashlib.sha256(repr(done).encode()).hexdigest()[:32]


def is_ready(batch: ImportBatch) -> bool:
    """Whether the columns say who and of which participant."""
    return "name" in batch.columns and ("participant" in batch.columns or batch.participant_id is not None)


def assess(batch: ImportBatch, known: Snapshot) -> Assessment:
    """Hold every row against the directory and against the rows above it. Takes no query."""
    result = Assessment([_read(batch, row, known) for row in batch.rows])
    rows = Index(_entry(verdict) for verdict in result.verdicts)
    taken = _Taken()
    for place, (verdict, entry) in enumerate(zip(result.verdicts, rows.entries, strict=True)):
        _note_unknown(result, verdict)
        if entry.name:
            verdict.matches = strongest([*known.index.matches(entry), *rows.matches(entry, before=place)])
        _decide(batch, verdict, known, taken)
    return result


def _entry(verdict: Verdict) -> Entry:
    said = verdict.values
    participant = verdict.participant.pk if verdict.participant else None
    return Entry(participant, said.get("name", ""), said.get("name_own_script", ""), said.get("email", ""), line=verdict.line)


def _pairs(batch: ImportBatch, cells: list[str]) -> Iterator[tuple[int, str, str]]:
    for place, key in enumerate(batch.columns):
        is_place = key in {"topic", "role"} or key.startswith(TOPIC_PREFIX)
        if key and place < len(cells) and (batch.names_places or not is_place):
            yield place, key, cell.cleaned(cells[place])


def _read(batch: ImportBatch, row: dict[str, Any], known: Snapshot) -> Verdict:
    """The values of a row, and what is wrong at its cells."""
    verdict = Verdict(row["line"], row["cells"], row.get("choice", ""), row.get("as_is", False))
    at: dict[str, int] = {}
    texts: dict[str, str] = {}
    topics: list[tuple[str, str]] = []
    for place, key, text in _pairs(batch, verdict.cells):
        at.setdefault(key, place)
        found = cell.problems_of_text(key, text, as_is=verdict.as_is) if text else []
        if found:
            verdict.problems.setdefault(place, []).extend(found)
        elif key == "topic" or key.startswith(TOPIC_PREFIX):
            topics += [(key, text)] if text else []
        elif text:
            texts[key] = text
    said = _Cells(verdict, at, texts)
    verdict.values = {STORED_AS[key]: text for key, text in texts.items() if key in STORED_AS}
    said.check_name()
    said.check_address()
    said.read_participant(batch, known)
    said.read_ministry(batch, known)
    said.read_places(topics, known)
    said.read_period()
    return verdict


@dataclass
class _Cells:
    """The texts of one row by field, and where they stand."""

    verdict: Verdict
    at: dict[str, int]
    texts: dict[str, str]

    def wrong(self, key: str, said: str) -> None:
        self.verdict.problems.setdefault(self.at.get(key, 0), []).append(said)

    def check_name(self) -> None:
        name = self.texts.get("name", "")
        if not any(sign.isalpha() for sign in name) and not self.verdict.problems.get(self.at.get("name", 0)):
            self.wrong("name", _("The name is missing."))

    def check_address(self) -> None:
        if (email := self.texts.get("email")) and (said := cell.problem_of_email(email)):
            self.wrong("email", said)
            self.verdict.values.pop("email")
        if language := self.texts.get("language"):
            try:
                self.verdict.values["language"] = cell.read_language(language)
            except ValueError as error:
                self.wrong("language", str(error))

    def read_participant(self, batch: ImportBatch, known: Snapshot) -> None:
        if "participant" not in self.at:
            self.verdict.participant = batch.participant
            return
        text = self.texts.get("participant", "")
        if not text:
            self.verdict.participant = batch.participant
            if batch.participant is None and not self.verdict.problems.get(self.at["participant"]):
                self.wrong("participant", _("The participant is missing."))
            return
        decided = batch.decisions.get("participant", {}).get(plain(text), "")
        on_record = known.participants.get(plain(text))
        self.verdict.participant = on_record or known.participants.get(plain(decided))
        self.verdict.odd_participant = "" if on_record else text
        if self.verdict.participant is None:
            near = known.near_participants(text)
            said = _("No participant has this name. Is it %(names)s?") % {"names": ", ".join(near)}
            self.wrong("participant", said if near else _("No participant has this name."))

    def read_ministry(self, batch: ImportBatch, known: Snapshot) -> None:
        verdict, text = self.verdict, self.texts.get("ministry", "")
        if not text or verdict.participant is None:
            return
        mine = known.ministries.get(verdict.participant.pk, {})
        decided = batch.decisions.get("ministry", {}).get(ministry_key(verdict.participant, text), "")
        verdict.ministry = mine.get(plain(text))
        verdict.odd_ministry = "" if verdict.ministry else text
        if verdict.ministry is None and decided.startswith("new:"):
            verdict.new_ministry = text
        elif verdict.ministry is None:
            verdict.ministry = next((row for row in mine.values() if f"is:{row.pk}" == decided), None)
        if verdict.ministry is None and not verdict.new_ministry:
            said = _("%(participant)s has no ministry of this name on record. Choose one, or make it, above the table.")
            self.wrong("ministry", said % {"participant": verdict.participant})

    def read_places(self, topics: list[tuple[str, str]], known: Snapshot) -> None:
        found, problems = cell.read_topics(topics, known.topics)
        for key, said in problems:
            self.wrong(key, said)
        role: AppointmentRole | None = AppointmentRole.FOCAL_POINT if found else None
        if text := self.texts.get("role"):
            try:
                role = cell.read_role(text)
            except ValueError as error:
                self.wrong("role", str(error))
                return
        if role == AppointmentRole.FOCAL_POINT and not found and not problems:
            self.wrong("role", _("Say in a column for which topic."))
        elif role not in {None, AppointmentRole.FOCAL_POINT} and found:
            self.wrong("role", _("A topic belongs to a focal point."))
        elif role == AppointmentRole.FOCAL_POINT:
            self.verdict.places = [(role, topic) for topic in found]
        elif role is not None:
            self.verdict.places = [(role, None)]

    def read_period(self) -> None:
        read: dict[str, tuple[date, DatePrecision]] = {}
        for key in ("starts", "ends"):
            if text := self.texts.get(key):
                try:
                    read[key] = cell.read_date(text)
                except ValueError as error:
                    self.wrong(key, str(error))
                    continue
                if self.verdict.places and read[key][1] != DatePrecision.DAY:
                    self.wrong(key, _("Enter the full day: rights begin and end with it."))
        self.verdict.starts, self.verdict.ends = read.get("starts"), read.get("ends")
        start, end = self.verdict.starts, self.verdict.ends
        first = start[0] if start else (today() if self.verdict.places else None)
        if end and first and last_day(*end) < first:
            self.wrong("ends", _("The period must not end before it starts."))


def ministry_key(participant: Participant, text: str) -> str:
    return f"{participant.slug}|{plain(text)}"


def _note_unknown(result: Assessment, verdict: Verdict) -> None:
    """Names that are not on record stay listed when they were decided, so that the decision can be changed."""
    if verdict.odd_participant:
        text, rows = result.unknown_participants.get(plain(verdict.odd_participant), (verdict.odd_participant, 0))
        result.unknown_participants[plain(text)] = (text, rows + 1)
    if verdict.odd_ministry and verdict.participant:
        name = ministry_key(verdict.participant, verdict.odd_ministry)
        _participant, text, rows = result.unknown_ministries.get(name, (verdict.participant, verdict.odd_ministry, 0))
        result.unknown_ministries[name] = (verdict.participant, text, rows + 1)


class _Taken:
    """What rows above have taken already: addresses, places, and entries that they update."""

    def __init__(self) -> None:
        self.emails: dict[tuple[int, str], int] = {}
        self.targets: dict[int, int] = {}
        self.focal: dict[tuple[int, int], list[tuple[date, date, int]]] = {}


def _decide(batch: ImportBatch, verdict: Verdict, known: Snapshot, taken: _Taken) -> None:
    """What Confirm would do with a row. A row with a problem is never imported, and a likely duplicate only when decided."""
    if verdict.choice.startswith(SAME):
        target = known.officials.get(int(verdict.choice.removeprefix(SAME)))
        if target is not None and verdict.participant and target.participant_id == verdict.participant.pk:
            verdict.target = target
            verdict.changes = _changes(verdict, target)
    if verdict.choice == LEAVE_OUT:
        verdict.why = BY_CHOICE
        return
    if verdict.matches and verdict.target is None and verdict.choice != OTHER_PERSON:
        verdict.why = BY_PROBLEM if verdict.problems else UNDECIDED
        return
    _check_against_others(batch, verdict, known, taken)
    if verdict.problems:
        verdict.why = BY_PROBLEM
    elif verdict.target and not verdict.changes and not verdict.places:
        verdict.why = UNCHANGED
    else:
        verdict.outcome = UPDATE if verdict.target else NEW
        _take(verdict, taken)


def _check_against_others(batch: ImportBatch, verdict: Verdict, known: Snapshot, taken: _Taken) -> None:
    participant = verdict.participant
    if participant is None:
        return
    said = _Cells(verdict, {key: place for place, key in reversed(list(enumerate(batch.columns))) if key}, {})
    email = verdict.values.get("email", "").casefold()
    holder = next(
        (
            match.entry.who
            for match in known.index.matches(Entry(None, "", email=email))
            if match.entry.who and match.entry.who.participant_id == participant.pk and match.entry.who != verdict.target
        ),
        None,
    )
    if email and holder:
        said.wrong("email", _("%(name)s of this participant has this address already.") % {"name": holder})
    if email and (line := taken.emails.get((participant.pk, email))):
        said.wrong("email", _("Row %(row)d has this address already.") % {"row": line})
    if verdict.target and (line := taken.targets.get(verdict.target.pk)):
        said.wrong("name", _("Row %(row)d changes the same entry already.") % {"row": line})
    _check_places(verdict, known, taken, said)


def _check_places(verdict: Verdict, known: Snapshot, taken: _Taken, said: _Cells) -> None:
    start, end = _term(verdict)
    wanted = []
    for role, topic in verdict.places:
        if topic is None or verdict.participant is None:
            if verdict.target is None or (verdict.target.pk, str(role)) not in known.places:
                wanted.append((role, topic))
            continue
        column = "topic" if "topic" in said.at else f"{TOPIC_PREFIX}{topic.key}"
        rows = known.focal.get((verdict.participant.pk, topic.pk), [])
        held = [row for row in rows if (row.period_from or date.min) <= end and (row.period_to or date.max) >= start]
        if any(row.official != verdict.target for row in held):
            words = _("%(name)s is focal point for %(topic)s. Hand over there first, or leave the topic out.")
            said.wrong(column, words % {"name": held[0].official, "topic": topic.name})
        for other_start, other_end, line in taken.focal.get((verdict.participant.pk, topic.pk), []):
            if other_start <= end and other_end >= start:
                words = _("Row %(row)d names somebody for %(topic)s already.")
                said.wrong(column, words % {"row": line, "topic": topic.name})
        if not held:
            wanted.append((role, topic))
    verdict.places = wanted


def _term(verdict: Verdict) -> tuple[date, date]:
    return verdict.starts[0] if verdict.starts else today(), last_day(*verdict.ends) if verdict.ends else date.max


def _take(verdict: Verdict, taken: _Taken) -> None:
    if verdict.participant is None:
        return
    if email := verdict.values.get("email", "").casefold():
        taken.emails[verdict.participant.pk, email] = verdict.line
    if verdict.target:
        taken.targets[verdict.target.pk] = verdict.line
    start, end = _term(verdict)
    for _role, topic in verdict.places:
        if topic is not None:
            taken.focal.setdefault((verdict.participant.pk, topic.pk), []).append((start, end, verdict.line))


def _changes(verdict: Verdict, target: Official) -> list[tuple[Any, str, str]]:
    """What an update would change: (label, old, new). An empty cell never takes a value away."""
    found: list[tuple[Any, str, str]] = []
    for key, name in STORED_AS.items():
        new = verdict.values.get(name, "")
        if new and new != getattr(target, name):
            found.append((FIELDS[key].label, getattr(target, name), new))
    if verdict.new_ministry or (verdict.ministry and verdict.ministry.pk != target.ministry_id):
        found.append((FIELDS["ministry"].label, str(target.ministry or ""), verdict.new_ministry or str(verdict.ministry)))
    for key, name in () if verdict.places else (("starts", "period_from"), ("ends", "period_to")):
        said: tuple[date, DatePrecision] | None = getattr(verdict, key)
        old = getattr(target, name)
        if said is not None and (new_date := last_day(*said) if key == "ends" else said[0]) != old:
            shown = format_partial(old, getattr(target, f"{name}_precision")) if old else ""
            found.append((FIELDS[key].label, shown, format_partial(new_date, said[1])))
    return found
