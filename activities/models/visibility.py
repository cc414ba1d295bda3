"""Who may see what in activities, as Q objects: imports no model and asks no permission module."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from members.models.base import VisibleQuerySet
from members.models.visibility import EVERYTHING, NOTHING, rights_of
from members.roles import Rights

if TYPE_CHECKING:
    from members.models.user import AnyUser


def activity_q(rights: Rights, prefix: str = "") -> Q:
    """Activities that `rights` may see, as lookups behind `prefix` ("activity__").

    Published and of a class the person reads, or released by time, or invited to it; the secretariat sees drafts too.
    A withdrawn activity stays visible: its page says why it was withdrawn.
    """
    if rights.is_secretariat:
        return EVERYTHING
    published = Q(**{f"{prefix}published_at__isnull": False})
    readable = Q(**{f"{prefix}access_class__in": rights.access}) | Q(**{f"{prefix}release_at__lte": timezone.now()})
    return published & readable | invited_q(rights, prefix)


def content_q(rights: Rights, prefix: str = "") -> Q:
    """Activities whose content `rights` may read, behind `prefix`: outcome and programme. To be joined with `activity_q` [99].

    That an activity took place, when, where and of which kind may be public while what was said there is not.
    """
    if rights.is_secretariat:
        return EVERYTHING
    readable = Q(**{f"{prefix}content_class__in": rights.access}) | Q(**{f"{prefix}release_at__lte": timezone.now()})
    return readable | invited_q(rights, prefix)


def invited_q(rights: Rights, prefix: str = "") -> Q:
    """Activities that somebody whom `rights` represent is invited to, as lookups behind `prefix` ("activity__")."""
    if not rights.represents:
        return NOTHING
    return Q(
        **{
            f"{prefix}invitations__participant__in": rights.represents,
            f"{prefix}invitations__issued_at__isnull": False,
            f"{prefix}invitations__withdrawn_at__isnull": True,
        }
    )


class ActivityQuerySet[M: models.Model](VisibleQuerySet[M]):
    """Activities."""

    def visible_to(self, user: AnyUser) -> Self:
        rights = rights_of(user)
        found = self.filter(activity_q(rights))
        return found.distinct() if rights.represents and not rights.is_secretariat else found

    def live(self) -> Self:
        """Not withdrawn: what lists, counts and feeds show."""
        return self.filter(withdrawn_at__isnull=True)


class OfActivityQuerySet[M: models.Model](VisibleQuerySet[M]):
    """Rows that anybody may see who sees their activity: hosts, changes of its status."""

    def visible_to(self, user: AnyUser) -> Self:
        return self.filter(activity_q(rights_of(user), "activity__")).distinct()


class ContentQuerySet[M: models.Model](VisibleQuerySet[M]):
    """Parts of a programme: whoever sees the activity and may read its content."""

    prefix = "activity__"

    def visible_to(self, user: AnyUser) -> Self:
        rights = rights_of(user)
        return self.filter(activity_q(rights, self.prefix) & content_q(rights, self.prefix)).distinct()


class OfSessionQuerySet[M: models.Model](ContentQuerySet[M]):
    """Chairs of parts: whoever sees the part."""

    prefix = "session__activity__"


class PracticalTextQuerySet[M: models.Model](VisibleQuerySet[M]):
    """Practical information for delegates: those invited, and the secretariat; never the public."""

    def visible_to(self, user: AnyUser) -> Self:
        rights = rights_of(user)
        if rights.is_secretariat:
            return self.all()
        return self.filter(invited_q(rights, "activity__")).distinct()


class DraftQuerySet[M: models.Model](VisibleQuerySet[M]):
    """Text that is not saved yet: its writer's alone."""

    def visible_to(self, user: AnyUser) -> Self:
        return self.filter(user=user.pk) if user.is_authenticated else self.none()


class InvitationQuerySet[M: models.Model](VisibleQuerySet[M]):
    """Invitations belong to the participant, so a successor sees them too."""

    def visible_to(self, user: AnyUser) -> Self:
        rights = rights_of(user)
        if rights.is_secretariat:
            return self.all()
        return self.filter(participant__in=rights.belongs_to, issued_at__isnull=False)


