"""The delegation on one sheet. Every button is a plain submit, so that all of it works without a script."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from functools import cached_property
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from activities.enums import InvitationState, LateChangeState, NominationState
from activities.forms_consultation import CommentForm
from activities.forms_delegation import MOST_DELEGATES, ROW, DeclineForm, DelegationFormSet, DelegationSheet, PasteForm
from activities.models import Invitation, Nomination
from activities.permissions import get_invitation_for
from activities.selectors_delegations import (
    LastTime,
    days_of,
    everybody,
    is_late,
    last_change,
    last_day_to_change,
    last_times,
    off_sheet,
    on_sheet,
)
from activities.selectors_invited import with_surroundings
from activities.selectors_late_changes import differences
from activities.selectors_national import comments_on
from activities.services import late_changes as late
from activities.services import nominations as service
from activities.services.places import waiting_places
from activities.views.delegation_rows import answers_about, answers_of, as_sent, errors_by_row, place_of, shown_rows
from activities.views.invitation_files import about
from members.errors import Conflict, DomainError
from members.models import Official
from members.permissions import has_permission
from members.roles import Permission
from members.views.shared import me

MORE_ROWS = 3
_EDITS = ("reuse", "add", "take_out", "replace", "bring_back", "read")  # buttons that change the sheet and nothing else


@require_http_methods(["GET", "HEAD", "POST"])
def delegation(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The sheet: who is named, who can be named again, and what waits for the secretariat's word."""
    page = _Page(request, get_invitation_for(request.user, slug, pk, with_surroundings(request.user)))
    if request.method != "POST":
        return page.show(page.unbound(page.initial()))
    if not page.may_nominate:
        return page.show(page.unbound(page.initial()), error=_("Only the focal point registers."), status=403)
    if any(name in request.POST for name in _EDITS):
        return page.edited()
    return page.declined() if "decline" in request.POST else page.registered()


