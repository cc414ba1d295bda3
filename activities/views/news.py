"""News on recommendations from those they are addressed to: in their national space, and behind a signed link."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from activities.enums import FollowUpKind
from activities.forms_news import NewsForm, WithdrawNewsForm
from activities.models import FollowUp, NewsRequest, Recommendation
from activities.models.followup import NEWEST_NEWS
from activities.selectors_addressees import recommendations_of
from activities.selectors_followup import standing_of
from activities.services import news as service
from members.audit import record_access
from members.enums import AccessAction, AccessClass
from members.errors import Conflict, DomainError
from members.models import Official, Participant
from members.permissions import check_can, get_participant_for, has_permission
from members.roles import Permission
from members.signing import TokenError
from members.views.shared import me, show_error

PAGE_SIZE = 50


@require_safe
def news_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Recommendations addressed to this participant, how each stands, and when it last reported."""
    participant = get_participant_for(request.user, slug)
    page = Paginator(recommendations_of(request.user, participant), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [(row, standing_of(row), _latest(row)) for row in page.object_list]
    return render(request, "activities/news_list.html", {"participant": participant, "page": page, "rows": rows})


def _latest(row: Any) -> FollowUp | None:
    return next((news for news in row.own_news if not news.is_withdrawn), None)


def _place(request: HttpRequest, slug: str, code: str) -> tuple[Participant, Recommendation]:
    """The participant, and a recommendation that is addressed to it. Raises Http404."""
    participant = get_participant_for(request.user, slug)
    found = recommendations_of(request.user, participant).filter(reference=code).first()
    if found is None:
        raise Http404
    return participant, found


@require_http_methods(["GET", "HEAD", "POST"])
def news_report(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """One recommendation addressed to this participant, what it reported, and a form for more."""
    participant, row = _place(request, slug, code)
    data = request.POST if request.method == "POST" else None
    form = NewsForm(data, initial={"kind": FollowUpKind.UPDATE}, reader=request.user)
    if request.method == "POST":
        check_can(request.user, Permission.NOMINATE, participant=participant)
        if form.is_valid():
            try:
                service.report_news(recommendation=row, participant=participant, update=form.update(), by=me(request))
            except (DomainError, ValidationError) as error:
                show_error(form, error)
            else:
                messages.success(request, _("Sent. The secretariat decides who may read it; until then only you and it do."))
                return redirect("activities:news_report", slug, code)
    if row.access_class != AccessClass.PUBLIC:
        record_access(by=request.user, action=AccessAction.OPENED, label="recommendation", ref=code, request=request)
    context = {
        "participant": participant,
        "recommendation": row,
        "standing": standing_of(row),
        "form": form,
        "may": has_permission(request.user, Permission.NOMINATE, participant=participant),
    }
    return render(request, "activities/news_report.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def news_withdraw(request: HttpRequest, slug: str, code: str, pk: int) -> HttpResponse:
    """Take one's own news back."""
    participant, row = _place(request, slug, code)
    own = FollowUp.objects.visible_to(request.user).filter(participant=participant, recommendation=row)
    news = get_object_or_404(own, pk=pk)
    form = WithdrawNewsForm(request.POST if request.method == "POST" else None, initial={"number": news.version})
    check_can(request.user, Permission.NOMINATE, participant=participant)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            service.withdraw_news(follow_up=news, reason=data["reason"], expected_version=data["number"], by=me(request))
        except Conflict as conflict:
            messages.error(request, conflict.message)
            return redirect("activities:news_withdraw", slug, code, pk)
        except (DomainError, ValidationError) as error:
            show_error(form, error)
        else:
            messages.success(request, _("The news is withdrawn."))
            return redirect("activities:news_report", slug, code)
    context = {"participant": participant, "recommendation": row, "news": news, "form": form}
    return render(request, "activities/news_withdraw.html", context, status=422 if form.errors else 200)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def news_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """An addressee's page behind a signed link: reading it changes nothing, one button sends the news."""
    try:
        asked = service.request_of(token)
    except TokenError:
        return render(request, "activities/news_link_closed.html", status=404)
    with override(_language(asked)):
        data = request.POST if request.method == "POST" else None
        form = NewsForm(data, initial={"kind": FollowUpKind.UPDATE}, reader=AnonymousUser())
        if request.method == "POST" and form.is_valid():
            try:
                service.report_by_link(token=token, update=form.update())
            except (DomainError, ValidationError) as error:
                show_error(form, error)
            else:
                return redirect("news_by_link", token)
        row = asked.recommendation
        if row.access_class != AccessClass.PUBLIC:
            record_access(by=request.user, action=AccessAction.OPENED, label="recommendation", ref=row.reference, request=request)
        sent = asked.answers.filter(withdrawn_at__isnull=True).order_by(*NEWEST_NEWS)
        context = {"asked": asked, "recommendation": row, "sent": sent, "form": form}
        return render(request, "activities/news_by_link.html", context, status=422 if form.errors else 200)


def _language(asked: NewsRequest) -> str:
    holder = asked.official or asked.office
    return (holder.language if isinstance(holder, Official) else "") or asked.participant.language
