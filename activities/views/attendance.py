"""Attendance at the desk and of a focal point's own delegation: at the door one press a person, afterwards as a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activities.enums import AttendanceStatus
from activities.forms_attendance import AttendanceListForm
from activities.models import Activity, Attendance, Delegate
from activities.permissions import get_activity_at_desk, get_invitation_for
from activities.selectors_attendance import CAME, RANK, Line, Place, chosen_place, lines_at, places_of
from activities.selectors_attendance_import import Reading, read_attendance
from activities.selectors_delegations import attends_on, days_of
from activities.services import attendance as service
from activities.services.nominations import local_day
from activities.services.papers import BADGE
from members.errors import Conflict, DomainError
from members.permissions import has_permission, require_desk
from members.roles import Permission
from members.signing import TokenError, read_token
from members.views.shared import me
from members.words import clean_words

BADGE_HOLDS = timedelta(days=730)
_DOOR = (AttendanceStatus.PRESENT, AttendanceStatus.REMOTE, AttendanceStatus.EXCUSED, AttendanceStatus.ABSENT)


@dataclass(frozen=True)
class Sheet:
    """Whose attendance a page is about, where it stands and who may change it."""

    activity: Activity
    delegates: QuerySet[Delegate]
    address: str
    is_desk: bool

    @property
    def closed(self) -> str:
        """Why nothing can be recorded; "" where it can."""
        try:
            service.check_begun(self.activity)
        except DomainError as error:
            return error.message
        return ""


def desk_sheet(request: HttpRequest, reference: str) -> Sheet:
    activity = get_activity_at_desk(request.user, reference)
    delegates = Delegate.objects.visible_to(request.user).filter(activity=activity, withdrawn_at__isnull=True)
    return Sheet(activity, delegates, reverse("activities:activity_attendance", args=[reference]), is_desk=True)


@require_http_methods(["GET", "HEAD", "POST"])
def activity_attendance(request: HttpRequest, reference: str) -> HttpResponse:
    """Who was there. `?place=` a day or session, `?q=` words of a name, `?as=table` all at once; the desk sees every delegation."""
    sheet = desk_sheet(request, reference)
    if request.method == "POST":
        return _save_table(request, sheet)
    return _page(request, sheet, as_table=request.GET.get("as") == "table")


@require_http_methods(["GET", "HEAD", "POST"])
def delegation_attendance(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The focal point records who of its own delegation was there."""
    invitation = get_invitation_for(request.user, slug, pk)
    if not has_permission(request.user, Permission.NOMINATE, participant=invitation.participant):
        raise Http404
    own = Delegate.objects.visible_to(request.user).filter(
        activity=invitation.activity, participant=invitation.participant, withdrawn_at__isnull=True
    )
    sheet = Sheet(invitation.activity, own, reverse("activities:delegation_attendance", args=[slug, pk]), is_desk=False)
    if request.method == "POST":
        return _save_table(request, sheet)
    return _page(request, sheet, as_table=True)


def _page(request: HttpRequest, sheet: Sheet, *, as_table: bool, status: int = 200, **more: Any) -> HttpResponse:
    places = places_of(sheet.activity)
    asked = request.POST if request.method == "POST" else request.GET
    place = chosen_place(places, asked.get("place", ""), local_day(sheet.activity))
    words = clean_words(request.GET.get("q", ""), most=100)
    lines = lines_at(sheet.delegates, place, words, days=days_of(sheet.activity)) if place else []
    person = request.GET.get("person", "")
    shown = [line for line in lines if str(line.delegate.pk) == person] if person else lines
    context = {
        "sheet": sheet,
        "activity": sheet.activity,
        "places": places,
        "place": place,
        "lines": shown,
        "groups": [[line for line in shown if line.expected], [line for line in shown if not line.expected]],
        "person": person,
        "words": words,
        "came": sum(line.mark is not None and line.mark.status in CAME for line in lines),
        "unrecorded": sum(line.mark is None and line.expected for line in lines),
        "total": sum(line.mark is not None or line.expected for line in lines),
        "statuses": AttendanceStatus.choices,
        "door": [(status.value, status.label) for status in _DOOR],
        "closed": sheet.closed,
        "fixed": set() if sheet.is_desk else {how for how, rank in RANK.items() if rank > RANK["focal-point"]},
        "undo": _undo_of(request, lines),
        "walk_in_query": urlencode({"place": place.key, "q": words}) if place else "",
        "query": urlencode({name: value for name, value in (("q", words), ("person", person)) if value}),
        **more,
    }
    name = "table" if as_table else "door"
    return render(request, f"activities/attendance_{name}.html", context, status=status)


