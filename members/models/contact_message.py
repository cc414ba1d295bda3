"""What anybody wrote to the secretariat through the contact page."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.enums import MessageTopic
from members.models.base import paired
from members.models.visibility import SecretariatQuerySet


@pghistory.track(exclude=["name", "email", "text", "record"])
class ContactMessage(models.Model):
    """One message. Name, address and text are emptied once it has been settled for a year; that it came stays."""

    topic = models.CharField(_("topic"), max_length=16, choices=MessageTopic)
    record = models.CharField(_("record"), max_length=250, blank=True)  # reference, symbol or address, as written
    name = models.CharField(_("name"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    text = models.TextField(_("message"), max_length=4000, blank=True)
    language = models.CharField(max_length=5, default="en")
    submit_token = models.CharField(max_length=40, unique=True)  # a page sent twice is one message
    written_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = SecretariatQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        ordering = ["-written_at", "-pk"]
        constraints = [
            paired("contact_message", "settled"),
            models.CheckConstraint(name="ck_contact_message_topic", condition=Q(topic__in=MessageTopic.values)),
        ]

    def __str__(self) -> str:
        return f"{self.get_topic_display()}: {self.written_at:%Y-%m-%d}"
