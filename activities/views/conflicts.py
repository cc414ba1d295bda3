"""What forms at the desk share: errors of a service next to their field, and two texts side by side after a conflict."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from members.errors import DomainError

_VERSION = "expected_version"


def show(form: Any, error: DomainError | ValidationError) -> None:
    """What a service said, next to the field it belongs to."""
    if isinstance(error, DomainError):
        form.add_error(error.field if error.field in form.fields else None, error.message)
    elif hasattr(error, "error_dict"):
        for name, found in error.message_dict.items():
            form.add_error(name if name in form.fields else None, found)
    else:
        form.add_error(None, error)


def differing(posted: QueryDict, form: Any, form_class: Any, current: Any, **options: Any) -> dict[str, Any]:
    """Fields in which the posted form and the saved row differ, and the form once more, on the saved version."""
    theirs = form_class(instance=current, **options)
    mine = posted.copy()
    mine[form.add_prefix(_VERSION)] = str(current.version)
    rows = []
    for field in form:
        said, saved = _shown(form, field.name, field.value()), _shown(theirs, field.name, theirs[field.name].value())
        if field.name != _VERSION and said != saved:
            rows.append((field.label, said, saved))
    return {"rows": rows, "form": form_class(mine, instance=current, **options)}


def _shown(form: Any, name: str, value: Any) -> str:
    """A value as a person reads it, whether typed or stored."""
    choices = getattr(form.fields[name], "choices", None)
    values = value if isinstance(value, list | tuple) else [value]
    keys = {str(getattr(one, "pk", one)) for one in values if one not in (None, "", False)}
    if choices is not None:
        return ", ".join(str(label) for key, label in choices if str(key) in keys)
    if value in (True, "on"):
        return str(_("yes"))
    return "" if value in (None, False) else str(value).replace("\r\n", "\n")
