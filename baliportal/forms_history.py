"""What the desk's list of changes can be narrowed to."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from baliportal.history import KINDS
from members.forms_fields import PartialDate
from members.history_words import VERBS
from members.partial_dates import last_day
from members.selectors_history import Asked, Place, parse_place, records_named


class HistoryForm(forms.Form):
    """Filters of the list of changes. Nothing is on by default."""

    kind = forms.ChoiceField(label=_("Kind of record"), required=False)
    reference = forms.CharField(
        label=_("Reference"), required=False, max_length=80, help_text=_("Reference, symbol, code or key of one record.")
    )
    person = forms.TypedChoiceField(label=_("Who"), required=False, coerce=int, empty_value=None)
    verb = forms.ChoiceField(label=_("What was done"), required=False)
    since = PartialDate(label=_("From"), required=False)
    until = PartialDate(label=_("Until"), required=False, help_text=_("Such as 2026, May 2026 or 14 May 2026."))
    after = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, user: Any, people: dict[int, str]) -> None:
        super().__init__(data)
        self.user = user
        everything = ("", _("All"))
        kinds = sorted((tracked.words, tracked.kind) for tracked in KINDS if tracked.is_read_by(user))
        self._offer("kind", [everything, *((kind, words) for words, kind in kinds)])
        self._offer("person", [("", _("Everybody")), *((str(pk), name) for pk, name in people.items())])
        verbs = sorted((str(words), verb) for verb, words in VERBS.items())
        self._offer("verb", [everything, *((verb, words) for words, verb in verbs)])

    def _offer(self, name: str, choices: list[Any]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def clean_after(self) -> Place | None:
        given = self.cleaned_data["after"]
        if not given:
            return None
        try:
            return parse_place(given)
        except (ValueError, OverflowError) as error:
            raise ValidationError(_("This is no page of the list. Start with the first one.")) from error

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if since and until and last_day(*until) < since[0]:
            raise ValidationError({"until": _("The period must not end before it starts.")})
        return data

    def asked(self) -> Asked:
        """What is asked for. Call it on a valid form; with a reference it takes one query."""
        data = self.cleaned_data
        reference: str = data["reference"]
        since: date | None = data["since"][0] if data["since"] else None
        return Asked(
            kind=data["kind"],
            person=data["person"],
            verb=data["verb"],
            since=since,
            until=last_day(*data["until"]) if data["until"] else None,
            of=records_named(reference, KINDS, self.user) if reference else None,
            after=data["after"],
        )
