"""A participant's own record, as far as this app keeps it: where it was, what it hosted, answered and asked to correct."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F, Prefetch, QuerySet

from activities.models import Activity, Attendance, CorrectionRequest, Delegate, Hosting, Invitation, Reply

if TYPE_CHECKING:
    from members.models import AnyUser, Participant


def delegates_of(participant: Participant, user: AnyUser) -> QuerySet[Delegate]:
    """Everybody registered for a participant and not withdrawn, newest activity first."""
    rows = Delegate.objects.visible_to(user).filter(participant=participant, withdrawn_at__isnull=True)
    rows = rows.select_related("activity__kind", "official").prefetch_related(_marks())
    return rows.order_by(F("activity__start").desc(nulls_last=True), "activity__reference", "official__name", "pk")


def _marks() -> Prefetch[Any]:
    return Prefetch("attendance", Attendance.objects.select_related("session").order_by("day", "session__day", "pk"))


def marks_of(participant: Participant, user: AnyUser) -> QuerySet[Attendance]:
    """Every mark of attendance of a participant's delegates."""
    rows = Attendance.objects.visible_to(user)
    rows = rows.filter(delegate__participant=participant, delegate__withdrawn_at__isnull=True)
    order = (F("delegate__activity__start").desc(nulls_last=True), "delegate__activity__reference", "day", "pk")
    return rows.select_related("delegate__activity", "delegate__official", "session").order_by(*order)


def attended(participant: Participant, user: AnyUser) -> QuerySet[Activity]:
    """Activities for which a participant registered delegates. A withdrawn activity stands in the record with its reason."""
    own = delegates_of(participant, user).order_by()
    return Activity.objects.filter(pk__in=own.values("activity")).select_related("kind")


def with_delegation(rows: QuerySet[Activity], participant: Participant, user: AnyUser) -> QuerySet[Activity]:
    """Activities, each with the participant's delegates in `delegation`. Three queries, whatever their number."""
    return rows.prefetch_related(Prefetch("delegate_rows", delegates_of(participant, user), to_attr="delegation"))


def hosted(participant: Participant, user: AnyUser) -> QuerySet[Hosting]:
    """What a participant hosted, co-hosted or chaired."""
    shown = Activity.objects.visible_to(user).order_by().values("pk")
    rows = Hosting.objects.filter(participant=participant, activity__in=shown).select_related("activity__kind")
    return rows.order_by(F("activity__start").desc(nulls_last=True), "activity__reference", "part", "pk")


def answered_invitations(participant: Participant, user: AnyUser) -> QuerySet[Invitation]:
    """Invitations that a participant answered."""
    rows = Invitation.objects.visible_to(user).filter(participant=participant, replied_at__isnull=False)
    return rows.select_related("activity__kind", "replied_by").order_by("-replied_at", "-pk")


def submitted_replies(participant: Participant, user: AnyUser) -> QuerySet[Reply]:
    """Replies to consultations that a participant sent."""
    rows = Reply.objects.visible_to(user).filter(participant=participant, submitted_at__isnull=False)
    rows = rows.select_related("consultation").prefetch_related("versions", "consultation__questions")
    return rows.order_by("-submitted_at", "-pk")


def corrections_of(participant: Participant, user: AnyUser) -> QuerySet[CorrectionRequest]:
    """Corrections that a participant asked for, newest first."""
    rows = CorrectionRequest.objects.visible_to(user).filter(participant=participant)
    return rows.select_related("asked_by", "decided_by").order_by("-asked_at", "-pk")
