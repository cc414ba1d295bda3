"""The one sheet that an activity is recorded on: save it, keep what is not saved yet, copy an earlier one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from activities.enums import ActivityStatus
from activities.forms import ActivityForm
from activities.forms_recording import COUNTS, PREFIX, PartForm, PartSheet, Task, parts_initial, tasks_of
from activities.models import Activity, ActivityDraft
from activities.permissions import get_activity_at_desk
from activities.selectors_content import programme_of
from activities.services import activities as service
from activities.services import drafts
from members.errors import Conflict, DomainError
from members.permissions import require_desk
from members.views.shared import differences, me, show_error

# What a copy begins without: it belongs to the one meeting and not to its successor.
NOT_COPIED = {
    **dict.fromkeys(("start", "end", "outcome", "public_note", "source_says", "practical_en", "practical_id"), ""),
    **dict.fromkeys(("starts_at", "ends_at", "reply_by", "version", *COUNTS)),
    "date_unknown": False,
}
_OF_PARTS = re.compile(rf"{PREFIX}-(?:\d{{1,3}}-(?:{'|'.join(PartForm.base_fields)})|TOTAL_FORMS|INITIAL_FORMS)")
_REVISION = "draft_revision"


@dataclass
class Sheet:
    """The form of an activity with its programme, as one thing; `restored` where it shows kept text."""

    form: Any
    parts: Any
    activity: Activity | None = None
    copied: str = ""
    restored: ActivityDraft | None = None
    differing: list[tuple[Any, str, str]] | None = None  # after a conflict

    def is_valid(self) -> bool:
        """Whether both make sense, each day of the programme among the activity's days."""
        good = self.form.is_valid()
        if not self.parts.is_bound:
            return bool(good)
        if self.parts.is_valid() and good:
            self.parts.check_days(*self.form.days)
        return bool(good and not self.parts.has_errors)

    @property
    def forms(self) -> list[Any]:
        """All forms of the sheet, for the summary of what is wrong."""
        return [self.form, *self.parts.forms]

    @property
    def tasks(self) -> list[tuple[Task, list[Any]]]:
        """Each section with its state and its fields."""
        values = {name: self.form[name].value() for name in self.form.fields}
        values["parts"] = any(form.says_something for form in self.parts.forms)
        wrong = set(self.form.errors) | ({"parts"} if self.parts.is_bound and self.parts.has_errors else set())
        is_held = self.activity is not None and self.activity.status == ActivityStatus.HELD
        tasks = tasks_of(values, wrong=wrong, is_held=is_held)
        return [(task, [self.form[name] for name in task.section.fields]) for task in tasks]


@require_http_methods(["GET", "HEAD", "POST"])
def activity_new(request: HttpRequest) -> HttpResponse:
    """Record an activity, from nothing or from a copy of an earlier one (`?copy=`)."""
    require_desk(request.user)
    initial: dict[str, Any] = {}
    if copied := request.GET.get("copy", ""):
        initial = ActivityForm.initial_of(get_activity_at_desk(request.user, copied)) | NOT_COPIED
    sheet = _sheet(request, None, initial, [])
    sheet.copied = copied
    if request.method == "POST" and "add_part" not in request.POST and sheet.is_valid():
        try:
            activity = service.record_activity(content=_content(sheet), by=me(request))
        except (DomainError, ValidationError) as error:
            show_error(sheet.form, error)
        else:
            messages.success(request, _("%(reference)s is saved as a draft.") % {"reference": activity.reference})
            return redirect("activities:desk_activity", activity.reference)
    return _show(request, sheet)


