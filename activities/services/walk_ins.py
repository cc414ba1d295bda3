"""Who comes to an activity without being on a delegation: written down at the door, and told to the participant."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from activities.enums import AttendanceMode, AttendanceStatus, DelegatePart
from activities.models import Activity, Attendance, Delegate, Invitation
from activities.selectors_attendance import Place, delegates_at
from activities.services.attendance import check_begun, record_sheet
from activities.services.certificates import end_certificates
from activities.services.delegates import write_to_contacts
from activities.services.officials import save_entry
from members.audit import acting
from members.errors import DomainError
from members.models import Official, Participant, User
from members.names import name_key
from members.permissions import check_can
from members.roles import Permission

KIND = "walk_in"  # of the mail


@dataclass(frozen=True)
class WalkIn:
    """Somebody at the door: for whom, the name as on the badge, what he or she is; an address where one is given."""

    participant: Participant
    name: str
    position: str
    email: str = ""


@transaction.atomic
def add_walk_in(*, activity: Activity, person: WalkIn, place: Place, by: User) -> Delegate:
    """Make a delegate of somebody who was not named, present at `place`, and tell who is written to for the participant.

    Whom a participant sends is for its focal point to say: the mail says how to put a mistake right. Raises DomainError
    with its field for somebody on the list already, for an address that is another person's, and before the first day.
    """
    check_can(by, Permission.RECORD_ATTENDANCE)
    held = Activity.objects.select_for_update().get(pk=activity.pk)
    check_begun(held)
    with acting(by=by, verb="add_walk_in"):
        official = _official(person)
        delegate = _delegate(held, official, person)
        record_sheet(activity=held, marks={(delegate.pk, place.session or place.day): AttendanceStatus.PRESENT}, by=by)
    _tell(delegate, by)
    return delegate


def _official(person: WalkIn) -> Official:
    """The participant's official of this address or, without one, the only one of this name; a new one where there is none.

    Somebody of the same name with another address is somebody else: the mail about attendance goes to the address.
    """
    own = Official.objects.filter(participant=person.participant, period_to__isnull=True).apart()
    key = name_key(person.name)
    if person.email and (same_address := own.filter(email__iexact=person.email).first()):
        if name_key(same_address.name) != key:
            raise DomainError(_("This address is recorded for %(name)s.") % {"name": same_address.name}, field="email")
        return same_address
    namesakes = [row for row in own.order_by("pk") if name_key(row.name) == key and not (person.email and row.email)]
    if len(namesakes) > 1:
        raise DomainError(_("Several people of this participant have this name. Enter the e-mail address."), field="email")
    found = namesakes[0] if namesakes else Official(participant=person.participant, name=person.name, position=person.position)
    if not found.pk or (person.email and not found.email):
        found.email = person.email
        save_entry(found)
    return found


def _delegate(activity: Activity, official: Official, person: WalkIn) -> Delegate:
    delegate = Delegate.objects.filter(activity=activity, official=official).first()
    if delegate and delegate.withdrawn_at is None:
        raise DomainError(_("%(name)s is on the list already.") % {"name": official.name}, field="name")
    delegate = delegate or Delegate(activity=activity, official=official, participant=person.participant)
    delegate.title = person.position or official.position
    delegate.nomination = None  # the door's entry, also of somebody who was named and withdrawn before
    delegate.part, delegate.mode = DelegatePart.DELEGATE, AttendanceMode.IN_PERSON
    delegate.withdrawn_at = delegate.withdrawn_by = None
    delegate.version += 1
    delegate.save()
    return delegate


def _tell(delegate: Delegate, by: User) -> None:
    invitation = Invitation.objects.filter(activity=delegate.activity, participant=delegate.participant).first()
    if invitation and invitation.issued_at:
        path = reverse("activities:delegation_attendance", args=[delegate.participant.slug, invitation.pk])
    else:
        path = reverse("activities:national_space", args=[delegate.participant.slug])
    about = {"activity": delegate.activity, "delegate": delegate, "url": f"{settings.ORIGIN}{path}"}
    write_to_contacts(KIND, delegate.participant, f"{delegate.pk}.{delegate.version}", by=by, **about)


@transaction.atomic
def remove_walk_in(*, delegate: Delegate, by: User) -> None:
    """Take somebody who was written down by mistake off the list again, with the marks. Raises DomainError for one who was named."""
    check_can(by, Permission.RECORD_ATTENDANCE)
    found = delegates_at(delegate.activity).select_for_update(of=("self",)).filter(pk=delegate.pk).first()
    if found is None:
        return
    if found.nomination_id is not None:
        raise DomainError(_("This person was named by the participant. Its focal point changes the delegation."))
    with acting(by=by, verb="remove_walk_in"):
        Attendance.objects.filter(delegate=found).delete()
        found.withdrawn_at, found.withdrawn_by = timezone.now(), by
        found.version += 1
        found.save()
        end_certificates(delegates=[found], by=by)
