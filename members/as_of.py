"""The question "as of which day", as pages ask it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from members.partial_dates import last_day, parse_partial


class AsOfForm(forms.Form):
    """A day, or a month or year, which counts to its last day. Empty: today."""

    as_of = forms.CharField(
        label=_("As of"), required=False, max_length=40, help_text=_("Such as 2003, May 2003 or 26 March 2003.")
    )

    def clean_as_of(self) -> date | None:
        text: str = self.cleaned_data["as_of"]
        if not text:
            return None
        try:
            return last_day(*parse_partial(text))
        except ValueError as error:
            raise ValidationError(_("Enter a year, a month or a day, such as 2003, May 2003 or 26 March 2003.")) from error

    @property
    def day(self) -> date | None:
        """The day asked for; None for today or where the answer is an error."""
        return self.cleaned_data.get("as_of") if self.is_valid() else None


def as_of_form(data: Any) -> AsOfForm:
    """The form bound to `data`, also where the question was not asked."""
    return AsOfForm({"as_of": data.get("as_of", "")})
