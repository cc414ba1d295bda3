"""Which records have a history that can be read, by whom, and how each is called. Each app lists its own; a test compares."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import capfirst

from members import models as m
from members.models.visibility import rights_of

if TYPE_CHECKING:
    from members.models import AnyUser


class Reader(StrEnum):
    """Who at the desk may read a kind's history."""

    DESK = "desk"
    ADMINISTRATOR = "administrator"
    NOBODY = "nobody"  # a participant's own space: never for the secretariat


def text(name: str) -> Coalesce:
    """A field as text, empty where there is none."""
    return Coalesce(Cast(F(name), models.TextField()), Value(""), output_field=models.TextField())


def said(*parts: str) -> Any:
    """Fields one after the other, as words for a record: a part that starts with "=" is taken as it stands."""
    pieces = [Value(part[1:], output_field=models.TextField()) if part.startswith("=") else text(part) for part in parts]
    return Concat(*pieces, output_field=models.TextField()) if len(pieces) > 1 else pieces[0]


@dataclass(frozen=True)
class Tracked:
    """One recorded model: its name in addresses, the words for a row, and who may read its history.

    `key` is the field that addresses name a row by. `part_of` is (kind, field): its changes stand on that record's page
    too. `only` keeps events that may be read; with `seen_only`, rows that are out of sight now are out of the history.
    """

    kind: str
    model: type[models.Model]
    label: Any
    key: str = "pk"
    reader: Reader = Reader.DESK
    part_of: tuple[str, str] | None = None
    only: Q = field(default_factory=Q)
    seen_only: bool = False
    named: str | Promise = ""
    why: tuple[str, ...] = ()  # fields that give a reason
    page: tuple[str, ...] = ()  # route of the row's page at the desk and its first arguments; the key comes last

    def page_of(self, key: str) -> str:
        """The address of the row's page at the desk; empty where it has none of its own."""
        return reverse(self.page[0], args=[*self.page[1:], key]) if self.page else ""

    @property
    def words(self) -> str:
        """What such a record is called, in the page's language."""
        return str(capfirst(str(self.named or self.model._meta.verbose_name)))

    @property
    def event_model(self) -> Any:
        return next(iter(self.model.pgh_event_models.values()))  # type: ignore[attr-defined] # set by pghistory.track

    def is_read_by(self, user: AnyUser) -> bool:
        """Whether `user` may read histories of this kind at the desk."""
        rights = rights_of(user)
        if self.reader == Reader.ADMINISTRATOR:
            return rights.is_administrator
        return self.reader == Reader.DESK and rights.is_secretariat

    def rows(self, user: AnyUser) -> QuerySet[Any]:
        """The records of this kind that `user` may see now."""
        rows: Any = self.model._default_manager.all()
        if hasattr(rows, "visible_to"):
            return rows.visible_to(user)  # type: ignore[no-any-return]
        return rows if self.is_read_by(user) else rows.none()  # type: ignore[no-any-return]

    def events(self, user: AnyUser) -> QuerySet[Any]:
        """The events of this kind that `user` may read."""
        events: Any = self.event_model._default_manager.filter(self.only)
        if not self.is_read_by(user):
            return events.none()  # type: ignore[no-any-return]
        return events.filter(id__in=self.rows(user).values("pk")) if self.seen_only else events  # type: ignore[no-any-return]


def of_kinds(kinds: Iterable[Tracked]) -> dict[str, Tracked]:
    """The same by name. Raises ValueError where two kinds have one name."""
    found: dict[str, Tracked] = {}
    for tracked in kinds:
        if tracked.kind in found:
            raise ValueError(tracked.kind)
        found[tracked.kind] = tracked
    return found


_OF_PARTICIPANT = ("participant", "participant_id")
TRACKED = (
    Tracked("participant", m.Participant, said("name"), key="slug", page=("members:contact_participant",)),
    Tracked("earlier-name", m.ParticipantName, said("name"), part_of=_OF_PARTICIPANT),
    Tracked("standing", m.StandingPeriod, said("participant__name"), part_of=_OF_PARTICIPANT),
    Tracked("ministry", m.Ministry, said("name"), page=("members:record_edit", "ministry")),
    Tracked("mechanism", m.NationalMechanism, said("name")),
    Tracked("official", m.Official, said("name"), page=("members:record_edit", "official")),
    Tracked("office", m.Office, said("title", "=, ", "participant__name"), page=("members:record_edit", "office")),
    Tracked("remark", m.ContactRemark, said("official__name", "office__title")),
    Tracked("body", m.Body, said("name_en"), key="key", page=("members:seat_list",)),
    Tracked("seat", m.Seat, said("participant__name", "forum__full_name", "=: ", "role__name_en")),
    Tracked(
        "appointment",
        m.Appointment,
        said("official__name", "office__title", "= ", "participant__name", "seat__role__name_en"),
        why=("ended_reason",),
    ),
    Tracked("handover", m.Handover, said("outgoing__official__name", "outgoing__office__title")),
    Tracked("forum", m.Forum, said("full_name"), key="code"),
    Tracked("forum-contact", m.ForumContact, said("forum__full_name", "=: ", "title"), part_of=("forum", "forum_id")),
    Tracked(
        "forum-membership", m.ForumMembership, said("forum__full_name", "=: ", "participant__name"), part_of=("forum", "forum_id")
    ),
    Tracked("standing-item", m.StandingItem, said("body__name_en", "=: ", "title_en"), part_of=("body", "body_id")),
    Tracked("declaration", m.ParticipantDeclaration, said("participant__name"), reader=Reader.NOBODY),
    Tracked("merge", m.MergeRecord, said("kept__name")),
    Tracked("message", m.ContactMessage, said("topic")),
    Tracked("letter", m.Letter, said("reference", "=: ", "subject_en")),
    Tracked("process", m.Process, said("name_en")),
    Tracked("source", m.Source, said("key", "=: ", "title"), key="key"),
    Tracked("account", m.User, said("email"), reader=Reader.ADMINISTRATOR),
    Tracked("account-invitation", m.AccountInvitation, said("email"), reader=Reader.ADMINISTRATOR),
    Tracked("closure", m.Closure, said("user__email"), reader=Reader.ADMINISTRATOR),
    Tracked("factor-reset", m.FactorReset, said("user__email"), reader=Reader.ADMINISTRATOR),
    Tracked("portfolio", m.Portfolio, said("name_en"), key="key"),
    Tracked("topic", m.Topic, said("name_en"), key="key"),
    Tracked("region", m.Region, said("name_en"), key="key"),
    Tracked("forum-kind", m.ForumKind, said("name_en"), key="key"),
    Tracked("seat-role", m.SeatRole, said("name_en"), key="key"),
)
