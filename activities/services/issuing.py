"""Inviting by a rule: keep the rule, decide on single participants, and issue what the preview showed [16, 18, 20, 22, 45]."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from activities import tasks
from activities.enums_invitations import SignedBy
from activities.models import Activity, InvitationRule, IssueItem, IssueRun
from activities.models.issuing import MOST_PICKED
from activities.selectors_invitations import Audience, audience_of, is_by_note
from members.audit import acting
from members.enums import LetterKind
from members.errors import Conflict, DomainError
from members.models import Letter, Participant, Seat, User
from members.permissions import check_can
from members.roles import Permission


class Decision(StrEnum):
    """What is decided about one participant of the list."""

    LEAVE_OUT = "leave-out"
    TAKE_IN = "take-in"  # added, although the rule or its own wishes leave it out
    AS_RULED = "as-ruled"  # no decision any more
    BY_OFFICE = "by-office"


@dataclass(frozen=True)
class RuleContent:
    """What the form says of a rule: plain fields by name."""

    fields: dict[str, Any] = field(default_factory=dict)


def rule_of(activity: Activity) -> InvitationRule:
    """The activity's rule; where it has none yet, an unsaved one from what the activity says of itself."""
    found = InvitationRule.objects.filter(activity=activity).select_related("topic", "activity").first()
    if found is not None:
        return found
    with override("id"):
        in_indonesian = _("Invitation: %(title)s") % {"title": activity.title_id or activity.title}
    with override("en"):
        in_english = _("Invitation: %(title)s") % {"title": activity.title}
    return InvitationRule(
        activity=activity,
        version=0,
        areas=sorted(activity.programme_areas.values_list("code", flat=True)),
        portfolios=sorted(activity.portfolios.values_list("key", flat=True)),
        reply_by=activity.reply_by,
        quota=activity.quota,
        subject_en=in_english[:200],
        subject_id=in_indonesian[:200],
    )


@transaction.atomic
def save_rule(*, activity: Activity, content: RuleContent, expected_version: int, by: User) -> InvitationRule:
    """Keep the rule. Raises DomainError while it is being issued, Conflict when somebody changed it since `expected_version`."""
    check_can(by, Permission.ISSUE_INVITATIONS)
    locked = Activity.objects.select_for_update().get(pk=activity.pk)
    rule = rule_of(locked)
    if rule.version != expected_version:
        raise Conflict(_("Somebody else changed this rule in the meantime."), current=rule)
    for name, value in content.fields.items():
        setattr(rule, name, value)
    twice = set(rule.added) & set(rule.left_out)
    if twice:
        raise DomainError(_("A participant is either added or left out."), field="left_out")
    return _save(rule, by=by)


def _save(rule: InvitationRule, *, by: User) -> InvitationRule:
    if rule.pk and rule.runs.filter(done_at__isnull=True).exists():
        raise DomainError(_("Letters by this rule are being written. Wait until all are done."))
    if max(len(rule.added), len(rule.left_out), len(rule.by_office)) > MOST_PICKED:
        raise DomainError(_("Name at most %(number)d participants one by one.") % {"number": MOST_PICKED}, field="added")
    rule.version += 1
    with acting(by=by, verb="save_invitation_rule"):
        rule.save()
    return rule


@transaction.atomic
def decide(*, activity: Activity, participant: Participant, decision: Decision, by: User) -> InvitationRule:
    """Leave one participant out, take it in, or write to its office. Raises DomainError where there is no rule yet."""
    check_can(by, Permission.ISSUE_INVITATIONS)
    Activity.objects.select_for_update().get(pk=activity.pk)
    rule = InvitationRule.objects.select_for_update().filter(activity=activity).first()
    if rule is None:
        raise DomainError(_("Write the rule first."))
    slug = participant.slug
    for name, wanted in (("left_out", Decision.LEAVE_OUT), ("added", Decision.TAKE_IN), ("by_office", Decision.BY_OFFICE)):
        kept = [other for other in getattr(rule, name) if other != slug]
        is_kept = name == "added" and decision == Decision.BY_OFFICE and slug in rule.added
        setattr(rule, name, sorted([*kept, slug]) if decision == wanted or is_kept else kept)
    return _save(rule, by=by)


