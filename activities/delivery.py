"""What goes out about an invitation: the mail with its letter and its date, queued, and asked again before it leaves."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils.translation import override

from activities.calendars import calendar_of
from activities.enums import InvitationState
from activities.models import Activity, Invitation, InvitationCopy
from members.mail import render_mail
from members.selectors_coverage import contacts_of
from members.services.outbox import Enclosure, queue_delivery, recipient_key

if TYPE_CHECKING:
    from members.models import Delivery, Letter, User
    from members.selectors_recipients import Recipient

INVITATION, REMINDER = "invitation", "reminder"
CALENDAR = "text/calendar"


@dataclass(frozen=True)
class Enclosed:
    """The letter of one recipient, as it is enclosed: the register's row, its own number and the file."""

    letter: Letter
    number: str
    is_note_verbale: bool
    file: Enclosure


def invitation_address(invitation: Invitation) -> str:
    """The page where the participant answers."""
    path = reverse("activities:delegation", args=[invitation.participant.slug, invitation.pk])
    return f"{settings.ORIGIN}{path}"


def keep(content: bytes, *, filename: str, media_type: str) -> Enclosure:
    """Store a file under its hash, once however often it is made, and return it as an enclosure."""
    digest = hashlib.sha256(content).hexdigest()
    name = f"letters/{digest}"
    if not default_storage.exists(name):
        name = default_storage.save(name, ContentFile(content))
    return Enclosure(name, filename, digest, media_type)


def date_for_calendars(activity: Activity) -> Enclosure | None:
    """The activity as a calendar file under its identity that never changes; None while it has no date."""
    if activity.start is None:
        return None
    with override(settings.LANGUAGE_CODE):
        content = calendar_of([activity], name=activity.reference)
    return keep(content, filename=f"{activity.reference}.ics", media_type=CALENDAR)


def write(  # noqa: PLR0913 - keyword-only
    *,
    invitation: Invitation,
    recipient: Recipient,
    kind: str,
    by: User,
    enclosed: Enclosed | None = None,
    calendar: Enclosure | None = None,
) -> Delivery | None:
    """Queue the message to one recipient; None where it cannot be reached. Written once for an invitation, kind and recipient."""
    to = recipient.to
    if to is None or not recipient.is_reachable:
        return None
    template = REMINDER if kind.startswith(REMINDER) else INVITATION
    subject, text, html = render_mail(template, _context(invitation, recipient, enclosed, calendar), recipient.language)
    files: Sequence[Enclosure] = [file for file in (enclosed.file if enclosed else None, calendar) if file]
    delivery = queue_delivery(
        kind=kind,
        to=to,
        key=f"{kind}:{issue_number(invitation)}:{recipient_key(to)}",
        subject=subject,
        text=text,
        html=html,
        language=recipient.language,
        email=recipient.email,
        attachments=files,
        letter=enclosed.letter if enclosed else None,
        is_automatic=enclosed is None,
        by=by,
    )
    InvitationCopy.objects.get_or_create(
        delivery=delivery,
        defaults={
            "invitation": invitation,
            "number": enclosed.number if enclosed else "",
            "is_note_verbale": bool(enclosed and enclosed.is_note_verbale),
        },
    )
    return delivery


def _context(
    invitation: Invitation, recipient: Recipient, enclosed: Enclosed | None, calendar: Enclosure | None
) -> dict[str, object]:
    address = invitation_address(invitation)
    return {
        "activity": invitation.activity,
        "invitation": invitation,
        "participant": invitation.participant,
        "recipient": recipient.to,
        "address": address,
        "url": address,
        "copy_of": recipient.copy_of,
        "letter_number": enclosed.number if enclosed else "",
        "is_note_verbale": bool(enclosed and enclosed.is_note_verbale),
        "has_calendar": calendar is not None,
    }


def issue_number(invitation: Invitation) -> str:
    """The invitation in a delivery's key; one that was withdrawn and issued again is written anew."""
    first_issue = 2
    return str(invitation.pk) if invitation.version <= first_issue else f"{invitation.pk}.{invitation.version}"


def why_withheld(delivery: Delivery) -> str:
    """Asked when a message about an invitation is about to leave: why it must not, or nothing.

    One to an official who speaks for the participant no more is kept back: a successor may have come since.
    """
    copy = InvitationCopy.objects.filter(delivery=delivery).select_related("invitation__activity", "invitation__participant")
    found = copy.first()
    if found is None:
        return ""
    invitation = found.invitation
    if invitation.state == InvitationState.WITHDRAWN or invitation.activity.withdrawn_at:
        return "The invitation was withdrawn before this copy left."
    if delivery.kind.startswith(REMINDER) and invitation.state != InvitationState.ISSUED:
        return "The participant answered before this reminder left."
    speaking = [contact.holder for contacts in contacts_of([invitation.participant]).values() for contact in contacts]
    if delivery.official is not None and delivery.official not in speaking:
        return "Somebody else is written to for this participant by now."
    return ""
