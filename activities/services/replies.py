"""Replies: ministries draft one text together, the focal point submits the one national position [84]."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from activities.models import Consultation, Reply, ReplyVersion
from activities.permissions import check_may_draft, check_may_submit
from activities.selectors_consultation import zone_of
from activities.selectors_national import office_of
from activities.services.consultation import answer_address
from members.audit import acting
from members.errors import Conflict, DomainError
from members.mail import render_mail
from members.models import Office, Official, Participant, User
from members.services.outbox import queue_delivery, recipient_key


@dataclass(frozen=True)
class Draft:
    """What a reply says: an answer for each question by its number, remarks, and where asked, a stance."""

    text: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    stance: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.text.strip() or self.stance or any(text.strip() for text in self.answers.values()))


def check_takes_text(consultation: Consultation, reply: Reply | None) -> None:
    """Raise DomainError once nothing can be written any more: closed, past the deadline, or submitted for good."""
    if consultation.closed_at:
        raise DomainError(_("This consultation is closed."))
    if not consultation.is_open:
        raise DomainError(_("The day to reply by has passed."))
    if reply and reply.submitted_at and not consultation.may_revise:
        raise DomainError(_("The position is submitted. It cannot be changed."))


@transaction.atomic
def save_draft(
    *, consultation: Consultation, participant: Participant, draft: Draft, expected_number: int, by: User
) -> ReplyVersion:
    """Keep a new version of the shared draft; the same text again changes nothing.

    Raises Conflict (its `current` is the latest version, or None) where somebody saved since `expected_number`.
    """
    check_may_draft(by, consultation, participant)
    call = Consultation.objects.select_for_update().get(pk=consultation.pk)
    reply = Reply.objects.select_for_update().filter(consultation=call, participant=participant).first()
    check_takes_text(call, reply)
    latest = reply.versions.first() if reply else None
    if latest and latest.content == (draft.text, draft.answers, draft.stance):
        return latest
    if (latest.number if latest else 0) != expected_number:
        raise Conflict(_("Somebody else changed this in between."), current=latest)
    with acting(by=by, verb="save_draft"):
        reply = reply or Reply.objects.create(consultation=call, participant=participant)
        reply.version += 1
        reply.save()
        return _keep(reply, draft, latest, by)


def _keep(reply: Reply, draft: Draft, latest: ReplyVersion | None, by: User, *, is_submitted: bool = False) -> ReplyVersion:
    return ReplyVersion.objects.create(
        reply=reply,
        number=latest.number + 1 if latest else 1,
        text=draft.text,
        answers=draft.answers,
        stance=draft.stance,
        is_submitted=is_submitted,
        saved_by=by,
        saved_office=office_of(by, reply.participant),
    )


@transaction.atomic
def submit_reply(*, consultation: Consultation, participant: Participant, expected_number: int, by: User) -> ReplyVersion:
    """Give the latest draft as the national position; from then on the secretariat reads it.

    Submitted again without a change it stays one submission. Raises Conflict where the draft changed since
    `expected_number`, DomainError where there is nothing to give or nothing can be given any more.
    """
    check_may_submit(by, consultation, participant)
    call = Consultation.objects.select_for_update().get(pk=consultation.pk)
    reply = Reply.objects.select_for_update().filter(consultation=call, participant=participant).first()
    latest = reply.versions.first() if reply else None
    if latest and latest.is_submitted:
        return latest
    check_takes_text(call, reply)
    if reply is None or latest is None:
        raise DomainError(_("There is no draft yet. Write and save one first."))
    if latest.number != expected_number:
        raise Conflict(_("Somebody changed the draft while you were reading it."), current=latest)
    draft = Draft(latest.text, latest.answers, latest.stance)
    if draft.is_empty:
        raise DomainError(_("The draft is empty. Answer at least one question first."))
    if call.silence_agrees and not draft.stance:
        raise DomainError(_("Say first whether you agree."))
    with acting(by=by, verb="submit_reply"):
        version = _keep(reply, draft, latest, by, is_submitted=True)
        reply.submitted_at, reply.submitted_by = timezone.now(), by
        reply.version += 1
        reply.save()
    _acknowledge(call, participant, version, by)
    return version


def _acknowledge(call: Consultation, participant: Participant, version: ReplyVersion, by: User) -> None:
    """A mail to who submitted."""
    official: Official | None = by.officials.filter(participant=participant).exclude(email="").first()
    if official is not None:
        acknowledge_reply(call, participant, version, to=official, by=by)


def acknowledge_reply(  # noqa: PLR0913 - a letter has these parts
    call: Consultation, participant: Participant, version: ReplyVersion, *, to: Official | Office, by: User, email: str = ""
) -> None:
    """A mail to who submitted, or whose link was used, without the text of the position."""
    language = (to.language if isinstance(to, Official) else "") or participant.language
    context = {
        "consultation": call,
        "title": call.title,
        "participant": participant,
        "recipient": to,
        "version": version,
        "own_zone": zone_of(participant),
        "url": answer_address(call, participant),
    }
    subject, text, html = render_mail("reply_acknowledgement", context, language)
    queue_delivery(
        kind="reply_acknowledgement",
        to=to,
        key=f"reply:{version.reply_id}.{version.number}:{recipient_key(to)}",
        subject=subject,
        text=text,
        html=html,
        language=language,
        email=email,
        by=by,
    )
