"""Forms of the directory at the desk: they validate and clean; services store."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from members.enums import AppointmentRole, DatePrecision
from members.forms_fields import Day, PartialDate, offer_current
from members.models import (
    Appointment,
    Ministry,
    Office,
    Official,
    Participant,
    ParticipantName,
    Portfolio,
    Seat,
    StandingPeriod,
    Topic,
)
from members.models.base import today
from members.partial_dates import iso_partial, last_day

NAMED_ROLES = (AppointmentRole.FOCAL_POINT, AppointmentRole.MINISTRY, AppointmentRole.NATIONAL_LEAD)


class DirectoryForm(forms.ModelForm):  # type: ignore[type-arg] # generic at type-checking time only
    """A row of the directory. Carries the version it started from; leaves saving to the service."""

    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    links: tuple[str, ...] = ()  # many-to-many fields, stored by the service

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["expected_version"].initial = getattr(self.instance, "version", None)
        offer_current(self)

    def chosen_links(self) -> dict[str, Iterable[models.Model]]:
        return {name: self.cleaned_data[name] for name in self.links}


class DatedForm(DirectoryForm):
    """A row that holds for a period, as far as its dates are known."""

    starts = PartialDate(label=_("From"), required=False, help_text=_("As far as it is known: 2005, May 2005 or 14 May 2005."))
    ends = PartialDate(label=_("Until"), required=False, help_text=_("Leave empty while it goes on."))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        row = self.instance
        self.fields["starts"].initial = iso_partial(row.period_from, row.period_from_precision)
        self.fields["ends"].initial = iso_partial(row.period_to, row.period_to_precision)
        names = [name for name in self.fields if name not in {"starts", "ends"}]
        self.order_fields([*names, "starts", "ends"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        start, end = data.get("starts"), data.get("ends")
        if start and end and last_day(*end) < start[0]:
            raise ValidationError({"ends": _("The period must not end before it starts.")})
        row = self.instance
        if "starts" not in self.errors:
            row.period_from, row.period_from_precision = start or (None, DatePrecision.UNKNOWN)
        if "ends" not in self.errors:
            row.period_to = last_day(*end) if end else None
            row.period_to_precision = end[1] if end else DatePrecision.UNKNOWN
        return data


class ParticipantForm(DirectoryForm):
    """A participating government or organisation. Its address never changes once it is made."""

    class Meta:
        model = Participant
        fields = (
            *("name", "kind", "is_special_administrative_region", "region", "iso2", "iso3", "language"),
            *("joined", "joined_basis", "documented_from", "alt_names", "confidence", "notes"),
        )
        labels = {
            "is_special_administrative_region": _("A special administrative region"),
            "iso2": _("ISO code, two letters"),
            "iso3": _("ISO code, three letters"),
            "language": _("Language of letters"),
            "joined": _("First documented as taking part (year)"),
            "joined_basis": _("On what basis"),
            "documented_from": _("Standing documented since (year)"),
            "alt_names": _("Other spellings, for search and import only"),
        }
        widgets = {"language": forms.Select(choices=[("en", "English"), ("id", "Bahasa Indonesia")])}


class ParticipantNameForm(DatedForm):
    """A name that was in official use before the present one."""

    links = ("source",)

    class Meta:
        model = ParticipantName
        fields = ("name", "source", "confidence", "notes")
        labels = {"name": _("Earlier name"), "source": _("Sources")}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["ends"].required = True
        self.fields["ends"].help_text = _(
            "The last day, month or year it was the name. The name of today is the participant's own."
        )


class StandingForm(DatedForm):
    class Meta:
        model = StandingPeriod
        fields = ("standing", "basis", "start_known")
        labels = {"standing": _("Standing"), "basis": _("On what basis"), "start_known": _("The start is known")}


class MinistryForm(DatedForm):
    links = ("portfolios", "focal_topic")

    class Meta:
        model = Ministry
        fields = ("name", "name_in_source", "portfolios", "focal_topic", "part_of", "role", "confidence", "notes")
        labels = {
            "name_in_source": _("Name as a source gives it"),
            "portfolios": _("Portfolios"),
            "focal_topic": _("Topics it is documented with"),
            "part_of": _("Agency of"),
            "role": _("What it does in the process"),
        }
        widgets = {"portfolios": forms.CheckboxSelectMultiple, "focal_topic": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        portfolios = cast("forms.ModelMultipleChoiceField[Portfolio]", self.fields["portfolios"])
        portfolios.required = True  # every ministry carries at least one [3]
        part_of = cast("forms.ModelChoiceField[Ministry]", self.fields["part_of"])
        part_of.queryset = Ministry.objects.filter(participant=self.instance.participant).exclude(pk=self.instance.pk)

    def clean_part_of(self) -> Ministry | None:
        above: Ministry | None = self.cleaned_data["part_of"]
        seen = above
        while seen is not None:
            if seen.pk == self.instance.pk:
                raise ValidationError(_("A ministry cannot be an agency of its own agency."))
            seen = seen.part_of
        return above


class ContactForm(DatedForm):
    """What offices and officials have in common: a ministry of the same participant."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        ministry = cast("forms.ModelChoiceField[Ministry]", self.fields["ministry"])
        ministry.queryset = Ministry.objects.filter(participant=self.instance.participant)


