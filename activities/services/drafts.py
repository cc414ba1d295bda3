"""Unsaved text of one editor: kept with each change, restored or thrown away by that editor, never anybody else's.

A draft is not a record: it changes no activity, and no one else reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from activities.models import Activity, ActivityDraft
from members.errors import Conflict, DomainError
from members.models import User
from members.permissions import check_can
from members.roles import Permission

MOST_CHARACTERS = 400_000  # of all texts together
KEPT_FOR = timedelta(days=90)


@transaction.atomic
def save_draft(
    *, activity: Activity | None, fields: Mapping[str, list[str]], base_version: int, revision: int, by: User
) -> ActivityDraft:
    """Keep what `by` has typed into the form of `activity` (None: of a new one).

    `revision` is that of the draft which the window began from, 0 for none. Raises Conflict where another window of the
    same editor has saved since, and DomainError where the text is too long to keep.
    """
    check_can(by, Permission.RECORD_ACTIVITIES)
    if sum(len(value) for values in fields.values() for value in values) > MOST_CHARACTERS:
        raise DomainError(_("The text is too long to be kept. Shorten it, or save what you have."))
    User.objects.select_for_update().get(pk=by.pk)  # one window of an editor at a time, also for the first draft
    known = own_draft(activity=activity, by=by)
    if known is not None and known.revision != revision:
        raise Conflict(
            _("Other text of yours is kept for this activity: go on with it, or throw it away. What you type here is not kept."),
            current=known,
        )
    if known is None and revision:
        raise Conflict(
            _("This text was saved or thrown away in another window. What you type here is not kept."), current=activity
        )
    draft = known or ActivityDraft(activity=activity, user=by, base_version=base_version, revision=0)
    draft.fields, draft.saved_at = {name: list(values) for name, values in fields.items()}, timezone.now()
    draft.revision += 1
    draft.save()
    return draft


def own_draft(*, activity: Activity | None, by: User) -> ActivityDraft | None:
    """What `by` has typed and not saved; None where there is nothing."""
    return ActivityDraft.objects.visible_to(by).filter(activity=activity).first()


@transaction.atomic
def forget_draft(*, activity: Activity | None, by: User) -> None:
    """Throw away what `by` has typed: it was saved, or is not wanted."""
    ActivityDraft.objects.visible_to(by).filter(activity=activity).delete()


def forget_old_drafts() -> int:
    """Delete text that nobody came back to for 90 days; how many that were."""
    gone, _by_model = ActivityDraft.objects.filter(saved_at__lt=timezone.now() - KEPT_FOR).delete()
    return gone
