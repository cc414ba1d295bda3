"""What the desk must settle about mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from members.enums import DeliveryState
from members.models import ContactMessage, Delivery
from members.selectors_coverage import EXPIRES_WITHIN
from members.selectors_directory import expiring_terms, open_remarks

if TYPE_CHECKING:
    from members.models import AnyUser

_TROUBLE = (DeliveryState.IN_DOUBT, DeliveryState.FAILED, DeliveryState.BOUNCED)


def delivery_tasks(user: AnyUser) -> dict[str, int]:
    """How many deliveries are in doubt, failed or bounced."""
    found = Delivery.objects.visible_to(user).filter(state__in=_TROUBLE).order_by().values_list("state", flat=True)
    states = list(found)
    return {str(state): states.count(state) for state in _TROUBLE if state in states}


def contact_tasks(user: AnyUser) -> dict[str, int]:
    """How many contacts said that something changed, messages wait, and terms end within 60 days."""
    return {
        "remarks": open_remarks(user).count(),
        "messages": ContactMessage.objects.visible_to(user).filter(settled_at__isnull=True).count(),
        "expiring": expiring_terms(user, EXPIRES_WITHIN).count(),
    }
