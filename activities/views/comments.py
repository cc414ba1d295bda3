"""Comments of a participant's ministries on an invitation, a call for views, or the draft answer to it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from activities.enums import ConsultationAudience
from activities.forms_consultation import CommentEditForm, CommentForm
from activities.models import Comment, Reply
from activities.permissions import get_call_for, get_invitation_for
from activities.services import comments as service
from members.errors import Conflict, DomainError
from members.models import Participant
from members.permissions import get_participant_for
from members.views.shared import differences, me, show_error


@require_POST
def invitation_comment(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Say something on an invitation."""
    invitation = get_invitation_for(request.user, slug, pk)
    back = reverse("activities:delegation", args=[slug, pk])
    return _add(request, invitation.participant, CommentForm(request.POST), invitation, back)


@require_POST
def reply_comment(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Say something on a call for views or on the draft answer."""
    participant = get_participant_for(request.user, slug)
    call = get_call_for(request.user, participant, pk, ConsultationAudience.PARTICIPANTS)
    form = CommentForm(request.POST)
    subject: service.Subject = call
    if form.is_valid() and form.cleaned_data["about"] == "draft":
        own = Reply.objects.visible_to(request.user).filter(consultation=call, participant=participant).first()
        if own is None:
            form.add_error("about", _("There is no draft yet. Comment on the call, or write a draft first."))
        else:
            subject = own
    return _add(request, participant, form, subject, reverse("activities:reply", args=[slug, pk]))


def _add(request: HttpRequest, participant: Participant, form: CommentForm, subject: service.Subject, back: str) -> HttpResponse:
    if form.is_valid():
        try:
            service.add_comment(participant=participant, subject=subject, text=form.cleaned_data["text"], by=me(request))
        except DomainError as error:
            show_error(form, error)
        else:
            messages.success(request, _("The comment is added. Only your own participant sees it."))
            return redirect(f"{back}#comments")
    context = {"form": form, "title": _("Comment"), "back": back, "participant": participant}
    return render(request, "activities/national_form.html", context, status=422)


def _own(request: HttpRequest, slug: str, pk: int) -> Comment:
    participant = get_participant_for(request.user, slug)
    rows = Comment.objects.visible_to(request.user).filter(participant=participant, withdrawn_at__isnull=True)
    return get_object_or_404(rows.select_related("participant", "reply"), pk=pk, written_by=me(request))


def _place(comment: Comment) -> str:
    """The page that a comment stands on."""
    slug = comment.participant.slug
    if comment.invitation_id:
        return reverse("activities:delegation", args=[slug, comment.invitation_id])
    call = comment.consultation_id or (comment.reply.consultation_id if comment.reply else 0)
    return reverse("activities:reply", args=[slug, call])


@require_http_methods(["GET", "HEAD", "POST"])
def comment_edit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Change one's own comment."""
    comment = _own(request, slug, pk)
    initial = {"text": comment.text, "version": comment.version}
    form = CommentEditForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        expected = form.cleaned_data["version"] or 0
        try:
            service.edit_comment(comment=comment, text=form.cleaned_data["text"], expected_version=expected, by=me(request))
        except Conflict as conflict:
            return _conflict(request, form, conflict.current)
        except DomainError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect(f"{_place(comment)}#comments")
    context = {
        "form": form,
        "title": _("Edit your comment"),
        "back": _place(comment),
        "participant": comment.participant,
        "comment": comment,
    }
    return render(request, "activities/national_form.html", context, status=422 if form.errors else 200)


def _conflict(request: HttpRequest, form: CommentEditForm, current: Comment) -> HttpResponse:
    theirs = CommentEditForm(initial={"text": current.text, "version": current.version})
    mine = request.POST.copy()
    mine["version"] = str(current.version)
    context = {
        "form": CommentEditForm(mine),
        "rows": differences(form, theirs, skip="version"),
        "back": _place(current),
        "title": _("Your comment"),
    }
    return render(request, "members/directory_conflict.html", context, status=409)


@require_POST
def comment_withdraw(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take one's own comment back."""
    comment = _own(request, slug, pk)
    try:
        service.withdraw_comment(comment=comment, by=me(request))
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The comment is withdrawn."))
    return redirect(f"{_place(comment)}#comments")
