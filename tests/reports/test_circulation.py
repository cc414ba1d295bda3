"""Approval of the final files, circulation to everybody, recall, acknowledgement."""

from __future__ import annotations

import hashlib
import re
from datetime import date, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.test import Client

from members.entitlement import why_withheld
from members.enums import AccessClass, DeliveryState
from members.errors import DomainError
from members.models import Delivery, DeliveryAttachment
from members.services.outbox import queue_delivery
from members.tasks import claim
from reports.enums import CirculationState, ReportState
from reports.models import Acknowledgement, Approval, Circulation, CirculationRecipient, ProgressReport
from reports.services.approval import approve, request_approvals, withdraw_approval
from reports.services.circulation import circulate, prepare_circulation, preview, recall
from reports.services.documents import publish_document, reclassify, withdraw_document
from tests.reports.conftest import Cast, freeze, make_cast


def hashes(report: ProgressReport) -> dict[str, str]:
    return {row.language: row.sha256 for row in report.renderings.filter(is_final=True)}


def approved_by_both(report: ProgressReport, cast: Cast) -> ProgressReport:
    for chair in (cast.chair_b, cast.chair_a):
        approve(report=report, sha256=hashes(report), by=chair)
    report.refresh_from_db()
    return report


@pytest.fixture
def approved(frozen: ProgressReport, cast: Cast) -> ProgressReport:
    return approved_by_both(frozen, cast)


@pytest.fixture
def started(approved: ProgressReport, cast: Cast, settings: Any) -> Circulation:
    settings.RECALL_SECONDS = 600
    prepared = prepare_circulation(
        report=approved, rule="counterparts", deadline=date.today() + timedelta(days=20), by=cast.secretariat
    )
    return circulate(circulation=prepared, by=cast.secretariat)


def test_one_approval_is_not_enough(frozen: ProgressReport, cast: Cast) -> None:
    approve(report=frozen, sha256=hashes(frozen), by=cast.chair_a)
    frozen.refresh_from_db()
    assert frozen.state == ReportState.FROZEN
    prepared = prepare_circulation(report=frozen, rule="counterparts", by=cast.secretariat)
    with pytest.raises(DomainError, match="Bland"):
        circulate(circulation=prepared, by=cast.secretariat)
    with pytest.raises(IntegrityError, match="circulation_needs_approvals"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE reports_circulation SET state = 'started', started_at = now(), started_by_id = %s WHERE id = %s",
            [cast.secretariat.pk, prepared.pk],
        )
    assert Delivery.objects.count() == 0


def test_approval_needs_the_file_that_was_read(frozen: ProgressReport, cast: Cast) -> None:
    for wrong in ({}, {"en": hashes(frozen)["en"]}, {"en": "0" * 64, "id": hashes(frozen)["id"]}):
        with pytest.raises(DomainError):
            approve(report=frozen, sha256=wrong, by=cast.chair_a)
    assert Approval.objects.count() == 0


@pytest.mark.parametrize("who", ["secretariat", "member"])
def test_only_holders_of_approving_seats_approve(frozen: ProgressReport, cast: Cast, who: str) -> None:
    with pytest.raises(DomainError):
        approve(report=frozen, sha256=hashes(frozen), by=getattr(cast, who))


def test_approved_bytes_are_file_version_and_enclosure(started: Circulation, approved: ProgressReport) -> None:
    approved.document.refresh_from_db()
    versions = {version.language: version for version in approved.document.versions.all()}
    for rendering in approved.renderings.filter(is_final=True):
        with default_storage.open(rendering.storage_name) as stream:
            assert hashlib.sha256(stream.read()).hexdigest() == rendering.sha256
        assert versions[rendering.language].sha256 == rendering.sha256
        assert {a.sha256 for a in rendering.approvals.all()} == {rendering.sha256}
    assert approved.document.current_version == versions["en"]
    enclosed = set(DeliveryAttachment.objects.values_list("filename", "sha256", "storage_name"))
    assert enclosed == {(v.filename, v.sha256, v.storage_name) for v in versions.values()}


def test_approval_is_withdrawn_before_circulation_only(approved: ProgressReport, cast: Cast) -> None:
    withdraw_approval(report=approved, by=cast.chair_a)
    approved.refresh_from_db()
    assert approved.state == ReportState.FROZEN
    approve(report=approved, sha256=hashes(approved), by=cast.chair_a)
    circulate(circulation=prepare_circulation(report=approved, rule="counterparts", by=cast.secretariat), by=cast.secretariat)
    with pytest.raises(DomainError):
        withdraw_approval(report=approved, by=cast.chair_a)
    assert approved.document.versions.count() == 2


def test_request_goes_to_each_chair_once(frozen: ProgressReport, cast: Cast) -> None:
    approve(report=frozen, sha256=hashes(frozen), by=cast.chair_a)
    for _again in range(2):
        assert request_approvals(report=frozen, by=cast.secretariat) == 1
    sent = Delivery.objects.get()
    assert (sent.email, sent.kind) == ("chair.b@reports.example", "approval_request")
    assert "/steering-group/room/approvals/XX-R-2010-01/" in sent.text
    assert hashes(frozen)["en"] in sent.text


def test_preview_shows_recipients_and_holes(cast: Cast) -> None:
    found = preview("counterparts")
    assert [str(row.participant) for row in found.reachable] == ["Aland", "Bland", "Cland"]
    assert [str(row.participant) for row in found.holes] == ["Dland"]
    with pytest.raises(DomainError):
        preview("everybody")


