"""Agendas of meetings [28]: made from what stands on every one and from what is open, then edited and published."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from activities.enums import AgendaItemKind
from activities.models import Activity, Agenda, AgendaItem
from activities.selectors_group import Draft
from members.audit import acting
from members.errors import Conflict, DomainError
from members.models import Body, User
from members.permissions import check_can
from members.roles import Permission

MOST_ITEMS = 200


@transaction.atomic
def make_agenda(*, activity: Activity, body: Body, drafts: Sequence[Draft], by: User) -> Agenda:
    """Begin the agenda of a meeting of `body` with `drafts` in their order. Raises DomainError where it has one."""
    check_can(by, Permission.RECORD_ACTIVITIES)
    Activity.objects.select_for_update().get(pk=activity.pk)
    if activity.kind.key != body.activity_kind:
        raise DomainError(_("This activity is no meeting of that body."))
    if Agenda.objects.filter(activity=activity).exists():
        raise DomainError(_("This meeting has an agenda already."))
    with acting(by=by, verb="make_agenda"):
        agenda = Agenda.objects.create(activity=activity, body=body, made_by=by)
        for number, draft in enumerate(drafts[:MOST_ITEMS], start=1):
            _store(AgendaItem(agenda=agenda, order=number, **vars(draft)))
    return agenda


def _store(item: AgendaItem) -> None:
    item.full_clean(validate_constraints=False)  # the order is asked by the database, when the whole change is made
    item.save()


def _locked(agenda: Agenda, expected_version: int) -> Agenda:
    """The agenda under a lock, with its version counted up. Raises Conflict where somebody else's change came between."""
    found = Agenda.objects.select_for_update().get(pk=agenda.pk)
    if found.version != expected_version:
        raise Conflict(_("Somebody else changed this agenda in between."), current=found)
    found.version += 1
    return found


def _of(agenda: Agenda, pk: int) -> AgendaItem:
    item = AgendaItem.objects.filter(agenda=agenda, pk=pk).first()
    if item is None:
        raise DomainError(_("This item is not on the agenda any more."))
    return item


@transaction.atomic
def add_item(*, agenda: Agenda, fields: dict[str, Any], expected_version: int, by: User) -> AgendaItem:
    """A further item, after the others. Raises Conflict, DomainError."""
    check_can(by, Permission.RECORD_ACTIVITIES)
    found = _locked(agenda, expected_version)
    last = found.items.order_by("-order").first()
    if found.items.count() >= MOST_ITEMS:
        raise DomainError(_("The agenda is full. Take an item away first."))
    with acting(by=by, verb="add_agenda_item"):
        found.save()
        item = AgendaItem(agenda=found, order=last.order + 1 if last else 1, kind=AgendaItemKind.OTHER, **fields)
        _store(item)
    return item


@transaction.atomic
def edit_item(*, agenda: Agenda, pk: int, fields: dict[str, Any], expected_version: int, by: User) -> AgendaItem:
    """New words for an item. Raises Conflict, DomainError where the item is gone."""
    check_can(by, Permission.RECORD_ACTIVITIES)
    found = _locked(agenda, expected_version)
    item = _of(found, pk)
    for name, value in fields.items():
        setattr(item, name, value)
    with acting(by=by, verb="edit_agenda_item"):
        found.save()
        _store(item)
    return item


@transaction.atomic
def move_item(*, agenda: Agenda, pk: int, earlier: bool, expected_version: int, by: User) -> None:
    """Change places with the item before or after; at the end of the list nothing happens."""
    check_can(by, Permission.RECORD_ACTIVITIES)
    found = _locked(agenda, expected_version)
    item = _of(found, pk)
    others = found.items.filter(order__lt=item.order) if earlier else found.items.filter(order__gt=item.order)
    other = others.order_by("-order" if earlier else "order").first()
    if other is None:
        return
    with acting(by=by, verb="move_agenda_item"):
        found.save()
        item.order, other.order = other.order, item.order
        item.save(update_fields=["order"])
        other.save(update_fields=["order"])


@transaction.atomic
def remove_item(*, agenda: Agenda, pk: int, expected_version: int, by: User) -> None:
    """Take an item away; the history keeps it."""
    check_can(by, Permission.RECORD_ACTIVITIES)
    found = _locked(agenda, expected_version)
    with acting(by=by, verb="remove_agenda_item"):
        found.save()
        _of(found, pk).delete()


@transaction.atomic
def publish_agenda(*, agenda: Agenda, expected_version: int, by: User) -> None:
    """Show the agenda to the steering group. Raises DomainError where it is empty or the meeting is a draft."""
    check_can(by, Permission.RECORD_ACTIVITIES)
    found = _locked(agenda, expected_version)
    if not found.items.exists():
        raise DomainError(_("An agenda without items is not published."))
    if not found.activity.is_published or found.activity.is_withdrawn:
        raise DomainError(_("Publish the meeting first: the group cannot see it yet."))
    if found.published_at is None:
        with acting(by=by, verb="publish_agenda"):
            found.published_at, found.published_by = timezone.now(), by
            found.save()


@transaction.atomic
def unpublish_agenda(*, agenda: Agenda, expected_version: int, by: User) -> None:
    """Make the agenda a draft again, which only the secretariat sees."""
    check_can(by, Permission.RECORD_ACTIVITIES)
    found = _locked(agenda, expected_version)
    with acting(by=by, verb="unpublish_agenda"):
        found.published_at = found.published_by = None
        found.save()
