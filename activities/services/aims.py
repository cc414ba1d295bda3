"""Goals, objectives and programme areas at the desk, and the acts that set, amended or reaffirmed them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from activities.models import Goal, Mandate, Objective, ProgrammeArea
from members.audit import acting
from members.errors import Conflict, DomainError
from members.models import User
from members.permissions import check_can
from members.roles import Permission

type Aim = Goal | Objective | ProgrammeArea
AIMS: tuple[type[Aim], ...] = (Goal, Objective, ProgrammeArea)


@transaction.atomic
def save_aim[A: (Goal, Objective, ProgrammeArea)](
    *, aim: A, links: Mapping[str, Iterable[models.Model]], by: User, expected_version: int | None = None
) -> A:
    """Store a new or edited goal, objective or area with its links.

    Raises Conflict where another edit came between, DomainError where the code is taken, ValidationError for other rules.
    """
    check_can(by, Permission.RECORD_ACTIVITIES)
    is_new = aim.pk is None
    if is_new:
        _check_code(aim.code)
    else:
        _take_version(aim, expected_version)
    aim.full_clean()
    with acting(by=by, verb=f"{'record' if is_new else 'edit'}_{aim._meta.model_name}"):
        aim.save()
        for name, rows in links.items():
            getattr(aim, name).set(rows)
    return aim


def _check_code(code: str) -> None:
    """Goals and objectives share an address, and a code once given is never given again."""
    if any(model._default_manager.filter(code=code).exists() for model in AIMS):
        raise DomainError(_("This code is taken. Give another."), field="code")


def _take_version(row: Any, expected: int | None) -> None:
    """Lock the row and count its version on. Raises Conflict unless it still has the version the edit began from."""
    current = type(row)._default_manager.select_for_update().get(pk=row.pk)
    if current.version != expected:
        raise Conflict(_("Somebody else changed this in between."), current=current)
    row.version = current.version + 1


@transaction.atomic
def save_mandate(*, mandate: Mandate, by: User, expected_version: int | None = None) -> Mandate:
    """Store what a meeting did with an aim [58, 59]. Raises Conflict or ValidationError."""
    check_can(by, Permission.RECORD_ACTIVITIES)
    is_new = mandate.pk is None
    if not is_new:
        _take_version(mandate, expected_version)
    mandate.full_clean()
    with acting(by=by, verb="record_mandate" if is_new else "edit_mandate"):
        mandate.save()
    return mandate


@transaction.atomic
def remove_mandate(*, mandate: Mandate, by: User) -> None:
    """Take away an act that was entered by mistake; the history keeps it."""
    check_can(by, Permission.RECORD_ACTIVITIES)
    with acting(by=by, verb="remove_mandate"):
        mandate.delete()
