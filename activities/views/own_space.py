"""What a participant says of itself and wishes for: interests by area, and its own words on its profile."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from activities.enums import Interest
from activities.forms_own_record import DeclarationForm, InterestsForm
from activities.models import AreaInterest, ProgrammeArea
from activities.services.interests import state_interests
from members.errors import Conflict, DomainError
from members.models import Participant, ParticipantDeclaration, User
from members.permissions import check_can, get_participant_for, has_permission
from members.roles import Permission
from members.services.declarations import declare
from members.views.shared import show_error


@require_http_methods(["GET", "HEAD", "POST"])
def interests(request: HttpRequest, slug: str) -> HttpResponse:
    """How far the participant wishes to take part in each area: its focal points change it, its ministries read it."""
    participant = get_participant_for(request.user, slug)
    may = has_permission(request.user, Permission.NOMINATE, participant=participant)
    areas = list(ProgrammeArea.objects.visible_to(request.user))
    rows = AreaInterest.objects.visible_to(request.user).filter(participant=participant).select_related("area")
    now = {row.area.code: row.interest for row in rows}
    if request.method != "POST":
        return _interests_page(request, participant, InterestsForm(areas=areas, now=now, may=may), may=may)
    check_can(request.user, Permission.NOMINATE, participant=participant)
    form = InterestsForm(request.POST, areas=areas, now=now, may=may)
    if form.is_valid():
        try:
            changed = state_interests(
                participant=participant, answers=form.answers, seen=form.seen, by=cast("User", request.user)
            )
        except Conflict as conflict:
            return _interests_conflict(request, participant, areas, form, conflict)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Saved.") if changed else _("Nothing was changed."))
            return redirect("activities:interests", slug)
    return _interests_page(request, participant, form, may=may, status=422)


def _interests_conflict(
    request: HttpRequest, participant: Participant, areas: list[ProgrammeArea], form: InterestsForm, conflict: Conflict
) -> HttpResponse:
    """Both answers of whatever differs; sending again starts from what is saved now."""
    words, now = dict(Interest.choices), conflict.current
    titles = {area.code: area.short_title for area in areas}
    none = _("No answer: as all others")
    differs = [
        (titles[code], str(words.get(mine, none)), str(words.get(now.get(code, ""), none)))
        for code, mine in form.answers.items()
        if mine != now.get(code, "")
    ]
    data = request.POST.copy()
    for code in titles:
        data[f"seen-{code}"] = now.get(code, "")
    mended = InterestsForm(data, areas=areas, now=now, may=True)
    return _interests_page(request, participant, mended, may=True, status=409, error=conflict.message, differs=differs)


def _interests_page(  # noqa: PLR0913 - what the one page needs
    request: HttpRequest,
    participant: Participant,
    form: InterestsForm,
    *,
    may: bool,
    status: int = 200,
    error: str = "",
    differs: list[tuple[str, str, str]] | None = None,
) -> HttpResponse:
    context = {"participant": participant, "form": form, "may": may, "error": error, "differs": differs or []}
    return render(request, "activities/interests.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest, slug: str) -> HttpResponse:
    """What the participant says of itself, and whether its public page shows it: its own words, never inferred [19]."""
    participant = get_participant_for(request.user, slug)
    may = has_permission(request.user, Permission.NOMINATE, participant=participant)
    saved = ParticipantDeclaration.objects.visible_to(request.user).filter(participant=participant).first()
    if request.method != "POST":
        return _profile_page(request, participant, _declaration_form(saved), saved, may=may)
    check_can(request.user, Permission.NOMINATE, participant=participant)
    form = DeclarationForm(request.POST)
    if form.is_valid():
        try:
            declare(
                participant=participant,
                declared=form.declared,
                expected_version=form.cleaned_data["expected_version"],
                by=cast("User", request.user),
            )
        except Conflict as conflict:
            return _profile_conflict(request, participant, conflict)
        except DomainError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("activities:profile", slug)
    return _profile_page(request, participant, form, saved, may=may, status=422)


def _declaration_form(saved: ParticipantDeclaration | None) -> DeclarationForm:
    names = ("is_source", "is_transit", "is_destination", "is_public")
    initial = {name: getattr(saved, name) for name in names} if saved else {}
    return DeclarationForm(initial={**initial, "expected_version": saved.version if saved else 0})


def _profile_conflict(request: HttpRequest, participant: Participant, conflict: Conflict) -> HttpResponse:
    """What somebody else saved stands above the person's own ticks, which are sent again from there."""
    data = request.POST.copy()
    data["expected_version"] = str(conflict.current.version if conflict.current else 0)
    form = DeclarationForm(data)
    return _profile_page(request, participant, form, conflict.current, may=True, status=409, error=conflict.message)


def _profile_page(  # noqa: PLR0913 - what the one page needs
    request: HttpRequest,
    participant: Participant,
    form: DeclarationForm,
    saved: ParticipantDeclaration | None,
    *,
    may: bool,
    status: int = 200,
    error: str = "",
) -> HttpResponse:
    context = {"participant": participant, "form": form, "saved": saved, "may": may, "error": error}
    return render(request, "activities/profile.html", context, status=status)
