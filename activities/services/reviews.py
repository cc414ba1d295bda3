"""What a meeting found about each goal and objective, recorded one by one, and the challenges it left open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from activities.enums import ReviewOutcome
from activities.models import Activity, Goal, Objective, OpenChallenge, ProgrammeArea, Review, ReviewEvidence
from members.audit import acting
from members.errors import Conflict, DomainError
from members.models import User
from members.models.base import today
from members.permissions import check_can
from members.roles import Permission


@dataclass(frozen=True)
class Evidence:
    """One thing that a finding rests on: an activity, or a document by symbol and paragraph, or a figure in words."""

    activity: Activity | None = None
    document_symbol: str = ""
    paragraph: str = ""
    text: str = ""


@dataclass(frozen=True)
class Finding:
    """What a form says of one review: plain fields, areas, evidence, and challenges newly left open."""

    fields: Mapping[str, Any]
    areas: Sequence[ProgrammeArea] = ()
    evidence: Sequence[Evidence] = ()
    challenges: Sequence[str] = field(default_factory=tuple)


@transaction.atomic
def save_review(*, meeting: Activity, aim: Goal | Objective, finding: Finding, expected_version: int, by: User) -> Review:
    """Store what `meeting` found about `aim`; `expected_version` is 0 where there was no review yet [58-63, 74, 76].

    Raises Conflict where somebody else stored one in between, DomainError with the field that a rule names.
    """
    check_can(by, Permission.RECORD_ACTIVITIES)
    Activity.objects.select_for_update().get(pk=meeting.pk)  # one review of a meeting at a time
    target = {"goal": aim} if isinstance(aim, Goal) else {"objective": aim}
    review = Review.objects.filter(meeting=meeting, **target).first() or Review(meeting=meeting, version=0, **target)
    if review.version != expected_version:
        raise Conflict(_("Somebody else changed this in between."), current=review)
    for name, value in finding.fields.items():
        setattr(review, name, value)
    _check(review, finding)
    review.version += 1
    review.full_clean()
    with acting(by=by, verb="review"):
        review.save()
        review.continued_in.set(finding.areas)
        review.evidence.all().delete()
        for order, row in enumerate(finding.evidence):
            ReviewEvidence.objects.create(
                review=review,
                order=order,
                activity=row.activity,
                document_symbol=row.document_symbol,
                paragraph=row.paragraph,
                text=row.text,
            )
        for text in finding.challenges:
            OpenChallenge.objects.create(review=review, text=text)
    return review


def _check(review: Review, finding: Finding) -> None:
    """The rules that the database holds too, each said at its field."""
    if review.meeting.start is None or review.meeting.start > today():
        raise DomainError(_("Record what a meeting found once it has begun."))
    moved = review.outcome == ReviewOutcome.MOVED
    if review.outcome == ReviewOutcome.COMPLETED and not review.status_qualifier:
        raise DomainError(_("Say in which sense the objective was completed."), field="status_qualifier")
    if moved and bool(review.moved_to_forum) == review.moved_bilaterally:
        raise DomainError(_("Say where the objective was moved: to one forum, or bilaterally."), field="moved_to_forum")
    if not moved and (review.moved_to_forum or review.moved_bilaterally):
        raise DomainError(_("A place it moved to goes with the outcome “Moved” only."), field="moved_to_forum")
    if review.accepted_by_forum and not review.moved_to_forum:
        raise DomainError(_("Name the forum that accepted it."), field="moved_to_forum")
    continued = review.outcome == ReviewOutcome.CONTINUED
    if continued and review.objective and not finding.areas:
        raise DomainError(_("Choose at least one area in which the objective continues."), field="continued_in")
    if not continued and finding.areas:
        raise DomainError(_("Areas go with the outcome “Continued” only."), field="continued_in")


@transaction.atomic
def settle_challenge(*, challenge: OpenChallenge, meeting: Activity, settlement: str, by: User) -> OpenChallenge:
    """Note that `meeting` settled a challenge, and how; until then it stays on each agenda. Raises DomainError."""
    check_can(by, Permission.RECORD_ACTIVITIES)
    found = OpenChallenge.objects.select_for_update(of=("self",)).select_related("review__meeting").get(pk=challenge.pk)
    if found.settled_at_id:
        raise DomainError(_("This challenge is settled already."))
    if not settlement.strip():
        raise DomainError(_("Say how the challenge was settled."), field="settlement")
    found.settled_at, found.settlement = meeting, settlement.strip()
    found.version += 1
    found.full_clean()
    with acting(by=by, verb="settle_challenge"):
        found.save()
    return found
