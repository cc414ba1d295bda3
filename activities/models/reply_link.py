"""Replies that came through a signed link, without signing in [29]."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.models.visibility import LinkedReplyQuerySet
from members.models.base import append_only


class LinkedReply(models.Model):
    """That a submitted text came through the link in a letter: the name typed there, and to whom the letter went.

    Never changed. No history is kept of it: it is one.
    """

    reply_version = models.OneToOneField("activities.ReplyVersion", models.PROTECT, related_name="by_link")
    name = models.CharField(_("name given"), max_length=200)
    written_to = models.CharField(_("letter to"), max_length=250)
    answered_at = models.DateTimeField(default=timezone.now)

    objects = LinkedReplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("reply by link")
        ordering = ["-answered_at", "-pk"]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.reply_version_id}"