class OfficeForm(ContactForm):
    class Meta:
        model = Office
        fields = ("title", "rank", "ministry", "form_of_address", "salutation", "channel", "email")
        help_texts = {
            "form_of_address": _("Such as: His Excellency the Minister for Foreign Affairs."),
            "salutation": _("How a letter begins, such as: Excellency,"),
        }


class OfficialForm(ContactForm):
    class Meta:
        model = Official
        fields = (
            *("name", "name_own_script", "form_of_address", "salutation", "position", "ministry"),
            *("email", "phone", "channel", "language"),
        )
        help_texts = {
            "name": _("One field, in the order the person uses. Any letters or script."),
            "salutation": _("How a letter begins, such as: Dear Ms Tanaka,"),
            "position": _("The title in official use today. Past appointments keep the title of their day."),
        }
        widgets = {"language": forms.Select(choices=[("", "–"), ("en", "English"), ("id", "Bahasa Indonesia")])}


class SeatForm(DatedForm):
    links = ("portfolios", "topics")

    class Meta:
        model = Seat
        fields = ("participant", "forum", "role", "remit", "represents", "portfolios", "topics", "confidence", "notes")
        labels = {"portfolios": _("Portfolios"), "topics": _("Topics"), "forum": _("or forum")}
        help_texts = {
            "represents": _("Such as: the co-chairing foreign ministers."),
            "portfolios": _("Two coordinators may share one."),
        }
        widgets = {"portfolios": forms.CheckboxSelectMultiple, "topics": forms.CheckboxSelectMultiple}

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if bool(data.get("participant")) == bool(data.get("forum")):
            raise ValidationError({"participant": _("Choose a participant or a forum, not both.")})
        return data


class AppointForm(forms.Form):
    """Who takes a place: an official or an office of the participant, from when until when."""

    role = forms.ChoiceField(label=_("Place"), choices=[(role.value, role.label) for role in NAMED_ROLES])
    topic = forms.ModelChoiceField(
        label=_("Topic"), queryset=Topic.objects.all(), required=False, help_text=_("For a focal point.")
    )
    holder = forms.ChoiceField(label=_("Who"))
    acting_for = forms.ModelChoiceField(
        label=_("Acting for"),
        queryset=Appointment.objects.none(),
        required=False,
        help_text=_("Leave empty unless the person stands in for the holder of the place."),
    )
    starts = Day(label=_("From"))
    ends = Day(
        label=_("Until"),
        required=False,
        help_text=_("The last day of the term. The secretariat is reminded before it ends."),
    )
    basis = forms.CharField(
        label=_("On what basis"), max_length=250, required=False, help_text=_("Such as: note verbale of 3 May 2027.")
    )

    def __init__(self, *args: Any, participant: Participant | None, seat: Seat | None = None, **options: Any) -> None:
        self.participant, self.seat = participant, seat
        super().__init__(*args, **options)
        self.fields["starts"].initial = today
        offer_current(self)
        holder = cast("forms.ChoiceField", self.fields["holder"])
        holder.choices = [("", "–"), *self._holders()]
        acting = cast("forms.ModelChoiceField[Appointment]", self.fields["acting_for"])
        acting.queryset = self._places()
        if seat is not None:
            del self.fields["role"], self.fields["topic"]

    def _holders(self) -> list[tuple[Any, Any]]:
        officials = Official.objects.filter(participant=self.participant).current().order_by("name")
        offices = Office.objects.filter(participant=self.participant).current().order_by("title")
        groups: list[tuple[Any, Any]] = []
        people = [(f"official-{row.pk}", f"{row.name}, {row.position}" if row.position else row.name) for row in officials]
        posts = [(f"office-{row.pk}", row.title) for row in offices]
        if people:
            groups.append((_("Officials"), people))
        if posts:
            groups.append((_("Offices, without naming a person"), posts))
        return groups

    def _places(self) -> models.QuerySet[Appointment]:
        rows = Appointment.objects.current().filter(acting_for__isnull=True)
        rows = rows.filter(seat=self.seat) if self.seat else rows.filter(participant=self.participant)
        return rows.select_related("official", "office", "topic")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("role") == AppointmentRole.FOCAL_POINT and not data.get("topic"):
            self.add_error("topic", _("Say for which topic."))
        if data.get("starts") and data.get("ends") and data["ends"] < data["starts"]:
            self.add_error("ends", _("The period must not end before it starts."))
        return data

    def place(self) -> dict[str, Any]:
        """Arguments for `appoint`."""
        data = self.cleaned_data
        kind, _dash, key = data["holder"].partition("-")
        role = AppointmentRole.SEAT if self.seat else AppointmentRole(data["role"])
        is_focal_point = role == AppointmentRole.FOCAL_POINT
        return {
            "role": role,
            "official": Official.objects.get(pk=key) if kind == "official" else None,
            "office": Office.objects.get(pk=key) if kind == "office" else None,
            "participant": None if self.seat else self.participant,
            "seat": self.seat,
            "topic": data["topic"] if is_focal_point else None,
            "acting_for": data["acting_for"],
            "from_day": data["starts"],
            "until": data["ends"],
            "basis": data["basis"],
        }


