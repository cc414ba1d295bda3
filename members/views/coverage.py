"""Coverage: who speaks for whom on what, with the holes; and the contact's own word whether an entry is still right."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.enums import ParticipantKind, Standing
from members.errors import DomainError
from members.export import Column, export_response, is_export
from members.forms_directory import RemarkForm
from members.models import ContactRemark, Official, Participant, Portfolio, Topic, User
from members.permissions import require_desk
from members.selectors_coverage import Line, Wanted, coverage, topics_covered
from members.selectors_recipients import DOUBT_WORDS
from members.services import confirmation
from members.signing import TokenError


def _wanted(request: HttpRequest) -> Wanted:
    """What the page is asked for; unknown words are left out."""
    kinds = tuple(kind for kind in request.GET.getlist("kind") if kind in ParticipantKind.values)
    standings = tuple(standing for standing in request.GET.getlist("standing") if standing in Standing.values)
    portfolio = request.GET.get("portfolio", "")
    topics = tuple(topic for topic in request.GET.getlist("topic") if topic)
    return Wanted(
        kinds=kinds or (ParticipantKind.GOVERNMENT,),
        standings=standings or tuple(Standing.values),
        topics=tuple(Topic.objects.filter(key__in=[t for t in topics if "\x00" not in t]).values_list("key", flat=True)),
        portfolio=portfolio if "\x00" not in portfolio and Portfolio.objects.filter(key=portfolio).exists() else "",
    )


@require_safe
def coverage_matrix(request: HttpRequest) -> HttpResponse:
    """Participant × topic × portfolio: who is named, what is doubtful, where nobody is."""
    require_desk(request.user)
    wanted = _wanted(request)
    lines = coverage(wanted)
    only_holes = request.GET.get("show") == "holes"
    shown = [line for line in lines if line.holes or line.doubts & set(DOUBT_WORDS)] if only_holes else lines
    if is_export(request):
        return export_response(request, _columns(topics_covered(wanted.topics)), shown, "coverage")
    context = {
        "lines": shown,
        "topics": topics_covered(wanted.topics),
        "all_topics": Topic.objects.all(),
        "portfolios": Portfolio.objects.all(),
        "kinds": ParticipantKind.choices,
        "standings": Standing.choices,
        "wanted": wanted,
        "only_holes": only_holes,
        "total": len(lines),
        "holes": sum(len(line.holes) for line in lines),
        "doubt_words": DOUBT_WORDS,
    }
    return render(request, "members/coverage_matrix.html", context)


def _columns(topics: list[Topic]) -> list[Column]:
    return [
        Column("participant", "Participant", lambda line: line.participant.name),
        Column("standing", "Standing", lambda line: line.standing),
        *(Column(topic.key, topic.name_en, _cell_words(topic)) for topic in topics),
        Column("holes", "Without anybody to write to", lambda line: [topic.key for topic in line.holes]),
        Column("doubts", "Doubtful", lambda line: sorted(line.doubts)),
        Column("portfolios", "Portfolios with a ministry", lambda line: [p.key for p, rows in line.portfolios if rows]),
    ]


def _cell_words(topic: Topic) -> Any:
    def words(line: Line) -> list[str]:
        cell = next(cell for cell in line.cells if cell.topic.pk == topic.pk)
        return [f"{contact.holder} ({contact.email or 'no address'})" for contact in cell.contacts]

    return words


def _key(request: HttpRequest, name: str) -> str:
    """A key that a button sends; what no row can have as its key is nobody's."""
    sent = request.POST.get(name, "")
    return "" if "\x00" in sent else sent


@require_POST
def ask_for_name(request: HttpRequest) -> HttpResponse:
    """Ask a participant whom it names for a topic."""
    require_desk(request.user)
    participant = get_object_or_404(Participant.objects.visible_to(request.user), slug=_key(request, "participant"))
    topic = get_object_or_404(Topic.objects.visible_to(request.user), key=_key(request, "topic"))
    try:
        number = confirmation.ask_for_name(participant=participant, topic=topic, by=cast("User", request.user))
    except DomainError as error:
        messages.error(request, error.message)
    else:
        said = ngettext("Asked %(participant)s in %(number)d letter.", "Asked %(participant)s in %(number)d letters.", number)
        messages.success(request, said % {"participant": participant, "number": number})
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/"):
        return redirect(back)
    return redirect("members:coverage")


@require_POST
def remark_settle(request: HttpRequest, pk: int) -> HttpResponse:
    """The desk has changed what a contact asked for."""
    require_desk(request.user)
    remark = get_object_or_404(ContactRemark.objects.visible_to(request.user), pk=pk)
    confirmation.settle_remark(remark=remark, by=cast("User", request.user))
    messages.success(request, _("Settled."))
    return redirect("members:contact_list")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def still_right(request: HttpRequest, token: str) -> HttpResponse:
    """A contact's page behind a signed link: reading it changes nothing, one button confirms, a note says what changed."""
    try:
        holder = confirmation.contact_of(token)
    except TokenError:
        return render(request, "members/still_right_closed.html", status=404)
    language = (holder.language if isinstance(holder, Official) else "") or (
        holder.participant.language if holder.participant else "en"
    )
    with override(language):
        form = RemarkForm(request.POST if "changed" in request.POST else None)
        done = ""
        if request.method == "POST" and "changed" not in request.POST:
            confirmation.confirm_contact(token=token)
            done = "confirmed"
        elif form.is_bound and form.is_valid():
            confirmation.say_what_changed(token=token, remark=form.cleaned_data["remark"])
            done = "told"
        context = {
            "holder": holder,
            "places": confirmation.current_places(holder),
            "form": form,
            "done": done,
            "is_person": isinstance(holder, Official),
        }
        return render(request, "members/still_right.html", context, status=422 if form.errors else 200)
