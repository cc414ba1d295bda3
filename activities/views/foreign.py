"""The register of others' activities at the desk: lists with a preview, and entries by hand [32]."""

from __future__ import annotations

from collections import Counter

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activities.forms_foreign import ForeignActivityForm, ForeignListForm
from activities.models import ForeignActivity, ForeignList
from activities.selectors_foreign import COLUMNS, NEW, OUT, Known, assess_rows, foreign_activities, own_lists
from activities.services import foreign as service
from members.errors import Conflict, DomainError
from members.permissions import require_desk
from members.views.shared import differences, me, show_error
from members.words import clean_words

PAGE_SIZE = 50
SHOW = ("all", "problems")


@require_http_methods(["GET", "HEAD", "POST"])
def foreign_list(request: HttpRequest) -> HttpResponse:
    """The register, found by words (`?q=`); below, a list to upload and the person's lists of the last day."""
    require_desk(request.user)
    form = ForeignListForm(request.POST, request.FILES) if request.method == "POST" else ForeignListForm()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = service.start_list(sheet=form.sheet, filename=file.name if file else "", by=me(request))
        except DomainError as error:
            form.add_error("file" if file else "text", error.message)
        else:
            return redirect("activities:foreign_preview", made.pk)
    words = clean_words(request.GET.get("q", ""), most=100)
    page = Paginator(foreign_activities(request.user, words), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "words": words, "lists": own_lists(request.user)}
    return render(request, "activities/foreign_list.html", context, status=422 if form.errors else 200)


def _list(request: HttpRequest, pk: int) -> ForeignList:
    """A person's own list of the last day. Raises Http404 for everybody else."""
    require_desk(request.user)
    return get_object_or_404(ForeignList.objects.visible_to(request.user), pk=pk)


@require_safe
def foreign_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What each row would add, with what is wrong at which cell; nothing is saved before Confirm."""
    return _preview(request, _list(request, pk))


def _preview(request: HttpRequest, found: ForeignList, *, problem: str = "", status: int = 200) -> HttpResponse:
    rows = assess_rows(found.rows, Known()) if not found.confirmed_at else []
    counts = Counter(row.outcome for row in rows)
    show = request.GET.get("show", "all") if request.GET.get("show") in SHOW else "all"
    shown = [row for row in rows if row.outcome == OUT] if show == "problems" else rows
    context = {
        "list": found,
        "counts": {"all": len(rows), "new": counts[NEW], "out": counts[OUT], "known": len(rows) - counts[NEW] - counts[OUT]},
        "page": Paginator(shown, PAGE_SIZE).get_page(request.GET.get("page")),
        "headings": [label for label, _longest, _words in COLUMNS.values()],
        "show": show,
        "problem": problem,
    }
    return render(request, "activities/foreign_preview.html", context, status=status)


@require_POST
def foreign_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Add the good rows, all or none; a second press changes nothing."""
    found = _list(request, pk)
    try:
        done = service.confirm_list(foreign_list=found, by=me(request))
    except DomainError as error:
        return _preview(request, found, problem=error.message, status=422)
    said = ngettext("%(number)d activity is added.", "%(number)d activities are added.", done.added)
    messages.success(request, said % {"number": done.added})
    return redirect("activities:foreign_list")


@require_POST
def foreign_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a list without adding anything."""
    found = _list(request, pk)
    try:
        service.discard_list(foreign_list=found, by=me(request))
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The list is forgotten. Nothing was added."))
    return redirect("activities:foreign_list")


@require_http_methods(["GET", "HEAD", "POST"])
def foreign_new(request: HttpRequest) -> HttpResponse:
    """Enter one activity by hand."""
    require_desk(request.user)
    return _edit(request, ForeignActivity())


@require_http_methods(["GET", "HEAD", "POST"])
def foreign_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit one activity; when somebody else was faster both texts are shown."""
    require_desk(request.user)
    return _edit(request, get_object_or_404(ForeignActivity.objects.visible_to(request.user), pk=pk))


def _edit(request: HttpRequest, record: ForeignActivity) -> HttpResponse:
    is_new = record.pk is None
    initial = {} if is_new else ForeignActivityForm.initial_of(record)
    form = ForeignActivityForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            service.save_foreign(
                record=record,
                values=form.values(),
                topics=data["topics"],
                portfolios=data["portfolios"],
                expected_version=None if is_new else data["version"] or 0,
                by=me(request),
            )
        except Conflict as conflict:
            return _conflict(request, form, conflict.current)
        except (DomainError, ValidationError) as error:
            show_error(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("activities:foreign_list")
    context = {"form": form, "record": None if is_new else record}
    return render(request, "activities/foreign_form.html", context, status=422 if form.errors else 200)


def _conflict(request: HttpRequest, form: ForeignActivityForm, current: ForeignActivity) -> HttpResponse:
    initial = ForeignActivityForm.initial_of(current)
    mine = request.POST.copy()
    mine["version"] = str(current.version)
    context = {
        "form": ForeignActivityForm(mine, initial=initial),
        "rows": differences(form, ForeignActivityForm(initial=initial), skip="version"),
        "back": reverse("activities:foreign_list"),
        "title": current.title,
    }
    return render(request, "members/directory_conflict.html", context, status=409)
