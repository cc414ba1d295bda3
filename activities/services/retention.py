"""What is kept of delegates no longer than it is needed: meals, access needs and sheets that nobody decided on."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from activities.enums import ActivityStatus, LateChangeState
from activities.models import Activity, LateChange, Nomination
from members.audit import acting
from members.models import User

KEPT_DAYS = 30  # after the last day, or after the activity was called off


@transaction.atomic
def forget_needs(*, by: User, today: date) -> int:
    """Empty what delegates need, and close late changes left open, of activities that are over for 30 days; how many rows.

    Doing it twice does no harm. What stays is who was named and who came.
    """
    over = Activity.objects.filter(
        Q(last_day__lt=today - timedelta(days=KEPT_DAYS))
        | Q(status=ActivityStatus.CANCELLED, changed_at__lt=timezone.now() - timedelta(days=KEPT_DAYS))
        | Q(withdrawn_at__lt=timezone.now() - timedelta(days=KEPT_DAYS))
    ).values("pk")
    needs = ~Q(meal="") | ~Q(access_needs="") | Q(visa_letter=True)
    with acting(by=by, verb="forget_needs"):
        rows = Nomination.objects.filter(needs, invitation__activity__in=over)
        emptied = rows.update(meal="", access_needs="", visa_letter=False)
        open_changes = LateChange.objects.filter(state=LateChangeState.ASKED, invitation__activity__in=over)
        closed = open_changes.update(state=LateChangeState.TAKEN_BACK, people=[], decided_at=timezone.now(), decided_by=by)
    return emptied + closed
