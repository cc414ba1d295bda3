"""Reading progress reports for the desk and for those who approve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from members.models import Seat
from reports.models import Approval, ProgressReport, Rendering

if TYPE_CHECKING:
    from members.models import AnyUser


def reports_for(user: AnyUser) -> QuerySet[ProgressReport]:
    """Reports that `user` may see, with what lists and pages show of them."""
    renderings = Prefetch("renderings", Rendering.objects.order_by("-is_final", "language", "-number"))
    return ProgressReport.objects.visible_to(user).select_related("document", "meeting").prefetch_related(renderings)


def latest_renderings(report: ProgressReport) -> list[Rendering]:
    """The newest rendering per language: the final ones once frozen, else the drafts."""
    found: dict[str, Rendering] = {}
    for row in report.renderings.all():
        if row.is_final == report.is_frozen and (row.language not in found or row.number > found[row.language].number):
            found[row.language] = row
    return [found[language] for language in sorted(found)]


def approval_rows(files: list[Rendering]) -> list[dict[str, Any]]:
    """Each seat that approves, and when by whom it approved all of `files`."""
    given: dict[int, list[Approval]] = {}
    for approval in Approval.objects.filter(rendering__in=files):
        given.setdefault(approval.seat_id, []).append(approval)
    seats = Seat.objects.current().filter(role__approves=True).select_related("participant", "forum", "role").order_by("pk")
    rows = []
    for seat in seats:
        own = given.get(seat.pk, [])
        complete = bool(files) and {(a.rendering_id, a.sha256) for a in own} >= {(file.pk, file.sha256) for file in files}
        rows.append({"seat": seat, "approval": own[0] if complete else None})
    return rows


def section_rows(report: ProgressReport, language: str) -> list[dict[str, Any]]:
    """Sections in order, each with its heading, its text and the figures beside it."""
    figures = {f"objective-{row['code']}": figure_rows(report, row, row["code"]) for row in report.snapshot["objectives"]}
    whole = figure_rows(report, report.snapshot["totals"], "")
    return [
        {**row, "title": section_title(row["key"], report.snapshot, language), "figures": figures.get(row["key"], whole)}
        for row in report.sections
    ]


def figure_rows(report: ProgressReport, row: dict[str, Any], objective: str) -> list[dict[str, Any]]:
    """Each figure with a link to the archive's rows behind it, where the archive can show them."""
    window = {
        "from": report.period_from.isoformat(),
        "to": report.period_to.isoformat(),
        **({"objective": objective} if objective else {}),
    }
    archive, recommendations = reverse("activity_list"), reverse("activities:recommendation_list")
    addresses = dict.fromkeys(("held", "planned", "delegates"), f"{archive}?{urlencode(window)}")
    addresses |= dict.fromkeys(("recorded", "followed_up"), recommendations)
    return [
        {
            "key": key,
            "label": label,
            "value": row[key]["value"],
            "rows": row[key]["rows"],
            "url": addresses.get(key, ""),
        }
        for key, label in figure_labels()
        if key in row  # figures taken before this one was counted stay as they are
    ]


def figure_labels() -> list[tuple[str, str]]:
    """Names of the figures, in their order."""
    return [
        ("held", _("Activities held")),
        ("planned", _("Activities planned")),
        ("delegates", _("Delegates counted")),
        ("participants", _("Participants that hosted, chaired or sent delegates")),
        ("reviews", _("Reviews by a meeting")),
        ("recommendations", _("Recommendations")),
        ("recorded", _("Recommendations on record at the end of the period")),
        ("followed_up", _("Of these, with news of what became of them")),
    ]


def section_title(key: str, snapshot: dict[str, Any], language: str) -> str:
    """The heading of a section in the active language."""
    fixed = {
        "in-brief": _("In brief"),
        "introduction": _("Introduction"),
        "further-directions": _("Further directions"),
    }
    if key in fixed:
        return fixed[key]
    code = key.removeprefix("objective-")
    row = next((row for row in snapshot["objectives"] if row["code"] == code), None)
    if row is None:
        return code
    own = (row["title_id"] if language == "id" else "") or row["title"]
    return f"{code}: {own}"
