"""Forms of proposals: they validate and clean; services store."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from babel.numbers import list_currencies
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from activities.enums import ProposalState
from activities.enums_planning import OverlapChoice
from activities.forms import ActivityForm
from activities.forms_aims import ActivityByReference
from activities.forms_consultation import text_area
from activities.models import ActivityKind, Objective, OverlapDecision, PriorityNeed, ProgrammeArea, Proposal
from activities.models.lifecycles import PROPOSAL_TRANSITIONS
from activities.selectors_places import country_choices
from activities.selectors_planning import coordinators, needs_for
from activities.services.consultation import MOST_QUESTIONS, Call
from activities.services.planning import Offer, Plan, Step
from members.enums import DatePrecision
from members.forms_fields import Day, PartialDate, TimeZoneField, offer_current
from members.models import Forum, Participant, Portfolio, Seat, Topic, User
from members.models.base import today
from members.partial_dates import iso_partial, last_day

WORDS = ("title", "added_value", "priority_needs", "funding_guideline", "funded", "city", "country")
LINKS = ("objectives", "areas", "portfolios", "topics", "needs")
_NOTHING_PERSONAL = _("Nothing about victims, smuggled people or suspects.")


def _several(label: Any, rows: QuerySet[Any], *, hint: Any = "") -> forms.ModelMultipleChoiceField[Any]:
    return forms.ModelMultipleChoiceField(
        label=label, queryset=rows, required=False, help_text=hint, widget=forms.CheckboxSelectMultiple
    )


class ProposalForm(forms.Form):
    """An idea with the value that it adds [30], for whom it is, and as far as they are known, dates, place and money."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label=_("Title"), max_length=250)
    kind = forms.ModelChoiceField(label=_("Kind"), queryset=ActivityKind.objects.all(), required=False)
    proposed_by = forms.ModelChoiceField(label=_("Proposed by"), queryset=Participant.objects.all(), required=False)
    added_value = text_area(
        _("Added value"),
        required=True,
        hint=_("What this does that others do not do already. Nothing about victims or suspects."),
    )
    topics = _several(_("Topics"), Topic.objects.all())
    portfolios = _several(_("Ministries to involve"), Portfolio.objects.all(), hint=_("By what they are responsible for."))
    objectives = _several(_("Objectives"), Objective.objects.all())
    areas = _several(_("Programme areas"), ProgrammeArea.objects.all())
    needs = _several(_("Priority needs that it answers"), PriorityNeed.objects.none())
    priority_needs = text_area(_("Priority needs in words"), rows=3)
    earliest = PartialDate(
        label=_("Not before"), required=False, help_text=_("As far as it is known: 14 May 2027, May 2027 or 2027.")
    )
    latest = PartialDate(label=_("Not after"), required=False)
    country = forms.ChoiceField(label=_("Country or territory"), required=False)
    city = forms.CharField(label=_("City"), max_length=120, required=False)
    funding_guideline = forms.CharField(
        label=_("Symbol of the funding guideline"), max_length=40, required=False, help_text=_("Such as BP-G-2004-01.")
    )
    funded = text_area(_("Who is funded"), rows=3, hint=_("Which participants travel at the cost of the process or of a donor."))
    coordinator = forms.ModelChoiceField(
        label=_("Responsible coordinator"),
        queryset=Seat.objects.none(),
        required=False,
        help_text=_("A seat of the steering group. Those whose portfolios fit stand first."),
    )
    overlap_check = text_area(_("What was checked for overlap"), rows=3)
    review_by = Day(
        label=_("Look at it again by"),
        required=False,
        help_text=_("From that day on it stands in the work to do, until it is decided."),
    )

    def __init__(self, *args: Any, user: User, proposal: Proposal | None = None, **options: Any) -> None:
        if proposal is not None:
            options["initial"] = self.initial_of(proposal)
        super().__init__(*args, **options)
        self.fields["country"].choices = [("", _("Not known")), *country_choices()]  # type: ignore[attr-defined]
        needs: Any = self.fields["needs"]
        needs.queryset = needs_for(user)
        if not needs.queryset.exists():
            needs.help_text = _("No priority need is recorded yet.")
        needs.label_from_instance = lambda row: f"{row.participant}: {row.title}" if row.participant else row.title
        self._offer_seats(proposal)
        offer_current(self)

    def _offer_seats(self, proposal: Proposal | None) -> None:
        field: Any = self.fields["coordinator"]
        seats = list(coordinators())
        held = proposal.coordinator if proposal else None
        if held and held not in seats:
            seats.append(held)
        field.queryset = Seat.objects.filter(pk__in=[seat.pk for seat in seats])
        wanted = set(self.initial.get("portfolios", []))
        fit = [seat for seat in seats if wanted & {row.pk for row in seat.portfolios.all()}]
        others = [seat for seat in seats if seat not in fit]
        groups = [(_("Their portfolios fit"), _seat_choices(fit)), (_("Other seats"), _seat_choices(others))]
        field.choices = [("", _("Not named yet")), *(group for group in groups if group[1])]

    @staticmethod
    def initial_of(proposal: Proposal) -> dict[str, Any]:
        """What the form shows of a proposal."""
        found: dict[str, Any] = {name: getattr(proposal, name) for name in (*WORDS, "overlap_check", "version")}
        found |= {"kind": proposal.kind_id, "proposed_by": proposal.proposed_by_id, "coordinator": proposal.coordinator_id}
        found |= {name: [row.pk for row in getattr(proposal, name).all()] for name in LINKS}
        found["earliest"] = iso_partial(proposal.earliest, proposal.earliest_precision)
        found["latest"] = iso_partial(proposal.latest, proposal.latest_precision)
        found["review_by"] = proposal.review_by.day if hasattr(proposal, "review_by") else None
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        earliest, latest = data.get("earliest"), data.get("latest")
        if earliest and latest and last_day(*latest) < earliest[0]:
            self.add_error("latest", _("This is before the earliest date."))
        return data

    def plan(self) -> Plan:
        """The cleaned answers, for a service."""
        data = self.cleaned_data
        earliest, latest = data["earliest"], data["latest"]
        names = [name for name in (*WORDS, "kind", "proposed_by", "coordinator", "overlap_check") if name in self.fields]
        fields = {name: data[name] for name in names} | {
            "earliest": earliest[0] if earliest else None,
            "earliest_precision": earliest[1] if earliest else DatePrecision.UNKNOWN,
            "latest": last_day(*latest) if latest else None,
            "latest_precision": latest[1] if latest else DatePrecision.UNKNOWN,
        }
        return Plan(fields, {name: list(data[name]) for name in LINKS}, data.get("review_by"))


