"""A progress report on the founding record, from the shell."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from activities.models import Activity, Objective
from members.enums import Confidence
from members.models import Appointment, Official, Seat, User
from reports.models import ProgressReport
from reports.services.approval import approve
from tests.baliportal.conftest import founding_record

__all__ = ["founding_record"]
pytestmark = pytest.mark.django_db


def run(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def test_from_compiling_to_circulating_in_a_shell(founding_record: Path) -> None:
    assert "BP-R-2004" in run("compile_report", "BP-2004-04", "--from", "2002", "--to", "2004-06")
    report = ProgressReport.objects.get()
    symbol = report.document.symbol
    with pytest.raises(CommandError, match="approve"):
        run("circulate", symbol)
    told = run("render_report", symbol, "--freeze")
    report.refresh_from_db()
    _figures_equal_queries(report)
    files = {row.language: row for row in report.renderings.all()}
    assert all(row.sha256 in told for row in files.values())
    with default_storage.open(files["en"].storage_name) as stream:
        text = " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(stream.read()))
    words = " ".join(text.split())
    totals = report.snapshot["totals"]
    for label, key in (("Activities held", "held"), ("Delegates counted", "delegates"), ("Activities planned", "planned")):
        assert f"{label} {totals[key]['value']}" in words
    for row in report.snapshot["activities"]:
        assert row["reference"] in words
    for number, seat in enumerate(Seat.objects.current().filter(role__approves=True)):
        user = User.objects.create_user(f"chair{number}@example.org", "correct horse battery staple")
        official = Official.objects.create(user=user, participant=seat.participant, name=f"Chair {number}", email=user.email)
        Appointment.objects.create(official=official, seat=seat, role="seat", period_from=date(2020, 1, 1))
        approve(report=report, sha256={row.language: row.sha256 for row in files.values()}, by=user)
    assert "nothing was sent" in run("circulate", symbol, "--dry-run")
    with pytest.raises(CommandError, match="no address"):
        run("circulate", symbol)


def _figures_equal_queries(report: ProgressReport) -> None:
    first, last = date(2002, 1, 1), date(2004, 6, 30)
    rows = Activity.objects.filter(published_at__isnull=False, withdrawn_at__isnull=True, start__lte=last, last_day__gte=first)
    sure = rows.exclude(confidence=Confidence.GENERAL_KNOWLEDGE)
    for objective in Objective.objects.all():
        shown = next(row for row in report.snapshot["objectives"] if row["code"] == objective.code)
        held = sure.filter(status="held", objectives=objective)
        assert shown["held"]["rows"] == sorted(held.values_list("reference", flat=True))
        assert shown["delegates"]["value"] == sum(row.delegates or 0 for row in held)
    totals = report.snapshot["totals"]
    assert totals["held"]["value"] == sure.filter(status="held").count()
    assert totals["planned"]["value"] == sure.filter(status="planned").count()
    assert (
        totals["unconfirmed"]["value"]
        == rows.filter(confidence=Confidence.GENERAL_KNOWLEDGE, status__in=["held", "planned"]).count()
    )


@pytest.mark.parametrize(
    "words",
    [
        ("compile_report", "BP-0000-01"),
        ("compile_report", "BP-2004-04", "--from", "soon"),
        ("compile_report", "BP-2004-04", "--from", "2005", "--to", "2004"),
        ("compile_report", "BP-2004-04", "--by", "nobody@example.org"),
        ("render_report", "BP-R-1900-01"),
        ("circulate", "99999999"),
    ],
)
def test_commands_say_what_is_wrong(founding_record: Path, words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        run(*words)
