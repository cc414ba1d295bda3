"""The archive's filters, with the one that asks about documents."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from activities.filters import HAS, ActivityFilter
from activities.models import Activity
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from members.models import AnyUser
from reports.selectors import activities_with_documents


def archive_filter(user: AnyUser) -> type[ActivityFilter]:
    """A filter class that knows which documents `user` may see."""

    class ArchiveFilter(ActivityFilter):
        has = filters.MultipleChoiceFilter(
            choices=[("report", _("A document")), *HAS], method="filter_has", label=_("Record includes")
        )

        def filter_has(self, queryset: QuerySet[Activity], name: str, value: list[str]) -> QuerySet[Activity]:
            if "report" in value:
                queryset = queryset.filter(pk__in=activities_with_documents(user))
            return super().filter_has(queryset, name, value)

    known: Any = ArchiveFilter
    known.base_filters.update({key: ActivityFilter.base_filters[key] for key in ("from", "to")})
    return ArchiveFilter