class OfInvitationQuerySet[M: models.Model](VisibleQuerySet[M]):
    """Nominations and late changes: the secretariat and the participant that made them."""

    def visible_to(self, user: AnyUser) -> Self:
        rights = rights_of(user)
        if rights.is_secretariat:
            return self.all()
        return self.filter(invitation__participant__in=rights.belongs_to)


class NominationQuerySet[M: models.Model](OfInvitationQuerySet[M]):
    """Nominations, by whether they hold a place."""

    def standing(self) -> Self:
        """Not withdrawn: what stands on the sheet."""
        return self.exclude(state="withdrawn")

    def holding(self) -> Self:
        """Those that have a place; who was not confirmed, waits, or whose invitation was withdrawn has none."""
        return self.filter(state__in=["submitted", "confirmed"]).exclude(invitation__state="withdrawn")

    def waiting(self) -> Self:
        """The waiting list in its order."""
        return self.filter(state="waiting").exclude(invitation__state="withdrawn").order_by("waiting_since", "order", "pk")


class DelegateQuerySet[M: models.Model](VisibleQuerySet[M]):
    """Delegates: names are never public; the secretariat and the delegate's own participant see them."""

    def visible_to(self, user: AnyUser) -> Self:
        rights = rights_of(user)
        if rights.is_secretariat:
            return self.all()
        return self.filter(participant__in=rights.belongs_to)


class AttendanceQuerySet[M: models.Model](VisibleQuerySet[M]):
    def visible_to(self, user: AnyUser) -> Self:
        rights = rights_of(user)
        if rights.is_secretariat:
            return self.all()
        return self.filter(delegate__participant__in=rights.belongs_to)


class OwnParticipantQuerySet[M: models.Model](VisibleQuerySet[M]):
    """The national space: seen by its one participant, and by nobody at the secretariat."""

    def visible_to(self, user: AnyUser) -> Self:
        return self.filter(participant__in=rights_of(user).belongs_to)


class OwnWordsQuerySet[M: models.Model](VisibleQuerySet[M]):
    """What a participant says of itself: its own at any time; others by the class that it chose, until it withdraws it."""

    def visible_to(self, user: AnyUser) -> Self:
        rights = rights_of(user)
        shown = Q(access_class__in=rights.access, withdrawn_at__isnull=True)
        return self.filter(shown | Q(participant__in=rights.belongs_to))


def own_reply_q(rights: Rights, prefix: str = "") -> Q:
    """Replies that `rights` may draft and read at any time, as lookups behind `prefix` ("reply__").

    Of a call for views: those of the person's national space. Of a question to the steering group: those of its seat.
    """
    audience, participant = f"{prefix}consultation__audience", f"{prefix}participant__in"
    return Q(**{audience: "participants", participant: rights.belongs_to}) | Q(
        **{audience: "steering-group", participant: rights.sits_for}
    )


class ReplyQuerySet[M: models.Model](VisibleQuerySet[M]):
    """Replies: the participant's own at any time; that there is one, the secretariat learns once it is submitted."""

    def visible_to(self, user: AnyUser) -> Self:
        rights = rights_of(user)
        own = own_reply_q(rights)
        if rights.is_secretariat:
            return self.filter(own | Q(submitted_at__isnull=False))
        return self.filter(own)


class ReplyVersionQuerySet[M: models.Model](VisibleQuerySet[M]):
    """Texts of replies: drafts are the participant's own for good; the secretariat reads what was submitted."""

    def visible_to(self, user: AnyUser) -> Self:
        rights = rights_of(user)
        own = own_reply_q(rights, "reply__")
        if rights.is_secretariat:
            return self.filter(own | Q(is_submitted=True))
        return self.filter(own)


