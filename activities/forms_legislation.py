"""What a participant says of its legislation: the form validates and cleans; a service stores."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from activities.forms_aims import VersionedForm
from activities.models import LegislationStatus
from members.enums import AccessClass, DatePrecision
from members.forms_fields import PartialDate
from members.partial_dates import iso_partial


class LegislationForm(VersionedForm):
    """Words per language, since when, the source, and who may read the entry: never filled in beforehand, none compared [75]."""

    since = PartialDate(label=_("Day"), required=False, help_text=_("As far as you wish to say: 2005, May 2005 or 14 May 2005."))
    access_class = forms.ChoiceField(
        label=_("Who may read it"),
        choices=[(AccessClass.PARTICIPANTS, _("Participants only")), (AccessClass.PUBLIC, _("Everybody"))],
        widget=forms.RadioSelect,
    )

    class Meta:
        model = LegislationStatus
        fields = ("title", "title_id", "summary", "summary_id", "since", "link", "objective", "access_class")
        labels = {
            "title": _("In one sentence, in English"),
            "title_id": _("In one sentence, in Bahasa Indonesia"),
            "summary": _("More words, in English"),
            "summary_id": _("More words, in Bahasa Indonesia"),
            "link": _("Source: the title of the text, and where it can be read"),
            "objective": _("Objective that it serves"),
        }
        help_texts = {
            "title": _("Your own words, such as: a law against trafficking in persons is before parliament."),
            "link": _(
                "Such as: Law 7 of 2005, State Gazette 12, or the address of a page. In your own words; it is kept as text, and you may leave it empty."
            ),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["since"].initial = iso_partial(self.instance.date, self.instance.date_precision)
        if not self.instance.pk:
            self.initial["access_class"] = None

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        since = data.get("since")
        self.instance.date = since[0] if since else None
        self.instance.date_precision = since[1] if since else DatePrecision.DAY
        return data
