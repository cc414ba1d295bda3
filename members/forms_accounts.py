"""Forms of accounts at the desk and of one's own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from members.enums import AppointmentRole, IdentityCheck
from members.models import Participant, Seat, Topic
from members.services.accounts import Place


class SeatChoice(forms.ModelChoiceField):  # type: ignore[type-arg] # not generic when it runs
    """A seat with its body, since a participant may sit in several."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.body}: {obj}"


class InviteForm(forms.Form):
    """Whom to invite to which place; only the parts that the role needs are looked at."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        error_messages={"invalid": _("Enter an email address with an @ sign, such as name@ministry.go.id.")},
        help_text=_("The official address of one person. The link goes there and works for nobody else."),
    )
    name = forms.CharField(label=_("Full name"), max_length=200, required=False)
    language = forms.ChoiceField(label=_("Language of the mail"), choices=settings.LANGUAGES)
    role = forms.ChoiceField(label=_("Role"), choices=AppointmentRole.choices, widget=forms.RadioSelect)
    participant = forms.ModelChoiceField(
        Participant.objects.none(),
        label=_("Participant"),
        required=False,
        help_text=_("For a focal point, a ministry official or a national lead."),
    )
    topic = forms.ModelChoiceField(Topic.objects.none(), label=_("Topic"), required=False, help_text=_("For a focal point."))
    seat = SeatChoice(Seat.objects.none(), label=_("Seat"), required=False, help_text=_("For the holder of a seat."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seats = Seat.objects.current().select_related("body", "role", "participant", "forum")
        for name, rows in (
            ("participant", Participant.objects.order_by("name")),
            ("topic", Topic.objects.all()),
            ("seat", seats),
        ):
            self.fields[name].queryset = rows  # type: ignore[attr-defined] # a model choice

    def place(self) -> Place:
        """The place that the answers name; what the role does not need is left out."""
        role, answers = AppointmentRole(self.cleaned_data["role"]), self.cleaned_data
        of_participant = {AppointmentRole.FOCAL_POINT, AppointmentRole.MINISTRY, AppointmentRole.NATIONAL_LEAD}
        return Place(
            role,
            participant=answers["participant"] if role in of_participant else None,
            topic=answers["topic"] if role == AppointmentRole.FOCAL_POINT else None,
            seat=answers["seat"] if role == AppointmentRole.SEAT else None,
        )


class ReasonForm(forms.Form):
    """Why an account is closed or opened again."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=400,
        help_text=_("Administrators read it; it is not sent to the person."),
    )


class StartResetForm(forms.Form):
    """How somebody who lost every second factor was recognised."""

    check_made = forms.ChoiceField(
        label=_("How did you recognise the person?"),
        choices=[choice for choice in IdentityCheck.choices if choice[0] != IdentityCheck.OPERATOR],
        widget=forms.RadioSelect,
    )
    evidence = forms.CharField(
        label=_("What shows it"),
        max_length=400,
        help_text=_("Such as who called which number and when, or the reference of the note. A mail alone shows nothing."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class LanguageForm(forms.Form):
    """The language in which the portal writes to a person."""

    language = forms.ChoiceField(label=_("Language of mail to you"), choices=settings.LANGUAGES)
