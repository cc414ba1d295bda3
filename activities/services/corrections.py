"""Corrections: a participant asks, the secretariat answers, and both texts stay."""

from __future__ import annotations

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from activities.enums import CorrectionState
from activities.models import CorrectionRequest
from activities.models.lifecycles import CORRECTION_TRANSITIONS, TransitionError, check_transition
from activities.selectors_corrections import Subject
from members.audit import acting
from members.errors import DomainError
from members.mail import render_mail
from members.models import Office, Official, Participant, User
from members.permissions import check_can
from members.roles import Permission
from members.selectors_recipients import for_participants
from members.services.outbox import queue_delivery, recipient_key

_OPEN = "uniq_correction_open"


@transaction.atomic
def ask_correction(  # noqa: PLR0913 - what a request says
    *, participant: Participant, subject: Subject, key: str, new_value: str, reason: str, by: User, source: str = ""
) -> CorrectionRequest:
    """Ask that the fact `key` of `subject` be corrected; what it says at this moment is kept as the old value.

    Raises DomainError for a fact that the record does not have, where nothing would change, or where the same fact waits
    for an answer already.
    """
    check_can(by, Permission.NOMINATE, participant=participant)
    fact = subject.fact(key)
    if fact is None:
        raise DomainError(_("Choose which fact is wrong."), field="fact")
    if new_value.strip() == fact.value.strip():
        raise DomainError(_("The record says this already."), field="new_value")
    request = CorrectionRequest(
        participant=participant,
        record=subject.record,
        reference=subject.reference,
        record_title=subject.title[:250],
        field=fact.field,
        part=fact.part,
        part_label=fact.part_label[:250],
        old_value=fact.value,
        new_value=new_value.strip(),
        reason=reason.strip(),
        source=source.strip(),
        asked_by=by,
    )
    try:
        with acting(by=by, verb="ask_correction"), transaction.atomic():
            request.save()
    except IntegrityError as error:
        if _OPEN not in str(error):
            raise
        raise DomainError(_("A correction of this fact is asked for already. It waits for an answer."), field="fact") from error
    return request


@transaction.atomic
def accept_correction(*, correction: CorrectionRequest, now_says: str, by: User, note: str = "") -> CorrectionRequest:
    """Record that the change was made: old value, what the record says now, who and when.

    `now_says` is read from the record by whoever calls. Raises DomainError where it still says the old value, or where
    somebody has answered already.
    """
    check_can(by, Permission.RECORD_ACTIVITIES)
    found = _open(correction, CorrectionState.ACCEPTED)
    if now_says.strip() == found.old_value.strip():
        raise DomainError(_("The record still says the same. Change it first, then accept."))
    found.changed_to = now_says
    return _decide(found, CorrectionState.ACCEPTED, note, by=by, verb="accept_correction")


@transaction.atomic
def decline_correction(*, correction: CorrectionRequest, reason: str, by: User) -> CorrectionRequest:
    """Answer that the record stays as it is. Raises DomainError without a reason, or where somebody has answered already."""
    check_can(by, Permission.RECORD_ACTIVITIES)
    found = _open(correction, CorrectionState.DECLINED)
    if not reason.strip():
        raise DomainError(_("Say why the record stays as it is."), field="reason")
    return _decide(found, CorrectionState.DECLINED, reason, by=by, verb="decline_correction")


def _open(correction: CorrectionRequest, state: CorrectionState) -> CorrectionRequest:
    found = CorrectionRequest.objects.select_for_update(of=("self",)).select_related("participant").get(pk=correction.pk)
    try:
        check_transition(CORRECTION_TRANSITIONS, found.state, state)
    except TransitionError as error:
        raise DomainError(_("This request has been answered already.")) from error
    return found


def _decide(found: CorrectionRequest, state: CorrectionState, reason: str, *, by: User, verb: str) -> CorrectionRequest:
    found.state, found.decision_reason = state, reason.strip()
    found.decided_at, found.decided_by = timezone.now(), by
    found.version += 1
    with acting(by=by, verb=verb):
        found.save()
    for official, language in _who_hears(found):
        _write(found, official, language, by)
    return found


def _who_hears(found: CorrectionRequest) -> list[tuple[Official | Office, str]]:
    """Who asked; where that person has left, whoever is reached for the participant now."""
    participant = found.participant
    asker = found.asked_by.officials.current().filter(participant=participant).exclude(email="").first()
    if asker is not None and participant.pk in found.asked_by.rights.belongs_to:
        return [(asker, asker.language or participant.language)]
    reached = for_participants([participant])
    return [(row.to, row.language) for row in reached if row.to is not None and row.is_reachable]


def _write(found: CorrectionRequest, to: Official | Office, language: str, by: User) -> None:
    path = reverse("own_record", args=[found.participant.slug])
    context = {
        "correction": found,
        "recipient": to,
        "participant": found.participant,
        "accepted": found.state == CorrectionState.ACCEPTED,
        "link": f"{settings.ORIGIN}{path}?kind=corrections",
    }
    subject, text, html = render_mail("correction", context, language)
    key = f"correction:{found.pk}:{recipient_key(to)}"
    queue_delivery(kind="correction", to=to, key=key, subject=subject, text=text, html=html, language=language, by=by)
