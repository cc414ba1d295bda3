"""The archive's filters, with the one that asks about documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext_lazy as _

from activities.selectors import Archive, archive
from reports.selectors import activities_with_documents

if TYPE_CHECKING:
    from members.models import AnyUser


def archive_for(user: AnyUser, data: QueryDict) -> Archive:
    """The archive under the filters of `data`, those that ask about documents among them."""
    return archive(user, data, has={"report": (_("A document"), Q(pk__in=activities_with_documents(user)))})


def refused(found: Archive) -> HttpResponse:
    """The answer to a program whose filters make no sense: an unfiltered list would mislead it."""
    lines = [f"{label}: {text}" for label, text in found.filter.messages]
    return HttpResponse("\n".join([*lines, ""]), status=422, content_type="text/plain; charset=utf-8")
