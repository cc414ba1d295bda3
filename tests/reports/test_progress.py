"""Compiling, writing, freezing and rendering progress reports."""

from __future__ import annotations

import hashlib
import io
from datetime import date

import pikepdf
import pypdfium2
import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction

from activities.models import Activity, Recommendation, Review
from activities.selectors_progress import progress_by_objective
from members.errors import Conflict, DomainError
from reports import tasks
from reports.enums import RenderingState, ReportState
from reports.models import Document, ProgressReport
from reports.rendering import ASSETS, created_on, report_html, report_title
from reports.services.progress import compile_report, edit_section, freeze_report, refresh_figures, request_rendering
from tests.reports.conftest import Cast

pytestmark = pytest.mark.django_db(transaction=False)


def _read(storage_name: str) -> bytes:
    with default_storage.open(storage_name, "rb") as stream:
        content: bytes = stream.read()
    return content


def test_figures_equal_queries_of_the_record(cast: Cast) -> None:
    found = progress_by_objective(date(2010, 1, 1), date(2010, 12, 31))
    rows = {row["code"]: row for row in found["objectives"]}
    assert rows["OBJ-01"]["held"] == {"value": 2, "rows": ["XX-2010-01", "XX-2010-02"]}
    assert rows["OBJ-01"]["delegates"] == {"value": 42, "rows": ["XX-2010-01", "XX-2010-02"]}
    assert rows["OBJ-01"]["participants"] == {"value": 2, "rows": ["aland", "bland"]}
    assert rows["OBJ-01"]["reviews"] == {"value": 1, "rows": ["XX-2010-06/OBJ-01"]}
    assert rows["OBJ-02"]["held"] == {"value": 1, "rows": ["XX-2010-02"]}
    assert rows["OBJ-02"]["planned"] == {"value": 1, "rows": ["XX-2010-04"]}
    assert rows["OBJ-02"]["unconfirmed"] == {"value": 1, "rows": ["XX-2010-03"]}
    assert rows["OBJ-02"]["recommendations"] == {"value": 1, "rows": ["XX-REC-2010-01"]}
    public = Activity.objects.filter(access_class="public", start__year=2010, confidence="public")
    held = sorted(public.filter(status="held").values_list("reference", flat=True))
    assert found["totals"]["held"] == {"value": len(held), "rows": held}
    assert found["totals"]["reviews"]["value"] == Review.objects.count()
    assert found["totals"]["recommendations"]["value"] == Recommendation.objects.count()
    assert "XX-2010-05" not in str(found), "what only participants may read stays out of a public report"


@pytest.mark.parametrize(
    ("first", "last", "counted"),
    [
        (date(2010, 6, 30), date(2010, 6, 30), True),
        (date(2010, 6, 1), date(2010, 6, 1), True),
        (date(2010, 5, 6), date(2010, 5, 31), False),
        (date(2010, 7, 1), date(2010, 7, 2), False),
    ],
)
def test_partial_date_counts_from_first_to_last_day(cast: Cast, first: date, last: date, counted: bool) -> None:
    rows = progress_by_objective(first, last)["totals"]["held"]["rows"]
    assert ("XX-2010-02" in rows) is counted


def test_figures_need_few_queries(cast: Cast, django_assert_max_num_queries: object) -> None:
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        progress_by_objective(date(2000, 1, 1), date(2020, 12, 31))


def test_compile_gives_symbol_and_sections(draft: ProgressReport) -> None:
    assert draft.document.symbol == "XX-R-2010-01"
    assert draft.state == ReportState.DRAFT
    assert [row["key"] for row in draft.sections] == [
        "in-brief", "introduction", "objective-OBJ-01", "objective-OBJ-02", "further-directions",
    ]  # fmt: skip


def test_symbols_are_never_given_again(draft: ProgressReport, cast: Cast) -> None:
    second = compile_report(meeting=cast.meeting, period_from=date(2010, 1, 1), period_to=date(2010, 2, 1), by=cast.secretariat)
    assert second.document.symbol == "XX-R-2010-02"
    gone = second.document
    second.delete()
    Document.objects.filter(pk=gone.pk).delete()
    third = compile_report(meeting=cast.meeting, period_from=date(2010, 1, 1), period_to=date(2010, 2, 1), by=cast.secretariat)
    assert third.document.symbol == "XX-R-2010-03"


def test_compile_refuses_period_that_ends_early(cast: Cast) -> None:
    with pytest.raises(DomainError) as caught:
        compile_report(meeting=cast.meeting, period_from=date(2010, 2, 1), period_to=date(2010, 1, 1), by=cast.secretariat)
    assert caught.value.field == "period_to"


def test_second_editor_gets_a_conflict(draft: ProgressReport, cast: Cast) -> None:
    edit_section(report=draft, key="in-brief", text="one", text_id="", expected_version=draft.version, by=cast.secretariat)
    with pytest.raises(Conflict) as caught:
        edit_section(report=draft, key="in-brief", text="two", text_id="", expected_version=draft.version, by=cast.secretariat)
    assert caught.value.current.sections[0]["text"] == "one"


