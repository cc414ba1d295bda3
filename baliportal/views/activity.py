"""The archive of activities, and one activity with all that the record says of it."""

from __future__ import annotations

from typing import Any

from activities.enums import ActivityStatus, HostingPart
from activities.models import Activity
from activities.selectors import (
    PAGE_SIZE,
    Archive,
    archive,
    delegates_by_participant,
    parties,
    same_objective,
    shape_of,
    with_parts,
)
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe
from members.charts import dot_timeline
from members.export import Column, export_response, is_export
from members.models.visibility import rights_of
from members.partial_dates import DatePrecision, format_span, iso_partial
from reports.selectors import document_count, documents_of

from baliportal.calendars import calendar_response
from baliportal.filters import archive_filter
from baliportal.views.errors import gone

LAST_COUNTED_PAGE = 50
SPLIT_FROM = 5  # below this a split by participant could point at persons


def _url(activity: Activity) -> str:
    return f"{settings.ORIGIN}{reverse('activity_detail', args=[activity.reference])}"


ACTIVITY_COLUMNS = (
    Column("reference", "Reference", lambda row: row.reference),
    Column("title", "Title", lambda row: row.title),
    Column("kind", "Kind", lambda row: row.kind.key),
    Column("status", "Status", lambda row: row.status),
    Column("start", "Start", lambda row: iso_partial(row.start, row.date_precision)),
    Column("end", "End", lambda row: iso_partial(row.end, row.date_precision)),
    Column("date_precision", "Date known to the", lambda row: row.date_precision),
    Column("city", "City", lambda row: row.city),
    Column("country", "Country", lambda row: row.country),
    Column("hosts", "Hosts", lambda row: parties(row, HostingPart.HOST)),
    Column("co_hosts", "Co-hosts", lambda row: parties(row, HostingPart.CO_HOST)),
    Column("chairs", "Chairs", lambda row: parties(row, HostingPart.CHAIR)),
    Column("joint_with", "Held with", lambda row: str(row.joint_with or "")),
    Column("objectives", "Objectives", lambda row: [objective.code for objective in row.objectives.all()]),
    Column("areas", "Programme areas", lambda row: [area.code for area in row.programme_areas.all()]),
    Column("mapping_basis", "Links to objectives are", lambda row: row.mapping_basis),
    Column("delegates", "Delegates", lambda row: row.delegates),
    Column("countries", "Countries", lambda row: row.countries),
    Column("organisations", "Organisations", lambda row: row.organisations),
    Column("source_says", "Another source says", lambda row: row.source_says),
    Column("public_note", "Note", lambda row: row.public_note),
    Column("confidence", "Confidence", lambda row: row.confidence),
    Column("sources", "Sources", lambda row: [source.key for source in row.source.all()]),
    Column("url", "Address", _url),
)


@require_safe
@login_not_required
def activity_list(request: HttpRequest) -> HttpResponse:
    """The archive with its filters, counts and pages; the same list as JSON, CSV or a sheet."""
    found = archive(request.user, request.GET, filter_class=archive_filter(request.user))
    if is_export(request):
        if not found.filter.is_valid() and request.GET["format"] == "json":
            return JsonResponse({"errors": found.filter.form.errors}, status=400)
        return export_response(request, ACTIVITY_COLUMNS, found.rows, "activities")
    rows = found.rows.annotate(document_count=document_count(request.user))
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = archive_context(found) | {
        "page": page,
        "activities": page.object_list,
        "too_far": page.number > LAST_COUNTED_PAGE,
        "level": 1,
    }
    return render(request, "portal/activity_list.html", context)


def archive_context(found: Archive) -> dict[str, Any]:
    """What the archive's parts need, wherever they stand."""
    form = found.filter.form
    base = reverse("activity_list")
    return {
        "filter": found.filter,
        "form": form,
        "facets": found.facets,
        "chips": _chips(found, base),
        "total": found.rows.count(),
        "timeline": dot_timeline(found.dots, year_url=lambda year: f"{base}?year={year}"),
        "shape_of": shape_of,
    }


