"""Reading proposals: lists, one with all that hangs on it, and what waits to be looked at again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from activities.enums import ActivityStatus, ProposalState
from activities.models import (
    Activity,
    Consultation,
    ConsultationAddressee,
    Contribution,
    Objective,
    PriorityNeed,
    ProgrammeArea,
    Proposal,
    ProposalStep,
    Reply,
    ReviewBy,
)
from activities.selectors_desk import Task
from members.models import Portfolio, Seat, Topic
from members.models.base import today
from members.partial_dates import format_partial
from members.selectors import steering_body

if TYPE_CHECKING:
    from members.models import AnyUser

MOST = 100
WAITING = (ProposalState.IDEA, ProposalState.CONSIDERED)


def proposals_for(user: AnyUser, state: str = "") -> QuerySet[Proposal]:
    """Proposals that `user` may see, of one state where it is one, those that wait first, the latest first."""
    rows = Proposal.objects.visible_to(user).select_related("proposed_by", "referred_to", "kind", "review_by")
    if state in ProposalState.values:
        rows = rows.filter(state=state)
    return rows.alias(waits=Q(state__in=WAITING)).order_by(F("waits").desc(), "-recorded_at", "-pk")


def _named(rows: QuerySet[Any], name: str, name_id: str) -> ArraySubquery:
    return ArraySubquery(rows.values(data=JSONObject(code=F("pk"), en=F(name), id=F(name_id))))


def _linked(model: Any, field: str, name: str = "name_en", name_id: str = "name_id") -> ArraySubquery:
    """Names of the rows that a proposal links to through `field`, in their order."""
    through = getattr(Proposal, field).through
    target = model._meta.model_name
    keys = through.objects.filter(proposal=OuterRef(OuterRef("pk"))).values(target)
    return _named(model._default_manager.filter(pk__in=keys), name, name_id)


def proposal_in_full(user: AnyUser, pk: int) -> Proposal | None:
    """One proposal with the names of all that it links to, as `linked_<field>`; None where `user` may not see it. One query."""
    rows = Proposal.objects.visible_to(user).select_related(
        *("proposed_by", "referred_to", "kind", "review_by", "coordinator__role", "recorded_by"),
        *("coordinator__participant", "coordinator__forum"),
    )
    return (
        rows.annotate(
            linked_portfolios=_linked(Portfolio, "portfolios"),
            linked_topics=_linked(Topic, "topics"),
            linked_objectives=_linked(Objective, "objectives", "short_title", "short_title_id"),
            linked_areas=_linked(ProgrammeArea, "areas", "short_title", "short_title_id"),
            linked_needs=_linked(PriorityNeed, "needs", "title", "title"),
        )
        .filter(pk=pk)
        .first()
    )


def linked_names(proposal: Any, field: str) -> list[str]:
    """The names of what a proposal of `proposal_in_full` links to, in the language of the page."""
    language = get_language() or "en"
    return [row.get(language) or row["en"] for row in getattr(proposal, f"linked_{field}")]


def when_words(proposal: Proposal) -> str:
    """Earliest and latest date in words; "" where neither is known."""
    language = get_language() or "en"
    first = format_partial(proposal.earliest, proposal.earliest_precision, language)
    last = format_partial(proposal.latest, proposal.latest_precision, language)
    if first and last:
        return first if first == last else _("between %(start)s and %(end)s") % {"start": first, "end": last}
    if first:
        return _("not before %(start)s") % {"start": first}
    return _("not after %(end)s") % {"end": last} if last else ""


def steps_of(user: AnyUser, proposal: Proposal) -> list[tuple[ProposalStep, Activity | None]]:
    """The steps of a proposal, the first first, each with its meeting where `user` may see that one. Two queries at most."""
    steps = list(ProposalStep.objects.visible_to(user).filter(proposal=proposal).select_related("forum", "recorded_by"))
    keys = {step.meeting_id for step in steps if step.meeting_id}
    seen = {row.pk: row for row in Activity.objects.visible_to(user).filter(pk__in=keys)} if keys else {}
    return [(step, seen.get(step.meeting_id or 0)) for step in steps]


def activity_of(user: AnyUser, proposal: Proposal) -> Activity | None:
    """The activity that a proposal became, where `user` may see it: a draft is the secretariat's."""
    if proposal.activity_id is None:
        return None
    return Activity.objects.visible_to(user).filter(pk=proposal.activity_id).first()


