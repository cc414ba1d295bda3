"""Forms of importing contacts and of merging two entries: they read and check; services store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast
from zlib import crc32

from django import forms
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from members.import_columns import FIELDS, TOPIC_PREFIX
from members.models import ImportBatch, Ministry, Official, Participant, Portfolio, Topic
from members.names import looks_like_zawgyi
from members.selectors_assess import LEAVE_OUT, OTHER_PERSON, SAME, Assessment, Verdict
from members.selectors_import import Snapshot
from members.services.official_values import PERSONAL
from members.sheets import ENCODINGS, MOST_BYTES, MOST_CELL, Sheet, SheetError, read_paste, read_upload

NOTHING = "-"


class ImportForm(forms.Form):
    """A list, pasted or as a file. After `is_valid` it is read: `sheet`."""

    sheet: Sheet
    # Not a CharField: that one takes away the tab at the start, and refuses the whole text for one odd sign.
    text = forms.Field(
        label=_("Paste the list"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_("Copy the cells in Excel, with the row of headings, and paste them here."),
    )
    file = forms.FileField(label=_("or choose a file"), required=False, help_text=_("CSV or Excel (XLSX), up to 2 MB."))
    encoding = forms.ChoiceField(
        label=_("Encoding of the CSV file"),
        choices=[("", _("Find it out")), *ENCODINGS.items()],
        required=False,
        help_text=_("Choose one only if accented letters came out wrong."),
    )
    participant = forms.ModelChoiceField(
        label=_("All contacts are of"),
        queryset=Participant.objects.order_by("name"),
        required=False,
        empty_label=_("The list has a column for it"),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["file"].widget.attrs["accept"] = ".csv,.txt,.tsv,.xlsx"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        text, file = str(data.get("text") or ""), data.get("file")
        if self.errors:
            return data
        if bool(text.strip()) == bool(file):
            self.add_error("text", _("Paste a list or choose a file: one of the two."))
            return data
        try:
            self.sheet = self._read(text, file, data.get("encoding", ""))
        except SheetError as error:
            self.add_error("file" if file else "text", str(error))
        return data

    @staticmethod
    def _read(text: str, file: Any, encoding: str) -> Sheet:
        if not file:
            return read_paste(text)
        return read_upload(file.name, file.read(MOST_BYTES + 1), encoding)


class ColumnsForm(forms.Form):
    """What each column of a list holds."""

    participant = forms.ModelChoiceField(
        label=_("All contacts are of"),
        queryset=Participant.objects.order_by("name"),
        required=False,
        empty_label=_("The list has a column for it"),
    )
    names_places = forms.BooleanField(
        label=_("Also name them in their places: focal point for a topic, ministry official, national lead"), required=False
    )

    def __init__(self, *args: Any, batch: ImportBatch, topics: Sequence[Topic], **options: Any) -> None:
        options["initial"] = {"participant": batch.participant, "names_places": batch.names_places}
        super().__init__(*args, **options)
        own = [(f"{TOPIC_PREFIX}{topic.key}", _("Focal point for %(topic)s: yes or no") % {"topic": topic}) for topic in topics]
        choices = [(NOTHING, _("Leave this column out")), *((key, field.label) for key, field in FIELDS.items()), *own]
        self.number = len(batch.columns)
        for place, key in enumerate(batch.columns):
            self.fields[f"column-{place}"] = forms.ChoiceField(
                label=batch.headings[place].strip()[:80] or _("Column %(number)d") % {"number": place + 1},
                choices=choices,
                initial=key or NOTHING,
                help_text=_example(batch, place),
            )
        self.order_fields([f"column-{place}" for place in range(self.number)])

    def columns(self) -> list[str]:
        said = [self.cleaned_data[f"column-{place}"] for place in range(self.number)]
        return ["" if key == NOTHING else key for key in said]


def _example(batch: ImportBatch, place: int) -> Any:
    """The first text of a column; the form's template shows help as it is, so it is made safe here."""
    cells = (" ".join(row["cells"][place].split()) for row in batch.rows[:50])
    first = next((cell for cell in cells if cell), "")
    return _("Such as: %(text)s") % {"text": escape(first[:60])} if first else _("Empty in the first rows.")


