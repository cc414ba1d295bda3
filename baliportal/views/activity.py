"""The archive of activities, and one activity with all that the record says of it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from activities.calendars import address_of
from activities.citations import citation
from activities.enums import ActivityStatus, HostingPart
from activities.filters import NAMES
from activities.history import activity_changes
from activities.models import Activity
from activities.selectors import PAGE_SIZE, Archive, for_list, participation, parties, same_objective, shape_of, with_parts
from activities.selectors_content import content_of, with_content_marks
from activities.selectors_followup import recommendations_on
from activities.selectors_planning import contributions_to
from baliportal.filters import archive_for, refused
from baliportal.views.errors import gone
from members.audit import record_access
from members.charts import dot_timeline
from members.enums import AccessAction, AccessClass
from members.export import Column, export_response, is_export
from members.models import AnyUser, Process
from members.models.base import today
from members.models.visibility import rights_of
from members.partial_dates import iso_partial
from members.views.public_history import history_response
from reports.selectors import document_count, documents_of

LAST_COUNTED_PAGE = 50  # beyond it a filter finds faster, and the database need not count on

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
    Column("url", "Address", address_of),
)


class CountedPaginator(Paginator):  # type: ignore[type-arg]  # Django's class takes no parameter at run time
    """Pages of a list whose length is known already."""

    def __init__(self, rows: QuerySet[Activity], total: int) -> None:
        super().__init__(rows, PAGE_SIZE)
        self.count = total


@require_safe
@login_not_required
def activity_list(request: HttpRequest) -> HttpResponse:
    """The archive with its filters, counts and pages; the same list as JSON, CSV or a sheet."""
    found = archive_for(request.user, request.GET)
    if is_export(request):
        if found.filter.is_good:
            return export_response(request, ACTIVITY_COLUMNS, with_parts(found.rows), "activities")
        return (
            JsonResponse({"errors": found.filter.form.errors}, status=422) if request.GET["format"] == "json" else refused(found)
        )
    rows = for_list(found.rows).annotate(document_count=document_count(request.user))
    page = CountedPaginator(rows, found.total).get_page(request.GET.get("page"))
    too_far = page.number > LAST_COUNTED_PAGE
    shown: dict[str, Any] = {"page": page, "activities": [] if too_far else _rows(page), "too_far": too_far, "level": 1}
    context = archive_context(found) | shown
    return render(request, "portal/activity_list.html", context, status=200 if found.filter.is_good else 422)


def _rows(page: Page[Activity]) -> list[Activity]:
    return list(page.object_list)


def archive_context(found: Archive) -> dict[str, Any]:
    """What the archive's parts need, wherever they stand."""
    base = reverse("activity_list")
    return {
        "filter": found.filter,
        "form": found.filter.form,
        "facets": found.facets,
        "chips": _chips(found, base),
        "total": found.total,
        "everything": found.everything,
        "objective_total": len(found.vocabulary["objective"]),
        "timeline": dot_timeline(found.dots, year_url=lambda year: f"{base}?year={year}"),
    }


def _chips(found: Archive, base: str) -> list[dict[str, str]]:
    """Filters that are on, each with the address of the list without it."""
    terms = {(name, key): term for name, known in found.vocabulary.items() for key, term in known.items()}
    language = get_language() or "en"
    chips = []
    for name in NAMES:
        for value in dict.fromkeys(found.filter.data.getlist(name)):
            if not value.strip():
                continue
            rest = found.filter.data.copy()
            rest.setlist(name, [other for other in rest.getlist(name) if other != value])
            rest.pop("page", None)
            term = terms.get((name, value))
            word = term.name(language) if term else str(found.filter.has[value][0]) if value in found.filter.has else value[:60]
            chips.append({"label": str(found.filter.form.fields[name].label), "value": word, "url": f"{base}?{rest.urlencode()}"})
    return chips


