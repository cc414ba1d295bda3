"""What an activity cost, for the secretariat's own figures [38]."""

from __future__ import annotations

import pghistory
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models.base import Versioned
from members.models.visibility import SecretariatQuerySet


@pghistory.track()
class ActivityCost(Versioned):
    """The whole cost of one activity in one currency, as the secretariat knows it."""

    activity = models.OneToOneField("activities.Activity", models.PROTECT, related_name="cost")
    amount = models.DecimalField(_("cost"), max_digits=14, decimal_places=2, validators=[MinValueValidator(0)])
    currency = models.CharField(
        _("currency"),
        max_length=3,
        validators=[RegexValidator(r"^[A-Z]{3}\Z", _("Enter three capital letters, such as AUD."))],
    )

    objects = SecretariatQuerySet.as_manager()

    class Meta:
        verbose_name = _("cost of an activity")
        constraints = [
            models.CheckConstraint(
                name="ck_activity_cost_not_negative",
                condition=Q(amount__gte=0),
                violation_error_message=_("A cost is not below nought."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.activity_id}: {self.amount} {self.currency}"
