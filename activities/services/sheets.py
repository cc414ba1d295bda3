"""A delegation as one sheet: what it must be like, and making the nominations what it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from activities.enums import AttendanceMode, DelegatePart, NominationState
from activities.models import Activity, Attendance, Delegate, Invitation, Nomination
from activities.services.certificates import end_certificates
from activities.services.delegates import settle, tell_withdrawn
from activities.services.officials import save_entry
from activities.services.places import fill_places, places_for
from members.errors import DomainError
from members.models import Official, User
from members.names import may_be_one


@dataclass(frozen=True)
class Nominee:
    """One person on the sheet.

    `official` is the key of somebody who is on the delegation already, `replaces` that of the nomination in whose place
    the person comes. Without `days` the person is there on all of them.
    """

    name: str
    position: str
    email: str
    part: DelegatePart = DelegatePart.DELEGATE
    mode: AttendanceMode = AttendanceMode.IN_PERSON
    official: int | None = None
    name_own_script: str = ""
    meal: str = ""
    access_needs: str = ""
    visa_letter: bool = False
    days: tuple[date, ...] = field(default=())
    replaces: int | None = None
    tell: bool = True


class RowError(DomainError):
    """A sheet that cannot be taken. `rows` says which rows are wrong, counted from 0: (field, words) of each."""

    def __init__(self, message: str, rows: Mapping[int, tuple[str, str]]) -> None:
        super().__init__(message)
        self.rows = dict(rows)


def check_sheet(invitation: Invitation, activity: Activity, nominees: Sequence[Nominee]) -> None:
    """Raise DomainError, or RowError where it is some rows, for a sheet that no delegation can be made of."""
    if not nominees:
        raise DomainError(_("Name at least one delegate, or decline the invitation."))
    if twice := dict(_twice(nominees)):
        raise RowError(_("The same e-mail address stands twice on the sheet."), twice)
    heads = [number for number, nominee in enumerate(nominees) if nominee.part == DelegatePart.HEAD]
    if len(heads) > 1:
        said = _("A delegation has one head.")
        raise RowError(said, dict.fromkeys(heads[1:], ("part", said)))
    _check_replaced(invitation, nominees)
    if not activity.waiting_list:
        _check_places(invitation, activity, nominees)


def _twice(nominees: Sequence[Nominee]) -> Iterator[tuple[int, tuple[str, str]]]:
    first: dict[str, int] = {}
    for number, nominee in enumerate(nominees):
        email = nominee.email.casefold()
        if email in first:
            said = _("This address stands twice: in row %(number)d, too.") % {"number": first[email] + 1}
            yield number, ("email", said)
        first.setdefault(email, number)


def _check_replaced(invitation: Invitation, nominees: Sequence[Nominee]) -> None:
    """Each replaced person is of this delegation, is off the sheet, and is replaced once."""
    wanted = {number: nominee.replaces for number, nominee in enumerate(nominees) if nominee.replaces}
    if not wanted:
        return
    known = {row.pk: row.official for row in invitation.nominations.filter(pk__in=wanted.values()).select_related("official")}
    there = {nominee.official for nominee in nominees} - {None}
    wrong: dict[int, tuple[str, str]] = {}
    for number, replaced in wanted.items():
        if replaced not in known or list(wanted.values()).count(replaced) > 1:
            wrong[number] = ("name", _("Choose once more whom this person replaces."))
        elif known[replaced].pk in there:
            wrong[number] = ("name", _("%(name)s is still on the sheet.") % {"name": known[replaced].name})
    if wrong:
        raise RowError(_("A person who is replaced leaves the sheet."), wrong)


def _check_places(invitation: Invitation, activity: Activity, nominees: Sequence[Nominee]) -> None:
    most = places_for(invitation, activity)
    if most is None or len(nominees) <= most:
        return
    over = _("There is no place for this row.")
    rows = dict.fromkeys(range(most, len(nominees)), ("name", over))
    if invitation.quota and len(nominees) > invitation.quota:
        raise RowError(_("There are %(number)d places for each participant.") % {"number": invitation.quota}, rows)
    said = _("Only %(number)d places are left. Name fewer people, or write to the secretariat.")
    raise RowError(said % {"number": most}, rows)


def put_sheet(  # noqa: PLR0913 - keyword-only
    *, invitation: Invitation, activity: Activity, nominees: Sequence[Nominee], token: str, by: User, named_by: User
) -> list[Nomination]:
    """Make the nominations what a checked sheet says; both rows must be locked. Who has no place waits for one."""
    held = set(invitation.nominations.holding().values_list("official", flat=True))
    replaced = dict(invitation.nominations.values_list("pk", "official"))
    officials = _officials(invitation, nominees)
    withdraw_all_but(invitation, {official.pk for official in officials}, by, replaced={n.replaces for n in nominees})
    Delegate.objects.filter(nomination__invitation=invitation, part=DelegatePart.HEAD).update(part=DelegatePart.DELEGATE)
    held |= {official.pk for official, n in zip(officials, nominees, strict=True) if n.replaces and replaced[n.replaces] in held}
    _free_replaced(invitation, {n.replaces: official.pk for official, n in zip(officials, nominees, strict=True) if n.replaces})
    placed = _placed(invitation, activity, officials, held)
    made = [
        _nominate(invitation, official, nominee, number, waits=official.pk not in placed, token=token, named_by=named_by)
        for number, (official, nominee) in enumerate(zip(officials, nominees, strict=True))
    ]
    for nomination in made:
        settle(nomination, by=by)
    fill_places(activity=activity, first=invitation, by=by)
    return made


def _free_replaced(invitation: Invitation, substitutes: Mapping[int, int]) -> None:
    """Whoever came in place of a person before does so no more where the sheet names another for it."""
    for row in invitation.nominations.standing().filter(replaces__in=substitutes).order_by("pk"):
        if row.replaces_id and substitutes[row.replaces_id] != row.official_id:
            row.replaces = None
            row.version += 1
            row.save(update_fields=["replaces", "version"])


def _placed(invitation: Invitation, activity: Activity, officials: Sequence[Official], held: set[int]) -> set[int]:
    """Who gets a place: who has one, who comes in place of such a person, who waits longest, then the order of the sheet."""
    most = places_for(invitation, activity)
    if most is None:
        return {official.pk for official in officials}
    since = dict(invitation.nominations.waiting().values_list("official", "waiting_since"))
    later = timezone.now()
    ranked = sorted(officials, key=lambda official: (official.pk not in held, since.get(official.pk) or later))
    return {official.pk for official in ranked[: max(most, 0)]}


def _officials(invitation: Invitation, nominees: Sequence[Nominee]) -> list[Official]:
    found: list[Official] = []
    for number, nominee in enumerate(nominees):
        try:
            found.append(_official(invitation, nominee))
        except DomainError as error:
            raise RowError(error.message, {number: (error.field or "email", error.message)}) from error
    if len({official.pk for official in found}) != len(found):
        raise DomainError(_("The same person stands twice on the sheet."))
    return found


def _official(invitation: Invitation, nominee: Nominee) -> Official:
    """The official of this participant with this address, or a new one; nobody of another participant is touched."""
    own = Official.objects.filter(participant=invitation.participant, period_to__isnull=True)
    official = own.filter(pk=nominee.official).first() if nominee.official else None
    same_address = own.filter(email__iexact=nominee.email).first()
    if official and same_address and official.pk != same_address.pk:
        raise DomainError(_("Another official of this participant has the address %(email)s.") % {"email": nominee.email})
    official = official or same_address or Official(participant=invitation.participant)
    _check_same_person(official, nominee, invitation)
    official.name, official.position, official.email = nominee.name, nominee.position, nominee.email
    official.name_own_script = nominee.name_own_script or official.name_own_script
    save_entry(official)
    return official


def _check_same_person(official: Official, nominee: Nominee, invitation: Invitation) -> None:
    """An entry is mended, not handed on: whoever has been to, or is named for, something else stays that person."""
    if not official.pk or may_be_one(official.name, nominee.name):
        return
    others = Delegate.objects.filter(official=official).exclude(activity=invitation.activity_id)
    marked = Attendance.objects.filter(delegate__official=official)
    if others.exists() or marked.exists() or official.user_id or official.appointments.exists():
        said = _("This entry is %(name)s. Take the row off and add the other person in a row of its own, with another address.")
        raise DomainError(said % {"name": official.name}, field="name")


def _nominate(  # noqa: PLR0913 - keyword-only
    invitation: Invitation, official: Official, nominee: Nominee, number: int, *, waits: bool, token: str, named_by: User
) -> Nomination:
    nomination = invitation.nominations.filter(official=official).first() or Nomination(
        invitation=invitation, official=official, submitted_by=named_by
    )
    if nomination.state in {NominationState.WITHDRAWN, NominationState.REFUSED}:
        revive(nomination)
    place(nomination, waits=waits)
    if nominee.replaces:
        nomination.replaces_id = nominee.replaces
    nomination.invitation, nomination.official, nomination.order = invitation, official, number
    nomination.part, nomination.mode, nomination.submit_token = nominee.part, nominee.mode, token
    nomination.meal, nomination.access_needs, nomination.visa_letter = nominee.meal, nominee.access_needs, nominee.visa_letter
    nomination.days, nomination.tell = sorted(nominee.days), nominee.tell
    nomination.submitted_at, nomination.submitted_by = timezone.now(), named_by
    nomination.version += 1
    nomination.save()
    return nomination


def revive(nomination: Nomination) -> None:
    """Begin anew with somebody who was withdrawn or refused: nothing said before holds."""
    nomination.state, nomination.replaces = NominationState.SUBMITTED, None
    nomination.answer, nomination.answered_at, nomination.told_at = "", None, None


def place(nomination: Nomination, *, waits: bool) -> None:
    """Give the nomination a place, or one on the waiting list; who waits already keeps the moment since when."""
    if waits:
        nomination.state = NominationState.WAITING
        nomination.waiting_since = nomination.waiting_since or timezone.now()
    else:
        if nomination.state == NominationState.WAITING:
            nomination.state = NominationState.SUBMITTED
        nomination.waiting_since = None


def withdraw_all_but(invitation: Invitation, kept: set[int], by: User, *, replaced: set[int | None] | None = None) -> None:
    """Withdraw whoever stands on the delegation and is not among the officials `kept`; each told one hears of it."""
    gone = invitation.nominations.exclude(official__in=kept).select_related("official")
    for nomination in gone.exclude(state__in=[NominationState.WITHDRAWN, NominationState.REFUSED]):
        nomination.invitation = invitation
        withdraw_one(nomination, by, is_replaced=nomination.pk in (replaced or set()))


def withdraw_one(nomination: Nomination, by: User, *, is_replaced: bool = False) -> None:
    """Withdraw one person; the place is free afterwards."""
    nomination.state, nomination.waiting_since = NominationState.WITHDRAWN, None
    nomination.version += 1
    nomination.save()
    own = Delegate.objects.filter(nomination=nomination)
    own.update(withdrawn_at=timezone.now(), withdrawn_by=by, part=DelegatePart.DELEGATE)
    end_certificates(delegates=list(own), by=by)
    tell_withdrawn(nomination, by=by, is_replaced=is_replaced)
