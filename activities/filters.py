"""Filters of the archive: the same for page, exports, feeds and calendars."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters as filters
from django import forms
from django.contrib.postgres.search import SearchQuery
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from members.models import Participant, Portfolio
from members.partial_dates import last_day, parse_partial

from activities.models import Activity, ActivityKind, Delegate, Hosting, Objective, ProgrammeArea

NEWEST, OLDEST = "newest", "oldest"
SORTS = [(NEWEST, _("Newest first")), (OLDEST, _("Oldest first"))]
HAS = [("attendance", _("Attendance")), ("followup", _("Open follow-up"))]
MOST_WORDS = 200  # characters of a search


class PartialDateField(forms.CharField):
    """A year, a month or a day; cleans to first day and precision."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=40, **options)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_partial(text)
        except ValueError as error:
            raise ValidationError(_("Enter a year, a month or a day, such as 2004, May 2004 or 14 May 2004.")) from error


class PartialDateFilter(filters.Filter):
    field_class = PartialDateField


class WordsField(forms.CharField):
    """Words to look for; control characters become blanks."""

    def to_python(self, value: Any) -> str:
        return "".join(c if c.isprintable() else " " for c in str(value or "")).strip()[:MOST_WORDS]


class WordsFilter(filters.Filter):
    field_class = WordsField


class ActivityFilter(filters.FilterSet):
    """Explicit filters over activities; a value that makes no sense is an error of its field, never a failure."""

    q = WordsFilter(method="filter_q", label=_("Words"))
    kind = filters.ModelMultipleChoiceFilter(
        queryset=ActivityKind.objects.all(), field_name="kind__key", to_field_name="key", label=_("Kind")
    )
    objective = filters.ModelMultipleChoiceFilter(
        queryset=Objective.objects.all(), method="filter_objective", to_field_name="code", label=_("Objective")
    )
    area = filters.ModelMultipleChoiceFilter(
        queryset=ProgrammeArea.objects.all(), method="filter_area", to_field_name="code", label=_("Programme area")
    )
    participant = filters.ModelChoiceFilter(
        queryset=Participant.objects.all(), method="filter_participant", to_field_name="slug", label=_("Participant")
    )
    portfolio = filters.ModelChoiceFilter(
        queryset=Portfolio.objects.all(), field_name="portfolios", to_field_name="key", label=_("Portfolio")
    )
    year = filters.NumberFilter(
        method="filter_year", label=_("Year"), field_class=forms.IntegerField, min_value=1000, max_value=9999
    )
    has = filters.MultipleChoiceFilter(choices=HAS, method="filter_has", label=_("Record includes"))
    sort = filters.ChoiceFilter(choices=SORTS, method="filter_sort", label=_("Order"), empty_label=None)

    class Meta:
        model = Activity
        fields: ClassVar[list[str]] = []

    def filter_queryset(self, queryset: QuerySet[Activity]) -> QuerySet[Activity]:
        """Filters whose value is an error are left out; the page says which."""
        for name, value in self.form.cleaned_data.items():
            queryset = self.filters[name].filter(queryset, value)
        return queryset

    @property
    def qs(self) -> QuerySet[Activity]:
        if not hasattr(self, "_qs"):
            self.form.errors  # noqa: B018 - fills cleaned_data also where some values are errors
            self._qs = self.filter_queryset(self.queryset.all())
        return self._qs

    def filter_q(self, queryset: QuerySet[Activity], _name: str, value: str) -> QuerySet[Activity]:
        """Words in the text, a reference, or the name of a host in any spelling the record knows."""
        if not value:
            return queryset
        named = Participant.objects.filter(Q(name__unaccent__icontains=value) | Q(alt_names__unaccent__icontains=value))
        hosted = Hosting.objects.filter(participant__in=named).values("activity")
        found = Q(search=SearchQuery(value, config="english", search_type="websearch"))
        return queryset.filter(found | Q(reference__istartswith=value) | Q(pk__in=hosted) | Q(title__unaccent__icontains=value))

    def filter_objective(self, queryset: QuerySet[Activity], _name: str, value: Any) -> QuerySet[Activity]:
        through = Activity.objectives.through._default_manager.filter(objective__in=value)
        return queryset.filter(pk__in=through.values("activity")) if value else queryset

    def filter_area(self, queryset: QuerySet[Activity], _name: str, value: Any) -> QuerySet[Activity]:
        through = Activity.programme_areas.through._default_manager.filter(programmearea__in=value)
        return queryset.filter(pk__in=through.values("activity")) if value else queryset

    def filter_participant(self, queryset: QuerySet[Activity], _name: str, value: Participant | None) -> QuerySet[Activity]:
        """Hosts, co-hosts, chairs, and participants with delegates."""
        if value is None:
            return queryset
        hosted = Hosting.objects.filter(participant=value).values("activity")
        attended = Delegate.objects.filter(participant=value, withdrawn_at__isnull=True).values("activity")
        return queryset.filter(Q(pk__in=hosted) | Q(pk__in=attended))

    def filter_year(self, queryset: QuerySet[Activity], _name: str, value: int | None) -> QuerySet[Activity]:
        if value is None:
            return queryset
        return queryset.filter(start__lte=f"{int(value):04}-12-31", last_day__gte=f"{int(value):04}-01-01")

    def filter_has(self, queryset: QuerySet[Activity], _name: str, value: list[str]) -> QuerySet[Activity]:
        if "attendance" in value:
            queryset = queryset.filter(delegate_rows__attendance__isnull=False).distinct()
        if "followup" in value:
            queryset = queryset.filter(recommendations__isnull=False).exclude(
                recommendations__follow_ups__is_closed=True
            ).distinct()
        return queryset

    def filter_sort(self, queryset: QuerySet[Activity], _name: str, value: str) -> QuerySet[Activity]:
        if value != OLDEST:
            return queryset
        return queryset.order_by(*(_oldest_first()))

    def filter_from(self, queryset: QuerySet[Activity], _name: str, value: Any) -> QuerySet[Activity]:
        return queryset.filter(last_day__gte=value[0]) if value else queryset

    def filter_to(self, queryset: QuerySet[Activity], _name: str, value: Any) -> QuerySet[Activity]:
        return queryset.filter(start__lte=last_day(*value)) if value else queryset


def _oldest_first() -> tuple[Any, ...]:
    from django.db.models import F

    return F("start").asc(nulls_last=True), F("reference").asc()


# "from" is a word of the language, so these two cannot stand in the class.
ActivityFilter.base_filters["from"] = PartialDateFilter(method="filter_from", label=_("From"))
ActivityFilter.base_filters["to"] = PartialDateFilter(method="filter_to", label=_("To"))
