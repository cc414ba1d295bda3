"""Bodies, seats and who fills them. A role is a dated appointment, never an organisation and never a flag."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from members.enums import AccessClass, AppointmentRole, Confidence
from members.models.base import (
    Dated,
    DatedQuerySet,
    Sourced,
    Versioned,
    VisibleQuerySet,
    Vocabulary,
    VocabularyQuerySet,
    paired,
    period_range,
    today,
)
from members.models.visibility import StandingItemQuerySet, rights_of
from members.roles import PERMISSION_SETS, Permission, Rights

if TYPE_CHECKING:
    from members.models.user import AnyUser, User

STEERING_GROUP_SETS = tuple(key for key, held in PERMISSION_SETS.items() if Permission.SEE_STEERING_GROUP in held)
# Begun and ended on one day: such a row must not keep its successor waiting until tomorrow.
NOT_CUT_SHORT = Q(ended_at__isnull=True) | Q(period_from__isnull=True) | Q(period_to__gt=F("period_from"))


MOST_MONTHS = 120  # between two sittings of a body


@pghistory.track()
class Body(Vocabulary, Versioned, Sourced):
    """The steering group, the senior officials' meeting, a working group. Its sittings are activities."""

    mandate = models.CharField(_("mandate"), max_length=400, blank=True)
    mandate_paragraph = models.CharField(_("paragraph that created it"), max_length=60, blank=True)
    cadence = models.CharField(_("how often it meets, in words"), max_length=120, blank=True)
    # Empty where it meets as needed; nothing reminds of such a body's next sitting [28].
    cadence_months = models.PositiveSmallIntegerField(_("about every so many months"), null=True, blank=True)
    activity_kind = models.SlugField(max_length=40, blank=True)  # key of the kind of its sittings

    objects = VocabularyQuerySet.as_manager()

    class Meta(Vocabulary.Meta):
        verbose_name = _("body")
        constraints = [
            *Vocabulary.Meta.constraints,
            models.CheckConstraint(
                name="ck_body_cadence_months",
                condition=Q(cadence_months__isnull=True) | Q(cadence_months__range=(1, MOST_MONTHS)),
                violation_error_message=_("Enter a number of months from 1 to 120."),
            ),
        ]

    @property
    def rhythm(self) -> str:
        """A sentence that says how often it meets; empty where it meets as needed."""
        if self.cadence_months is None:
            return ""
        if self.cadence_months == 1:
            return gettext("It meets about every month.")
        return gettext("It meets about every %(number)s months.") % {"number": self.cadence_months}