@require_http_methods(["GET", "HEAD", "POST"])
def activity_edit(request: HttpRequest, reference: str) -> HttpResponse:
    """Edit; when somebody else was faster, both texts are shown and nothing is overwritten unseen."""
    activity = get_activity_at_desk(request.user, reference)
    sheet = _sheet(request, activity, ActivityForm.initial_of(activity), parts_initial(programme_of(activity)))
    if request.method == "POST" and "add_part" not in request.POST and sheet.is_valid():
        expected = sheet.form.cleaned_data["version"] or 0
        try:
            service.edit_activity(activity=activity, content=_content(sheet), expected_version=expected, by=me(request))
        except Conflict as conflict:
            return _conflict(request, conflict.current, sheet)
        except (DomainError, ValidationError) as error:
            show_error(sheet.form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("activities:desk_activity", reference)
    return _show(request, sheet)


@require_POST
def activity_new_draft(request: HttpRequest) -> HttpResponse:
    """Keep, or throw away, what is typed of an activity that is not recorded yet."""
    require_desk(request.user)
    return _draft(request, None, reverse("activities:activity_new"))


@require_POST
def activity_draft(request: HttpRequest, reference: str) -> HttpResponse:
    """Keep, or throw away, what is typed and not saved; the activity itself is not touched."""
    activity = get_activity_at_desk(request.user, reference)
    return _draft(request, activity, reverse("activities:activity_edit", args=[reference]))


def _draft(request: HttpRequest, activity: Activity | None, back: str) -> HttpResponse:
    if "discard" in request.POST:
        drafts.forget_draft(activity=activity, by=me(request))
        messages.success(request, _("Your unsaved text is thrown away."))
        return redirect(back)
    fields = {
        name: [value.replace("\x00", "") for value in request.POST.getlist(name)] for name in request.POST if _is_ours(name)
    }
    error: DomainError | None = None
    draft = None
    try:
        draft = drafts.save_draft(
            activity=activity,
            fields=fields,
            base_version=_number(request.POST.get("version", "")),
            revision=_number(request.POST.get(_REVISION, "")),
            by=me(request),
        )
    except DomainError as problem:
        error = problem
    status = 409 if isinstance(error, Conflict) else 422 if error else 200
    if "HX-Request" in request.headers:
        context = {"draft": draft, "error": error.message if error else "", "revision": request.POST.get(_REVISION, "")}
        return render(request, "activities/_draft_state.html", context, status=status)
    if error is None:
        messages.success(request, _("Your text is kept. The record is not changed yet."))
        return redirect(f"{back}?draft=1")
    messages.error(request, error.message)
    return _show(request, _as_typed(request.POST, activity, {}), status=status)


def _is_ours(name: str) -> bool:
    return name in ActivityForm.base_fields or _OF_PARTS.fullmatch(name) is not None


def _number(text: str) -> int:
    longest = 9
    return int(text) if text.isdecimal() and len(text) <= longest else 0


def _sheet(request: HttpRequest, activity: Activity | None, initial: dict[str, Any], parts: list[dict[str, Any]]) -> Sheet:
    """The sheet as asked for: as sent, as kept, with a row more, or as the record has it."""
    if request.method == "POST":
        if "add_part" in request.POST:
            return _as_typed(request.POST, activity, initial)
        bound = PartSheet(request.POST, prefix=PREFIX, initial=parts)
        sent = f"{PREFIX}-TOTAL_FORMS" in request.POST
        return Sheet(ActivityForm(request.POST, initial=initial), bound if sent else _unbound(parts), activity)
    draft = drafts.own_draft(activity=activity, by=me(request)) if "draft" in request.GET else None
    if draft is not None:
        kept = QueryDict(mutable=True)
        for name, values in draft.fields.items():
            kept.setlist(name, values)
        sheet = _as_typed(kept, activity, initial)
        sheet.restored = draft
        return sheet
    return Sheet(ActivityForm(initial=initial), _unbound(parts), activity)


def _unbound(parts: list[dict[str, Any]]) -> Any:
    return PartSheet(prefix=PREFIX, initial=parts)


def _as_typed(data: QueryDict, activity: Activity | None, initial: dict[str, Any]) -> Sheet:
    """What was typed, unchecked, with one empty row at the end of the programme."""
    bound, form = ActivityForm(data, initial=initial), ActivityForm(initial=initial)
    form.initial = {name: bound[name].value() for name in bound.fields}
    rows = [
        {name: row[name].value() for name in row.fields} for row in PartSheet(data, prefix=PREFIX).forms if row.says_something
    ]
    return Sheet(form, _unbound(rows), activity)


def _content(sheet: Sheet) -> Any:
    return sheet.form.content(sheet.parts.parts if sheet.parts.is_bound else None)


def _conflict(request: HttpRequest, current: Activity, mine: Sheet) -> HttpResponse:
    """My text once more, on the version that is saved, with all that differs from it."""
    theirs = ActivityForm(initial=ActivityForm.initial_of(current))
    rows = differences(mine.form, theirs, skip="version")
    if mine.parts.is_bound:
        saved = _lines(_unbound(parts_initial(programme_of(current))))
        if saved != (typed := _lines(mine.parts)):
            rows.append((_("Programme"), typed, saved))
    data = request.POST.copy()
    data["version"] = str(current.version)
    sheet = _as_typed(data, current, ActivityForm.initial_of(current))
    sheet.differing = rows
    return _show(request, sheet, status=409)


def _lines(parts: Any) -> str:
    """A programme as a person reads it, one part a line."""
    names = ("day", "starts_at", "ends_at", "title", "chairs")
    shown = [row for row in parts.forms if row.says_something and not row["remove"].value()]
    return "\n".join(
        ", ".join(str(row[name].value()).removesuffix(":00") for name in names if row[name].value()) for row in shown
    )


def _new_address(copied: str) -> str:
    query = f"?{urlencode({'copy': copied})}" if copied else ""
    return f"{reverse('activities:activity_new')}{query}"


def _show(request: HttpRequest, sheet: Sheet, *, status: int = 0) -> HttpResponse:
    is_wrong = bool(sheet.form.errors) or (sheet.parts.is_bound and sheet.parts.has_errors)
    kept = sheet.restored or drafts.own_draft(activity=sheet.activity, by=me(request))
    reference = sheet.activity.reference if sheet.activity else ""
    context = {
        "sheet": sheet,
        "form": sheet.form,
        "parts": sheet.parts,
        "activity": sheet.activity,
        "copied": sheet.copied,
        "kept": kept,
        "restored": sheet.restored,
        "rows": sheet.differing,
        "revision": kept.revision if kept and (sheet.restored or request.method == "POST") else 0,
        "is_wrong": is_wrong,
        "outdated": bool(sheet.restored and sheet.activity and sheet.restored.base_version != sheet.activity.version),
        "save_address": reverse("activities:activity_edit", args=[reference])
        if reference
        else reverse("activities:activity_new"),
        "draft_address": (
            reverse("activities:activity_draft", args=[reference]) if reference else reverse("activities:activity_new_draft")
        ),
    }
    return render(request, "activities/activity_form.html", context, status=status or (422 if is_wrong else 200))
