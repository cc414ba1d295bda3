"""Checking a copy: whose text it is, whether it was circulated, whether it is the latest."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.asserts import assertNumQueries

from members.enums import AccessClass
from reports.models import Circulation, Document, DocumentVersion, ProgressReport
from reports.selectors_proof import proofs_of
from reports.services.circulation import circulate, prepare_circulation
from reports.services.documents import add_version, publish_document, reclassify
from tests.reports import files
from tests.reports.conftest import Cast
from tests.reports.test_circulation import approved_by_both


@pytest.fixture
def circulated(frozen: ProgressReport, cast: Cast, settings: Any) -> Document:
    """The report of 2010, approved by both, circulated and published."""
    settings.RECALL_SECONDS = 0
    report = approved_by_both(frozen, cast)
    prepared = prepare_circulation(
        report=report, rule="counterparts", deadline=date.today() + timedelta(days=20), by=cast.secretariat
    )
    circulate(circulation=prepared, by=cast.secretariat)
    document = Document.objects.get(pk=report.document_id)
    if document.published_at is None:
        publish_document(document=document, by=cast.secretariat)
    return Document.objects.get(pk=document.pk)


def content(version: DocumentVersion) -> bytes:
    with default_storage.open(version.storage_name) as file:
        return bytes(file.read())


def asked(client: Client, what: str) -> str:
    answer = client.get("/verify/", {"q": what})
    assert answer.status_code == 200
    return re.sub(r'csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())


def test_the_circulated_text_says_who_approved_it_and_where_it_went(client: Client, circulated: Document) -> None:
    version = circulated.versions.get(language="en")
    for what in (circulated.symbol, circulated.symbol.lower(), version.sha256, version.sha256.upper(), f" {version.sha256}\n"):
        page = asked(client, what)
        assert "This is the circulated text." in page
        assert "It is the latest version." in page
        for name in ("Aland", "Bland"):
            assert name in page
    assert "Person" not in page.replace("Personal", "")


def test_a_file_is_compared_and_not_kept(client: Client, circulated: Document) -> None:
    version = circulated.versions.get(language="id")
    before = DocumentVersion.objects.count()
    answer = client.post("/verify/", {"file": SimpleUploadedFile("copy.pdf", content(version))})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "This file is in the record" in page
    assert version.sha256 in page
    changed = client.post("/verify/", {"file": SimpleUploadedFile("copy.pdf", content(version) + b"\n")}).content.decode()
    assert "Not found" in changed
    assert "may have been changed" in changed
    assert DocumentVersion.objects.count() == before


def test_an_older_version_says_which_is_newer(client: Client, circulated: Document, cast: Cast) -> None:
    old = circulated.versions.get(language="en")
    add_version(document=circulated, name="new.pdf", content=files.pdf("New"), language="en", by=cast.secretariat)
    page = asked(client, old.sha256)
    assert "There is a newer version: 2." in page
    assert "It is the latest version." not in page


def test_what_may_not_be_seen_is_answered_as_what_does_not_exist(client: Client, circulated: Document, cast: Cast) -> None:
    version = circulated.versions.get(language="en")
    body = content(version)
    reclassify(document=circulated, access_class=AccessClass.STEERING_GROUP, by=cast.secretariat)
    hidden, missing = asked(client, circulated.symbol), asked(client, "XX-R-1999-99")
    assert hidden.replace(circulated.symbol, "…") == missing.replace("XX-R-1999-99", "…")
    other = "0" * 64
    assert asked(client, version.sha256).replace(version.sha256, "…") == asked(client, other).replace(other, "…")
    assert "Not found" in client.post("/verify/", {"file": SimpleUploadedFile("c.pdf", body)}).content.decode()
    chair = Client()
    chair.force_login(cast.chair_a)
    assert "This is the circulated text." in asked(chair, version.sha256)


def test_document_page_shows_approvals_and_recipients(client: Client, circulated: Document) -> None:
    page = client.get(circulated.get_absolute_url()).content.decode()
    assert "Approved and circulated" in page
    assert "to 3 participants" in page  # nobody can be written to at the fourth
    assert f"/verify/?q={circulated.symbol}" in page


def test_proofs_take_the_same_queries_for_one_and_for_three(circulated: Document, cast: Cast) -> None:
    add_version(document=circulated, name="new.pdf", content=files.pdf("New"), language="en", by=cast.secretariat)
    rows = list(DocumentVersion.objects.select_related("document__current_version"))
    assert len(rows) >= 3
    assert Circulation.objects.count() == 1
    rows.sort(key=lambda version: version.number)  # those that were circulated first
    for some in (rows[:1], rows[:3]):
        with assertNumQueries(5):
            proofs_of(some)


@pytest.mark.parametrize("query", ["", "%00", "x" * 500, "<script>", "BP-R-2004-01'--", "%F0%9F%98%80"])
def test_odd_questions_get_an_answer(client: Client, db: None, query: str) -> None:
    assert client.get(f"/verify/?q={query}").status_code in {200, 422}


def test_no_file_and_an_empty_file_are_told_at_the_field(client: Client, db: None) -> None:
    for data in ({}, {"file": SimpleUploadedFile("empty.pdf", b"")}):
        answer = client.post("/verify/", data)
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.content.decode()


def test_feed_of_reports_holds_what_the_archive_shows(client: Client, circulated: Document, cast: Cast) -> None:
    feed = client.get("/feeds/reports.atom")
    assert feed["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert feed.content.decode().count("<entry>") == 1
    assert circulated.symbol in feed.content.decode()
    assert "<entry>" not in client.get("/feeds/reports.atom?kind=guideline").content.decode()
    reclassify(document=circulated, access_class=AccessClass.SECRETARIAT, by=cast.secretariat)
    assert circulated.symbol not in client.get("/feeds/reports.atom").content.decode()
