"""Forms of agendas and of the log of calls: they validate and clean; services store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from activities.models import Activity, AgendaItem, CallRecord, Consultation, Proposal
from activities.selectors_group import Draft
from members.models import Seat
from members.models.base import today
from members.selectors import steering_body

FIELDS = (
    *("held_on", "starts_at", "time_zone", "others", "subject", "summary", "agreed"),
    *("proposal", "consultation", "activity"),
)
FIRST_YEAR = 2000


class AgendaItemForm(forms.Form):
    """One item in both languages. `version` is that of the whole agenda."""

    title_en = forms.CharField(
        label=_("Title in English"), max_length=400, error_messages={"required": _("Enter the title in English.")}
    )
    title_id = forms.CharField(label=_("Title in Bahasa Indonesia"), max_length=400, required=False)
    note = forms.CharField(
        label=_("Note"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Nothing about victims, smuggled people or suspects."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    @classmethod
    def initial_of(cls, item: AgendaItem, version: int) -> dict[str, Any]:
        """What the form shows of an item."""
        return {"title_en": item.title_en, "title_id": item.title_id, "note": item.note, "version": version}

    def fields_of_item(self) -> dict[str, str]:
        """The cleaned words, for a service."""
        return {name: self.cleaned_data[name] for name in ("title_en", "title_id", "note")}


class BeginForm(forms.Form):
    """Which of the suggested items an agenda begins with; all of them unless some are taken away."""

    items = forms.MultipleChoiceField(
        label=_("Begin with"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("The suggestions have changed. Look at them again.")},
    )

    def __init__(self, *args: Any, drafts: Sequence[Draft], **options: Any) -> None:
        self.drafts = {f"{draft.kind}:{draft.reference or draft.title_en}": draft for draft in drafts}
        options.setdefault("initial", {"items": list(self.drafts)})
        super().__init__(*args, **options)
        items = cast("forms.MultipleChoiceField", self.fields["items"])
        items.choices = [(key, f"{draft.kind.label}: {draft.title_en}") for key, draft in self.drafts.items()]

    def chosen(self) -> list[Draft]:
        """The drafts that stay, in the order of the suggestion."""
        wanted = set(self.cleaned_data["items"])
        return [draft for key, draft in self.drafts.items() if key in wanted]


class CallForm(forms.Form):
    """A call: when, who, about what, and what was agreed. Offices and seats, never telephone numbers."""

    subject = forms.CharField(label=_("Subject"), max_length=250, error_messages={"required": _("Enter the subject.")})
    held_on = forms.DateField(
        label=_("Date"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Enter the date of the call.")},
    )
    starts_at = forms.TimeField(
        label=_("Began at"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": _("Enter the time at which it began.")},
    )
    time_zone = forms.CharField(
        label=_("Time zone"),
        max_length=64,
        help_text=_("By region and city, such as Asia/Jakarta."),
        error_messages={"required": _("Enter a time zone by region and city, such as Asia/Jakarta.")},
    )
    seats = forms.ModelMultipleChoiceField(
        label=_("Seats that took part"),
        queryset=Seat.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    others = forms.CharField(
        label=_("Others who took part"),
        max_length=400,
        required=False,
        help_text=_("Offices, not persons, and no telephone numbers."),
    )
    summary = forms.CharField(
        label=_("Summary"),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Nothing about victims, smuggled people or suspects."),
    )
    agreed = forms.CharField(
        label=_("What was agreed, and who does it"),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    proposal = forms.ModelChoiceField(label=_("Proposal"), queryset=Proposal.objects.all(), required=False)
    consultation = forms.ModelChoiceField(
        label=_("Consultation"), queryset=Consultation.objects.filter(audience="steering-group"), required=False
    )
    activity = forms.ModelChoiceField(
        label=_("Activity"), queryset=Activity.objects.live().select_related("kind"), required=False
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, call: CallRecord | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        kept = Q(pk__in=call.seats.values("pk")) if call else Q(pk__in=())
        day = today()
        current = (Q(period_from__isnull=True) | Q(period_from__lte=day)) & (Q(period_to__isnull=True) | Q(period_to__gte=day))
        seats = cast("forms.ModelMultipleChoiceField[Seat]", self.fields["seats"])
        rows = Seat.objects.filter(body=steering_body()).filter(kept | current)
        seats.queryset = rows.select_related("participant", "forum", "role").order_by("role__order", "pk")

    @classmethod
    def initial_of(cls, call: CallRecord) -> dict[str, Any]:
        """What the form shows of a call."""
        found: dict[str, Any] = {name: getattr(call, name) for name in (*FIELDS, "version")}
        for name in ("proposal", "consultation", "activity"):
            found[name] = getattr(call, f"{name}_id")
        return found | {"seats": [seat.pk for seat in call.seats.all()]}

    def clean_time_zone(self) -> str:
        name: str = self.cleaned_data["time_zone"]
        if name not in available_timezones():
            raise ValidationError(_("Enter a time zone by region and city, such as Asia/Jakarta."))
        return name

    def clean_held_on(self) -> Any:
        day = self.cleaned_data["held_on"]
        if day > today():
            raise ValidationError(_("This day is still to come. Record a call once it was held."))
        if day.year < FIRST_YEAR:
            raise ValidationError(_("Look at the year: it is before the process began."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "seats" in data and not data["seats"] and not data.get("others"):
            self.add_error("seats", _("Say who took part."))
        return data

    def fields_of_call(self) -> dict[str, Any]:
        """The cleaned answers, for a service."""
        return {name: self.cleaned_data[name] for name in FIELDS}
