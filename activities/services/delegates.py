"""What a nominated person is told, and says, without an account: mail with a calendar entry and a signed link."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from activities.calendars import delegate_calendar, has_day
from activities.enums import ActivityStatus, DelegateAnswer, InvitationState
from activities.models import Activity, Delegate, Invitation, Nomination
from activities.selectors_calendar import for_calendar
from activities.selectors_delegations import days_of, local_day
from activities.services.certificates import end_certificates
from members.audit import acting
from members.errors import DomainError
from members.mail import render_mail
from members.models import Delivery, Participant, User
from members.selectors_recipients import for_participants
from members.services.outbox import Enclosure, queue_delivery, recall_unsent, recipient_key
from members.signing import TokenError, bound_value, key_of, make_token, read_token

PURPOSE = "delegate"
LINK_LIVES = timedelta(days=400)
ANSWER, MOST_ANSWERS = "delegate_answer", 6  # mails to each contact in a day
NAMED, CHANGED, GONE = "delegate_named", "delegate_changed", "delegate_withdrawn"
_OF_MEETING = (
    *("start", "end", "date_precision", "starts_at", "ends_at", "time_zone"),
    *("city", "country", "venue", "status", "withdrawn_at"),
)


def settle(nomination: Nomination, *, by: User) -> None:
    """Make a delegate of whoever counts now and tell the person; who has lost the place is a delegate no more."""
    if nomination.counts:
        _make_delegate(nomination)
        _tell_named(nomination, by=by)
    else:
        own = Delegate.objects.filter(nomination=nomination)
        own.filter(withdrawn_at__isnull=True).update(withdrawn_at=timezone.now(), withdrawn_by=by, part="delegate")
        end_certificates(delegates=list(own), by=by)


def _make_delegate(nomination: Nomination) -> Delegate:
    activity = nomination.invitation.activity
    delegate = Delegate.objects.filter(activity=activity, official=nomination.official).first() or Delegate(
        activity=activity, official=nomination.official, participant=nomination.invitation.participant
    )
    delegate.part, delegate.mode, delegate.nomination = nomination.part, nomination.mode, nomination
    delegate.title = nomination.official.position
    delegate.withdrawn_at = delegate.withdrawn_by = None
    delegate.version += 1
    delegate.save()
    return delegate


def link_of(nomination: Nomination) -> str:
    """The signed address of the nominated person.

    It dies with the nomination, when the person becomes another's entry, and when the e-mail address is another: whoever
    has a mail that went astray can answer for nobody.
    """
    return f"{settings.ORIGIN}/r/{make_token(PURPOSE, _value(nomination))}/"


def _value(nomination: Nomination) -> str:
    return bound_value(nomination.pk, nomination.official_id, nomination.official.email)


def nomination_of(token: str) -> Nomination:
    """The nomination behind a signed link, while it counts and its invitation stands. Raises TokenError."""
    value = read_token(PURPOSE, token, max_age=LINK_LIVES)
    rows = Nomination.objects.select_related("invitation__activity__kind", "invitation__participant", "official")
    found = rows.filter(pk=key_of(value)).exclude(invitation__state=InvitationState.WITHDRAWN).first()
    if found is None or _value(found) != value or not found.counts or found.invitation.activity.withdrawn_at:
        raise TokenError
    return found


def is_over(activity: Activity) -> bool:
    """Whether there is nothing to answer any more: held, cancelled, or its last day has passed."""
    last = activity.last_day
    ended = last is not None and local_day(activity) > last
    return ended or activity.status in {ActivityStatus.CANCELLED, ActivityStatus.HELD}


def is_off(activity: Activity) -> bool:
    """Whether the activity does not take place, or is not of the record any more."""
    return activity.status == ActivityStatus.CANCELLED or activity.withdrawn_at is not None


@transaction.atomic
def answer_as_delegate(*, token: str, answer: DelegateAnswer) -> Nomination:
    """What the nominated person says; the same again changes nothing. The focal points hear of whoever cannot come.

    Nobody is withdrawn by it: whom a participant sends is for its focal point to say. Raises TokenError, DomainError.
    """
    Nomination.objects.select_for_update(of=("self",)).filter(pk=nomination_of(token).pk).get()
    found = nomination_of(token)  # as it stands behind the lock
    if found.answer == answer:
        return found
    if is_over(found.invitation.activity):
        raise DomainError(_("This activity is over, or was cancelled."))
    told = Delivery.objects.filter(kind=ANSWER, key__startswith=f"{ANSWER}:{found.pk}.", queued_at__date=timezone.now().date())
    if told.values("key").count() >= MOST_ANSWERS * max(1, told.values("email").distinct().count()):
        raise DomainError(_("You have changed your answer often today. Write to your focal point or to the secretariat."))
    before, found.answer, found.answered_at = found.answer, answer, timezone.now()
    found.version += 1
    service = User.objects.service_account()
    with acting(by=service, verb="answer_as_delegate"):
        found.save(update_fields=["answer", "answered_at", "version"])
    if DelegateAnswer.NOT_COMING in {answer, before}:
        words = {"delegate": found.official, "comes": answer == DelegateAnswer.COMING}
        write_to_participant(ANSWER, found.invitation, f"{found.pk}.{found.version}", by=service, **words)
    return found


def _tell_named(nomination: Nomination, *, by: User) -> None:
    if not nomination.tell or not nomination.official.email:
        return
    if nomination.told_at is None or not _was_told_there(nomination):
        _write(NAMED, nomination, f"{nomination.pk}.{nomination.version}", by=by)
        nomination.told_at = timezone.now()
        nomination.save(update_fields=["told_at"])


def _was_told_there(nomination: Nomination) -> bool:
    """Whether the last mail that named the person went to the address of now."""
    sent = Delivery.objects.filter(kind=NAMED, official=nomination.official, key__startswith=f"{NAMED}:{nomination.pk}.")
    last = sent.order_by("-pk").values_list("email", flat=True).first()
    return last is not None and last.casefold() == nomination.official.email.casefold()


def tell_withdrawn(nomination: Nomination, *, by: User, is_replaced: bool = False) -> None:
    """Tell a person who was told before that somebody else comes, or nobody; not where the first mail has not left yet."""
    if nomination.told_at is None or not nomination.official.email:
        return
    if not _recall(nomination, NAMED, by):
        later = timezone.now() + timedelta(seconds=settings.RECALL_SECONDS)  # so that it can be undone
        _write(GONE, nomination, f"{nomination.pk}.{nomination.version}", by=by, send_after=later, is_replaced=is_replaced)
    else:
        nomination.told_at = None
        nomination.save(update_fields=["told_at"])


def untell_withdrawn(nomination: Nomination, *, by: User) -> bool:
    """Hold back the news of a withdrawal that was undone; False where it has left already."""
    return _recall(nomination, GONE, by)


def _recall(nomination: Nomination, kind: str, by: User) -> bool:
    unsent = Delivery.objects.filter(kind=kind, official=nomination.official, key__startswith=f"{kind}:{nomination.pk}.")
    return bool(recall_unsent(deliveries=unsent, reason="The delegation was changed before this left.", by=by))


def meeting_of(activity: Activity) -> Mapping[str, Any]:
    """What delegates have in their calendars of it, to compare after an edit."""
    return {name: getattr(activity, name) for name in _OF_MEETING}


def tell_changed_meeting(*, activity: Activity, before: Mapping[str, Any], by: User) -> int:
    """Send a new calendar entry to each told delegate where the meeting's days, place or status changed; how many.

    Days that somebody was to attend and that are none of the activity's any more are forgotten.
    """
    if meeting_of(activity) == before:
        return 0
    told = _told(activity)
    for nomination in told:
        if nomination.official.email:
            _write(CHANGED, nomination, f"{nomination.pk}.{activity.version}", by=by)
    return len(told)


def entries_after_change(activity: Activity) -> dict[str, list[Enclosure]]:
    """The new calendar entry of each told delegate, by the recipient's key, for a letter that says more than the entry.

    Of an activity that is off, or without a date until new ones are set, the entry takes the old one out of a calendar.
    """
    found = for_calendar(Activity.objects.filter(pk=activity.pk)).get()
    entries = {}
    for nomination in _told(activity):
        nomination.invitation.activity = found
        language = nomination.official.language or nomination.invitation.participant.language
        is_gone = is_off(found) or found.start is None
        entries[recipient_key(nomination.official)] = _calendar(nomination, is_gone=is_gone, language=language)
    return entries


def _told(activity: Activity) -> list[Nomination]:
    """Delegates who were told that they are; days to attend that are none of the activity's any more are forgotten."""
    own = Nomination.objects.filter(invitation__activity=activity, told_at__isnull=False).holding().order_by("pk")
    told = [row for row in own.select_related("invitation__activity__kind", "invitation__participant", "official") if row.counts]
    days = set(days_of(activity))
    for nomination in told:
        kept = [day for day in nomination.days if day in days]
        if kept != nomination.days:
            nomination.days = kept
            nomination.version += 1
            nomination.save(update_fields=["days", "version"])
    return told


