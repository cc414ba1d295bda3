"""Reading circulations and deliveries, problems first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from members.enums import DeliveryState
from members.models import Delivery
from reports.models import Circulation, CirculationRecipient

if TYPE_CHECKING:
    from members.models import AnyUser

PROBLEMS = (DeliveryState.IN_DOUBT, DeliveryState.FAILED, DeliveryState.BOUNCED, DeliveryState.WITHHELD)
_ORDER = (*PROBLEMS, DeliveryState.DEFERRED, DeliveryState.SENDING, DeliveryState.QUEUED, DeliveryState.ACCEPTED)


def problems_first() -> Case:
    """Order of states: what needs a person comes first."""
    return Case(*(When(state=state, then=Value(n)) for n, state in enumerate(_ORDER)), output_field=IntegerField())


def circulations_for(user: AnyUser) -> QuerySet[Circulation]:
    """Circulations with the numbers that their list shows."""
    own = "recipients__delivery"
    return (
        Circulation.objects.visible_to(user)
        .select_related("report__document", "letter")
        .annotate(
            copies=Count("recipients"),
            acknowledged=Count("recipients", filter=Q(**{f"{own}__acknowledged_at__isnull": False})),
            troubled=Count("recipients", filter=Q(**{f"{own}__state__in": PROBLEMS})),
        )
    )


def recipient_rows(circulation: Circulation) -> QuerySet[CirculationRecipient]:
    """Recipients of a circulation, those with a problem first, then by participant."""
    rows = circulation.recipients.select_related(
        "participant", "delivery__official", "delivery__office", "delivery__acknowledgement"
    )
    place = Case(*(When(delivery__state=state, then=Value(n)) for n, state in enumerate(_ORDER)), output_field=IntegerField())
    return rows.order_by(place, "participant__name", "pk")


def meter_parts(circulation: Circulation) -> list[tuple[str, str, int]]:
    """Class, words and number for each part of the meter; each copy is counted once."""
    copies = Delivery.objects.filter(circulation_recipient__circulation=circulation)
    found = copies.aggregate(
        acknowledged=Count("pk", filter=Q(acknowledged_at__isnull=False)),
        sent=Count("pk", filter=Q(acknowledged_at__isnull=True, state=DeliveryState.ACCEPTED)),
        waiting=Count(
            "pk",
            filter=Q(
                acknowledged_at__isnull=True, state__in=[DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.DEFERRED]
            ),
        ),
        troubled=Count("pk", filter=Q(acknowledged_at__isnull=True, state__in=PROBLEMS)),
    )
    words = [
        ("m-ok", _("acknowledged"), found["acknowledged"]),
        ("m-go", _("sent"), found["sent"]),
        ("m-wait", _("waiting or being sent"), found["waiting"]),
        ("m-bad", _("with a problem"), found["troubled"]),
    ]
    return [part for part in words if part[2]]


def deliveries_for(user: AnyUser, state: str = "") -> QuerySet[Delivery]:
    """All deliveries, or those in one state; problems first, then the newest."""
    rows = Delivery.objects.visible_to(user).select_related(
        "official__participant", "office__participant", "forum_contact__forum"
    )
    rows = rows.filter(state=state) if state in DeliveryState.values else rows
    return rows.order_by(problems_first(), "-queued_at", "-pk")


def state_counts(user: AnyUser) -> dict[str, int]:
    """How many deliveries are in each state."""
    return dict(Delivery.objects.visible_to(user).order_by().values_list("state").annotate(n=Count("pk")))


def delivery_words(delivery: Delivery) -> dict[str, Any]:
    """A delivery's state in words, with the shape that goes with it."""
    state = delivery.state
    kind = {"accepted": "ok", "failed": "late", "bounced": "late", "in-doubt": "late", "withheld": "late"}.get(state, "wait")
    label, said = str(delivery.get_state_display()), ""
    if state in {DeliveryState.FAILED, DeliveryState.BOUNCED, DeliveryState.WITHHELD}:
        said = (delivery.reason or delivery.smtp_reply)[:200]
    if state == DeliveryState.DEFERRED:
        label = _("Trying again at %(time)s") % {"time": f"{delivery.send_after:%H:%M} UTC"}
    return {"kind": kind, "label": label, "reason": said}
