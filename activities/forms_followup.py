"""Forms of recommendations and their follow-up: they validate and clean; services store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from activities.enums import FollowUpKind
from activities.forms_aims import MOST_TEXT, ActivityByReference, VersionedForm
from activities.forms_cited import check_document, check_named
from activities.models import Recommendation
from activities.services.followup import Asked, Update
from members.enums import DatePrecision
from members.forms_fields import PartialDate
from members.models import Body, Office, Participant, Portfolio

if TYPE_CHECKING:
    from members.models import AnyUser

_PLAIN = ("text", "activity", "document_symbol", "document_version", "paragraph", "objective", "area", "addressees")
_MORE = ("due", "as_appropriate", "coordinator", "office", "access_class")
_PARTIES = ("participants", "portfolios", "bodies")


class RecommendationForm(VersionedForm):
    """A recommendation from a paragraph of a document, or typed; whom it is addressed to, until when."""

    activity = ActivityByReference(label=_("Meeting"), required=False, help_text=_("Its reference, such as BP-2003-06."))
    document_symbol = forms.CharField(
        label=_("Symbol of the document"),
        max_length=40,
        required=False,
        help_text=_("Such as BP-R-2004-01."),
        validators=[RegexValidator(r"\A[A-Za-z0-9.-]+\Z", _("Use letters, digits, points and hyphens, as in BP-R-2004-01."))],
    )
    document_version = forms.IntegerField(label=_("Version of the document"), required=False, min_value=1, max_value=999)
    due = forms.DateField(
        label=_("To be done by"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    participants = forms.ModelMultipleChoiceField(
        label=_("Addressed to participants"),
        required=False,
        queryset=Participant.objects.all(),
        widget=forms.CheckboxSelectMultiple,
    )
    portfolios = forms.ModelMultipleChoiceField(
        label=_("Addressed to portfolios in every government"),
        required=False,
        queryset=Portfolio.objects.all(),
        widget=forms.CheckboxSelectMultiple,
    )
    bodies = forms.ModelMultipleChoiceField(
        label=_("Addressed to bodies"), required=False, queryset=Body.objects.all(), widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Recommendation
        fields = (*_PLAIN, *_MORE)
        labels = {
            "text": _("Text of the recommendation"),
            "paragraph": _("Paragraph"),
            "objective": _("Objective"),
            "area": _("Programme area"),
            "addressees": _("Addressed to, in the words of the text"),
            "as_appropriate": _("The text says “as appropriate” and names no day"),
            "coordinator": _("Coordinator"),
            "office": _("Office of the coordinator to remind"),
            "access_class": _("Who may read it"),
        }
        help_texts = {
            "coordinator": _("An office, not a person."),
            "office": _("It gets one letter two weeks before the day above. Leave empty where nobody is to be reminded."),
        }

    def __init__(self, *args: Any, reader: AnyUser | None = None, **options: Any) -> None:
        """`reader` writes the form: what they cannot see they cannot cite."""
        super().__init__(*args, **options)
        self.reader = reader or AnonymousUser()
        self.cited_before = (self.instance.document_symbol, self.instance.document_version) if self.instance.pk else None
        offices: Any = self.fields["office"]
        reachable = Office.objects.current().exclude(email="").order_by("participant__name", "title", "pk")
        held = Office.objects.filter(pk=self.instance.office_id)
        offices.queryset = (reachable | held).select_related("participant")
        if self.instance.pk:
            rows = list(self.instance.addressee_rows.all())
            for name, field in zip(_PARTIES, ("participant_id", "portfolio_id", "body_id"), strict=True):
                self.fields[name].initial = [getattr(row, field) for row in rows if getattr(row, field)]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        said = (data.get("document_symbol", ""), data.get("document_version"))
        if not {"document_symbol", "document_version"} & set(self.errors) and said != self.cited_before:
            check_document(self.reader, *said)
        return data

    def validate_constraints(self) -> None:
        """Asked by the service, which says it at the field."""

    def asked(self) -> Asked:
        """The cleaned answers, for the service."""
        data = self.cleaned_data
        fields = {name: data[name] for name in (*_PLAIN, *_MORE)}
        return Asked(fields, list(data["participants"]), list(data["portfolios"]), list(data["bodies"]))


class FactDay(PartialDate):
    """When what is reported was done. Cleans to (first day, precision); (None, unknown) where it is left empty."""

    def __init__(self, **options: Any) -> None:
        words = _("As far as it is known: 2005, May 2005 or 14 May 2005. Leave it empty for the day on which you record it.")
        super().__init__(**{"label": _("When was this done?"), "required": False, "help_text": words, **options})

    def clean(self, value: Any) -> Any:
        return super().clean(value) or (None, DatePrecision.UNKNOWN)


class FollowUpForm(forms.Form):
    """One dated update."""

    kind = forms.ChoiceField(label=_("What kind of news is it?"), choices=FollowUpKind.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("What was done"),
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Nothing about victims, smuggled people or suspects."),
    )
    activity = ActivityByReference(
        label=_("Activity that takes it forward"), required=False, help_text=_("Its reference, such as BP-2003-06.")
    )
    happened_on = FactDay()
    evidence = forms.CharField(
        label=_("Evidence"),
        max_length=250,
        required=False,
        help_text=_("Such as a symbol and paragraph: BP-R-2004-01, paragraph 5."),
    )
    is_closed = forms.BooleanField(label=_("It is completed: nothing more is awaited"), required=False)

    def __init__(self, *args: Any, reader: AnyUser | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.reader = reader or AnonymousUser()

    def clean_evidence(self) -> str:
        text: str = self.cleaned_data["evidence"]
        check_named(self.reader, text)
        return text

    def update(self) -> Update:
        """The cleaned answers, for the service."""
        data = self.cleaned_data
        return Update(
            FollowUpKind(data["kind"]), data["text"], data["evidence"], data["activity"], data["is_closed"], *data["happened_on"]
        )
