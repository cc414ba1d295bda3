"""Forms of the register of others' activities: a list, and one entry by hand."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from activities.forms_consultation import text_area
from activities.models import ForeignActivity
from activities.selectors_places import country_choices
from members.enums import DatePrecision
from members.forms_fields import PartialDate, offer_current
from members.forms_import import ImportForm
from members.models import Forum, Portfolio, Topic
from members.partial_dates import iso_partial, last_day

_TEXTS = ("title", "country", "city", "organiser", "url", "summary", "notes")


class ForeignListForm(ImportForm):
    """A list of others' activities, pasted or as a file. After `is_valid` it is read: `sheet`."""

    participant = None  # type: ignore[assignment] # a list of contacts has it


class ForeignActivityForm(forms.Form):
    """One activity of another body, as far as it is known."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1)
    title = forms.CharField(label=_("Title"), max_length=250)
    start = PartialDate(
        label=_("First day"), required=False, help_text=_("As far as it is known: 14 May 2027, May 2027 or 2027.")
    )
    end = PartialDate(label=_("Last day"), required=False, help_text=_("Leave empty for one day."))
    country = forms.ChoiceField(label=_("Country or territory"), required=False)
    city = forms.CharField(label=_("City"), max_length=120, required=False)
    forum = forms.ModelChoiceField(label=_("Forum"), queryset=Forum.objects.all(), required=False)
    organiser = forms.CharField(
        label=_("Organiser"), max_length=250, required=False, help_text=_("Where it is none of the forums on record.")
    )
    topics = forms.ModelMultipleChoiceField(
        label=_("Topics"), queryset=Topic.objects.all(), required=False, widget=forms.CheckboxSelectMultiple
    )
    portfolios = forms.ModelMultipleChoiceField(
        label=_("Portfolios"), queryset=Portfolio.objects.all(), required=False, widget=forms.CheckboxSelectMultiple
    )
    url = forms.URLField(
        label=_("Web address"),
        max_length=600,
        required=False,
        assume_scheme="https",
        help_text=_("It is shown, never opened by the portal."),
    )
    summary = text_area(_("What it is about"), rows=3, hint=_("Nothing about victims, smuggled people or suspects."))
    notes = text_area(_("Staff notes"), rows=2)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["country"].choices = [("", _("Not known")), *country_choices()]  # type: ignore[attr-defined]
        offer_current(self)

    @staticmethod
    def initial_of(record: ForeignActivity) -> dict[str, Any]:
        """What the form shows of an activity."""
        found: dict[str, Any] = {name: getattr(record, name) for name in (*_TEXTS, "version")}
        return found | {
            "forum": record.forum_id,
            "start": iso_partial(record.date, record.date_precision),
            "end": iso_partial(record.end, record.date_precision),
            "topics": [row.pk for row in record.topics.all()],
            "portfolios": [row.pk for row in record.portfolios.all()],
        }

    def clean_url(self) -> str:
        address: str = self.cleaned_data["url"]
        if address and not address.lower().startswith(("http://", "https://")):
            raise ValidationError(_("Write the whole address, beginning with https://"))
        return address

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        start, end = data.get("start"), data.get("end")
        if end and not start and "start" not in self.errors:
            self.add_error("start", _("Give the first day too."))
        elif start and end and last_day(*end) < start[0]:
            self.add_error("end", _("The last day is before the first."))
        return data

    def values(self) -> dict[str, Any]:
        """The cleaned answers, for a service."""
        data = self.cleaned_data
        start, end = data["start"], data["end"]
        return {name: data[name] for name in (*_TEXTS, "forum")} | {
            "date": start[0] if start else None,
            "date_precision": start[1] if start else DatePrecision.UNKNOWN,
            "end": last_day(*end) if end else None,
        }
