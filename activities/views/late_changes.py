"""Late changes of delegations at the desk: what is asked for, and the secretariat's word."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from activities.enums import LateChangeState
from activities.forms_delegation import LateChangeForm
from activities.models import LateChange
from activities.permissions import get_activity_at_desk
from activities.selectors_delegations import on_sheet
from activities.selectors_late_changes import differences
from activities.services.late_changes import agree_late_change, decline_late_change
from members.audit import record_access
from members.enums import AccessAction
from members.errors import Conflict, DomainError
from members.permissions import check_can
from members.roles import Permission
from members.views.shared import me, show_error


@require_http_methods(["GET", "HEAD", "POST"])
def late_change(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """One late change: who would join, leave or change, and the form that agrees or declines."""
    activity = get_activity_at_desk(request.user, reference)
    rows = LateChange.objects.visible_to(request.user).filter(invitation__activity=activity)
    change = get_object_or_404(rows.select_related("invitation__participant", "asked_by", "decided_by"), pk=pk)
    change.invitation.activity = activity
    if request.method != "POST":
        return _page(request, change, LateChangeForm(initial={"version": change.version}))
    check_can(request.user, Permission.ISSUE_INVITATIONS)
    form, status = LateChangeForm(request.POST), 422
    if form.is_valid():
        try:
            return _decided(request, change, form)
        except Conflict as conflict:
            change, status = conflict.current, 409
            form = LateChangeForm(initial={"version": change.version, "word": form.cleaned_data["word"]})
            messages.warning(request, conflict.message)
        except DomainError as error:
            show_error(form, error)
    return _page(request, change, form, status=status)


def _decided(request: HttpRequest, change: LateChange, form: LateChangeForm) -> HttpResponse:
    version, word = form.cleaned_data["version"], form.cleaned_data["word"]
    if request.POST.get("answer") == "agree":
        agree_late_change(change=change, by=me(request), expected_version=version, word=word)
        messages.success(request, _("Agreed. The delegation is changed, and the participant is told."))
    else:
        decline_late_change(change=change, by=me(request), expected_version=version, word=word)
        messages.success(request, _("Declined. The participant is told."))
    return redirect("activities:activity_invitations", change.invitation.activity.reference)


def _page(request: HttpRequest, change: LateChange, form: LateChangeForm, *, status: int = 200) -> HttpResponse:
    waits = change.state == LateChangeState.ASKED
    if waits:  # the meals and access needs of those asked for are personal
        ref = f"{change.invitation.activity.reference} {change.pk}"
        record_access(by=request.user, action=AccessAction.OPENED, label="late change", ref=ref, request=request)
    context = {
        "activity": change.invitation.activity,
        "participant": change.invitation.participant,
        "change": change,
        "waits": waits,
        "differences": differences(on_sheet(change.invitation), change.people) if waits else (),
        "form": form,
    }
    return render(request, "activities/late_change.html", context, status=status)
