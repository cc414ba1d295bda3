"""Loaders of goals, objectives and programme areas: first the rows, then, once activities exist, what links them."""

from __future__ import annotations

from typing import Any

from django.db import models

from activities.enums import Origin, ReviewOutcome
from activities.models import Goal, Mandate, Objective, OpenChallenge, ProgrammeArea, Review
from baliportal.record.directory import PROVENANCE, provenance
from baliportal.record.lookups import Lookups
from baliportal.record.rows import Row, RowError
from baliportal.record.store import Loader, Written

OUTCOMES = {str(value).replace("-", " "): str(value) for value in ReviewOutcome.values}
ORIGINS = {
    "continues objectives": Origin.CONTINUES,
    "new in 2004": Origin.NEW,
    "new in 2004 (inferred)": Origin.NEW_INFERRED,
}
AIM = ("code", "order", "short_title", "summary", "theme")
GOAL_COLUMNS = (*AIM, "mandate", "mandate_paragraph", "reviewed_at", "review_outcome", "status_basis", "objectives")
OBJECTIVE_COLUMNS = (
    *(*AIM, "mandate", "mandate_paragraph", "reviewed_at", "review_outcome", "status_qualifier"),
    *("moved_to_forum", "status_basis", "linked_programme_areas"),
)
AREA_COLUMNS = (*AIM, "agreed", "agreed_at", "origin", "related_objectives")


class ProgrammeLoaders:
    """The loaders share the lookups of one loading."""

    def __init__(self, lookups: Lookups) -> None:
        self.lookups = lookups
        self.areas_of: dict[str, set[str]] = {}  # what objectives.csv says, to hold against programme_areas.csv

    def _aim(self, row: Row) -> dict[str, Any]:
        return provenance(row) | {
            "code": row.text("code", required=True, most=16),
            "order": row.number("order", least=1, most=1000, required=True),
            "short_title": row.text("short_title", required=True, most=160),
            "summary": row.text("summary"),
        }

    def _links(self, row: Row) -> dict[str, list[models.Model]]:
        return {
            "source": [*row.references("source", self.lookups.sources)],
            "theme": [*row.references("theme", self.lookups.topics)],
        }

    def goal(self, row: Row) -> Written:
        fields = self._aim(row) | {"status_basis": row.text("status_basis", most=60)}
        return Written(fields=fields, links=self._links(row))

    def objective(self, row: Row) -> Written:
        fields = self._aim(row) | {"status_basis": row.text("status_basis", most=60)}
        return Written(fields=fields, links=self._links(row))

    def area(self, row: Row) -> Written:
        return Written(fields=self._aim(row) | {"origin": row.choice("origin", ORIGINS)}, links=self._links(row))

    def goal_links(self, row: Row) -> Written:
        return Written(
            fields={},
            links={"objectives": [*row.references("objectives", self.lookups.objectives)]},
            children=lambda goal: self._found(row, goal=goal),
        )

    def objective_links(self, row: Row) -> Written:
        areas = row.references("linked_programme_areas", self.lookups.areas)
        self.areas_of[row.text("code")] = {area.code for area in areas}
        return Written(
            fields={},
            links={"linked_programme_areas": [*areas]},
            children=lambda objective: self._found(row, objective=objective),
        )

    def area_links(self, row: Row) -> Written:
        code = row.text("code")
        said = {objective.code for objective in row.references("related_objectives", self.lookups.objectives)}
        mirrored = {objective for objective, areas in self.areas_of.items() if code in areas}
        if said != mirrored:
            differing = ", ".join(sorted(said ^ mirrored))
            raise RowError(f"related_objectives and linked_programme_areas of objectives.csv differ in {differing}.")
        return Written(fields={}, children=lambda area: self._agreed(row, area))

    def _found(self, row: Row, **aim: Any) -> None:
        self._mandates(row, **aim)
        self._review(row, **aim)

    def _mandates(self, row: Row, **aim: Any) -> None:
        """The activities that set it; the file knows of no other act, and gives one paragraph for all of them."""
        paragraph = row.text("mandate_paragraph", most=60)
        for target in aim.values():
            target.mandates.all().delete()
        for activity in row.references("mandate", self.lookups.activities):
            self._mandate(Mandate(activity=activity, paragraph=paragraph, **aim))

    def _agreed(self, row: Row, area: ProgrammeArea) -> None:
        """The meeting that agreed the area, and the date as far as the file knows it."""
        agreed, meeting = row.partial("agreed"), row.reference("agreed_at", self.lookups.activities)
        area.mandates.all().delete()
        if agreed.first or meeting:
            dated = {"decided": agreed.first, "decided_precision": agreed.precision} if agreed.first else {}
            self._mandate(Mandate(area=area, activity=meeting, **dated))

    @staticmethod
    def _mandate(mandate: Mandate) -> None:
        mandate.full_clean(validate_constraints=False)
        mandate.save()

    def _review(self, row: Row, *, objective: Objective | None = None, goal: Goal | None = None) -> None:
        """What a meeting found; "continued in" are the linked areas that continue objectives."""
        meeting = row.reference("reviewed_at", self.lookups.activities)
        outcome = row.choice("review_outcome", OUTCOMES, required=meeting is not None)
        target = objective or goal
        if target is None or meeting is None:
            return
        OpenChallenge.objects.filter(review__in=target.reviews.all()).delete()
        target.reviews.all().delete()
        review = Review(
            meeting=meeting,
            objective=objective,
            goal=goal,
            outcome=outcome,
            status_basis=row.text("status_basis", most=120),
            confidence=provenance(row)["confidence"],
        )
        if objective:
            review.status_qualifier = row.text("status_qualifier", most=400)
            review.moved_to_forum = row.reference("moved_to_forum", self.lookups.forums)
        review.full_clean(validate_constraints=False)
        review.save()
        review.source.add(*row.references("source", self.lookups.sources))
        if objective and outcome == ReviewOutcome.CONTINUED:
            areas = row.references("linked_programme_areas", self.lookups.areas)
            continued = [area for area in areas if area.origin == Origin.CONTINUES]
            if not continued:
                raise RowError("review_outcome is continued, but no linked area continues objectives.")
            review.continued_in.add(*continued)


