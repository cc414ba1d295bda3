"""The directory at the desk: participants, ministries, offices, officials, standing, seats."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.as_of import as_of_form
from members.errors import Conflict, DomainError
from members.forms_directory import (
    DirectoryForm,
    MinistryForm,
    OfficeForm,
    OfficialForm,
    ParticipantForm,
    ParticipantNameForm,
    RenameForm,
    SeatForm,
    StandingForm,
)
from members.models import Body, Ministry, Office, Official, Participant, ParticipantName, Seat, StandingPeriod, User
from members.permissions import require_desk
from members.selectors_coverage import seats_without_holder
from members.selectors_directory import contacts_found, directory_of, open_remarks, participants_at_desk, seats_of
from members.selectors_merging import open_merge_of
from members.selectors_routing import routes_of
from members.services import directory as service
from members.views.shared import differing, show_error
from members.words import clean_words

PAGE_SIZE = 100


@dataclass(frozen=True)
class Kind:
    """A kind of row of the directory: its form, and the words of its pages."""

    model: type[models.Model]
    form: type[DirectoryForm]
    new: Any
    add: Callable[[Participant], models.Model] | None = None


KINDS: dict[str, Kind] = {
    "ministry": Kind(Ministry, MinistryForm, gettext_lazy("New ministry or agency"), lambda p: Ministry(participant=p)),
    "office": Kind(Office, OfficeForm, gettext_lazy("New office"), lambda p: Office(participant=p)),
    "official": Kind(Official, OfficialForm, gettext_lazy("New official"), lambda p: Official(participant=p)),
    "name": Kind(ParticipantName, ParticipantNameForm, gettext_lazy("Earlier name"), lambda p: ParticipantName(participant=p)),
    "standing": Kind(StandingPeriod, StandingForm, gettext_lazy("New standing"), lambda p: StandingPeriod(participant=p)),
}


def _words(request: HttpRequest) -> str:
    return clean_words(request.GET.get("q", ""), most=100)


@require_safe
def contact_list(request: HttpRequest) -> HttpResponse:
    """Participants with their focal points; with words, also officials, offices and ministries."""
    require_desk(request.user)
    words = _words(request)
    page = Paginator(participants_at_desk(request.user, words), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "words": words,
        "found": contacts_found(words, request.user) if words else {},
        "remarks": open_remarks(request.user),
        "empty_seats": seats_without_holder(),
        "bodies": Body.objects.visible_to(request.user),
    }
    return render(request, "members/contact_list.html", context)


@require_safe
def contact_participant(request: HttpRequest, slug: str) -> HttpResponse:
    """All that the desk keeps of one participant, and where a matter goes as of a day."""
    require_desk(request.user)
    participant = get_object_or_404(Participant.objects.visible_to(request.user).select_related("region"), slug=slug)
    form = as_of_form(request.GET)
    context = {
        "participant": participant,
        "directory": directory_of(participant, request.user),
        "form": form,
        "asked": form.day,
        "routes": routes_of(participant, day=form.day),
    }
    return render(request, "members/contact_participant.html", context, status=200 if form.is_valid() else 422)


@require_http_methods(["GET", "HEAD", "POST"])
def participant_new(request: HttpRequest) -> HttpResponse:
    """A new participating government or organisation."""
    require_desk(request.user)
    return edit_record(request, Participant(), ParticipantForm, str(_("New participant")), reverse("members:contact_list"))


@require_http_methods(["GET", "HEAD", "POST"])
def participant_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Names, codes and region of a participant; its address stays."""
    require_desk(request.user)
    participant = get_object_or_404(Participant.objects.visible_to(request.user), slug=slug)
    return edit_record(
        request, participant, ParticipantForm, str(participant), reverse("members:contact_participant", args=[slug])
    )


