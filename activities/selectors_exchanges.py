"""Reading exchanges with other processes, and who cited this one [21, 43-46, 89]."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F, QuerySet

from activities.models import ExternalReference, Outreach

if TYPE_CHECKING:
    from members.models import AnyUser, Forum

MOST = 100


def outreach_at_desk(user: AnyUser) -> QuerySet[Outreach]:
    """All exchanges that `user` may read, the latest first, those without a date last."""
    rows = Outreach.objects.visible_to(user).select_related("forum", "activity", "participant").prefetch_related("source")
    return rows.order_by(F("date").desc(nulls_last=True), "-pk")


def public_outreach(forum: Forum) -> QuerySet[Outreach]:
    """Exchanges with `forum` that are marked for the public: title, day, place, direction and the public note, nothing else."""
    fields = ("title", "date", "date_precision", "place", "direction", "public_note", "confidence")
    return (
        Outreach.objects.filter(forum=forum, is_public=True).only(*fields).order_by(F("date").desc(nulls_last=True), "-pk")[:MOST]
    )


def public_exchanges() -> QuerySet[Outreach]:
    """All exchanges that are marked for the public, with what the public may read of them, the latest first."""
    fields = ("title", "date", "date_precision", "place", "direction", "public_note", "confidence", "forum__code")
    rows = Outreach.objects.filter(is_public=True).select_related("forum").only(*fields, "forum__short_name")
    return rows.order_by(F("date").desc(nulls_last=True), "-pk")


def external_references(user: AnyUser) -> QuerySet[ExternalReference]:
    """Where others cited the process, the latest first, those without a date last."""
    rows = ExternalReference.objects.visible_to(user).select_related("forum").prefetch_related("source")
    return rows.order_by(F("date").desc(nulls_last=True), "-code")