def preview(activity: Activity, user: User) -> Audience:
    """Whom the activity's rule invites, as of now. Raises DomainError where it has none."""
    rule = rule_of(activity)
    if not rule.pk:
        raise DomainError(_("Write the rule first."))
    return audience_of(rule, user)


@transaction.atomic
def start_issue(*, activity: Activity, digest: str, by: User) -> IssueRun:
    """Begin to write to all whom the preview with `digest` showed; workers go on after the commit.

    While an issue of the activity is open it is returned as it is, so that pressing twice starts it once. Those invited
    already are left as they are. Raises DomainError where the activity is not ahead or not published, where the list is
    another one than was shown, where somebody must be decided on first, and where nobody is left to invite.
    """
    check_can(by, Permission.ISSUE_INVITATIONS)
    found = Activity.objects.select_for_update().get(pk=activity.pk)
    running = found.issue_runs.filter(done_at__isnull=True).first()
    if running is not None:
        tasks.wake_issue(running.pk)
        return running
    _check_ahead(found)
    rule = rule_of(found)
    if not rule.pk:
        raise DomainError(_("Write the rule first."))
    listed = audience_of(rule, by)
    _check_list(listed, digest)
    with acting(by=by, verb="start_issue"):
        run = _make_run(found, rule, listed, by)
    transaction.on_commit(lambda: tasks.wake_issue(run.pk), robust=True)
    return run


def _check_ahead(activity: Activity) -> None:
    if activity.status not in tasks.AHEAD or activity.withdrawn_at:
        raise DomainError(_("Invitations are issued for activities that are still ahead."))
    if not activity.published_at:
        raise DomainError(_("Publish the activity first: whoever is invited must be able to read it."))


def _check_list(listed: Audience, digest: str) -> None:
    if listed.digest != digest:
        raise DomainError(_("The list has changed since you opened it. Read it again, then send."))
    if listed.blocking:
        names = ", ".join(str(line.participant) for line in listed.blocking)
        raise DomainError(_("Decide first about: %(names)s.") % {"names": names})
    if not listed.to_send:
        raise DomainError(_("Everybody on the list who can be written to is invited already."))


def _make_run(activity: Activity, rule: InvitationRule, listed: Audience, by: User) -> IssueRun:
    by_note = {is_by_note(rule, row) for line in listed.to_send for row in line.recipients}
    run = IssueRun.objects.create(
        activity=activity,
        rule=rule,
        letter=_register(activity, rule, LetterKind.LETTER, by) if False in by_note else None,
        note_verbale=_register(activity, rule, LetterKind.NOTE_VERBALE, by) if True in by_note else None,
        reply_by=rule.reply_by,
        quota=rule.quota,
        digest=listed.digest,
        started_by=by,
    )
    rows = enumerate((line.participant for line in listed.to_send), start=1)
    IssueItem.objects.bulk_create(IssueItem(run=run, participant=participant, number=number) for number, participant in rows)
    return run


def _register(activity: Activity, rule: InvitationRule, kind: LetterKind, by: User) -> Letter:
    """The letter's row in the register; it does not change any more."""
    letter = new_letter(activity, rule, kind, by)
    letter.save(force_insert=True)
    return letter


def new_letter(activity: Activity, rule: InvitationRule, kind: LetterKind, by: User) -> Letter:
    """The letter that the rule comes to, under the next number of its kind for this activity. It is not stored."""
    stem = f"{activity.reference}.{'N' if kind == LetterKind.NOTE_VERBALE else 'L'}"
    number = Letter.objects.filter(reference__startswith=stem).count() + 1
    return Letter(
        reference=f"{stem}{number}",
        kind=kind,
        subject_en=rule.subject_en,
        subject_id=rule.subject_id,
        body_en=rule.body_en.strip(),
        body_id=rule.body_id.strip(),
        signatories="\n".join(signatories(rule)),
        written_at=timezone.now(),
        written_by=by,
    )


def signatories(rule: InvitationRule) -> list[str]:
    """The co-chairs of today on whose behalf the secretariat writes, one a line; none where it writes for itself [9].

    Governments and organisations, never persons: what a person has not approved does not carry the person's name.
    """
    if rule.signed_by != SignedBy.CO_CHAIRS:
        return []
    seats = Seat.objects.current().filter(role__approves=True).select_related("participant", "forum")
    return sorted({str(seat.holder) for seat in seats})