class HandoverForm(forms.Form):
    """End an appointment, and name who comes after: somebody on record, or a new official."""

    when = forms.ChoiceField(
        label=_("When it ends"),
        choices=[
            ("now", _("Now: access stops at once, also in sessions that are open")),
            ("day", _("At the end of the day below")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say when it ends.")},
    )
    last_day = Day(label=_("Last day"), required=False)
    reason = forms.CharField(label=_("Why"), max_length=250, required=False, help_text=_("Such as: posted elsewhere."))
    leaves = forms.BooleanField(label=_("The person leaves all other places too"), required=False)
    successor = forms.ModelChoiceField(
        label=_("Successor"), queryset=Official.objects.none(), required=False, empty_label=_("Nobody yet, or a new person")
    )
    new_name = forms.CharField(label=_("Full name"), max_length=200, required=False)
    new_position = forms.CharField(label=_("Position and ministry"), max_length=250, required=False)
    new_email = forms.EmailField(label=_("E-mail"), required=False)
    note = forms.CharField(
        label=_("Note to the successor"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What is under way, whom to ask. Nothing about victims, smuggled people or suspects."),
    )
    invite = forms.BooleanField(label=_("Invite the successor to an account"), required=False, initial=True)

    def __init__(self, *args: Any, appointment: Appointment, **options: Any) -> None:
        super().__init__(*args, **options)
        place = appointment.place_of
        successor = cast("forms.ModelChoiceField[Official]", self.fields["successor"])
        if isinstance(place, Participant) or appointment.place_of is None:
            own = Official.objects.filter(participant=place if isinstance(place, Participant) else None)
            successor.queryset = own.current().exclude(pk=appointment.official_id or 0).order_by("name")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("when") == "day" and not data.get("last_day"):
            self.add_error("last_day", _("Enter the last day."))
        if data.get("when") == "now":
            data["last_day"] = None
        is_new = any(data.get(name) for name in ("new_name", "new_position", "new_email"))
        if is_new and data.get("successor"):
            self.add_error("successor", _("Choose somebody on record or enter a new person, not both."))
        elif is_new:
            for name, said in (
                ("new_name", _("Enter the name of the successor.")),
                ("new_email", _("Enter the e-mail address of the successor.")),
            ):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, said)
        return data


class TermForm(forms.Form):
    ends = Day(
        label=_("Last day of the term"),
        required=False,
        help_text=_("Leave empty for an open term."),
    )


class RenameForm(forms.Form):
    name = forms.CharField(label=_("New name"), max_length=250)
    from_day = Day(label=_("From"))


class RemarkForm(forms.Form):
    remark = forms.CharField(
        label=_("What has changed"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Such as a new address, a new title, or who comes after you."),
    )