def _find(model: type[Goal | Objective | ProgrammeArea]) -> Any:
    return lambda row: model._default_manager.filter(code=row.text("code")).first()


def _code(row: Row) -> str:
    return row.text("code")


def loaders(lookups: Lookups) -> tuple[list[Loader], list[Loader]]:
    """Before the activities, and after them."""
    of = ProgrammeLoaders(lookups)
    goal, objective, area = (*GOAL_COLUMNS, *PROVENANCE), (*OBJECTIVE_COLUMNS, *PROVENANCE), (*AREA_COLUMNS, *PROVENANCE)
    found, agreed = ("mandates", "reviews"), ("mandates",)
    before = [
        Loader("goals.csv", Goal, goal, _code, _find(Goal), of.goal, found),
        Loader("programme_areas.csv", ProgrammeArea, area, _code, _find(ProgrammeArea), of.area, agreed),
        Loader("objectives.csv", Objective, objective, _code, _find(Objective), of.objective, found),
    ]
    after = [
        Loader("goals.csv", Goal, goal, _code, _find(Goal), of.goal_links, found, "goals.csv (links)"),
        Loader(
            *("objectives.csv", Objective, objective, _code, _find(Objective)),
            *(of.objective_links, found, "objectives.csv (links)"),
        ),
        Loader(
            *("programme_areas.csv", ProgrammeArea, area, _code, _find(ProgrammeArea)),
            *(of.area_links, agreed, "programme_areas.csv (links)"),
        ),
    ]
    return before, after
