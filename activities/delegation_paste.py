"""A list of people, pasted or in a file, as rows of the sheet: columns found by headings, or by what stands in them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from activities.enums import AttendanceMode, DelegatePart
from members.names import plain
from members.sheets import Sheet, read_paste

_LOOK_AT = 5  # rows among which headings are sought
_HEADINGS: dict[str, tuple[str, ...]] = {
    "name": ("name", "full name", "names", "nama", "nama lengkap", "delegate", "delegates", "delegasi", "official", "pejabat"),
    "given": ("given name", "given names", "first name", "forename", "nama depan"),
    "family": ("family name", "surname", "last name", "nama belakang", "nama keluarga"),
    "position": (
        *("position", "job title", "designation", "title", "post", "rank", "function", "jabatan", "pangkat"),
        *("position and ministry", "jabatan dan kementerian", "position ministry"),
    ),
    "ministry": (
        *("ministry", "agency", "organisation", "organization", "department", "institution", "ministry agency", "affiliation"),
        *("kementerian", "instansi", "lembaga", "kementerian lembaga", "unit kerja"),
    ),
    "email": ("email", "e mail", "mail", "email address", "e mail address", "surel", "alamat surel", "alamat email"),
    "part": ("part", "role", "part in the delegation", "role in the delegation", "peran", "peran dalam delegasi"),
    "mode": ("how attending", "attendance", "mode", "how will this person attend", "kehadiran", "cara hadir"),
    "meal": ("meal", "diet", "dietary requirements", "dietary needs", "makanan", "hidangan"),
    "access_needs": ("access needs", "accessibility", "special needs", "kebutuhan akses", "kebutuhan khusus"),
    "name_own_script": ("name in own script", "own script", "native name", "nama dalam aksara sendiri", "aksara"),
    "": ("no", "nr", "number", "s no", "serial", "nomor", "salutation", "form of address", "gelar", "sapaan", "mr ms"),
}
_BY_WORD = {word: key for key, words in _HEADINGS.items() for word in words}
_ADDRESS = {"mr", "mrs", "ms", "miss", "dr", "prof", "hon", "he", "bapak", "ibu", "bpk", "sdr", "sdri"}
_PARTS = {
    **dict.fromkeys(("head", "head of delegation", "hod", "leader", "ketua", "ketua delegasi"), DelegatePart.HEAD),
    **dict.fromkeys(("delegate", "member", "delegasi", "anggota", "anggota delegasi", "delegat"), DelegatePart.DELEGATE),
    **dict.fromkeys(("adviser", "advisor", "expert", "penasihat", "penasehat", "ahli"), DelegatePart.ADVISER),
}
_MODES = {
    **dict.fromkeys(("online", "virtual", "remote", "zoom", "daring"), AttendanceMode.ONLINE),
    **dict.fromkeys(
        ("in person", "physical", "onsite", "on site", "luring", "langsung", "hadir langsung"), AttendanceMode.IN_PERSON
    ),
}
Row = dict[str, str]


def read_people(text: str) -> list[Row]:
    """The rows of a pasted list. Raises members.sheets.SheetError."""
    return people_of(read_paste(text))


def people_of(sheet: Sheet) -> list[Row]:
    """Rows as the delegation's sheet has them (name, position, email, part, mode, …) from a list that was read.

    Values are as they stand in the list: whether they are right says the delegation's sheet.
    """
    rows = [[_cell(cell) for cell in cells] for _line, cells in sheet.rows]
    found = _headings(rows)
    if found is not None:
        start, columns = found
        rows = rows[start + 1 :]
    else:
        columns = _guess(rows)
    return [row for row in (_person(cells, columns) for cells in rows) if row]


def _cell(text: str) -> str:
    return " ".join(text.replace("\u2400", " ").split())


def _headings(rows: Sequence[Sequence[str]]) -> tuple[int, list[str]] | None:
    """The row of headings and what each column holds; None where the list has none."""
    for number, cells in enumerate(rows[:_LOOK_AT]):
        keys = [_BY_WORD.get(plain(cell)) for cell in cells]
        known = [key for key in keys if key]
        if ("name" in known or "family" in known or "email" in known) and not any("@" in cell for cell in cells):
            return number, [key or "" for key in keys]
    return None


def _guess(rows: Sequence[Sequence[str]]) -> list[str]:
    """What each column holds by its cells: the one of addresses; those of known words; then name, position, ministry."""
    width = max((len(cells) for cells in rows), default=0)
    columns = [[cells[place] for cells in rows if place < len(cells) and cells[place]] for place in range(width)]
    keys = [_kind(column) for column in columns]
    texts = iter(("name", "position", "ministry"))
    return [next(texts, "") if key == "text" else key for key in keys]


def _kind(column: Sequence[str]) -> str:
    if not column:
        return ""
    if 2 * sum("@" in cell for cell in column) >= len(column):
        return "email"
    words = [plain(cell) for cell in column]
    if all(word in _PARTS for word in words):
        return "part"
    if all(word in _MODES for word in words):
        return "mode"
    if all(word in _ADDRESS for word in words) or all(re.fullmatch(r"[\d.+() /-]+", cell) for cell in column):
        return ""
    return "text"


def _person(cells: Sequence[str], columns: Sequence[str]) -> Row:
    by_key: dict[str, list[str]] = {}
    for key, cell in zip(columns, cells, strict=False):
        if key and cell:
            by_key.setdefault(key, []).append(cell)
    said = {key: ", ".join(found) for key, found in by_key.items()}
    if not any(said.get(key) for key in ("name", "given", "family", "email")):
        return {}
    name = said.get("name") or " ".join(part for part in (said.get("given", ""), said.get("family", "")) if part)
    position = ", ".join(part for part in (said.get("position", ""), said.get("ministry", "")) if part)
    row = {key: said.get(key, "") for key in ("meal", "access_needs", "name_own_script")}
    row |= {"name": name, "position": position, "email": _address(said.get("email", ""))}
    row["part"] = str(_PARTS.get(plain(said.get("part", "")), DelegatePart.DELEGATE))
    row["mode"] = str(_MODES.get(plain(said.get("mode", "")), AttendanceMode.IN_PERSON))
    return row


def _address(text: str) -> str:
    """The bare address of "Dewi <dewi@x.example>" or "mailto:…"."""
    inside = re.search(r"<([^<>]+@[^<>]+)>", text)
    return (inside[1] if inside else text).removeprefix("mailto:").strip()
