"""An entry stays one person's, a certificate holds as long as what it says, and links let nobody else in and are kept nowhere."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from activities.enums import AttendanceStatus, LateChangeState
from activities.models import Activity, Attendance, Certificate, Delegate, LateChange, Nomination
from activities.selectors_told import who_is_told
from activities.services.activities import withdraw_activity
from activities.services.attendance import record_attendance
from activities.services.certificates import issue_certificate, link_of
from activities.services.delegates import MOST_ANSWERS
from activities.services.plans import cancel_activity
from activities.services.retention import KEPT_DAYS, forget_needs
from activities.services.sheets import RowError, withdraw_one
from baliportal.logs import json_formatter
from members.models import AccessRecord, Delivery, Official, User
from members.models.base import today
from tests.activities.delegations import PEOPLE, activity_of, invitation_of, sheet, submit
from tests.activities.test_attendance import held, who
from tests.activities.test_delegate_link import link as named_link
from tests.cast import World, client_for, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def attested(world: World) -> Certificate:
    """Dewi Lestari was named, came, and has her certificate; the activity's last day is today and it counts as planned."""
    submit(world, [PEOPLE[0]])
    activity = activity_of(world)
    Activity.objects.filter(pk=activity.pk).update(start=today(), end=today(), last_day=today(), status="planned")
    activity.refresh_from_db()
    delegate = who("Dewi Lestari")
    record_attendance(activity=activity, marks={(delegate.pk, today()): AttendanceStatus.PRESENT}, by=world.users["secretariat"])
    return issue_certificate(delegate=delegate, by=world.users["secretariat"])


def holds(certificate: Certificate) -> bool:
    certificate.refresh_from_db()
    return certificate.withdrawn_at is None


# --- one entry, one person ------------------------------------------------------------------------------------------------
def test_entry_of_somebody_who_came_is_not_handed_to_another(world: World) -> None:
    certificate = attested(world)
    key = Official.objects.get(name="Dewi Lestari").pk
    for nominee in (
        replace(PEOPLE[0], name="Zed Zland", email="zed@x.example", official=key),
        replace(PEOPLE[0], name="Zed Zland"),
    ):
        with pytest.raises(RowError) as refused:
            submit(world, [nominee])
        assert refused.value.rows[0][0] == "name"
        assert "This entry is Dewi Lestari." in refused.value.rows[0][1]
    assert Official.objects.get(pk=key).name == "Dewi Lestari"
    assert holds(certificate)


@pytest.mark.parametrize("mended", ["Dewi Lestari Putri", "LESTARI, Dewi", "Dewi Lestarri", "Dewi"])
def test_letters_of_a_name_are_put_right(world: World, mended: str) -> None:
    attested(world)
    key = Official.objects.get(name="Dewi Lestari").pk
    submit(world, [replace(PEOPLE[0], name=mended, official=key)])
    assert Official.objects.get(pk=key).name == mended


@pytest.mark.parametrize("name", ["Dewi Santoso", "Sri Lestari", "Zed Zland"])
def test_a_name_in_common_makes_nobody_another(world: World, name: str) -> None:
    attested(world)
    key = Official.objects.get(name="Dewi Lestari").pk
    with pytest.raises(RowError):
        submit(world, [replace(PEOPLE[0], name=name, official=key)])


def test_row_of_somebody_who_was_nowhere_yet_may_become_another(world: World) -> None:
    submit(world, [PEOPLE[0]])
    key = Official.objects.get(name="Dewi Lestari").pk
    submit(world, [replace(PEOPLE[0], name="Zed Zland", email="zed@x.example", official=key)])
    assert Official.objects.get(pk=key).name == "Zed Zland"


# --- certificates end with what they stand on -----------------------------------------------------------------------------
def test_certificate_ends_with_the_delegate(world: World) -> None:
    certificate = attested(world)
    withdraw_one(Nomination.objects.get(official__name="Dewi Lestari"), world.users["secretariat"])
    assert not holds(certificate)
    page = Client().get(f"/id/certificates/{certificate.code}/")
    assert (page.status_code, "Orang ini tidak lagi tercantum dalam delegasi." in page.content.decode()) == (410, True)


def test_certificate_ends_with_the_activity(world: World) -> None:
    certificate, by = attested(world), world.users["secretariat"]
    withdraw_activity(activity=activity_of(world), reason="Recorded twice", by=by)
    assert not holds(certificate)
    page = Client().get(f"/certificates/{certificate.code}/")
    assert (page.status_code, "The activity was cancelled, or taken out of the record." in page.content.decode()) == (410, True)


def test_certificate_ends_when_the_activity_is_cancelled(world: World) -> None:
    certificate, activity = attested(world), activity_of(world)
    by = world.users["secretariat"]
    cancel_activity(activity=activity, reasons={"en": "No quorum"}, expected_version=activity.version, by=by)
    assert not holds(certificate)


