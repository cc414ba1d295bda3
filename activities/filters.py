"""Filters of the archive: the same for page, exports, feeds and calendars."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

import django_filters as filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from activities.enums import ActivityStatus
from activities.models import (
    Activity,
    ActivityKind,
    Attendance,
    Delegate,
    FollowUp,
    Hosting,
    Objective,
    ProgrammeArea,
    Recommendation,
)
from activities.search import words_q
from members.models import Portfolio
from members.partial_dates import last_day, parse_partial
from members.words import clean_words

if TYPE_CHECKING:
    from members.models import AnyUser

NEWEST, OLDEST = "newest", "oldest"
SORTS = [(NEWEST, _("Newest first")), (OLDEST, _("Oldest first"))]
NAMES = ("q", "kind", "objective", "area", "participant", "portfolio", "year", "from", "to", "has")
_UNKNOWN = {"invalid_choice": _("“%(value)s” is not in the record. Choose from the list.")}
FIRST_YEAR, LAST_YEAR = 1000, 9998


@dataclass(frozen=True)
class Term:
    """One value that a filter knows: key in the address, name in both languages."""

    key: str
    name_en: str
    name_id: str = ""

    def name(self, language: str) -> str:
        return (self.name_id if language == "id" else "") or self.name_en


type Vocabulary = Mapping[str, Mapping[str, Term]]


class PartialDateField(forms.CharField):
    """A year, a month or a day; cleans to first day and precision."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_partial(text[:40])
        except ValueError as error:
            raise ValidationError(_("Enter a year, a month or a day, such as 2004, May 2004 or 14 May 2004.")) from error


class PartialDateFilter(filters.Filter):  # type: ignore[misc]  # django-filter has no types
    field_class = PartialDateField


class WordsField(forms.CharField):
    """Words to look for; control characters become blanks."""

    def to_python(self, value: Any) -> str:
        return clean_words(str(value or ""))


class WordsFilter(filters.Filter):  # type: ignore[misc]  # django-filter has no types
    field_class = WordsField


class YearFilter(filters.Filter):  # type: ignore[misc]  # django-filter has no types
    field_class = forms.IntegerField


class ArchiveForm(forms.Form):
    """The filters as a form; a value that makes no sense is an error of its field."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("from"), cleaned.get("to")
        if first and last and last_day(*last) < first[0]:
            self.add_error("to", _("This date is before the first one. Enter a later one, or leave it empty."))
        return cleaned


def _several(name: str, label: Any) -> filters.Filter:
    return filters.MultipleChoiceFilter(method="keep", label=label, error_messages=_UNKNOWN, field_name=name)


def _one(name: str, label: Any, **options: Any) -> filters.Filter:
    return filters.ChoiceFilter(method="keep", label=label, error_messages=_UNKNOWN, field_name=name, **options)


class ActivityFilter(filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """Explicit filters over activities.

    `vocabulary` holds the values that each choice knows. `has` names what a record may include, with the condition for
    it: the page that composes several apps adds "report" to it.
    """

    q = WordsFilter(method="keep", label=_("Words"))
    kind = _several("kind", _("Kind"))
    objective = _several("objective", _("Objective"))
    area = _several("area", _("Programme area"))
    participant = _one("participant", _("Participant"))
    portfolio = _one("portfolio", _("Portfolio"))
    year = YearFilter(method="keep", label=_("Year"), min_value=FIRST_YEAR, max_value=LAST_YEAR)
    locals()["from"] = PartialDateFilter(method="keep", label=_("From"))  # a word of the language
    to = PartialDateFilter(method="keep", label=_("Until"))
    has = _several("has", _("Record includes"))
    sort = _one("sort", _("Order"), choices=SORTS)

    class Meta:
        model = Activity
        form = ArchiveForm
        fields: ClassVar[list[str]] = []

    def __init__(
        self, data: QueryDict, queryset: QuerySet[Activity], *, vocabulary: Vocabulary, has: Mapping[str, tuple[Any, Q]]
    ) -> None:
        super().__init__(data, queryset)
        self.has = has
        for name in ("kind", "objective", "area", "participant", "portfolio"):
            self.filters[name].extra["choices"] = [(term.key, term.name_en) for term in vocabulary.get(name, {}).values()]
        self.filters["has"].extra["choices"] = [(key, label) for key, (label, _condition) in has.items()]

    def keep(self, queryset: QuerySet[Activity], _name: str, _value: Any) -> QuerySet[Activity]:
        """Leave the rows alone: `filter_queryset` applies all conditions at once."""
        return queryset

    @property
    def is_good(self) -> bool:
        """Whether every value makes sense. Those that do are applied all the same."""
        return not self.form.errors

    @property
    def messages(self) -> list[tuple[str, str]]:
        """What is wrong: label of the field and message."""
        fields = self.form.fields
        return [(str(fields[name].label), text) for name, errors in self.form.errors.items() if name in fields for text in errors]

    def conditions(self) -> dict[str, Q]:
        """A condition per filter that is on; values in error are left out."""
        self.form.errors  # noqa: B018 - fills cleaned_data
        cleaned = {name: self.form.cleaned_data.get(name) for name in NAMES}
        found = {name: CONDITIONS[name](value) for name, value in cleaned.items() if value and name in CONDITIONS}
        if cleaned["has"]:
            found["has"] = _all(self.has[key][1] for key in cleaned["has"])
        return found

    def without(self, name: str = "") -> QuerySet[Activity]:
        """The rows under all filters but `name`, in no order, for counting."""
        others = [condition for other, condition in self.conditions().items() if other != name]
        return _plain(self.queryset).filter(_all(others)).order_by()

    @property
    def qs(self) -> QuerySet[Activity]:
        """The rows under all filters, in the order asked for; undated ones come last."""
        rows = _plain(self.queryset).filter(_all(self.conditions().values()))
        if self.form.cleaned_data.get("sort") == OLDEST:
            return rows.order_by(F("start").asc(nulls_last=True), "reference")
        return rows.order_by(F("start").desc(nulls_last=True), "-reference")


def _plain(rows: QuerySet[Activity]) -> QuerySet[Activity]:
    """Without DISTINCT, which a person's invitations bring in: counts group these rows again."""
    return Activity.objects.filter(pk__in=rows.order_by().values("pk")) if rows.query.distinct else rows


