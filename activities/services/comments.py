"""Comments in the national space: written, edited and withdrawn by their own writer; nobody else reads them."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from activities.models import Comment, Consultation, Invitation, Reply
from activities.selectors_national import office_of
from members.audit import acting
from members.errors import Conflict, DomainError
from members.models import Participant, User
from members.permissions import check_can
from members.roles import Permission

type Subject = Invitation | Consultation | Reply


@transaction.atomic
def add_comment(*, participant: Participant, subject: Subject, text: str, by: User) -> Comment:
    """A dated comment with the office of its writer. Raises DomainError without text."""
    check_can(by, Permission.SEE_NATIONAL_SPACE, participant=participant)
    comment = Comment(participant=participant, text=_said(text), office=office_of(by, participant), written_by=by)
    match subject:
        case Invitation():
            comment.invitation = subject
        case Consultation():
            comment.consultation = subject
        case Reply():
            comment.reply = subject
    with acting(by=by, verb="add_comment"):
        comment.save()
    return comment


def _said(text: str) -> str:
    if not text.strip():
        raise DomainError(_("Write the comment."), field="text")
    return text.strip()


def _own(comment: Comment, by: User) -> Comment:
    found = Comment.objects.select_for_update().select_related("participant").get(pk=comment.pk)
    check_can(by, Permission.SEE_NATIONAL_SPACE, participant=found.participant)
    if found.written_by_id != by.pk:
        raise DomainError(_("Only the writer changes a comment."))
    if found.withdrawn_at:
        raise DomainError(_("This comment is withdrawn."))
    return found


@transaction.atomic
def edit_comment(*, comment: Comment, text: str, expected_version: int, by: User) -> Comment:
    """Change one's own comment; it says that it was edited. Raises DomainError, Conflict."""
    found = _own(comment, by)
    if found.version != expected_version:
        raise Conflict(_("Somebody else changed this in between."), current=found)
    found.text, found.edited_at = _said(text), timezone.now()
    found.version += 1
    with acting(by=by, verb="edit_comment"):
        found.save()
    return found


@transaction.atomic
def withdraw_comment(*, comment: Comment, by: User) -> Comment:
    """Take one's own comment back: its words are gone, that there was one stays. Raises DomainError."""
    found = _own(comment, by)
    found.text, found.withdrawn_at, found.withdrawn_by = "", timezone.now(), by
    found.version += 1
    with acting(by=by, verb="withdraw_comment"):
        found.save()
    return found
