"""Two entries of one person: what refers to them, and what stands against making them one.

What refers to an official is found by walking the models, so that apps above need not be known here [reliability F].
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pghistory.models
from django.db import models
from django.utils.translation import gettext as _

from members.models import Appointment, MergeRecord, Official
from members.models.appointment import NOT_CUT_SHORT

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from members.models import AnyUser


@dataclass(frozen=True)
class Reference:
    """A foreign key to an official: the model that has it and the name of the field."""

    model: type[models.Model]
    field: str

    @property
    def label(self) -> str:
        return f"{self.model._meta.label}.{self.field}"

    def rows(self, official: Official) -> QuerySet[Any]:
        return self.model._default_manager.filter(**{self.field: official})


def references() -> list[Reference]:
    """Every foreign key to an official in the project, but for histories, which keep what was, and merges themselves."""
    found = []
    for relation in Official._meta.get_fields(include_hidden=True):
        if not relation.auto_created or relation.concrete or not (relation.one_to_many or relation.one_to_one):
            continue
        model: Any = relation.related_model
        if not issubclass(model, pghistory.models.Event) and model is not MergeRecord:
            found.append(Reference(model, relation.field.name))  # type: ignore[union-attr] # a reverse relation has its field
    return sorted(found, key=lambda reference: reference.label)


def moving(official: Official) -> list[tuple[Any, int]]:
    """What would move from an entry to the kept one: (kind in words, number)."""
    counted = [(reference.model._meta.verbose_name, reference.rows(official).count()) for reference in references()]
    return [(kind, number) for kind, number in counted if number]


def clashes(kept: Official, other: Official) -> list[str]:
    """What forbids to make two entries one, in whole sentences; nothing where it can be done."""
    found = []
    if kept.participant_id != other.participant_id:
        found.append(_("They belong to different participants. A person who speaks for two has an entry with each."))
    if kept.user_id and other.user_id and kept.user_id != other.user_id:
        found.append(_("Both have an account. End one of the accounts first."))
    return [*found, *_same_places(kept, other), *(said for one in references() for said in _same_unique(one, kept, other))]


def _same_places(kept: Official, other: Official) -> list[str]:
    """Two appointments in one place at one time would make a person stand beside itself."""
    found = []
    rows = Appointment.objects.filter(NOT_CUT_SHORT, official__in=[kept, other]).select_related(
        "participant", "topic", "seat__role"
    )
    own = [row for row in rows if row.official_id == kept.pk]
    for row in rows:
        if row.official_id == other.pk and any(_overlap(row, mine) for mine in own):
            said = _("Both are in one place at one time: %(place)s. End one of the two first.")
            found.append(said % {"place": place_in_words(row)})
    return found


def place_in_words(row: Appointment) -> str:
    parts = (row.get_role_display(), row.participant, row.topic, row.seat)
    return ", ".join(str(part) for part in parts if part)


def _overlap(one: Appointment, other: Appointment) -> bool:
    same = [getattr(one, name) == getattr(other, name) for name in ("role", "participant_id", "topic_id", "seat_id")]
    after = one.period_to and other.period_from and one.period_to < other.period_from
    before = other.period_to and one.period_from and other.period_to < one.period_from
    return all(same) and not after and not before


def _same_unique(reference: Reference, kept: Official, other: Official) -> list[str]:
    """Rows of which a rule of the database allows one official only one, such as one delegate an activity."""
    found = []
    for names, condition in _unique_with(reference):
        theirs = [name for name in names if name != reference.field]
        mine = {tuple(row) for row in reference.rows(kept).filter(condition).values_list(*theirs)}
        for row in reference.rows(other).filter(condition):
            fields = [row._meta.get_field(name) for name in theirs]
            if tuple(getattr(row, field.attname) for field in fields) in mine:
                where = ", ".join(str(getattr(row, name)) for name in theirs)
                said = _("Both have a record of one kind in one place: %(kind)s, %(where)s.")
                found.append(said % {"kind": row._meta.verbose_name, "where": where})
    return list(dict.fromkeys(found))


def _unique_with(reference: Reference) -> list[tuple[tuple[str, ...], models.Q]]:
    meta = reference.model._meta
    rules = [
        (tuple(rule.fields), rule.condition or models.Q())
        for rule in meta.constraints
        if isinstance(rule, models.UniqueConstraint) and reference.field in rule.fields
    ]
    field = meta.get_field(reference.field)
    return [*rules, *([((reference.field,), models.Q())] if getattr(field, "unique", False) else [])]


def open_merge_of(official: Official) -> MergeRecord | None:
    """The merge by which an entry went into another, while it holds."""
    return MergeRecord.objects.filter(merged=official, undone_at__isnull=True).select_related("kept", "merged").first()


def merges(user: AnyUser) -> QuerySet[MergeRecord]:
    rows = MergeRecord.objects.visible_to(user)
    return rows.select_related("kept__participant", "merged", "merged_by", "undone_by")


def others_of(official: Official, words: str, user: AnyUser) -> QuerySet[Official]:
    """Other entries of the same participant whose name, address or position hold all the words."""
    rows = Official.objects.visible_to(user).apart().filter(participant=official.participant).exclude(pk=official.pk)
    for word in words.split():
        found = models.Q()
        for name in ("name", "name_own_script", "email", "position"):
            found |= models.Q(**{f"{name}__unaccent__icontains": word})
        rows = rows.filter(found)
    return rows.select_related("ministry").order_by("name", "pk")
