"""Another process runs on the same code from its own files: nothing of the first one shows or binds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.test import Client

from activities.models import Activity
from baliportal.record.loading import load_record
from members.enums import AppointmentRole
from members.models import Appointment, Delivery, Official, Participant, Process, Seat, Topic, User
from members.selectors_routing import route
from reports.models import ProgressReport
from reports.services.approval import approve, missing_seats
from reports.services.progress import compile_report, freeze_report
from reports.tasks import run_rendering
from reports.uploads import pdf_text
from tests.second_process import write_record

OF_THE_FIRST = re.compile(
    r"\bBali\b|\bBP-\d|people.smuggling|trafficking|Indonesia(?!\w)|Australia|steering-group-meeting|\bIOM\b", re.IGNORECASE
)
# The language and its tag, and what stands in addresses of the portal itself.
OUR_OWN = re.compile(r"Bahasa Indonesia|/steering-group/")
PAGES = (
    *("/", "/activities/", "/activities/?kind=drill", "/activities/?objective=OBJ-01", "/activities/TD-2012-02/"),
    *("/activities/TD-2012-02/history/", "/activities/TD-2012-02.ics", "/activities/TD-2012-02/cite.ris"),
    *("/participants/", "/participants/andorra/", "/steering-group/", "/objectives/", "/objectives/OBJ-01/", "/forums/"),
    *("/programme-areas/", "/recommendations/", "/reports/", "/reports/TD-S-2011-01/", "/search/?q=drill", "/calendar/"),
    *("/calendar/2012/", "/feeds/activities.atom", "/feeds/calendar.ics", "/data/", "/about/", "/about/citing/", "/contact/"),
    *("/about/help/", "/about/privacy/", "/about/accessibility/", "/about/names-and-maps/", "/about/corrections/"),
    *("/accounts/login/", "/activities/?format=json", "/participants/?format=csv", "/no-such-page/"),
)
DESK = (
    *("/desk/", "/desk/activities/", "/desk/activities/new/", "/desk/activities/TD-2012-02/", "/desk/contacts/"),
    *("/desk/contacts/coverage/", "/desk/contacts/participants/andorra/", "/desk/contacts/bodies/council/"),
    *("/desk/documents/", "/desk/progress-reports/", "/desk/circulations/", "/desk/deliveries/"),
)


@pytest.fixture(scope="module")
def dialogue(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    with django_db_blocker.unblock():
        report = load_record(write_record(tmp_path_factory.mktemp("dialogue")))
        assert report.problems == []
        process = Process.objects.get()
    yield process
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)


def account(name: str, of: Participant | None, **place: Any) -> User:
    email = f"{name}@tarn.example"
    user = User.objects.create_user(email, "correct horse battery staple", second_factor_waived=True)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    official = Official.objects.create(user=user, participant=of, name=f"Person {name}", email=email)
    Appointment.objects.create(official=official, period_from=date(2020, 1, 1), **place)
    return user


@pytest.fixture
def staff(dialogue: Process, db: None) -> User:
    return account("staff", None, role=AppointmentRole.SECRETARIAT)


def words_of(response: Any) -> str:
    content = b"".join(response) if response.streaming else response.content
    return OUR_OWN.sub("", content.decode())


def strangers(text: str) -> set[str]:
    return set(OF_THE_FIRST.findall(text))


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.django_db
def test_public_page_names_nothing_of_the_first_process(dialogue: Process, client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == (404 if "no-such" in address else 200)
    assert strangers(words_of(response)) == set()


@pytest.mark.django_db
def test_desk_names_nothing_of_the_first_process(staff: User, client: Client) -> None:
    client.force_login(staff)
    for address in DESK:
        response = client.get(address)
        assert (address, response.status_code, strangers(words_of(response))) == (address, 200, set())


@pytest.mark.django_db
def test_its_own_names_are_shown(dialogue: Process, client: Client) -> None:
    assert "Tarn Dialogue" in words_of(client.get("/"))
    page = words_of(client.get("/steering-group/"))
    assert "<h1>Tarn Council</h1>" in page
    assert "?kind=council-sitting" in page
    seats = client.get("/steering-group/?format=json").json()["results"]
    assert [(row["holder"], row["role"], row["is_member"]) for row in seats] == [
        ("Andorra", "chair-nation", True),
        ("Liechtenstein", "steward", True),
    ]
    assert "TD-2004-02" in words_of(client.get("/about/citing/"))


@pytest.mark.django_db
def test_only_its_languages_are_offered(dialogue: Process, client: Client) -> None:
    page = client.get("/").content.decode()
    assert 'hreflang="id"' not in page
    assert 'hreflang="en"' in page


@pytest.mark.django_db
def test_its_kinds_and_portfolios_filter(dialogue: Process, client: Client) -> None:
    found = client.get("/activities/?kind=drill&format=json").json()
    assert [row["reference"] for row in found["results"]] == ["TD-2012-02"]
    page = words_of(client.get("/activities/"))
    for name in ("Summit", "Officials round", "Council sitting", "Drill"):
        assert name in page
    andorra = Participant.objects.get(name="Andorra")
    way = route(andorra, topic=Topic.objects.get(key="storm-warnings"))
    assert way.words == "A matter of Storm warnings goes to Weather Office, through Office of External Relations."


@pytest.mark.django_db
def test_its_meetings_can_receive_a_report(staff: User, client: Client) -> None:
    client.force_login(staff)
    page = words_of(client.get("/desk/progress-reports/"))
    assert ("TD-2012-01" in page, "TD-2011-01" in page) == (True, True)
    assert ("TD-2012-02" in page, "TD-2012-03" in page) == (False, False)


@pytest.fixture
def frozen(staff: User, tmp_path: Path, settings: Any) -> ProgressReport:
    """A report of the other process, rendered."""
    settings.MEDIA_ROOT = tmp_path / "media"
    meeting = Activity.objects.get(reference="TD-2012-01")
    report = compile_report(meeting=meeting, period_from=date(2011, 1, 1), period_to=date(2012, 12, 31), by=staff)
    report = freeze_report(report=report, languages=["en"], expected_version=report.version, by=staff)
    for rendering in report.renderings.all():
        run_rendering(rendering.pk)
    report.refresh_from_db()
    return report


@pytest.mark.django_db
def test_report_bears_its_names_and_a_chair_of_another_key_approves(frozen: ProgressReport) -> None:
    rendering = frozen.renderings.get()
    with default_storage.open(rendering.storage_name) as file:
        text = pdf_text(file.read())
    assert "Tarn Dialogue" in text
    assert strangers(text) == set()
    assert frozen.document.symbol.startswith("TD-R-2012-")
    seat = Seat.objects.get(role__key="chair-nation")
    chair = account("chair", seat.participant, role=AppointmentRole.SEAT, seat=seat)
    assert [row.pk for row in missing_seats(frozen)] == [seat.pk]
    approve(report=frozen, sha256={"en": rendering.sha256}, by=chair)
    assert list(missing_seats(frozen)) == []


@pytest.mark.django_db
def test_mail_bears_its_names(staff: User, client: Client) -> None:
    from members.services.confirmation import ask_for_name

    andorra, topic = Participant.objects.get(name="Andorra"), Topic.objects.get(key="avalanches")
    account(
        "focal", andorra, role=AppointmentRole.FOCAL_POINT, participant=andorra, topic=Topic.objects.get(key="storm-warnings")
    )
    assert ask_for_name(participant=andorra, topic=topic, by=staff) == 1
    sent = Delivery.objects.get(kind="ask_for_name")
    text = OUR_OWN.sub("", f"{sent.subject}\n{sent.text}\n{sent.html}")
    assert "Tarn Dialogue" in text
    assert strangers(text) == set()


@pytest.mark.django_db
def test_trial_people_of_a_process_without_their_participants_are_made_without_a_place(dialogue: Process) -> None:
    from baliportal.trial.people import ensure

    assert len(ensure()) > 0
    assert Appointment.objects.filter(official__is_invented=True, role=AppointmentRole.SECRETARIAT).exists()
