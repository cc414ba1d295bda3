"""Forms of attendance: a list to import, a certificate to withdraw, what an activity cost."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from activities.models import ActivityCost
from members.forms_directory import DirectoryForm
from members.sheets import MOST_BYTES, Sheet, SheetError, read_paste, read_upload


class AttendanceListForm(forms.Form):
    """A list, pasted or as a file. After `is_valid` it is read: `sheet`."""

    sheet: Sheet
    # Not a CharField: that one takes away the tab at the start, and refuses the whole text for one odd sign.
    text = forms.Field(
        label=_("Paste the list"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_("With a row of headings: name or e-mail, and attendance or one column for each day."),
    )
    file = forms.FileField(label=_("or choose a file"), required=False, help_text=_("CSV or Excel (XLSX), up to 2 MB."))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["file"].widget.attrs["accept"] = ".csv,.txt,.tsv,.xlsx"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        text, file = str(data.get("text") or ""), data.get("file")
        if self.errors:
            return data
        if bool(text.strip()) == bool(file):
            self.add_error("text", _("Paste a list or choose a file: one of the two."))
            return data
        try:
            self.sheet = read_upload(file.name, file.read(MOST_BYTES + 1)) if file else read_paste(text)
        except SheetError as error:
            self.add_error("file" if file else "text", str(error))
        return data

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
