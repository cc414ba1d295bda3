"""The outbox: one row per message and recipient. The database holds the work; the queue only wakes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from members.enums import AccessClass, DeliveryState
from members.models.base import VisibleQuerySet, append_only
from members.models.lifecycles import DELIVERY_TRANSITIONS
from members.models.visibility import SecretariatQuerySet, rights_of

if TYPE_CHECKING:
    from members.models.forum import ForumContact
    from members.models.official import Office, Official
    from members.models.user import AnyUser

# Messages to a government, which its other officials may read again. Kinds that are not named here stay between the
# secretariat and the one person: invitations to an account, questions about somebody's own entry, handovers.
TO_A_PARTICIPANT = (
    *("invitation", "nomination_acknowledgement", "circulation", "letter", "correction"),
    *("call_for_views", "reply_acknowledgement", "activity_change"),
    *("place_given", "delegate_answer", "late_change", "walk_in"),
    *("news_request", "recommendation_due"),
)


_FOR_RECIPIENT = {
    DeliveryState.ACCEPTED.value: _("Sent"),
    DeliveryState.WITHHELD.value: _("Not sent: it was held back"),
    DeliveryState.IN_DOUBT.value: _("Not known whether it arrived"),
    DeliveryState.FAILED.value: _("Did not arrive"),
    DeliveryState.BOUNCED.value: _("Did not arrive"),
}


class DeliveryQuerySet[M: models.Model](VisibleQuerySet[M]):
    """Messages: all for the secretariat; for a person of a participant, what its own officials and offices were sent.

    Letters to posts of other forums are the secretariat's alone.
    """

    def visible_to(self, user: AnyUser) -> Self:
        rights = rights_of(user)
        if rights.is_secretariat:
            return self.all()
        if not rights.belongs_to:
            return self.none()
        own = Q(official__participant__in=rights.belongs_to) | Q(office__participant__in=rights.belongs_to)
        kinds = Q(kind__in=TO_A_PARTICIPANT) | Q(kind__startswith="reminder-")
        return self.filter(own, kinds, access_class__in=rights.access)


def _transition_guard() -> str:
    pairs = ", ".join(f"('{old}', '{new}')" for old, after in DELIVERY_TRANSITIONS.items() for new in sorted(after))
    return f"""
        IF NEW.state IS DISTINCT FROM OLD.state THEN
            IF (OLD.state, NEW.state) NOT IN ({pairs}) THEN
                RAISE EXCEPTION 'delivery_transition: % cannot follow %', NEW.state, OLD.state USING ERRCODE = 'check_violation';
            END IF;
            INSERT INTO members_deliverytransition (delivery_id, from_state, to_state, at, reply, by_id)
            VALUES (
                NEW.id, OLD.state, NEW.state, now(),
                concat_ws(E'\\n',
                    CASE WHEN NEW.smtp_reply IS DISTINCT FROM OLD.smtp_reply THEN NULLIF(NEW.smtp_reply, '') END,
                    CASE WHEN NEW.reason IS DISTINCT FROM OLD.reason THEN NULLIF(NEW.reason, '') END),
                (COALESCE(NULLIF(current_setting('pghistory.context_metadata', TRUE), ''), '{{}}')::jsonb ->> 'user')::bigint
            );
        END IF;
        RETURN NEW;
    """  # noqa: S608 - built from constants of this module


class Delivery(models.Model):
    """One recipient's copy of one message, with its text as sent and every reply of the mail server."""

    key = models.CharField(max_length=160)
    kind = models.CharField(max_length=40)
    official = models.ForeignKey("members.Official", models.PROTECT, null=True, blank=True, related_name="deliveries")
    office = models.ForeignKey("members.Office", models.PROTECT, null=True, blank=True, related_name="deliveries")
    forum_contact = models.ForeignKey("members.ForumContact", models.PROTECT, null=True, blank=True, related_name="deliveries")
    letter = models.ForeignKey("members.Letter", models.PROTECT, null=True, blank=True, related_name="deliveries")
    access_class = models.CharField(max_length=16, choices=AccessClass, default=AccessClass.PUBLIC)
    email = models.EmailField(_("address"))
    language = models.CharField(max_length=5, default="en")
    subject = models.CharField(max_length=250)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    text_sha256 = models.CharField(max_length=64, blank=True)  # of text, NUL and html, once they are not kept any more
    message_id = models.CharField(max_length=200, unique=True)
    is_automatic = models.BooleanField(default=True)
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField(default=timezone.now)
    send_after = models.DateTimeField(default=timezone.now)
    first_tried_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    smtp_code = models.PositiveSmallIntegerField(null=True, blank=True)
    smtp_reply = models.TextField(blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    bounced_at = models.DateTimeField(null=True, blank=True)
    fetched_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=400, blank=True)  # why failed, withheld or settled
    queued_by = models.ForeignKey("members.User", models.PROTECT, related_name="+")

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-queued_at", "-pk"]
        indexes = [
            models.Index(
                fields=["send_after"],
                name="delivery_due",
                condition=Q(state__in=[DeliveryState.QUEUED, DeliveryState.DEFERRED]),
            ),
            models.Index(fields=["lease_until"], name="delivery_sending", condition=Q(state=DeliveryState.SENDING)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["key"], name="uniq_delivery_key"),
            models.CheckConstraint(name="ck_delivery_state", condition=Q(state__in=DeliveryState.values)),
            models.CheckConstraint(
                name="ck_delivery_accepted_has_time",
                condition=~Q(state__in=[DeliveryState.ACCEPTED, DeliveryState.BOUNCED]) | Q(accepted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="ck_delivery_one_recipient",
                condition=Q(official__isnull=False, office__isnull=True, forum_contact__isnull=True)
                | Q(official__isnull=True, office__isnull=False, forum_contact__isnull=True)
                | Q(official__isnull=True, office__isnull=True, forum_contact__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="delivery_transition",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=_transition_guard(),
            )
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def recipient(self) -> Official | Office | ForumContact:
        """Whom it goes to: a person, an office, or a post of another forum."""
        found = self.official or self.office or self.forum_contact
        assert found is not None  # noqa: S101 - ck_delivery_one_recipient
        return found

    @property
    def addressee(self) -> str:
        """Whom it was written to: the official's name, or the title of the office or post."""
        return self.official.name if self.official else str(getattr(self.recipient, "title", ""))

    @property
    def words_for_recipient(self) -> str | Promise:
        """Where the message stands, for those it was written to: nothing of mail servers."""
        return _FOR_RECIPIENT.get(self.state, _("On its way"))


class DeliveryAttachment(models.Model):
    """An enclosure by storage name and hash; it points at no document, since documents lie above members."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="attachments")
    storage_name = models.CharField(max_length=250)
    filename = models.CharField(max_length=160)
    media_type = models.CharField(max_length=100, default="application/pdf")
    sha256 = models.CharField(max_length=64)
    order = models.PositiveSmallIntegerField(default=0)

    objects = SecretariatQuerySet.as_manager()

    class Meta:
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(fields=["delivery", "filename"], name="uniq_delivery_attachment_name")]

    def __str__(self) -> str:
        return self.filename


class DeliveryTransition(models.Model):
    """One change of state, written by the trigger of Delivery: what the mail server or a person said, and who acted."""

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="transitions")
    from_state = models.CharField(max_length=10, choices=DeliveryState)
    to_state = models.CharField(max_length=10, choices=DeliveryState)
    at = models.DateTimeField()
    reply = models.TextField(blank=True)
    by = models.ForeignKey("members.User", models.PROTECT, null=True, blank=True, related_name="+")

    objects = SecretariatQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"
