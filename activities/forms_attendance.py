"""Forms of attendance: a list to import, a certificate to withdraw, what an activity cost."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from activities.forms_delegation import PersonForm
from activities.models import ActivityCost
from activities.services.walk_ins import WalkIn
from members.forms_directory import DirectoryForm
from members.forms_import import ImportForm
from members.models import Participant
from members.models.official import LONGEST_EMAIL


class AttendanceListForm(ImportForm):
    """A list of who came, pasted or as a file. After `is_valid` it is read: `sheet`."""

    participant = None  # type: ignore[assignment] # a list of contacts has it

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["text"].help_text = _("With a row of headings: name or e-mail, and attendance or one column for each day.")

    def as_text(self) -> str:
        """The list as text with tabs, however it came: what the person confirms."""
        return "\n".join("\t".join(" ".join(cell.split()) for cell in cells) for _line, cells in self.sheet.rows)


class WalkInForm(PersonForm):
    """Somebody at the door who is not on the list."""

    field_order = ("participant", "name", "position", "email")
    participant = forms.ModelChoiceField(
        Participant.objects.none(),
        label=_("Participant"),
        empty_label=_("Choose"),
        error_messages={"required": _("Choose for whom the person comes.")},
    )
    email = forms.EmailField(
        label=_("Email address"),
        max_length=LONGEST_EMAIL,
        required=False,
        help_text=_("For the certificate and the report. Leave empty where it is not known."),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choice: Any = self.fields["participant"]
        choice.queryset = Participant.objects.order_by("name")

    def person(self) -> WalkIn:
        data = self.cleaned_data
        return WalkIn(data["participant"], " ".join(data["name"].split()), " ".join(data["position"].split()), data["email"])


class CertificateWithdrawForm(forms.Form):
    """Why a certificate is withdrawn."""

    reason = forms.CharField(
        label=_("Why"), max_length=400, help_text=_("It is shown to whoever checks the certificate. Write no names.")
    )


class CostForm(DirectoryForm):
    """What an activity cost in all."""

    class Meta:
        model = ActivityCost
        fields = ("amount", "currency")
        help_texts = {"currency": _("Three letters, such as AUD, IDR or USD.")}