def _seat_choices(seats: Iterable[Seat]) -> list[tuple[int, str]]:
    def words(seat: Seat) -> str:
        portfolios = ", ".join(str(row) for row in seat.portfolios.all())
        return f"{seat} ({portfolios})" if portfolios else str(seat)

    return [(seat.pk, words(seat)) for seat in seats]


class OwnProposalForm(ProposalForm):
    """The same for a member of the steering group, who proposes for its own participant."""

    coordinator = None  # type: ignore[assignment]
    overlap_check = None  # type: ignore[assignment]
    review_by = None  # type: ignore[assignment]

    def __init__(self, *args: Any, own: QuerySet[Participant], **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["proposed_by"]
        field.queryset, field.required, field.empty_label = own, True, None

    def _offer_seats(self, proposal: Proposal | None) -> None:
        """The secretariat says who is responsible."""


class StepForm(forms.Form):
    """Where a proposal goes next."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1)
    state = forms.ChoiceField(label=_("It is now"), widget=forms.RadioSelect)
    decided_on = Day(label=_("Decided on"))
    meeting = ActivityByReference(
        label=_("At which meeting"),
        required=False,
        help_text=_("Its reference, such as BP-2003-06. Leave empty between meetings."),
    )
    forum = forms.ModelChoiceField(
        label=_("Referred to"),
        queryset=Forum.objects.all(),
        required=False,
        help_text=_("Only where it is referred to another forum."),
    )
    reason = text_area(_("Why"), rows=3, hint=_("Needed where it is declined or referred. The steering group reads it."))
    despite_overlaps = forms.BooleanField(label=_("Yes, endorse it although likely overlaps are undecided"), required=False)

    def __init__(self, *args: Any, proposal: Proposal, undecided: int, **options: Any) -> None:
        options["initial"] = {"version": proposal.version, "decided_on": today(), **options.get("initial", {})}
        super().__init__(*args, **options)
        following = PROPOSAL_TRANSITIONS.get(proposal.state, frozenset())
        field: Any = self.fields["state"]
        field.choices = [(state.value, state.label) for state in ProposalState if state in following]
        if not undecided or ProposalState.ENDORSED not in following:
            del self.fields["despite_overlaps"]
        if ProposalState.REFERRED not in following:
            del self.fields["forum"]

    def step(self) -> Step:
        """The cleaned answers, for a service."""
        data = self.cleaned_data
        return Step(
            ProposalState(data["state"]),
            data["decided_on"],
            data["reason"],
            data["meeting"],
            data.get("forum"),
            data.get("despite_overlaps", False),
        )


class OfferForm(forms.Form):
    """What one participant offers: money for something, or something in kind."""

    participant = forms.ModelChoiceField(label=_("Participant"), queryset=Participant.objects.all())
    title = forms.CharField(
        label=_("What it is"), max_length=250, help_text=_("In kind, such as: venue and interpreters. Or what the money is for.")
    )
    amount = forms.DecimalField(label=_("Amount"), required=False, min_value=0.01, max_digits=14, decimal_places=2)
    currency = forms.CharField(
        label=_("Currency"), required=False, max_length=3, help_text=_("Its code of three letters, such as USD or IDR.")
    )

    def clean_currency(self) -> str:
        code: str = self.cleaned_data["currency"].strip().upper()
        if code and code not in list_currencies():
            raise ValidationError(_("Enter the code of a currency, such as USD, AUD or IDR."))
        return code

    def offer(self) -> Offer:
        """The cleaned answers, for a service."""
        data = self.cleaned_data
        return Offer(data["participant"], data["title"], data["amount"], data["currency"])


class ActivityFromProposalForm(ActivityForm):
    """A draft activity, filled from the proposal; without a date it needs a day to be looked at again [42]."""

    review_by = Day(
        label=_("Without a date: look at it again by"),
        required=False,
        help_text=_("An activity without a date is under consideration. From this day on it stands in the work to do."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["date_unknown"]  # the day to look again says so
        self.order_fields(["version", "title", "title_id", "kind", "start", "end", "review_by"])

    def _check_unknown(self, data: dict[str, Any]) -> None:
        """The service asks for a date or a day to look again."""

    @staticmethod
    def initial_from(proposal: Proposal, country: str) -> dict[str, Any]:
        """What is known of the proposal. Two different dates are a period to choose from, so they are left to a person."""
        start, end = (
            iso_partial(proposal.earliest, proposal.earliest_precision),
            iso_partial(proposal.latest, proposal.latest_precision),
        )
        return {
            "title": proposal.title,
            "kind": proposal.kind_id,
            "start": start if start and end in {"", start} else "",
            "city": proposal.city,
            "country": country,
            "coordinator": str(proposal.coordinator.holder) if proposal.coordinator else "",
            "added_value": proposal.added_value,
            "objectives": [row.pk for row in proposal.objectives.all()],
            "programme_areas": [row.pk for row in proposal.areas.all()],
            "portfolios": [row.pk for row in proposal.portfolios.all()],
            "review_by": proposal.review_by.day if hasattr(proposal, "review_by") else None,
        }

    @property
    def day(self) -> date | None:
        """The day to look again, as cleaned."""
        found: date | None = self.cleaned_data.get("review_by")
        return found


class ReviewByForm(forms.Form):
    """When an activity without a date is looked at again."""

    day = Day(label=_("Look at it again by"), required=False, help_text=_("Leave empty to take the day away."))


class AskForm(forms.Form):
    """A question to the steering group about one proposal [29]."""

    question = text_area(
        _("What it is about"), required=True, rows=3, hint=_("Those who are asked read this above the questions.")
    )
    questions = text_area(_("Questions"), required=True, rows=4, hint=_("One question a line. Each is answered on its own."))
    deadline = Day(label=_("Reply by"), help_text=_("To the end of this day in the time zone below."))
    time_zone = TimeZoneField(label=_("Time zone"), help_text=_("Such as Asia/Jakarta."))
    may_revise = forms.BooleanField(label=_("Answers may be changed until the deadline"), required=False)
    silence_agrees = forms.BooleanField(label=_("Silence means agreement"), required=False)

    def clean_questions(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["questions"].splitlines() if line.strip()]
        if len(lines) > MOST_QUESTIONS:
            raise ValidationError(_("Ask at most %(number)d questions.") % {"number": MOST_QUESTIONS})
        return lines

    def call(self, proposal: Proposal, rule: Any) -> Call:
        """The cleaned answers, for a service."""
        data = self.cleaned_data
        return Call(
            title=proposal.title,
            question=data["question"],
            questions=data["questions"],
            rule=rule,
            deadline=data["deadline"],
            time_zone=data["time_zone"],
            may_revise=data["may_revise"],
            silence_agrees=data["silence_agrees"],
            proposal=proposal,
        )


class OverlapForm(forms.Form):
    """What is done about one likely overlap, and why."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1)
    choice = forms.ChoiceField(label=_("Decision"), choices=OverlapChoice.choices, widget=forms.RadioSelect)
    reason = text_area(_("Why"), required=True, rows=3, hint=_("The steering group reads it."))
    acceptance = forms.CharField(
        label=_("The other's acceptance"),
        max_length=400,
        required=False,
        help_text=_("Where it is handed over: who of the other accepted it and when, as far as it is known."),
    )

    @staticmethod
    def initial_of(decision: OverlapDecision | None) -> dict[str, Any]:
        """What the form shows of a decision."""
        if decision is None:
            return {"version": 0}
        return {name: getattr(decision, name) for name in ("version", "choice", "reason", "acceptance")}


class NeedForm(forms.Form):
    """A need that a participant calls a priority [38]."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1)
    participant = forms.ModelChoiceField(label=_("Participant"), queryset=Participant.objects.all())
    title = forms.CharField(label=_("Need"), max_length=250)
    summary = text_area(_("In more words"), rows=3, hint=_NOTHING_PERSONAL)
    area = forms.ModelChoiceField(label=_("Programme area"), queryset=ProgrammeArea.objects.all(), required=False)
    day = PartialDate(
        label=_("Declared on"), required=False, help_text=_("As far as it is known: 14 May 2027, May 2027 or 2027.")
    )

    @staticmethod
    def initial_of(need: PriorityNeed) -> dict[str, Any]:
        """What the form shows of a need."""
        found: dict[str, Any] = {name: getattr(need, name) for name in ("version", "title", "summary")}
        return found | {
            "participant": need.participant_id,
            "area": need.area_id,
            "day": iso_partial(need.date, need.date_precision),
        }

    def values(self) -> dict[str, Any]:
        """The cleaned answers, for a service."""
        day = self.cleaned_data["day"]
        found = {name: self.cleaned_data[name] for name in ("participant", "title", "summary", "area")}
        return found | {"date": day[0] if day else None, "date_precision": day[1] if day else DatePrecision.UNKNOWN}
