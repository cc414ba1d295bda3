"""The history at the desk: all changes, and those of one record."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from baliportal.forms_history import HistoryForm
from baliportal.history import BY_KIND, KINDS
from members.models import AnyUser
from members.permissions import require_desk
from members.selectors_history import Asked, HistoryPage, history_page, parse_place, people_of_history
from members.selectors_history_fields import details
from members.tracked import Tracked

_LONGEST_NUMBER = 19  # digits of the largest primary key


@require_safe
def history_list(request: HttpRequest) -> HttpResponse:
    """Every change of every record that the reader may see, the latest first."""
    require_desk(request.user)
    people = people_of_history()
    form = HistoryForm(request.GET, user=request.user, people=people)
    page = history_page(KINDS, form.asked(), request.user, people) if form.is_valid() else HistoryPage()
    query = request.GET.copy()
    query.pop("after", None)
    context = {
        "form": form,
        "page": page,
        "query": query,
        "narrowed": any(query.get(name) for name in form.fields),
        "on_later_page": bool(request.GET.get("after")),
    }
    return render(request, "portal/history_list.html", context, status=200 if form.is_valid() else 422)


@require_safe
def history_record(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """What changed in one record: fields old and new, who, when and why. A removed record keeps its history."""
    require_desk(request.user)
    tracked = BY_KIND.get(kind)
    if tracked is None or not tracked.is_read_by(request.user) or "\x00" in key:
        raise Http404
    pk, label = _find(tracked, key, request.user)
    people = people_of_history()
    page = history_page(KINDS, Asked(of=frozenset({(kind, pk)}), after=_place(request)), request.user, people)
    context = {
        "tracked": tracked,
        "label": label,
        "key": key,
        "page": page,
        "changes": details(page.entries, KINDS, request.user, people),
        "record_page": tracked.page_of(key) if label else "",
        "on_later_page": bool(request.GET.get("after")),
    }
    return render(request, "portal/history_record.html", context)


def _place(request: HttpRequest) -> Any:
    given = request.GET.get("after", "")
    try:
        return parse_place(given) if given else None
    except (ValueError, OverflowError) as error:
        raise Http404 from error


def _find(tracked: Tracked, key: str, user: AnyUser) -> tuple[int, str]:
    """Primary key and label of the record behind `key`; of a removed one the label is empty. Raises Http404."""
    as_number = int(key) if key.isascii() and key.isdigit() and len(key) < _LONGEST_NUMBER else None
    if tracked.key != "pk" or as_number is not None:
        rows = tracked.rows(user).filter(**{tracked.key: key if tracked.key != "pk" else as_number})
        if row := rows.annotate(h_label=tracked.label).values_list("pk", "h_label").first():
            return row  # type: ignore[no-any-return] # the two columns asked for
    removed = Q() if tracked.key == "pk" else Q(**{tracked.key: key})
    if as_number is not None:  # lists lead to what was taken away by its number
        removed = Q(id=as_number) if tracked.key == "pk" else removed | Q(id=as_number)
    elif tracked.key == "pk":
        raise Http404
    gone = tracked.events(user).filter(removed, pgh_label="delete").order_by("-pgh_id").values_list("id", flat=True).first()
    if gone is None:
        raise Http404
    return gone, ""