def _write(kind: str, nomination: Nomination, number: str, *, by: User, send_after: Any = None, **more: Any) -> None:
    """One mail to the nominated person, with the entry for the calendar where a day is known."""
    official, activity = nomination.official, nomination.invitation.activity
    language = official.language or nomination.invitation.participant.language
    context = {
        "activity": activity,
        "nomination": nomination,
        "participant": nomination.invitation.participant,
        "recipient": official,
        "url": link_of(nomination),
        "cancelled": is_off(activity),
        **more,
    }
    subject, text, html = render_mail(kind, context, language)
    queue_delivery(
        kind=kind,
        to=official,
        key=f"{kind}:{number}:{recipient_key(official)}",
        subject=subject,
        text=text,
        html=html,
        language=language,
        attachments=_calendar(nomination, is_gone=kind == GONE or is_off(activity), language=language),
        send_after=send_after,
        by=by,
    )


def _calendar(nomination: Nomination, *, is_gone: bool, language: str) -> list[Enclosure]:
    activity = nomination.invitation.activity
    if not has_day(activity):
        return []
    with override(language):
        content = delegate_calendar(nomination, is_gone=is_gone)
    stored = default_storage.save(f"calendars/{secrets.token_hex(16)}.ics", ContentFile(content))
    digest = hashlib.sha256(content).hexdigest()
    return [Enclosure(stored, f"{activity.reference}.ics", digest, "text/calendar")]


def write_to_participant(kind: str, invitation: Invitation, number: str, *, by: User, **more: Any) -> int:
    """One mail to each who is written to for the participant, about its delegation; how many."""
    path = reverse("activities:delegation", args=[invitation.participant.slug, invitation.pk])
    about = {"activity": invitation.activity, "invitation": invitation, "url": f"{settings.ORIGIN}{path}"}
    return write_to_contacts(kind, invitation.participant, number, by=by, **about, **more)


def write_to_contacts(kind: str, participant: Participant, number: str, *, by: User, **context: Any) -> int:
    """One mail to each who is written to for the participant; how many. `context` is what the template shows besides."""
    reached = [row for row in for_participants([participant]) if row.to is not None and row.is_reachable]
    for row in reached:
        said = {"participant": participant, "recipient": row.to, **context}
        subject, text, html = render_mail(kind, said, row.language)
        assert row.to is not None  # noqa: S101 - for the type checker
        key = f"{kind}:{number}:{recipient_key(row.to)}"
        queue_delivery(
            kind=kind, to=row.to, key=key, subject=subject, text=text, html=html, language=row.language, email=row.email, by=by
        )
    return len(reached)