@require_http_methods(["GET", "HEAD", "POST"])
def record_new(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """A new ministry, office, official or standing of a participant."""
    require_desk(request.user)
    what = KINDS.get(kind)
    if what is None or what.add is None:
        raise Http404
    participant = get_object_or_404(Participant.objects.visible_to(request.user), slug=slug)
    return edit_record(
        request, what.add(participant), what.form, str(what.new), reverse("members:contact_participant", args=[slug])
    )


@require_http_methods(["GET", "HEAD", "POST"])
def record_edit(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Edit a row; when somebody else was faster both texts are shown."""
    record, back = _record(request, kind, pk)
    if isinstance(record, Official) and (gone := open_merge_of(record)):
        return redirect("members:merge_detail", gone.pk)  # edited where it went
    return edit_record(request, record, KINDS[kind].form, str(record), back, kind=kind)


@require_POST
def record_remove(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Take away what was entered by mistake."""
    record, back = _record(request, kind, pk)
    name = str(record)
    try:
        service.remove_record(record=record, by=cast("User", request.user))
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("members:record_edit", kind, pk)
    messages.success(request, _("%(name)s is taken away.") % {"name": name})
    return redirect(back)


def _record(request: HttpRequest, kind: str, pk: int) -> tuple[Any, str]:
    require_desk(request.user)
    what = KINDS.get(kind)
    if what is None:
        raise Http404
    rows: Any = what.model._default_manager
    record = get_object_or_404(rows.visible_to(request.user).select_related("participant"), pk=pk)
    if record.participant is None:
        return record, reverse("members:contact_list")
    return record, reverse("members:contact_participant", args=[record.participant.slug])


def edit_record(  # noqa: PLR0913 - what the one page needs
    request: HttpRequest, record: Any, form_class: type[DirectoryForm], title: str, back: str, *, kind: str = ""
) -> HttpResponse:
    is_new = record.pk is None
    form = form_class(request.POST if request.method == "POST" else None, instance=record)
    if request.method == "POST" and form.is_valid():
        if isinstance(record, Participant) and is_new:
            record.slug = slugify(record.name)[:80]
        expected = None if is_new or not hasattr(record, "version") else form.cleaned_data["expected_version"] or 0
        try:
            saved = service.save_record(
                record=form.instance, by=cast("User", request.user), expected_version=expected, links=form.chosen_links()
            )
        except Conflict as conflict:
            return conflict_page(request, form, form_class, conflict.current, back)
        except DomainError as error:
            show_error(form, error)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("Saved."))
            if isinstance(saved, Participant):
                return redirect("members:contact_participant", saved.slug)
            return redirect(back)
    context = {
        "form": form,
        "title": title,
        "back": back,
        "record": None if is_new else record,
        "kind": kind,
        "history_kind": {"name": "earlier-name"}.get(kind, kind),
    }
    return render(request, "members/directory_form.html", context, status=422 if form.errors else 200)


def conflict_page(request: HttpRequest, form: Any, form_class: type[DirectoryForm], current: Any, back: str) -> HttpResponse:
    """Both texts beside each other, and the own one to mend and save again."""
    context = differing(request.POST, form, form_class, current) | {"back": back, "title": str(current)}
    return render(request, "members/directory_conflict.html", context, status=409)


@require_http_methods(["GET", "HEAD", "POST"])
def ministry_rename(request: HttpRequest, pk: int) -> HttpResponse:
    """A new name from a day on: a successor, so that the past keeps the old one."""
    record, back = _record(request, "ministry", pk)
    form = RenameForm(request.POST if request.method == "POST" else None, initial={"name": record.name})
    if request.method == "POST" and form.is_valid():
        try:
            service.rename_ministry(ministry=record, by=cast("User", request.user), **form.cleaned_data)
        except DomainError as error:
            show_error(form, error)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("The ministry has its new name; the past keeps the old one."))
            return redirect(back)
    context = {"form": form, "title": _("New name of %(name)s") % {"name": record}, "back": back}
    return render(request, "members/directory_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def participant_rename(request: HttpRequest, slug: str) -> HttpResponse:
    """A new name in official use from a day on; the old one stays for the days before, and the address stays."""
    require_desk(request.user)
    participant = get_object_or_404(Participant.objects.visible_to(request.user), slug=slug)
    back = reverse("members:contact_participant", args=[slug])
    form = RenameForm(request.POST if request.method == "POST" else None, initial={"name": participant.name})
    if request.method == "POST" and form.is_valid():
        try:
            service.rename_participant(participant=participant, by=cast("User", request.user), **form.cleaned_data)
        except DomainError as error:
            show_error(form, error)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("The participant has its new name; the past keeps the old one."))
            return redirect(back)
    context = {"form": form, "title": _("New name of %(name)s") % {"name": participant}, "back": back}
    return render(request, "members/directory_form.html", context, status=422 if form.errors else 200)


@require_safe
def seat_list(request: HttpRequest, key: str) -> HttpResponse:
    """Seats of a body with who holds them, and those that are past."""
    require_desk(request.user)
    body = get_object_or_404(Body.objects.visible_to(request.user), key=key)
    current, past = seats_of(body, request.user)
    return render(request, "members/seat_list.html", {"body": body, "current": current, "past": past})


@require_http_methods(["GET", "HEAD", "POST"])
def seat_new(request: HttpRequest, key: str) -> HttpResponse:
    """A new seat of a body: a participant's or another forum's, with its role and period."""
    require_desk(request.user)
    body = get_object_or_404(Body.objects.visible_to(request.user), key=key)
    title = _("New seat in %(body)s") % {"body": body.name}
    return edit_record(request, Seat(body=body), SeatForm, title, reverse("members:seat_list", args=[key]))


@require_http_methods(["GET", "HEAD", "POST"])
def seat_edit(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Edit a seat's role, remit or period."""
    require_desk(request.user)
    rows = Seat.objects.visible_to(request.user).filter(body__key=key)
    seat = get_object_or_404(rows.select_related("participant", "forum", "role", "body"), pk=pk)
    return edit_record(request, seat, SeatForm, str(seat), reverse("members:seat_list", args=[key]))
