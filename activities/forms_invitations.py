"""The form of an activity's rule of invitation: it validates and cleans; the service stores."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from activities.enums_invitations import LetterForm, SignedBy
from activities.models import InvitationRule, ProgrammeArea
from activities.models.issuing import MOST_PICKED
from activities.services.issuing import Decision, RuleContent
from members.enums import ParticipantKind, Standing
from members.forms_fields import Day
from members.models import Participant, Portfolio, Region, Topic

MOST_REMINDERS, LONGEST_BEFORE = 5, 90
TICKS = forms.CheckboxSelectMultiple
ROWS = {"regions": (Region, "key"), "areas": (ProgrammeArea, "code"), "portfolios": (Portfolio, "key")}
PLAIN = (
    *("by_rule", "standings", "kinds", "is_open", "heeds_interests", "topic", "reply_by", "quota", "form", "signed_by"),
    *("subject_en", "subject_id", "body_en", "body_id"),
)


def _ticks(label: Any, choices: Any, hint: Any = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, choices=choices, required=False, widget=TICKS, help_text=hint)


def _rows(label: Any, rows: Any, key: str, hint: Any = "") -> forms.ModelMultipleChoiceField[Any]:
    return forms.ModelMultipleChoiceField(
        label=label, queryset=rows, to_field_name=key, required=False, widget=TICKS, help_text=hint
    )


def _text(label: Any, hint: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=20_000, help_text=hint, widget=forms.Textarea(attrs={"rows": 6})
    )


def _picked(label: Any, hint: Any) -> forms.ModelMultipleChoiceField[Participant]:
    return forms.ModelMultipleChoiceField(
        label=label,
        queryset=Participant.objects.all(),
        to_field_name="slug",
        required=False,
        help_text=hint,
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )


class Days(forms.CharField):
    """Numbers of days, such as "7, 2". Cleans to a list, the longest first."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=40, **options)

    def clean(self, value: Any) -> Any:
        parts = [part for part in super().clean(value).replace(",", " ").replace(";", " ").split() if part]
        days = {int(part) for part in parts if part.isascii() and part.isdecimal() and len(part) < len("100")}
        if len(days) != len(set(parts)) or any(not 1 <= number <= LONGEST_BEFORE for number in days):
            raise ValidationError(_("Enter numbers of days from 1 to 90, such as 7, 2."))
        if len(days) > MOST_REMINDERS:
            raise ValidationError(_("Enter at most five days."))
        return sorted(days, reverse=True)


class InvitationRuleForm(forms.Form):
    """Whom the activity invites, by which way, with what letter."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000)
    by_rule = forms.TypedChoiceField(
        label=_("Who is invited"),
        choices=[("yes", _("All whom the answers below name")), ("no", _("Only those named one by one"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    standings = _ticks(_("Standing"), Standing.choices, _("Tick none for all."))
    kinds = _ticks(_("Kinds of participants"), ParticipantKind.choices, _("Tick none for all."))
    regions = _rows(_("Regions"), Region.objects.all(), "key", _("Tick none for all."))
    is_open = forms.BooleanField(
        label=_("Open to participants from elsewhere and to observers"),
        required=False,
        help_text=_("They are invited too, and their letter says that they are encouraged to take full part."),
    )
    heeds_interests = forms.BooleanField(
        label=_("Leave out who does not wish to take part in these areas at present"),
        required=False,
        help_text=_("A participant that you add below is invited all the same."),
    )
    areas = _rows(
        _("Programme areas"),
        ProgrammeArea.objects.all(),
        "code",
        _("What the activity is about. Tick none for those of its record."),
    )
    topic = forms.ModelChoiceField(
        label=_("Topic"),
        queryset=Topic.objects.all(),
        to_field_name="key",
        required=False,
        help_text=_("Letters go to the focal points on it. Without a topic they go to all focal points."),
    )
    portfolios = _rows(_("Portfolios"), Portfolio.objects.all(), "key", _("Ministries with one of them are written to as well."))
    added = _picked(_("Added"), _("Invited whatever the rule says. Hold Ctrl or Command to choose several."))
    left_out = _picked(_("Left out"), _("Not invited whatever the rule says."))
    reply_by = Day(label=_("Reply by"), required=False)
    quota = forms.IntegerField(label=_("Places per participant"), required=False, min_value=1, max_value=500)
    remind_days = Days(
        label=_("Remind so many days before"),
        required=False,
        help_text=_("Days before the day to reply by, such as 7, 2. Empty for no reminder. Who has answered gets none."),
    )
    form = forms.ChoiceField(label=_("Form"), choices=LetterForm.choices, widget=forms.RadioSelect)
    signed_by = forms.ChoiceField(label=_("In whose name"), choices=SignedBy.choices, widget=forms.RadioSelect)
    subject_en = forms.CharField(label=_("Subject in English"), max_length=200)
    subject_id = forms.CharField(label=_("Subject in Bahasa Indonesia"), max_length=200, required=False)
    body_en = _text(
        _("Text in English"),
        _("The letter invites, gives dates and place, and closes by itself. Write here what the activity is about."),
    )
    body_id = _text(_("Text in Bahasa Indonesia"), _("Without it, the English text stands in letters in Bahasa Indonesia too."))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("regions", "portfolios", "topic"):
            field: Any = self.fields[name]
            held = self.initial.get(name) or []
            keys = [held] if isinstance(held, str) else held
            row = field.queryset.model
            field.queryset = row.objects.offered(chosen=row.objects.filter(key__in=keys).values_list("pk", flat=True))

    @classmethod
    def initial_of(cls, rule: InvitationRule) -> dict[str, Any]:
        """What the form shows of a rule."""
        found = {name: getattr(rule, name) for name in (*PLAIN, *ROWS, "added", "left_out", "version")}
        found["by_rule"] = "yes" if rule.by_rule else "no"
        found["topic"] = rule.topic.key if rule.topic else None
        found["remind_days"] = ", ".join(str(days) for days in rule.remind_days)
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        added, left_out = (list(data.get(name) or []) for name in ("added", "left_out"))
        if both := [str(row) for row in added if row in left_out]:
            self.add_error("left_out", _("Either added or left out: %(names)s.") % {"names": ", ".join(both)})
        for name, rows in (("added", added), ("left_out", left_out)):
            if len(rows) > MOST_PICKED:
                self.add_error(name, _("Name at most %(number)d participants one by one.") % {"number": MOST_PICKED})
        if data.get("by_rule") is False and not added and "added" not in self.errors:
            self.add_error("added", _("Name at least one participant, or invite by the answers above."))
        return data

    def content(self) -> RuleContent:
        """The cleaned answers, for a service. Rows are kept by their keys, which never change."""
        data = self.cleaned_data
        fields = {name: data[name] for name in PLAIN}
        fields |= {name: sorted(getattr(row, key) for row in data[name]) for name, (_model, key) in ROWS.items()}
        fields |= {name: sorted(row.slug for row in data[name]) for name in ("added", "left_out")}
        return RuleContent({**fields, "remind_days": data["remind_days"]})


class DecisionForm(forms.Form):
    """One decision about one participant of the list."""

    participant = forms.ModelChoiceField(queryset=Participant.objects.all(), to_field_name="slug")
    decision = forms.TypedChoiceField(choices=[(one.value, one.value) for one in Decision], coerce=Decision)


class DigestForm(forms.Form):
    """Which list somebody read before pressing the button."""

    digest = forms.RegexField(r"[0-9a-f]{64}")
