"""Forms of the reference tables."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from members.forms_directory import DirectoryForm
from members.models import Process, SeatRole
from members.models.base import Vocabulary
from members.roles import DESCRIPTIONS, PERMISSION_SETS
from members.selectors_reference import people_in_role

_RESERVED = {"new"}  # an address of the table itself


class ReferenceForm(DirectoryForm):
    """A row: its key while it is new, names and order."""

    key = forms.SlugField(
        label=_("Key"), max_length=40, help_text=_("Small letters, digits and hyphens. It stands in addresses and never changes.")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk is not None:
            del self.fields["key"]

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"]
        if key != key.lower() or "_" in key or key in _RESERVED:
            raise ValidationError(_("Use small letters, digits and hyphens, such as coast-guard."))
        if type(self.instance)._default_manager.filter(key=key).exists():
            raise ValidationError(_("Another row has this key already."))
        return key


class SeatRoleForm(ReferenceForm):
    """A role in a body, and what its holders may do. A change of that is confirmed first."""

    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput, help_text=_("It holds from the moment you save."))

    class Meta:
        model = SeatRole
        fields = ("key", "name_en", "name_id", "order", "is_member", "approves", "permission_set")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [(key, DESCRIPTIONS[key]) for key in PERMISSION_SETS]
        self.fields["permission_set"] = forms.ChoiceField(
            label=_("What its holders may do"), choices=choices, required=False, widget=forms.RadioSelect
        )
        people = people_in_role(self.instance) if self.instance.pk is not None else 0
        words = ngettext("Yes, change what %(people)s person may do", "Yes, change what %(people)s people may do", people)
        self.fields["confirmed"].label = words % {"people": people}
        self.order_fields([*(name for name in self.fields if name != "confirmed"), "confirmed"])

    def ask_confirmation(self) -> None:
        """Show the box that says yes to a change of what people may do."""
        self.fields["confirmed"].widget = forms.CheckboxInput()


class ProcessForm(DirectoryForm):
    """Names of the process in each language."""

    class Meta:
        model = Process
        fields = ("name_en", "name_id", "full_name_en", "full_name_id")
        labels = {"name_en": _("Name in English"), "name_id": _("Name in Bahasa Indonesia")}


def reference_form(model: type[Vocabulary], extra: tuple[str, ...] = ()) -> type[ReferenceForm]:
    """The form for rows of `model`, with its `extra` fields after those that all tables have."""
    if model is SeatRole:
        return SeatRoleForm
    fields = ("key", "name_en", "name_id", "order", *extra)
    return cast("type[ReferenceForm]", forms.modelform_factory(model, form=ReferenceForm, fields=fields))
