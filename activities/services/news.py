"""News on a recommendation from those it is addressed to: from their national space, or by a signed link [72]."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from activities.enums import FollowUpKind, FollowUpOrigin
from activities.models import Activity, FollowUp, NewsRequest, Recommendation
from activities.selectors_addressees import Asked, addressed_to, whom_to_ask
from activities.selectors_national import LONGEST_OFFICE, office_of
from activities.services.followup import Update, check_day
from members.audit import acting
from members.entitlement import may_be_sent
from members.enums import AccessClass
from members.errors import Conflict, DomainError
from members.mail import render_mail
from members.models import Appointment, Office, Official, Participant, User
from members.models.base import today
from members.models.user import AnyUser
from members.permissions import check_can
from members.roles import Permission
from members.services.outbox import queue_delivery
from members.signing import TokenError, make_token, read_token

PURPOSE = "news"
KIND = "news_request"
LINK_HOLDS = timedelta(days=60)
MOST_A_DAY = 20  # updates by one link in a day


@transaction.atomic
def report_news(*, recommendation: Recommendation, participant: Participant, update: Update, by: User) -> FollowUp:
    """The focal point's news on what is addressed to its participant; the secretariat decides who reads it.

    Raises DomainError with the field that a rule names, PermissionDenied where it is not addressed to the participant.
    """
    check_can(by, Permission.NOMINATE, participant=participant)
    if not Recommendation.objects.visible_to(by).filter(addressed_to(participant), pk=recommendation.pk).exists():
        raise PermissionDenied
    _check(update, by)
    with acting(by=by, verb="report_news"):
        return _store(
            FollowUp(
                recommendation=recommendation,
                origin=FollowUpOrigin.NATIONAL_SPACE,
                participant=participant,
                office=office_of(by, participant),
                recorded_by=by,
            ),
            update,
        )


def _check(update: Update, reader: AnyUser) -> None:
    """An addressee names only activities that it may see, and completes nothing for the others."""
    if update.is_closed:
        raise DomainError(_("The secretariat says when a recommendation is completed."))
    if update.kind == FollowUpKind.TAKEN_FORWARD and update.activity is None:
        raise DomainError(_("Name the activity that takes it forward."), field="activity")
    check_day(update)
    if update.activity and not Activity.objects.visible_to(reader).live().filter(pk=update.activity.pk).exists():
        raise DomainError(_("No activity has this reference. It looks like BP-2004-04."), field="activity")


def _store(row: FollowUp, update: Update) -> FollowUp:
    """The row, or the one like it that was sent a moment ago: sending twice reports once."""
    fields = update.fields
    Recommendation.objects.select_for_update().get(pk=row.recommendation_id)
    same = FollowUp.objects.waiting().filter(recommendation=row.recommendation_id, participant=row.participant, **fields)
    found = same.filter(origin=row.origin, recorded_at__gt=timezone.now() - timedelta(hours=1)).first()
    if found:
        return found
    for name, value in fields.items():
        setattr(row, name, value)
    row.full_clean()
    row.save()
    return row


@transaction.atomic
def withdraw_news(*, follow_up: FollowUp, reason: str, expected_version: int, by: User) -> FollowUp:
    """The participant takes its own news back. What stood in the record stays named there, with the day and the reason.

    Withdrawn again it changes nothing. Raises Conflict, DomainError without a reason where one is needed.
    """
    found = FollowUp.objects.select_for_update(of=("self",)).select_related("participant").get(pk=follow_up.pk)
    if found.participant is None:
        raise PermissionDenied
    check_can(by, Permission.NOMINATE, participant=found.participant)
    if found.is_withdrawn:
        return found
    if found.version != expected_version:
        raise Conflict(_("The secretariat decided on this news in between. Read it again."), current=found)
    if found.decided_at and not reason.strip():
        raise DomainError(_("Say why you withdraw it: the record keeps the reason."), field="reason")
    found.withdrawn_at, found.withdrawn_by, found.withdrawn_reason = timezone.now(), by, reason.strip()
    found.version += 1
    found.full_clean()
    with acting(by=by, verb="withdraw_news"):
        found.save()
    return found


@transaction.atomic
def decide_news(*, follow_up: FollowUp, access_class: AccessClass, expected_version: int, by: User) -> FollowUp:
    """Take an addressee's news into the record, for all to read or for a class of readers. Raises Conflict, DomainError."""
    check_can(by, Permission.RECORD_ACTIVITIES)
    found = FollowUp.objects.select_for_update().get(pk=follow_up.pk)
    if found.origin == FollowUpOrigin.DESK:
        raise DomainError(_("This is news of the secretariat itself."))
    if found.version != expected_version:
        raise Conflict(_("Somebody else changed this in between."), current=found)
    if found.is_withdrawn:
        raise DomainError(_("It was withdrawn by those who sent it."))
    found.access_class = access_class
    if found.decided_at is None:
        found.decided_at, found.decided_by = timezone.now(), by
    found.version += 1
    with acting(by=by, verb="decide_news"):
        found.save()
    return found


