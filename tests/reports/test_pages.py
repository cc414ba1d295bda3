"""The desk's, the room's and the recipient's pages: forms, conflicts, bad input, queries."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from activities.models import Activity
from members.enums import DeliveryState
from members.models import Delivery
from reports.models import Document, ProgressReport
from reports.services.circulation import circulate, prepare_circulation
from reports.services.documents import draft_document
from tests.reports.conftest import Cast
from tests.reports.files import docx, pdf
from tests.reports.test_circulation import approved_by_both, hashes

LONG = "x" * 30_000
HOSTILE = ["", " ", "\x00", "<script>alert(1)</script>", "'; DROP TABLE x; --", LONG, "99999", "2004-13-45", "-1", "9" * 40]


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_compile_from_the_desk(desk: Client, cast: Cast) -> None:
    data = {"meeting": cast.meeting.reference, "period_from": "2010", "period_to": "November 2010", "title": "", "title_id": ""}
    response = desk.post("/desk/progress-reports/", data)
    report = ProgressReport.objects.get()
    assert response.headers["Location"] == f"/desk/progress-reports/{report.pk}/"
    assert (str(report.period_from), str(report.period_to)) == ("2010-01-01", "2010-11-30")
    assert report.title == "Progress report: Senior Officials’ Meeting"


@pytest.mark.parametrize("bad", HOSTILE)
def test_compile_bad_input_is_told_at_the_field(desk: Client, cast: Cast, bad: str) -> None:
    good = {"meeting": cast.meeting.reference, "period_from": "2010", "period_to": "2010"}
    for name in good:
        response = desk.post("/desk/progress-reports/", {**good, name: bad})
        assert response.status_code == 422
        assert b"There is a problem" in response.content
    assert ProgressReport.objects.count() == 0


def test_period_that_ends_early_is_told(desk: Client, cast: Cast) -> None:
    data = {"meeting": cast.meeting.reference, "period_from": "2010", "period_to": "2009"}
    response = desk.post("/desk/progress-reports/", data)
    assert (response.status_code, b"must not end before" in response.content) == (422, True)


def test_second_editor_sees_both_texts(desk: Client, draft: ProgressReport) -> None:
    url = f"/desk/progress-reports/{draft.pk}/sections/introduction/"
    assert desk.post(url, {"text": "the first text", "text_id": "", "version": draft.version}).status_code == 302
    response = desk.post(url, {"text": "the second text", "text_id": "", "version": draft.version})
    assert response.status_code == 409
    assert b"the first text" in response.content
    assert b"the second text" in response.content
    draft.refresh_from_db()
    assert next(row["text"] for row in draft.sections if row["key"] == "introduction") == "the first text"


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30])
def test_section_with_a_broken_version_is_refused(desk: Client, draft: ProgressReport, version: str) -> None:
    url = f"/desk/progress-reports/{draft.pk}/sections/introduction/"
    assert desk.post(url, {"text": "x", "version": version}).status_code == 422
    assert desk.post(url, {"text": LONG, "version": draft.version}).status_code == 422


def test_builder_and_preview_show_the_figures(desk: Client, draft: ProgressReport, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(16):
        page = desk.get(f"/desk/progress-reports/{draft.pk}/")
    assert b"XX-2010-02" in page.content
    assert b"/activities/?from=2010-01-01&amp;to=2010-12-31&amp;objective=OBJ-01" in page.content
    for language in ("en", "id"):
        preview = desk.get(f"/desk/progress-reports/{draft.pk}/preview/?language={language}")
        assert b"XX-2010-02" in preview.content
        assert b"style=" not in preview.content
        assert b"The Test Process</span>" in preview.content, "the page's own head stays"
    assert desk.get(f"/desk/progress-reports/{draft.pk}/preview/?language=xx").status_code == 404


def test_freeze_asks_first(desk: Client, draft: ProgressReport) -> None:
    url = f"/desk/progress-reports/{draft.pk}/freeze/"
    assert desk.post(url, {"languages": ["en"], "version": draft.version}).status_code == 422
    assert desk.post(url, {"languages": ["xx"], "version": draft.version, "confirm": "on"}).status_code == 422
    assert desk.post(url, {"languages": ["id"], "version": draft.version, "confirm": "on"}).status_code == 422
    assert desk.post(url, {"languages": ["en"], "version": draft.version + 7, "confirm": "on"}).status_code == 409
    assert desk.post(url, {"languages": ["en"], "version": draft.version, "confirm": "on"}).status_code == 302
    draft.refresh_from_db()
    assert draft.is_frozen
    assert b"progress" in desk.get(f"/desk/progress-reports/{draft.pk}/files/").content


def test_co_chair_approves_on_the_page(frozen: ProgressReport, cast: Cast) -> None:
    url = f"/steering-group/room/approvals/{frozen.document.symbol}/"
    chair, read = client_of(cast.chair_a), {f"sha256_{k}": v for k, v in hashes(frozen).items()}
    page = chair.get(url)
    for value in hashes(frozen).values():
        assert value.encode() in page.content
    assert chair.post(url, read).status_code == 422
    assert chair.post(url, {**read, "confirm": "on", "sha256_en": "x"}).status_code == 422
    assert chair.post(url, {**read, "confirm": "on"}).status_code == 302
    file = frozen.renderings.get(language="en")
    response = chair.get(f"/desk/renderings/{file.pk}.pdf")
    assert b"".join(response).startswith(b"%PDF-")  # type: ignore[arg-type]
    assert client_of(cast.secretariat).post(url, {**read, "confirm": "on"}).status_code == 403
    assert client_of(cast.member).get(url).status_code == 404
    assert chair.post(f"{url}withdraw/").status_code == 302


def test_circulation_from_the_desk(desk: Client, frozen: ProgressReport, cast: Cast, django_assert_max_num_queries: Any) -> None:
    approved_by_both(frozen, cast)
    url = f"/desk/progress-reports/{frozen.pk}/circulate/"
    for bad in ({"rule": "everybody"}, {"deadline": "yesterday"}, {"deadline": "1999-01-01"}, {"body_en": ""}, {"body_en": LONG}):
        data = {"rule": "counterparts", "deadline": "", "body_en": "Dear all", "body_id": "", **bad}
        assert desk.post(url, data).status_code == 422
    response = desk.post(url, {"rule": "counterparts", "deadline": "", "body_en": "Dear all", "body_id": ""})
    page = response.headers["Location"]
    shown = desk.get(page).content
    assert b"focal.aland@reports.example" in shown
    assert b"Dland" in shown
    for _again in range(2):
        assert desk.post(f"{page}start/").status_code == 302
    assert Delivery.objects.count() == 3
    with django_assert_max_num_queries(14):
        assert b"focal.bland@reports.example" in desk.get(page).content
    assert desk.get(f"{page}?format=csv").content.count(b"circulation:") == 3
    assert desk.get(f"{page}?format=xlsx").status_code == 200
    assert desk.post(f"{page}publish/").status_code == 302
    frozen.document.refresh_from_db()
    assert frozen.document.published_at
    public = Client().get(f"/reports/{frozen.document.symbol}/")
    assert public.status_code == 200


@pytest.fixture
def copy(frozen: ProgressReport, cast: Cast) -> Delivery:
    approved_by_both(frozen, cast)
    circulate(circulation=prepare_circulation(report=frozen, rule="counterparts", by=cast.secretariat), by=cast.secretariat)
    return Delivery.objects.filter(kind="circulation").order_by("pk")[0]


def force(copy: Delivery, *states: DeliveryState) -> None:
    for state in states:
        copy.state = state
        if state == DeliveryState.ACCEPTED:
            copy.accepted_at = copy.queued_at
        copy.save()


def test_copy_in_doubt_is_settled_with_evidence(desk: Client, copy: Delivery) -> None:
    force(copy, DeliveryState.SENDING, DeliveryState.IN_DOUBT)
    url = f"/desk/deliveries/{copy.pk}/settle/"
    for bad in ({}, {"outcome": "accepted"}, {"outcome": "x", "evidence": "y"}, {"outcome": "accepted", "evidence": " "}):
        assert desk.post(url, bad).status_code == 422
    assert desk.post(url, {"outcome": "accepted", "evidence": "250 in the log"}).status_code == 302
    copy.refresh_from_db()
    assert copy.state == DeliveryState.ACCEPTED
    assert b"250 in the log" in desk.get(f"/desk/deliveries/{copy.pk}/").content


def test_bounced_copy_goes_to_another_address(desk: Client, copy: Delivery) -> None:
    force(copy, DeliveryState.SENDING, DeliveryState.ACCEPTED, DeliveryState.BOUNCED)
    url = f"/desk/deliveries/{copy.pk}/send-again/"
    for bad in ("", "nobody", "a@b\r\nBcc: x@y.example", LONG):
        assert desk.post(url, {"email": bad}).status_code == 422
    assert desk.post(url, {"email": "new@reports.example"}).status_code == 302
    copy.refresh_from_db()
    assert (copy.email, copy.state) == ("new@reports.example", DeliveryState.QUEUED)


def test_message_list_narrows_by_state(desk: Client, copy: Delivery) -> None:
    force(copy, DeliveryState.SENDING, DeliveryState.FAILED)
    assert desk.get("/desk/deliveries/?state=failed").content.count(b"/desk/deliveries/%d/" % copy.pk) == 1
    for bad in HOSTILE:
        assert desk.get("/desk/deliveries/", {"state": bad, "page": bad}).status_code == 200
        assert desk.get("/desk/documents/", {"q": bad, "state": bad, "page": bad}).status_code == 200


def test_activity_report_is_attached_and_published(desk: Client, cast: Cast) -> None:
    url = "/desk/activities/XX-2010-01/documents/"
    assert "victims" in desk.get(url).content.decode()
    data = {"title": "Report of the workshop", "language": "en", "access_class": "public"}
    response = desk.post(url, {**data, "file": SimpleUploadedFile("report.pdf", pdf("Words of the report"))})
    assert response.status_code == 302
    document = Document.objects.get(kind="activity-report")
    assert (document.symbol, document.activity) == ("XX-A-2010-01", Activity.objects.get(reference="XX-2010-01"))
    assert document.current_version
    assert "Words of the report" in document.current_version.text
    page = Client().get(f"/reports/{document.symbol}/")
    assert page.status_code == 200
    assert b"".join(Client().get(f"/reports/{document.symbol}/v1/en.pdf")).startswith(b"%PDF-")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["report.pdf", "report.exe", "report", "a" * 300 + ".pdf"])
def test_refused_upload_leaves_nothing(desk: Client, cast: Cast, name: str) -> None:
    data = {"title": "Report", "language": "en", "access_class": "public", "file": SimpleUploadedFile(name, b"MZ no report")}
    assert desk.post("/desk/activities/XX-2010-01/documents/", data).status_code == 422
    assert Document.objects.count() == 0


def test_document_lives_through_its_states(desk: Client, cast: Cast) -> None:
    data = {"kind": "guideline", "title": "A guide", "when": "May 2004", "about": "", "access_class": "public", "held": "file"}
    for bad in (
        {"title": ""},
        {"kind": "x"},
        {"when": "soon"},
        {"about": "XX-1"},
        {"held": "elsewhere"},
        {"url": "javascript:x"},
    ):
        assert desk.post("/desk/documents/new/", {**data, **bad}).status_code == 422
    assert desk.post("/desk/documents/new/", data).status_code == 302
    document = Document.objects.get(kind="guideline")
    assert (document.symbol, document.date_precision) == ("XX-G-2004-01", "month")
    url = f"/desk/documents/{document.symbol}/"
    desk.post(f"{url}publish/")
    document.refresh_from_db()
    assert document.published_at is None
    assert desk.post(f"{url}versions/", {"language": "en"}).status_code == 422
    file = SimpleUploadedFile("guide.docx", docx("Text of the guide"))
    assert desk.post(f"{url}versions/", {"language": "en", "file": file}).status_code == 302
    document.refresh_from_db()
    edit = {**data, "title": "Mine", "version": document.version - 1}
    response = desk.post(url, edit)
    assert response.status_code == 409
    assert b"Mine" in response.content
    assert desk.post(url, {**edit, "version": document.version}).status_code == 302
    assert desk.post(f"{url}publish/").status_code == 302
    assert Client().get(f"/reports/{document.symbol}/").status_code == 200
    assert desk.post(f"{url}reclassify/", {"access_class": "steering-group"}).status_code == 302
    assert Client().get(f"/reports/{document.symbol}/").status_code == 404
    assert desk.post(f"{url}reclassify/", {"access_class": "public"}).status_code == 422
    assert desk.post(f"{url}withdraw/", {"reason": ""}).status_code == 422
    assert desk.post(f"{url}withdraw/", {"reason": "An error"}).status_code == 302


def test_revision_stands_behind_its_symbol(cast: Cast) -> None:
    first = draft_document(kind="guideline", title="A guide", by=cast.secretariat)
    for relation, expected in (("revision", "Rev1"), ("revision", "Rev2"), ("addendum", "Add1"), ("corrigendum", "Corr1")):
        row = draft_document(kind="guideline", title="A guide", by=cast.secretariat, revises=first, relation=relation)
        assert row.symbol == f"{first.symbol}.{expected}"


def test_nobody_else_finds_the_desk(cast: Cast, draft: ProgressReport) -> None:
    for user in (cast.chair_a, cast.member):
        for url in ("/desk/documents/", "/desk/progress-reports/", f"/desk/progress-reports/{draft.pk}/", "/desk/deliveries/"):
            assert client_of(user).get(url).status_code == 404
