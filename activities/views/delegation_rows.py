"""Rows of the delegation's sheet: as they begin, as they are sent, as the page shows them, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from activities.enums import NominationState
from activities.forms_delegation import DeclineForm, PasteForm
from activities.models import Nomination
from members.models import Official


def answers_of(row: Nomination) -> dict[str, Any]:
    names = ("part", "mode", "meal", "access_needs", "visa_letter", "tell")
    days = [f"{day:%Y-%m-%d}" for day in row.days]
    found = answers_about(row.official) | {name: getattr(row, name) for name in names}
    found["replaces"] = row.replaces_id if row.state != NominationState.WITHDRAWN else None
    return found | ({"days": days} if days else {})


def answers_about(official: Official) -> dict[str, Any]:
    return {
        "official": official.pk,
        "name": official.name,
        "position": official.position,
        "email": official.email,
        "name_own_script": official.name_own_script,
    }


def place_of(text: str, people: Sequence[object]) -> int | None:
    """The place of a row by what a button says; None for anything that is no row."""
    known = {str(number): number for number in range(len(people))}
    return known.get(text)


def as_sent(rows: Sequence[dict[str, Any]], days: Sequence[Any]) -> QueryDict:
    """The rows as if they had been sent."""
    data = QueryDict(mutable=True)
    data["form-TOTAL_FORMS"], data["form-INITIAL_FORMS"] = str(len(rows)), "0"
    every = [f"{day:%Y-%m-%d}" for day in days]
    for number, row in enumerate(rows):
        for name, value in {"days": every, **row}.items():
            if isinstance(value, list):
                data.setlist(f"form-{number}-{name}", [str(one) for one in value])
            elif value not in (None, False):
                data[f"form-{number}-{name}"] = "on" if value is True else str(value)
    return data


def shown_rows(sheet: Any, standing: Sequence[Nomination], waiting: dict[int, int]) -> list[dict[str, Any]]:
    """The forms with what is known of their people: how they stand, whom they replace."""
    by_official = {str(row.official_id): row for row in standing}
    names = {str(row.pk): row.official.name for row in standing}
    names |= {str(row.replaces_id): row.replaces.official.name for row in standing if row.replaces}
    rows = []
    for form in sheet.forms:
        nomination = by_official.get(str(form["official"].value() or ""))
        rows.append(
            {
                "form": form,
                "nomination": nomination,
                "place": waiting.get(nomination.pk) if nomination else None,
                "replaces": names.get(str(form["replaces"].value() or ""), ""),
                "is_named": bool(str(form["name"].value() or "").strip()),
            }
        )
    return rows


def errors_by_row(sheet: Any, paste: PasteForm | None, declining: DeclineForm | None) -> list[tuple[str, str]]:
    """Everything that is wrong, each with its row's number and name, and the field to go to."""
    found = [("", str(message)) for message in sheet.non_form_errors()] if sheet.is_bound else []
    for number, form in enumerate(sheet.forms, start=1):
        name = " ".join(str(form["name"].value() or "").split())
        for field, words in form.errors.items() if form.is_bound else ():
            row = _("Row %(number)d, %(name)s:") if name else _("Row %(number)d:")
            target = form[field].id_for_label or f"{form[field].auto_id}_0" if field in form.fields else ""
            found += [(target, f"{row % {'number': number, 'name': name}} {message}") for message in words]
    for one in (paste, declining):
        found += [(field.id_for_label, str(message)) for field in one or () for message in field.errors]
    return found