# --- links ----------------------------------------------------------------------------------------------------------------
def test_link_of_attendance_dies_with_the_address_and_with_the_entry(world: World) -> None:
    held(world)
    delegate = who("Ana Aland")
    address = link_of(delegate).partition("/r/")[2]
    assert Client().get(f"/r/{address}").status_code == 200
    Official.objects.filter(pk=delegate.official_id).update(email="ana.mended@aland.example")
    assert Client().get(f"/r/{address}").status_code == 404
    assert Client().get(f"/r/{link_of(who('Ana Aland')).partition('/r/')[2]}").status_code == 200


def test_no_link_that_lets_somebody_in_is_kept(world: World) -> None:
    submit(world, [PEOPLE[0]])
    address, lines = named_link(), []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    handler, root = Keep(), logging.getLogger()
    handler.setFormatter(json_formatter())
    root.addHandler(handler)
    level = root.level
    root.setLevel(logging.INFO)
    try:
        client = Client()
        assert client.get(address).status_code == 200
        assert client.post(address, {"answer": "coming"}).status_code in {200, 302}
        client.get(address.replace("/r/", "/r/attended/"))
        logging.getLogger("django.request").warning("Not Found: %s", address)
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    token = address.split("/")[2]
    assert any("/r/…" in line for line in lines)
    assert [line for line in lines if token in line] == []
    from django.apps import apps

    event = apps.get_model("activities", "NominationEvent")._default_manager.order_by("-pgh_id").first()
    assert event is not None
    assert event.pgh_context["url"] == "/r/…"
    assert not AccessRecord.objects.filter(address__contains=token).exists()


def test_answers_by_link_stop_after_some_in_a_day(world: World) -> None:
    submit(world, [PEOPLE[0]])
    address = named_link()
    for number in range(MOST_ANSWERS + 1):
        last = Client().post(address, {"answer": "not-coming" if number % 2 == 0 else "coming"})
    assert last.status_code == 422
    assert "You have changed your answer often today." in last.content.decode()
    per_contact = Delivery.objects.filter(kind="delegate_answer").count() / (
        Delivery.objects.filter(kind="delegate_answer").values("email").distinct().count()
    )
    assert per_contact == MOST_ANSWERS


# --- mail, and what is kept -----------------------------------------------------------------------------------------------
def test_who_was_not_to_hear_of_it_does_not_hear_of_a_change(world: World) -> None:
    submit(world, [replace(PEOPLE[0], tell=False), PEOPLE[1]])
    told = {row.email for row in who_is_told(activity_of(world))}
    assert (PEOPLE[0].email in told, PEOPLE[1].email in told) == (False, True)


def test_hidden_activity_is_no_answer_to_whoever_guesses_its_reference(world: World) -> None:
    page = f"/national/aland/recommendations/{world.recommendation}/"
    client = client_for(world, "focal_point_a")
    texts = []
    for reference in (world.draft_activity, "XX-1999-99"):
        answer = client.post(page, {"kind": "update", "text": "", "activity": reference})
        texts.append(answer.content.decode().replace(reference, "…"))
    assert "No activity has this reference." in texts[0]
    assert _without_tokens(texts[0]) == _without_tokens(texts[1])


def _without_tokens(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if "csrfmiddlewaretoken" not in line)


@pytest.mark.parametrize("email", ["a" * 250 + "@x.org", "a" * 310 + "@x.org"])
def test_address_that_no_column_holds_is_refused_at_its_field(world: World, email: str) -> None:
    invitation = invitation_of(world)
    url = f"/national/{invitation.participant.slug}/invitations/{invitation.pk}/"
    answer = client_for(world, "focal_point_a").post(url, sheet({"email": email}))
    assert (answer.status_code, 'id="id_form-0-email_error"' in answer.content.decode()) == (422, True)


def needs_of(world: World) -> list[Any]:
    rows = Nomination.objects.filter(invitation=world.invitation_a)
    return list(rows.values_list("meal", "access_needs", "visa_letter").order_by("pk"))


def test_needs_and_open_late_changes_are_emptied_after_the_activity(world: World) -> None:
    submit(world, [replace(PEOPLE[0], meal="Halal", access_needs="Wheelchair", visa_letter=True)])
    by = User.objects.service_account()
    change = LateChange.objects.create(
        invitation_id=world.invitation_a, people=[{"name": "Somebody"}], number=1, asked_by=world.users["focal_point_a"]
    )
    last = today() - timedelta(days=KEPT_DAYS)
    Activity.objects.filter(reference=world.activity).update(start=last, end=None, last_day=last)
    assert forget_needs(by=by, today=today()) == 0
    assert forget_needs(by=by, today=today() + timedelta(days=1)) == 2
    assert needs_of(world) == [("", "", False)]
    change.refresh_from_db()
    assert (change.state, change.people) == (LateChangeState.TAKEN_BACK, [])
    assert change.decided_at is not None
    assert change.decided_at <= timezone.now()
    assert forget_needs(by=by, today=today() + timedelta(days=1)) == 0
    assert Nomination.objects.filter(official__name="Dewi Lestari").exists()
    assert Delegate.objects.exists()
    assert not Attendance.objects.exists()
