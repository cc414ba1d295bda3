"""Forms of attendance: a list to import, a certificate to withdraw, what an activity cost."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from activities.models import ActivityCost
from members.forms_directory import DirectoryForm
from members.forms_import import ImportForm


class AttendanceListForm(ImportForm):
    """A list of who came, pasted or as a file. After `is_valid` it is read: `sheet`."""

    participant = None  # type: ignore[assignment] # a list of contacts has it

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["text"].help_text = _("With a row of headings: name or e-mail, and attendance or one column for each day.")

    def as_text(self) -> str:
        """The list as text with tabs, however it came: what the person confirms."""
        return "\n".join("\t".join(" ".join(cell.split()) for cell in cells) for _line, cells in self.sheet.rows)


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
