"""Changes after the last day: the focal point asks, the secretariat agrees or declines with a word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from activities.enums import AttendanceMode, DelegatePart, InvitationState, LateChangeState
from activities.models import Activity, Invitation, LateChange
from activities.models.lifecycles import LATE_CHANGE_TRANSITIONS, TransitionError, check_transition
from activities.selectors_delegations import is_late, on_sheet
from activities.selectors_late_changes import differences
from activities.services.nominations import Nominee, answer_invitation, check_can_ask, check_version
from activities.services.places import fill_places, lock_activity, lock_invitation
from activities.services.sheets import check_sheet, put_sheet, withdraw_all_but
from members.audit import acting
from members.enums import AppointmentRole
from members.errors import Conflict, DomainError
from members.mail import render_mail
from members.models import Office, Official, User
from members.permissions import check_can
from members.roles import Permission
from members.selectors_recipients import for_participants
from members.services.outbox import queue_delivery, recipient_key


@transaction.atomic
def ask_late_change(
    *, invitation: Invitation, nominees: Sequence[Nominee], token: str, by: User, expected_version: int | None = None
) -> LateChange:
    """Ask that the delegation become what the sheet says; without `nominees`, that nobody comes. One request waits at a time:

    asked again it says what was asked last. The same `token` again changes nothing. Raises DomainError as a sheet does, and
    where nothing would change.
    """
    check_can(by, Permission.NOMINATE, participant=invitation.participant)
    activity = lock_activity(invitation.activity_id)
    found = lock_invitation(invitation.pk, activity)
    known = found.late_changes.select_for_update().filter(state=LateChangeState.ASKED).first()
    if known and token and known.submit_token == token:
        return known
    check_can_ask(found)
    if not is_late(found):
        raise DomainError(_("The delegation can be changed without asking. Open the sheet again."))
    check_version(found, expected_version)
    people = _checked_people(found, activity, nominees)
    change = known or LateChange(invitation=found)
    change.people, change.number, change.submit_token = people, len(people), token
    change.asked_at, change.asked_by = timezone.now(), by
    change.version += 1
    with acting(by=by, verb="ask_late_change"):
        change.save()
    _write_to_secretariat(change, by)
    return change


def _checked_people(invitation: Invitation, activity: Activity, nominees: Sequence[Nominee]) -> list[dict[str, Any]]:
    if nominees:
        check_sheet(invitation, activity, nominees)
    people = [_kept(nominee) for nominee in nominees]
    declines = not people and invitation.state != InvitationState.DECLINED
    if not declines and not differences(on_sheet(invitation), people):
        raise DomainError(_("The sheet says what is registered already."))
    return people


def _kept(nominee: Nominee) -> dict[str, Any]:
    return asdict(nominee) | {"days": [f"{day:%Y-%m-%d}" for day in nominee.days]}


def nominees_of(people: Sequence[Mapping[str, Any]]) -> list[Nominee]:
    """The people of a late change as a sheet hands them over."""
    return [
        Nominee(
            **{
                **person,
                "days": tuple(date.fromisoformat(day) for day in person["days"]),
                "part": DelegatePart(person["part"]),
                "mode": AttendanceMode(person["mode"]),
            }
        )
        for person in people
    ]


@transaction.atomic
def take_back_late_change(*, change: LateChange, by: User) -> LateChange:
    """The focal point does not ask any more. Raises DomainError where the secretariat has answered."""
    check_can(by, Permission.NOMINATE, participant=change.invitation.participant)
    found = _locked(change)
    with acting(by=by, verb="take_back_late_change"):
        _decide(found, LateChangeState.TAKEN_BACK, "", by)
    return found


@transaction.atomic
def agree_late_change(*, change: LateChange, by: User, expected_version: int, word: str = "") -> LateChange:
    """Make the delegation what was asked for. Raises Conflict where the focal point asks for something else by now.

    Raises DomainError where it cannot be: answered already, no place left, the activity is over.
    """
    check_can(by, Permission.ISSUE_INVITATIONS)
    found = _locked(change, expected_version)
    invitation, activity = found.invitation, found.invitation.activity
    check_can_ask(invitation)
    nominees = nominees_of(found.people)
    with acting(by=by, verb="agree_late_change"):
        if nominees:
            check_sheet(invitation, activity, nominees)
            put_sheet(invitation=invitation, activity=activity, nominees=nominees, token="", by=by, named_by=found.asked_by)
        else:
            withdraw_all_but(invitation, set(), by)
            fill_places(activity=activity, by=by)
        state = InvitationState.ACCEPTED if nominees else InvitationState.DECLINED
        answer_invitation(invitation, state, found.asked_by)
        _decide(found, LateChangeState.AGREED, word, by)
    _write_to_asker(found, by)
    return found


@transaction.atomic
def decline_late_change(*, change: LateChange, by: User, expected_version: int, word: str) -> LateChange:
    """Leave the delegation as it is, with a word why. Raises DomainError without one, or where it is answered already."""
    check_can(by, Permission.ISSUE_INVITATIONS)
    if not word.strip():
        raise DomainError(_("Say why the delegation stays as it is."), field="word")
    found = _locked(change, expected_version)
    with acting(by=by, verb="decline_late_change"):
        _decide(found, LateChangeState.DECLINED, word, by)
    _write_to_asker(found, by)
    return found


def _locked(change: LateChange, expected_version: int | None = None) -> LateChange:
    activity = lock_activity(change.invitation.activity_id)
    invitation = lock_invitation(change.invitation_id, activity)
    found = LateChange.objects.select_for_update(of=("self",)).select_related("asked_by").get(pk=change.pk)
    found.invitation = invitation
    if found.state != LateChangeState.ASKED:
        raise DomainError(_("This request has been answered already."))
    if expected_version is not None and found.version != expected_version:
        raise Conflict(_("The participant asks for something else by now. Read it again."), current=found)
    return found


def _decide(found: LateChange, state: LateChangeState, word: str, by: User) -> None:
    try:
        check_transition(LATE_CHANGE_TRANSITIONS, found.state, state)
    except TransitionError as error:  # pragma: no cover - the row is locked, and its state was read behind the lock
        raise DomainError(str(error)) from error
    found.state, found.word, found.people = state, word.strip(), []
    found.decided_at, found.decided_by = timezone.now(), by
    found.version += 1
    found.save()


def _write_to_secretariat(change: LateChange, by: User) -> None:
    """Whoever issued the invitation and still works there; else everybody who does."""
    staff = Official.objects.current().filter(appointments__in=_staff_places(), user__is_active=True).exclude(email="").distinct()
    issuer = staff.filter(user=change.invitation.issued_by)
    path = reverse("activities:late_change", args=[change.invitation.activity.reference, change.pk])
    for official in issuer or staff:
        _write("late_change_request", change, official, language=official.language or "en", path=path, by=by)


def _staff_places() -> Any:
    from members.models import Appointment

    roles = [AppointmentRole.SECRETARIAT, AppointmentRole.ADMINISTRATOR]
    return Appointment.objects.current().filter(role__in=roles)


def _write_to_asker(found: LateChange, by: User) -> None:
    """Who asked; where that person has left, whoever is reached for the participant now."""
    participant = found.invitation.participant
    asker = found.asked_by.officials.current().filter(participant=participant).exclude(email="").first()
    path = reverse("activities:delegation", args=[participant.slug, found.invitation_id])
    if asker is not None and participant.pk in found.asked_by.rights.belongs_to:
        _write("late_change", found, asker, language=asker.language or participant.language, path=path, by=by)
        return
    for row in for_participants([participant]):
        if row.to is not None and row.is_reachable:
            _write("late_change", found, row.to, language=row.language, path=path, by=by)


def _write(  # noqa: PLR0913 - keyword-only
    kind: str, change: LateChange, to: Official | Office, *, language: str, path: str, by: User
) -> None:
    context = {
        "activity": change.invitation.activity,
        "participant": change.invitation.participant,
        "change": change,
        "agreed": change.state == LateChangeState.AGREED,
        "recipient": to,
        "url": f"{settings.ORIGIN}{path}",
    }
    subject, text, html = render_mail(kind, context, language)
    key = f"{kind}:{change.pk}.{change.version}:{recipient_key(to)}"
    queue_delivery(kind=kind, to=to, key=key, subject=subject, text=text, html=html, language=language, by=by)
