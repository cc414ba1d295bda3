"""Forms of goals, objectives, areas and mandates: they validate and clean; services store."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from activities.forms_cited import check_named
from activities.models import Activity, Goal, Mandate, Objective, ProgrammeArea
from members.enums import DatePrecision
from members.forms_fields import PartialDate
from members.partial_dates import iso_partial
from members.symbols import symbols_in

if TYPE_CHECKING:
    from members.models import AnyUser

if TYPE_CHECKING:
    from members.models import AnyUser

_TEXTS = ("short_title", "short_title_id", "summary", "summary_id", "official_wording", "official_wording_id")
MOST_TEXT = 20_000


class VersionedForm(forms.ModelForm):  # type: ignore[type-arg]  # generic at type-checking time only
    """A row with the version that its edit began from; leaves saving to the service."""

    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["expected_version"].initial = self.instance.version
        for field in self.fields.values():
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = 4
                field.max_length = MOST_TEXT  # type: ignore[attr-defined]
                field.validators.append(_not_too_long)


def _not_too_long(text: str) -> None:
    if len(text) > MOST_TEXT:
        raise ValidationError(_("Shorten the text to 20,000 characters."))


class AimForm(VersionedForm):
    """Our own neutral words per language, the official wording where it is known, and links."""

    links: tuple[str, ...] = ("theme",)
    code = forms.CharField(
        label=_("Code"),
        max_length=16,
        help_text=_("Capital letters, digits and hyphens, such as OBJ-11. It becomes part of the address and never changes."),
        validators=[RegexValidator(r"\A[A-Z0-9]+(-[A-Z0-9]+)*\Z", _("Use capital letters, digits and hyphens only."))],
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            del self.fields["code"]

    def validate_constraints(self) -> None:
        """Asked by the service, which knows that a code is given once for goals, objectives and areas together."""

    def chosen_links(self) -> dict[str, Iterable[models.Model]]:
        return {name: self.cleaned_data[name] for name in self.links}


_LABELS = {"theme": _("Topics"), "order": _("Number"), "origin": _("Origin")}
_HINTS = {
    "short_title": _("Our own neutral words, not the official text."),
    "official_wording": _("As adopted, word for word. Leave empty while it has not been checked against the document."),
}


class GoalForm(AimForm):
    links = ("theme", "objectives")

    class Meta:
        model = Goal
        fields = ("code", "order", *_TEXTS, "theme", "objectives", "confidence", "notes")
        labels = _LABELS | {"objectives": _("Objectives")}
        help_texts = _HINTS
        widgets = {"theme": forms.CheckboxSelectMultiple, "objectives": forms.CheckboxSelectMultiple}


class ObjectiveForm(AimForm):
    links = ("theme", "linked_programme_areas")

    class Meta:
        model = Objective
        fields = ("code", "order", *_TEXTS, "theme", "linked_programme_areas", "confidence", "notes")
        labels = _LABELS | {"linked_programme_areas": _("Linked programme areas")}
        help_texts = _HINTS
        widgets = {"theme": forms.CheckboxSelectMultiple, "linked_programme_areas": forms.CheckboxSelectMultiple}


class AreaForm(AimForm):
    class Meta:
        model = ProgrammeArea
        fields = ("code", "order", *_TEXTS, "origin", "theme", "confidence", "notes")
        labels = _LABELS
        help_texts = _HINTS
        widgets = {"theme": forms.CheckboxSelectMultiple}


class ActivityByReference(forms.CharField):
    """An activity by its reference. Cleans to the activity, or None. With a `reader`, others than he or she sees do not exist."""

    reader: AnyUser | None = None

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=40, **options)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            return Activity.objects.filter(pk=value).values_list("reference", flat=True).first() or ""
        return value

    def clean(self, value: Any) -> Any:
        text = super().clean(value).strip().upper()
        if not text:
            return None
        rows = Activity.objects.all() if self.reader is None else Activity.objects.visible_to(self.reader)
        found = rows.live().filter(reference=text).first()
        if found is None:
            raise ValidationError(_("No activity has this reference. It looks like BP-2004-04."))
        return found


class MandateForm(VersionedForm):
    """What a meeting did, where the paper says so, and who decided where the meeting only advised."""

    activity = ActivityByReference(label=_("Meeting"), required=False, help_text=_("Its reference, such as BP-2003-06."))
    day = PartialDate(
        label=_("Decided on"), required=False, help_text=_("Only where it was decided on another day: as far as it is known.")
    )

    class Meta:
        model = Mandate
        fields = ("act", "activity", "paragraph", "day", "authority", "what_changed")
        labels = {
            "act": _("What was done"),
            "paragraph": _("Paragraph"),
            "authority": _("Decided by"),
            "what_changed": _("What changed"),
        }
        help_texts = {
            "paragraph": _("Of the document that says so, with its symbol, such as: BP-R-2004-01, paragraph 5."),
            "authority": _("Where another than the meeting decided, such as: the co-chairing ministers."),
        }

    def __init__(self, *args: Any, reader: AnyUser | None = None, **options: Any) -> None:
        """`reader` writes the form: what they cannot see they cannot cite."""
        super().__init__(*args, **options)
        self.reader = reader or AnonymousUser()
        self.named_before = symbols_in(self.instance.paragraph)
        self.fields["day"].initial = iso_partial(self.instance.decided, self.instance.decided_precision)

    def clean_paragraph(self) -> str:
        text: str = self.cleaned_data["paragraph"]
        check_named(self.reader, text, kept=self.named_before)
        return text

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not data.get("activity") and not data.get("day") and not {"activity", "day"} & set(self.errors):
            self.add_error("activity", _("Name the meeting, or the day of the decision."))
        decided = data.get("day")
        self.instance.decided = decided[0] if decided else None
        self.instance.decided_precision = decided[1] if decided else DatePrecision.DAY
        return data
