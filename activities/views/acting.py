"""What views of activities share: who acts, a service's refusal next to its field, and what two texts differ in."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import HttpRequest

from members.errors import DomainError
from members.models import User


def me(request: HttpRequest) -> User:
    """The person who asks. Raises PermissionDenied for nobody."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def add_error(form: BaseForm, error: DomainError) -> None:
    """Show what a service said at the field it belongs to, or above the form."""
    form.add_error(error.field if error.field in form.fields else None, error.message)


def differences(mine: Any, theirs: Any, *, skip: str) -> list[tuple[Any, str, str]]:
    """Label, my words and theirs for each field of two forms that differs; the field `skip` is left out."""
    rows = []
    for field in mine:
        if field.name == skip or field.name not in theirs.fields:
            continue
        said, saved = _words(mine, field.name, field.value()), _words(theirs, field.name, theirs[field.name].value())
        if said != saved:
            rows.append((field.label, said, saved))
    return rows


def _words(form: Any, name: str, value: Any) -> str:
    """A value as a person reads it, whether typed or stored."""
    choices = getattr(form.fields[name], "choices", None)
    if choices is not None:
        values = value if isinstance(value, list | tuple) else [value]
        keys = {str(getattr(one, "pk", one)) for one in values if one not in (None, "", False)}
        return ", ".join(str(label) for key, label in choices if str(key) in keys)
    if value in (None, False, ""):
        return ""
    return "✓" if value in (True, "on") else str(value).replace("\r\n", "\n").strip()
