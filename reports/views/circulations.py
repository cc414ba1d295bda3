"""The desk's pages of circulations and deliveries, and the recipient's page behind a signed link."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.charts_bars import meter
from members.enums import DeliveryState
from members.errors import DomainError
from members.export import Column, export_response, is_export
from members.models import Delivery
from members.permissions import check_can, require_desk
from members.roles import Permission
from members.services.outbox import send_again, settle_delivery
from members.signing import TokenError
from members.views.enclosures import enclosure_response
from members.views.shared import me, show_error
from reports.enums import CirculationState, ReportState
from reports.forms import AddressForm, CirculationForm, SettleForm
from reports.models import Circulation
from reports.selectors_circulation import (
    circulations_for,
    deliveries_for,
    delivery_words,
    meter_parts,
    recipient_rows,
    state_counts,
)
from reports.services.circulation import acknowledge, circulate, delivery_of, prepare_circulation, preview, recall
from reports.services.contacts import change_address
from reports.services.documents import publish_document
from reports.views.progress import get_report

PAGE_SIZE = 50
LOG = (
    Column("key", "Key", lambda row: row.key),
    Column("participant", "Participant", lambda row: str(getattr(row.recipient, "participant", None) or "")),
    Column("recipient", "Recipient", lambda row: str(row.recipient)),
    Column("email", "Address", lambda row: row.email),
    Column("subject", "Subject", lambda row: row.subject),
    Column("state", "State", lambda row: row.state),
    Column("attempts", "Attempts", lambda row: row.attempts),
    Column("queued_at", "Queued", lambda row: row.queued_at.isoformat(timespec="seconds")),
    Column("accepted_at", "Sent", lambda row: row.accepted_at.isoformat(timespec="seconds") if row.accepted_at else ""),
    Column(
        "acknowledged_at",
        "Acknowledged",
        lambda row: row.acknowledged_at.isoformat(timespec="seconds") if row.acknowledged_at else "",
    ),
    Column("smtp_reply", "Mail server said", lambda row: row.smtp_reply),
    Column("reason", "Reason", lambda row: row.reason),
    Column("message_id", "Message-ID", lambda row: row.message_id),
)


@require_safe
def circulation_list(request: HttpRequest) -> HttpResponse:
    """Circulations, and reports that wait for one."""
    require_desk(request.user)
    from reports.selectors_progress import reports_for

    approved = reports_for(request.user).filter(state__in=[ReportState.APPROVED, ReportState.CIRCULATED])
    context = {"circulations": circulations_for(request.user), "approved": approved, "counts": state_counts(request.user)}
    return render(request, "reports/desk/circulation_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def circulation_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Prepare a circulation of one report."""
    report = get_report(request, pk)
    initial = {
        "rule": "counterparts",
        "body_en": _("The co-chairs attach the progress report. It reviews what was done for each objective."),
    }
    form = CirculationForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST":
        check_can(request.user, Permission.CIRCULATE)
        if form.is_valid():
            try:
                circulation = prepare_circulation(report=report, by=me(request), **form.cleaned_data)
            except DomainError as error:
                show_error(form, error)
            else:
                return redirect("reports:circulation_detail", circulation.pk)
    return render(
        request, "reports/desk/circulation_new.html", {"report": report, "form": form}, status=422 if form.errors else 200
    )


def _get(request: HttpRequest, pk: int) -> Circulation:
    require_desk(request.user)
    return get_object_or_404(circulations_for(request.user), pk=pk)


@require_safe
def circulation_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Before it starts: who will get it. Afterwards: the meter, problems first, and the log in other forms."""
    circulation = _get(request, pk)
    if is_export(request):
        log = deliveries_for(request.user).filter(circulation_recipient__circulation=circulation)
        return export_response(request, LOG, log, f"circulation-{circulation.pk}")
    is_draft = circulation.state == CirculationState.DRAFT
    rows = [] if is_draft else [(row, delivery_words(row.delivery)) for row in recipient_rows(circulation)]
    nothing_left = not any(row.delivery.attempts for row, _words in rows)
    context = {
        "circulation": circulation,
        "is_draft": is_draft,
        "preview": preview(circulation.rule) if is_draft else None,
        "rows": rows,
        "meter": "" if is_draft else meter(meter_parts(circulation), label=_("Copies")),
        "may_recall": circulation.state == CirculationState.STARTED and nothing_left,
        "may_publish": circulation.state == CirculationState.STARTED
        and circulation.report is not None
        and circulation.report.document.published_at is None,
    }
    return render(request, "reports/desk/circulation.html", context)


@require_POST
def circulation_start(request: HttpRequest, pk: int) -> HttpResponse:
    """Start it; pressing twice starts it once."""
    circulation = _get(request, pk)
    check_can(request.user, Permission.CIRCULATE)
    try:
        circulate(circulation=circulation, by=me(request))
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The circulation has started."))
    return redirect("reports:circulation_detail", pk)


@require_POST
def circulation_recall(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo, while nothing has left."""
    circulation = _get(request, pk)
    check_can(request.user, Permission.CIRCULATE)
    try:
        held = recall(circulation=circulation, by=me(request))
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The circulation is recalled: %(n)d copies are held back.") % {"n": held})
    return redirect("reports:circulation_detail", pk)


