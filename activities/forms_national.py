"""Forms of the national space: mechanism, meetings, agenda, feedback. They validate and clean; services store."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from activities.enums_national import AgendaHeading, MeetingKind, StakeholderKind
from activities.forms_consultation import text_area
from activities.models import ActivityFeedback, NationalCoordination
from activities.services.coordination import Mechanism
from members.forms_fields import TimeZoneField
from members.models import Ministry, NationalMechanism, Participant, Topic

MOST_STAKEHOLDERS = 40
EARLIEST = date(1990, 1, 1)
LATEST = date(2100, 12, 31)


class MechanismForm(forms.Form):
    """How a participant coordinates at home. Offices and organisations, never persons."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=_("Name of the mechanism"), max_length=250)
    chair = forms.CharField(label=_("Chair"), max_length=250, required=False, help_text=_("An office, not a person."))
    lead = forms.ModelChoiceField(label=_("Lead ministry"), queryset=Ministry.objects.none(), required=False)
    ministries = forms.ModelMultipleChoiceField(
        label=_("Ministries that take part"),
        queryset=Ministry.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    topics = forms.ModelMultipleChoiceField(
        label=_("Topics"), queryset=Topic.objects.all(), required=False, widget=forms.CheckboxSelectMultiple
    )
    cadence = forms.CharField(
        label=_("How often it meets"), max_length=160, required=False, help_text=_("Such as: every two weeks.")
    )
    time_zone = TimeZoneField(
        label=_("Your time zone"),
        required=False,
        help_text=_("Days to reply by are shown in it too. Such as Asia/Jakarta."),
    )
    remarks = text_area(_("Remarks"))

    def __init__(self, *args: Any, participant: Participant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("lead", "ministries"):
            field: Any = self.fields[name]
            field.queryset = Ministry.objects.filter(participant=participant).current().order_by("name")

    @classmethod
    def initial_of(cls, own: NationalCoordination | None, public: NationalMechanism | None) -> dict[str, Any]:
        """What the form shows: the own record, or to start from, what the public record holds."""
        if own:
            names = ("version", "name", "chair", "cadence", "remarks", "time_zone")
            found: dict[str, Any] = {name: getattr(own, name) for name in names}
            found |= {"lead": own.lead_id, "ministries": [row.pk for row in own.ministries.all()]}
            return found | {"topics": [row.pk for row in own.topics.all()]}
        if public:
            found = {"version": 0, "name": public.name, "chair": public.chair, "cadence": public.cadence}
            found |= {"lead": public.lead_id, "ministries": [row.pk for row in public.members.all()]}
            return found | {"topics": [row.pk for row in public.topic.all()], "remarks": public.other_members}
        return {"version": 0}


class StakeholderForm(forms.Form):
    """An organisation or office that takes part besides ministries."""

    kind = forms.ChoiceField(label=_("Kind"), choices=StakeholderKind.choices, initial=StakeholderKind.ACADEMIC)
    name = forms.CharField(
        label=_("Organisation or office"), max_length=250, required=False, help_text=_("Leave empty to take it off.")
    )
    part = forms.CharField(label=_("Its part"), max_length=250, required=False)


class StakeholderFormSet(forms.BaseFormSet):  # type: ignore[type-arg]  # Django's class takes no parameter at run time
    """Stakeholders of one sheet; rows without a name are left out."""

    def rows(self) -> list[tuple[StakeholderKind, str, str]]:
        """Kind, name and part of each row that has a name."""
        found = [form.cleaned_data for form in self.forms if form.cleaned_data.get("name")]
        return [(StakeholderKind(row["kind"]), row["name"], row["part"]) for row in found]


StakeholderSheet = forms.formset_factory(
    StakeholderForm,
    formset=StakeholderFormSet,
    extra=2,
    max_num=MOST_STAKEHOLDERS,
    absolute_max=MOST_STAKEHOLDERS,
    validate_max=True,
)


def mechanism_of(form: MechanismForm, sheet: Any) -> Mechanism:
    """The cleaned answers of both, for a service."""
    data = form.cleaned_data
    return Mechanism(
        name=data["name"],
        chair=data["chair"],
        lead=data["lead"],
        cadence=data["cadence"],
        remarks=data["remarks"],
        time_zone=data["time_zone"],
        ministries=list(data["ministries"]),
        topics=list(data["topics"]),
        stakeholders=cast("StakeholderFormSet", sheet).rows(),
    )


class MeetingForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    kind = forms.ChoiceField(label=_("Kind"), choices=MeetingKind.choices, widget=forms.RadioSelect)
    note = text_area(_("Note"), rows=8, hint=_("What was said and agreed. Nothing about victims, smuggled people or suspects."))

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if not EARLIEST <= day <= LATEST:
            raise ValidationError(_("Give a day between 1990 and 2100."))
        return day


class AgendaItemForm(forms.Form):
    heading = forms.ChoiceField(label=_("Heading"), choices=AgendaHeading.choices)
    text = forms.CharField(label=_("What is to be discussed"), max_length=400)


class FeedbackForm(forms.Form):
    """Words, no points."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    useful = text_area(_("What was useful?"))
    use_at_home = text_area(_("What will you use at home?"))
    to_follow = text_area(
        _("What should follow?"), hint=_("Such as another activity, a contact, a document. Nothing about victims or suspects.")
    )

    @classmethod
    def initial_of(cls, feedback: ActivityFeedback | None) -> dict[str, Any]:
        """What the form shows of the draft."""
        if feedback is None:
            return {"version": 0}
        return {name: getattr(feedback, name) for name in ("version", "useful", "use_at_home", "to_follow")}
