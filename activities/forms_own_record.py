"""Forms of a participant's own pages, and of the desk where it answers corrections."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from activities.enums import Interest
from activities.models import ProgrammeArea
from activities.selectors_corrections import Subject
from members.services.declarations import Declared

NO_ANSWER = [("", _("No answer: as all others"))]


def _area(label: Any, missing: Any = "", *, hint: Any = "", required: bool = True, rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=4000,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": missing},
    )


class InterestsForm(forms.Form):
    """One answer per programme area, with what the person had before the eyes."""

    def __init__(self, *args: Any, areas: Iterable[ProgrammeArea], now: Mapping[str, str], may: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.codes = {f"area-{area.code}": area.code for area in areas}
        for name, code in self.codes.items():
            area = next(row for row in areas if row.code == code)
            self.fields[name] = forms.ChoiceField(
                label=area.short_title,
                required=False,
                choices=[*Interest.choices, *NO_ANSWER],
                widget=forms.RadioSelect,
                initial=now.get(code, ""),
                disabled=not may,
                error_messages={"invalid_choice": _("Choose one of the answers.")},
            )
            self.fields[f"seen-{code}"] = forms.CharField(
                required=False, max_length=12, widget=forms.HiddenInput, initial=now.get(code, "")
            )

    @property
    def answers(self) -> dict[str, str]:
        return {code: self.cleaned_data[name] for name, code in self.codes.items() if name in self.data}

    @property
    def seen(self) -> dict[str, str]:
        return {code: self.cleaned_data[f"seen-{code}"] for code in self.codes.values()}


class DeclarationForm(forms.Form):
    """What a participant says of itself."""

    is_source = forms.BooleanField(label=_("Source"), required=False)
    is_transit = forms.BooleanField(label=_("Transit"), required=False)
    is_destination = forms.BooleanField(label=_("Destination"), required=False)
    is_public = forms.BooleanField(label=_("Show this on our public page"), required=False)
    expected_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000)

    @property
    def declared(self) -> Declared:
        names = ("is_source", "is_transit", "is_destination", "is_public")
        return Declared(**{name: self.cleaned_data[name] for name in names})


class CorrectionForm(forms.Form):
    """Which fact is wrong, what it should say, why, and which source shows it."""

    fact = forms.ChoiceField(
        label=_("What is wrong?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose which fact is wrong."),
            "invalid_choice": _("Choose one of the facts below."),
        },
    )
    new_value = _area(
        _("What should it say?"), _("Say what it should say."), hint=_("Nothing about victims, smuggled people or suspects.")
    )
    reason = _area(_("Why?"), _("Say why it is wrong."))
    source = forms.CharField(
        label=_("Source"), max_length=600, required=False, help_text=_("Such as a document’s symbol, a note verbale or a page.")
    )

    def __init__(self, *args: Any, subject: Subject, **options: Any) -> None:
        super().__init__(*args, **options)
        self.subject = subject
        choices = [(fact.key, f"{fact.label}: {_short(fact.value)}") for fact in subject.facts]
        self.fields["fact"].choices = choices  # type: ignore[attr-defined] # a field with choices

    def clean_new_value(self) -> str:
        return _with_words(self.cleaned_data["new_value"])

    def clean_reason(self) -> str:
        return _with_words(self.cleaned_data["reason"])


def _with_words(text: str) -> str:
    if not text.strip():
        raise ValidationError(_("Write a few words."))
    return text.replace("\r\n", "\n")


def _short(value: str) -> str:
    most = 160
    flat = "; ".join(line for line in value.splitlines() if line)
    return (flat if len(flat) <= most else f"{flat[: most - 1].rstrip()}…") or "–"


class AcceptForm(forms.Form):
    note = _area(_("Note to the participant"), required=False, rows=2)


class DeclineCorrectionForm(forms.Form):
    reason = _area(
        _("Why does the record stay as it is?"),
        _("Say why the record stays as it is."),
        hint=_("The participant reads this."),
    )

    def clean_reason(self) -> str:
        return _with_words(self.cleaned_data["reason"])