def _undo_of(request: HttpRequest, lines: list[Line]) -> Line | None:
    """The line that was pressed last, whose press can be taken back."""
    return next((line for line in lines if str(line.delegate.pk) == request.GET.get("pressed", "")), None)


def _save_table(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """Save the marks of a sheet, each row by itself; rows that somebody changed meanwhile are shown with both words."""
    places = places_of(sheet.activity)
    place = chosen_place(places, request.POST.get("place", ""), local_day(sheet.activity))
    keys = list(sheet.delegates.order_by("pk").values_list("pk", flat=True))
    marks = _typed(request.POST, keys, places)
    if request.POST.get("all"):
        named = [row for row in places if row.key == request.POST.get("place")]
        _fill_present(sheet, marks, keys, named or [row for row in places if row.session is None])
    try:
        result = service.record_sheet(activity=sheet.activity, marks=marks, seen=_seen(request.POST, marks), by=me(request))
    except DomainError as error:
        return _page(request, sheet, as_table=True, status=422, error=error.message, typed=_by_key(marks))
    if result.conflicts:
        conflicts = {key: _words(marks[key, where]) for key, where in result.conflicts}
        return _page(request, sheet, as_table=True, status=409, conflicts=conflicts, changed=result.changed)
    said = ngettext("%(number)d record changed.", "%(number)d records changed.", result.changed)
    messages.success(request, said % {"number": result.changed})
    return redirect(f"{sheet.address}?{urlencode(_kept(request, place))}")


def _fill_present(sheet: Sheet, marks: dict[service.Mark, str], keys: list[int], places: list[Place]) -> None:
    """Everybody of whom nothing is recorded or typed was present, at these places as far as their days have begun.

    Not who was to come on other days: of them somebody has to say it.
    """
    known = {
        (mark.delegate_id, mark.session or mark.day)
        for mark in Attendance.objects.filter(delegate__in=keys).select_related("session")
    }
    days, said = days_of(sheet.activity), {row.pk: row.nomination for row in sheet.delegates.select_related("nomination")}
    for place in places:
        where = place.session or place.day
        for key in keys if place.day <= local_day(sheet.activity) else ():
            if (key, where) not in known and not marks.get((key, where)) and attends_on(said.get(key), place.day, days):
                marks[key, where] = AttendanceStatus.PRESENT.value


def _words(status: str) -> str:
    return str(AttendanceStatus(status).label if status else _("Not recorded"))


def _kept(request: HttpRequest, place: Place | None) -> dict[str, str]:
    kept = {"place": place.key} if place else {}
    return kept | ({"as": "table"} if request.POST.get("as") == "table" else {})


def _field(key: int, place: Place) -> str:
    return f"d{key}-{place.key}"


def _typed(data: QueryDict, keys: list[int], places: list[Place]) -> dict[service.Mark, str]:
    """Marks of the fields that were sent; a field that was not sent leaves its record as it is."""
    return {
        (key, place.session or place.day): data.get(_field(key, place), "")
        for key in keys
        for place in places
        if _field(key, place) in data
    }


def _seen(data: QueryDict, marks: dict[service.Mark, str]) -> dict[service.Mark, int]:
    """The versions that the sheet was filled in over, where it says them."""
    found = {}
    for key, where in marks:
        name = f"v{key}-{Place(service.day_of(where), None if isinstance(where, date) else where).key}"
        value = data.get(name, "")
        if value.isascii() and value.isdigit() and len(value) < 10:  # noqa: PLR2004 - fits the column
            found[key, where] = int(value)
    return found


def _by_key(marks: dict[service.Mark, str]) -> dict[int, str]:
    return {key: status for (key, _where), status in marks.items()}


@require_POST
def attendance_mark(request: HttpRequest, reference: str) -> HttpResponse:
    """One press at the door. The page comes back to the same person, with a way to take the press back."""
    sheet = desk_sheet(request, reference)
    place = next((row for row in places_of(sheet.activity) if row.key == request.POST.get("place", "")), None)
    delegate = delegate_asked(request, sheet)
    if place is None:
        messages.error(request, _("This sheet does not fit the activity any more. Reload the page."))
        return redirect(sheet.address)
    where, status = place.session or place.day, request.POST.get("mark", "")
    seen = _seen(_versioned(request, delegate, place), {(delegate.pk, where): status})
    try:
        if status not in AttendanceStatus.values:
            raise DomainError(_("Choose one of the four answers."))
        result = service.record_sheet(
            activity=sheet.activity, marks={(delegate.pk, where): status}, seen=seen, by=me(request), is_pressed=True
        )
    except DomainError as error:
        messages.error(request, error.message)
    else:
        if result.conflicts:
            said = _("Somebody recorded this person just now. Look at what stands here, and press again to change it.")
            messages.error(request, said)
    return _back(request, sheet, place, delegate, pressed=True)


def _versioned(request: HttpRequest, delegate: Delegate, place: Place) -> QueryDict:
    data = QueryDict(mutable=True)
    data[f"v{delegate.pk}-{place.key}"] = request.POST.get("version", "")
    return data


def delegate_asked(request: HttpRequest, sheet: Sheet) -> Delegate:
    key = request.POST.get("delegate", "")
    if not (key.isascii() and key.isdigit() and len(key) < 19):  # noqa: PLR2004 - fits a key of the database
        raise Http404
    return get_object_or_404(sheet.delegates, pk=int(key))


def _back(request: HttpRequest, sheet: Sheet, place: Place, delegate: Delegate, *, pressed: bool) -> HttpResponseRedirect:
    """To the same list, at the same person."""
    kept = {"place": place.key, "q": clean_words(request.POST.get("q", ""), most=100)}
    kept["person"] = str(delegate.pk) if request.POST.get("person") == str(delegate.pk) else ""
    kept["pressed"] = str(delegate.pk) if pressed else ""
    query = urlencode({name: value for name, value in kept.items() if value})
    return redirect(f"{sheet.address}?{query}#d{delegate.pk}")


@require_POST
def attendance_undo(request: HttpRequest, reference: str) -> HttpResponse:
    """Take one's own last press back."""
    sheet = desk_sheet(request, reference)
    place = next((row for row in places_of(sheet.activity) if row.key == request.POST.get("place", "")), None)
    delegate = delegate_asked(request, sheet)
    if place is None:
        raise Http404
    version = request.POST.get("version", "")
    expected = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else -1  # noqa: PLR2004
    try:
        service.undo_attendance(delegate=delegate, place=place, expected_version=expected, by=me(request))
    except (DomainError, Conflict) as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Taken back."))
    return _back(request, sheet, place, delegate, pressed=False)


@login_not_required
@never_cache
@require_safe
def badge(request: HttpRequest, token: str) -> HttpResponse:
    """What the square on a badge opens: that delegate's row, for signed-in staff; for anybody else there is nothing here."""
    require_desk(request.user)
    try:
        key = read_token(BADGE, token, max_age=BADGE_HOLDS)
    except TokenError as error:
        raise Http404 from error
    delegate = get_object_or_404(Delegate.objects.select_related("activity"), pk=key, withdrawn_at__isnull=True)
    address = reverse("activities:activity_attendance", args=[delegate.activity.reference])
    return redirect(f"{address}?person={delegate.pk}")


@require_http_methods(["GET", "HEAD", "POST"])
def attendance_import(request: HttpRequest, reference: str) -> HttpResponse:
    """A list typed elsewhere: looked at cell by cell, and nothing recorded before it is confirmed."""
    sheet = desk_sheet(request, reference)
    form = AttendanceListForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    context: dict[str, Any] = {"sheet": sheet, "activity": sheet.activity, "form": form, "closed": sheet.closed}
    if request.method != "POST":
        return render(request, "activities/attendance_import.html", context)
    if not form.is_valid():
        return render(request, "activities/attendance_import.html", context, status=422)
    reading = read_attendance(sheet.activity, form.sheet)
    again = AttendanceListForm(initial={"text": form.as_text()})
    context |= {"form": again, "reading": reading, "text": form.as_text()}
    if reading.error:
        again = AttendanceListForm({"text": form.as_text()})
        again.add_error("text", reading.error)
        return render(request, "activities/attendance_import.html", context | {"form": again, "reading": None}, status=422)
    if "confirm" not in request.POST:
        return render(request, "activities/attendance_import.html", context)
    return _confirm(request, sheet, reading, context)


def _confirm(request: HttpRequest, sheet: Sheet, reading: Reading, context: dict[str, Any]) -> HttpResponse:
    if request.POST.get("digest") != reading.digest:
        said = _("Attendance or the list changed since you saw these numbers. Look at them again.")
        return render(request, "activities/attendance_import.html", context | {"error": said}, status=409)
    try:
        result = service.record_sheet(
            activity=sheet.activity, marks=reading.marks, seen=reading.seen, by=me(request), is_import=True
        )
    except DomainError as error:
        return render(request, "activities/attendance_import.html", context | {"error": error.message}, status=422)
    said = ngettext("%(number)d record imported.", "%(number)d records imported.", result.changed)
    messages.success(request, said % {"number": result.changed})
    return redirect(f"{sheet.address}?as=table")