@require_POST
def circulation_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish what was circulated."""
    circulation = _get(request, pk)
    check_can(request.user, Permission.MANAGE_DOCUMENTS)
    if circulation.report:
        try:
            publish_document(document=circulation.report.document, by=me(request))
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, _("The report is published."))
    return redirect("reports:circulation_detail", pk)


@require_safe
def delivery_list(request: HttpRequest) -> HttpResponse:
    """All messages, problems first; `?state=` shows one state."""
    require_desk(request.user)
    state = request.GET.get("state", "")
    rows = deliveries_for(request.user, state)
    if is_export(request):
        return export_response(request, LOG, rows, "deliveries")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    counts = state_counts(request.user)
    context = {
        "page": page,
        "rows": [(row, delivery_words(row)) for row in page.object_list],
        "state": state,
        "states": [(value, label, counts[value]) for value, label in DeliveryState.choices if value in counts],
    }
    return render(request, "reports/desk/delivery_list.html", context)


def _delivery(request: HttpRequest, pk: int) -> Delivery:
    require_desk(request.user)
    rows = Delivery.objects.visible_to(request.user).select_related(
        "official__participant", "office__participant", "forum_contact__forum"
    )
    return get_object_or_404(rows.prefetch_related("attachments", "transitions__by"), pk=pk)


@require_safe
def delivery_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One copy: its text, its enclosures, every reply of the mail server, and what can be done."""
    delivery = _delivery(request, pk)
    return render(request, "reports/desk/delivery.html", _delivery_context(delivery))


@require_safe
def delivery_file(request: HttpRequest, pk: int, file: int) -> FileResponse:
    """The file that went with a copy; opening it is written down."""
    delivery = _delivery(request, pk)
    return enclosure_response(request, get_object_or_404(delivery.attachments.all(), pk=file))


def _delivery_context(delivery: Delivery, **more: object) -> dict[str, object]:
    return {
        "delivery": delivery,
        "words": delivery_words(delivery),
        "settle_form": SettleForm(),
        "address_form": AddressForm(initial={"email": delivery.email}),
        "may_send_again": delivery.state in {DeliveryState.FAILED, DeliveryState.BOUNCED},
        "in_doubt": delivery.state == DeliveryState.IN_DOUBT,
        **more,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def delivery_settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what became of a copy in doubt, with evidence."""
    delivery = _delivery(request, pk)
    form = SettleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        check_can(request.user, Permission.CIRCULATE)
        if form.is_valid():
            values = form.cleaned_data
            try:
                settle_delivery(
                    delivery=delivery, outcome=DeliveryState(values["outcome"]), evidence=values["evidence"], by=me(request)
                )
            except DomainError as error:
                show_error(form, error)
            else:
                messages.success(request, _("Recorded."))
                return redirect("reports:delivery_detail", pk)
    context = _delivery_context(delivery, settle_form=form)
    return render(request, "reports/desk/delivery.html", context, status=422 if form.errors else 200)


@require_POST
def delivery_send_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a failed or bounced copy again, to a new address where one is given."""
    delivery = _delivery(request, pk)
    check_can(request.user, Permission.CIRCULATE)
    form = AddressForm(request.POST) if "email" in request.POST else None
    if form is not None and not form.is_valid():
        return render(request, "reports/desk/delivery.html", _delivery_context(delivery, address_form=form), status=422)
    try:
        if form is not None:
            change_address(delivery=delivery, email=form.cleaned_data["email"], by=me(request))
        send_again(delivery=delivery, by=me(request))
    except DomainError as error:
        if form is None:
            messages.error(request, error.message)
            return redirect("reports:delivery_detail", pk)
        show_error(form, error)
        return render(request, "reports/desk/delivery.html", _delivery_context(delivery, address_form=form), status=422)
    messages.success(request, _("The copy is queued again."))
    return redirect("reports:delivery_detail", pk)


def acknowledge_page(request: HttpRequest, token: str) -> HttpResponse:
    """A recipient's page: reading it changes nothing, the button says that the report arrived."""
    try:
        delivery = delivery_of(token)
    except TokenError:
        return render(request, "reports/acknowledge_closed.html", status=404)
    if request.method == "POST":
        acknowledge(token=token)
        return redirect("signed_page", token)
    return render(request, "reports/acknowledge.html", {"delivery": delivery, "token": token})
