"""Answering a question to the steering group through the signed link of its letter, without signing in [29].

The link is bound to one consultation, one participant and the official or office that the letter went to. It holds until the day
to reply by, and only while that official or office holds the seat.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from activities.enums import ConsultationAudience
from activities.models import Consultation, LinkedReply, Reply, ReplyVersion
from activities.selectors_consultation import recipients_of
from activities.services.consultation import LINK_PURPOSE
from activities.services.replies import Draft, acknowledge_reply, check_takes_text
from members.audit import acting
from members.errors import Conflict, DomainError
from members.models import Office, Official, Participant, User
from members.services.outbox import recipient_key
from members.signing import TokenError, read_token

_OLDEST = timedelta(days=2 * 365)  # the consultation's own deadline ends a link long before


@dataclass(frozen=True)
class Addressee:
    """Who stands behind a link: which question, for which participant, and to whom and which address the letter went."""

    consultation: Consultation
    participant: Participant
    to: Official | Office
    email: str
    language: str

    @property
    def office(self) -> str:
        """The office of the addressee in words, never a name."""
        if isinstance(self.to, Office):
            return self.to.title
        return self.to.position or (self.to.ministry.name if self.to.ministry else "")


def addressee_of(token: str) -> Addressee:
    """Who stands behind a link. Raises TokenError for a wrong one, one that ended, or one whose addressee left the seat."""
    question, participant, key = read_token(LINK_PURPOSE, token, max_age=_OLDEST).split(":")
    consultation = Consultation.objects.filter(pk=question, audience=ConsultationAudience.STEERING_GROUP).first()
    if consultation is None or not consultation.is_open:
        raise TokenError
    asked = consultation.addressees.filter(participant=int(participant)).exists()
    for recipient in recipients_of(consultation) if asked else []:
        to = recipient.to
        if to is not None and str(recipient.participant.pk) == participant and recipient_key(to) == key:
            return Addressee(consultation, recipient.participant, to, recipient.email, recipient.language)
    raise TokenError


def given_answer(who: Addressee) -> ReplyVersion | None:
    """The answer that the seat gave last, by whichever way; its drafts are for those who sign in."""
    return (
        ReplyVersion.objects.filter(reply__consultation=who.consultation, reply__participant=who.participant, is_submitted=True)
        .select_related("by_link")
        .order_by("-number")
        .first()
    )


@transaction.atomic
def answer_by_link(*, token: str, draft: Draft, name: str, expected_number: int) -> ReplyVersion:
    """Give the seat's answer, recorded as given by link with the name that was typed; the same again changes nothing.

    `expected_number` is that of the answer that was shown, 0 for none. Raises TokenError, Conflict, DomainError.
    """
    who, by = addressee_of(token), User.objects.service_account()
    call = Consultation.objects.select_for_update().get(pk=who.consultation.pk)
    reply = Reply.objects.select_for_update().filter(consultation=call, participant=who.participant).first()
    last = given_answer(who)
    if last and last.content == (draft.text, draft.answers, draft.stance):
        return last
    check_takes_text(call, reply)
    if (last.number if last else 0) != expected_number:
        raise Conflict(_("Somebody of your seat answered in between. Read that answer first."), current=last)
    if not name.strip():
        raise DomainError(_("Enter your full name."), field="name")
    if draft.is_empty:
        raise DomainError(_("Answer at least one question."), field="text")
    if call.silence_agrees and not draft.stance:
        raise DomainError(_("Say first whether you agree."), field="stance")
    with acting(by=by, verb="answer_by_link"):
        version = _keep(call, who, reply, draft, by)
        LinkedReply.objects.create(reply_version=version, name=name.strip(), written_to=str(who.to)[:250])
    acknowledge_reply(call, who.participant, version, to=who.to, by=by, email=who.email)
    return version


def _keep(call: Consultation, who: Addressee, reply: Reply | None, draft: Draft, by: User) -> ReplyVersion:
    """Store the text as the next version, drafts of the room among those counted, and mark the reply as submitted."""
    reply = reply or Reply.objects.create(consultation=call, participant=who.participant)
    latest = reply.versions.first()
    version = ReplyVersion.objects.create(
        reply=reply,
        number=latest.number + 1 if latest else 1,
        text=draft.text,
        answers=draft.answers,
        stance=draft.stance,
        is_submitted=True,
        saved_by=by,
        saved_office=who.office[:250],
    )
    reply.submitted_at, reply.submitted_by = timezone.now(), by
    reply.version += 1
    reply.save()
    return version
