"""Forms of activities: they validate and clean; services store."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from activities.enums import ActivityStatus, HostingPart
from activities.models import Activity, ActivityKind, Objective, ProgrammeArea
from activities.services.activities import Content
from members.enums import AccessClass, DatePrecision
from members.forms_fields import Day, PartialDate, offer_current
from members.models import Participant, Portfolio
from members.partial_dates import iso_partial, last_day

WORDS = (
    "title",
    "title_id",
    "city",
    "country",
    "venue",
    "coordinator",
    "scope",
    "added_value",
    "outcome",
    "public_note",
    "source_says",
)
PLACES = ("reply_by", "registration_closes", "quota", "capacity", "waiting_list", "confirm_delegates", "practical_note")


def _area(label: Any, *, hint: Any = "", rows: int = 4) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=20_000, help_text=hint, widget=forms.Textarea(attrs={"rows": rows})
    )


def _participants(label: Any) -> forms.ModelMultipleChoiceField[Participant]:
    return forms.ModelMultipleChoiceField(label=label, required=False, queryset=Participant.objects.all())


class ActivityForm(forms.Form):
    """The basics are title and kind; all else can come later."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label=_("Title"), max_length=250)
    title_id = forms.CharField(label=_("Title in Bahasa Indonesia"), max_length=250, required=False)
    kind = forms.ModelChoiceField(label=_("Kind"), queryset=ActivityKind.objects.all())
    start = PartialDate(
        label=_("First day"), required=False, help_text=_("As far as it is known: 14 May 2027, May 2027 or 2027.")
    )
    end = PartialDate(label=_("Last day"), required=False, help_text=_("Leave empty for one day."))
    time_zone = forms.CharField(label=_("Time zone"), max_length=64, required=False, help_text=_("Such as Asia/Jakarta."))
    city = forms.CharField(label=_("City"), max_length=120, required=False)
    country = forms.CharField(label=_("Country"), max_length=120, required=False)
    venue = forms.CharField(label=_("Venue"), max_length=250, required=False)
    hosts = _participants(_("Hosts"))
    co_hosts = _participants(_("Co-hosts"))
    chairs = _participants(_("Chairs"))
    coordinator = forms.CharField(label=_("Coordinator"), max_length=250, required=False, help_text=_("An office, not a person."))
    objectives = forms.ModelMultipleChoiceField(
        label=_("Objectives"), required=False, queryset=Objective.objects.all(), widget=forms.CheckboxSelectMultiple
    )
    programme_areas = forms.ModelMultipleChoiceField(
        label=_("Programme areas"), required=False, queryset=ProgrammeArea.objects.all(), widget=forms.CheckboxSelectMultiple
    )
    portfolios = forms.ModelMultipleChoiceField(
        label=_("Portfolios wanted"), required=False, queryset=Portfolio.objects.all(), widget=forms.CheckboxSelectMultiple
    )
    scope = _area(_("Scope"))
    added_value = _area(_("Added value"))
    reply_by = Day(label=_("Reply by"), required=False)
    quota = forms.IntegerField(label=_("Places per participant"), required=False, min_value=1, max_value=500)
    capacity = forms.IntegerField(label=_("Places in all"), required=False, min_value=1, max_value=10_000)
    registration_closes = Day(
        label=_("Registration closes on"),
        required=False,
        help_text=_("After this day, or the day to reply by, changes of a delegation are asked of the secretariat."),
    )
    waiting_list = forms.BooleanField(label=_("People over the places wait for one"), required=False)
    confirm_delegates = forms.BooleanField(label=_("The secretariat confirms delegates"), required=False)
    practical_note = _area(
        _("Practical information for delegates"),
        hint=_("Shown to nominated people on their own page: how to get there, where to stay, whom to ask on the spot."),
    )
    access_class = forms.ChoiceField(label=_("Who may read it"), choices=AccessClass.choices, initial=AccessClass.PUBLIC)
    outcome = _area(_("Outcome"), hint=_("Nothing about victims, smuggled people or suspects."), rows=6)
    public_note = _area(_("Public note"))
    source_says = _area(_("What another source says"), rows=2)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        offer_current(self)

    @classmethod
    def initial_of(cls, activity: Activity) -> dict[str, Any]:
        """What the form shows of an activity."""
        names = (*WORDS, *PLACES, "kind", "time_zone", "access_class", "version")
        found: dict[str, Any] = {name: getattr(activity, name) for name in names}
        found["start"] = iso_partial(activity.start, activity.date_precision)
        found["end"] = iso_partial(activity.end, activity.date_precision)
        for name in ("objectives", "programme_areas", "portfolios"):
            found[name] = [row.pk for row in getattr(activity, name).all()]
        rows = list(activity.hostings.filter(participant__isnull=False))
        for name, part in PARTS.items():
            found[name] = [row.participant_id for row in rows if row.part == part]
        return found

    def clean_time_zone(self) -> str:
        name: str = self.cleaned_data["time_zone"]
        if name and name not in available_timezones():
            raise ValidationError(_("Enter a time zone by region and city, such as Asia/Jakarta."))
        return name

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        start, end = data.get("start"), data.get("end")
        if end and not start and "start" not in self.errors:
            self.add_error("start", _("Give the first day too."))
        elif start and end:
            if start[1] != end[1]:
                self.add_error("end", _("Give the last day as exactly as the first."))
            elif last_day(*end) < start[0]:
                self.add_error("end", _("The last day is before the first."))
        if data.get("source_says") and not data.get("public_note"):
            self.add_error("public_note", _("Say in a public note that sources differ."))
        return data

    def content(self) -> Content:
        """The cleaned answers, for a service."""
        data = self.cleaned_data
        start, end = data.get("start"), data.get("end")
        fields = {name: data[name] for name in (*WORDS, *PLACES, "kind", "time_zone", "access_class")}
        fields |= {
            "start": start[0] if start else None,
            "end": last_day(*end) if end else None,
            "date_precision": start[1] if start else DatePrecision.UNKNOWN,
        }
        links = {name: list(data[name]) for name in ("objectives", "programme_areas", "portfolios")}
        return Content(fields, links, {part: list(data[name]) for name, part in PARTS.items()})


PARTS = {"hosts": HostingPart.HOST, "co_hosts": HostingPart.CO_HOST, "chairs": HostingPart.CHAIR}


class StatusForm(forms.Form):
    status = forms.ChoiceField(label=_("Status"), choices=ActivityStatus.choices)


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Why is it withdrawn?"), max_length=400, help_text=_("The page says this instead of the record.")
    )


class InviteForm(forms.Form):
    """Whom to invite, and until when they answer."""

    participants = forms.ModelMultipleChoiceField(
        label=_("Participants"),
        queryset=Participant.objects.all(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one participant.")},
    )
    reply_by = Day(label=_("Reply by"), required=False)
    quota = forms.IntegerField(label=_("Places per participant"), required=False, min_value=1, max_value=500)
