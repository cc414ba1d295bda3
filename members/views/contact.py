"""The contact page, and its messages at the desk."""

from __future__ import annotations

from typing import cast

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.enums import MessageTopic
from members.forms_contact import ContactForm
from members.models import ContactMessage, User
from members.permissions import require_desk
from members.services import contact as service
from members.words import clean_words

PAGE_SIZE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def contact(request: HttpRequest) -> HttpResponse:
    """Who answers, and a form that works signed out. `?record=` and `?topic=` fill it in."""
    asked = {name: clean_words(request.GET.get(name, ""), most=250) for name in ("record", "topic")}
    initial = {"record": asked["record"], "topic": asked["topic"] if asked["topic"] in MessageTopic.values else ""}
    form = ContactForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        if not form.is_from_a_program:
            if not ratelimit.consume(request, action="contact"):
                form.add_error(
                    None, _("Too many messages came from your network. Wait an hour and send it then; it is still here.")
                )
                return render(request, "members/contact.html", {"form": form}, status=429)
            values = {name: form.cleaned_data[name] for name in ContactForm.Meta.fields}
            service.write_to_secretariat(values=values, token=form.cleaned_data["token"], language=get_language() or "en")
        return redirect("contact_done")
    return render(request, "members/contact.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@login_not_required
def contact_done(request: HttpRequest) -> HttpResponse:
    """What happens next."""
    return render(request, "members/contact_done.html")


@require_safe
def message_list(request: HttpRequest) -> HttpResponse:
    """Messages at the desk, those that wait first and the oldest of them on top."""
    require_desk(request.user)
    rows = ContactMessage.objects.visible_to(request.user)
    waiting = rows.filter(settled_at__isnull=True).order_by("written_at", "pk")
    page = Paginator(rows.filter(settled_at__isnull=False).select_related("settled_by"), PAGE_SIZE)
    context = {"waiting": waiting[:200], "page": page.get_page(request.GET.get("page"))}
    return render(request, "members/message_list.html", context)


@require_POST
def message_settle(request: HttpRequest, pk: int) -> HttpResponse:
    """The message was answered."""
    require_desk(request.user)
    message = get_object_or_404(ContactMessage.objects.visible_to(request.user), pk=pk)
    service.settle_message(message=message, by=cast("User", request.user))
    messages.success(request, _("Settled."))
    return redirect("members:message_list")
