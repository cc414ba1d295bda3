"""Certificates: for whom, on whose word, how they are checked, and what ends them."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pikepdf
import pypdfium2
import pytest
from django.db import connection, transaction
from django.test import Client

from activities.enums import CertificateEnd
from activities.models import Certificate, Delegate
from activities.selectors_certificates import ALPHABET, spelled
from activities.services.attendance import declare_attendance, record_attendance
from activities.services.certificates import issue_certificate, new_code, withdraw_certificate
from members.errors import DomainError
from members.models import AccessRecord, Delivery, Official, User
from members.models.base import today
from tests.activities.test_attendance import YESTERDAY, held, link, who
from tests.cast import World, client_for, make_world

FULL = "Nguyễn Thị Łucja O’Brien of the Very Long Family Name on a Badge"


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def present(world: World) -> Delegate:
    activity = held(world)
    marks = {(who(name).pk, day): "present" for name in ("Ana Aland", "Bo Bland") for day in (YESTERDAY, today())}
    record_attendance(activity=activity, marks=marks, by=world.users["secretariat"])
    return who("Ana Aland")


def words_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()


def check_tagged(pdf: bytes, *, language: str) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert "/StructTreeRoot" in document.Root
        assert str(document.Root.Lang) == language
        assert bool(document.Root.MarkInfo.Marked)
        return len(document.pages)


def test_code_cannot_be_guessed_and_is_read_however_it_is_typed() -> None:
    codes = {new_code() for _number in range(1000)}
    assert len(codes) == 1000
    assert {sign for code in codes for sign in code} <= {*ALPHABET, "-"}
    assert all(len(code) == 19 for code in codes)
    code = codes.pop()
    assert spelled(f" {code.lower().replace('-', '')} ") == code


def test_delegate_takes_the_certificate_and_anybody_with_the_code_checks_it(world: World, present: Delegate) -> None:
    client, page = Client(), f"/{link('Ana Aland')}"
    answer = client.post(page, {"certificate": "1"})
    assert answer.status_code == 302
    file = client.get(answer.headers["Location"])
    certificate = Certificate.objects.get()
    assert file.headers["Content-Type"] == "application/pdf"
    said = words_of(file.content)
    for word in ("Certificate of attendance", "Sertifikat kehadiran", "Ana Aland", "Aland", certificate.code, "Published"):
        assert word in said
    assert check_tagged(file.content, language="en") == 1
    assert client.get(answer.headers["Location"]).content == file.content
    check = Client().get(f"/certificates/{certificate.code.lower()}/")
    assert check.status_code == 200
    shown = check.content.decode()
    assert "Ana Aland" in shown
    assert certificate.issued_by == User.objects.service_account()
    for hidden in ("ana@aland.example", "Director", "Bo Bland"):
        assert hidden not in shown
    assert "no-store" in check.headers["Cache-Control"]
    assert Client().get(f"/id/certificates/{certificate.code}/").status_code == 200


def test_facts_of_a_certificate_are_those_of_its_day(world: World, present: Delegate) -> None:
    first = issue_certificate(delegate=present, by=world.users["secretariat"])
    assert issue_certificate(delegate=present, by=world.users["secretariat"]) == first
    Official.objects.filter(pk=present.official_id).update(name="Ana Renamed")
    assert "Ana Aland" in Client().get(f"/certificates/{first.code}/").content.decode()
    second = issue_certificate(delegate=present, by=world.users["focal_point_a"])
    assert second.facts["name"] == "Ana Renamed"
    gone = Client().get(f"/certificates/{first.code}/")
    assert gone.status_code == 410
    assert "A newer certificate takes its place." in gone.content.decode()
    assert "Ana Aland" not in gone.content.decode()
    assert "Ana Renamed" not in gone.content.decode()


def test_unknown_code_is_plainly_not_ours_and_trying_many_is_stopped(world: World) -> None:
    client = Client()
    for code in ("AAAA-AAAA-AAAA-AAAA", "x", "9" * 300, "%00", "a\u2028b"):
        answer = client.get(f"/certificates/{code}/")
        assert answer.status_code == 404
        assert "not ours" in answer.content.decode()
    statuses = [client.get(f"/certificates/{new_code()}/").status_code for _number in range(30)]
    assert statuses[-1] == 429


def test_recorded_absent_later_withdraws_it_and_says_why(world: World, present: Delegate) -> None:
    by = world.users["secretariat"]
    certificate = issue_certificate(delegate=present, by=by)
    record_attendance(activity=present.activity, marks={(present.pk, today()): "absent"}, by=by)
    certificate.refresh_from_db()
    assert certificate.why == CertificateEnd.DAYS
    newer = issue_certificate(delegate=present, by=by)
    assert newer.facts["days"] == [f"{YESTERDAY:%Y-%m-%d}"]
    record_attendance(activity=present.activity, marks={(present.pk, YESTERDAY): "absent"}, by=by)
    newer.refresh_from_db()
    assert (newer.why, newer.withdrawn_by) == (CertificateEnd.ABSENT, by)
    page = Client().get(f"/certificates/{newer.code}/")
    assert page.status_code == 410
    assert "Attendance was recorded otherwise later." in page.content.decode()
    assert Client().post(f"/{link('Ana Aland')}", {"certificate": "1"}).status_code == 422


def test_ones_own_word_alone_makes_no_certificate(world: World) -> None:
    held(world)
    delegate = who("Ana Aland")
    declare_attendance(delegate=delegate, marks={YESTERDAY: "present"})
    with pytest.raises(DomainError, match="has not recorded"):
        issue_certificate(delegate=delegate, by=User.objects.service_account())
    record_attendance(activity=delegate.activity, marks={(delegate.pk, YESTERDAY): "remote"}, by=world.users["focal_point_a"])
    found = issue_certificate(delegate=delegate, by=User.objects.service_account())
    assert (found.facts["days"], found.facts["online"]) == ([], [f"{YESTERDAY:%Y-%m-%d}"])


def test_no_certificate_before_the_last_day(world: World, present: Delegate) -> None:
    activity = present.activity
    activity.end = today() + timedelta(days=1)
    activity.save()
    with pytest.raises(DomainError, match="from the last day on"):
        issue_certificate(delegate=present, by=world.users["secretariat"])


def test_focal_point_takes_its_own_only(world: World, present: Delegate) -> None:
    client = client_for(world, "focal_point_a")
    page = f"/national/{world.participant_a}/invitations/{world.invitation_a}/attendance/certificates/{present.pk}/"
    assert client.get(page).status_code == 200
    assert not Certificate.objects.exists()
    answer = client.post(page)
    assert client.get(answer.headers["Location"]).content.startswith(b"%PDF-")
    assert AccessRecord.objects.filter(object_label="certificate").count() == 1
    others = f"/national/{world.participant_a}/invitations/{world.invitation_a}/attendance/certificates/{who('Bo Bland').pk}/"
    assert client.get(others).status_code == 404
    assert client_for(world, "focal_point_b").post(page).status_code == 404


def test_desk_makes_all_writes_once_to_who_was_there_and_withdraws(world: World, present: Delegate) -> None:
    desk, base = client_for(world, "secretariat"), f"/desk/activities/{world.activity}/attendance/"
    for _time in range(2):
        assert desk.post(f"{base}certificates/").status_code == 302
    told = Delivery.objects.filter(kind="certificate")
    assert sorted(told.values_list("email", flat=True)) == ["ana@aland.example", "bo@bland.example"]
    certificate = Certificate.objects.get(delegate=present)
    page = f"{base}certificates/{certificate.pk}/"
    assert desk.get(page).content.startswith(b"%PDF-")
    assert desk.post(f"{page}withdraw/", {"reason": " "}).status_code == 422
    assert desk.post(f"{page}withdraw/", {"reason": "Printed in error"}).status_code == 302
    assert "Printed in error" in Client().get(certificate.get_absolute_url()).content.decode()
    assert desk.get(page).status_code == 302
    with pytest.raises(DomainError, match="already"):
        withdraw_certificate(certificate=certificate, reason="Again", by=world.users["secretariat"])


def test_names_in_the_history_of_certificates_are_left_out(world: World, present: Delegate) -> None:
    issue_certificate(delegate=present, by=world.users["secretariat"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(e)::text FROM activities_certificateevent e")
        assert all("Ana Aland" not in row[0] for row in cursor.fetchall())


def test_facts_never_change_even_by_sql(world: World, present: Delegate) -> None:
    issue_certificate(delegate=present, by=world.users["secretariat"])
    with (
        pytest.raises(Exception, match=r"certificate_facts_stay|Cannot update"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE activities_certificate SET facts = '{}'")


def test_sheets_and_badges_are_tagged_and_hold_long_names(world: World) -> None:
    names = {f"Person {n:02}": world.participant_a for n in range(9)} | {FULL: world.participant_b}
    held(world, names)
    Official.objects.filter(name=FULL).update(name_own_script="ສົມສັກ ວົງສະຫວັນ ນາງ ຄຳພອນ ສີສຸວັນ")
    desk, base = client_for(world, "secretariat"), f"/desk/activities/{world.activity}/attendance/papers/"
    sheet = desk.get(f"{base}sheet/{today():%Y%m%d}/")
    assert check_tagged(sheet.content, language="en") == 1
    said = words_of(sheet.content)
    assert [name for name in names if name not in " ".join(said.split())] == []
    assert "Signature" in said
    badges = desk.get(f"/id{base}badges/")
    assert check_tagged(badges.content, language="id") == 2
    assert "Nguyễn" in words_of(badges.content)
    written = AccessRecord.objects.filter(object_ref=world.activity).values_list("object_label", flat=True)
    assert sorted(written) == ["attendance sheet", "name badges"]
    assert desk.get(f"{base}sheet/19990101/").status_code == 404


def test_papers_without_a_delegate_say_so(world: World) -> None:
    desk, base = client_for(world, "secretariat"), f"/desk/activities/{world.past_activity}/attendance/papers/"
    answer: Any = desk.get(f"{base}badges/", follow=True)
    assert "No delegate is registered." in answer.content.decode()