class NamesForm(forms.Form):
    """What the names mean that are not on record. Fields are named after their key, so that a changed list confuses nothing."""

    def __init__(
        self, *args: Any, batch: ImportBatch, result: Assessment, known: Snapshot, portfolios: Sequence[Portfolio], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.keys: dict[str, tuple[str, str]] = {}
        for key, (text, rows) in result.unknown_participants.items():
            label = _("Participant “%(text)s” (rows: %(rows)d)") % {"text": text[:80], "rows": rows}
            near = known.near_participants(text)
            choices = [(name, name) for name in [*near, *(name for name in known.names if name not in near)]]
            self._add("participant", key, label, choices, batch)
        for key, (participant, text, rows) in result.unknown_ministries.items():
            words = {"text": text[:120], "participant": participant, "rows": rows}
            label = _("Ministry “%(text)s” of %(participant)s (rows: %(rows)d)") % words
            self._add("ministry", key, label, _ministry_choices(participant, text, known, portfolios), batch)

    def _add(self, kind: str, key: str, label: Any, choices: list[Any], batch: ImportBatch) -> None:
        name = f"{kind}-{crc32(key.encode()):08x}"
        self.keys[name] = (kind, key)
        self.fields[name] = forms.ChoiceField(
            label=label,
            choices=[("", _("Not decided: these rows stay out")), *choices],
            required=False,
            initial=batch.decisions.get(kind, {}).get(key, ""),
        )

    def decisions(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {"participant": {}, "ministry": {}}
        for name, (kind, key) in self.keys.items():
            found[kind][key] = self.cleaned_data[name]
        return found


def _ministry_choices(participant: Participant, text: str, known: Snapshot, portfolios: Iterable[Portfolio]) -> list[Any]:
    near = known.near_ministries(participant, text)
    mine: list[Ministry] = [*near, *(row for row in known.ministries.get(participant.pk, {}).values() if row not in near)]
    on_record = [(f"is:{row.pk}", row.name) for row in dict.fromkeys(mine)]
    new = [(f"new:{row.key}", _("Make it, with the portfolio %(name)s") % {"name": row.name}) for row in portfolios]
    return [*([(_("It is"), on_record)] if on_record else []), (_("It is not on record yet"), new)]


def choices_of(verdict: Verdict) -> list[tuple[str, Any]]:
    """What may be said of a row that may repeat somebody."""
    same = []
    for match in verdict.matches:
        who = match.entry.who
        if who is not None and verdict.participant is not None and who.participant_id == verdict.participant.pk:
            same.append((f"{SAME}{who.pk}", _("The same person as %(name)s: update the entry") % {"name": who.name}))
    return [*same, (OTHER_PERSON, _("A different person")), (LEAVE_OUT, _("Leave this row out")), ("", _("Not decided yet"))]


class RowForm(forms.Form):
    """The cells of one row, and what to do with it."""

    def __init__(self, *args: Any, batch: ImportBatch, verdict: Verdict, **options: Any) -> None:
        super().__init__(*args, **options)
        self.places = list(range(len(verdict.cells)))
        for place in self.places:
            key = batch.columns[place]
            heading = batch.headings[place].strip()[:80] or _("Column %(number)d") % {"number": place + 1}
            label = FIELDS[key].label if key in FIELDS else heading
            self.fields[f"cell-{place}"] = forms.CharField(
                label=label if key else _("%(heading)s (left out)") % {"heading": heading},
                required=False,
                max_length=MOST_CELL,
                initial=verdict.cells[place],
                widget=forms.TextInput(attrs={"list": "participants"} if key == "participant" else {}),
            )
        if verdict.as_is or any(looks_like_zawgyi(cell) for cell in verdict.cells):
            label = _("The Burmese text is right as it is")
            self.fields["as_is"] = forms.BooleanField(label=label, required=False, initial=verdict.as_is)
        choices = choices_of(verdict)
        if not verdict.matches:
            choices = [(LEAVE_OUT, _("Leave this row out")), ("", _("Import it"))]
        self.fields["choice"] = forms.ChoiceField(
            label=_("What to do with this row"),
            choices=choices,
            required=False,
            initial=verdict.choice,
            widget=forms.RadioSelect,
        )

    def cells(self) -> dict[int, str]:
        return {place: self.cleaned_data[f"cell-{place}"] for place in self.places}

    def show_problems(self, verdict: Verdict) -> None:
        """Mark at each field what is wrong with its stored cell."""
        for place, found in verdict.problems.items():
            if place in self.places and f"cell-{place}" not in self.errors:
                self.add_error(f"cell-{place}", [*found])


class MergeForm(forms.Form):
    """Per field that differs, which of two entries' values stays."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    other_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(self, *args: Any, kept: Official, other: Official, **options: Any) -> None:
        options["initial"] = {"version": kept.version, "other_version": other.version}
        super().__init__(*args, **options)
        for name in PERSONAL:
            mine, theirs = getattr(kept, name), getattr(other, name)
            if mine == theirs:
                continue
            label = cast("Any", kept._meta.get_field(name.removesuffix("_id"))).verbose_name
            self.fields[name] = forms.ChoiceField(
                label=str(label).capitalize(),
                choices=[("kept", _shown(kept, name)), ("other", _shown(other, name))],
                initial="kept" if mine else "other",
                widget=forms.RadioSelect,
            )

    def choices(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in PERSONAL if name in self.fields}


def _shown(official: Official, name: str) -> Any:
    value = official.ministry if name == "ministry_id" else getattr(official, name)
    if name == "channel":
        value = official.get_channel_display()
    return str(value) if value else _("(empty)")
