"""Forms for plans that change: why, and which dates come instead."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from activities.models import Activity
from activities.services.plans import Dates
from members.forms_fields import PartialDate
from members.models import Process
from members.partial_dates import last_day

_LABELS = {"en": _("Why, in English"), "id": _("Why, in Bahasa Indonesia")}


class ChangeForm(forms.Form):
    """Why a plan changes, in each language of the process. The page and the messages say it so."""

    must_say_why = True
    version = forms.IntegerField(widget=forms.HiddenInput)
    reason_en = forms.CharField(label=_LABELS["en"], max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    reason_id = forms.CharField(label=_LABELS["id"], max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, activity: Activity, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial.setdefault("version", activity.version)
        process = Process.objects.first()
        spoken = {"en", *(process.language_codes if process else [])}
        for language in _LABELS:
            if language not in spoken:
                del self.fields[f"reason_{language}"]
            else:
                self.fields[f"reason_{language}"].required = self.must_say_why

    @property
    def reasons(self) -> dict[str, str]:
        return {language: self.cleaned_data.get(f"reason_{language}", "") for language in _LABELS}


class CancelForm(ChangeForm):
    """Calling an activity off."""


class ReinstateForm(ChangeForm):
    """Taking a cancellation back; a reason helps, and is not asked for."""

    must_say_why = False


class _WithDates(ChangeForm):
    start = PartialDate(
        label=_("New first day"), required=False, help_text=_("As far as it is known: 14 May 2027, May 2027 or 2027.")
    )
    end = PartialDate(label=_("New last day"), required=False, help_text=_("Leave empty for one day."))
    field_order = ("start", "end", "reason_en", "reason_id", "version")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        start, end = data.get("start"), data.get("end")
        if end and not start and "start" not in self.errors:
            self.add_error("start", _("Give the first day too."))
        elif start and end and start[1] != end[1]:
            self.add_error("end", _("Give the last day as exactly as the first."))
        elif start and end and last_day(*end) < start[0]:
            self.add_error("end", _("The last day is before the first."))
        return data

    @property
    def dates(self) -> Dates:
        start, end = self.cleaned_data.get("start"), self.cleaned_data.get("end")
        return Dates(start[0], last_day(*end) if end else None, start[1]) if start else Dates()


class PostponeForm(_WithDates):
    """Putting an activity off; without new dates it is undated until these are set."""


class NewDatesForm(_WithDates):
    """The new dates of a postponed activity."""

    must_say_why = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["start"].required = True
