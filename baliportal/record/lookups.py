"""Records by the names that files use. Read once when first asked for, when their own file is already stored."""

from __future__ import annotations

from functools import cached_property

from activities.models import Activity, ActivityKind, Objective, ProgrammeArea
from members.models import (
    Body,
    Forum,
    ForumKind,
    Ministry,
    Participant,
    Portfolio,
    Region,
    SeatRole,
    Source,
    Topic,
    User,
)


class Lookups:
    """One object a loading."""

    def __init__(self, by: User) -> None:
        self.by = by

    @cached_property
    def sources(self) -> dict[str, Source]:
        return {row.key: row for row in Source.objects.all()}

    @cached_property
    def topics(self) -> dict[str, Topic]:
        return {row.key: row for row in Topic.objects.all()}

    @cached_property
    def portfolios(self) -> dict[str, Portfolio]:
        return {row.key: row for row in Portfolio.objects.all()}

    @cached_property
    def regions(self) -> dict[str, Region]:
        return {row.key: row for row in Region.objects.all()}

    @cached_property
    def forum_kinds(self) -> dict[str, ForumKind]:
        return {row.key: row for row in ForumKind.objects.all()}

    @cached_property
    def seat_roles(self) -> dict[str, SeatRole]:
        return {row.key: row for row in SeatRole.objects.all()}

    @cached_property
    def bodies(self) -> dict[str, Body]:
        return {row.key: row for row in Body.objects.all()}

    @cached_property
    def bodies_by_name(self) -> dict[str, Body]:
        return {row.name_en: row for row in Body.objects.all()}

    @cached_property
    def forums(self) -> dict[str, Forum]:
        return {row.code: row for row in Forum.objects.all()}

    @cached_property
    def participants(self) -> dict[str, Participant]:
        return {row.name: row for row in Participant.objects.all()}

    @cached_property
    def ministries(self) -> dict[str, Ministry]:
        return {row.code: row for row in Ministry.objects.all()}

    @cached_property
    def kinds(self) -> dict[str, ActivityKind]:
        return {row.key: row for row in ActivityKind.objects.all()}

    @cached_property
    def objectives(self) -> dict[str, Objective]:
        return {row.code: row for row in Objective.objects.all()}

    @cached_property
    def areas(self) -> dict[str, ProgrammeArea]:
        return {row.code: row for row in ProgrammeArea.objects.all()}

    @cached_property
    def activities(self) -> dict[str, Activity]:
        return {row.reference: row for row in Activity.objects.all()}

    @cached_property
    def parties(self) -> dict[str, Participant | Forum]:
        """Hosts and chairs by name; a name that is both participant and forum means the participant."""
        forums: dict[str, Participant | Forum] = {row.full_name: row for row in Forum.objects.all()}
        return forums | {**self.participants}