def _all(conditions: Iterable[Q]) -> Q:
    found = Q()
    for condition in conditions:
        found &= condition
    return found


def attended_q(prefix: str = "") -> Q:
    """Delegates that count for others: not withdrawn, at an activity that was held. Who is coming is nobody's business."""
    return Q(**{f"{prefix}withdrawn_at__isnull": True, f"{prefix}activity__status": ActivityStatus.HELD})


def _of_objectives(codes: list[str]) -> Q:
    rows = Activity.objectives.through._default_manager.filter(objective__in=Objective.objects.filter(code__in=codes))
    return Q(pk__in=rows.values("activity_id"))


def _of_areas(codes: list[str]) -> Q:
    rows = Activity.programme_areas.through._default_manager.filter(
        programmearea__in=ProgrammeArea.objects.filter(code__in=codes)
    )
    return Q(pk__in=rows.values("activity_id"))


def _of_participant(slug: str) -> Q:
    """Hosts, co-hosts, chairs, and participants with delegates."""
    hosted = Hosting.objects.filter(participant__slug=slug).order_by().values("activity_id")
    attended = Delegate.objects.filter(attended_q(), participant__slug=slug).order_by().values("activity_id")
    return Q(pk__in=hosted) | Q(pk__in=attended)


def _of_portfolio(key: str) -> Q:
    rows = Activity.portfolios.through._default_manager.filter(portfolio__in=Portfolio.objects.filter(key=key))
    return Q(pk__in=rows.values("activity_id"))


def _of_year(year: int) -> Q:
    return Q(start__lte=date(year, 12, 31), last_day__gte=date(year, 1, 1))


CONDITIONS: Mapping[str, Callable[[Any], Q]] = {
    "q": words_q,
    "kind": lambda keys: Q(kind__in=ActivityKind.objects.filter(key__in=keys)),
    "objective": _of_objectives,
    "area": _of_areas,
    "participant": _of_participant,
    "portfolio": _of_portfolio,
    "year": _of_year,
    "from": lambda partial: Q(last_day__gte=partial[0]),
    "to": lambda partial: Q(start__lte=last_day(*partial)),
}


def record_includes(user: AnyUser) -> dict[str, tuple[Any, Q]]:
    """What `has=` may ask for in this app, as `user` may see it: label and condition."""
    counted = Q(delegates__isnull=False) | Q(countries__isnull=False) | Q(organisations__isnull=False)
    recorded = Attendance.objects.filter(attended_q("delegate__")).order_by().values("delegate__activity_id")
    news = FollowUp.objects.counted_for(user)
    open_ones = Recommendation.objects.visible_to(user).filter(activity__isnull=False).still_open(news)
    return {
        "attendance": (_("Attendance"), counted | Q(pk__in=recorded)),
        "followup": (_("Open follow-up"), Q(pk__in=open_ones.order_by().values("activity_id"))),
    }
