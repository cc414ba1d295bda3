"""The archive's filters, with the one that asks about documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.http import HttpResponse, QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from activities.selectors import Archive, archive, archive_with_years
from reports.selectors import activities_with_documents

if TYPE_CHECKING:
    from members.models import AnyUser


def archive_for(user: AnyUser, data: QueryDict) -> Archive:
    """The archive under the filters of `data`, those that ask about documents among them."""
    return archive(user, data, has=_includes(user))


def calendar_archive(user: AnyUser, data: QueryDict) -> tuple[Archive, list[int]]:
    """The same, with the years that the calendar has pages of."""
    asked = data.copy()
    for name, values in data.lists():  # a list to choose from sends "" where nothing is chosen
        asked.setlist(name, [value for value in values if value])
    return archive_with_years(user, asked, has=_includes(user))


def _includes(user: AnyUser) -> dict[str, tuple[str | Promise, Q]]:
    return {"report": (_("A document"), Q(pk__in=activities_with_documents(user)))}


def refused(found: Archive) -> HttpResponse:
    """The answer to a program whose filters make no sense: an unfiltered list would mislead it."""
    lines = [f"{label}: {text}" for label, text in found.filter.messages]
    return HttpResponse("\n".join([*lines, ""]), status=422, content_type="text/plain; charset=utf-8")
