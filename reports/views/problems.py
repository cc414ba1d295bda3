"""What views of reports share: who acts, and a service's refusal next to its field."""

from __future__ import annotations

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