@transaction.atomic
def ask_for_news(*, recommendation: Recommendation, keys: Collection[str], by: User) -> int:
    """Write to those of the addressees that `keys` name, each once a day; how many letters. Raises DomainError.

    Whoever is an addressee no more, cannot be reached or may not read the recommendation is left out.
    """
    check_can(by, Permission.CIRCULATE)
    if recommendation.access_class == AccessClass.SECRETARIAT:
        raise DomainError(_("Only the secretariat may read this recommendation. Nobody else can be asked about it."))
    chosen = [one for one in whom_to_ask(recommendation) if one.key in keys and one.may_read and one.recipient.is_reachable]
    if not chosen:
        raise DomainError(_("Choose at least one recipient."), field="recipients")
    with acting(by=by, verb="ask_for_news"):
        for one in chosen:
            _write(recommendation, one, by)
    return len(chosen)


def _write(recommendation: Recommendation, one: Asked, by: User) -> None:
    to, participant = one.recipient.to, one.recipient.participant
    if to is None:  # pragma: no cover - reachable
        return
    request, _made = NewsRequest.objects.get_or_create(
        recommendation=recommendation,
        official=to if isinstance(to, Official) else None,
        office=to if isinstance(to, Office) else None,
        asked_on=today(),
        defaults={"participant": participant, "asked_by": by},
    )
    context = {
        "recommendation": recommendation,
        "participant": participant,
        "recipient": to,
        "copy_of": one.recipient.copy_of,
        "link": f"{settings.ORIGIN}{reverse('news_by_link', args=[make_token(PURPOSE, request.pk)])}",
        "days": LINK_HOLDS.days,
    }
    subject, text, html = render_mail(KIND, context, one.recipient.language)
    queue_delivery(
        kind=KIND,
        to=to,
        key=f"{KIND}:{recommendation.pk}:{today():%Y-%m-%d}:{one.key}",
        subject=subject,
        text=text,
        html=html,
        language=one.recipient.language,
        email=one.recipient.email,
        access_class=recommendation.access_class,
        by=by,
    )


def request_of(token: str) -> NewsRequest:
    """The question behind a link. Raises TokenError for a wrong or old one, and once its recipient's term has ended."""
    key = read_token(PURPOSE, token, max_age=LINK_HOLDS)
    rows = NewsRequest.objects.select_related("recommendation", "participant", "official__ministry", "office__ministry")
    found = rows.filter(pk=key).first() if key.isdecimal() else None
    if found is None or not _still_holds(found):
        raise TokenError
    return found


def _still_holds(request: NewsRequest) -> bool:
    """Whether the recipient is still there, and the recommendation still addressed to its participant.

    An official counts while in a current place of the participant, an office in its period.
    """
    if not Recommendation.objects.filter(addressed_to(request.participant), pk=request.recommendation_id).exists():
        return False
    holder = request.official or request.office
    if holder is None or not holder.holds_on(today()) or not may_be_sent(holder, request.recommendation.access_class):
        return False
    if isinstance(holder, Office):
        return True
    at = Q(participant=request.participant) | Q(seat__participant=request.participant)
    return Appointment.objects.current().filter(at, official=holder).exists()


@transaction.atomic
def report_by_link(*, token: str, update: Update) -> FollowUp:
    """News by whoever holds the letter's link: kept with the office that it was sent to. Raises TokenError, DomainError."""
    request = request_of(token)
    by = User.objects.service_account()
    _check(update, AnonymousUser())
    if request.answers.filter(recorded_at__gt=timezone.now() - timedelta(days=1)).count() >= MOST_A_DAY:
        raise DomainError(_("Much was sent by this link today. Write to the secretariat, please."))
    row = FollowUp(
        recommendation=request.recommendation,
        origin=FollowUpOrigin.SIGNED_LINK,
        participant=request.participant,
        office=_office_words(request),
        news_request=request,
        recorded_by=by,
    )
    with acting(by=by, verb="report_by_link"):
        return _store(row, update)


def _office_words(request: NewsRequest) -> str:
    """The post and ministry that were written to: an office, never a name."""
    holder = request.official or request.office
    post = request.official.position if request.official else request.office.title if request.office else ""
    ministry = str(holder.ministry) if holder and holder.ministry else ""
    return ", ".join(part for part in (post, ministry) if part)[:LONGEST_OFFICE]