class _Page:
    """One request for the sheet of one invitation."""

    def __init__(self, request: HttpRequest, invitation: Invitation) -> None:
        self.request, self.invitation = request, invitation
        self.activity, self.participant = invitation.activity, invitation.participant
        self.may_nominate = has_permission(request.user, Permission.NOMINATE, participant=self.participant)
        self.days = days_of(self.activity)
        self.last_change = last_change(invitation)
        waits = self.last_change is not None and self.last_change.state == LateChangeState.ASKED
        self.change = self.last_change if waits else None
        self.is_late = is_late(invitation)
        self.version = invitation.version

    # --- the sheet ---

    @cached_property
    def everybody(self) -> list[Nomination]:
        return everybody(self.invitation)

    @cached_property
    def standing(self) -> list[Nomination]:
        return on_sheet(self.invitation, self.everybody)

    @cached_property
    def last_times(self) -> list[LastTime]:
        return last_times(self.invitation)

    def unbound(self, people: Sequence[dict[str, Any]]) -> Any:
        return DelegationSheet(initial=list(people)[:MOST_DELEGATES], form_kwargs={"days": self.days})

    def bound(self, data: Any) -> DelegationFormSet:
        sheet = cast("DelegationFormSet", DelegationSheet(data, form_kwargs={"days": self.days}))
        own = Official.objects.visible_to(self.request.user).filter(participant=self.participant)
        sheet.known = list(own.current().exclude(email=""))
        return sheet

    def initial(self) -> list[dict[str, Any]]:
        """The rows to begin with: what is asked for where a request waits, else who is named, else one empty row."""
        if self.change and self.change.people:
            return [{**person, "distinct": False} for person in self.change.people]
        return [answers_of(row) for row in self.standing] or [{}]

    def typed(self, *, with_empty: bool = False) -> list[dict[str, Any]]:
        """The rows as they were sent; without the empty ones unless their places count."""
        sheet = DelegationSheet(self.request.POST, form_kwargs={"days": self.days})
        forms = [form for form in sheet.forms[:MOST_DELEGATES] if with_empty or form.has_changed()]
        return [{name: form[name].value() for name in ROW if name in form.fields} for form in forms]

    # --- what the buttons do ---

    def edited(self) -> HttpResponse:
        """The sheet with rows more or fewer, those of last time or those of a list; what was typed stays, nothing is saved."""
        post = self.request.POST
        people = self.typed(with_empty=any(name in post for name in ("add", "take_out", "replace")))
        if "read" in post:
            return self.with_list(people)
        if "reuse" in post:
            people += self.last_people(post["reuse"], people)
        elif "bring_back" in post:
            people += [answers_of(row) for row in off_sheet(self.everybody) if str(row.official_id) == post["bring_back"]]
        elif "replace" in post:
            self.replace(people, post["replace"])
        elif "take_out" in post and (number := place_of(post["take_out"], people)) is not None:
            del people[number]
        if "add" in post or not people:
            people += [{}] * (MORE_ROWS if post.get("add") == str(MORE_ROWS) else 1)
        return self.show(self.unbound(people))

    def last_people(self, which: str, people: list[dict[str, Any]]) -> list[dict[str, Any]]:
        times = self.last_times
        chosen = next((time for time in times if time.activity.reference == which), times[0] if times else None)
        known = {str(person.get("email", "")).casefold() for person in people}
        return [answers_about(o) for o in chosen.people if o.email.casefold() not in known] if chosen else []

    def replace(self, people: list[dict[str, Any]], which: str) -> None:
        """Empty the row for somebody who comes in place of the person in it; the part in the delegation stays."""
        number = place_of(which, people)
        if number is None:
            return
        standing = {str(row.official_id): row.pk for row in self.standing}
        replaced = standing.get(str(people[number].get("official") or ""))
        if replaced:
            people[number] = {"replaces": replaced, "part": people[number].get("part"), "mode": people[number].get("mode")}

    def with_list(self, people: list[dict[str, Any]]) -> HttpResponse:
        """The sheet with the rows of a list, pasted or in a file, checked at once so that problems stand at their rows."""
        form = PasteForm(self.request.POST, self.request.FILES)
        if not form.is_valid():
            return self.show(self.unbound(people or [{}]), paste=form, status=422)
        read = form.people
        known = {str(person.get("email", "")).casefold() for person in people} - {""}
        rows = [*people, *({"tell": True, **row} for row in read if row["email"].casefold() not in known)]
        sheet = self.bound(as_sent(rows[:MOST_DELEGATES], self.days))
        sheet.is_valid()
        self.say_read(len(read), len(rows))
        return self.show(sheet, paste=PasteForm())

    def say_read(self, read: int, rows: int) -> None:
        said = ngettext(
            "%(number)d person was read. Check the rows, then register.",
            "%(number)d people were read. Check the rows, then register.",
            read,
        )
        messages.info(self.request, said % {"number": read})
        if rows > MOST_DELEGATES:
            over = _("A sheet holds %(number)d people. The rest of the list was left out.")
            messages.warning(self.request, over % {"number": MOST_DELEGATES})

    def registered(self) -> HttpResponse:
        sheet = self.bound(self.request.POST)
        left = PasteForm(self.request.POST, self.request.FILES, is_left=True)
        if not sheet.is_valid() or not left.is_valid():
            return self.show(sheet, paste=None if left.is_valid() else left, status=422)
        filled = sheet.filled()
        try:
            if self.is_late:
                self.ask([form.nominee() for form in filled])
            else:
                self.submit([form.nominee() for form in filled])
        except Conflict as conflict:
            self.version = conflict.current.version
            return self.show(sheet, error=conflict.message, saved=on_sheet(self.invitation), status=409)
        except service.RowError as error:
            for number, (field, words) in error.rows.items():
                filled[number].add_error(field if field in filled[number].fields else None, words)
            return self.show(sheet, error=error.message, status=422)
        except DomainError as error:
            return self.show(sheet, error=error.message, status=422)
        return redirect("activities:delegation_done", self.participant.slug, self.invitation.pk)

    def submit(self, nominees: list[service.Nominee]) -> None:
        made = service.submit_delegation(
            invitation=self.invitation, nominees=nominees, token=self.token, by=me(self.request), expected_version=self.expected
        )
        named = [row.official.name for row in made if row.state != NominationState.WAITING]
        waiting = [row.official.name for row in made if row.state == NominationState.WAITING]
        if named:
            messages.success(self.request, _("Registered: %(names)s.") % {"names": ", ".join(named)})
        if waiting:
            messages.info(self.request, _("On the waiting list: %(names)s.") % {"names": ", ".join(waiting)})

    def ask(self, nominees: list[service.Nominee]) -> None:
        late.ask_late_change(
            invitation=self.invitation, nominees=nominees, token=self.token, by=me(self.request), expected_version=self.expected
        )
        messages.success(self.request, _("The secretariat is asked. You hear from it by mail."))

    def declined(self) -> HttpResponse:
        form = DeclineForm(self.request.POST)
        sheet = self.unbound(self.typed() or [{}])  # names typed on the sheet stay too
        if not form.is_valid():
            return self.show(sheet, declining=form, status=422)
        try:
            if self.is_late:
                self.ask([])
            else:
                service.decline_invitation(invitation=self.invitation, note=form.cleaned_data["note"], by=me(self.request))
                said = _(
                    "The secretariat sees that your participant will not take part. You can change this until the day to reply by."
                )
                messages.success(self.request, said)
        except DomainError as error:
            return self.show(sheet, error=error.message, status=422)
        return redirect("activities:national_space", self.participant.slug)

    # --- the answer ---

    @property
    def token(self) -> str:
        return self.request.POST.get("token", "").replace("\x00", "")[:40]

    @property
    def expected(self) -> int | None:
        """The version that the sheet began from; None where it does not say."""
        said = self.request.POST.get("version", "")
        return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None  # noqa: PLR2004 - fits the column

    def closed(self) -> str:
        """Why nothing can be changed or asked, or nothing."""
        check = service.check_can_ask if self.is_late else service.check_open
        try:
            check(self.invitation)
        except DomainError as problem:
            return problem.message
        return ""

    def show(  # noqa: PLR0913 - what the one page needs
        self,
        sheet: Any,
        *,
        error: str = "",
        declining: DeclineForm | None = None,
        paste: PasteForm | None = None,
        saved: Sequence[Nomination] = (),
        status: int = 200,
    ) -> HttpResponse:
        closed, may = self.closed(), self.may_nominate
        rows = shown_rows(sheet, self.standing, waiting_places(self.activity, self.standing))
        context = {
            "invitation": self.invitation,
            "activity": self.activity,
            "participant": self.participant,
            "sheet": sheet,
            "rows": rows,
            "blank": sheet.empty_form,
            "names_all": sum(1 for row in rows if not row["is_named"]) < 2,  # noqa: PLR2004 - one empty row is the next person
            "errors": [*([("", error)] if error else []), *errors_by_row(sheet, paste, declining)],
            "closed": closed,
            "is_late": self.is_late and not closed,
            "last_day": last_day_to_change(self.invitation),
            "change": self.change,
            "differences": differences(self.standing, self.change.people) if self.change else (),
            "refused": self.last_change if self.last_change and self.last_change.state == LateChangeState.DECLINED else None,
            "saved": saved,
            "may_nominate": may and not closed,
            "token": self.token or secrets.token_urlsafe(16),
            "version": self.version,
            "last_times": self.last_times if may and not closed else (),
            "off_sheet": off_sheet(self.everybody),
            "decline_form": declining or DeclineForm(initial={"note": self.request.POST.get("note", "")}),
            "paste_form": paste or PasteForm(initial={"list": self.request.POST.get("list", "")}),
            "declined": self.invitation.state == InvitationState.DECLINED,
            "about": about(self.invitation),
            "comments": comments_on(self.participant, invitation=self.invitation),
            "comment_form": CommentForm(auto_id="comment_%s"),
        }
        return render(self.request, "activities/delegation.html", context, status=status)
