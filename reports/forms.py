"""Forms of the desk about documents, reports and circulation."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from activities.models import Activity
from members.enums import AccessClass, DatePrecision
from members.partial_dates import iso_partial, last_day, parse_partial
from reports.enums import DocumentKind, Held
from reports.models import Document
from reports.uploads import MEDIA_TYPES

ACCEPT = ",".join(f".{extension}" for extension in MEDIA_TYPES)
_UPLOAD_HINT = _(
    "PDF, DOCX, XLSX, PPTX, PNG or JPEG, at most 25 MB. Nothing about victims or suspects may be entered: no names, no case details."
)


class PartialDateField(forms.CharField):
    """A year, a month or a day; gives (first day, precision)."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None, DatePrecision.UNKNOWN
        try:
            return parse_partial(text)
        except ValueError as error:
            raise ValidationError(_("Enter a year, a month or a day, such as 2004, May 2004 or 14 May 2004.")) from error


class ActivityField(forms.CharField):
    """An activity by its reference, as the desk sees it."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value).strip()
        if not text:
            return None
        found = Activity.objects.filter(reference__iexact=text.split(":")[0]).first() if "\x00" not in text else None
        if found is None:
            raise ValidationError(_("No activity has this reference. It stands on the page of the activity."))
        return found


class DocumentForm(forms.ModelForm):  # type: ignore[type-arg] # not subscriptable at run time
    """What describes a document."""

    when = PartialDateField(label=_("Date"), required=False, max_length=40, help_text=_("A year, a month or a day."))
    about = ActivityField(
        label=_("Activity"), required=False, max_length=60, help_text=_("Its reference, as it stands on its page.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2_000_000_000)

    class Meta:
        model = Document
        fields = ("title", "title_id", "form", "labels", "language", "held", "url", "link_withheld", "public_note")
        widgets = {"public_note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["url"].required = False
        self.fields["language"].widget = forms.Select(choices=[("", "–"), *settings.LANGUAGES])
        self.fields["language"].label = _("Language of the copy held elsewhere")
        if self.instance.pk:
            self.initial.setdefault("when", iso_partial(self.instance.date, self.instance.date_precision))
            self.initial.setdefault("about", self.instance.activity.reference if self.instance.activity else "")
            self.initial.setdefault("version", self.instance.version)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("held") == Held.ELSEWHERE and not cleaned.get("url"):
            self.add_error("url", _("Give the address of the copy held elsewhere."))
        return cleaned

    def _post_clean(self) -> None:
        """The model's own rules are held by the service; here only field values are read."""

    @property
    def values(self) -> dict[str, Any]:
        """Values for the service; call when the form is valid."""
        day, precision = self.cleaned_data["when"]
        names = self.Meta.fields
        return {
            **{name: self.cleaned_data[name] for name in names},
            "date": day,
            "date_precision": precision,
            "activity": self.cleaned_data["about"],
        }


class NewDocumentForm(DocumentForm):
    """A draft: kind and class as well, since the kind gives the symbol."""

    kind = forms.ChoiceField(label=_("Kind"), choices=DocumentKind.choices, help_text=_("It gives the symbol its letter."))
    access_class = forms.ChoiceField(label=_("Who may read it"), choices=AccessClass.choices, initial=AccessClass.PUBLIC)
    field_order = ("kind", "title", "title_id", "when", "about", "access_class")


class VersionForm(forms.Form):
    """One file."""

    file = forms.FileField(label=_("File"), help_text=_UPLOAD_HINT, widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}))
    language = forms.ChoiceField(label=_("Language of the file"), choices=settings.LANGUAGES)


class ActivityReportForm(VersionForm):
    """The report of an activity, attached and published in one step."""

    title = forms.CharField(label=_("Title"), max_length=250)
    access_class = forms.ChoiceField(label=_("Who may read it"), choices=AccessClass.choices, initial=AccessClass.PUBLIC)
    field_order = ("title", "file", "language", "access_class")


class WithdrawForm(forms.Form):
    """Why a document is taken back."""

    reason = forms.CharField(label=_("Reason, shown at its address"), max_length=400)


class ReclassifyForm(forms.Form):
    """Who may read a document."""

    access_class = forms.ChoiceField(label=_("Who may read it"), choices=AccessClass.choices)


