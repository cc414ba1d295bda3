"""Two entries of one person at the desk: found, compared, made one, and taken apart again."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.errors import Conflict, DomainError
from members.forms_import import MergeForm
from members.models import MergeRecord, Official, User
from members.permissions import require_desk
from members.selectors_duplicates import likely_duplicates
from members.selectors_merging import clashes, merges, moving, open_merge_of, others_of
from members.services.merging import merge_officials, unmerge_officials, what_stays
from members.words import clean_words

PAGE_SIZE, MOST_FOUND, MOST_MERGES = 50, 20, 20


@require_safe
def duplicate_list(request: HttpRequest) -> HttpResponse:
    """Entries of one participant that may be one person, and the merges of late."""
    require_desk(request.user)
    page = Paginator(likely_duplicates(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "merges": merges(request.user)[:MOST_MERGES]}
    return render(request, "members/duplicate_list.html", context)


def _official(request: HttpRequest, pk: int) -> Official:
    rows = Official.objects.visible_to(request.user).select_related("participant", "ministry", "user")
    return get_object_or_404(rows, pk=pk)


def _key(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0  # noqa: PLR2004 - fits a key


@require_http_methods(["GET", "HEAD", "POST"])
def official_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the other entry, compare both, choose what stays."""
    require_desk(request.user)
    kept = _official(request, pk)
    if gone := open_merge_of(kept):
        return redirect("members:merge_detail", gone.pk)
    query = request.POST if request.method == "POST" else request.GET
    if "with" not in query:
        return _choose(request, kept, status=422 if request.method == "POST" else 200)
    other = get_object_or_404(others_of(kept, "", request.user).select_related("user", "ministry"), pk=_key(query["with"]))
    if request.method != "POST":
        return _compare(request, kept, other, MergeForm(kept=kept, other=other))
    return _merge(request, kept, other)


def _merge(request: HttpRequest, kept: Official, other: Official) -> HttpResponse:
    form = MergeForm(request.POST, kept=kept, other=other)
    if not form.is_valid():
        return _compare(request, kept, other, form, 422)
    try:
        record = merge_officials(
            kept=kept,
            other=other,
            choices=form.choices(),
            expected_version=form.cleaned_data["version"],
            expected_other=form.cleaned_data["other_version"],
            by=cast("User", request.user),
        )
    except Conflict as conflict:
        messages.error(request, conflict.message)
        again = MergeForm(kept=_official(request, kept.pk), other=_official(request, other.pk))
        return _compare(request, kept, other, again, 409)
    except DomainError as error:
        form.add_error(None, error.message)
        return _compare(request, kept, other, form, 422)
    messages.success(request, _("The two entries are one now."))
    return redirect("members:merge_detail", record.pk)


def _choose(request: HttpRequest, kept: Official, status: int) -> HttpResponse:
    words = clean_words(request.GET.get("q", ""), most=100)
    suggested = [pair for pair in likely_duplicates(request.user) if kept.pk in {pair[0].pk, pair[1].pk}]
    context = {
        "kept": kept,
        "words": words,
        "suggested": [(two if one.pk == kept.pk else one, why) for one, two, why in suggested],
        "found": others_of(kept, words, request.user)[:MOST_FOUND] if words else [],
    }
    return render(request, "members/official_merge_choose.html", context, status=status)


def _compare(request: HttpRequest, kept: Official, other: Official, form: MergeForm, status: int = 200) -> HttpResponse:
    context = {
        "kept": kept,
        "other": other,
        "form": form,
        "clashes": clashes(kept, other),
        "moving": moving(other),
    }
    return render(request, "members/official_merge.html", context, status=status)


@require_safe
def merge_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One merge: what became one, what moved, and whether it can be undone."""
    require_desk(request.user)
    record = get_object_or_404(merges(request.user), pk=pk)
    context = {
        "record": record,
        "moved": sum(len(keys) for keys in record.moved.values()),
        "stays": what_stays(record) if record.undone_at is None else [],
    }
    return render(request, "members/merge_detail.html", context)


@require_POST
def merge_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take two entries apart again."""
    require_desk(request.user)
    record = get_object_or_404(MergeRecord.objects.visible_to(request.user), pk=pk)
    try:
        stays = unmerge_officials(record=record, by=cast("User", request.user))
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The two entries are apart again, as they were."))
        for said in stays:
            messages.warning(request, said)
    return redirect("members:merge_detail", pk)
