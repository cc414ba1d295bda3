"""Closed vocabularies of planning."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class OverlapChoice(TextChoices):
    """What is done about an activity elsewhere that a proposal may repeat [32]."""

    KEEP = "keep", _("Keep: they do not repeat each other")
    JOIN = "join", _("Join: do it together")
    HAND_OVER = "hand-over", _("Hand over: leave it to the other")
