"""Circulation: the approved files to everybody a rule names, one covering letter each; recalled before it leaves, acknowledged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from members.audit import acting
from members.enums import AccessClass, DeliveryState
from members.errors import DomainError
from members.models import Delivery, Letter, User
from members.selectors_recipients import RULES, Recipient, recipients
from members.services.outbox import Enclosure, queue_delivery, recall_unsent, recipient_key
from members.signing import TokenError, make_token, read_token
from reports.enums import CirculationState, ReportState
from reports.mails import CoveringLetter, covering_letter
from reports.models import Acknowledgement, Circulation, CirculationRecipient, Document, DocumentVersion, ProgressReport
from reports.models.lifecycles import CIRCULATION_TRANSITIONS, REPORT_TRANSITIONS, check_transition
from reports.services.approval import missing_seats

KIND = "circulation"
PURPOSE = "acknowledge"
LINK_LIVES = timedelta(days=180)


@dataclass(frozen=True)
class Preview:
    """Whom a circulation would go to, and participants that nobody at can be reached."""

    reachable: list[Recipient]
    holes: list[Recipient]


def preview(rule: str) -> Preview:
    """Recipients of a rule as of now, each recipient once. Raises DomainError for a rule that does not exist."""
    if rule not in RULES:
        raise DomainError(_("Choose who the report goes to."), field="rule")
    found = recipients(rule)
    reachable, seen = [], set()
    for recipient in found:
        if recipient.is_reachable and recipient.to and (key := recipient_key(recipient.to)) not in seen:
            seen.add(key)
            reachable.append(recipient)
    return Preview(reachable, [recipient for recipient in found if not recipient.is_reachable])


@transaction.atomic
def prepare_circulation(  # noqa: PLR0913 - keyword-only
    *,
    report: ProgressReport,
    rule: str,
    by: User,
    letter: Letter | None = None,
    body_en: str = "",
    body_id: str = "",
    deadline: date | None = None,
) -> Circulation:
    """A circulation of the report's approved files, not yet started; its letter is written here unless given. Raises DomainError."""
    if rule not in RULES:
        raise DomainError(_("Choose who the report goes to."), field="rule")
    if deadline and deadline < timezone.now().date():
        raise DomainError(_("The day to acknowledge by lies in the past."), field="deadline")
    ProgressReport.objects.select_for_update().get(pk=report.pk)
    with acting(by=by, verb="prepare_circulation"):
        letter = letter or _write_letter(report, body_en, body_id, by=by)
        circulation = Circulation.objects.create(
            title=report.title, report=report, letter=letter, rule=rule, deadline=deadline, prepared_by=by
        )
        circulation.versions.set(_approved_versions(report))
    return circulation


def _write_letter(report: ProgressReport, body_en: str, body_id: str, *, by: User) -> Letter:
    stem = f"{report.document.symbol}.L"
    number = Letter.objects.filter(reference__startswith=stem).count() + 1
    return Letter.objects.create(
        reference=f"{stem}{number}",
        subject_en=report.title[:200],
        subject_id=report.document.title_id[:200],
        body_en=body_en.strip() or "The co-chairs attach the progress report. It reviews what was done for each objective.",
        body_id=body_id.strip(),
        signatories="\n".join(report.snapshot.get("presented_by", [])),
        written_by=by,
    )


def _approved_versions(report: ProgressReport) -> list[DocumentVersion]:
    """The document's versions whose bytes every seat approved."""
    hashes = report.renderings.filter(is_final=True).exclude(sha256="").values("sha256")
    return list(report.document.versions.filter(sha256__in=hashes).order_by("language"))


@transaction.atomic
def circulate(*, circulation: Circulation, by: User) -> Circulation:
    """Start it: freeze the recipients and queue one delivery each, to leave after the time for recalling is over.

    Started again it changes nothing: exactly one delivery per key. Raises DomainError until every seat has approved, or
    where nobody can be reached.
    """
    current = (
        Circulation.objects.select_for_update(of=("self",)).select_related("report__document", "letter").get(pk=circulation.pk)
    )
    if current.state != CirculationState.DRAFT:
        return current
    if current.report is None:
        raise DomainError(_("There is nothing to circulate."))
    report = ProgressReport.objects.select_for_update(of=("self",)).select_related("document").get(pk=current.report.pk)
    missing = missing_seats(report)
    if missing or report.state not in {ReportState.APPROVED, ReportState.CIRCULATED}:
        names = ", ".join(str(seat.holder) for seat in missing)
        raise DomainError(_("Every co-chair must approve first. Missing: %(names)s.") % {"names": names or "–"})
    if report.document.withdrawn_at:
        raise DomainError(_("The document is withdrawn."))
    versions = _approved_versions(report)
    found = preview(current.rule)
    if not versions or not found.reachable:
        raise DomainError(_("Nobody of this list can be reached: no address is known."))
    current.versions.set(versions)
    with acting(by=by, verb="circulate"):
        for recipient in found.reachable:
            _queue(current, report, versions, recipient, by=by)
        check_transition(CIRCULATION_TRANSITIONS, current.state, CirculationState.STARTED)
        current.state, current.started_at, current.started_by = CirculationState.STARTED, timezone.now(), by
        current.version += 1
        current.save(update_fields=["state", "started_at", "started_by", "version"])
        if report.state == ReportState.APPROVED:
            check_transition(REPORT_TRANSITIONS, report.state, ReportState.CIRCULATED)
            report.state = ReportState.CIRCULATED
            report.version += 1
            report.save(update_fields=["state", "version", "changed_at"])
    return current