def contributions_to(user: AnyUser, what: Proposal | Activity) -> QuerySet[Contribution]:
    """What participants offer to a proposal, or contribute to an activity, in English alphabetical order."""
    rows = Contribution.objects.visible_to(user).select_related("participant").order_by("participant__name", "pk")
    return rows.filter(proposal=what) if isinstance(what, Proposal) else rows.filter(activity=what)


@dataclass(frozen=True)
class Asked:
    """A question to the steering group about a proposal, with who was asked and who has answered, by name."""

    consultation: Consultation
    asked: list[str]
    answered: list[str]

    @property
    def missing(self) -> list[str]:
        return [name for name in self.asked if name not in self.answered]


def consultations_about(user: AnyUser, proposal: Proposal) -> list[Asked]:
    """Consultations about a proposal that `user` may see. Whom they went to and who answered: as far as `user` may see it."""
    mine = {"consultation": OuterRef("pk")}
    asked = ConsultationAddressee.objects.visible_to(user).filter(**mine).order_by("participant__name")
    answered = Reply.objects.visible_to(user).filter(**mine, submitted_at__isnull=False).order_by("participant__name")
    found = Consultation.objects.visible_to(user).filter(proposal=proposal).order_by("-opened_at", "-pk")
    rows = found.annotate(
        asked_names=ArraySubquery(asked.values("participant__name")),
        answered_names=ArraySubquery(answered.values("participant__name")),
    )
    return [Asked(row, row.asked_names, row.answered_names) for row in rows[:MOST]]


def coordinators() -> QuerySet[Seat]:
    """Member seats of the steering group that are held today: who may be made responsible for a proposal."""
    seats = Seat.objects.current().filter(body=steering_body(), role__is_member=True)
    return seats.select_related("participant", "forum", "role").prefetch_related("portfolios")


def due_reviews(rows: QuerySet[ReviewBy]) -> QuerySet[ReviewBy]:
    """Of `rows`, proposals still open and activities still without a date whose day to look again has come [42]."""
    open_proposal = Q(proposal__state__in=WAITING) | Q(proposal__state=ProposalState.ENDORSED, proposal__activity__isnull=True)
    undated = Q(activity__status=ActivityStatus.UNDER_CONSIDERATION, activity__withdrawn_at__isnull=True)
    found = rows.filter(open_proposal | undated, day__lte=today())
    return found.select_related("proposal", "activity").order_by("day", "pk")


def review_tasks(user: AnyUser) -> list[Task]:
    """The same as work to do, each with the page where it is decided."""
    return [_task(row) for row in due_reviews(ReviewBy.objects.visible_to(user))[:30]]


def _task(row: ReviewBy) -> Task:
    late = (today() - row.day).days
    if row.activity:
        page = reverse("activities:desk_activity", args=[row.activity.reference])
        return Task(_("Look again: %(title)s") % {"title": row.activity.title}, page, _("An activity without a date."), late)
    page = reverse("activities:desk_proposal", args=[row.proposal_id])
    return Task(_("Look again: %(title)s") % {"title": row.proposal}, page, _("A proposal that is not decided."), late)


def needs_for(user: AnyUser) -> QuerySet[PriorityNeed]:
    """Needs that participants call a priority, by participant [38]."""
    return (
        PriorityNeed.objects.visible_to(user).select_related("participant", "area").order_by("participant__name", "title", "pk")
    )