@require_safe
@login_not_required
def activity_detail(request: HttpRequest, reference: str) -> HttpResponse:
    """One activity. A withdrawn one answers 410 with the reason; one that may not be seen does not exist."""
    rows = record_rows(Activity.objects.visible_to(request.user), request.user)
    if reference != reference.upper() and rows.filter(reference=reference.upper()).exists():
        return redirect("activity_detail", reference.upper(), permanent=True)
    activity = get_object_or_404(rows, reference=reference)
    if withdrawn := withdrawn_response(request, activity):
        return withdrawn
    if is_export(request):
        return export_response(request, ACTIVITY_COLUMNS, rows.filter(pk=activity.pk).order_by("pk"), activity.reference)
    record = record_of(request, activity, request.user)
    is_closed = activity.content_class != AccessClass.PUBLIC and record["content"].is_open
    if request.user.is_authenticated and (record["content"].practical or is_closed):
        record_access(by=request.user, action=AccessAction.OPENED, label="activity", ref=activity.reference, request=request)
    return render(request, "portal/activity_detail.html", record)


def record_rows(rows: QuerySet[Activity], reader: AnyUser) -> QuerySet[Activity]:
    """Activities with all that the page of one shows `reader`."""
    marked = with_content_marks(with_parts(rows).prefetch_related("portfolios"), reader)
    return marked.annotate(reviewed=Count("reviews", distinct=True))


def withdrawn_response(request: HttpRequest, activity: Activity) -> HttpResponse | None:
    """The answer for a withdrawn activity, which the secretariat alone still reads; None for any other."""
    if activity.is_withdrawn and not rights_of(request.user).is_secretariat:
        return gone(request, activity.withdrawn_reason, activity.title)
    return None


def record_of(request: HttpRequest, activity: Activity, reader: AnyUser) -> dict[str, Any]:
    """What the page of `activity`, one of `record_rows`, shows `reader`: who asks, or the public in a preview."""
    objectives = [objective.pk for objective in activity.objectives.all()]
    kept_by = process()
    request.kept_by = kept_by  # type: ignore[attr-defined] # the rest of the page asks for it too
    made, forward = recommendations_on(reader, activity)
    return {
        "process": kept_by,
        "activity": activity,
        "shape": shape_of(activity.kind.key),
        "hosts": parties_of(activity, HostingPart.HOST),
        "co_hosts": parties_of(activity, HostingPart.CO_HOST),
        "chairs": parties_of(activity, HostingPart.CHAIR),
        "documents": documents_of(reader, activity),
        "content": content_of(activity, reader),
        "participation": participation(activity),
        "contributions": list(contributions_to(reader, activity)) if reader.is_authenticated else [],
        "trail": same_objective(reader, activity, objectives) if objectives else [],
        "recommendations": made,
        "takes_forward": forward,
        "citation": citation(activity, kept_by),
        "url": address_of(activity),
        "today": today(),
        "is_held": activity.status == ActivityStatus.HELD,
        "is_secretariat": rights_of(reader).is_secretariat,
    }


def process() -> Process:
    """The process that the portal serves. Raises Http404 before its record is loaded."""
    found = Process.objects.first()
    if found is None:
        raise Http404
    return found


def parties_of(activity: Activity, part: HostingPart) -> list[Any]:
    """Participants and forums in one part, from the prefetched rows."""
    return [hosting.party for hosting in activity.hostings.all() if hosting.part == part]


@require_safe
@login_not_required
def activity_history(request: HttpRequest, reference: str) -> HttpResponse:
    """When the record changed and in what; never the staff's words, and never names."""
    activity = get_object_or_404(Activity.objects.visible_to(request.user), reference=reference)
    if withdrawn := withdrawn_response(request, activity):
        return withdrawn
    crumbs = [(str(_("Activities")), reverse("activity_list")), (activity.reference, activity.get_absolute_url())]
    return history_response(request, activity_changes(activity), title=activity.title, name=activity.reference, crumbs=crumbs)