def _queue(
    circulation: Circulation, report: ProgressReport, versions: Sequence[DocumentVersion], recipient: Recipient, *, by: User
) -> None:
    to = recipient.to
    if to is None:  # pragma: no cover - the preview left them out
        return
    key = f"circulation:{circulation.pk}:{recipient_key(to)}"
    token = make_token(PURPOSE, f"{circulation.pk}:{recipient_key(to)}")
    mail = covering_letter(
        CoveringLetter(
            letter=circulation.letter,
            title=report.title if recipient.language != "id" else report.document.title_id or report.title,
            form_of_address=getattr(to, "form_of_address", "") or str(getattr(to, "title", "") or to),
            participant=str(recipient.participant),
            deadline=circulation.deadline,
            link=f"{settings.ORIGIN}/r/{token}/",
            online=f"{settings.ORIGIN}{report.document.get_absolute_url()}",
            files=[(version.filename, version.size) for version in versions],
        ),
        language=recipient.language or "en",
    )
    delivery = queue_delivery(
        kind=KIND,
        to=to,
        key=key,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        language=recipient.language or "en",
        email=recipient.email,
        attachments=[Enclosure(v.storage_name, v.filename, v.sha256, v.media_type) for v in versions],
        send_after=timezone.now() + timedelta(seconds=settings.RECALL_SECONDS),
        access_class=_class_for_recipients(report.document),
        letter=circulation.letter,
        is_automatic=False,
        by=by,
    )
    CirculationRecipient.objects.create(circulation=circulation, delivery=delivery, participant=recipient.participant)


def _class_for_recipients(document: Document) -> str:
    """Counterparts are participants: what is theirs to read needs no seat, what is not is checked at sending."""
    open_to_all = {AccessClass.PUBLIC, AccessClass.PARTICIPANTS}
    return AccessClass.PUBLIC if document.access_class in open_to_all else document.access_class


def why_withheld(delivery: Delivery) -> str:
    """Asked when a copy is about to leave: why it must not, or nothing."""
    row = CirculationRecipient.objects.filter(delivery=delivery).select_related("circulation__report__document").first()
    if row is None:
        return "This copy belongs to no circulation."
    if row.circulation.state == CirculationState.RECALLED:
        return "The circulation was recalled."
    documents = Document.objects.filter(versions__circulations=row.circulation).distinct()
    for document in documents:
        if document.withdrawn_at:
            return f"{document.symbol} was withdrawn before this copy left."
        if document.access_class == AccessClass.SECRETARIAT:
            return f"{document.symbol} was reclassified before this copy left."
        if document.access_class == AccessClass.STEERING_GROUP and not _in_steering_group(delivery):
            return f"{document.symbol} was reclassified before this copy left."
    return ""


def _in_steering_group(delivery: Delivery) -> bool:
    from members.models import Appointment
    from members.roles import Permission

    own = Appointment.objects.current().filter(official=delivery.official, office=delivery.office).select_related("seat__role")
    return any(Permission.SEE_STEERING_GROUP in appointment.permissions for appointment in own)


@transaction.atomic
def recall(*, circulation: Circulation, by: User) -> int:
    """Stop a circulation of which nothing has left yet: all copies are held back. Raises DomainError once one has left."""
    current = Circulation.objects.select_for_update().get(pk=circulation.pk)
    if current.state != CirculationState.STARTED:
        raise DomainError(_("Only a circulation that has started can be recalled."))
    own = Delivery.objects.filter(circulation_recipient__circulation=current)
    states = set(own.select_for_update(of=("self",)).order_by("pk").values_list("state", flat=True))  # no copy is claimed now
    if not states <= {DeliveryState.QUEUED, DeliveryState.WITHHELD}:
        raise DomainError(_("The first copy has left: a circulation cannot be recalled any more."))
    with acting(by=by, verb="recall"):
        held = recall_unsent(deliveries=own, reason="The circulation was recalled.", by=by)
        check_transition(CIRCULATION_TRANSITIONS, current.state, CirculationState.RECALLED)
        current.state = CirculationState.RECALLED
        current.version += 1
        current.save(update_fields=["state", "version"])
        report = current.report
        if report and not report.circulations.filter(state=CirculationState.STARTED).exists():
            ProgressReport.objects.filter(pk=report.pk, state=ReportState.CIRCULATED).update(state=ReportState.APPROVED)
    return held


def delivery_of(token: str) -> Delivery:
    """The delivery that a signed link stands for. Raises TokenError for a wrong, old or withheld one."""
    value = read_token(PURPOSE, token, max_age=LINK_LIVES)
    delivery = Delivery.objects.filter(key=f"{KIND}:{value}").exclude(state=DeliveryState.WITHHELD).first()
    if delivery is None:
        raise TokenError
    return delivery


@transaction.atomic
def acknowledge(*, token: str, by: User | None = None) -> Acknowledgement:
    """Note that the recipient has the report; pressing the button again changes nothing. Raises TokenError."""
    delivery = Delivery.objects.select_for_update().get(pk=delivery_of(token).pk)
    actor = by or User.objects.service_account()
    with acting(by=actor, verb="acknowledge"):
        acknowledgement, is_new = Acknowledgement.objects.get_or_create(delivery=delivery, defaults={"acknowledged_by": by})
        if is_new:
            delivery.acknowledged_at = acknowledgement.acknowledged_at
            delivery.save(update_fields=["acknowledged_at"])
    return acknowledgement
