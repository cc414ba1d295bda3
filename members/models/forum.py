"""Other processes and regional bodies: what they are, who belongs to them, whom to write to [89-92]."""

from __future__ import annotations

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from members.enums import Channel
from members.models.base import Dated, DatedQuerySet, Sourced, Versioned, VisibleQuerySet, period_range
from members.models.visibility import ForumContactQuerySet


@pghistory.track()
class Forum(Versioned, Sourced):
    """Another process or regional body, and its relation to this one."""

    code = models.CharField(max_length=24, unique=True)
    short_name = models.CharField(max_length=60)
    full_name = models.CharField(max_length=250)
    kind = models.ForeignKey("members.ForumKind", models.PROTECT, related_name="forums")
    region = models.ForeignKey("members.Region", models.PROTECT, null=True, blank=True, related_name="forums")
    founded = models.PositiveSmallIntegerField(null=True, blank=True)
    relationship = models.TextField(blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("forum")
        ordering = ["full_name"]

    def __str__(self) -> str:
        return self.full_name

    def get_absolute_url(self) -> str:
        return reverse("forum_detail", args=[self.code])


# The address stays out of the history: it says that, when and by whom it changed, not what it was.
@pghistory.track(exclude=["email"])
class ForumContact(Dated, Versioned):
    """A post of another forum that can be written to, without naming a person. Never public."""

    forum = models.ForeignKey(Forum, models.PROTECT, related_name="contacts")
    title = models.CharField(_("office"), max_length=250)
    email = models.EmailField(_("official e-mail"), blank=True)
    channel = models.CharField(_("channel"), max_length=20, choices=Channel, default=Channel.DIRECT)
    note = models.CharField(_("staff note"), max_length=400, blank=True)

    objects = ForumContactQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = _("contact of a forum")
        ordering = ["forum", "title", "pk"]

    def __str__(self) -> str:
        return f"{self.title}, {self.forum}"


@pghistory.track()
class ForumMembership(Dated, Versioned, Sourced):
    """A participant belongs to another forum, from when until when, as far as a source says so [91]."""

    forum = models.ForeignKey(Forum, models.PROTECT, related_name="memberships")
    participant = models.ForeignKey("members.Participant", models.PROTECT, related_name="forum_memberships")

    objects = DatedQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = _("membership of a forum")
        ordering = ["forum", "participant__name", "period_from", "pk"]
        constraints = [
            *Dated.Meta.constraints,
            ExclusionConstraint(
                name="excl_forum_membership_period",
                expressions=[
                    ("forum", RangeOperators.EQUAL),
                    ("participant", RangeOperators.EQUAL),
                    (period_range(), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This participant is recorded in this forum for part of the period already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant}: {self.forum}"
