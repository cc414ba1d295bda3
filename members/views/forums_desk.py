"""Other forums at the desk: what they are, whom to write to there, and who belongs to them."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.errors import Conflict, DomainError
from members.forms_forums import ForumContactForm, ForumForm, MembershipForm
from members.forms_letters import ForumLetterForm, mark_of
from members.models import Forum, ForumContact, ForumMembership, Participant, User
from members.models.base import today
from members.permissions import require_desk
from members.selectors_forums import (
    contacts_of,
    forums_found,
    forums_to_mend,
    letters_to,
    members_at_desk,
    membership_matrix,
    with_code,
)
from members.services.directory import remove_record
from members.services.forum_letters import check_can_be_written_to, letter_mail, write_to_contact
from members.services.forums import change_memberships
from members.views.directory import edit_record
from members.views.forums import words_of
from members.views.shared import me, show_error

MOST_LETTERS = 20


@require_safe
def forum_desk_list(request: HttpRequest) -> HttpResponse:
    """Forums on record, found by words."""
    require_desk(request.user)
    words = words_of(request)
    context = {"forums": forums_found(request.user, words), "words": words, "to_mend": forums_to_mend(request.user)}
    return render(request, "members/forum_desk_list.html", context)


@require_safe
def forum_desk(request: HttpRequest, code: str) -> HttpResponse:
    """All that the desk keeps of one forum, its contacts among it."""
    forum = _forum(request, code)
    contacts, past_contacts = contacts_of(request.user, forum)
    members, past_members = members_at_desk(request.user, forum)
    context = {
        "forum": forum,
        "contacts": contacts,
        "past_contacts": past_contacts,
        "letters": letters_to(request.user, forum)[:MOST_LETTERS],
        "members": members,
        "past_members": past_members,
    }
    return render(request, "members/forum_desk.html", context)


def _forum(request: HttpRequest, code: str) -> Forum:
    require_desk(request.user)
    return get_object_or_404(with_code(Forum.objects.visible_to(request.user), code).select_related("kind", "region"))


@require_http_methods(["GET", "HEAD", "POST"])
def forum_new(request: HttpRequest) -> HttpResponse:
    """A new forum."""
    require_desk(request.user)
    return edit_record(request, Forum(), ForumForm, str(_("New forum")), reverse("members:forum_desk_list"))


@require_http_methods(["GET", "HEAD", "POST"])
def forum_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Names, kind, region, relation and sources of a forum; its code stays."""
    forum = _forum(request, code)
    return edit_record(request, forum, ForumForm, str(forum), reverse("members:forum_desk", args=[code]))


@require_http_methods(["GET", "HEAD", "POST"])
def forum_contact_new(request: HttpRequest, code: str) -> HttpResponse:
    """A new post of a forum that can be written to."""
    forum = _forum(request, code)
    title = _("New contact of %(forum)s") % {"forum": forum}
    back = reverse("members:forum_desk", args=[code])
    return edit_record(request, ForumContact(forum=forum), ForumContactForm, title, back)


@require_http_methods(["GET", "HEAD", "POST"])
def forum_contact_edit(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Edit a post's title, address or period."""
    contact = _contact(request, code, pk)
    return edit_record(request, contact, ForumContactForm, str(contact), reverse("members:forum_desk", args=[code]))


def _contact(request: HttpRequest, code: str, pk: int) -> ForumContact:
    require_desk(request.user)
    rows = ForumContact.objects.visible_to(request.user).select_related("forum")
    forums = with_code(Forum.objects.visible_to(request.user), code)
    return get_object_or_404(rows, pk=pk, forum__in=forums)


@require_POST
def forum_contact_remove(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Take away a contact that was entered by mistake."""
    contact = _contact(request, code, pk)
    name = str(contact)
    try:
        remove_record(record=contact, by=cast("User", request.user))
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("%(name)s is taken away.") % {"name": name})
    return redirect("members:forum_desk", code)


@require_http_methods(["GET", "HEAD", "POST"])
def forum_contact_write(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """A letter to a post: first shown as it will arrive; the button below that sends what was shown and nothing else."""
    contact = _contact(request, code, pk)
    form = ForumLetterForm(request.POST if request.method == "POST" else None)
    context: dict[str, object] = {"forum": contact.forum, "contact": contact, "form": form}
    if request.method == "POST" and form.is_valid():
        words, language = form.words(), form.cleaned_data["language"]
        mark = mark_of(words, language, contact.email)
        try:
            check_can_be_written_to(contact)
            if "send" in request.POST and form.cleaned_data["shown"] == mark:
                sent = write_to_contact(contact=contact, words=words, language=language, token=form.kept_token, by=me(request))
                said = _("The letter %(reference)s is queued.")
                messages.success(request, said % {"reference": sent.letter.reference if sent.letter else ""})
                return redirect("members:forum_desk", code)
        except DomainError as error:
            show_error(form, error)
        else:
            subject, text, _html = letter_mail(contact, words, language=language)
            again = {**request.POST.dict(), "token": form.kept_token, "shown": mark}
            context |= {
                "preview": {"subject": subject, "text": text},
                "form": ForumLetterForm(again),
                "has_changed": "send" in request.POST,
            }
    return render(request, "members/forum_letter.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def membership_edit(request: HttpRequest) -> HttpResponse:
    """Who belongs to which forum; `?forum=` opens the sheet of one forum, a tick per participant."""
    require_desk(request.user)
    code = request.GET.get("forum", "")
    if not code:
        context = {"matrix": membership_matrix(request.user, today()), "forums": forums_found(request.user)}
        return render(request, "members/membership_overview.html", context, status=405 if request.method == "POST" else 200)
    forum = get_object_or_404(with_code(Forum.objects.visible_to(request.user), code))
    current = _current(forum)
    form = MembershipForm(request.POST if request.method == "POST" else None, current=current)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                added, gone = change_memberships(forum=forum, by=cast("User", request.user), **form.change())
            except Conflict as conflict:
                return _conflict(request, forum, form, conflict.current)
            except DomainError as error:
                form.add_error(error.field or None, error.message)
            except ValidationError as error:
                form.add_error(None, error.messages)
            else:
                messages.success(request, _("Saved: %(added)d added, %(gone)d taken away.") % {"added": added, "gone": gone})
                return redirect("members:forum_desk", forum.code)
    return render(request, "members/membership_form.html", {"forum": forum, "form": form}, status=status)


def _current(forum: Forum) -> frozenset[int]:
    return frozenset(ForumMembership.objects.current().filter(forum=forum).values_list("participant_id", flat=True))


def _conflict(request: HttpRequest, forum: Forum, form: MembershipForm, current: frozenset[int]) -> HttpResponse:
    """Both sets are shown; the sheet below carries one's own changes on top of what the other saved."""
    seen, wanted = form.cleaned_data["seen"], frozenset(row.pk for row in form.cleaned_data["members"])
    joined = (current | (wanted - seen)) - (seen - wanted)
    mine = request.POST.copy()
    mine.setlist("members", [str(key) for key in sorted(joined)])
    mine["seen"] = ",".join(str(key) for key in sorted(current))
    names = dict(Participant.objects.filter(pk__in=seen | current).values_list("pk", "name"))
    context = {
        "forum": forum,
        "form": MembershipForm(mine, current=current),
        "added": sorted(names[key] for key in current - seen),
        "gone": sorted(names[key] for key in seen - current if key in names),
        "is_conflict": True,
    }
    return render(request, "members/membership_form.html", context, status=409)
