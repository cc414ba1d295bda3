"""The reference tables that an administrator keeps at the desk."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from activities.models import ActivityKind
from members.models import Body, ForumKind, Portfolio, Region, SeatRole, Topic
from members.models.base import Vocabulary
from members.selectors_reference import TextUses


@dataclass(frozen=True)
class Table:
    """A table: its name in addresses (the kind of its history too), words, further fields, and who holds its keys as text."""

    slug: str
    model: type[Vocabulary]
    title: Promise
    about: Promise
    extra: tuple[str, ...] = ()
    texts: TextUses = ()


TABLES: dict[str, Table] = {
    table.slug: table
    for table in (
        Table(
            "activity-kind",
            ActivityKind,
            _("Kinds of activity"),
            _("What an activity is: a conference, a meeting, a workshop."),
            ("report_due_days",),
            texts=((Body, "activity_kind"),),
        ),
        Table("portfolio", Portfolio, _("Portfolios"), _("What a ministry is responsible for."), ("is_channel",)),
        Table("topic", Topic, _("Topics"), _("What a focal point is named for.")),
        Table("seat-role", SeatRole, _("Roles of seats"), _("What a seat in a body means, and what its holder may do.")),
        Table("region", Region, _("Regions"), _("Where a participant or a forum belongs.")),
        Table("forum-kind", ForumKind, _("Kinds of forum"), _("What another process or body is.")),
        Table("body", Body, _("Bodies"), _("What has seats: the steering group, working groups."), ("mandate", "cadence")),
    )
}