def _chips(found: Archive, base: str) -> list[dict[str, str]]:
    """Filters that are on, each with the address of the list without it."""
    labels = {(name, o.key): o for name, options in found.facets.items() for o in options}
    chips = []
    for name in ("q", "kind", "objective", "area", "participant", "portfolio", "year", "from", "to", "has"):
        for value in found.filter.data.getlist(name):
            if not value:
                continue
            rest = found.filter.data.copy()
            rest.setlist(name, [other for other in rest.getlist(name) if other != value])
            rest.pop("page", None)
            option = labels.get((name, value))
            label = str(found.filter.form.fields[name].label)
            chips.append({"label": label, "value": option.name_en if option else value, "url": f"{base}?{rest.urlencode()}"})
    return chips


@require_safe
@login_not_required
def activity_detail(request: HttpRequest, reference: str) -> HttpResponse:
    """One activity. A withdrawn one answers 410 with the reason; one that may not be seen does not exist."""
    activity = get_object_or_404(
        with_parts(Activity.objects.visible_to(request.user)).prefetch_related("portfolios", "reviews__objective", "reviews__goal"),
        reference=reference,
    )
    if activity.is_withdrawn and not rights_of(request.user).is_secretariat:
        return gone(request, activity.withdrawn_reason, activity.title)
    delegations = delegates_by_participant(activity)
    context = {
        "activity": activity,
        "shape": shape_of(activity.kind.key),
        "hosts": parties_of(activity, HostingPart.HOST),
        "co_hosts": parties_of(activity, HostingPart.CO_HOST),
        "chairs": parties_of(activity, HostingPart.CHAIR),
        "documents": documents_of(request.user, activity),
        "delegations": [(name, number if number >= SPLIT_FROM else None) for name, number in delegations],
        "delegates_recorded": sum(number for _name, number in delegations),
        "trail": same_objective(request.user, activity, [objective.pk for objective in activity.objectives.all()]),
        "recommendations": activity.recommendations.visible_to(request.user),
        "url": _url(activity),
        "is_planned": activity.status != ActivityStatus.HELD,
        "is_secretariat": rights_of(request.user).is_secretariat,
    }
    return render(request, "portal/activity_detail.html", context)


def parties_of(activity: Activity, part: HostingPart) -> list[Any]:
    """Participants and forums in one part, from the prefetched rows."""
    return [hosting.party for hosting in activity.hostings.all() if hosting.part == part]


def _public(request: HttpRequest, reference: str) -> Activity:
    found = Activity.objects.visible_to(request.user).live().select_related("kind").prefetch_related("objectives")
    return get_object_or_404(found, reference=reference)


@require_safe
@login_not_required
def activity_ics(request: HttpRequest, reference: str) -> HttpResponse:
    """The activity for a calendar. Raises Http404 for one without a day."""
    activity = _public(request, reference)
    if activity.start is None or activity.date_precision != DatePrecision.DAY:
        raise Http404
    return calendar_response([activity], f"{activity.reference}.ics")


@require_safe
@login_not_required
def activity_cite(request: HttpRequest, reference: str, form: str) -> HttpResponse:
    """The record as RIS or BibTeX. Raises Http404 for another form."""
    activity = _public(request, reference)
    place = ", ".join(part for part in (activity.city, activity.country) if part)
    when = format_span(activity.start, activity.end, activity.date_precision)
    if form == "ris":
        lines = ["TY  - CONF", f"TI  - {activity.title}", f"C1  - {place}", f"DA  - {when}", f"ID  - {activity.reference}"]
        if activity.start:
            lines.insert(2, f"PY  - {activity.start.year}")
        lines += [f"UR  - {_url(activity)}", "ER  - ", ""]
        return HttpResponse("\r\n".join(lines), content_type="application/x-research-info-systems; charset=utf-8")
    if form == "bib":
        year = activity.start.year if activity.start else "n.d."
        text = (
            f"@misc{{{activity.reference},\n  title = {{{{{_bib(activity.title)}}}}},\n  year = {{{year}}},\n"
            f"  note = {{{_bib('. '.join(part for part in (place, when, activity.reference) if part))}}},\n"
            f"  url = {{{_url(activity)}}}\n}}\n"
        )
        return HttpResponse(text, content_type="application/x-bibtex; charset=utf-8")
    raise Http404


def _bib(text: str) -> str:
    return "".join(f"\\{c}" if c in "&%$#_" else "" if c in "{}\\" else c for c in text)