class LinkedReplyQuerySet[M: models.Model](VisibleQuerySet[M]):
    """How a text came in: whoever may read the text."""

    def visible_to(self, user: AnyUser) -> Self:
        rights = rights_of(user)
        own = own_reply_q(rights, "reply_version__reply__")
        if rights.is_secretariat:
            return self.filter(own | Q(reply_version__is_submitted=True))
        return self.filter(own)


class FeedbackQuerySet[M: models.Model](VisibleQuerySet[M]):
    """What a participant says of a past activity: its own until submitted, then the secretariat's too."""

    def visible_to(self, user: AnyUser) -> Self:
        rights = rights_of(user)
        own = Q(participant__in=rights.belongs_to)
        if rights.is_secretariat:
            return self.filter(own | Q(submitted_at__isnull=False))
        return self.filter(own)


class SteeringGroupQuerySet[M: models.Model](VisibleQuerySet[M]):
    """Proposals: the steering group and the secretariat."""

    def visible_to(self, user: AnyUser) -> Self:
        rights = rights_of(user)
        return self.all() if rights.in_steering_group or rights.is_secretariat else self.none()


class ReviewByQuerySet[M: models.Model](VisibleQuerySet[M]):
    """Days to look again: the secretariat all; the steering group those of proposals."""

    def visible_to(self, user: AnyUser) -> Self:
        rights = rights_of(user)
        if rights.is_secretariat:
            return self.all()
        return self.filter(proposal__isnull=False) if rights.in_steering_group else self.none()


def consultation_q(rights: Rights, prefix: str = "") -> Q:
    """Open or closed consultations that `rights` may read, behind `prefix`: addressed to them, or asked in their room."""
    if rights.is_secretariat:
        return EVERYTHING
    opened = Q(**{f"{prefix}opened_at__isnull": False})
    seen = NOTHING
    if rights.in_steering_group:
        seen |= Q(**{f"{prefix}audience": "steering-group"})
    if rights.belongs_to:
        seen |= Q(**{f"{prefix}audience": "participants", f"{prefix}addressees__participant__in": rights.belongs_to})
    return opened & seen


class ConsultationQuerySet[M: models.Model](VisibleQuerySet[M]):
    """Calls for views: those they went to. Questions to the steering group: its room. Drafts: the secretariat."""

    def visible_to(self, user: AnyUser) -> Self:
        return self.filter(consultation_q(rights_of(user))).distinct()


class OfConsultationQuerySet[M: models.Model](VisibleQuerySet[M]):
    """Questions of a consultation: whoever sees the consultation."""

    def visible_to(self, user: AnyUser) -> Self:
        return self.filter(consultation_q(rights_of(user), "consultation__")).distinct()


class AddresseeQuerySet[M: models.Model](VisibleQuerySet[M]):
    """Whom a consultation went to: the secretariat sees all, others their own participant."""

    def visible_to(self, user: AnyUser) -> Self:
        rights = rights_of(user)
        return self.all() if rights.is_secretariat else self.filter(own_reply_q(rights))


class CorrectionQuerySet[M: models.Model](VisibleQuerySet[M]):
    """Requests to correct the record: the participant that asked, and the secretariat that answers."""

    def visible_to(self, user: AnyUser) -> Self:
        rights = rights_of(user)
        if rights.is_secretariat:
            return self.all()
        return self.filter(participant__in=rights.belongs_to)


class AgendaQuerySet[M: models.Model](VisibleQuerySet[M]):
    """Agendas: the secretariat at any time; the steering group once published, for meetings that it may see."""

    prefix = ""

    def visible_to(self, user: AnyUser) -> Self:
        rights = rights_of(user)
        if rights.is_secretariat:
            return self.all()
        if not rights.in_steering_group:
            return self.none()
        published = Q(**{f"{self.prefix}published_at__isnull": False})
        return self.filter(published & activity_q(rights, f"{self.prefix}activity__")).distinct()


class OfAgendaQuerySet[M: models.Model](AgendaQuerySet[M]):
    """Items of agendas."""

    prefix = "agenda__"


class OfCallQuerySet[M: models.Model](SteeringGroupQuerySet[M]):
    """Who took part in calls: whoever may read the calls."""
