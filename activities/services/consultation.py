"""Consultations: the secretariat asks, reminds and closes; who is asked is fixed by a rule when it opens [29, 84]."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from activities.enums import ConsultationAudience
from activities.enums_national import RecipientRule
from activities.models import Consultation, ConsultationAddressee, ConsultationQuestion, Proposal, Reply
from activities.selectors_consultation import recipients_of, zone_of
from members.audit import acting
from members.errors import Conflict, DomainError
from members.mail import render_mail
from members.models import Participant, User
from members.permissions import check_can
from members.roles import Permission
from members.selectors_recipients import Recipient
from members.services.outbox import queue_delivery, recipient_key
from members.signing import make_token

MOST_QUESTIONS = 20
LINK_PURPOSE = "group-question"  # a signed link to answer a question to the steering group without signing in


@dataclass(frozen=True)
class Call:
    """What a form says of a consultation that is still a draft."""

    title: str
    question: str
    questions: Sequence[str]
    rule: RecipientRule
    deadline: date | None
    time_zone: str = "UTC"
    may_revise: bool = False
    silence_agrees: bool = False
    proposal: Proposal | None = None


@transaction.atomic
def draft_consultation(*, call: Call, by: User) -> Consultation:
    """A new draft; nobody outside the desk sees it. Raises DomainError."""
    check_can(by, Permission.CIRCULATE)
    _check(call)
    with acting(by=by, verb="draft_consultation"):
        consultation = Consultation()
        _store(consultation, call)
    return consultation


@transaction.atomic
def edit_consultation(*, consultation: Consultation, call: Call, expected_version: int, by: User) -> Consultation:
    """Change a draft. Raises Conflict where somebody else was faster, DomainError once it is open."""
    check_can(by, Permission.CIRCULATE)
    found = Consultation.objects.select_for_update().get(pk=consultation.pk)
    if found.opened_at:
        raise DomainError(_("This is open already: what was asked stays as it is."))
    if found.version != expected_version:
        raise Conflict(_("Somebody else changed this in between."), current=found)
    _check(call)
    with acting(by=by, verb="edit_consultation"):
        found.version += 1
        _store(found, call)
    return found


def _check(call: Call) -> None:
    if not any(question.strip() for question in call.questions):
        raise DomainError(_("Write at least one question."), field="questions")
    if len(call.questions) > MOST_QUESTIONS:
        raise DomainError(_("Ask at most %(number)d questions.") % {"number": MOST_QUESTIONS}, field="questions")
    try:
        ZoneInfo(call.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise DomainError(_("Enter a time zone by region and city, such as Asia/Jakarta."), field="time_zone") from error
    if call.silence_agrees and call.rule != RecipientRule.STEERING_GROUP:
        raise DomainError(_("Silence means agreement only in the steering group."), field="silence_agrees")
    if call.silence_agrees and call.deadline is None:
        raise DomainError(_("Where silence means agreement, give a day to reply by."), field="deadline")


def _store(consultation: Consultation, call: Call) -> None:
    in_group = call.rule == RecipientRule.STEERING_GROUP
    consultation.title, consultation.question, consultation.rule = call.title, call.question, call.rule
    consultation.audience = ConsultationAudience.STEERING_GROUP if in_group else ConsultationAudience.PARTICIPANTS
    consultation.deadline, consultation.time_zone = call.deadline, call.time_zone
    consultation.may_revise, consultation.silence_agrees = call.may_revise, call.silence_agrees
    consultation.proposal = call.proposal
    consultation.save()
    consultation.questions.all().delete()
    for number, text in enumerate((text.strip() for text in call.questions if text.strip()), start=1):
        ConsultationQuestion.objects.create(consultation=consultation, number=number, text=text)


@transaction.atomic
def open_consultation(*, consultation: Consultation, by: User) -> Consultation:
    """Ask: fix who is asked by the rule, and queue a letter to each who can be reached. Opened again it changes nothing.

    Raises DomainError without a question, after its deadline, or where the rule names nobody.
    """
    check_can(by, Permission.CIRCULATE)
    found = Consultation.objects.select_for_update().get(pk=consultation.pk)
    if found.opened_at:
        return found
    if not found.questions.exists():
        raise DomainError(_("Write at least one question."))
    if found.ends_at and timezone.now() >= found.ends_at:
        raise DomainError(_("The day to reply by lies in the past. Give a later one first."))
    recipients = recipients_of(found)
    asked = {recipient.participant.pk: recipient.participant for recipient in recipients}
    if not asked:
        raise DomainError(_("There is nobody to ask by this rule."))
    with acting(by=by, verb="open_consultation"):
        found.opened_at, found.opened_by = timezone.now(), by
        found.version += 1
        found.save()
        ConsultationAddressee.objects.bulk_create(
            ConsultationAddressee(consultation=found, participant=participant) for participant in asked.values()
        )
        _write(found, recipients, by, kind="call_for_views")
    return found


@transaction.atomic
def remind_consultation(*, consultation: Consultation, by: User, today: date) -> int:
    """Write again to those asked that have not submitted, once a day; how many letters. Raises DomainError once closed."""
    check_can(by, Permission.CIRCULATE)
    found = Consultation.objects.select_for_update().get(pk=consultation.pk)
    if not found.is_open:
        raise DomainError(_("This takes no answers any more."))
    answered = set(Reply.objects.filter(consultation=found, submitted_at__isnull=False).values_list("participant", flat=True))
    asked = set(found.addressees.values_list("participant", flat=True)) - answered
    recipients = [row for row in recipients_of(found) if row.participant.pk in asked]
    return _write(found, recipients, by, kind=f"call-reminder-{today:%Y%m%d}", is_reminder=True)


@transaction.atomic
def close_consultation(*, consultation: Consultation, summary: str, by: User) -> Consultation:
    """Take no more answers, and keep the closing summary for those who were asked. Raises DomainError."""
    check_can(by, Permission.CIRCULATE)
    found = Consultation.objects.select_for_update().get(pk=consultation.pk)
    if not found.opened_at:
        raise DomainError(_("It is not open yet."))
    if found.closed_at:
        raise DomainError(_("It is closed already."))
    if found.silence_agrees and found.is_open:
        raise DomainError(_("Silence can be counted as agreement only after the day to reply by."))
    if not summary.strip():
        raise DomainError(_("Write a closing summary: those who were asked read it."), field="summary")
    with acting(by=by, verb="close_consultation"):
        found.closed_at, found.closed_by, found.closing_summary = timezone.now(), by, summary.strip()
        found.version += 1
        found.save()
    return found


def answer_address(consultation: Consultation, participant: Participant) -> str:
    """The page where this participant answers; it asks to sign in."""
    if consultation.audience == ConsultationAudience.STEERING_GROUP:
        return f"{settings.ORIGIN}{reverse('activities:room_consultation', args=[consultation.pk])}"
    return f"{settings.ORIGIN}{reverse('activities:reply', args=[participant.slug, consultation.pk])}"


def link_to_answer(consultation: Consultation, recipient: Recipient) -> str:
    """The signed address where one addressee answers for one seat; "" for calls for views, which focal points answer."""
    if recipient.to is None or consultation.audience != ConsultationAudience.STEERING_GROUP:
        return ""
    token = make_token(LINK_PURPOSE, f"{consultation.pk}:{recipient.participant.pk}:{recipient_key(recipient.to)}")
    return f"{settings.ORIGIN}{reverse('consultation_answer', args=[token])}"


@transaction.atomic
def ask_steering_group(*, call: Call, by: User) -> Consultation:
    """Write down a question and ask it at once [29]. Raises DomainError."""
    return open_consultation(consultation=draft_consultation(call=call, by=by), by=by)


def _write(consultation: Consultation, recipients: Iterable[Recipient], by: User, *, kind: str, is_reminder: bool = False) -> int:
    written = 0
    for recipient in recipients:
        if recipient.to is None or not recipient.is_reachable:
            continue  # stays visible on the desk as somebody who cannot be written to
        context = {
            "consultation": consultation,
            "title": consultation.title,
            "participant": recipient.participant,
            "recipient": recipient.to,
            "own_zone": zone_of(recipient.participant),
            "url": answer_address(consultation, recipient.participant),
            "is_reminder": is_reminder,
            "link": link_to_answer(consultation, recipient),
        }
        # A letter with a link to answer is for its addressee alone, so it is no message that others of its government read.
        mail = "group_question" if context["link"] else "call_for_views"
        subject, text, html = render_mail(mail, context, recipient.language)
        queue_delivery(
            kind=mail,
            to=recipient.to,
            key=f"{kind}:{consultation.pk}:{recipient_key(recipient.to)}",
            subject=subject,
            text=text,
            html=html,
            language=recipient.language,
            email=recipient.email,
            by=by,
        )
        written += 1
    return written
