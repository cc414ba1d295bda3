"""News of addressees at the desk: ask for it, read what came, and decide who else may read it."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from activities.forms_news import AskForm, DecideForm
from activities.models import FollowUp, Recommendation
from activities.selectors_addressees import news_waiting, requests_on, whom_to_ask
from activities.services import news as service
from members.enums import AccessClass
from members.errors import Conflict, DomainError
from members.permissions import require_desk
from members.views.shared import me, show_error

PAGE_SIZE = 50


@require_safe
def desk_news_list(request: HttpRequest) -> HttpResponse:
    """What came from addressees and waits for a decision, the oldest first."""
    require_desk(request.user)
    page = Paginator(news_waiting(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "activities/desk_news_list.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def desk_news(request: HttpRequest, pk: int) -> HttpResponse:
    """One piece of news: how it came, from which office, and who may read it."""
    require_desk(request.user)
    rows = FollowUp.objects.visible_to(request.user).filter(participant__isnull=False)
    news = get_object_or_404(rows.select_related("recommendation", "participant", "activity", "news_request"), pk=pk)
    initial = {"number": news.version, "access_class": news.access_class if news.decided_at else None}
    form = DecideForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        chosen = AccessClass(data["access_class"])
        try:
            service.decide_news(follow_up=news, access_class=chosen, expected_version=data["number"], by=me(request))
        except Conflict as conflict:
            messages.error(request, conflict.message)
            return redirect("activities:desk_news", pk)
        except DomainError as error:
            show_error(form, error)
        else:
            messages.success(request, _("It is published.") if chosen == AccessClass.PUBLIC else _("It is kept to its readers."))
            return redirect("activities:desk_news_list")
    return render(request, "activities/desk_news.html", {"news": news, "form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def desk_news_ask(request: HttpRequest, reference: str) -> HttpResponse:
    """Who would get a letter with a signed link; the button writes to those that are ticked."""
    require_desk(request.user)
    row = get_object_or_404(Recommendation.objects.visible_to(request.user), reference=reference)
    asked = whom_to_ask(row)
    reachable = [one for one in asked if one.may_read and one.recipient.is_reachable]
    form = AskForm(request.POST if request.method == "POST" else None, rows=reachable)
    if request.method == "POST" and form.is_valid():
        try:
            number = service.ask_for_news(recommendation=row, keys=form.cleaned_data["recipients"], by=me(request))
        except DomainError as error:
            show_error(form, error)
        else:
            said = ngettext("%(number)d letter is on its way.", "%(number)d letters are on their way.", number)
            messages.success(request, said % {"number": number})
            return redirect("activities:recommendation_edit", reference)
    context = {
        "recommendation": row,
        "form": form,
        "reachable": reachable,
        "holes": [one for one in asked if one not in reachable],
        "requests": requests_on(request.user, row),
    }
    return render(request, "activities/desk_news_ask.html", context, status=422 if form.errors else 200)