def test_refresh_reads_the_record_again(draft: ProgressReport, cast: Cast) -> None:
    Activity.objects.filter(reference="XX-2010-01").update(delegates=40)
    assert refresh_figures(report=draft, by=cast.secretariat).snapshot["totals"]["delegates"]["value"] == 52


def test_frozen_report_does_not_change(frozen: ProgressReport, cast: Cast) -> None:
    with pytest.raises(DomainError):
        edit_section(report=frozen, key="in-brief", text="x", text_id="", expected_version=frozen.version, by=cast.secretariat)
    with pytest.raises(DomainError):
        refresh_figures(report=frozen, by=cast.secretariat)
    with pytest.raises(IntegrityError, match="progress_report_frozen"), transaction.atomic():
        ProgressReport.objects.filter(pk=frozen.pk).update(sections=[])
    with pytest.raises(IntegrityError, match="progress_report_frozen"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM reports_progressreport WHERE id = %s", [frozen.pk])
    Activity.objects.filter(reference="XX-2010-01").update(delegates=40)
    frozen.refresh_from_db()
    assert frozen.snapshot["totals"]["delegates"]["value"] == 42


def test_final_files_are_tagged_and_say_what_was_counted(frozen: ProgressReport) -> None:
    for rendering in frozen.renderings.all():
        content = _read(rendering.storage_name)
        assert rendering.state == RenderingState.DONE, rendering.error
        assert hashlib.sha256(content).hexdigest() == rendering.sha256
        with pikepdf.open(io.BytesIO(content)) as document:
            assert document.Root.MarkInfo.Marked == True  # noqa: E712 - a pikepdf object
            assert str(document.Root.Lang) == rendering.language
            assert str(document.docinfo["/Title"]) == "Progress in 2010"
            assert len(document.pages) == rendering.pages
        text = " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content))
        words = " ".join(text.split())
        for reference in frozen.snapshot["totals"]["held"]["rows"]:
            assert reference in words
        for label, key in (("Activities held", "held"), ("Delegates counted", "delegates"), ("Activities planned", "planned")):
            assert rendering.language != "en" or f"{label} {frozen.snapshot['totals'][key]['value']}" in words
        assert "XX-R-2010-01, version 1" in words or rendering.language == "id"
        assert "Draft" not in words


def test_second_rendering_is_byte_identical(frozen: ProgressReport) -> None:
    from members.rendering import render_pdf

    rendering = frozen.renderings.get(language="en")
    Activity.objects.filter(reference="XX-2010-01").update(delegates=1, title="Changed since")
    again = ProgressReport.objects.get(pk=frozen.pk)
    html = report_html(again, language="en", is_final=True)
    pdf = render_pdf(html, assets=ASSETS, language="en", title=report_title(again, "en"), created=created_on(again))
    assert hashlib.sha256(pdf).hexdigest() == rendering.sha256


def test_html_needs_no_query(frozen: ProgressReport, django_assert_num_queries: object) -> None:
    report = ProgressReport.objects.get(pk=frozen.pk)
    with django_assert_num_queries(0):  # type: ignore[operator]
        report_html(report, language="en", is_final=True)


def test_draft_carries_its_mark(draft: ProgressReport) -> None:
    assert 'data-draft="Draft"' in report_html(draft, language="en", is_final=False)
    assert 'data-draft="Draft"' not in report_html(draft, language="en", is_final=True)


def test_finished_rendering_does_not_change(frozen: ProgressReport) -> None:
    rendering = frozen.renderings.get(language="en")
    with pytest.raises(IntegrityError, match="rendering_done"), transaction.atomic():
        frozen.renderings.filter(pk=rendering.pk).update(sha256="0" * 64)
    assert tasks.run_rendering(rendering.pk) is None
    assert request_rendering(report=frozen, language="en", by=rendering.requested_by).pk == rendering.pk


def test_failure_is_told_in_plain_words_and_tried_again(
    draft: ProgressReport, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from members.rendering import RenderingError

    def fail(*_args: object, **_kwargs: object) -> bytes:
        raise RenderingError("The document was not ready after 60 seconds.")

    with monkeypatch.context() as patched:
        patched.setattr(tasks, "render_pdf", fail)
        rendering = request_rendering(report=draft, language="en", by=cast.secretariat)
        tasks.run_rendering(rendering.pk)
    rendering.refresh_from_db()
    assert (rendering.state, rendering.error) == (RenderingState.FAILED, "The document was not ready after 60 seconds.")
    again = request_rendering(report=draft, language="en", by=cast.secretariat)
    assert (again.pk, again.state) == (rendering.pk, RenderingState.PENDING)


def test_freeze_needs_english(draft: ProgressReport, cast: Cast) -> None:
    with pytest.raises(DomainError):
        freeze_report(report=draft, languages=["id"], expected_version=draft.version, by=cast.secretariat)
