"""Forms of news from addressees: they validate and clean; services store."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from activities.enums import FollowUpKind
from activities.forms_aims import ActivityByReference
from activities.forms_followup import FactDay
from activities.selectors_addressees import Asked
from activities.services.followup import Update
from members.enums import AccessClass

if TYPE_CHECKING:
    from members.models import AnyUser

LONGEST_NEWS = 5000
MOST_VERSION = 2_000_000_000


class NewsForm(forms.Form):
    """One update of an addressee, in its own words."""

    kind = forms.ChoiceField(label=_("What kind of news is it?"), choices=FollowUpKind.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("What was done"),
        max_length=LONGEST_NEWS,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("In a few sentences. Nothing about victims, smuggled people or suspects."),
    )
    activity = ActivityByReference(
        label=_("Activity that takes it forward"), required=False, help_text=_("Its reference, such as BP-2003-06.")
    )
    happened_on = FactDay()
    evidence = forms.CharField(
        label=_("Evidence"),
        max_length=250,
        required=False,
        help_text=_("The symbol and paragraph of a document, or the address of a page. It is kept as text."),
    )

    def __init__(self, *args: Any, reader: AnyUser, **options: Any) -> None:
        super().__init__(*args, **options)
        activity: Any = self.fields["activity"]
        activity.reader = reader

    def update(self) -> Update:
        """The cleaned answers, for the service."""
        data = self.cleaned_data
        day, precision = data["happened_on"]
        return Update(
            FollowUpKind(data["kind"]),
            data["text"],
            data["evidence"],
            data["activity"],
            happened_on=day,
            happened_on_precision=precision,
        )


class WithdrawNewsForm(forms.Form):
    """Why an addressee takes its news back; the version that it read."""

    number = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=MOST_VERSION)
    reason = forms.CharField(
        label=_("Why do you withdraw it?"),
        max_length=400,
        required=False,
        help_text=_("Needed once others can read the news: the record keeps the day and the reason, not the words."),
    )


READERS = [
    (AccessClass.PUBLIC, _("Everybody: publish it")),
    (AccessClass.PARTICIPANTS, _("Participants only")),
    (AccessClass.STEERING_GROUP, _("The steering group, and those who sent it")),
    (AccessClass.SECRETARIAT, _("The secretariat, and those who sent it")),
]


class DecideForm(forms.Form):
    """Who may read an addressee's news; nothing is chosen beforehand."""

    number = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=MOST_VERSION)
    access_class = forms.ChoiceField(label=_("Who may read it"), choices=READERS, widget=forms.RadioSelect)


class AskForm(forms.Form):
    """Whom of the addressees the desk asks."""

    recipients = forms.MultipleChoiceField(label=_("Ask"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, rows: Iterable[Asked], **options: Any) -> None:
        choices = [(row.key, _words(row)) for row in rows]
        options.setdefault("initial", {"recipients": [key for key, _words in choices]})
        super().__init__(*args, **options)
        field: Any = self.fields["recipients"]
        field.choices = choices
        field.error_messages["invalid_choice"] = _("Choose recipients from the list.")
        field.error_messages["required"] = _("Choose at least one recipient.")


def _words(row: Asked) -> str:
    """Who it is, at which address, and what is doubtful about the entry."""
    who = f"{row.recipient.participant}: {row.recipient.to}, {row.recipient.email}"
    return f"{who} ({row.recipient.doubt_words})" if row.recipient.doubts else who
