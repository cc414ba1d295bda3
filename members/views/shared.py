"""What views of all apps share: who acts, a service's refusal next to its field, and what two texts differ in."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from members.errors import DomainError
from members.models import User

_VERSION = "expected_version"


def me(request: HttpRequest) -> User:
    """The person who asks. Raises PermissionDenied for nobody."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def show_error(form: Any, error: DomainError | ValidationError) -> None:
    """Show what a service said at the field it belongs to, or above the form."""
    if isinstance(error, DomainError):
        form.add_error(error.field if error.field in form.fields else None, error.message)
    elif hasattr(error, "error_dict"):
        for name, found in error.message_dict.items():
            form.add_error(name if name in form.fields else None, found)
    else:
        form.add_error(None, error)


def differences(mine: Any, theirs: Any, *, skip: str = _VERSION) -> list[tuple[Any, str, str]]:
    """Label, my words and theirs for each field of two forms that differs; the field `skip` is left out."""
    rows = []
    for field in mine:
        if field.name == skip or field.name not in theirs.fields:
            continue
        said, saved = _words(mine, field.name, field.value()), _words(theirs, field.name, theirs[field.name].value())
        if said != saved:
            rows.append((field.label, said, saved))
    return rows


def differing(posted: QueryDict, form: Any, form_class: Any, current: Any, **options: Any) -> dict[str, Any]:
    """For the page after a conflict: what differs from the saved row, and the form once more, on the saved version."""
    mine = posted.copy()
    mine[form.add_prefix(_VERSION)] = str(current.version)
    return {
        "rows": differences(form, form_class(instance=current, **options)),
        "form": form_class(mine, instance=current, **options),
    }


def _words(form: Any, name: str, value: Any) -> str:
    """A value as a person reads it, whether typed or stored."""
    field = form.fields[name]
    if getattr(field, "choices", None) is not None:
        values = value if isinstance(value, list | tuple) else [value]
        keys = {str(getattr(one, "pk", one)) for one in values if one not in (None, "", False)}
        return ", ".join(str(label) for key, label in _flat(field.choices) if str(key) in keys)
    if value in (None, False, ""):
        return ""
    if value in (True, "on"):
        return str(_("yes"))
    return str(field.widget.format_value(field.prepare_value(value)) or "").replace("\r\n", "\n").strip()


def _flat(choices: Any) -> list[tuple[Any, Any]]:
    """Choices without their groups."""
    found: list[tuple[Any, Any]] = []
    for key, label in choices:
        found += label if isinstance(label, list | tuple) else [(key, label)]
    return found