def test_each_recipient_gets_one_letter(started: Circulation, approved: ProgressReport) -> None:
    copies = list(Delivery.objects.order_by("email"))
    assert [copy.email for copy in copies] == [f"focal.{name}@reports.example" for name in ("aland", "bland", "cland")]
    for copy in copies:
        assert copy.key == f"circulation:{started.pk}:official-{copy.official_id}"
        assert copy.state == DeliveryState.QUEUED
        assert (copy.send_after - copy.queued_at) > timedelta(seconds=590)
        assert re.search(r"/r/[^/\s]+/", copy.text)
        assert [file.filename for file in copy.attachments.all()] == ["XX-R-2010-01-v1-en.pdf", "XX-R-2010-01-v1-id.pdf"]
        others = {other.email for other in copies} - {copy.email}
        assert not any(other in copy.text + copy.html for other in others)
    approved.refresh_from_db()
    assert approved.state == ReportState.CIRCULATED


def test_started_again_changes_nothing(started: Circulation, cast: Cast) -> None:
    again = circulate(circulation=started, by=cast.secretariat)
    assert (again.state, Delivery.objects.count()) == (CirculationState.STARTED, 3)


def test_recipients_are_frozen(started: Circulation) -> None:
    row = started.recipients.first()
    assert row
    with pytest.raises(IntegrityError, match="circulation_recipients_frozen"), transaction.atomic():
        CirculationRecipient.objects.filter(pk=row.pk).delete()
    with pytest.raises(IntegrityError, match="circulation_started"), transaction.atomic():
        Circulation.objects.filter(pk=started.pk).update(rule="members")


def test_recall_holds_every_copy_back(started: Circulation, cast: Cast) -> None:
    assert recall(circulation=started, by=cast.secretariat) == 3
    assert set(Delivery.objects.values_list("state", "reason")) == {("withheld", "The circulation was recalled.")}
    assert started.report
    started.report.refresh_from_db()
    assert started.report.state == ReportState.APPROVED


def test_recall_is_refused_once_a_copy_left(started: Circulation, cast: Cast) -> None:
    Delivery.objects.update(send_after=started.prepared_at)
    assert claim(by=cast.secretariat)
    with pytest.raises(DomainError):
        recall(circulation=started, by=cast.secretariat)


def test_report_is_published_after_circulation(approved: ProgressReport, cast: Cast) -> None:
    with pytest.raises(DomainError, match="circulated first"):
        publish_document(document=approved.document, by=cast.secretariat)
    circulate(circulation=prepare_circulation(report=approved, rule="counterparts", by=cast.secretariat), by=cast.secretariat)
    assert publish_document(document=approved.document, by=cast.secretariat).published_at


def test_copy_is_withheld_after_reclassification(started: Circulation, cast: Cast) -> None:
    copy = Delivery.objects.first()
    assert copy
    assert started.report
    assert why_withheld(copy) == ""
    reclassify(document=started.report.document, access_class=AccessClass.SECRETARIAT, by=cast.secretariat)
    assert "reclassified" in why_withheld(copy)
    Delivery.objects.update(send_after=started.prepared_at)
    claimed = claim(by=cast.secretariat)
    assert claimed
    assert claimed.state == DeliveryState.WITHHELD


def test_copy_is_withheld_after_withdrawal(started: Circulation, cast: Cast) -> None:
    assert started.report
    withdraw_document(document=started.report.document, reason="An error", by=cast.secretariat)
    copy = Delivery.objects.first()
    assert copy
    assert "withdrawn" in why_withheld(copy)


def link(copy: Delivery) -> str:
    found = re.search(r"/r/[^/\s]+/", copy.text)
    assert found
    return found[0]


def test_acknowledging_takes_a_button(started: Circulation) -> None:
    copy = Delivery.objects.order_by("pk")[0]
    client = Client()
    assert client.get(link(copy)).status_code == 200
    copy.refresh_from_db()
    assert copy.acknowledged_at is None
    for _again in range(2):
        assert client.post(link(copy)).status_code == 302
    copy.refresh_from_db()
    assert copy.acknowledged_at
    assert Acknowledgement.objects.count() == 1
    assert b"Thank you" in client.get(link(copy)).content


def test_wrong_and_old_links_say_so(started: Circulation, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = Delivery.objects.order_by("pk")[0]
    client = Client()
    for wrong in ("/r/x/", link(copy)[:-3] + "A/", f"/r/circulation:{started.pk}/"):
        response = client.post(wrong)
        assert response.status_code == 404
        assert b"does not work" in response.content
    monkeypatch.setattr("reports.services.circulation.LINK_LIVES", timedelta(seconds=-1))
    assert client.get(link(copy)).status_code == 404
    assert Acknowledgement.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_twenty_threads_circulate_once() -> None:
    cast = make_cast()
    from reports.services.progress import compile_report

    report = compile_report(meeting=cast.meeting, period_from=date(2010, 1, 1), period_to=date(2010, 12, 31), by=cast.secretariat)
    report = approved_by_both(freeze(report, cast.secretariat), cast)
    prepared = prepare_circulation(report=report, rule="counterparts", by=cast.secretariat)
    barrier, errors = Barrier(20), []

    def press() -> None:
        barrier.wait()
        try:
            circulate(circulation=prepared, by=cast.secretariat)
        except Exception as error:  # noqa: BLE001 - counted below
            errors.append(error)
        finally:
            connection.close()

    threads = [Thread(target=press) for _number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sorted(Delivery.objects.values_list("email", flat=True)) == [
        f"focal.{name}@reports.example" for name in ("aland", "bland", "cland")
    ]


def test_unrelated_message_has_no_gate(cast: Cast) -> None:
    official = cast.participants[0].officials.filter(email__startswith="focal").get()
    sent = queue_delivery(kind="other", to=official, key="other:1", subject="S", text="T", by=cast.secretariat)
    assert why_withheld(sent) == ""
