"""A recipient's address, mended after a bounce."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from members.audit import acting
from members.errors import DomainError
from members.models import Delivery, User


@transaction.atomic
def change_address(*, delivery: Delivery, email: str, by: User) -> None:
    """Give the delivery's recipient another address for this and later mail. Raises DomainError where another one has it."""
    recipient = delivery.recipient
    if recipient.email == email:
        return
    recipient.email = email
    recipient.version += 1
    try:
        with transaction.atomic(), acting(by=by, verb="change_address"):
            recipient.save(update_fields=["email", "version"])
    except IntegrityError as error:
        raise DomainError(_("Another official of this participant has this e-mail address."), field="email") from error
