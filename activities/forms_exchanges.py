"""Forms of the desk's ledgers of exchanges and of references to the process: they validate and clean; services store."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from activities.forms_aims import ActivityByReference, VersionedForm
from activities.models import ExternalReference, Outreach
from members.enums import DatePrecision
from members.forms_fields import PartialDate
from members.partial_dates import iso_partial


class _DatedRowForm(VersionedForm):
    """A row with a date as far as it is known, and with sources."""

    day = PartialDate(label=_("Day"), required=False, help_text=_("As far as it is known: 2005, May 2005 or 14 May 2005."))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["day"].initial = iso_partial(self.instance.date, self.instance.date_precision)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        day = data.get("day")
        self.instance.date = day[0] if day else None
        self.instance.date_precision = day[1] if day else DatePrecision.DAY
        return data

    def validate_constraints(self) -> None:
        """Asked by the service, which says it at the field."""


class OutreachForm(_DatedRowForm):
    """One exchange with another process: who went to whom, who represented, what was learnt."""

    activity = ActivityByReference(
        label=_("Our activity that they came to"), required=False, help_text=_("Its reference, such as BP-2003-06.")
    )

    class Meta:
        model = Outreach
        fields = (
            *("title", "direction", "forum", "activity", "participant", "represented_by", "place", "day", "summary", "lessons"),
            *("is_public", "public_note", "source", "confidence", "notes"),
        )
        widgets = {"direction": forms.RadioSelect}
        labels = {
            "title": _("Meeting or occasion"),
            "direction": _("Who went to whom"),
            "forum": _("Forum"),
            "participant": _("Participant that represented the process"),
            "represented_by": _("Office that represented"),
            "place": _("Place"),
            "summary": _("What it was about"),
            "lessons": _("Lessons for this process"),
            "is_public": _("Everybody may read the note below"),
            "public_note": _("Note for the public"),
        }
        help_texts = {
            "represented_by": _("An office, not a person."),
            "lessons": _("A few sentences. Nothing about victims, smuggled people or suspects."),
            "is_public": _("Off unless you choose it. All else is for the steering group and the secretariat."),
            "public_note": _("It stands on the forum’s page with the title, the day and the place."),
        }


class ExternalReferenceForm(_DatedRowForm):
    """Who cited the process, where and in which words."""

    class Meta:
        model = ExternalReference
        fields = ("referrer", "forum", "title", "kind", "day", "summary", "url", "source", "confidence", "notes")
        labels = {
            "referrer": _("Who refers to the process"),
            "forum": _("Forum"),
            "title": _("Title of the text"),
            "kind": _("Kind of text"),
            "summary": _("What it says of the process"),
            "url": _("Address"),
        }
        help_texts = {
            "kind": _("Such as: joint statement, resolution, study."),
            "summary": _("In our own words, or a short quotation between quotation marks."),
        }
