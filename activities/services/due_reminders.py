"""A reminder to the office that coordinates a recommendation, once for each day that it is due [72]."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction

from activities.models import FollowUp, Recommendation
from members.audit import acting
from members.entitlement import may_be_sent
from members.mail import render_mail
from members.models import Delivery, User
from members.models.base import today
from members.services.outbox import queue_delivery, recipient_key

KIND = "recommendation_due"
REMIND_BEFORE = timedelta(days=14)


@transaction.atomic
def remind_coordinators(*, by: User) -> int:
    """Queue a letter for each open recommendation due within two weeks whose office can be written to; how many.

    One that says "as appropriate" has no day, and is never reminded of. Another day is another reminder; another office is not.
    """
    near = Recommendation.objects.filter(due__gte=today(), due__lte=today() + REMIND_BEFORE, office__isnull=False)
    open_ones = near.still_open(FollowUp.objects.in_record())
    rows = open_ones.select_related("office__participant").order_by("due", "pk").select_for_update(of=("self",))
    with acting(by=by, verb="remind_coordinators"):
        return sum(_remind(row, by) for row in rows)


def _remind(row: Recommendation, by: User) -> bool:
    stem, office = f"{KIND}:{row.pk}:{row.due:%Y-%m-%d}:", row.office
    if office is None or not office.email or not office.holds_on(today()) or not may_be_sent(office, row.access_class):
        return False
    if Delivery.objects.filter(key__startswith=stem).exists():
        return False
    context = {"recommendation": row, "recipient": office, "link": f"{settings.ORIGIN}{row.get_absolute_url()}"}
    language = office.participant.language
    subject, text, html = render_mail(KIND, context, language)
    queue_delivery(
        kind=KIND,
        to=office,
        key=f"{stem}{recipient_key(office)}",
        subject=subject,
        text=text,
        html=html,
        language=language,
        access_class=row.access_class,
        by=by,
    )
    return True
