"""Importing contacts at the desk: paste or upload, preview, mend, confirm, undo."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.errors import Conflict, DomainError
from members.forms_import import ColumnsForm, ImportForm, NamesForm, RowForm, choices_of
from members.import_columns import FIELDS
from members.models import ImportBatch, Official, Participant, Portfolio, User
from members.permissions import require_desk
from members.selectors_assess import Assessment, Verdict, assess, is_ready
from members.selectors_import import Snapshot, own_batches, take_snapshot, topics_of
from members.services import imports as service
from members.services.imports_undo import undo_import

PAGE_SIZE = 50
SHOW = ("all", "problems", "duplicates")


def _me(request: HttpRequest) -> User:
    return cast("User", request.user)


def _batch(request: HttpRequest, pk: int) -> ImportBatch:
    """A person's own list. Raises Http404 for everybody else, and for a list older than a day."""
    require_desk(request.user)
    return get_object_or_404(ImportBatch.objects.visible_to(request.user).select_related("participant"), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def import_start(request: HttpRequest) -> HttpResponse:
    """Paste a list or choose a file; below, the lists of the last day."""
    require_desk(request.user)
    initial = {"participant": Participant.objects.filter(slug=request.GET.get("participant", "").replace("\x00", "")).first()}
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm(initial=initial)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            batch = service.start_import(
                sheet=form.sheet,
                filename=file.name if file else "",
                participant=form.cleaned_data["participant"],
                by=_me(request),
            )
        except DomainError as error:
            form.add_error("file" if file else "text", error.message)
        else:
            return redirect("members:import_preview", batch.pk)
    context = {"form": form, "batches": own_batches(request.user)}
    return render(request, "members/import_start.html", context, status=422 if form.errors else 200)


@require_safe
def import_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What each row would do, with its problems at its cells; after Confirm, what became of it."""
    batch = _batch(request, pk)
    return _result(request, batch) if batch.confirmed_at else _preview(request, batch)


def _preview(request: HttpRequest, batch: ImportBatch, *, status: int = 200, **forms: Any) -> HttpResponse:
    known = take_snapshot(request.user)
    result = assess(batch, known)
    query = request.POST if request.method == "POST" else request.GET
    show = query.get("show", "all") if query.get("show") in SHOW else "all"
    page = Paginator(_shown(result, show), PAGE_SIZE).get_page(query.get("page"))
    places = [(place, _heading(batch, place)) for place, key in enumerate(batch.columns) if key]
    columns = forms.get("columns") or ColumnsForm(batch=batch, topics=topics_of(request.user))
    context = {
        "batch": batch,
        "is_ready": is_ready(batch),
        "result": result,
        "counts": result.counts,
        "going_in": result.counts["new"] + result.counts["update"],
        "page": page,
        "rows": [_row_context(verdict, places) for verdict in page.object_list],
        "has_choices": any(verdict.matches for verdict in page.object_list),
        "headings": [heading for _place, heading in places],
        "width": len(places) + 2,
        "show": show,
        "columns": columns,
        "names": forms.get("names") or _names_form(request, batch, result, known),
        "problem": forms.get("problem", ""),
    }
    return render(request, "members/import_preview.html", context, status=status)


def _shown(result: Assessment, show: str) -> list[Verdict]:
    if show == "problems":
        return [verdict for verdict in result.verdicts if verdict.problems]
    if show == "duplicates":
        return [verdict for verdict in result.verdicts if verdict.matches]
    return result.verdicts


def _heading(batch: ImportBatch, place: int) -> str:
    key = batch.columns[place]
    return str(FIELDS[key].label) if key in FIELDS else batch.headings[place]


def _row_context(verdict: Verdict, places: list[tuple[int, str]]) -> dict[str, Any]:
    cells = [(heading, " ".join(verdict.cells[place].split()), verdict.problems.get(place, [])) for place, heading in places]
    elsewhere = [said for place, found in verdict.problems.items() if place not in {one for one, _h in places} for said in found]
    choices = [(value, label, value == verdict.choice) for value, label in choices_of(verdict)] if verdict.matches else []
    return {
        "verdict": verdict,
        "cells": cells,
        "elsewhere": elsewhere,
        "choices": choices,
        "why": service.why_left_out(verdict.why),
    }


def _names_form(request: HttpRequest, batch: ImportBatch, result: Assessment, known: Snapshot, data: Any = None) -> NamesForm:
    portfolios = list(Portfolio.objects.visible_to(request.user))
    return NamesForm(data, batch=batch, result=result, known=known, portfolios=portfolios)


def _to_preview(request: HttpRequest, batch: ImportBatch, line: int | None = None) -> HttpResponse:
    """Back to the part of the list where the person was."""
    show = request.POST.get("show") if request.POST.get("show") in SHOW else "all"
    number = request.POST.get("page", "1")
    number = number if number.isascii() and number.isdigit() and len(number) < 4 else "1"  # noqa: PLR2004 - 40 pages at most
    anchor = f"#row-{line}" if line is not None else ""
    return redirect(f"{reverse('members:import_preview', args=[batch.pk])}?show={show}&page={number}{anchor}")


@require_POST
def import_columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what each column holds."""
    batch = _batch(request, pk)
    form = ColumnsForm(request.POST, batch=batch, topics=topics_of(request.user))
    if form.is_valid():
        try:
            service.assign_columns(
                batch=batch,
                columns=form.columns(),
                participant=form.cleaned_data["participant"],
                names_places=form.cleaned_data["names_places"],
                by=_me(request),
            )
        except DomainError as error:
            field = f"column-{error.field}" if error.field.isdigit() else error.field
            form.add_error(field or None, error.message)
        else:
            messages.success(request, _("The columns are set."))
            return redirect("members:import_preview", batch.pk)
    return _preview(request, batch, status=422, columns=form)


@require_POST
def import_names(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what names mean that are not on record."""
    batch = _batch(request, pk)
    known = take_snapshot(request.user)
    form = _names_form(request, batch, assess(batch, known), known, request.POST)
    if not form.is_valid():
        return _preview(request, batch, status=422, names=form)
    return _do(request, batch, lambda: service.decide_names(batch=batch, decisions=form.decisions(), by=_me(request)))


@require_POST
def import_choices(request: HttpRequest, pk: int) -> HttpResponse:
    """Say of likely duplicates whether they are the same person."""
    batch = _batch(request, pk)
    choices = {
        int(name.removeprefix("choice-")): str(value)
        for name, value in request.POST.items()
        if name.startswith("choice-") and name[7:].isascii() and name[7:].isdigit() and len(name) < 16  # noqa: PLR2004
    }
    return _do(request, batch, lambda: service.choose(batch=batch, choices=choices, by=_me(request)))


def _do(request: HttpRequest, batch: ImportBatch, act: Any) -> HttpResponse:
    try:
        act()
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Saved."))
    return _to_preview(request, batch)


@require_http_methods(["GET", "HEAD", "POST"])
def import_row(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    """Mend one row. What is typed is kept, also while a problem stays."""
    batch = _batch(request, pk)
    if batch.confirmed_at:
        return redirect("members:import_preview", batch.pk)
    verdict = _verdict(request, batch, line)
    if request.method != "POST":
        return _row_page(request, batch, verdict, 200)
    form = RowForm(request.POST, batch=batch, verdict=verdict)
    if not form.is_valid():
        return _row_page(request, batch, verdict, 422, form)
    try:
        as_is = form.cleaned_data.get("as_is", False)
        service.edit_row(batch=batch, line=line, cells=form.cells(), as_is=as_is, by=_me(request))
        saved = service.choose(batch=batch, choices={line: form.cleaned_data["choice"]}, by=_me(request))
    except DomainError as error:
        form.add_error(None, error.message)
        return _row_page(request, batch, verdict, 422, form)
    again = _verdict(request, saved, line)
    if again.problems and again.choice != "out":
        return _row_page(request, saved, again, 422)
    messages.success(request, _("Row %(row)d is mended.") % {"row": line})
    return _to_preview(request, batch, line)


def _verdict(request: HttpRequest, batch: ImportBatch, line: int) -> Verdict:
    for verdict in assess(batch, take_snapshot(request.user)).verdicts:
        if verdict.line == line:
            return verdict
    raise Http404


def _row_page(
    request: HttpRequest, batch: ImportBatch, verdict: Verdict, status: int, form: RowForm | None = None
) -> HttpResponse:
    if form is None:
        stored = {f"cell-{place}": cell for place, cell in enumerate(verdict.cells)} | {"choice": verdict.choice}
        form = RowForm({**stored, **({"as_is": "on"} if verdict.as_is else {})}, batch=batch, verdict=verdict)
        form.full_clean()
        form.show_problems(verdict)
    query = request.POST if request.method == "POST" else request.GET
    context = {
        "batch": batch,
        "verdict": verdict,
        "form": form,
        "show": query.get("show") if query.get("show") in SHOW else "all",
        "number": query.get("page", "1")[:3],
        "participants": Participant.objects.visible_to(request.user).order_by("name"),
    }
    return render(request, "members/import_row.html", context, status=status)


@require_POST
def import_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Import what the preview said; pressed twice it does it once."""
    batch = _batch(request, pk)
    try:
        service.confirm_import(batch=batch, digest=request.POST.get("digest", ""), by=_me(request))
    except Conflict as conflict:
        return _preview(request, batch, status=409, problem=conflict.message)
    except DomainError as error:
        return _preview(request, batch, status=422, problem=error.message)
    return redirect("members:import_preview", batch.pk)


@require_POST
def import_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo an import, for ten minutes."""
    batch = _batch(request, pk)
    try:
        undo_import(batch=batch, by=_me(request))
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("members:import_preview", batch.pk)


@require_POST
def import_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a list without importing it."""
    batch = _batch(request, pk)
    try:
        service.discard_import(batch=batch, by=_me(request))
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("members:import_preview", batch.pk)
    messages.success(request, _("The list is forgotten. Nothing was imported."))
    return redirect("members:import_start")


def _result(request: HttpRequest, batch: ImportBatch) -> HttpResponse:
    """What an import made and changed, what it left out, and the button that undoes it."""
    changed = {change["pk"] for change in batch.made["changed"]}
    keys = [*batch.made["officials"], *changed, *(row[2] for row in batch.made["appointments"])]
    rows = Official.objects.visible_to(request.user).filter(pk__in=keys).select_related("participant")
    page = Paginator(rows.order_by("participant__name", "name", "pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    counts = batch.made["counts"]
    left_out = [{**row, "why": service.why_left_out(row["why"])} for row in batch.made["left_out"]]
    context = {
        "batch": batch,
        "page": page,
        "made": set(batch.made["officials"]),
        "said": ngettext("%(number)d new entry", "%(number)d new entries", counts["new"]) % {"number": counts["new"]},
        "counts": counts,
        "left_out": left_out,
        "places": len(batch.made["appointments"]),
        "ministries": len(batch.made["ministries"]),
        "stays": batch.made.get("stays", []),
    }
    return render(request, "members/import_result.html", context)