class CompileForm(forms.Form):
    """A new progress report."""

    meeting = ActivityField(
        label=_("Meeting that receives the report"), max_length=60, help_text=_("Its reference, as it stands on its page.")
    )
    title = forms.CharField(
        label=_("Title"), max_length=200, required=False, help_text=_("Empty: “Progress report” and the meeting’s title.")
    )
    title_id = forms.CharField(label=_("Title in Bahasa Indonesia"), max_length=200, required=False)
    period_from = PartialDateField(label=_("Period from"), max_length=40, help_text=_("A year, a month or a day."))
    period_to = PartialDateField(label=_("Period until"), max_length=40, help_text=_("Its last day counts."))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("period_from"), cleaned.get("period_to")
        if first and last and first[0] and last[0]:
            cleaned["first"], cleaned["last"] = first[0], last_day(last[0], last[1])
            if cleaned["last"] < cleaned["first"]:
                self.add_error("period_to", _("The period must not end before it starts."))
        return cleaned


class SectionForm(forms.Form):
    """One section beside its figures. A blank line starts a paragraph, lines with "- " make a list."""

    text = forms.CharField(
        label=_("Text in English"), max_length=20_000, required=False, widget=forms.Textarea(attrs={"rows": 10})
    )
    text_id = forms.CharField(
        label=_("Text in Bahasa Indonesia"), max_length=20_000, required=False, widget=forms.Textarea(attrs={"rows": 6})
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000)


class FreezeForm(forms.Form):
    """The last question before a report stops changing."""

    languages = forms.MultipleChoiceField(
        label=_("Files to make"), choices=settings.LANGUAGES, initial=["en", "id"], widget=forms.CheckboxSelectMultiple
    )
    confirm = forms.BooleanField(label=_("I have read the preview: the report will not change any more"))
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000)


class ApproveForm(forms.Form):
    """Approval of the files whose hashes the page showed."""

    confirm = forms.BooleanField(label=_("I have read these files and approve them for circulation"))


class CirculationForm(forms.Form):
    """Whom an approved report goes to, and the covering letter."""

    rule = forms.ChoiceField(
        label=_("Recipients"),
        choices=[
            ("counterparts", _("All participating governments and organisations")),
            ("members", _("Members only")),
        ],
    )
    deadline = forms.DateField(
        label=_("Acknowledge by"),
        required=False,
        help_text=_("Such as 2026-12-31."),
        input_formats=["%Y-%m-%d", "%d %B %Y", "%d.%m.%Y"],
    )
    body_en = forms.CharField(label=_("Letter in English"), max_length=5000, widget=forms.Textarea(attrs={"rows": 6}))
    body_id = forms.CharField(
        label=_("Letter in Bahasa Indonesia"), max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 6})
    )

    def clean_deadline(self) -> date | None:
        day: date | None = self.cleaned_data["deadline"]
        if day and day.year > 2200:  # noqa: PLR2004 - a slip of the keyboard
            raise ValidationError(_("Enter a day of this century."))
        return day


class SettleForm(forms.Form):
    """What became of a delivery in doubt."""

    outcome = forms.ChoiceField(
        label=_("What happened"),
        choices=[
            ("accepted", _("It was sent")),
            ("failed", _("It was not sent")),
            ("queued", _("It never left: send it again")),
        ],
        widget=forms.RadioSelect,
    )
    evidence = forms.CharField(
        label=_("How do you know?"), max_length=400, help_text=_("Such as a line of the mail server’s log.")
    )


class AddressForm(forms.Form):
    """Another address of a recipient, then the copy goes out again."""

    email = forms.EmailField(label=_("New address"), max_length=254)


class CiteForm(forms.Form):
    """From which paragraph a recommendation is made: asked at the document, carried over into the recommendation's form [72]."""

    document_symbol = forms.CharField(widget=forms.HiddenInput)
    activity = forms.CharField(widget=forms.HiddenInput, required=False)
    document_version = forms.ChoiceField(label=_("Version of the document"))
    paragraph = forms.CharField(
        label=_("Paragraph"), max_length=40, help_text=_("As the document numbers it, such as: paragraph 5.")
    )

    def __init__(self, document: Document, numbers: Iterable[int]) -> None:
        super().__init__(auto_id="cite_%s")
        self.initial = {"document_symbol": document.symbol, "activity": document.activity.reference if document.activity else ""}
        known = sorted(set(numbers), reverse=True)
        if known:
            self.fields["document_version"].choices = [(number, str(number)) for number in known]  # type: ignore[attr-defined]
        else:
            del self.fields["document_version"]
