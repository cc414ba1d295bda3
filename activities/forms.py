"""Forms of activities: they validate and clean; services store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from activities.enums import ActivityStatus, HostingPart
from activities.forms_recording import COUNTS, MISSING, Clock, PartyChoice, Task, party_choices, party_key, tasks_of
from activities.models import Activity, ActivityKind, Objective, ProgrammeArea
from activities.services.activities import Content
from activities.services.programme import Part
from members.enums import AccessClass, DatePrecision
from members.forms_fields import Day, PartialDate, TimeZoneField, offer_current
from members.models import Forum, Participant, Portfolio
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
PLACES = ("reply_by", "registration_closes", "quota", "capacity", "waiting_list", "confirm_delegates")
PLAIN = ("starts_at", "ends_at", "time_zone", *PLACES, *COUNTS)
PRACTICAL = {"en": "practical_en", "id": "practical_id"}  # language -> field
MARKDOWN = _("Markdown: an empty line begins a paragraph, a line that begins with - is a point of a list.")


def _area(label: Any, *, hint: Any = "", rows: int = 4) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=20_000, help_text=hint, widget=forms.Textarea(attrs={"rows": rows})
    )


def _count(label: Any, *, hint: Any = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=100_000, help_text=hint)


class ActivityForm(forms.Form):
    """The basics are title, kind, and a date as far as it is known; all else can come later."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label=_("Title"), max_length=250)
    title_id = forms.CharField(label=_("Title in Bahasa Indonesia"), max_length=250, required=False)
    kind = forms.ModelChoiceField(label=_("Kind"), queryset=ActivityKind.objects.all())
    start = PartialDate(
        label=_("First day"), required=False, help_text=_("As far as it is known: 14 May 2027, May 2027 or 2027.")
    )
    end = PartialDate(label=_("Last day"), required=False, help_text=_("Leave empty for one day."))
    date_unknown = forms.BooleanField(label=_("No date is known"), required=False)
    starts_at = Clock(label=_("Starts at"), help_text=_("For an activity of one day."))
    ends_at = Clock(label=_("Ends at"))
    time_zone = TimeZoneField(label=_("Time zone"), required=False, help_text=_("Such as Asia/Jakarta."))
    city = forms.CharField(label=_("City"), max_length=120, required=False)
    country = forms.CharField(label=_("Country"), max_length=120, required=False)
    venue = forms.CharField(label=_("Venue"), max_length=250, required=False)
    hosts = PartyChoice(label=_("Hosts"))
    co_hosts = PartyChoice(label=_("Co-hosts"))
    chairs = PartyChoice(label=_("Chairs"))
    joint_with = forms.ModelChoiceField(label=_("Held jointly with"), required=False, queryset=Forum.objects.all())
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
    practical_en = _area(_("In English"), hint=MARKDOWN, rows=8)
    practical_id = _area(_("In Bahasa Indonesia"), hint=MARKDOWN, rows=8)
    access_class = forms.ChoiceField(label=_("Who may read it"), choices=AccessClass.choices, initial=AccessClass.PUBLIC)
    content_class = forms.ChoiceField(
        label=_("Who may read the outcome and the programme"),
        choices=AccessClass.choices,
        initial=AccessClass.PUBLIC,
        required=False,
        help_text=_("That it takes place can be public while what is said there is not. Documents have their own rule."),
    )
    outcome = _area(_("Outcome"), hint=_("Nothing about victims, smuggled people or suspects."), rows=6)
    delegates = _count(_("Delegates, as a source counts them"), hint=_("For a meeting whose attendance is not recorded here."))
    countries = _count(_("Countries, as a source counts them"))
    organisations = _count(_("Organisations, as a source counts them"))
    public_note = _area(_("Public note"))
    source_says = _area(_("What another source says"), rows=2)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        offer_current(self)
        self.parties = party_choices()
        for name in PARTS:
            self.fields[name].choices = self.parties  # type: ignore[attr-defined] # of a choice

    @property
    def party_names(self) -> list[str]:
        """All names that may chair a part of the programme."""
        return [name for _group, rows in self.parties for _key, name in rows]

    @classmethod
    def initial_of(cls, activity: Activity) -> dict[str, Any]:
        """What the form shows of an activity."""
        names = (*WORDS, *PLAIN, "kind", "joint_with", "access_class", "content_class", "version")
        found: dict[str, Any] = {name: getattr(activity, name) for name in names}
        found["date_unknown"] = activity.start is None
        found["start"] = iso_partial(activity.start, activity.date_precision)
        found["end"] = iso_partial(activity.end, activity.date_precision)
        for name in ("objectives", "programme_areas", "portfolios"):
            found[name] = [row.pk for row in getattr(activity, name).all()]
        rows = list(activity.hostings.select_related("participant", "forum"))
        for name, part in PARTS.items():
            found[name] = [party_key(row.party) for row in rows if row.part == part]
        texts = {row.language: row.text for row in activity.practical_texts.all()}
        return found | {name: texts.get(language, "") for language, name in PRACTICAL.items()}

    def clean_content_class(self) -> str:
        """A form that does not ask leaves it as it is: closed content is never opened by an omission."""
        return self.cleaned_data["content_class"] or self.initial.get("content_class") or AccessClass.PUBLIC

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
        self._check_unknown(data)
        self._check_clock(data)
        if data.get("source_says") and not data.get("public_note"):
            self.add_error("public_note", _("Say in a public note that sources differ."))
        return data

    def _check_unknown(self, data: dict[str, Any]) -> None:
        if data.get("start") and data.get("date_unknown"):
            self.add_error("date_unknown", _("A date is given. Take the date or this mark away."))
        undated = not data.get("start") and not data.get("end") and not data.get("date_unknown")
        if undated and not {"start", "end"} & self.errors.keys():
            self.add_error("start", _("Enter the first day as far as it is known, or say that no date is known."))

    def _check_clock(self, data: dict[str, Any]) -> None:
        starts, ends = data.get("starts_at"), data.get("ends_at")
        if ends and not starts and "starts_at" not in self.errors:
            self.add_error("starts_at", _("Enter when it starts too."))
        if (starts or ends) and not data.get("time_zone") and "time_zone" not in self.errors:
            self.add_error("time_zone", _("Give the time zone of the clock times."))
        one_day = not data.get("end") or data.get("end") == data.get("start")
        if starts and ends and one_day and ends <= starts:
            self.add_error("ends_at", _("It ends before it starts. Enter a later time."))

    @property
    def days(self) -> tuple[date, date] | tuple[None, None]:
        """First and last day that the cleaned dates may mean."""
        start, end = self.cleaned_data.get("start"), self.cleaned_data.get("end")
        return (start[0], last_day(*(end or start))) if start else (None, None)

    def content(self, parts: Sequence[Part] | None = None) -> Content:
        """The cleaned answers, for a service; the programme only where its sheet was sent too."""
        data = self.cleaned_data
        start, end = data.get("start"), data.get("end")
        fields = {name: data[name] for name in (*WORDS, *PLAIN, "kind", "joint_with", "access_class", "content_class")}
        fields |= {
            "start": start[0] if start else None,
            "end": last_day(*end) if end else None,
            "date_precision": start[1] if start else DatePrecision.UNKNOWN,
        }
        links = {name: list(data[name]) for name in ("objectives", "programme_areas", "portfolios")}
        parties = {part: list(data[name]) for name, part in PARTS.items()}
        return Content(fields, links, parties, parts, {language: data[name] for language, name in PRACTICAL.items()})


PARTS = {"hosts": HostingPart.HOST, "co_hosts": HostingPart.CO_HOST, "chairs": HostingPart.CHAIR}


def missing_of(activity: Activity) -> list[Task]:
    """Sections of the sheet that the record of `activity` still lacks."""
    values = ActivityForm.initial_of(activity) | {"parts": activity.sessions.exists()}
    return [task for task in tasks_of(values, is_held=activity.status == ActivityStatus.HELD) if task.state == MISSING]


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
