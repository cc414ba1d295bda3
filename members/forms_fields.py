"""Fields that forms of all apps share."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from members.models.base import Vocabulary
from members.partial_dates import parse_partial

FIRST_YEAR, LAST_YEAR = 1900, 2200


def check_year(day: date) -> None:
    """A year outside the record's time is a slip of the keyboard. Raises ValidationError."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValidationError(
            _("Enter a year between %(first)s and %(last)s.") % {"first": str(FIRST_YEAR), "last": str(LAST_YEAR)}
        )


class Day(forms.DateField):
    """One day, in a browser's own field for days."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"validators": [check_year], **options})


class PartialDate(forms.CharField):
    """A year, a month or a day. Cleans to (first day, precision) or None."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=40, **options)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            found = parse_partial(text)
        except ValueError as error:
            raise ValidationError(_("Enter a year, a month or a day, such as 2004, May 2004 or 14 May 2004.")) from error
        check_year(found[0])
        return found


def offer_current(form: forms.BaseForm) -> None:
    """Leave retired rows of reference tables out of a form's choices, save those that the record has already."""
    for name, field in form.fields.items():
        rows = getattr(field, "queryset", None)
        if rows is None or not issubclass(rows.model, Vocabulary):
            continue
        held = form.initial.get(name)
        values = held if isinstance(held, list | tuple) else [held]
        field.queryset = rows.offered(chosen=[getattr(value, "pk", value) for value in values if value])  # type: ignore[attr-defined] # of a choice of rows


class TimeZoneField(forms.CharField):
    """A time zone by region and city."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=64, **options)

    def clean(self, value: Any) -> Any:
        name = super().clean(value)
        if name and name not in available_timezones():
            raise ValidationError(_("Enter a time zone by region and city, such as Asia/Jakarta."))
        return name