@pghistory.track()
class StandingItem(Versioned):
    """An item that stands on every agenda of a body, such as planning, progress and exchange of information [28]."""

    body = models.ForeignKey(Body, models.PROTECT, related_name="standing_items")
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    title_en = models.CharField(_("title in English"), max_length=250)
    title_id = models.CharField(_("title in Bahasa Indonesia"), max_length=250, blank=True)
    note = models.TextField(_("note"), max_length=2000, blank=True)

    objects = StandingItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("standing item")
        ordering = ["body", "order", "pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The title in the active language, in English where it is missing."""
        return (self.title_id if get_language() == "id" else "") or self.title_en


@pghistory.track()
class Seat(Dated, Versioned, Sourced):
    """A dated place in a body, of a participant or of another forum."""

    body = models.ForeignKey(Body, models.PROTECT, related_name="seats")
    participant = models.ForeignKey("members.Participant", models.PROTECT, null=True, blank=True, related_name="seats")
    forum = models.ForeignKey("members.Forum", models.PROTECT, null=True, blank=True, related_name="seats")
    role = models.ForeignKey("members.SeatRole", models.PROTECT, related_name="seats")
    remit = models.CharField(_("remit"), max_length=400, blank=True)
    represents = models.CharField(_("on behalf of"), max_length=160, blank=True)  # such as the co-chairing ministers [9]
    portfolios = models.ManyToManyField("members.Portfolio", blank=True, related_name="+")
    topics = models.ManyToManyField("members.Topic", blank=True, related_name="+")

    objects = DatedQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = _("seat")
        ordering = ["body", "role__order", "period_from", "pk"]
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                name="ck_seat_one_holder",
                condition=Q(participant__isnull=False, forum__isnull=True) | Q(participant__isnull=True, forum__isnull=False),
            ),
            # Held for every role, co-chairs among them: nobody has the same place twice at one time.
            ExclusionConstraint(
                name="excl_co_chair_seat_period",
                expressions=[
                    ("body", RangeOperators.EQUAL),
                    ("participant", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (period_range(), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This participant holds this seat during part of the period already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holder}: {self.role}"

    @property
    def holder(self) -> models.Model | None:
        """The participant or forum whose seat it is."""
        return self.participant or self.forum


class AppointmentQuerySet[M: models.Model](DatedQuerySet[M]):
    def current(self) -> Self:
        """Appointments that hold today; one that was ended during the day holds no more from that moment."""
        return super().current().filter(Q(ended_at__isnull=True) | Q(ended_at__gt=timezone.now()))

    def visible_to(self, user: AnyUser) -> Self:
        """All for the secretariat; to others their own participant's, and in the steering group whoever sits in it.

        Public pages show offices, never persons.
        """
        rights = rights_of(user)
        if rights.is_secretariat:
            return self.all()
        own = rights.belongs_to | rights.represents
        seen = Q(participant__in=own) | Q(seat__participant__in=own)
        if rights.in_steering_group:
            seen |= Q(seat__role__permission_set__in=STEERING_GROUP_SETS)
        return self.filter(seen)


@pghistory.track(exclude=["official_email"])
class Appointment(Dated, Versioned):
    """An official, or an office alone, in one place: a seat, a focal point's topic, a ministry's desk, the secretariat."""

    role = models.CharField(max_length=20, choices=AppointmentRole)
    official = models.ForeignKey("members.Official", models.PROTECT, null=True, blank=True, related_name="appointments")
    office = models.ForeignKey("members.Office", models.PROTECT, null=True, blank=True, related_name="appointments")
    seat = models.ForeignKey(Seat, models.PROTECT, null=True, blank=True, related_name="appointments")
    participant = models.ForeignKey("members.Participant", models.PROTECT, null=True, blank=True, related_name="appointments")
    topic = models.ForeignKey("members.Topic", models.PROTECT, null=True, blank=True, related_name="appointments")
    acting_for = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="deputies")
    title = models.CharField(_("title"), max_length=250, blank=True)  # of the holder at the time; never changed afterwards
    official_email = models.EmailField(blank=True)
    basis = models.CharField(_("basis"), max_length=250, blank=True)  # such as "documented 2005"
    confirmed_at = models.DateTimeField(null=True, blank=True)  # when the holder last said "still right"
    asked_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)  # the moment from which it gives no right any more
    ended_reason = models.CharField(_("why it ended"), max_length=250, blank=True)
    confidence = models.CharField(max_length=20, choices=Confidence, default=Confidence.PUBLIC)

    objects = AppointmentQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = _("appointment")
        ordering = ["participant__name", "role", "period_from", "pk"]
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                name="ck_appointment_one_holder",
                condition=Q(official__isnull=False, office__isnull=True) | Q(official__isnull=True, office__isnull=False),
            ),
            models.CheckConstraint(
                name="ck_appointment_one_place",
                condition=Q(role=AppointmentRole.SEAT, seat__isnull=False, participant__isnull=True, topic__isnull=True)
                | Q(role=AppointmentRole.FOCAL_POINT, seat__isnull=True, participant__isnull=False, topic__isnull=False)
                | Q(
                    role__in=[AppointmentRole.MINISTRY, AppointmentRole.NATIONAL_LEAD],
                    seat__isnull=True,
                    participant__isnull=False,
                    topic__isnull=True,
                )
                | Q(
                    role__in=[AppointmentRole.SECRETARIAT, AppointmentRole.ADMINISTRATOR],
                    seat__isnull=True,
                    participant__isnull=True,
                    topic__isnull=True,
                    office__isnull=True,
                ),
            ),
            ExclusionConstraint(
                name="excl_seat_holder_period",
                expressions=[("seat", RangeOperators.EQUAL), (period_range(), RangeOperators.OVERLAPS)],
                condition=Q(seat__isnull=False, official__isnull=False, acting_for__isnull=True) & NOT_CUT_SHORT,
                violation_error_message=_("Somebody holds this seat during part of the period already."),
            ),
            ExclusionConstraint(
                name="excl_principal_focal_point_period",
                expressions=[
                    ("participant", RangeOperators.EQUAL),
                    ("topic", RangeOperators.EQUAL),
                    (period_range(), RangeOperators.OVERLAPS),
                ],
                condition=Q(role=AppointmentRole.FOCAL_POINT, official__isnull=False, acting_for__isnull=True) & NOT_CUT_SHORT,
                violation_error_message=_("Somebody is focal point for this topic during part of the period already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.official or self.office}: {self.get_role_display()}"

    @property
    def holder(self) -> models.Model | None:
        """The official, or the office alone."""
        return self.official or self.office

    @property
    def place_of(self) -> models.Model | None:
        """The participant or forum that it belongs to; None for the secretariat's staff."""
        return self.participant or (self.seat.holder if self.seat else None)

    @property
    def permissions(self) -> frozenset[Permission]:
        if self.role == AppointmentRole.SEAT:
            return self.seat.role.permissions if self.seat else frozenset()
        return PERMISSION_SETS[self.role]


class HandoverQuerySet[M: models.Model](VisibleQuerySet[M]):
    def visible_to(self, user: AnyUser) -> Self:
        """All for the secretariat; to others those of their own participant."""
        rights = rights_of(user)
        if rights.is_secretariat:
            return self.all()
        own = rights.belongs_to | rights.represents
        return self.filter(Q(outgoing__participant__in=own) | Q(outgoing__seat__participant__in=own))


@pghistory.track(exclude=["note"])
class Handover(Versioned):
    """An appointment that ended, and who comes after: what was open stays with the participant, so the successor has it."""

    outgoing = models.OneToOneField(Appointment, models.PROTECT, related_name="handover")
    incoming = models.ForeignKey(Appointment, models.PROTECT, null=True, blank=True, related_name="taken_over")
    note = models.TextField(_("note to the successor"), blank=True)
    handed_over_at = models.DateTimeField(default=timezone.now)
    handed_over_by = models.ForeignKey("members.User", models.PROTECT, related_name="+")
    read_at = models.DateTimeField(null=True, blank=True)
    read_by = models.ForeignKey("members.User", models.PROTECT, null=True, blank=True, related_name="+")

    objects = HandoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("handover")
        ordering = ["-handed_over_at", "-pk"]
        constraints = [
            paired("handover", "read"),
            models.CheckConstraint(
                name="ck_handover_two_appointments", condition=Q(incoming__isnull=True) | ~Q(incoming=F("outgoing"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outgoing_id}: {self.handed_over_at:%Y-%m-%d}"


def giving(permission: Permission) -> Q:
    """Appointments whose role, or whose seat's role, gives `permission` while they hold."""
    roles = [role for role in AppointmentRole.values if permission in PERMISSION_SETS.get(role, frozenset())]
    seat_roles = [key for key, given in PERMISSION_SETS.items() if permission in given]
    return Q(role__in=roles) | Q(role=AppointmentRole.SEAT, seat__role__permission_set__in=seat_roles)


def appointments_giving(permission: Permission) -> AppointmentQuerySet[Appointment]:
    """Current appointments of officials in office that give `permission`: the same rule as a person's rights, for lists."""
    in_office = Q(official__period_from__isnull=True) | Q(official__period_from__lte=today())
    in_office &= Q(official__period_to__isnull=True) | Q(official__period_to__gte=today())
    rows: AppointmentQuerySet[Appointment] = Appointment.objects.current()
    in_seat = Q(seat__isnull=True) | Q(seat__in=Seat.objects.current())
    return rows.filter(in_office, giving(permission), in_seat, official__user__isnull=False)


def rights_from_appointments(user: User) -> Rights:
    """Snapshot of what the current appointments of all officials of `user` give. One query."""
    current = (
        Appointment.objects.current()
        .filter(official__user=user)
        .filter(Q(seat__isnull=True) | Q(seat__in=Seat.objects.current()))
        .select_related("seat__role", "official")
    )
    permissions: set[Permission] = set()
    speaks_for, belongs_to, represents, approving, officials = set(), set(), set(), set(), set()
    leads, sits_for = set(), set()
    for row in current:
        if row.official is None or not row.official.holds_on(today()):
            continue
        officials.add(row.official_id or 0)
        permissions |= row.permissions
        if row.participant_id and row.role == AppointmentRole.FOCAL_POINT:
            speaks_for.add(row.participant_id)
        if row.participant_id and row.role == AppointmentRole.NATIONAL_LEAD:
            leads.add(row.participant_id)
        if row.participant_id:
            belongs_to.add(row.participant_id)
        place = row.participant_id or (row.seat.participant_id if row.seat else None)
        if place:
            represents.add(place)
        if row.seat and row.seat.role.approves:
            approving.add(row.seat.pk)
        if row.seat and row.seat.participant_id and row.seat.role.is_member:
            sits_for.add(row.seat.participant_id)
    return Rights(
        permissions=frozenset(permissions),
        speaks_for=frozenset(speaks_for),
        belongs_to=frozenset(belongs_to),
        leads=frozenset(leads),
        sits_for=frozenset(sits_for) if Permission.SEE_STEERING_GROUP in permissions else frozenset(),
        represents=frozenset(represents),
        approving_seats=frozenset(approving),
        officials=frozenset(officials),
        access=_access_classes(permissions, has_place=bool(represents)),
    )


def _access_classes(permissions: set[Permission], *, has_place: bool) -> frozenset[str]:
    classes = {AccessClass.PUBLIC.value}
    if has_place:
        classes.add(AccessClass.PARTICIPANTS.value)
    if Permission.SEE_STEERING_GROUP in permissions:
        classes |= {AccessClass.PARTICIPANTS.value, AccessClass.STEERING_GROUP.value}
    if Permission.SEE_DESK in permissions:
        classes |= {str(value) for value in AccessClass.values}
    return frozenset(classes)
