"""Inviting by a rule at the desk: the rule, the preview with its holes, the issue and how far it is, reminders."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activities.enums_invitations import IssueState
from activities.forms_invitations import DecisionForm, DigestForm, InvitationRuleForm
from activities.models import Activity, InvitationRule, IssueRun
from activities.permissions import get_activity_at_desk
from activities.selectors_invitations import Audience, audience_of
from activities.services import issuing, reminders
from activities.services.letter_drafts import draft_letter
from activities.views.attendance_papers import pdf_or_back
from members.audit import record_access
from members.enums import AccessAction
from members.errors import Conflict, DomainError
from members.models import Participant
from members.models.base import today
from members.permissions import check_can
from members.roles import Permission
from members.views.shared import differences, me, show_error

PREVIEW = "activities:invitation_preview"


@require_http_methods(["GET", "HEAD", "POST"])
def invitation_rule(request: HttpRequest, reference: str) -> HttpResponse:
    """Write or change the rule; when somebody else was faster both texts are shown."""
    activity = get_activity_at_desk(request.user, reference)
    rule = issuing.rule_of(activity)
    form = InvitationRuleForm(request.POST if request.method == "POST" else None, initial=InvitationRuleForm.initial_of(rule))
    if request.method == "POST":
        check_can(request.user, Permission.ISSUE_INVITATIONS)
        if form.is_valid():
            expected = form.cleaned_data["version"]
            try:
                issuing.save_rule(activity=activity, content=form.content(), expected_version=expected, by=me(request))
            except Conflict as conflict:
                return _conflict(request, activity, form, conflict.current)
            except DomainError as error:
                show_error(form, error)
            else:
                messages.success(request, _("Saved. Nobody is written to before you issue the invitations."))
                return redirect(PREVIEW, reference)
    context = {"activity": activity, "form": form, "is_new": not rule.pk}
    return render(request, "activities/invitation_rule.html", context, status=422 if form.errors else 200)


def _conflict(request: HttpRequest, activity: Activity, form: InvitationRuleForm, current: InvitationRule) -> HttpResponse:
    initial = InvitationRuleForm.initial_of(current)
    mine = request.POST.copy()
    mine["version"] = str(current.version)
    context = {
        "form": InvitationRuleForm(mine, initial=initial),
        "rows": differences(form, InvitationRuleForm(initial=initial), skip="version"),
        "back": reverse(PREVIEW, args=[activity.reference]),
        "title": activity.title,
    }
    return render(request, "members/directory_conflict.html", context, status=409)


def _rule(activity: Activity) -> InvitationRule | None:
    rule = issuing.rule_of(activity)
    return rule if rule.pk else None


def _preview(request: HttpRequest, activity: Activity, rule: InvitationRule, *, status: int = 200) -> HttpResponse:
    listed = audience_of(rule, request.user)
    _record_reading(request, activity, listed)
    context = {
        "activity": activity,
        "rule": rule,
        "listed": listed,
        "running": activity.issue_runs.filter(done_at__isnull=True).first(),
        "may_issue": bool(listed.to_send) and not listed.blocking,
    }
    return render(request, "activities/invitation_preview.html", context, status=status)


def _record_reading(request: HttpRequest, activity: Activity, listed: Audience) -> None:
    """The preview shows what participants said in private: that it was opened is written down [40]."""
    if listed.withheld or any(line.invitee.words for line in listed.lines):
        record_access(
            by=request.user, action=AccessAction.OPENED, label="preview of recipients", ref=activity.reference, request=request
        )


@require_safe
def invitation_preview(request: HttpRequest, reference: str) -> HttpResponse:
    """Whom the rule names today: ministry, recipient, address, way, language and every hole."""
    activity = get_activity_at_desk(request.user, reference)
    rule = _rule(activity)
    if rule is None:
        return redirect("activities:invitation_rule", reference)
    return _preview(request, activity, rule)


@never_cache
@require_safe
def letter_draft(request: HttpRequest, reference: str, slug: str, number: int) -> HttpResponse:
    """The letter of one row of the list as a PDF, marked as a draft."""
    activity = get_activity_at_desk(request.user, reference)
    check_can(request.user, Permission.ISSUE_INVITATIONS)
    participant = get_object_or_404(Participant, slug=slug)
    return pdf_or_back(
        request,
        lambda: draft_letter(activity=activity, participant=participant, number=number, by=me(request)),
        name=f"{activity.reference}-draft-{slug}",
        back=reverse(PREVIEW, args=[reference]),
    )


@require_POST
def invitation_decide(request: HttpRequest, reference: str) -> HttpResponse:
    """Leave one participant out, take it in, or write to its office."""
    activity = get_activity_at_desk(request.user, reference)
    check_can(request.user, Permission.ISSUE_INVITATIONS)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a participant of the list and what to do."))
        return redirect(PREVIEW, reference)
    try:
        issuing.decide(activity=activity, by=me(request), **form.cleaned_data)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Saved: %(participant)s.") % {"participant": form.cleaned_data["participant"]})
    return redirect(PREVIEW, reference)


@require_POST
def invitation_issue(request: HttpRequest, reference: str) -> HttpResponse:
    """Issue to all of the list that was shown; where it is another list by now, it is shown again (409)."""
    activity = get_activity_at_desk(request.user, reference)
    check_can(request.user, Permission.ISSUE_INVITATIONS)
    form = DigestForm(request.POST)
    digest = form.cleaned_data["digest"] if form.is_valid() else ""
    try:
        run = issuing.start_issue(activity=activity, digest=digest, by=me(request))
    except DomainError as error:
        messages.error(request, error.message)
        rule = _rule(activity)
        return (
            redirect("activities:invitation_rule", reference) if rule is None else _preview(request, activity, rule, status=409)
        )
    return redirect("activities:issue_run", reference, run.pk)


def _run(request: HttpRequest, reference: str, pk: int) -> tuple[Activity, dict[str, Any]]:
    activity = get_activity_at_desk(request.user, reference)
    rows = IssueRun.objects.visible_to(request.user).filter(activity=activity)
    run = get_object_or_404(rows.select_related("letter", "note_verbale", "started_by"), pk=pk)
    items = list(run.items.select_related("participant", "invitation"))
    settled = sum(item.settled_at is not None for item in items)
    return activity, {
        "activity": activity,
        "run": run,
        "items": items,
        "settled": settled,
        "issued": sum(item.state == IssueState.DONE for item in items),
        "not_issued": [item for item in items if item.reason],
        "is_still": "still" in request.GET,
    }


@require_safe
def issue_run(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """How far an issue is. Without a script the page asks again by itself; "still" stops that."""
    _activity, context = _run(request, reference, pk)
    return render(request, "activities/issue_run.html", context)


@require_safe
def issue_progress(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """The same alone: what the page asks for every few seconds."""
    _activity, context = _run(request, reference, pk)
    return render(request, "activities/_issue_progress.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def invitation_reminders(request: HttpRequest, reference: str) -> HttpResponse:
    """Who has not answered and would be reminded; then the reminders."""
    activity = get_activity_at_desk(request.user, reference)
    status = 200
    if request.method == "POST":
        check_can(request.user, Permission.ISSUE_INVITATIONS)
        form = DigestForm(request.POST)
        digest = form.cleaned_data["digest"] if form.is_valid() else ""
        try:
            number = reminders.remind_all(activity=activity, digest=digest, by=me(request), today=today())
        except DomainError as error:
            messages.error(request, error.message)
            status = 409
        else:
            said = ngettext("%(number)d reminder is on its way.", "%(number)d reminders are on their way.", number)
            messages.success(request, said % {"number": number})
            return redirect("activities:activity_invitations", reference)
    context = {
        "activity": activity,
        "listed": reminders.unanswered(activity, today()),
        "rule": InvitationRule.objects.filter(activity=activity).first(),
    }
    return render(request, "activities/invitation_reminders.html", context, status=status)
